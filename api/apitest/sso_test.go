package apitest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"duban/workflow"
	"duban/workflow/seclog"
)

func newSecurityLog(out *lines, service *workflow.Service) *seclog.Log {
	l := seclog.New(out)
	service.WithWatch(l.Event)
	return l
}

func groups(login string, list ...string) map[string]any {
	return map[string]any{"preferred_username": login, "name": "某" + login, "groups": list}
}

// TestSigningInByAProvider: a person comes from a real provider, has the roles of the
// rules, goes where they wanted to, loses what is no longer claimed, and is out when
// nothing is, when the account is disabled, and when the provider says so.
func TestSigningInByAProvider(t *testing.T) {
	w := newSSOWorld(t)
	if a := w.do("", "GET", "/api/v1/sign-in", ""); a.status != 200 || !strings.Contains(a.raw, `"login":"/auth/oidc/login"`) {
		t.Fatalf("ways to sign in: %d %s", a.status, a.raw)
	}
	v := newVisitor(t)
	both := groups("hong.mei", "reviewers", "staff")
	both["org"] = map[string]any{"regions": []string{"district-440703"}}
	w.provider.is("sub-1", both, nil)
	status, me := v.signIn(w)
	if status != 200 || !strings.Contains(me, `"login":"hong.mei"`) || !strings.Contains(me, `"role":"reviewer"`) || !strings.Contains(me, `"region":"440703"`) {
		t.Fatalf("signed in: %d %s", status, me)
	}
	if sent, _ := url.Parse(v.came[0]); sent.Query().Get("code_challenge_method") != "S256" || sent.Query().Get("nonce") == "" || sent.Query().Get("state") == "" {
		t.Errorf("the browser was sent to %s", v.came[0])
	}
	w.provider.is("sub-1", groups("another.login", "reviewers"), nil)
	if status, me = newVisitor(t).signIn(w); status != 200 || strings.Contains(me, "440703") || !strings.Contains(me, `"login":"hong.mei"`) {
		t.Errorf("with a claim less: %d %s", status, me)
	}
	if _, me = v.open(w.url + "/api/v1/session"); strings.Contains(me, "440703") {
		t.Errorf("the first session still has %s", me)
	}
	logout := w.provider.sign(map[string]any{
		"iss": w.provider.server.URL, "aud": clientID, "sub": "sub-1", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(), "jti": "1",
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}, jose.SigningKey{})
	for token, want := range map[string]int{"x" + logout: http.StatusBadRequest, logout: http.StatusOK} {
		if !v.hasSession(w) {
			t.Error("there is no session to end")
		}
		answer, err := http.PostForm(w.url+"/auth/oidc/logout", url.Values{"logout_token": {token}})
		must(t, err)
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("the provider's sign-out is answered %d, want %d", answer.StatusCode, want)
		}
		if want == http.StatusBadRequest {
			continue
		}
		if v.hasSession(w) {
			t.Error("the session goes on after the provider ended it")
		}
		break
	}
	w.provider.is("sub-1", groups("hong.mei", "reviewers"), nil)
	if status, _ := v.signIn(w); status != 200 {
		t.Errorf("again: %d", status)
	}
	w.provider.is("sub-1", groups("hong.mei"), nil)
	if status, page := newVisitor(t).signIn(w); status != 403 || !strings.Contains(page, "sso.no_rule") || !strings.Contains(page, "安全管理员") {
		t.Errorf("with no claim left: %d %s", status, page)
	}
	if v.hasSession(w) {
		t.Error("an earlier session outlived the last role")
	}

	w.provider.is("sub-1", groups("hong.mei", "reviewers"), nil)
	disable(w, "hong.mei")
	if status, page := newVisitor(t).signIn(w); status != 403 || !strings.Contains(page, "sso.disabled") {
		t.Errorf("a disabled account: %d %s", status, page)
	}
	if v := newVisitor(t); true {
		v.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		answer, err := v.Get(w.url + "/auth/oidc/logout")
		must(t, err)
		_ = answer.Body.Close()
		if to := answer.Header.Get("Location"); !strings.HasPrefix(to, w.provider.server.URL+"/end_session?client_id=duban") {
			t.Errorf("signing out with the provider goes to %q", to)
		}
	}
}

// disable takes an account out of use.
func disable(w *ssoWorld, login string) {
	w.t.Helper()
	must(w.t, w.store.Update(w.t.Context(), func(tx workflow.Tx) error {
		u, err := tx.UserByLogin(login)
		if err != nil {
			return err
		}
		was := u.Version
		u.Disabled, u.Version = true, was+1
		return tx.SaveUser(u, was)
	}))
}

