package apitest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// happenings are the items of an inbox as "event code", with ! before those unread.
func happenings(a answer) string {
	var list []string
	items, _ := a.at("items").([]any)
	for _, i := range items {
		i := i.(map[string]any)
		mark := ""
		if i["unread"] == true {
			mark = "!"
		}
		list = append(list, fmt.Sprintf("%s%v %v", mark, i["event"], i["code"]))
	}
	return strings.Join(list, ", ")
}

// Each person's inbox tells what concerns them and what waits for them, and nothing
// of other districts; what was read stays read.
func TestTheInboxTellsWhatConcernsOne(t *testing.T) {
	for name, store := range map[string]func(testing.TB) workflow.Store{
		"sqlite": func(t testing.TB) workflow.Store { return dbtest.SQLite(t) }, "mariadb": func(t testing.TB) workflow.Store { return dbtest.MariaDB(t) },
	} {
		t.Run(name, func(t *testing.T) { anInboxFills(t, newWorld(t, store(t))) })
	}
}

func anInboxFills(t *testing.T, w *world) {
	inbox := func(who string) answer {
		t.Helper()
		a := w.do(who, "GET", "/api/v1/inbox", "")
		if a.status != 200 {
			t.Fatalf("%s: %d %s", who, a.status, a.raw)
		}
		return a
	}
	is := func(who, counts, items string) {
		t.Helper()
		a := inbox(who)
		got := a.raw[strings.Index(a.raw, `"counts":`)+len(`"counts":`):]
		if got = got[:strings.Index(got, "}")+1]; got != counts || happenings(a) != items {
			t.Errorf("%s: counts %s, want %s\nitems %s, want %s", who, got, counts, happenings(a), items)
		}
	}
	// All three tasks were assigned for a period whose report-by date has passed.
	is("pengjiang", `{"to_report":2,"returned":0,"flagged":0,"due_soon":0,"overdue":2}`, "!assign 440703-02, !assign 440703-01")
	is("jianghai", `{"to_report":1,"returned":0,"flagged":0,"due_soon":0,"overdue":1}`, "!assign 440704-01")
	is("reviewer", `{"to_review":0,"to_confirm":0}`, "")
	is("supervisor", `{"flagged":0,"overdue":3}`, "")
	is("auditor", `{}`, "")
	if a := w.do("sysadmin", "GET", "/api/v1/inbox", ""); a.status != 403 {
		t.Errorf("sysadmin: %d %s", a.status, a.raw)
	}
	read := func(who, body string) {
		t.Helper()
		if a := w.do(who, "POST", "/api/v1/inbox/read", body); a.status != 204 {
			t.Fatalf("marking as read: %d %s", a.status, a.raw)
		}
	}
	read("pengjiang", "")
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
	is("reviewer", `{"to_review":1,"to_confirm":0}`, "!report 440703-01")
	w.ok("reviewer", "/api/v1/tasks/{440703-01}/return", `{"reason":"台账不全"}`)
	is("pengjiang", `{"to_report":2,"returned":1,"flagged":0,"due_soon":0,"overdue":2}`, "!return 440703-01, assign 440703-02, assign 440703-01")
	if a := inbox("pengjiang"); a.at("unread") != float64(1) || !strings.Contains(a.raw, `"reason":"台账不全"`) || !strings.Contains(a.raw, `"by":"姓名reviewer"`) || !strings.Contains(a.raw, `"region_name":"蓬江区"`) {
		t.Errorf("%s", a.raw)
	}
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
	w.ok("reviewer", "/api/v1/tasks/{440703-01}/flag", flagBehind, "If-Match", `"4"`)
	is("supervisor", `{"flagged":1,"overdue":2}`, "!flag 440703-01")
	is("reviewer2", `{"to_review":0,"to_confirm":0}`, "!report 440703-01, !report 440703-01")
	flagged := inbox("pengjiang")
	if !strings.HasPrefix(happenings(flagged), "!flag 440703-01, !return 440703-01, assign") || !strings.Contains(flagged.raw, `"rectify_by":"2023-09-`) {
		t.Errorf("%s", flagged.raw)
	}
	// Read up to the first of two; the mark never goes back.
	second := flagged.body["items"].([]any)[1].(map[string]any)["at"].(string)
	read("pengjiang", `{"until":"`+second+`"}`)
	read("pengjiang", `{"until":"2023-01-01T00:00:00Z"}`)
	if a := inbox("pengjiang"); a.at("unread") != float64(1) || !strings.HasPrefix(happenings(a), "!flag 440703-01, return 440703-01") {
		t.Errorf("%d unread: %s", a.at("unread"), happenings(a))
	}
	if a := w.do("pengjiang", "POST", "/api/v1/inbox/read", `{"until":"2033-01-01T00:00:00Z"}`); a.status != 422 {
		t.Errorf("reading what is still to come: %d %s", a.status, a.raw)
	}
	// In pages of one it is the same.
	var paged []string
	for cursor := ""; ; {
		page := w.do("pengjiang", "GET", "/api/v1/inbox?limit=1"+cursor, "")
		paged = append(paged, happenings(page))
		next, _ := page.at("next_cursor").(string)
		if next == "" {
			break
		}
		cursor = "&cursor=" + next
	}
	if whole := happenings(inbox("pengjiang")); strings.Join(paged, ", ") != whole {
		t.Errorf("in pages: %v, whole: %s", paged, whole)
	}
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
	is("reviewer2", `{"to_review":0,"to_confirm":1}`, "!report 440703-01, !report 440703-01, !report 440703-01")
	w.ok("reviewer", "/api/v1/tasks/{440703-01}/confirm_rectified", `{"report_number":3}`)
	is("supervisor", `{"flagged":0,"overdue":2}`, "!confirm_rectified 440703-01, !flag 440703-01")
}

