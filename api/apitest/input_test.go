package apitest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"duban/workflow/gormstore/dbtest"
)

func TestBadInputIsRefusedNamingTheField(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := "/api/v1/tasks/{440703-01}"
	stations := func(value string) string { return `{"narrative":"n","values":{"stations":` + value + `}}` }
	for _, s := range []struct {
		name, who, method, path, body string
		headers                       []string
		status                        int
		field                         string // "field:rule"; empty: the problem is not about one field
	}{
		{"unknown query parameter", "reviewer", "GET", "/api/v1/tasks?colour=red", "", nil, 422, "colour:unknown_parameter"},
		{"unknown query parameter of a write", "pengjiang", "POST", task + "/report?dry=1", reportStations, nil, 422, "dry:unknown_parameter"},
		{"parameter given twice", "reviewer", "GET", "/api/v1/tasks?limit=2&limit=3", "", nil, 422, "limit:single"},
		{"list with an empty value", "reviewer", "GET", "/api/v1/tasks?region=&region=440703", "", nil, 422, "region:required"},
		{"half a query string", "reviewer", "GET", "/api/v1/tasks?q=%zz", "", nil, 400, ""},
		{"limit of zero", "reviewer", "GET", "/api/v1/tasks?limit=0", "", nil, 422, "limit:range"},
		{"limit above the largest", "reviewer", "GET", "/api/v1/tasks?limit=201", "", nil, 422, "limit:range"},
		{"limit that is no number", "reviewer", "GET", "/api/v1/tasks?limit=ten", "", nil, 422, "limit:type"},
		{"unknown state", "reviewer", "GET", "/api/v1/tasks?state=assigned&state=lost", "", nil, 422, "state[1]:one_of"},
		{"unknown verdict", "reviewer", "GET", "/api/v1/tasks?verdict=good", "", nil, 422, "verdict[0]:one_of"},
		{"as of 31 February", "reviewer", "GET", "/api/v1/tasks?as_of=2023-02-31", "", nil, 422, "as_of:moment"},
		{"as of a moment without a zone", "reviewer", "GET", task + "?as_of=2023-08-31T09:00:00", "", nil, 422, "as_of:moment"},
		{"as of tomorrow", "reviewer", "GET", "/api/v1/tasks?as_of=2023-09-01", "", nil, 422, "as_of:order"},
		{"as of the evening", "reviewer", "GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/tally?as_of=2023-08-31T20:00:00%2B08:00", "", nil, 422, "as_of:order"},
		{"table as of tomorrow", "reviewer", "GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/lag-table?as_of=2023-09-01", "", nil, 422, "as_of:order"},
		{"table as known tomorrow", "reviewer", "GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/lag-table?as_known_on=2023-09-01", "", nil, 422, "as_known_on:order"},
		{"table as of two moments", "reviewer", "GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/lag-table?as_known_on=2023-08-31&as_of=2023-08-31", "", nil, 422, "as_known_on:one_of"},
		{"broken cursor", "reviewer", "GET", "/api/v1/tasks?cursor=eyJ4IjoxfQ", "", nil, 422, "cursor:cursor"},
		{"id that is no UUID", "reviewer", "GET", "/api/v1/tasks/1%20OR%201=1", "", nil, 422, "id:form"},
		{"empty id", "reviewer", "POST", "/api/v1/tasks//approve", "", nil, 422, "id:required"},
		{"report number of zero", "reviewer", "GET", task + "/reports/0", "", nil, 422, "number:range"},
		{"unknown field", "pengjiang", "POST", task + "/report", `{"narrative":"n","values":{},"state":"closed"}`, nil, 422, "state:unknown_field"},
		{"field in another case", "pengjiang", "POST", task + "/report", `{"Narrative":"n","values":{}}`, nil, 422, "Narrative:unknown_field"},
		{"unknown field in a value", "pengjiang", "POST", task + "/report", stations(`{"at_cutoff":"1","percent":"9"}`), nil, 422, "values.stations.percent:unknown_field"},
		{"unknown field in a stage", "pengjiang", "POST", "/api/v1/tasks/{440703-02}/report", `{"narrative":"n","values":{"chain":{"stages":{"plan":{"done":true}}}}}`, nil, 422, "values.chain.stages.plan.done:unknown_field"},
		{"field given twice", "pengjiang", "POST", task + "/report", `{"narrative":"a","values":{},"narrative":"b"}`, nil, 400, "body:json"},
		{"not JSON", "pengjiang", "POST", task + "/report", `{"narrative":`, nil, 400, "body:json"},
		{"not UTF-8", "pengjiang", "POST", task + "/report", "{\"narrative\":\"\xff\"}", nil, 400, "body:json"},
		{"two documents", "pengjiang", "POST", task + "/report", `{}{}`, nil, 400, "body:json"},
		{"a list instead of an object", "pengjiang", "POST", task + "/report", `[]`, nil, 422, "body:type"},
		{"31 February", "pengjiang", "POST", task + "/report", `{"evidence_date":"2023-02-31","narrative":"n","values":{}}`, nil, 422, "evidence_date:date"},
		{"a date in another order", "reviewer", "POST", task + "/flag", `{"verdict":"behind","reason":"r","rectify_by":"30.09.2023"}`, nil, 422, "rectify_by:date"},
		{"evidence of tomorrow", "pengjiang", "POST", task + "/report", `{"evidence_date":"2023-09-01","narrative":"n","values":{"stations":{"at_cutoff":"0"}}}`, nil, 422, "evidence_date:order"},
		{"wrong decimal", "pengjiang", "POST", task + "/report", stations(`{"at_cutoff":"1,5"}`), nil, 422, "values.stations.at_cutoff:decimal"},
		{"decimal with an exponent", "pengjiang", "POST", task + "/report", stations(`{"at_cutoff":"1e9"}`), nil, 422, "values.stations.at_cutoff:decimal"},
		{"decimal as a JSON number", "pengjiang", "POST", task + "/report", stations(`{"at_cutoff":1.5}`), nil, 422, "values.stations.at_cutoff:type"},
		{"half a station", "pengjiang", "POST", task + "/report", stations(`{"at_cutoff":"1.5"}`), nil, 422, "values.stations.at_cutoff:whole"},
		{"value of another kind", "pengjiang", "POST", task + "/report", stations(`{"at_cutoff":"1","value":"2"}`), nil, 422, "values.stations.value:not_for_kind"},
		{"value for an unknown measure", "pengjiang", "POST", task + "/report", `{"narrative":"n","values":{"stations":{"at_cutoff":"1"},"pumps":{"value":"1"}}}`, nil, 422, "values.pumps:unknown"},
		{"value for a measure that is not due", "pengjiang", "POST", "/api/v1/tasks/{440703-02}/report", `{"narrative":"n","values":{"chain":{"stages":{}},"roads":{"at_cutoff":"1"}}}`, nil, 422, "values.roads:not_due"},
		{"no narrative", "pengjiang", "POST", task + "/report", `{"values":{"stations":{"at_cutoff":"0"}}}`, nil, 422, "narrative:required"},
		{"narrative too long", "pengjiang", "POST", task + "/report", `{"narrative":"` + strings.Repeat("长", 300_000) + `","values":{}}`, nil, 422, "narrative:too_long"},
		{"body over 1 MiB", "pengjiang", "POST", task + "/report", `{"narrative":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413, ""},
		{"body of another type", "pengjiang", "POST", task + "/report", "narrative=n", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, ""},
		{"body without a type", "pengjiang", "POST", task + "/report", reportStations, []string{"Content-Type", ""}, 415, ""},
		{"compressed body", "pengjiang", "POST", task + "/report", reportStations, []string{"Content-Encoding", "gzip"}, 415, ""},
		{"body where none belongs", "pengjiang", "DELETE", "/api/v1/session", `{}`, nil, 400, ""},
		{"If-Match that is no version", "pengjiang", "POST", task + "/report", reportStations, []string{"If-Match", `"v1"`}, 422, "If-Match:form"},
		{"If-Match of zero", "pengjiang", "POST", task + "/report", reportStations, []string{"If-Match", `"0"`}, 422, "If-Match:form"},
		{"Idempotency-Key too long", "pengjiang", "POST", task + "/report", reportStations, []string{"Idempotency-Key", strings.Repeat("k", 129)}, 422, "Idempotency-Key:form"},
		{"no password", "", "POST", "/api/v1/sessions", `{"login":"reviewer"}`, nil, 422, "password:required"},
		{"no body", "", "POST", "/api/v1/sessions", "", nil, 400, ""},
		{"days out of range", "reviewer", "POST", "/api/v1/tokens", `{"label":"x","days":1e99}`, nil, 422, "days:range"},
		{"text without a window", "reviewer", "GET", "/api/v1/events?q=x", "", nil, 422, "text:window"},
		{"days in the wrong order", "reviewer", "GET", "/api/v1/events?from=2023-07-02&until=2023-07-01", "", nil, 422, "until:order"},
		{"a day that does not exist", "reviewer", "GET", "/api/v1/events?from=2023-02-31&format=csv", "", nil, 422, "from:date"},
		{"outcome that is none", "reviewer", "GET", "/api/v1/events?outcome=maybe", "", nil, 422, "outcome:one_of"},
		{"region that is no code", "reviewer", "GET", "/api/v1/events?region=440703&region=all", "", nil, 422, "region[1]:form"},
		{"cursor of another list", "reviewer", "GET", "/api/v1/events?cursor=eyJjIjoiIiwiciI6IiIsInMiOjB9", "", nil, 422, "cursor:cursor"},
		{"cursor of events for tasks", "reviewer", "GET", "/api/v1/overdue?cursor=eyJ4IjoxfQ", "", nil, 422, "cursor:cursor"},
		{"export in another format", "reviewer", "GET", "/api/v1/events?format=pdf", "", nil, 422, "format:one_of"},
		{"unknown format", "reviewer", "GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/lag-table?format=odt", "", nil, 422, "format:one_of"},
	} {
		t.Run(s.name, func(t *testing.T) {
			before := w.events()
			for _, lang := range []string{"zh", "en"} {
				a := w.do(s.who, s.method, s.path, s.body, append(s.headers, "Accept-Language", lang)...)
				if got := strings.Join(a.fields(), " "); a.status != s.status || got != s.field {
					t.Errorf("%s: got %d %q, want %d %q: %s", lang, a.status, got, s.status, s.field, a.raw)
				}
				checkProblem(t, a)
				checkLanguage(t, a, lang)
			}
			if w.events() != before {
				t.Error("something happened nevertheless")
			}
		})
	}
}

// checkLanguage holds that the texts for people are in the language asked for.
func checkLanguage(t *testing.T, a answer, lang string) {
	t.Helper()
	texts := []any{a.at("title"), a.at("detail")}
	list, _ := a.at("errors").([]any)
	for _, e := range list {
		texts = append(texts, e.(map[string]any)["message"])
	}
	for _, text := range texts {
		han := strings.ContainsFunc(text.(string), func(r rune) bool { return unicode.Is(unicode.Han, r) })
		if han != (lang == "zh") || strings.Contains(text.(string), "duban:") || strings.Contains(text.(string), "%") {
			t.Errorf("%q is not %s", text, lang)
		}
	}
	if a.header.Get("Content-Language") != lang {
		t.Errorf("Content-Language is %q, want %q", a.header.Get("Content-Language"), lang)
	}
}

func TestABodyOverTheLimitIsRefusedAlsoWithoutALength(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for size, want := range map[int]int{1 << 20: 422, 1<<20 + 1: 413} {
		body := []byte(`{"narrative":"` + strings.Repeat("x", size-len(`{"narrative":""}`)) + `"}`)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+w.path("/api/v1/tasks/{440703-01}/report"), io.MultiReader(bytes.NewReader(body)))
		must(t, err)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+w.tokens["pengjiang"])
		if a := w.send(req); req.ContentLength != 0 || a.status != want {
			t.Errorf("%d bytes in chunks: %d, want %d", size, a.status, want)
		}
	}
}

func TestSeveralBrokenRulesComeInOneAnswer(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	a := w.do("pengjiang", "POST", "/api/v1/tasks/{440703-01}/report", `{"zebra":1,"apple":2,"evidence_date":7}`)
	if got, _ := json.Marshal(a.fields()); string(got) != `["apple:unknown_field","evidence_date:type","zebra:unknown_field"]` {
		t.Errorf("broken rules are %s", got)
	}
}
