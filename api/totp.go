package api

import (
	"context"
	"net/http"
	"time"

	"duban/workflow"
)

type codeIn struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"40" example:"123456" doc:"六位验证码；登录时也可用恢复码 / Six digits; for signing in also a recovery code"`
	}
}

func (s *server) completeTOTP(ctx context.Context, call workflow.Call, in *codeIn) (*signInOut, error) {
	issued, err := s.service.CompleteTOTP(ctx, call, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return s.opened(issued), nil
}

type beginTOTPIn struct {
	Body struct {
		Password string `json:"password,omitempty" maxLength:"1000" format:"password" doc:"本人当前的密码；会话正等待启用动态口令时不需要 / The caller's own password; not needed in a session that waits for a second factor"`
	}
}

type enrolment struct {
	Secret string `json:"secret" doc:"Base32，手工输入用 / Base32, to be typed"`
	URI    string `json:"uri" format:"uri" doc:"otpauth://，画成二维码 / To be shown as a QR code"`
}

type beginTOTPOut struct{ Body enrolment }

func (s *server) beginTOTP(ctx context.Context, call workflow.Call, in *beginTOTPIn) (*beginTOTPOut, error) {
	shown, err := s.service.BeginTOTP(ctx, call, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return &beginTOTPOut{Body: enrolment{Secret: shown.Secret, URI: shown.URI}}, nil
}

type codes struct {
	RecoveryCodes []string `json:"recovery_codes" doc:"各用一次，只显示这一次 / Each works once; shown this once"`
}

// enrolled is a session, and the codes that its person may use without an
// authenticator.
type enrolled struct {
	User          userOut   `json:"user"`
	ExpiresAt     time.Time `json:"expires_at" doc:"最迟到此时；一段时间不用也会结束 / At the latest; some time without use ends it too"`
	Needs         string    `json:"needs,omitempty" enum:"totp,password,enrol"`
	RecoveryCodes []string  `json:"recovery_codes" doc:"各用一次，只显示这一次 / Each works once; shown this once"`
}

type confirmTOTPOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      enrolled
}

func (s *server) confirmTOTP(ctx context.Context, call workflow.Call, in *codeIn) (*confirmTOTPOut, error) {
	issued, list, err := s.service.ConfirmTOTP(ctx, call, in.Body.Code)
	if err != nil {
		return nil, err
	}
	opened := s.opened(issued)
	b := opened.Body
	return &confirmTOTPOut{
		SetCookie: opened.SetCookie,
		Body:      enrolled{User: b.User, ExpiresAt: b.ExpiresAt, Needs: b.Needs, RecoveryCodes: list},
	}, nil
}

type codesOut struct{ Body codes }

func (s *server) newRecoveryCodes(ctx context.Context, call workflow.Call, in *proofIn) (*codesOut, error) {
	list, err := s.service.NewRecoveryCodes(ctx, call, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return &codesOut{Body: codes{RecoveryCodes: list}}, nil
}

// removeTOTP ends the session in use with all others: signing in again shows that it
// works without.
func (s *server) removeTOTP(ctx context.Context, call workflow.Call, in *proofIn) (*signOutOut, error) {
	if err := s.service.RemoveTOTP(ctx, call, "", in.Body.Password); err != nil {
		return nil, err
	}
	return &signOutOut{SetCookie: s.cookie.cleared()}, nil
}

func (s *server) removeUserTOTP(ctx context.Context, call workflow.Call, in *ofUserIn) (*struct{}, error) {
	return &struct{}{}, s.service.RemoveTOTP(ctx, call, in.Login, in.Body.Password)
}
