package workflow

import (
	"context"
	"slices"
	"time"
)

// Held is a session or token as its owner and administrators see it.
type Held struct {
	ID        string
	Kind      CredentialKind
	Label     string // of a token: what it is for; of a session: how its person signed in
	Scopes    []Scoped
	Address   string
	Agent     string
	CreatedAt time.Time
	LastSeen  time.Time // to the minute
	ExpiresAt time.Time
	Current   bool // the one that asks
}

// HeldCredentials lists the sessions and tokens of an account, by login or id, that
// are still good, newest first; empty is the actor's own account, any other takes
// the right to write accounts.
func (s *Service) HeldCredentials(ctx context.Context, actor Actor, account string) ([]Held, error) {
	if _, ok := s.auth.May(actor, MayWriteUsers, ""); account != "" && !ok {
		return nil, forbidden()
	}
	now := s.now()
	return read(ctx, s, func(r Reader) ([]Held, error) {
		owner, err := ownerOf(r, actor, account)
		if err != nil {
			return nil, err
		}
		list, err := r.Credentials(owner)
		var held []Held
		for _, c := range list {
			if s.ended(c, now) {
				continue
			}
			held = append(held, Held{
				ID: credentialID(c.Hash), Kind: c.Kind, Label: c.Label, Scopes: c.Scopes, Address: c.Address, Agent: c.Agent,
				CreatedAt: c.CreatedAt, LastSeen: c.LastSeen, ExpiresAt: c.ExpiresAt, Current: c.Hash == actor.Credential.Hash,
			})
		}
		return held, err
	})
}

// ownerOf is the id of the account whose credentials are meant.
func ownerOf(r Reader, actor Actor, account string) (string, error) {
	if account == "" {
		return actor.UserID, nil
	}
	u, err := accountNamed(r, account)
	return u.ID, err
}

// EndCredential ends one session or token of an account; empty is the actor's own.
// What belongs to somebody else is not there.
func (s *Service) EndCredential(ctx context.Context, call Call, account string, kind CredentialKind, id string) error {
	return s.endCredentials(ctx, call.to("credential.end", SubjectCredential, id), account, func(list []Credential) ([]Credential, error) {
		list = slices.DeleteFunc(list, func(c Credential) bool { return credentialID(c.Hash) != id || kind != "" && c.Kind != kind })
		if len(list) == 0 {
			return nil, NotFoundError(Text{ZH: "会话或令牌", EN: "The session or token"})
		}
		return list, nil
	})
}

// EndOtherSessions ends every session of the actor but the one that asks.
func (s *Service) EndOtherSessions(ctx context.Context, call Call) error {
	return s.endCredentials(ctx, call.to("credential.end", SubjectUser, call.Actor.UserID), "", func(list []Credential) ([]Credential, error) {
		return slices.DeleteFunc(list, func(c Credential) bool { return c.Kind != SessionCredential || c.Hash == call.Actor.Credential.Hash }), nil
	})
}

// EndAllCredentials ends every session and token of an account.
func (s *Service) EndAllCredentials(ctx context.Context, call Call, account string) error {
	return s.endCredentials(ctx, call.to("credential.end", SubjectUser, s.accountDigest(account)), account, func(list []Credential) ([]Credential, error) { return list, nil })
}

// endCredentials ends those that choose chooses of an account.
func (s *Service) endCredentials(ctx context.Context, call Call, account string, choose func([]Credential) ([]Credential, error)) error {
	_, err := write(ctx, s, call, func(u *desk) (struct{}, error) {
		if account != "" {
			if _, err := u.may(MayWriteUsers, ""); err != nil {
				return struct{}{}, err
			}
		}
		owner, err := ownerOf(u, call.Actor, account)
		if err != nil {
			return struct{}{}, err
		}
		list, err := u.Credentials(owner)
		if err != nil {
			return struct{}{}, err
		}
		if list, err = choose(list); err != nil {
			return struct{}{}, err
		}
		for _, c := range list {
			if err := u.end(c); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}
