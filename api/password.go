package api

import (
	"context"
	"time"

	"duban/workflow"
)

const aboutPassword = "结束本账号的所有会话和 API 令牌（keep_tokens 保留令牌），以新会话作答。规则见 auth.profile。/ " +
	"Ends all sessions and API tokens of the account (keep_tokens keeps the tokens) and answers with a new session. The rules are those of auth.profile."

const aboutReset = "须给出本人当前的密码；结束该账号的会话。重置密码的人不能移除动态口令，反之亦然：任何一个管理员都无法单独冒用他人账号。/ " +
	"Takes the caller's own password, and ends the sessions of the account. Who resets passwords cannot remove second factors, nor the other way round: no administrator alone can pass for somebody else."

type changePasswordIn struct {
	Body struct {
		CurrentPassword string `json:"current_password" maxLength:"1000" format:"password"`
		NewPassword     string `json:"new_password" maxLength:"1000" format:"password"`
		KeepTokens      bool   `json:"keep_tokens,omitempty" doc:"保留 API 令牌 / Keep the API tokens"`
	}
}

func (s *server) changePassword(ctx context.Context, call workflow.Call, in *changePasswordIn) (*signInOut, error) {
	issued, err := s.service.ChangePassword(ctx, call, in.Body.CurrentPassword, in.Body.NewPassword, in.Body.KeepTokens)
	if err != nil {
		return nil, err
	}
	return s.opened(issued), nil
}

// proofIn shows the caller's own password for an act that a session left open must
// not suffice for.
type proofIn struct {
	Body struct {
		Password string `json:"password" maxLength:"1000" format:"password" doc:"本人当前的密码 / The caller's own password"`
	}
}

type ofUserIn struct {
	Login string `path:"login" maxLength:"64" example:"pengjiang" doc:"登录名或编号 / Login or id"`
	proofIn
}

type oneTime struct {
	Login     string    `json:"login"`
	Password  string    `json:"password" doc:"只显示这一次；首次使用后须更改 / Shown this once; to be changed at first use"`
	ExpiresAt time.Time `json:"expires_at" doc:"须在此前使用 / To be used before"`
}

type oneTimeOut struct{ Body oneTime }

func (s *server) resetPassword(ctx context.Context, call workflow.Call, in *ofUserIn) (*oneTimeOut, error) {
	once, err := s.service.ResetPassword(ctx, call, in.Login, in.Body.Password, "")
	if err != nil {
		return nil, err
	}
	return &oneTimeOut{Body: oneTime{Login: once.Login, Password: once.Password, ExpiresAt: once.ExpiresAt.UTC()}}, nil
}
