package apitest

import (
	"fmt"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// What people ask as of a moment is answered as it would have been then, and says
// so; nothing can be done to the past.
func TestThePastIsAnsweredAsItWas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		task, period := "/api/v1/tasks/{440703-01}", "/api/v1/campaigns/jm-2023/periods/2023-h1"
		w.ok("pengjiang", task+"/report", reportStations)
		w.ok("reviewer", task+"/flag", flagBehind)
		flagged := w.do("reviewer", "GET", task, "").at("task.updated_at").(string)
		w.ok("supervisor", task+"/cancel", `{"reason":"合并"}`)
		cancelled := w.do("reviewer", "GET", task, "").at("task.updated_at").(string)

		a := w.do("reviewer", "GET", task+"?as_of="+flagged, "")
		if a.at("task.state") != "reported" || a.at("report.status") != "waiting" || a.at("flag") != nil || a.at("as_of") != flagged ||
			len(a.at("allowed").([]any)) != 0 || a.header.Get("ETag") != "" {
			t.Errorf("before the flag: ETag %q, %s", a.header.Get("ETag"), a.raw)
		}
		a = w.do("reviewer", "GET", task+"?as_of="+cancelled, "")
		if a.at("task.state") != "flagged_lagging" || a.at("flag.reason") != "未启动" || a.at("flag.cleared_at") != nil || a.at("report.status") != "accepted" {
			t.Errorf("before it was cancelled: %s", a.raw)
		}
		if a := w.do("reviewer", "GET", task+"?as_of=2023-08-31", ""); a.at("task.state") != "cancelled" {
			t.Errorf("by the end of today: %s", a.raw)
		}

		list := func(query string) string {
			a := w.do("reviewer", "GET", "/api/v1/tasks?as_of="+query, "")
			return fmt.Sprint(strings.Count(a.raw, `"seq"`), strings.Count(a.raw, `"flagged_lagging"`), a.at("next_cursor") != nil)
		}
		for query, want := range map[string]string{
			cancelled: "3 1 false", flagged: "3 0 false", cancelled + "&state=flagged_lagging": "1 1 false", cancelled + "&limit=1": "1 1 true",
			cancelled + "&region=440704": "1 0 false", "2023-08-30": "0 0 false",
		} {
			if got := list(query); got != want {
				t.Errorf("tasks as of %s: %s, want %s", query, got, want)
			}
		}
		first := w.do("reviewer", "GET", "/api/v1/tasks?limit=2&as_of="+cancelled, "")
		next := w.do("reviewer", "GET", "/api/v1/tasks?limit=2&as_of="+cancelled+"&cursor="+first.at("next_cursor").(string), "")
		if items := next.at("items").([]any); len(items) != 1 || items[0].(map[string]any)["code"] != "440704-01" {
			t.Errorf("the second page is %s", next.raw)
		}
		if a := w.do("jianghai", "GET", "/api/v1/tasks?as_of="+cancelled, ""); strings.Count(a.raw, `"seq"`) != 1 || strings.Contains(a.raw, "440703-01") {
			t.Errorf("another district lists %s", a.raw)
		}

		a = w.do("reviewer", "GET", period+"/lag-table?as_of="+cancelled, "")
		if rows := a.at("rows").([]any); len(rows) != 1 || a.at("as_of") != cancelled || a.at("as_known_on") != nil || len(a.at("gaps").([]any)) != 2 {
			t.Errorf("the table before it was cancelled: %s", a.raw)
		}
		if a := w.do("reviewer", "GET", period+"/lag-table?format=html&as_of=2023-08-31", ""); !strings.Contains(a.raw, "截至 2023-08-31 已知情况") {
			t.Errorf("the page does not say whose knowledge it is: %s", a.raw)
		}
		if a := w.do("reviewer", "GET", period+"/lag-table?format=html&as_of="+cancelled, ""); !strings.Contains(a.raw, "截至 2023-08-31 16:00:00.") {
			t.Errorf("the page does not say which moment: %s", a.raw)
		}

		tally := func(who, query string) string {
			return toJSON(t, w.do(who, "GET", period+"/tally"+query, "").at("items"))
		}
		now := `[{"open":1,"region":"440703","states":{"assigned":1,"cancelled":1},"tasks":2,"verdicts":{}},{"open":1,"region":"440704","states":{"assigned":1},"tasks":1,"verdicts":{}}]`
		then := `[{"open":1,"region":"440703","states":{"assigned":1,"flagged_lagging":1},"tasks":2,"verdicts":{"behind":1}},{"open":1,"region":"440704","states":{"assigned":1},"tasks":1,"verdicts":{}}]`
		if got := tally("reviewer", ""); got != now || tally("reviewer", "?as_of=2023-08-31") != now {
			t.Errorf("now: %s\nwant %s", got, now)
		}
		if got := tally("reviewer", "?as_of="+cancelled); got != then {
			t.Errorf("then: %s\nwant  %s", got, then)
		}
		if got := tally("jianghai", "?as_of="+cancelled); strings.Contains(got, "440703") || !strings.Contains(got, "440704") {
			t.Errorf("another district counts %s", got)
		}
		if a := w.do("reviewer", "GET", "/api/v1/campaigns/jm-2023/periods/none/tally", ""); a.status != 404 {
			t.Errorf("no such period: %d %s", a.status, a.raw)
		}
	})
}
