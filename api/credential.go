package api

import (
	"context"
	"net/http"
	"time"

	"duban/workflow"
)

// credentials are the operations on sessions and tokens that are in use.
func (s *server) credentials() {
	read(s, get("/sessions", "listSessions", tagSession, "我的会话", "My sessions").selfService(), s.mySessions)
	write(s, del("/sessions", "endOtherSessions", tagSession, "结束我的其他会话", "End my other sessions").selfService().status(http.StatusNoContent), s.endOtherSessions)
	write(s, del("/sessions/{credential}", "endSession", tagSession, "结束我的一个会话", "End one of my sessions").selfService().status(http.StatusNoContent), s.endSession)
	read(s, get("/tokens", "listTokens", tagSession, "我的令牌", "My tokens").selfService(), s.myTokens)
	write(s, del("/tokens/{credential}", "endToken", tagSession, "吊销我的一个令牌", "End one of my tokens").selfService().status(http.StatusNoContent), s.endToken)

	read(s, get("/users/{login}/credentials", "listCredentials", tagAccounts, "账号的会话和令牌", "Sessions and tokens of an account").needs(ofNothing, workflow.MayWriteUsers), s.heldBy)
	write(s, del("/users/{login}/credentials", "endCredentials", tagAccounts, "结束账号的全部会话和令牌", "End every session and token of an account").needs(ofNothing, workflow.MayWriteUsers).status(http.StatusNoContent), s.endAllOf)
	write(s, del("/users/{login}/credentials/{credential}", "endCredential", tagAccounts, "结束账号的一个会话或令牌", "End one session or token of an account").needs(ofNothing, workflow.MayWriteUsers).status(http.StatusNoContent), s.endOneOf)
}

type heldOut struct {
	ID        string    `json:"id" example:"0123456789abcdef"`
	Kind      string    `json:"kind" enum:"session,token"`
	Label     string    `json:"label" doc:"令牌的用途；会话的登录方式 / What a token is for; how the person of a session signed in"`
	Scopes    []string  `json:"scopes" doc:"空则与账号相同 / None: whatever the account may do"`
	Address   string    `json:"address,omitempty" doc:"登录时的地址 / From where it was opened"`
	Agent     string    `json:"agent,omitempty" example:"Firefox, Windows"`
	CreatedAt time.Time `json:"created_at"`
	LastSeen  time.Time `json:"last_seen" doc:"精确到分钟 / To the minute"`
	ExpiresAt time.Time `json:"expires_at"`
	Current   bool      `json:"current" doc:"发出此请求的那一个 / The one that asks"`
}

func heldOf(h workflow.Held) heldOut {
	return heldOut{
		ID: h.ID, Kind: string(h.Kind), Label: h.Label, Scopes: mapped(h.Scopes, func(n workflow.Scoped) string { return string(n) }),
		Address: h.Address, Agent: h.Agent, CreatedAt: h.CreatedAt.UTC(), LastSeen: h.LastSeen.UTC(), ExpiresAt: h.ExpiresAt.UTC(), Current: h.Current,
	}
}

// held lists those of one kind, or of both when it is empty.
func (s *server) held(ctx context.Context, who workflow.Actor, account string, kind workflow.CredentialKind) (*listOut[heldOut], error) {
	all, err := s.service.HeldCredentials(ctx, who, account)
	if err != nil {
		return nil, err
	}
	var some []workflow.Held
	for _, h := range all {
		if kind == "" || h.Kind == kind {
			some = append(some, h)
		}
	}
	return listed(some, heldOf), nil
}

func (s *server) mySessions(ctx context.Context, who workflow.Actor, _ *struct{}) (*listOut[heldOut], error) {
	return s.held(ctx, who, "", workflow.SessionCredential)
}

func (s *server) myTokens(ctx context.Context, who workflow.Actor, _ *struct{}) (*listOut[heldOut], error) {
	return s.held(ctx, who, "", workflow.TokenCredential)
}

func (s *server) heldBy(ctx context.Context, who workflow.Actor, in *struct{ AccountPath }) (*listOut[heldOut], error) {
	return s.held(ctx, who, in.Login, "")
}

// CredentialPath is the path of a session or token.
type CredentialPath struct {
	Credential string `path:"credential" pattern:"^[0-9a-f]{16}$" patternDescription:"0123456789abcdef" example:"0123456789abcdef"`
}

func (s *server) endSession(ctx context.Context, call workflow.Call, in *struct{ CredentialPath }) (*struct{}, error) {
	return nil, s.service.EndCredential(ctx, call, "", workflow.SessionCredential, in.Credential)
}

func (s *server) endToken(ctx context.Context, call workflow.Call, in *struct{ CredentialPath }) (*struct{}, error) {
	return nil, s.service.EndCredential(ctx, call, "", workflow.TokenCredential, in.Credential)
}

func (s *server) endOtherSessions(ctx context.Context, call workflow.Call, _ *struct{}) (*struct{}, error) {
	return nil, s.service.EndOtherSessions(ctx, call)
}

func (s *server) endAllOf(ctx context.Context, call workflow.Call, in *struct{ AccountPath }) (*struct{}, error) {
	return nil, s.service.EndAllCredentials(ctx, call, in.Login)
}

func (s *server) endOneOf(ctx context.Context, call workflow.Call, in *struct {
	AccountPath
	CredentialPath
}) (*struct{}, error) {
	return nil, s.service.EndCredential(ctx, call, in.Login, "", in.Credential)
}
