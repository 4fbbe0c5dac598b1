package api

import (
	"context"
	"slices"
	"time"

	"duban/workflow"
)

const aboutSignInRules = `服务器现在执行的登录规则。更改须改配置文件（auth）并重启；每次更改是审计事件 settings.change。/ ` +
	`The rules that the server holds now. They are changed in its configuration file (auth) and by a restart; each change is an audit event, settings.change.`

type signInRulesBody struct {
	Profile         string     `json:"profile" enum:"nist,dengbao3"`
	PasswordAlone   int        `json:"password_alone" doc:"没有动态口令的账号，密码的最少字符数 / Characters of a password without a second factor, at least"`
	PasswordBeside  int        `json:"password_beside" doc:"角色须用动态口令的账号，密码的最少字符数 / Characters where the roles need a second factor, at least"`
	PasswordKinds   int        `json:"password_kinds,omitempty" doc:"须含几类字符；没有则不要求 / Kinds of characters; absent where none are asked for"`
	PasswordDays    int        `json:"password_days,omitempty" doc:"多少天后须更改；没有则不要求 / Days until it must be changed; absent: never"`
	PasswordHistory int        `json:"password_history,omitempty" doc:"不得与最近几个密码相同；没有则不要求 / The last passwords that may not come back; absent: any may"`
	OneTimeHours    int        `json:"one_time_hours" doc:"他人所给的密码多少小时内有效 / Hours in which a password given by somebody else can be used"`
	IdleMinutes     int        `json:"idle_minutes" doc:"会话多少分钟不用即结束 / Minutes without use that end a session"`
	LifetimeMinutes int        `json:"lifetime_minutes" doc:"会话最长多少分钟 / Minutes that a session lasts at most"`
	AccountTries    int        `json:"account_tries" doc:"账号连续失败几次后须等待 / Failures until an account waits"`
	AddressTries    int        `json:"address_tries" doc:"一个地址失败几次后须等待 / Failures until an address waits"`
	WaitMinutes     int        `json:"wait_minutes"`
	TOTPRequired    []roleBody `json:"totp_required" doc:"须用动态口令的角色 / Roles that need a second factor"`
	Provider        *ssoBody   `json:"provider,omitempty" doc:"统一身份认证；没有则未接入 / The identity provider; absent where there is none"`
}

type ssoBody struct {
	Label  textOut `json:"label"`
	Issuer string  `json:"issuer" format:"uri"`
}

type signInRulesOut struct{ Body signInRulesBody }

func (s *server) signInRules(_ context.Context, who workflow.Actor, _ *struct{}) (*signInRulesOut, error) {
	in, err := s.service.SignInSettings(who)
	if err != nil {
		return nil, err
	}
	r := in.Rules
	body := signInRulesBody{
		Profile: string(r.Profile), PasswordAlone: in.PasswordAlone, PasswordBeside: in.PasswordBeside, PasswordKinds: in.PasswordKinds,
		PasswordDays: int(r.PasswordMaxAge / (24 * time.Hour)), PasswordHistory: r.PasswordHistory, OneTimeHours: int(in.OneTimeLife.Hours()),
		IdleMinutes: int(r.SessionIdle.Minutes()), LifetimeMinutes: int(r.SessionLifetime.Minutes()),
		AccountTries: r.AccountTries, AddressTries: r.AddressTries, WaitMinutes: int(r.Wait.Minutes()),
		TOTPRequired: []roleBody{},
	}
	for _, role := range s.service.Definition().Roles {
		if slices.Contains(r.TOTPRequired, role.Name) {
			body.TOTPRequired = append(body.TOTPRequired, roleBody{Name: string(role.Name), Label: textOf(role.Label)})
		}
	}
	if s.sso != nil {
		body.Provider = &ssoBody{Label: textOf(s.sso.Label), Issuer: s.sso.Provider.Issuer()}
	}
	return &signInRulesOut{body}, nil
}
