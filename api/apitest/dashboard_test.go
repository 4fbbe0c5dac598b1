package apitest

import (
	"net/http"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

func TestTheDashboardSaysHowACampaignStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		look := func(who, query string) answer {
			t.Helper()
			a := w.do(who, http.MethodGet, "/api/v1/campaigns/jm-2023/dashboard"+query, "")
			if a.status != 200 {
				t.Fatalf("%d %s", a.status, a.raw)
			}
			return a
		}
		rows := func(a answer, path string) []map[string]any {
			return answer{body: map[string]any{"items": a.at(path)}}.items()
		}
		first := look("reviewer", "")
		d := rows(first, "districts")
		if len(d) != 2 || d[0]["region"] != "440703" || d[0]["tasks"] != 2.0 || d[0]["open"] != 2.0 || d[0]["overdue"] != 2.0 || d[0]["light"] != "yellow" || d[0]["rank"] != 2.0 || d[1]["rank"] != 1.0 {
			t.Errorf("nothing reported: %s", first.raw)
		}
		// 2 stations of 8 by 30 June: at that pace 8 are there after 720 days, on 21 December 2024.
		w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", `{"narrative":"n","evidence_date":"2023-08-31","values":{"stations":{"at_cutoff":"2"}}}`)
		w.ok("reviewer", "/api/v1/tasks/{440703-01}/approve", `{"report_number":1}`)
		w.ok("jianghai", "/api/v1/tasks/{440704-01}/report", `{"narrative":"n","values":{"no2":{"value":"24"}},"evidence_date":"2023-08-31"}`)
		w.ok("reviewer", "/api/v1/tasks/{440704-01}/flag", `{"report_number":1,"verdict":"behind","reason":"r","rectify_by":"2023-09-30"}`)
		a := look("reviewer", "?period=2023-h1")
		d = rows(a, "districts")
		if d[0]["rank"] != 1.0 || d[0]["light"] != "yellow" || d[0]["on_schedule_percent"] != "50.0" || d[0]["overdue"] != 1.0 || d[1]["rank"] != 2.0 || d[1]["light"] != "red" {
			t.Errorf("districts: %s", a.raw)
		}
		if a.at("total.verdicts.behind") != 1.0 || a.at("total.verdicts.on_schedule") != 1.0 || a.at("total.states.assigned.tasks") != 1.0 || a.at("total.open") != 1.0 {
			t.Errorf("total: %s", a.raw)
		}
		worst := rows(a, "worst")
		if len(worst) != 1 || worst[0]["code"] != "440703-01" || worst[0]["outlook"] != "late" || worst[0]["met_on"] != "2024-12-21" || worst[0]["due"] != "2023-12-10" || worst[0]["days_late"] != 377.0 || worst[0]["required"] != "8" {
			t.Errorf("forecast: %s", a.raw)
		}
		if trend := rows(a, "trend"); len(trend) != 1 { // the second period has not begun
			t.Errorf("trend: %s", a.raw)
		}
		// The past, and the own district alone.
		if then := look("reviewer", "?as_of="+first.at("at").(string)); then.at("total.verdicts.behind") != 0.0 || then.at("total.overdue") != 3.0 {
			t.Errorf("then: %s", then.raw)
		}
		own := look("pengjiang", "")
		if d := rows(own, "districts"); len(d) != 1 || d[0]["rank"] != 1.0 || own.at("total.tasks") != 2.0 {
			t.Errorf("own: %s", own.raw)
		}
		w.play(t, []scenario{
			{name: "no such period", who: "reviewer", method: "GET", path: "/api/v1/campaigns/jm-2023/dashboard?period=none", status: 404, code: "not_found"},
			{name: "no such campaign", who: "reviewer", method: "GET", path: "/api/v1/campaigns/none/dashboard", status: 404, code: "not_found"},
			{name: "an administrator", who: "sysadmin", method: "GET", path: "/api/v1/campaigns/jm-2023/dashboard", status: 403, code: "forbidden"},
			{name: "the future", who: "reviewer", method: "GET", path: "/api/v1/campaigns/jm-2023/dashboard?as_of=2030-01-01", status: 422, code: "invalid"},
		})
	})
}
