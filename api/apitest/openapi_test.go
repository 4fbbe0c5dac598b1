package apitest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/api"
	"duban/configs"
	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

var param = regexp.MustCompile(`:([a-z]+)`)

func TestEveryRouteIsInTheDocumentAndTheOtherWayRound(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	paths := w.do("", "GET", "/api/openapi.json", "").at("paths").(map[string]any)
	var documented, routed []string
	for path, item := range paths {
		for method := range item.(map[string]any) {
			documented = append(documented, strings.ToUpper(method)+" "+path)
		}
	}
	var pages []string
	for _, a := range api.AccessTable(w.service) {
		if a.Operation == "" {
			pages = append(pages, a.Method+" "+a.Path)
		}
	}
	for _, r := range api.New(api.Options{Service: w.service, Log: slog.New(slog.DiscardHandler)}).Routes() {
		route := r.Method + " " + param.ReplaceAllString(r.Path, "{$1}")
		if !slices.Contains(pages, route) {
			routed = append(routed, route)
		}
	}
	slices.Sort(documented)
	slices.Sort(routed)
	if !slices.Equal(documented, routed) {
		t.Errorf("documented:\n%s\nrouted:\n%s", strings.Join(documented, "\n"), strings.Join(routed, "\n"))
	}
}

func TestTheDocumentIsCompleteInItself(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	a := w.do("", "GET", "/api/openapi.json", "")
	if a.at("openapi") != "3.1.0" || a.at("info.version") != "test" {
		t.Errorf("openapi %v, version %v", a.at("openapi"), a.at("info.version"))
	}
	schemas := a.at("components.schemas").(map[string]any)
	for _, ref := range regexp.MustCompile(`"\$ref":"([^"]*)"`).FindAllStringSubmatch(a.raw, -1) {
		name, local := strings.CutPrefix(ref[1], "#/components/schemas/")
		if _, ok := schemas[name]; !local || !ok {
			t.Errorf("%s leads nowhere", ref[1])
		}
	}
	ids := map[string]bool{}
	for path, item := range a.at("paths").(map[string]any) {
		for method, op := range item.(map[string]any) {
			o := op.(map[string]any)
			id, _ := o["operationId"].(string)
			summary, _ := o["summary"].(string)
			if id == "" || ids[id] || !strings.Contains(summary, " / ") || o["tags"] == nil || o["responses"] == nil {
				t.Errorf("%s %s is incomplete: id %q, summary %q", method, path, id, summary)
			}
			ids[id] = true
			for _, p := range param.FindAllString(strings.ReplaceAll(path, "{", ":"), -1) {
				if !strings.Contains(toJSON(t, o["parameters"]), `"name":"`+p[1:]+`"`) {
					t.Errorf("%s %s does not describe %s", method, path, p)
				}
			}
			public := id == "signIn"
			if security, _ := o["security"].([]any); (len(security) == 0) != public {
				t.Errorf("%s has security %v", id, o["security"])
			}
		}
	}
	if y := w.do("", "GET", "/api/openapi.yaml", ""); y.status != 200 || !strings.Contains(y.raw, "openapi: 3.1.0") {
		t.Errorf("YAML: %d", y.status)
	}
}

func TestThePageToTryTheAPINeedsNothingFromOutside(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	page := w.do("", "GET", "/api/docs", "")
	if page.status != 200 || strings.Contains(page.raw, "//") && strings.Contains(page.raw, "http") {
		t.Errorf("the page is %s", page.raw)
	}
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "script-src 'self';") {
		t.Errorf("its policy is %s", csp)
	}
	for _, file := range []string{"rapidoc-min.js", "LICENSE.rapidoc.txt", "rapidoc-min.js.LICENSE.txt"} {
		if a := w.do("", "GET", "/api/docs/"+file, ""); a.status != 200 || a.raw == "" {
			t.Errorf("%s: %d", file, a.status)
		}
	}
	if a := w.do("", "GET", "/api/docs/landing.html", ""); a.status != 404 {
		t.Errorf("a file that is not listed: %d", a.status)
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return string(b)
}

// broken is a store that cannot answer, with a cause that nobody outside may see.
type broken struct{ workflow.Store }

var errSecret = errors.New("dial tcp 10.9.8.7:3306: connection refused")

func (broken) View(context.Context, func(workflow.Reader) error) error { return errSecret }

func (broken) Ping(context.Context) error { return errSecret }

func TestADefectShowsItsRequestIDAndNothingElse(t *testing.T) {
	def, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	must(t, err)
	log := &logBuffer{}
	handler := api.New(api.Options{Service: workflow.NewService(broken{}, nil, def, time.Now, nil), Log: slog.New(slog.NewJSONHandler(log, nil))})
	for path, want := range map[string]int{"/api/v1/session": 500, "/readyz": 503, "/healthz": 200} {
		req := httptest.NewRequest(http.MethodGet, path, nil)
		req.Header.Set("Authorization", "Bearer x")
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		if rec.Code != want || strings.Contains(rec.Body.String(), "10.9.8.7") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
		if want == 503 && rec.Header().Get("Retry-After") == "" {
			t.Error("503 without Retry-After")
		}
		if id := rec.Header().Get("X-Request-Id"); want != 200 && (!strings.Contains(rec.Body.String(), id) || !strings.Contains(log.String(), id)) {
			t.Errorf("%s: the request id %s is not in both the answer and the log", path, id)
		}
	}
	if !strings.Contains(log.String(), "10.9.8.7") {
		t.Error("the cause is not in the log")
	}
}
