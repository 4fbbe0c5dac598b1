package apitest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"duban/workflow/gormstore/dbtest"
)

const (
	reportStations = `{"evidence_date":"2023-08-31","narrative":"正在安装。","values":{"stations":{"at_cutoff":"0","latest":"0","latest_on":"2023-08-31"}}}`
	campaignNew    = `{"code":"new","title":"2024年","starts":"2024-01-01","regions":["440703"],"periods":[{"code":"h1","label":"1-6月","cutoff":"2024-06-30","report_by":"2024-07-10"}]}`
	taskNew        = `{"code":"440703-09","region":"440703","subject":"任务","requirement":"要求","measures":[{"code":"pool","kind":"qualitative"}]}`
	flagBehind     = `{"verdict":"behind","reason":"未启动","rectify_by":"2023-09-30"}`
)

// Anonymous, wrong role and wrong district come first, for everything that can be
// asked; then nothing has happened.
func TestWhoMayDoWhat(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	none := "" // anonymous
	task := "/api/v1/tasks/{440703-01}"
	everything := []struct {
		method, path, body string
		wrongRole          string // may see it, may not do it
		wrongPlace         bool   // a reporter of another district must not even see it
	}{
		{"GET", "/api/v1/session", none, none, false},
		{"DELETE", "/api/v1/session", none, none, false},
		{"POST", "/api/v1/tokens", `{"label":"x"}`, none, false},
		{"GET", "/api/v1/definition", none, none, false},
		{"GET", "/api/v1/access", none, "reviewer", false},
		{"GET", "/api/v1/regions", none, none, false},
		{"GET", "/api/v1/campaigns", none, "sysadmin", false},
		{"POST", "/api/v1/campaigns", campaignNew, "reviewer", false},
		{"GET", "/api/v1/campaigns/jm-2023", none, "sysadmin", false},
		{"POST", "/api/v1/campaigns/jm-2023/tasks", taskNew, "reviewer", false},
		{"GET", "/api/v1/campaigns/jm-2023/periods", none, "sysadmin", false},
		{"POST", "/api/v1/campaigns/jm-2023/periods/2023-q3/open", none, "reviewer", false},
		{"GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/lag-table", none, "sysadmin", false},
		{"GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/tally", none, "sysadmin", false},
		{"GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/meeting-pack", none, "sysadmin", false},
		{"GET", "/api/v1/audit/checkpoint", none, "sysadmin", false},
		{"GET", "/api/v1/audit/consistency?from=0&to=0", none, "sysadmin", false},
		{"GET", "/api/v1/tasks", none, "sysadmin", false},
		{"GET", "/api/v1/tasks?as_of=2023-08-31", none, "sysadmin", false},
		{"GET", task + "?as_of=2023-08-31", none, none, true},
		{"GET", task, none, none, true},
		{"GET", task + "/reports", none, none, true},
		{"GET", task + "/reports/1", none, none, true},
		{"GET", task + "/reviews", none, none, true},
		{"GET", task + "/flags", none, none, true},
		{"GET", task + "/events", none, none, true},
		{"GET", task + "/timeline", none, none, true},
		{"GET", "/api/v1/events", none, "sysadmin", false},
		{"GET", "/api/v1/events?format=csv", none, "sysadmin", false},
		{"GET", "/api/v1/events?task={440703-01}", none, none, true},
		{"GET", "/api/v1/overdue", none, "sysadmin", false},
		{"GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/statistics", none, "sysadmin", false},
		{"GET", task + "/proof", none, none, true},
		{"POST", task + "/preview", none, none, true},
		{"POST", task + "/report", reportStations, "reviewer", true},
		{"POST", task + "/withdraw", none, "reviewer", true},
		{"POST", task + "/return", `{"reason":"r"}`, "pengjiang", true},
		{"POST", task + "/approve", none, "pengjiang", true},
		{"POST", task + "/flag", flagBehind, "pengjiang", true},
		{"POST", task + "/confirm_rectified", none, "supervisor", true},
		{"POST", task + "/reject_rectification", `{"reason":"r","rectify_by":"2023-09-30"}`, "auditor", true},
		{"POST", task + "/close", `{"reason":"r"}`, "reviewer", true},
		{"POST", task + "/cancel", `{"reason":"r"}`, "auditor", true},
	}
	var list []scenario
	for _, e := range everything {
		name := e.method + " " + e.path
		list = append(list,
			scenario{name: name + " anonymous", method: e.method, path: e.path, body: e.body, status: 401, code: "unauthenticated"},
			scenario{name: name + " with a made-up token", method: e.method, path: e.path, body: e.body, headers: []string{"Authorization", "Bearer nonsense"}, status: 401, code: "unauthenticated"})
		if e.wrongRole != "" {
			list = append(list, scenario{name: name + " wrong role", who: e.wrongRole, method: e.method, path: e.path, body: e.body, status: 403, code: "forbidden"})
		}
		if e.wrongPlace {
			list = append(list, scenario{name: name + " wrong district", who: "jianghai", method: e.method, path: e.path, body: e.body, status: 404, code: "not_found"})
		}
	}
	w.play(t, list)
	if a := w.do("", "GET", task, ""); a.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
}

