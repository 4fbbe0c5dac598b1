package apitest

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"duban/configs"
	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

const allEight = `{"narrative":"8座加油站已全部联网 <A&B>。","values":{"stations":{"at_cutoff":"0","latest":"８","latest_on":"2023-08-30"}}}`

func TestALaggingTaskIsFlaggedAndRectified(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		task := "/api/v1/tasks/{440703-01}"
		steps := []struct{ who, event, body, state, verdict string }{
			{"pengjiang", "report", reportStations, "reported", ""},
			{"pengjiang", "withdraw", "", "assigned", ""},
			{"pengjiang", "report", reportStations, "reported", ""},
			{"reviewer", "return", `{"reason":"请补充台账"}`, "assigned", ""},
			{"pengjiang", "report", reportStations, "reported", ""},
			{"reviewer", "flag", flagBehind, "flagged_lagging", "behind"},
			{"pengjiang", "report", allEight, "reported", "behind"},
			{"reviewer", "reject_rectification", `{"reason":"未见联网截图","rectify_by":"2023-10-15"}`, "flagged_lagging", "behind"},
			{"pengjiang", "report", allEight, "reported", "behind"},
			{"reviewer2", "confirm_rectified", "", "rectified", "nearly"},
			{"supervisor", "close", `{"reason":"已完成"}`, "closed", "nearly"},
		}
		for i, s := range steps {
			a := w.ok(s.who, task+"/"+s.event, s.body, "If-Match", fmt.Sprintf(`"%d"`, i+1))
			verdict, _ := a.at("task.verdict").(string)
			if a.at("task.state") != s.state || verdict != s.verdict || a.header.Get("ETag") != fmt.Sprintf(`"%d"`, i+2) {
				t.Fatalf("after step %d, %s: %s, ETag %s", i+1, s.event, a.raw, a.header.Get("ETag"))
			}
		}
		for tail, want := range map[string]int{"/reports": 5, "/reviews": 4, "/flags": 1, "/events": 1 + len(steps)} {
			a := w.do("auditor", "GET", task+tail, "")
			if items, _ := a.at("items").([]any); len(items) != want {
				t.Errorf("%s has %d items, want %d: %s", tail, len(items), want, a.raw)
			}
		}
		if a := w.do("auditor", "GET", task+"/events?after=3&limit=2", ""); strings.Count(a.raw, `"outcome":"accepted"`) != 2 || a.at("items").([]any)[0].(map[string]any)["version"] != 4.0 {
			t.Errorf("a page of events is %s", a.raw)
		}
		stored, err := w.service.TaskEvents(t.Context(), workflow.Actor{Grants: []workflow.Grant{{Role: workflow.Auditor}}}, w.ids["440703-01"], 7, 1)
		must(t, err)
		if a := w.do("auditor", "GET", task+"/events?after=7&limit=1", ""); !strings.Contains(a.raw, string(stored[0].Canonical())) {
			t.Errorf("the event is not as it is stored: %s", a.raw)
		}
		if a := w.do("auditor", "GET", task+"/reports/5", ""); a.at("values.stations.latest") != "8" || a.at("assessment.verdict") != "nearly" {
			t.Errorf("full-width digits were not folded: %s", a.raw)
		}
		lagTable(t, w)
	})
}

