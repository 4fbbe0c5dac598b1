package api

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"duban/workflow"
)

func requestFor(t *testing.T, method, path string) *request {
	t.Helper()
	return &request{http: httptest.NewRequest(method, path, nil)}
}

// What huma says in its own words, and could say with internals in it, never
// reaches a caller.
func TestAnUnknownMessageIsNotPassedOn(t *testing.T) {
	f := translated(&huma.ErrorDetail{Location: "body.a.b", Message: "reflect: call of Value.Set on zero Value"})
	if f.Field != "a.b" || f.Rule != "invalid" || strings.Contains(f.Text.EN, "reflect") {
		t.Errorf("it became %+v", f)
	}
}

func TestEveryKindHasAStatusAndEveryStatusATitle(t *testing.T) {
	for _, kind := range []workflow.Kind{
		workflow.Invalid, workflow.Unauthenticated, workflow.Forbidden, workflow.NotFound, workflow.Conflict,
		workflow.Stale, workflow.KeyReused, workflow.Unavailable, workflow.Internal,
	} {
		if title := titles[statuses[kind]]; title.ZH == "" || title.EN == "" {
			t.Errorf("%s has status %d with title %+v", kind, statuses[kind], title)
		}
	}
}

func TestAFieldGivenTwiceIsFoundAtAnyDepth(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"b":{"a":1}}`:                    "",
		`[{"a":1},{"a":1}]`:                      "",
		`{"a":"a","b":["a","a"]}`:                "",
		`{"a":1,"a":1}`:                          "a",
		`{"x":[{"a":{}},{"b":1,"b":[]}]}`:        "b",
		`{"a":{"b":{}},"a":0}`:                   "a",
		`{"\u0061":1,"a":1}`:                     "a",
		`{"a\"{":"}","b":"{\"b\":\\"}`:           "",
		`{"a":[{"b":[]},{"b":2}],"b":1}`:         "",
		`"a"`:                                    "",
		many("n"):                                "",
		many("n7"):                               "n7",
		`[` + many("") + `,` + many("n39") + `]`: "n39",
	} {
		if got, _ := repeatedField([]byte(text)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// many is an object with forty names and one more.
func many(last string) string {
	text := "{"
	for i := range 40 {
		text += fmt.Sprintf(`"n%d":{"x":1},`, i)
	}
	return text + `"` + last + `":0}`
}

func FuzzReadingJSONNeverPanics(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":null}],"c":"d"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		var v any
		_ = readJSON(data, &v)
	})
}