func TestATaskOfAnotherDistrictIsAnsweredLikeOneThatIsNotThere(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.ids["missing"] = "0198c0de-0000-7000-8000-000000000000"
	for _, e := range []struct{ method, tail, body string }{
		{"GET", "", ""}, {"GET", "?as_of=2023-08-31", ""}, {"GET", "/reports", ""}, {"GET", "/events", ""}, {"GET", "/timeline", ""}, {"GET", "/proof", ""}, {"POST", "/preview", ""},
		{"POST", "/report", reportStations}, {"POST", "/flag", flagBehind},
	} {
		t.Run(e.method+e.tail, func(t *testing.T) {
			notYours := w.do("jianghai", e.method, "/api/v1/tasks/{440703-01}"+e.tail, e.body)
			notThere := w.do("jianghai", e.method, "/api/v1/tasks/{missing}"+e.tail, e.body)
			blank := func(a answer) string { return strings.ReplaceAll(a.raw, a.header.Get("X-Request-Id"), "") }
			if notYours.status != 404 || notThere.status != 404 || blank(notYours) != blank(notThere) {
				t.Errorf("told apart:\n%s%s", notYours.raw, notThere.raw)
			}
		})
	}
}

func TestAReporterListsOwnTasksOnlyAndSeesWhatIsAllowed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	a := w.do("jianghai", "GET", "/api/v1/tasks", "")
	if items := a.at("items").([]any); len(items) != 1 || items[0].(map[string]any)["region"] != "440704" {
		t.Errorf("jianghai sees %s", a.raw)
	}
	if a := w.do("reviewer", "GET", "/api/v1/tasks?region=440703&region=440704&state=assigned&key=false&q=NO2", ""); strings.Count(a.raw, `"id"`) != 1 {
		t.Errorf("the filters give %s", a.raw)
	}
	view := w.do("pengjiang", "GET", "/api/v1/tasks/{440703-01}", "")
	if view.header.Get("ETag") != `"1"` {
		t.Errorf("ETag is %q", view.header.Get("ETag"))
	}
	allowed, err := json.Marshal(view.at("allowed"))
	must(t, err)
	if want := `[{"label":{"en":"Report","zh":"上报"},"name":"report","needs":["narrative","values"]}]`; string(allowed) != want {
		t.Errorf("allowed is %s, want %s", allowed, want)
	}
}

