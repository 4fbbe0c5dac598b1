// Package apitest runs the API as callers meet it: over HTTP, on a real store,
// with the built-in workflow definition and policy.
package apitest

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"duban/api"
	"duban/api/web"
	"duban/configs"
	"duban/rbac"
	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/filestore"
	"duban/workflow/gormstore/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// The people of every world. Logins name what they are.
var people = map[string]workflow.Grant{
	"pengjiang":  {Role: workflow.Reporter, Region: "440703"},
	"jianghai":   {Role: workflow.Reporter, Region: "440704"},
	"reviewer":   {Role: workflow.Reviewer},
	"reviewer2":  {Role: workflow.Reviewer},
	"supervisor": {Role: workflow.Supervisor},
	"auditor":    {Role: workflow.Auditor},
	"sysadmin":   {Role: workflow.SystemAdmin},
}

const password = "correct horse battery"

// The tasks of every world, by code. Of the second, plan was due on 30 June, roads
// is not due before September, pool is the reviewer's word.
var tasks = []workflow.NewTask{
	{Code: "440703-01", Region: "440703", Key: true, Subject: "加油站安装油气回收自动监控设施", Requirement: "（1）2023年6月底前，完成10%。",
		Measures: []assess.Measure{{Code: "stations", Kind: assess.Cumulative, Name: "油气回收", Unit: "%", Of: &assess.Count{Count: 8, Unit: "座"},
			Targets: []assess.Target{{Due: day("2023-06-30"), Value: figure("10")}, {Due: day("2023-12-10"), Value: figure("100")}}}}},
	{Code: "440703-02", Region: "440703", Subject: "垃圾填埋场", Requirement: "（1）2023年6月底前，完成方案。",
		Measures: []assess.Measure{
			{Code: "chain", Kind: assess.Stages, Name: "方案", Stages: []assess.Stage{{Code: "plan", Name: "技术方案编制", Due: day("2023-06-30")}}},
			{Code: "roads", Kind: assess.Cumulative, Name: "道路", Unit: "公里", Targets: []assess.Target{{Due: day("2023-09-30"), Value: figure("12.5")}}},
			{Code: "pool", Kind: assess.Qualitative, Name: "项目库储备管理"}}},
	{Code: "440704-01", Region: "440704", Subject: "子站", Requirement: "NO2达到或优于23微克/立方米。",
		Measures: []assess.Measure{{Code: "no2", Kind: assess.Ceiling, Name: "NO2", Unit: "微克/立方米", Station: "江海区子站", Target: ptr(figure("23")), Fallback: ptr(figure("25"))}}},
}

