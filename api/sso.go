package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"duban/workflow"
	"duban/workflow/sso"
)

// SSO is signing in by an OpenID provider.
type SSO struct {
	Provider *sso.Provider
	Label    workflow.Text // on the button
	Key      []byte        // 32 bytes, the same in every instance: seals what a browser keeps of a sign-in under way
}

// Where the provider's answers come in, and where a sign-in by it begins.
const (
	ssoLogin    = "/auth/oidc/login"
	ssoCallback = "/auth/oidc/callback"
	ssoLogout   = "/auth/oidc/logout"
)

// flowLife is how long a person may take to sign in with the provider.
const flowLife = 10 * time.Minute

type waysBody struct {
	Password  bool          `json:"password" doc:"可用密码登录 / One may sign in by password"`
	Providers []providerOut `json:"providers"`
}

type providerOut struct {
	Label textOut `json:"label"`
	Login string  `json:"login" example:"/auth/oidc/login" doc:"浏览器打开此地址；可带 return_to=登录后的路径 / The browser goes there; return_to= is the path to come back to"`
}

type waysOut struct{ Body waysBody }

// ways lists how one may sign in, for the page that asks.
func (s *server) ways(context.Context, workflow.Actor, *struct{}) (*waysOut, error) {
	out := waysBody{Password: true, Providers: []providerOut{}}
	if s.sso != nil {
		out.Providers = append(out.Providers, providerOut{Label: textOf(s.sso.Label), Login: ssoLogin})
	}
	return &waysOut{out}, nil
}

func errNoSSO() error {
	return refuse(http.StatusNotFound, "sso.off", "本系统没有接入统一身份认证", "This system has no identity provider")
}

// beginSSO sends the browser to the provider. What the answer is to be held against
// stays with the browser, sealed: a server that kept it could be filled by anybody.
func (s *server) beginSSO(c echo.Context) error {
	if s.sso == nil {
		return errNoSSO()
	}
	f := sso.Flow{
		State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text(),
		Return: localPath(c.QueryParam("return_to")), Until: time.Now().Add(flowLife),
	}
	to, err := s.sso.Provider.Begin(c.Request().Context(), f)
	if err != nil {
		return s.ssoRefused(c, err)
	}
	sealed, err := s.sso.seal(f)
	if err != nil {
		return err
	}
	cookie := s.flowCookie(sealed)
	cookie.MaxAge = int(flowLife / time.Second)
	c.SetCookie(&cookie)
	return c.Redirect(http.StatusSeeOther, to)
}

// finishSSO takes the provider's answer. Whatever becomes of it, the flow is over.
func (s *server) finishSSO(c echo.Context) error {
	if s.sso == nil {
		return errNoSSO()
	}
	over := s.flowCookie("")
	over.MaxAge = -1
	c.SetCookie(&over)
	issued, to, err := s.signInSSO(c)
	if err != nil {
		return s.ssoRefused(c, err)
	}
	requestOf(c.Request().Context()).actor.UserID = issued.User.ID // for the access log
	session := s.cookie.holding(issued.Secret)
	c.SetCookie(&session)
	return c.Redirect(http.StatusSeeOther, to)
}

func (s *server) signInSSO(c echo.Context) (workflow.Issued, string, error) {
	var f sso.Flow
	cookie, err := c.Request().Cookie(s.flowCookie("").Name)
	if err == nil {
		f, err = s.sso.open(cookie.Value)
	}
	if err != nil || !time.Now().Before(f.Until) {
		return workflow.Issued{}, "", workflow.NewError(workflow.Unauthenticated, "sso.flow",
			"登录不是从本浏览器开始的，或已超过十分钟，请重新登录", "The sign-in was not begun by this browser, or more than ten minutes ago; sign in again")
	}
	query := c.QueryParams()
	if query.Get("error") != "" {
		return workflow.Issued{}, "", workflow.NewError(workflow.Unauthenticated, "sso.denied", "身份提供方没有让您登录", "The provider did not let you sign in")
	}
	ctx := c.Request().Context()
	id, err := s.sso.Provider.Finish(ctx, f, query.Get("code"), query.Get("state"), query.Get("iss"))
	if err != nil {
		return workflow.Issued{}, "", err
	}
	issued, err := s.service.SignInBy(ctx, requestOf(ctx).actor, id)
	return issued, f.Return, err
}

// leaveSSO sends the browser on to the provider, to end its session there too. The page
// ends the session here first (signOut).
func (s *server) leaveSSO(c echo.Context) error {
	if s.sso == nil {
		return errNoSSO()
	}
	if to := s.sso.Provider.SignOut(); to != "" {
		return c.Redirect(http.StatusSeeOther, to)
	}
	return c.Redirect(http.StatusSeeOther, "/")
}

// maxLogoutToken is the largest logout token with its form, in bytes.
const maxLogoutToken = 64 << 10

// endedSSO ends the sessions of whoever the provider says has signed out there.
func (s *server) endedSSO(c echo.Context) error {
	if s.sso == nil {
		return errNoSSO()
	}
	ctx := c.Request().Context()
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxLogoutToken)
	subject, err := s.sso.Provider.SignedOut(ctx, c.Request().PostFormValue("logout_token"))
	if err != nil {
		if workflow.KindOf(err) == workflow.Unauthenticated {
			return &refusal{http.StatusBadRequest, workflow.AsError(err)} // back-channel logout 2.8
		}
		return err
	}
	if err := s.service.SignOutBy(ctx, requestOf(ctx).actor, s.sso.Provider.Issuer(), subject); err != nil {
		return err
	}
	return c.NoContent(http.StatusOK)
}

// flowCookie comes back with the provider's answer, which is a navigation from another
// site: that is why it is not SameSite=Strict.
func (s *server) flowCookie(sealed string) http.Cookie {
	c := s.cookie.holding(sealed)
	c.Name += "-oidc"
	return c
}

// localPath returns a path of this server; anything else is the first page.
func localPath(path string) string {
	odd := strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f })
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || odd {
		return "/"
	}
	return path
}

var refusedPage = template.Must(template.ParseFS(files, "docs/refused.html"))

// ssoRefused tells a person, whose browser came from the provider, why they are not in.
func (s *server) ssoRefused(c echo.Context, err error) error {
	p := requestOf(c.Request().Context()).problem(err)
	for name, value := range p.headers {
		c.Response().Header().Set(name, value)
	}
	c.Response().Header().Del("WWW-Authenticate") // a browser would ask for a password
	var b bytes.Buffer
	if err := refusedPage.Execute(&b, p); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy", stillPolicy(b.Bytes()))
	return c.HTMLBlob(p.Status, b.Bytes())
}
