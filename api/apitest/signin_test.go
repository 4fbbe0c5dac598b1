package apitest

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"duban/api"
	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// browser is somebody with a cookie.
type browser struct {
	w      *world
	cookie string
	had    []string // cookies before
}

// signIn is the first step; what comes back says what is needed.
func (w *world) signIn(login, password string) (*browser, answer) {
	w.t.Helper()
	b := &browser{w: w}
	return b, b.post("/sessions", `{"login":"`+login+`","password":"`+password+`"}`)
}

// post sends what a page would, and takes the cookie that comes back.
func (b *browser) post(path, body string) answer {
	b.w.t.Helper()
	a := b.do(http.MethodPost, path, body)
	if set := a.header.Get("Set-Cookie"); set != "" {
		b.had = append(b.had, b.cookie)
		b.cookie, _, _ = strings.Cut(set, ";")
	}
	return a
}

func (b *browser) do(method, path, body string) answer {
	b.w.t.Helper()
	headers := []string{"Sec-Fetch-Site", "same-origin"}
	if b.cookie != "" {
		headers = append(headers, "Cookie", b.cookie)
	}
	return b.w.do("", method, "/api/v1"+path, body, headers...)
}

// expect holds an answer against status, and code or need.
func expect(t *testing.T, what string, a answer, status int, said string) {
	t.Helper()
	got, _ := a.at("code").(string)
	if status < http.StatusBadRequest {
		got, _ = a.at("needs").(string)
	}
	if a.status != status || got != said {
		t.Errorf("%s: %d %q, want %d %q: %s", what, a.status, got, status, said, a.raw)
	}
}

// Signing in for a role that needs a second factor, from a password given by an
// administrator to the end, with another cookie after each step.
func TestSigningInStepByStep(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	rules := workflow.RulesOf(workflow.NIST)
	rules.TOTPRequired = []workflow.Role{workflow.Reviewer}
	w.service.WithSignInRules(rules)
	admin, a := w.signIn("sysadmin", password)
	expect(t, "administrator", a, 201, "")
	reset := admin.post("/users/reviewer/password-reset", `{"password":"`+password+`"}`)
	once, _ := reset.at("password").(string)
	if reset.status != 200 || reset.at("login") != "reviewer" || once == "" {
		t.Fatalf("reset: %d %s", reset.status, reset.raw)
	}
	expect(t, "the token of before", w.do("reviewer", "GET", "/api/v1/tasks", ""), 401, "unauthenticated")

	b, a := w.signIn("reviewer", once)
	expect(t, "with the password for once", a, 201, "password")
	if grants := a.at("user.grants").([]any); len(grants) != 0 {
		t.Errorf("the session has the grants %v before it is of use", grants)
	}
	expect(t, "who am I", b.do("GET", "/session", ""), 200, "password")
	expect(t, "the tasks", b.do("GET", "/tasks", ""), 403, "session.needs_password")
	expect(t, "a token", b.post("/tokens", `{"label":"x"}`), 403, "session.needs_password")
	expect(t, "a code", b.post("/session/totp", `{"code":"123456"}`), 403, "session.needs_password")
	change := func(is, next string) answer {
		return b.post("/session/password", `{"current_password":"`+is+`","new_password":"`+next+`"}`)
	}
	weak := change(once, "Password123456!")
	expect(t, "a weak password", weak, 422, "invalid")
	if f := strings.Join(weak.fields(), " "); f != "new_password:common" {
		t.Errorf("a weak password breaks %s", f)
	}
	expect(t, "a wrong password", change("x", "moss kettle garden"), 403, "proof.refused")
	expect(t, "another password", change(once, "moss kettle garden"), 200, "enrol")

	expect(t, "the tasks", b.do("GET", "/tasks", ""), 403, "session.needs_enrol")
	shown := b.post("/session/totp/enrolment", `{}`)
	secret, _ := shown.at("secret").(string)
	if shown.status != 200 || secret == "" {
		t.Fatalf("the secret: %d %s", shown.status, shown.raw)
	}
	expect(t, "a wrong code", b.post("/session/totp/enrolment/confirm", `{"code":"000000"}`), 403, "totp.refused")
	code := w.codeAt(secret, w.now())
	full := b.post("/session/totp/enrolment/confirm", `{"code":"`+code+`"}`)
	expect(t, "its code", full, 200, "")
	recovery, _ := full.at("recovery_codes").([]any)
	if len(recovery) != 10 {
		t.Fatalf("recovery codes: %s", full.raw)
	}
	expect(t, "the tasks", b.do("GET", "/tasks", ""), 200, "")
	if len(b.had) != 3 {
		t.Errorf("there were %d cookies before, want one for each step", len(b.had))
	}

	again, a := w.signIn("reviewer", "moss kettle garden")
	expect(t, "again", a, 201, "totp")
	expect(t, "the tasks", again.do("GET", "/tasks", ""), 403, "session.needs_totp")
	expect(t, "the code of before", again.post("/session/totp", `{"code":"`+code+`"}`), 403, "totp.refused")
	w.later.Add(int64(time.Minute))
	expect(t, "a code", again.post("/session/totp", `{"code":"`+w.codeAt(secret, w.now())+`"}`), 200, "")
	expect(t, "a second code", again.post("/session/totp", `{"code":"123456"}`), 403, "session.complete")
	expect(t, "the tasks", again.do("GET", "/tasks", ""), 200, "")

	lost, _ := w.signIn("reviewer", "moss kettle garden")
	expect(t, "a recovery code", lost.post("/session/totp", `{"code":"`+recovery[3].(string)+`"}`), 200, "")
	me := lost.do("GET", "/session", "")
	if me.at("sign_in.totp") != true || me.at("sign_in.recovery_codes") != 9.0 {
		t.Errorf("me: %s", me.raw)
	}
	expect(t, "removing what the role needs", lost.post("/session/totp/remove", `{"password":"moss kettle garden"}`), 403, "totp.required")
	expect(t, "removed by who resets passwords", admin.post("/users/reviewer/totp-removal", `{"password":"`+password+`"}`), 403, "forbidden")

	for _, old := range append(b.had, again.had...) {
		if old != "" {
			expect(t, "a cookie of before", w.do("", "GET", "/api/v1/session", "", "Cookie", old), 401, "unauthenticated")
		}
	}
	for _, told := range []string{once, secret, "moss kettle garden", recovery[0].(string)} {
		if strings.Contains(w.log.String(), told) {
			t.Error("a secret is in the log")
		}
	}
}

