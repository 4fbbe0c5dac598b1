package apitest

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"duban/api"
	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

const credentials = `{"login":"pengjiang","password":"` + password + `"}`

func TestSigningInAndOut(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	in := w.do("", "POST", "/api/v1/sessions", credentials)
	set := in.header.Get("Set-Cookie")
	if in.status != 201 || in.at("user.login") != "pengjiang" || !strings.HasPrefix(set, "duban=") || !strings.HasSuffix(set, "; Path=/; HttpOnly; SameSite=Lax") {
		t.Fatalf("signing in: %d %s, cookie %q", in.status, in.raw, set)
	}
	if strings.Contains(in.raw, "password") || strings.Contains(w.log.String(), password) {
		t.Error("the password is in the answer or in the log")
	}
	cookie, _, _ := strings.Cut(set, ";")
	me := w.do("", "GET", "/api/v1/session", "", "Cookie", cookie)
	if want := `"grants":[{"role":"reporter","label":{"zh":"区县填报员","en":"District reporter"},"region":"440703","events":["report","withdraw"]}]},"permissions":["region.read","campaign.read","task.read","event.read","lagtable.read"]`; me.status != 200 || !strings.Contains(me.raw, want) || me.at("user.login") != "pengjiang" {
		t.Errorf("me: %d %s, want %s", me.status, me.raw, want)
	}
	out := w.do("", "DELETE", "/api/v1/session", "", "Cookie", cookie)
	if out.status != 204 || !strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("signing out: %d, cookie %q", out.status, out.header.Get("Set-Cookie"))
	}
	if a := w.do("", "GET", "/api/v1/session", "", "Cookie", cookie); a.status != 401 {
		t.Errorf("the ended session still answers %d", a.status)
	}
}

func TestAWrongPasswordAndAnUnknownLoginAreAnsweredAlike(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	wrong := w.do("", "POST", "/api/v1/sessions", `{"login":"pengjiang","password":"wrong"}`)
	unknown := w.do("", "POST", "/api/v1/sessions", `{"login":"nobody","password":"wrong"}`)
	if wrong.status != 401 || wrong.at("code") != "session.refused" || unknown.at("detail") != wrong.at("detail") || unknown.status != 401 {
		t.Errorf("%d %s, %d %s", wrong.status, wrong.raw, unknown.status, unknown.raw)
	}
}

func TestASecureCookieIsBoundToTheHost(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), func(o *api.Options) { o.SecureCookies = true })
	set := w.do("", "POST", "/api/v1/sessions", credentials).header.Get("Set-Cookie")
	if !strings.HasPrefix(set, "__Host-duban=") || !strings.Contains(set, "; Secure") || strings.Contains(set, "Domain") {
		t.Errorf("cookie is %q", set)
	}
}

func TestAnotherSiteCannotUseTheCookie(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	cookie, _, _ := strings.Cut(w.do("", "POST", "/api/v1/sessions", credentials).header.Get("Set-Cookie"), ";")
	report := "/api/v1/tasks/{440703-01}/report"
	w.play(t, []scenario{
		{name: "from another site", method: "POST", path: report, body: reportStations, headers: []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, status: 403, code: "cross_origin"},
		{name: "from another origin", method: "POST", path: report, body: reportStations, headers: []string{"Cookie", cookie, "Origin", "https://evil.example"}, status: 403, code: "cross_origin"},
		{name: "signing somebody in", method: "POST", path: "/api/v1/sessions", body: credentials, headers: []string{"Sec-Fetch-Site", "cross-site"}, status: 403, code: "cross_origin"},
		{name: "a cookie does not mend a wrong token", method: "GET", path: "/api/v1/session", headers: []string{"Cookie", cookie, "Authorization", "Basic eA=="}, status: 401, code: "unauthenticated"},
		{name: "from here", method: "POST", path: report, body: reportStations, headers: []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, status: 200, events: 1},
	})
}

func TestATokenWorksUntilItIsEnded(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	made := w.do("pengjiang", "POST", "/api/v1/tokens", `{"label":"对接","days":30}`)
	secret, _ := made.at("token").(string)
	if made.status != 201 || secret == "" {
		t.Fatalf("issuing: %d %s", made.status, made.raw)
	}
	bearer := []string{"Authorization", "Bearer " + secret}
	w.play(t, []scenario{
		{name: "in use", method: "GET", path: "/api/v1/tasks", headers: bearer, status: 200},
		{name: "ended", method: "DELETE", path: "/api/v1/session", headers: bearer, status: 204},
		{name: "no more", method: "GET", path: "/api/v1/tasks", headers: bearer, status: 401, code: "unauthenticated"},
	})
}

func TestTheAuditLogHasTheAddressThatIsTrusted(t *testing.T) {
	for name, c := range map[string]struct {
		proxies []netip.Prefix
		want    string
	}{
		"no proxy":      {nil, "127.0.0.1"},
		"trusted proxy": {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "203.0.113.9"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t), func(o *api.Options) { o.TrustedProxies = c.proxies })
			a := w.do("pengjiang", http.MethodPost, "/api/v1/tasks/{440703-01}/report", reportStations, "X-Forwarded-For", "10.0.0.1, 203.0.113.9")
			list, err := w.service.TaskEvents(t.Context(), workflow.Actor{Grants: []workflow.Grant{{Role: workflow.Auditor}}}, w.ids["440703-01"], 1, 1)
			must(t, err)
			e := list[0]
			if e.Address != c.want || e.Channel != "http" || e.RequestID != a.header.Get("X-Request-Id") || e.ActorID != w.ids["pengjiang"] {
				t.Errorf("the event has %+v, want address %s", e, c.want)
			}
		})
	}
}
