package apitest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"duban/api"
	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/seclog"
)

// lines collects what is logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// TestTheSecurityLogTellsWhatHappened: each thing that concerns security is one line
// that a collector can read, with what it needs and nothing that somebody typed.
func TestTheSecurityLogTellsWhatHappened(t *testing.T) {
	out := &lines{}
	w := newWorld(t, dbtest.SQLite(t), func(o *api.Options) {
		o.Security = seclog.New(out)
		o.Service.WithWatch(o.Security.Event)
	})
	const typed = "hunter2-typed\u202e\n{\"forged\":true}"
	w.do("", "POST", "/api/v1/sessions", credentials)
	w.do("", "POST", "/api/v1/sessions", toJSON(t, map[string]string{"login": typed[:20], "password": typed}))
	token, _ := w.do("pengjiang", "POST", "/api/v1/tokens", `{"label":"对接","days":30}`).at("token").(string)
	bearer := []string{"Authorization", "Bearer " + token}
	for range 2 {
		w.do("", "GET", "/api/v1/tasks", "", bearer...)
	}
	w.do("", "GET", "/api/v1/tasks/{440704-01}", "", bearer...)                                             // of another district
	w.do("pengjiang", "POST", "/api/v1/tasks/{440703-01}/approve", `{}`)                                    // not his to do
	w.do("pengjiang", "POST", "/api/v1/tasks/{440703-01}/report", reportStations)                           // everyday work
	w.do("", "POST", "/api/v1/sessions", credentials, "Sec-Fetch-Site", "cross-site")                       // of another site
	w.do("pengjiang", "POST", "/api/v1/tasks/{440703-01}/report", `{"x":"`+strings.Repeat("x", 1<<20)+`"}`) // too large
	w.do("", "DELETE", "/api/v1/session", "", bearer...)
	w.do("", "GET", "/api/v1/tasks", "", bearer...) // ended
	_, err := w.service.CreateUser(t.Context(), workflow.Call{Actor: workflow.OperatorActor("root\x1b[31m")}, workflow.User{Login: "hongmei", Name: "红梅", Grants: []workflow.Grant{{Role: workflow.Reporter, Region: "440705"}}}, password)
	must(t, err)

	var got []string
	for line := range strings.Lines(out.text.String()) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for _, field := range []string{"@timestamp", "message", "ecs.version", "event.kind", "event.category", "event.type", "event.action", "event.outcome"} {
			if e[field] == nil {
				t.Errorf("%s lacks %s", line, field)
			}
		}
		if ip := e["source.ip"]; ip != "127.0.0.1" && e["source.address"] == nil {
			t.Errorf("%s is from %v", line, ip)
		}
		text := fmt.Sprintf("%v %v", e["event.action"], e["event.outcome"])
		if reason := e["event.reason"]; reason != nil {
			text += fmt.Sprintf(" %v", reason)
		}
		if roles := e["user.target.roles"]; roles != nil {
			text += fmt.Sprintf(" %v", roles)
		}
		if n := len(got); n == 0 || got[n-1] != text {
			got = append(got, text)
		}
	}
	want := []string{
		"credential.issue success", "session.start failure session.refused",
		"credential.issue success", "token.new_address success",
		"getTask failure not_found", "approve failure forbidden",
		"request.refused failure cross_origin", "request.refused failure body.too_large",
		"credential.end success", "request.refused failure unauthenticated",
		"user.create success [reporter:440705]",
	}
	// The callers of the world use tokens of their own, each seen for the first time once.
	got = slices.DeleteFunc(got, func(s string) bool { return s == "token.new_address success" })
	want = slices.DeleteFunc(want, func(s string) bool { return s == "token.new_address success" })
	got, want = slices.Compact(got), slices.Compact(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, secret := range []string{typed[:7], password, token, "hongmei", "红梅", "pengjiang", "forged", "\x1b", "\u202e"} {
		if strings.Contains(out.text.String(), secret) {
			t.Errorf("%q is in the security log", secret)
		}
	}
	if n := strings.Count(out.text.String(), `"event.action":"token.new_address"`); n < 1 || n > 3 {
		t.Errorf("%d tokens were seen at a new address", n)
	}
}