// Wrong, unknown, disabled and waiting accounts are answered byte for byte alike.
func TestNobodyLearnsWhichAccountsThereAre(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	must(t, w.store.Update(t.Context(), func(tx workflow.Tx) error {
		u, err := tx.UserByLogin("jianghai")
		if err != nil {
			return err
		}
		u.Disabled, u.Version = true, u.Version+1
		return tx.SaveUser(u, u.Version-1)
	}))
	told := func(login, password string) string {
		_, a := w.signIn(login, password)
		if a.status != 401 || a.header.Get("Set-Cookie") != "" || a.header.Get("Retry-After") != "" {
			t.Errorf("%s: %d %s", login, a.status, a.raw)
		}
		return strings.ReplaceAll(a.raw, a.at("request_id").(string), "")
	}
	want := told("pengjiang", "wrong")
	for range 4 {
		told("pengjiang", "wrong")
	}
	for what, got := range map[string]string{
		"unknown": told("nobody", "wrong"), "disabled": told("jianghai", password), "waiting": told("pengjiang", password),
		"waiting, wrong": told("pengjiang", "wrong"), "no login at all": told("", ""),
	} {
		if got != want {
			t.Errorf("%s is told %s, a wrong password %s", what, got, want)
		}
	}
}

// The address that is counted is the one that the trusted proxies tell, and no other.
func TestAnAddressThatFailsTooOftenIsToldToWait(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), func(o *api.Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	rules := workflow.RulesOf(workflow.NIST)
	rules.AddressTries = 3
	w.service.WithSignInRules(rules)
	try := func(login, password, through string) answer {
		return w.do("", "POST", "/api/v1/sessions", `{"login":"`+login+`","password":"`+password+`"}`, "X-Forwarded-For", through)
	}
	for _, made := range []string{"", "198.51.100.1, ", "198.51.100.2, "} {
		expect(t, "wrong", try("nobody", "wrong", made+"203.0.113.9"), 401, "session.refused")
	}
	a := try("reviewer", password, "198.51.100.3, 203.0.113.9")
	expect(t, "right, but too often", a, 429, "session.too_many")
	if a.header.Get("Retry-After") != "900" {
		t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
	}
	checkProblem(t, a)
	expect(t, "from another address", try("reviewer", password, "203.0.113.10"), 201, "")
}
