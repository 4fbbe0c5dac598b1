package apitest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// TestADeputyActsInThePersonsPlace: only from day to day, in that role and region,
// and the record tells both.
func TestADeputyActsInThePersonsPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.administrators()
		task := "/api/v1/tasks/{440703-02}/"
		report := `{"narrative":"n","values":{"chain":{"stages":{"plan":{"done_on":"2023-08-20"}}}}}`
		name := func(deputy, role, from, to string) string {
			return fmt.Sprintf(`{"deputy":%q,"role":%q,"region":"","from":%q,"to":%q}`, deputy, role, from, to)
		}
		here := "/api/v1/delegations"
		w.play(t, []scenario{
			{name: "a role that one does not hold", who: "reviewer", method: "POST", path: here, body: name("jianghai", "supervisor", "2023-09-01", "2023-09-02"), status: 403, code: "deputy.not_held"},
			{name: "a role that has no deputies", who: "supervisor", method: "POST", path: here, body: name("jianghai", "supervisor", "2023-09-01", "2023-09-02"), status: 409, code: "deputy.role"},
			{name: "oneself", who: "reviewer", method: "POST", path: here, body: name("reviewer", "reviewer", "2023-09-01", "2023-09-02"), status: 409, code: "deputy.self"},
			{name: "an administrator", who: "reviewer", method: "POST", path: here, body: name("auditor", "reviewer", "2023-09-01", "2023-09-02"), status: 409, code: "deputy.separation"},
			{name: "who has the role", who: "reviewer", method: "POST", path: here, body: name("reviewer2", "reviewer", "2023-09-01", "2023-09-02"), status: 409, code: "deputy.has_role"},
			{name: "nobody", who: "reviewer", method: "POST", path: here, body: name("nobody", "reviewer", "2023-09-01", "2023-09-02"), status: 404, code: "not_found"},
			{name: "backwards", who: "reviewer", method: "POST", path: here, body: name("jianghai", "reviewer", "2023-09-02", "2023-09-01"), status: 422, code: "invalid", fields: []string{"to:order"}},
			{name: "from yesterday", who: "reviewer", method: "POST", path: here, body: name("jianghai", "reviewer", "2023-08-30", "2023-09-01"), status: 422, code: "invalid", fields: []string{"from:order"}},
			{name: "for ever", who: "reviewer", method: "POST", path: here, body: name("jianghai", "reviewer", "2023-09-01", "2033-09-01"), status: 422, code: "invalid", fields: []string{"to:range"}},
			{name: "an administrator names none", who: "sysadmin", method: "POST", path: here, body: name("jianghai", "reviewer", "2023-09-01", "2023-09-02"), status: 403, code: "deputy.not_held"},
		})
		made := w.do("reviewer", "POST", here, name("jianghai", "reviewer", "2023-09-01", "2023-09-02"))
		if made.status != 201 || made.at("deputy.name") != "姓名jianghai" || made.at("active") != false {
			t.Fatalf("%d %s", made.status, made.raw)
		}
		if a := w.do("reviewer", "POST", here, name("jianghai", "reviewer", "2023-09-02", "2023-09-05")); a.status != 409 || a.at("code") != "deputy.there" {
			t.Errorf("twice on one day: %d %s", a.status, a.raw)
		}
		w.ok("pengjiang", task+"report", report)
		approve := scenario{who: "jianghai", method: "POST", path: task + "approve", body: `{"report_number":1}`}
		day := func(name string, status int, code string) scenario {
			s := approve
			s.name, s.status, s.code = name, status, code
			return s
		}
		w.play(t, []scenario{day("the day before", 404, "not_found")})
		w.later.Add(int64(24 * time.Hour)) // 1 September, 16:00
		w.play(t, []scenario{
			{name: "a deputy's role is not passed on", who: "jianghai", method: "POST", path: here, body: name("pengjiang", "reviewer", "2023-09-01", "2023-09-02"), status: 403, code: "deputy.not_held"},
			{name: "and not the one's other duties", who: "jianghai", method: "POST", path: task + "close", body: `{"reason":"r"}`, status: 403, code: "forbidden"},
		})
		// Neither of the two may have written what is reviewed.
		own := "/api/v1/tasks/{440704-01}/"
		w.ok("jianghai", own+"report", `{"narrative":"n","values":{"no2":{"value":"20"}}}`)
		w.play(t, []scenario{{name: "the deputy's own report", who: "jianghai", method: "POST", path: own + "approve", body: `{"report_number":1}`, status: 403, code: "guard.not_author"}})
		approved := w.ok("jianghai", task+"approve", `{"report_number":1}`)
		if approved.at("review.reviewer") != w.ids["jianghai"] || approved.at("review.on_behalf") != w.ids["reviewer"] {
			t.Errorf("the review is %s", approved.raw)
		}
		if line := w.do("auditor", "GET", task+"timeline", ""); !strings.Contains(line.raw, `"person":"姓名jianghai 代 姓名reviewer"`) {
			t.Errorf("the timeline is %s", line.raw)
		}
		if events := w.do("auditor", "GET", task+"events", ""); !strings.Contains(events.raw, `"on_behalf":"`+w.ids["reviewer"]+`"`) {
			t.Errorf("the events are %s", events.raw)
		}
		if mine := w.do("jianghai", "GET", here, ""); !strings.Contains(mine.raw, `"active":true`) {
			t.Errorf("listed %s", mine.raw)
		}
		w.later.Add(int64(32*time.Hour - time.Minute)) // 2 September, 23:59
		if a := w.do("jianghai", "GET", task+"reviews", ""); a.status != 200 {
			t.Errorf("on the last day: %d", a.status)
		}
		w.later.Add(int64(time.Minute))
		if a := w.do("jianghai", "GET", task+"reviews", ""); a.status != 404 {
			t.Errorf("the day after: %d", a.status)
		}
	})
}