func day(s string) calendar.Date {
	d, err := calendar.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func figure(s string) assess.Decimal {
	d, err := assess.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

func ptr[T any](v T) *T { return &v }

// world is a running server with a campaign, tasks and people.
type world struct {
	t       *testing.T
	store   workflow.Store
	service *workflow.Service
	url     string
	log     *logBuffer
	now     func() time.Time
	later   atomic.Int64      // nanoseconds that have passed beside the ticks
	tokens  map[string]string // by login
	ids     map[string]string // of users by login, of tasks by code
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newWorld opens on 31 August 2023, after the report-by date of the half-year.
func newWorld(t *testing.T, store workflow.Store, change ...func(*api.Options)) *world {
	t.Helper()
	return newWorldBy(t, store, configs.Workflow, change...)
}

// newWorldBy is newWorld with another workflow definition.
func newWorldBy(t *testing.T, store workflow.Store, definition []byte, change ...func(*api.Options)) *world {
	t.Helper()
	def, err := workflow.ReadDefinition("workflow.yaml", definition)
	must(t, err)
	policy, err := rbac.New(def)
	must(t, err)
	w := &world{t: t, store: store, log: &logBuffer{}, tokens: map[string]string{}, ids: map[string]string{}}
	var ticks atomic.Int64 // every unit of work has its own moment
	clock := func() time.Time {
		return time.Date(2023, 8, 31, 8, 0, 0, 0, time.UTC).Add(time.Duration(ticks.Add(1))*time.Millisecond + time.Duration(w.later.Load()))
	}
	w.now = clock
	files, err := filestore.OpenFolder(t.TempDir())
	must(t, err)
	w.service = workflow.NewService(store, policy, def, clock, []byte("test")).WithEvidence(files, nil, workflow.EvidenceRules{})
	w.people()
	w.campaign()
	site, err := web.New(fstest.MapFS{
		"index.html":       {Data: []byte("<!DOCTYPE html><html><body></body></html>")},
		"assets/page-1.js": {Data: []byte("export {}")},
	})
	must(t, err)
	o := api.Options{Service: w.service, Version: "test", Site: site, Log: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, f := range change {
		f(&o)
	}
	srv := httptest.NewServer(api.New(o))
	t.Cleanup(srv.Close)
	w.url = srv.URL
	return w
}

func (w *world) people() {
	call := workflow.Call{Actor: workflow.OperatorActor("test")}
	for login, grant := range people {
		u, err := w.service.CreateUser(w.t.Context(), call, workflow.User{Login: login, Name: "姓名" + login, Grants: []workflow.Grant{grant}}, password)
		must(w.t, err)
		issued, err := w.service.IssueToken(w.t.Context(), call, login, "test", 0)
		must(w.t, err)
		w.tokens[login], w.ids[login] = issued.Secret, u.ID
	}
}

func (w *world) campaign() {
	call := workflow.Call{Actor: workflow.OperatorActor("test")}
	for code, name := range map[string]string{"440703": "蓬江区", "440704": "江海区"} {
		_, err := w.service.CreateRegion(w.t.Context(), call, workflow.Region{Code: code, Name: name})
		must(w.t, err)
	}
	_, err := w.service.CreateCampaign(w.t.Context(), call, workflow.Campaign{
		Code: "jm-2023", Title: "2023年工作任务", Starts: day("2023-01-01"), Regions: []string{"440703", "440704"},
		Params: assess.Params{Version: 1, NearlyRatio: figure("0.70"), PaceRatio: figure("0.70")},
		Periods: []workflow.Period{
			{Code: "2023-h1", Label: "1-6月", Cutoff: day("2023-06-30"), ReportBy: day("2023-07-10")},
			{Code: "2023-q3", Label: "1-9月", Cutoff: day("2023-09-30"), ReportBy: day("2023-10-20")},
		},
	})
	must(w.t, err)
	for _, n := range tasks {
		task, err := w.service.Assign(w.t.Context(), call, "jm-2023", n)
		must(w.t, err)
		w.ids[n.Code] = task.ID
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any // nil when it is not a JSON object
}

// at returns the value at a path such as "task.state", nil where there is none.
func (a answer) at(path string) any {
	var v any = a.body
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// fields returns "field:rule" of each broken rule.
func (a answer) fields() []string {
	var out []string
	list, _ := a.body["errors"].([]any)
	for _, e := range list {
		f := e.(map[string]any)
		out = append(out, f["field"].(string)+":"+f["rule"].(string))
	}
	return out
}

// path fills in "{440703-01}" with the id of the task.
func (w *world) path(p string) string {
	for name, id := range w.ids {
		p = strings.ReplaceAll(p, "{"+name+"}", id)
	}
	return p
}

// do sends a request as somebody; nobody is anonymous. headers are name, value,
// name, value; Content-Type is JSON unless they say otherwise.
func (w *world) do(who, method, path, body string, headers ...string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+w.path(path), strings.NewReader(body))
	must(w.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if who != "" {
		req.Header.Set("Authorization", "Bearer "+w.tokens[who])
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return w.send(req)
}

// client keeps a connection for each of those who ask at once.
var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}

func (w *world) send(req *http.Request) answer {
	w.t.Helper()
	res, err := client.Do(req)
	must(w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(w.t, err)
	a := answer{status: res.StatusCode, header: res.Header, raw: string(raw)}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		_ = json.Unmarshal(raw, &a.body) // stays nil for a list
	}
	return a
}

// ok sends a write that must succeed.
func (w *world) ok(who, path, body string, headers ...string) answer {
	w.t.Helper()
	a := w.do(who, http.MethodPost, path, body, headers...)
	if a.status != http.StatusOK {
		w.t.Fatalf("%s POST %s: %d %s", who, path, a.status, a.raw)
	}
	return a
}

// events counts the audit events of the campaign and of every task.
func (w *world) events() int {
	w.t.Helper()
	n := 0
	must(w.t, w.store.View(w.t.Context(), func(r workflow.Reader) error {
		subjects := []workflow.EventFilter{{Subject: workflow.SubjectCampaign, SubjectID: "jm-2023"}, {Subject: workflow.SubjectCampaign, SubjectID: "new"}}
		list, err := r.Tasks(workflow.TaskFilter{Scope: workflow.Scope{All: true}})
		if err != nil {
			return err
		}
		for _, t := range list {
			subjects = append(subjects, workflow.EventFilter{Subject: workflow.SubjectTask, SubjectID: t.ID})
		}
		for _, f := range subjects {
			events, err := r.Events(f)
			if err != nil {
				return err
			}
			n += len(events)
		}
		return nil
	}))
	return n
}

// scenario is one request and everything that may come of it.
type scenario struct {
	name         string
	who          string // empty: anonymous
	method, path string
	body         string
	headers      []string
	status       int
	code         string // of the problem
	fields       []string
	events       int // new audit events
}

func (w *world) play(t *testing.T, list []scenario) {
	for _, s := range list {
		t.Run(s.name, func(t *testing.T) {
			before := w.events()
			a := w.do(s.who, s.method, s.path, s.body, s.headers...)
			code := ""
			if a.status >= 400 {
				code, _ = a.body["code"].(string)
			}
			if a.status != s.status || code != s.code {
				t.Errorf("got %d %q, want %d %q: %s", a.status, code, s.status, s.code, a.raw)
			}
			if got := strings.Join(a.fields(), " "); s.fields != nil && got != strings.Join(s.fields, " ") {
				t.Errorf("broken rules are %q, want %q", got, s.fields)
			}
			if n := w.events() - before; n != s.events {
				t.Errorf("%d new audit events, want %d", n, s.events)
			}
			if s.status >= 400 {
				checkProblem(t, a)
			}
		})
	}
}

// checkProblem holds what every refusal has.
func checkProblem(t *testing.T, a answer) {
	t.Helper()
	if ct := a.header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("Content-Type is %q", ct)
	}
	if a.at("request_id") != a.header.Get("X-Request-Id") || a.at("request_id") == nil {
		t.Errorf("request_id is %v, X-Request-Id is %q", a.at("request_id"), a.header.Get("X-Request-Id"))
	}
	if a.at("status") != float64(a.status) || a.at("type") != "urn:duban:error:"+a.body["code"].(string) || a.at("title") == "" || a.at("detail") == "" {
		t.Errorf("incomplete problem: %s", a.raw)
	}
}