// lagTable reads the table in its three forms after the task of stations was
// rectified with the verdict nearly.
func lagTable(t *testing.T, w *world) {
	t.Helper()
	path := "/api/v1/campaigns/jm-2023/periods/2023-h1/lag-table"
	a := w.do("supervisor", "GET", path, "")
	rows, _ := a.at("rows").([]any)
	gaps, _ := a.at("gaps").([]any)
	if len(rows) != 1 || len(gaps) != 2 || a.at("title") != "2023年工作任务进度滞后情况表（1-6月）" {
		t.Errorf("the lag table is %s", a.raw)
	}
	if a := w.do("supervisor", "GET", path+"?as_known_on=2023-08-31", ""); !strings.Contains(a.raw, `"n":1`) || a.at("as_known_on") != "2023-08-31" {
		t.Errorf("the table as known by the end of today is %s", a.raw)
	}
	if a := w.do("supervisor", "GET", path+"?as_known_on=2023-08-30", ""); a.status != 404 {
		t.Errorf("the day before the campaign was made: %d %s", a.status, a.raw)
	}
	for format, kind := range map[string]string{"html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8"} {
		if a := w.do("supervisor", "GET", path+"?format="+format, ""); a.status != 200 || a.header.Get("Content-Type") != kind || !strings.Contains(a.raw, "蓬江区") {
			t.Errorf("%s: %d %s %s", format, a.status, a.header.Get("Content-Type"), a.raw)
		}
	}
	if a := w.do("supervisor", "GET", path+"?as_known_on=2023-02-31", ""); a.status != 422 || a.fields()[0] != "as_known_on:date" {
		t.Errorf("31 February: %d %s", a.status, a.raw)
	}
}