func TestFrameAndCampaigns(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.play(t, []scenario{
		{name: "definition", who: "pengjiang", method: "GET", path: "/api/v1/definition", status: 200},
		{name: "regions", who: "pengjiang", method: "GET", path: "/api/v1/regions", status: 200},
		{name: "create a campaign", who: "supervisor", method: "POST", path: "/api/v1/campaigns", body: campaignNew, status: 201, events: 1},
		{name: "create it again", who: "supervisor", method: "POST", path: "/api/v1/campaigns", body: campaignNew, status: 409, code: "campaign.code_taken"},
		{name: "assign", who: "supervisor", method: "POST", path: "/api/v1/campaigns/new/tasks", body: taskNew, status: 201, events: 1},
		{name: "assign again", who: "supervisor", method: "POST", path: "/api/v1/campaigns/new/tasks", body: taskNew, status: 409, code: "task.code_taken"},
		{name: "assign with a broken measure", who: "supervisor", method: "POST", path: "/api/v1/campaigns/new/tasks", status: 422, code: "invalid",
			body:   `{"code":"x","region":"440703","subject":"s","requirement":"r","measures":[{"code":"m","kind":"ceiling","target":"many"}]}`,
			fields: []string{"measures[0].target:decimal"}},
		{name: "no such campaign", who: "supervisor", method: "GET", path: "/api/v1/campaigns/none", status: 404, code: "not_found"},
		{name: "no such report", who: "pengjiang", method: "GET", path: "/api/v1/tasks/{440703-01}/reports/7", status: 404, code: "not_found"},
	})
	if a := w.do("reviewer", "GET", "/api/v1/campaigns/jm-2023/periods", ""); strings.Count(a.raw, `"open":true`) != 1 {
		t.Errorf("periods are %s", a.raw)
	}
}

func TestOpeningAPeriodWaitsForReviews(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
	open := "/api/v1/campaigns/jm-2023/periods/2023-q3/open"
	w.play(t, []scenario{
		{name: "a report waits", who: "supervisor", method: "POST", path: open, status: 409, code: "period.waiting"},
		{name: "stale", who: "supervisor", method: "POST", path: open, headers: []string{"If-Match", `"9"`}, status: 412, code: "campaign.stale"},
		{name: "not the next one", who: "supervisor", method: "POST", path: "/api/v1/campaigns/jm-2023/periods/2024/open", status: 422, code: "invalid", fields: []string{"period:order"}},
		{name: "left behind", who: "supervisor", method: "POST", path: open, body: `{"leave_waiting":true}`, headers: []string{"If-Match", `"1"`}, status: 200, events: 3},
	})
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, path := range []string{"/", "/healthz", "/readyz", "/api/docs", "/api/openapi.json", "/api/v1/tasks", "/nowhere"} {
		a := w.do("", http.MethodGet, path, "", "X-Request-Id", "chosen-outside")
		for _, name := range []string{"X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "X-Request-Id", "Content-Language"} {
			if a.header.Get(name) == "" {
				t.Errorf("%s has no %s", path, name)
			}
		}
		if a.header.Get("X-Request-Id") == "chosen-outside" {
			t.Errorf("%s took the request id from outside", path)
		}
	}
	if strings.Contains(w.log.String(), "Bearer") {
		t.Error("a credential is in the log")
	}
	for _, part := range []string{`"route":"/api/v1/tasks"`, `"status":401`, `"duration":`, `"request_id":"`, `"method":"GET"`} {
		if !strings.Contains(w.log.String(), part) {
			t.Errorf("the access log lacks %s", part)
		}
	}
	if a := w.do("", "PUT", "/api/v1/tasks", ""); a.status != 405 || a.at("code") != "route.method" || a.header.Get("Allow") == "" {
		t.Errorf("PUT /tasks: %d %s, Allow %q", a.status, a.raw, a.header.Get("Allow"))
	}
	if a := w.do("", "GET", "/nowhere", ""); a.status != 404 || a.at("code") != "route.not_found" {
		t.Errorf("GET /nowhere: %d %s", a.status, a.raw)
	}
}
