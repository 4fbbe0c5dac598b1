package apitest

import (
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// A draft keeps half-typed figures as they are, through two windows and a sign-out,
// and goes with the report that it becomes.
func TestADraftIsKeptUntilItIsSent(t *testing.T) {
	for name, store := range map[string]func(testing.TB) workflow.Store{
		"sqlite": func(t testing.TB) workflow.Store { return dbtest.SQLite(t) }, "mariadb": func(t testing.TB) workflow.Store { return dbtest.MariaDB(t) },
	} {
		t.Run(name, func(t *testing.T) { aDraftsLife(t, newWorld(t, store(t))) })
	}
}

func aDraftsLife(t *testing.T, w *world) {
	path := "/api/v1/tasks/{440703-01}/draft"
	save := func(who, body string) answer { return w.do(who, "PUT", path, body) }
	get := func(who string) answer { return w.do(who, "GET", path, "") }

	if a := get("pengjiang"); a.status != 200 || a.at("draft") != nil || a.at("task_period") != "2023-h1" {
		t.Fatalf("before anything was typed: %d %s", a.status, a.raw)
	}
	before := w.events()
	a := save("pengjiang", `{"narrative":"已","values":{"stations":{"at_cutoff":"1２.","latest_on":"2023-0"}},"evidence":["half"]}`)
	if a.status != 200 || a.at("draft.revision") != float64(1) || a.header.Get("ETag") != `"1"` {
		t.Fatalf("saving: %d %s", a.status, a.raw)
	}
	// The other window goes on from nothing, and is shown what this one saved.
	lost := save("pengjiang", `{"narrative":"另一窗口"}`)
	if lost.status != 409 || lost.at("code") != "draft.changed" || lost.at("draft.narrative") != "已" || lost.at("draft.revision") != float64(1) {
		t.Errorf("another window: %d %s", lost.status, lost.raw)
	}
	checkProblem(t, lost)
	if a := save("pengjiang", `{"narrative":"另一窗口","revision":1}`); a.status != 200 || a.at("draft.revision") != float64(2) {
		t.Errorf("choosing the other window's: %d %s", a.status, a.raw)
	}
	if a := save("pengjiang", `{"narrative":"已完成","values":{"stations":{"at_cutoff":"1２.","latest_on":"2023-0"}},"revision":2}`); a.status != 200 {
		t.Errorf("going on: %d %s", a.status, a.raw)
	}
	if a := get("pengjiang"); a.at("draft.values.stations.at_cutoff") != "1２." || a.at("draft.values.stations.latest_on") != "2023-0" || a.at("draft.period") != "2023-h1" {
		t.Errorf("half a figure did not stay as typed: %s", a.raw)
	}
	for _, who := range []string{"reviewer", "supervisor", "auditor"} {
		if a := get(who); a.status != 403 {
			t.Errorf("%s sees a draft: %d %s", who, a.status, a.raw)
		}
	}
	if a := get("jianghai"); a.status != 404 {
		t.Errorf("another district: %d %s", a.status, a.raw)
	}
	if a := save("pengjiang", `{"narrative":"`+strings.Repeat("字", 22<<10)+`","revision":3}`); a.status != 422 || strings.Join(a.fields(), "") != "draft:max_bytes" {
		t.Errorf("too large: %d %.300s", a.status, a.raw)
	}
	if a := save("pengjiang", `{"period":"2023-q3","revision":3}`); a.status != 422 || strings.Join(a.fields(), "") != "period:one_of" {
		t.Errorf("a period that the task is not in: %d %s", a.status, a.raw)
	}
	list := w.do("pengjiang", "GET", "/api/v1/drafts", "")
	if !strings.Contains(list.raw, `"code":"440703-01"`) || strings.Count(list.raw, "task_id") != 1 || strings.Contains(w.do("jianghai", "GET", "/api/v1/drafts", "").raw, "task_id") {
		t.Errorf("the list of drafts: %s", list.raw)
	}
	if n := w.events() - before; n != 0 {
		t.Errorf("typing left %d audit events", n)
	}
	// A report that is refused keeps the draft; one that is accepted takes it along.
	if a := w.do("pengjiang", "POST", "/api/v1/tasks/{440703-01}/report", `{"narrative":"x","values":{}}`); a.status != 422 {
		t.Fatalf("an incomplete report: %d %s", a.status, a.raw)
	}
	if a := get("pengjiang"); a.at("draft.revision") != float64(3) {
		t.Errorf("after a refused report: %s", a.raw)
	}
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
	if a := get("pengjiang"); a.at("draft") != nil {
		t.Errorf("after the report: %s", a.raw)
	}
	if a := save("pengjiang", `{"narrative":"迟到","revision":3}`); a.status != 409 || a.at("draft") != nil {
		t.Errorf("a late save of what was sent: %d %s", a.status, a.raw)
	}
}

// A draft outlives the period that it was typed for, and says which that is.
func TestADraftOfAnEarlierPeriodIsShownAsSuch(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	path := "/api/v1/tasks/{440704-01}/draft"
	if a := w.do("jianghai", "PUT", path, `{"narrative":"上半年","period":"2023-h1"}`); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	w.ok("supervisor", "/api/v1/campaigns/jm-2023/periods/2023-q3/open", "")
	if a := w.do("jianghai", "GET", path, ""); a.at("draft.period") != "2023-h1" || a.at("task_period") != "2023-q3" {
		t.Errorf("%s", a.raw)
	}
	// The window that was open all the time still saves it for the period it shows.
	if a := w.do("jianghai", "PUT", path, `{"narrative":"上半年，续","period":"2023-h1","revision":1}`); a.status != 200 || a.at("draft.period") != "2023-h1" {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := w.do("jianghai", "PUT", path, `{"narrative":"前三季度","revision":2}`); a.at("draft.period") != "2023-q3" {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := w.do("jianghai", "DELETE", path, "", "If-Match", `"2"`); a.status != 409 {
		t.Errorf("deleting another revision: %d %s", a.status, a.raw)
	}
	for range 2 {
		if a := w.do("jianghai", "DELETE", path, ""); a.status != 204 {
			t.Errorf("deleting: %d %s", a.status, a.raw)
		}
	}
}

// The page learns who it is, how to speak, and until when it may stay open by
// itself; what it polls does not keep the session alive.
func TestTheSessionTellsThePageWhatItNeeds(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	cookie, _, _ := strings.Cut(w.do("", "POST", "/api/v1/sessions", credentials).header.Get("Set-Cookie"), ";")
	me := func() answer { return w.do("", "GET", "/api/v1/session", "", "Cookie", cookie) }
	if a := me(); a.at("language") != nil || a.at("idle_minutes") != float64(60) || a.at("idle_ends_at") == nil || a.at("expires_at") == nil {
		t.Fatalf("%s", a.raw)
	}
	for _, language := range []string{"en", "zh-CN"} {
		a := w.do("", "PUT", "/api/v1/session/preferences", `{"language":"`+language+`"}`, "Cookie", cookie)
		if a.at("language") != language || me().at("language") != language || w.do("", "GET", "/api/v1/session/preferences", "", "Cookie", cookie).at("language") != language {
			t.Errorf("%s: %d %s, then %s", language, a.status, a.raw, me().raw)
		}
	}
	if a := w.do("", "PUT", "/api/v1/session/preferences", `{"language":"fr"}`, "Cookie", cookie); a.status != 422 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := w.do("pengjiang", "GET", "/api/v1/session", ""); a.at("idle_ends_at") != nil || a.at("language") != "zh-CN" {
		t.Errorf("a token's: %s", a.raw)
	}
	pass := func(d time.Duration) { w.later.Add(int64(d)) }
	pass(40 * time.Minute)
	was := me().at("idle_ends_at")
	pass(40 * time.Minute) // an hour and twenty after signing in, forty minutes after the last use
	if a := me(); a.status != 200 || a.at("idle_ends_at") == was {
		t.Errorf("a use does not move the end: %d %s", a.status, a.raw)
	}
	pass(61 * time.Minute)
	if a := me(); a.status != 401 || a.at("code") != "unauthenticated" {
		t.Errorf("an idle session: %d %s", a.status, a.raw)
	}
}