func TestAReviewerOverridesTheVerdictWithAReason(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	report := `{"narrative":"n","values":{"chain":{"stages":{"plan":{"done_on":"2023-08-20"}}}}}`
	task := "/api/v1/tasks/{440703-02}/"
	w.play(t, []scenario{
		{name: "nothing to approve", who: "reviewer", method: "POST", path: task + "approve", status: 409, code: "task.state"},
		{name: "report", who: "pengjiang", method: "POST", path: task + "report", body: report, status: 200, events: 1},
		{name: "override without a reason", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_number":1,"verdict":"behind"}`, status: 422, code: "invalid", fields: []string{"reason:required"}},
		{name: "a word for a measure with figures", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_number":1,"words":{"chain":"nearly"}}`, status: 422, code: "invalid", fields: []string{"words.chain:unknown"}},
		{name: "override with a reason", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_number":1,"verdict":"behind","reason":"方案未评审","words":{"pool":"nearly"}}`, status: 200, events: 1},
		{name: "flag without its needs", who: "reviewer", method: "POST", path: task + "flag", status: 422, code: "invalid", fields: []string{"reason:required", "rectify_by:required", "verdict:one_of"}},
		{name: "close without a reason", who: "supervisor", method: "POST", path: task + "close", status: 422, code: "guard.final_target_or_reason"},
		{name: "cancel", who: "supervisor", method: "POST", path: task + "cancel", body: `{"reason":"合并到其他任务"}`, status: 200, events: 1},
	})
	a := w.do("auditor", "GET", task+"reviews", "")
	if review := a.at("items").([]any)[0].(map[string]any); review["verdict"] != "behind" || review["assessment"].(map[string]any)["verdict"] != "nearly" || review["reason"] != "方案未评审" {
		t.Errorf("the review is %s", a.raw)
	}
}

func TestAnotherDefinitionGoverns(t *testing.T) {
	var lines []string
	for line := range strings.Lines(string(configs.Workflow)) {
		if !strings.Contains(line, "withdraw") {
			lines = append(lines, strings.Replace(line, "{zh: 审核通过, en: Approve}", "{zh: 审核通过, en: Approve, needs: [reason]}", 1))
		}
	}
	w := newWorldBy(t, dbtest.SQLite(t), []byte(strings.Join(lines, "")))
	task := "/api/v1/tasks/{440703-01}/"
	w.ok("pengjiang", task+"report", reportStations)
	w.play(t, []scenario{
		{name: "an event that is left out has no path", who: "pengjiang", method: "POST", path: task + "withdraw", status: 404, code: "route.not_found"},
		{name: "an event that needs more", who: "reviewer", method: "POST", path: task + "approve", status: 422, code: "invalid", fields: []string{"reason:required"}},
		{name: "and gets it", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_number":1,"reason":"属实"}`, status: 200, events: 1},
	})
	if doc := w.do("", "GET", "/api/openapi.json", ""); strings.Contains(doc.raw, "/withdraw") || !strings.Contains(doc.raw, "Needs: reason") {
		t.Error("the document does not follow the definition")
	}
}

func TestPreviewSavesNothingAndNamesWhatIsMissing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	before := w.events()
	a := w.do("pengjiang", "POST", "/api/v1/tasks/{440703-01}/preview", `{"values":{"stations":{"latest":"1"}}}`, "Accept-Language", "en")
	missing, _ := a.at("incomplete").([]any)
	if a.status != 200 || len(missing) != 2 || !strings.Contains(a.raw, "values.stations.at_cutoff") || !strings.Contains(a.raw, "is required") {
		t.Errorf("incomplete: %d %s", a.status, a.raw)
	}
	a = w.do("pengjiang", "POST", "/api/v1/tasks/{440703-01}/preview", `{"evidence_date":"2023-08-31","values":{"stations":{"at_cutoff":"0"}}}`)
	if a.at("assessment.verdict") != "behind" || w.events() != before {
		t.Errorf("complete: %s, %d new events", a.raw, w.events()-before)
	}
}

// TestWarningsAreShownAndKept: a narrative that says more than the figures is warned
// of before it is sent, is sent all the same, and is shown to the reviewer.
func TestWarningsAreShownAndKept(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	body := `{"evidence_date":"2023-08-31","narrative":"8座加油站已全部完成安装。","values":{"stations":{"at_cutoff":"0"}}}`
	task := "/api/v1/tasks/{440703-01}/"
	for _, step := range []struct{ who, method, path, body string }{
		{"pengjiang", "POST", task + "preview", body}, {"pengjiang", "POST", task + "report", body}, {"reviewer", "GET", task + "reports/1", ""},
	} {
		a := w.do(step.who, step.method, step.path, step.body)
		if a.status/100 != 2 || !strings.Contains(a.raw, `"code":"done_not_all"`) || !strings.Contains(a.raw, `"place":"values.stations"`) {
			t.Errorf("%s: %d %s", step.path, a.status, a.raw)
		}
	}
	if a := w.do("pengjiang", "POST", task+"preview", `{"evidence_date":"2023-08-31","narrative":"尚未安装。","values":{"stations":{"at_cutoff":"0"}}}`); !strings.Contains(a.raw, `"warnings":[]`) {
		t.Errorf("nothing to warn of: %s", a.raw)
	}
}

// together sends n requests at the same moment.
func together(n int, send func(i int) answer) []answer {
	answers := make([]answer, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { answers[i] = send(i) })
	}
	wg.Wait()
	return answers
}

func TestOfTwoReviewersAtOnceOneApprovesAndTheOtherIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
		before := w.events()
		won := 0
		for i, a := range together(2, func(i int) answer {
			return w.do([]string{"reviewer", "reviewer2"}[i], http.MethodPost, "/api/v1/tasks/{440703-01}/approve", `{"report_number":1}`)
		}) {
			switch {
			case a.status == 200:
				won++
			case a.status != 409 || a.at("last_change.event") != "approve" || a.at("last_change.state") != "reviewed" || a.at("last_change.version") != 3.0:
				t.Errorf("reviewer %d lost with %d %s", i, a.status, a.raw)
			}
		}
		if n := w.events() - before; won != 1 || n != 1 {
			t.Errorf("%d approvals succeeded with %d events, want one of each", won, n)
		}
	})
}

func TestAStaleVersionIsRefusedWithTheLastChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations, "If-Match", "*")
		before := w.events()
		a := w.do("reviewer", http.MethodPost, "/api/v1/tasks/{440703-01}/approve", "", "If-Match", `"1"`)
		if a.status != 412 || a.at("code") != "task.stale" || a.at("last_change.event") != "report" || a.at("last_change.actor_id") != w.ids["pengjiang"] || w.events() != before {
			t.Errorf("stale: %d %s", a.status, a.raw)
		}
		w.ok("reviewer", "/api/v1/tasks/{440703-01}/approve", "", "If-Match", `W/"2"`)
	})
}