// The page polls the inbox while it is open, and the session ends all the same when
// nobody uses it.
func TestPollingDoesNotKeepASessionAlive(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	cookie, _, _ := strings.Cut(w.do("", "POST", "/api/v1/sessions", credentials).header.Get("Set-Cookie"), ";")
	poll := func() int { return w.do("", "GET", "/api/v1/inbox", "", "Cookie", cookie).status }
	for range 5 {
		w.later.Add(int64(10 * time.Minute))
		if s := poll(); s != 200 {
			t.Fatalf("polling: %d", s)
		}
	}
	w.later.Add(int64(11 * time.Minute))
	if s := poll(); s != 401 {
		t.Errorf("an idle session that was polled still answers %d", s)
	}
}

// A list tells how its tasks stand, finds them by that, and orders them by due date.
func TestAListTellsHowTasksStand(t *testing.T) {
	for name, store := range map[string]func(testing.TB) workflow.Store{
		"sqlite": func(t testing.TB) workflow.Store { return dbtest.SQLite(t) }, "mariadb": func(t testing.TB) workflow.Store { return dbtest.MariaDB(t) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, store(t))
			codes := func(who, query string) string {
				t.Helper()
				a := w.do(who, "GET", "/api/v1/tasks?"+query, "")
				if a.status != 200 {
					t.Fatalf("%s: %d %s", query, a.status, a.raw)
				}
				var list []string
				for _, i := range a.at("items").([]any) {
					i := i.(map[string]any)
					s := i["standing"].(map[string]any)
					list = append(list, fmt.Sprintf("%v %v %v %v", i["code"], s["light"].(map[string]any)["code"], s["days_left"], s["allowed"]))
				}
				return strings.Join(list, ", ")
			}
			w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
			w.ok("pengjiang", "/api/v1/tasks/{440703-02}/report", `{"narrative":"x","values":{"chain":{"stages":{"plan":{"done_on":"2023-06-01"}}},"pool":{"verdict":"on_schedule"}}}`)
			w.ok("reviewer", "/api/v1/tasks/{440703-02}/flag", `{"verdict":"behind","reason":"r","rectify_by":"2023-09-03"}`, "If-Match", `"2"`)
			for _, c := range []struct{ who, query, want string }{
				{"reviewer", "", "440703-01 green <nil> [return approve flag], 440703-02 red 3 [], 440704-01 red -52 [flag]"},
				{"pengjiang", "", "440703-01 green <nil> [withdraw], 440703-02 red 3 [report]"},
				{"supervisor", "sort=due", "440704-01 red -52 [cancel], 440703-02 red 3 [cancel]"},
				{"reviewer", "sort=due&region=440703", "440703-02 red 3 []"},
				{"reviewer", "overdue=true", "440704-01 red -52 [flag]"},
				{"reviewer", "light=green&light=none", "440703-01 green <nil> [return approve flag]"},
				{"reviewer", "flagged=true", "440703-02 red 3 []"},
				{"reviewer", "review=mine", "440703-01 green <nil> [return approve flag]"},
				{"reviewer", "period=2023-q3", ""},
				{"auditor", "light=red", "440703-02 red 3 [], 440704-01 red -52 []"},
			} {
				if got := codes(c.who, c.query); got != c.want {
					t.Errorf("%s ?%s: %s, want %s", c.who, c.query, got, c.want)
				}
			}
			if a := w.do("reviewer", "GET", "/api/v1/tasks?count=true&limit=1", ""); a.at("count") != float64(3) || len(a.at("items").([]any)) != 1 {
				t.Errorf("counted: %s", a.raw)
			}
			for _, query := range []string{"sort=due&as_of=2023-08-31", "count=true&as_of=2023-08-31", "review=mine&state=reported", "sort=waiting&state=reported", "sort=waiting&as_of=2023-08-31", "with=report&as_of=2023-08-31", "light=blue"} {
				if a := w.do("reviewer", "GET", "/api/v1/tasks?"+query, ""); a.status != 422 {
					t.Errorf("?%s: %d %s", query, a.status, a.raw)
				}
			}
			// In pages of one, by due date.
			first := w.do("supervisor", "GET", "/api/v1/tasks?sort=due&limit=1", "")
			next := w.do("supervisor", "GET", "/api/v1/tasks?sort=due&limit=1&cursor="+first.at("next_cursor").(string), "")
			if !strings.Contains(first.raw, "440704-01") || !strings.Contains(next.raw, "440703-02") || next.at("next_cursor") != nil {
				t.Errorf("%s\n%s", first.raw, next.raw)
			}

			// The report that waits longest comes first, with what an approval names it by.
			w.ok("jianghai", "/api/v1/tasks/{440704-01}/report", `{"narrative":"n","values":{"no2":{"value":"22"}}}`)
			w.ok("pengjiang", "/api/v1/tasks/{440703-01}/withdraw", `{}`)
			w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
			report := w.do("reviewer", "GET", "/api/v1/tasks/{440703-01}/reports/2", "")
			queue := "/api/v1/tasks?sort=waiting&with=report&limit=1"
			first = w.do("reviewer", "GET", queue, "")
			next = w.do("reviewer", "GET", queue+"&cursor="+first.at("next_cursor").(string), "")
			digest, _ := report.at("digest").(string)
			if !strings.Contains(first.raw, "440704-01") || !strings.Contains(next.raw, `"newest":{"number":2,"digest":"`+digest+`","status":"waiting"`) || next.at("next_cursor") != nil {
				t.Errorf("the queue: %s\n%s\nthe report: %s", first.raw, next.raw, report.raw)
			}
		})
	}
}