// TestADeputyshipEnds when either ends it, when the role is taken from who gave it,
// and when either account is disabled.
func TestADeputyshipEnds(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.administrators()
	task := "/api/v1/tasks/{440703-01}"
	name := func(deputy string) string {
		a := w.do("reviewer", "POST", "/api/v1/delegations", `{"deputy":"`+deputy+`","role":"reviewer","from":"2023-08-31","to":"2023-12-31"}`)
		if a.status != 201 {
			t.Fatalf("%d %s", a.status, a.raw)
		}
		if see := w.do(deputy, "GET", task, ""); see.status != 200 {
			t.Fatalf("the deputy sees %d", see.status)
		}
		return a.at("id").(string)
	}
	over := func(how, deputy, id string) {
		t.Helper()
		if see := w.do(deputy, "GET", task, ""); see.status == 200 {
			t.Errorf("%s: the deputy still acts", how)
		}
		if n := len(w.eventsOf(workflow.SubjectDelegation, id)); n != 2 {
			t.Errorf("%s: %d events", how, n)
		}
	}
	id := name("jianghai")
	w.play(t, []scenario{
		{name: "a stranger sees none to end", who: "pengjiang", method: "DELETE", path: "/api/v1/delegations/" + id, status: 404, code: "not_found"},
		{name: "who gave it", who: "reviewer", method: "DELETE", path: "/api/v1/delegations/" + id, status: 200},
		{name: "again", who: "reviewer", method: "DELETE", path: "/api/v1/delegations/" + id, status: 409, code: "deputy.ended"},
	})
	over("ended", "jianghai", id)

	id = name("jianghai")
	if a := w.do("jianghai", "DELETE", "/api/v1/delegations/"+id, ""); a.status != 200 {
		t.Errorf("the deputy gives it back: %d %s", a.status, a.raw)
	}
	over("given back", "jianghai", id)

	id = name("jianghai")
	if a := w.do("secadmin", "DELETE", "/api/v1/users/reviewer/grants/reviewer", ""); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	over("the role is gone", "jianghai", id)
	w.ok("secadmin", "/api/v1/users/reviewer/grants", `{"role":"reviewer"}`)

	id = name("jianghai")
	w.ok("sysadmin", "/api/v1/users/reviewer/disable", "")
	over("who gave it is disabled", "jianghai", id)
	w.ok("sysadmin", "/api/v1/users/reviewer/enable", "")
	w.again("reviewer")

	id = name("jianghai")
	w.ok("sysadmin", "/api/v1/users/jianghai/disable", "")
	w.ok("sysadmin", "/api/v1/users/jianghai/enable", "")
	w.again("jianghai")
	over("the deputy was disabled", "jianghai", id)
}

// again gives somebody a new token: the old ones ended.
func (w *world) again(login string) {
	w.t.Helper()
	issued, err := w.service.IssueToken(w.t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")}, login, "test", 0)
	must(w.t, err)
	w.tokens[login] = issued.Secret
}

// TestAPersonAnswersForWhatTheDeputyReported: it is the person's own to withdraw,
// and nobody's of the two to review.
func TestAPersonAnswersForWhatTheDeputyReported(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.administrators()
	task := "/api/v1/tasks/{440703-01}/"
	w.ok("secadmin", "/api/v1/users/pengjiang/grants", `{"role":"reviewer"}`)
	if a := w.do("pengjiang", "POST", "/api/v1/delegations", `{"deputy":"reviewer","role":"reporter","region":"440703","from":"2023-08-31","to":"2023-08-31"}`); a.status != 201 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	made := w.ok("reviewer", task+"report", reportStations)
	if made.at("report.author") != w.ids["reviewer"] || made.at("report.on_behalf") != w.ids["pengjiang"] {
		t.Errorf("the report is %s", made.raw)
	}
	w.play(t, []scenario{
		{name: "the person", who: "pengjiang", method: "POST", path: task + "approve", body: `{"report_number":1}`, status: 403, code: "guard.not_author"},
		{name: "the deputy", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_number":1}`, status: 403, code: "guard.not_author"},
		{name: "the person takes it back", who: "pengjiang", method: "POST", path: task + "withdraw", status: 200, events: 1},
		{name: "and reports", who: "pengjiang", method: "POST", path: task + "report", body: reportStations, status: 200, events: 1},
		{name: "which the deputy may not review either", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_number":2}`, status: 403, code: "guard.not_author"},
		{name: "but another one", who: "reviewer2", method: "POST", path: task + "approve", body: `{"report_number":2}`, status: 200, events: 1},
	})
}