// TestForgedSignInsAreRefused: whatever is wrong with an answer of the provider, or of
// somebody in its place, nobody is signed in, no account is made, and it is noted.
func TestForgedSignInsAreRefused(t *testing.T) {
	w := newSSOWorld(t)
	with := func(name string, value any) func(map[string]any) string {
		return func(c map[string]any) string {
			c[name] = value
			return w.provider.sign(c, jose.SigningKey{})
		}
	}
	unsigned := func(c map[string]any) string {
		payload, _ := json.Marshal(c)
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
	}
	cases := map[string]struct {
		forge func(map[string]any) string
		code  string
	}{
		"another nonce":        {with("nonce", "another"), "sso.nonce"},
		"no nonce":             {with("nonce", ""), "sso.nonce"},
		"expired":              {with("exp", time.Now().Add(-time.Minute).Unix()), "sso.token"},
		"of a foreign issuer":  {with("iss", "https://evil.example"), "sso.token"},
		"for another client":   {with("aud", []string{"another"}), "sso.token"},
		"asked for by another": {with("azp", "another"), "sso.token"},
		"unsigned":             {unsigned, "sso.token"},
		"by a key of nobody": {func(c map[string]any) string {
			return w.provider.sign(c, jose.SigningKey{Algorithm: jose.HS256, Key: []byte("0123456789abcdef0123456789abcdef")})
		}, "sso.token"},
		"by the client's secret": {func(c map[string]any) string {
			return w.provider.sign(c, jose.SigningKey{Algorithm: jose.HS256, Key: []byte(clientSecret)})
		}, "sso.token"},
		"none at all": {func(map[string]any) string { return "" }, "sso.token"},
		"changed after signing": {func(c map[string]any) string {
			return strings.Replace(w.provider.sign(c, jose.SigningKey{}), ".", ".e30", 1)
		}, "sso.token"},
		"roles that exclude": {with("groups", []string{"reviewers", "auditors"}), "sso.unfit"},
		"no rule fits":       {with("groups", []string{"REVIEWERS", "reviewers2"}), "sso.no_rule"},
		"a region that is not one": {func(c map[string]any) string {
			delete(c, "groups")
			return with("org", map[string]any{"regions": "district-44070"})(c)
		}, "sso.no_rule"},
		"the login of another": {with("preferred_username", "reviewer"), "sso.login_taken"},
		"a login that is none": {with("preferred_username", "红梅 <b>"), "sso.unfit"},
		"no subject":           {with("sub", ""), "sso.identity"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before, err := w.service.Users(t.Context(), workflow.OperatorActor("test"))
			must(t, err)
			w.provider.is("sub-forged", groups("forged", "reviewers"), c.forge)
			v := newVisitor(t)
			status, page := v.signIn(w)
			if status < 400 || !strings.Contains(page, c.code+" ·") || v.hasSession(w) {
				t.Errorf("%d %s, want %s", status, page, c.code)
			}
			after, err := w.service.Users(t.Context(), workflow.OperatorActor("test"))
			must(t, err)
			if len(after) != len(before) {
				t.Errorf("%d accounts became %d", len(before), len(after))
			}
			if !strings.Contains(w.security.text.String(), `"event.reason":"`+c.code+`"`) {
				t.Errorf("%s is not in the security log", c.code)
			}
		})
	}
}

// TestAnAnswerBelongsToOneBrowserAndOneTime: an answer of the provider is taken once,
// from the browser that asked for it.
func TestAnAnswerBelongsToOneBrowserAndOneTime(t *testing.T) {
	w := newSSOWorld(t)
	w.provider.is("sub-1", groups("hong.mei", "reviewers"), nil)
	at, err := url.Parse(w.url)
	must(t, err)

	v := newVisitor(t)
	v.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if v.came = append(v.came, r.URL.String()); strings.Contains(r.URL.Path, "/callback") && strings.HasPrefix(r.URL.String(), w.url) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	_, _ = v.signIn(w)
	answer, kept := v.callback(), v.Jar.Cookies(at)
	refused := func(name string, v *visitor, address, code string) {
		t.Helper()
		if status, page := v.open(address); status != http.StatusUnauthorized || !strings.Contains(page, code+" ·") || v.hasSession(w) {
			t.Errorf("%s: %d %s, want %s", name, status, page, code)
		}
	}
	refused("a browser that began nothing", newVisitor(t), answer, "sso.flow")
	other := newVisitor(t)
	other.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	_, _ = other.signIn(w)
	refused("a browser that began another", other, answer, "sso.state")
	twisted := newVisitor(t)
	twisted.Jar.SetCookies(at, []*http.Cookie{{Name: kept[0].Name, Value: kept[0].Value[:len(kept[0].Value)-2] + "AA"}})
	refused("a cookie that was changed", twisted, answer, "sso.flow")
	withIssuer := newVisitor(t)
	withIssuer.Jar.SetCookies(at, kept)
	refused("an answer of another provider", withIssuer, answer+"&iss="+url.QueryEscape("https://evil.example"), "sso.issuer")

	if status, _ := v.open(answer); status != http.StatusOK {
		t.Errorf("the browser that asked: %d", status)
	}
	if !v.hasSession(w) {
		t.Error("the browser that asked is not signed in")
	}
	for _, c := range v.Jar.Cookies(at) {
		if c.Name == kept[0].Name {
			t.Error("the flow is kept after it ended")
		}
	}
	again := newVisitor(t)
	refused("the same answer again", again, answer, "sso.flow")
	again.Jar.SetCookies(at, kept)
	refused("the same answer and cookie again", again, answer, "sso.code")
	denied := newVisitor(t)
	denied.Jar.SetCookies(at, kept)
	refused("a person who was not let in there", denied, w.url+"/auth/oidc/callback?error=access_denied&error_description=%3Cscript%3E", "sso.denied")
}

// TestAfterSigningInOneStaysHere: where the browser goes afterwards is a path of this
// server, whatever a link says.
func TestAfterSigningInOneStaysHere(t *testing.T) {
	w := newSSOWorld(t)
	w.provider.is("sub-1", groups("hong.mei", "reviewers"), nil)
	for _, to := range []string{"https://evil.example", "//evil.example/x", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "evil"} {
		v := newVisitor(t)
		_, _ = v.open(w.url + "/auth/oidc/login?return_to=" + url.QueryEscape(to))
		if last := v.came[len(v.came)-1]; last != w.url+"/" {
			t.Errorf("%q leads to %s", to, last)
		}
	}
}
