package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"duban/workflow/gormstore/dbtest"
)

// provided writes a configuration with a provider that nobody answers for.
func provided(t *testing.T, rules string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "duban.yaml")
	text := "auth:\n  oidc:\n    issuer: https://127.0.0.1:1/realm\n    client_id: duban\n    redirect_url: https://duban.example.test/auth/oidc/callback\n    create: true\n    rules:\n" + rules
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return "DUBAN_CONFIG=" + path
}

const oneRule = "      - {claim: groups, equals: reviewers, grants: [reviewer]}\n"

// TestAProviderThatIsDownStopsNobody: the server starts, people sign in by password, and
// who comes by the provider is told in words.
func TestAProviderThatIsDownStopsNobody(t *testing.T) {
	environ := append(environment(t, dbtest.EmptySQLite(t)), provided(t, oneRule), "DUBAN_AUTH_OIDC_CLIENT_SECRET=of-the-test-very-private")
	mustDuban(t, environ, "demo")
	if out := mustDuban(t, environ, "user", "link", "pengjiang", "sub-1"); !strings.Contains(out, "https://127.0.0.1:1/realm") {
		t.Errorf("linking prints %q", out)
	}
	if _, errs, code := duban(t, environ, "user", "link", "pengjiang", "sub-1"); code != exitFailed || !strings.Contains(errs, "linked to an account already") {
		t.Errorf("linking twice: %d %s", code, errs)
	}
	address, stop := serving(t, built(t), environ)
	answer, err := http.Post(address+"/api/v1/sessions", "application/json", strings.NewReader(`{"login":"nobody","password":"wrong"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("signing in by a wrong password is answered %d", answer.StatusCode)
	}
	answer, err = http.Get(address + "/auth/oidc/login")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		t.Errorf("signing in by the provider is answered %d, %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	log, err := stop()
	if err != nil || !strings.Contains(log, "the identity provider does not answer") || strings.Contains(log, "very-private") {
		t.Errorf("%v\n%s", err, log)
	}
	if events := mustDuban(t, environ, "audit", "events", "--format", "json"); strings.Contains(events, "very-private") {
		t.Error("the client's secret is in an event")
	}
}

// TestRulesThatMakeNoSenseStopTheServer: a slip in a rule is found at the start, with its
// number and what is wrong.
func TestRulesThatMakeNoSenseStopTheServer(t *testing.T) {
	for rule, want := range map[string]string{
		"      - {claim: groups, grants: [reviewer]}\n":                  "rule 1 must have exactly one of equals, contains and matches",
		oneRule + "      - {claim: groups, equals: x, grants: [boss]}\n": `rule 2: there is no role "boss"`,
		"      - {claim: groups, equals: x, grants: [reporter]}\n":       "a reporter has a region",
		"      - {claim: groups, matches: '(', grants: [reviewer]}\n":    "rule 1: error parsing regexp",
		"      - {claim: groups, equals: x, grants: ['reporter:$1']}\n":  "needs matches",
		"      - {equals: x, grants: [reviewer]}\n":                      "rule 1 names no claim",
		"      - {claim: groups, equals: x}\n":                           "rule 1 gives no grants",
		"      - {claim: groups, equals: x, grants: [operator]}\n":       `there is no role "operator"`,
	} {
		environ := append(environment(t, dbtest.EmptySQLite(t)), provided(t, rule))
		if _, errs, code := duban(t, environ, "serve"); code != exitFailed || !strings.Contains(errs, "auth.oidc.rules: ") || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s; want %s", rule, code, errs, want)
		}
	}
}

// TestTheSecurityLogIsAFileOfItsOwn: server and commands write to it, and it is opened
// again on SIGHUP after somebody moved it away.
func TestTheSecurityLogIsAFileOfItsOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "security.log")
	environ := append(environment(t, dbtest.EmptySQLite(t)), "DUBAN_LOG_SECURITY="+path)
	mustDuban(t, environ, "demo")
	count := func(action string) (n int) {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var e map[string]any
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if e["event.action"] == action {
				n++
			}
		}
		return n
	}
	if count("user.create") == 0 {
		t.Error("the accounts of a command are not in the log")
	}
	program := built(t)
	address, stop := serving(t, program, environ)
	wrong := func() {
		t.Helper()
		answer, err := http.Post(address+"/api/v1/sessions", "application/json", strings.NewReader(`{"login":"nobody","password":"wrong"}`))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	wrong()
	if count("session.start") != 1 {
		t.Errorf("%d failures are in the log", count("session.start"))
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	hangUp(t, program)
	for wait := 0; ; wait++ {
		if _, err := os.Stat(path); err == nil {
			break
		}
		if wait == 100 {
			t.Fatal("the log is not opened again")
		}
		time.Sleep(50 * time.Millisecond)
	}
	wrong()
	if count("session.start") != 1 {
		t.Errorf("%d failures are in the new log", count("session.start"))
	}
	if log, err := stop(); err != nil || strings.Contains(log, "ecs.version") {
		t.Errorf("%v\n%s", err, log)
	}
}

// hangUp sends SIGHUP to the running program of this test.
func hangUp(t *testing.T, program string) {
	t.Helper()
	all := processesOf(t, program)
	if len(all) != 1 {
		t.Fatalf("the program runs as %v", all)
	}
	pid, err := strconv.Atoi(filepath.Base(all[0]))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}
