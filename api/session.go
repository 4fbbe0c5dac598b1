package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"duban/workflow"
)

type signInIn struct {
	Body struct {
		Login    string `json:"login" maxLength:"64" example:"pengjiang"`
		Password string `json:"password" maxLength:"1000" format:"password"`
	}
}

type userOut struct {
	ID     string     `json:"id" format:"uuid"`
	Login  string     `json:"login"`
	Name   string     `json:"name"`
	Grants []grantOut `json:"grants"`
}

type grantOut struct {
	Role     string   `json:"role" example:"reporter"`
	Label    textOut  `json:"label"`
	Region   string   `json:"region,omitempty" example:"440703" doc:"仅区县填报员 / Reporters only"`
	OnBehalf string   `json:"on_behalf,omitempty" doc:"作为代理人持有时，被代理的人 / The person whose deputy one is"`
	Events   []string `json:"events" doc:"流程定义中此角色可执行的事件 / The events that the definition gives the role"`
}

func (s *server) user(id, login, name string, grants []workflow.Grant) userOut {
	return userOut{ID: id, Login: login, Name: name, Grants: mapped(grants, s.grant)}
}

func (s *server) grant(g workflow.Grant) grantOut {
	def := s.service.Definition()
	out := grantOut{Role: string(g.Role), Region: g.Region, OnBehalf: g.OnBehalf, Events: []string{}}
	if i := slices.IndexFunc(def.Roles, func(r workflow.RoleDef) bool { return r.Name == g.Role }); i >= 0 {
		out.Label = textOf(def.Roles[i].Label)
	}
	for _, e := range def.EventsBy(g.Role) {
		out.Events = append(out.Events, string(e))
	}
	return out
}

type session struct {
	User      userOut   `json:"user"`
	ExpiresAt time.Time `json:"expires_at" doc:"最迟到此时；一段时间不用也会结束 / At the latest; some time without use ends it too"`
	Needs     string    `json:"needs,omitempty" enum:"totp,password,enrol" doc:"会话还缺什么：验证码、新密码、启用动态口令；补上之前不能做别的，每补一步换一个新会话 / What the session needs before it is of use: a code, another password, a second factor. Each step answers with another session"`
}

type signInOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      session
}

func (s *server) signIn(ctx context.Context, call workflow.Call, in *signInIn) (*signInOut, error) {
	issued, err := s.service.SignIn(ctx, call.Actor, in.Body.Login, in.Body.Password)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).actor.UserID = issued.User.ID // for the access log
	return s.opened(issued), nil
}

// opened answers with a session that was just opened.
func (s *server) opened(issued workflow.Issued) *signInOut {
	u := issued.User
	if issued.Needs != "" {
		u.Grants = nil // not yet
	}
	return &signInOut{
		SetCookie: s.cookie.holding(issued.Secret),
		Body:      session{User: s.user(u.ID, u.Login, u.Name, u.Grants), ExpiresAt: issued.ExpiresAt.UTC(), Needs: string(issued.Needs)},
	}
}

type me struct {
	User        userOut   `json:"user"`
	Permissions []string  `json:"permissions" example:"[\"task.read\"]" doc:"流程事件以外的权限 / What one may do beside the events"`
	Needs       string    `json:"needs,omitempty" enum:"totp,password,enrol" doc:"会话还缺什么 / What the session needs before it is of use"`
	SignIn      signInWay `json:"sign_in"`
	Language    string    `json:"language,omitempty" enum:"zh-CN,en" doc:"页面的语言；没有则从未选择 / The language of the page; absent where it was never chosen"`
	ExpiresAt   time.Time `json:"expires_at" doc:"最迟到此时，会话或令牌结束 / The session or token ends then at the latest"`
	// An idle session ends without anybody asking, so the page has to know when.
	IdleEndsAt  *time.Time `json:"idle_ends_at,omitempty" doc:"此后若无操作，会话在此时结束；每次操作向后推迟，最多晚一分钟计入。自动查询 /inbox 不算操作。令牌没有 / Without further use the session ends then; each use moves it, counted up to a minute late. Asking for /inbox is no use. Absent for tokens"`
	IdleMinutes int        `json:"idle_minutes,omitempty" doc:"会话多少分钟不用即结束 / How many minutes without use end a session"`
}

type signInWay struct {
	TOTP          bool       `json:"totp" doc:"已启用动态口令 / There is a second factor"`
	RecoveryCodes int        `json:"recovery_codes" doc:"剩余恢复码 / Recovery codes left"`
	PasswordEnds  *time.Time `json:"password_ends,omitempty" doc:"此时起须更改密码 / From then on the password must be changed"`
}

type meOut struct{ Body me }

func (s *server) me(ctx context.Context, who workflow.Actor, _ *struct{}) (*meOut, error) {
	f, err := s.service.OwnFactor(ctx, who)
	if err != nil {
		return nil, err
	}
	way := signInWay{TOTP: f.TOTP, RecoveryCodes: f.RecoveryCodes}
	if !f.PasswordEnds.IsZero() {
		way.PasswordEnds = new(f.PasswordEnds.UTC())
	}
	p, err := s.service.Preferences(ctx, who)
	if err != nil {
		return nil, err
	}
	life := s.service.LifeOf(who.Credential)
	body := me{
		Needs: string(who.Credential.Needs), SignIn: way,
		User:        s.user(who.UserID, who.Login, who.Name, who.Grants),
		Permissions: mapped(s.service.Permissions(who), func(p workflow.Permission) string { return string(p) }),
		Language:    tagOfLanguage[p.Language], ExpiresAt: life.Ends.UTC(),
	}
	if life.Idle > 0 {
		body.IdleEndsAt, body.IdleMinutes = new(life.IdleEnds.UTC()), int(life.Idle.Minutes())
	}
	return &meOut{Body: body}, nil
}

type signOutOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// signOut ends the credential in use: the session, or the token that was shown.
func (s *server) signOut(ctx context.Context, call workflow.Call, _ *struct{}) (*signOutOut, error) {
	call.Request = nil
	if err := s.service.SignOut(ctx, call, requestOf(ctx).secret); err != nil {
		return nil, err
	}
	return &signOutOut{SetCookie: s.cookie.cleared()}, nil
}

type issueTokenIn struct {
	Body struct {
		Label  string   `json:"label" example:"数据对接"`
		Scopes []string `json:"scopes,omitempty" maxItems:"50" example:"[\"read\"]" doc:"使用范围：read、write 或权限名；不写则与账号相同 / What it may be used for: read, write, or permissions by name; whatever the account may do by default"`
		Days   int      `json:"days,omitempty" minimum:"1" maximum:"366" doc:"有效天数，默认 90 / Days of validity, 90 by default"`
	}
}

type token struct {
	ID        string    `json:"id"`
	Token     string    `json:"token" doc:"只显示这一次；用作 Authorization: Bearer / Shown this once; used as Authorization: Bearer"`
	ExpiresAt time.Time `json:"expires_at"`
}

type issueTokenOut struct{ Body token }

func (s *server) issueToken(ctx context.Context, call workflow.Call, in *issueTokenIn) (*issueTokenOut, error) {
	issued, err := s.service.IssueToken(ctx, call, "", in.Body.Label, time.Duration(in.Body.Days)*24*time.Hour, mapped(in.Body.Scopes, func(n string) workflow.Scoped { return workflow.Scoped(n) })...)
	if err != nil {
		return nil, err
	}
	return &issueTokenOut{Body: token{ID: issued.ID, Token: issued.Secret, ExpiresAt: issued.ExpiresAt.UTC()}}, nil
}
