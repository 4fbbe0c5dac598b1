package apitest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"duban/api"
)

// looking is a request that shows something.
type looking struct{ method, path, body string }

// values are what the parameters of queries are given, one after the other, of all
// operations or of one; "" is left out. A parameter that is not here, and has no list of values in its
// description, fails the tests.
var values = map[string][]string{
	"task": {"{id}"}, "campaign": {"jm-2023", "zj-2023"}, "region": regions, "period": {"2023-h1"}, "name": {"report", "flag", "approve"},
	"person": {"canary-440703-login", "canary-440704-login", "canary-440802-login"}, "from": {"2023-01-01"}, "until": {"2023-12-31"},
	"q": {"canary", "Canary-4408"}, "state": {"reported", "flagged_lagging", "cancelled"}, "verdict": {"behind", "nearly"},
	"limit": {"1", "200"}, "as_of": {"2023-08-31"}, "light": {"red", "green"}, "as_known_on": {"2023-08-31"}, "after": {"1"}, "year": {"2023"}, "cursor": {""},
	"getLagChanges from": {"1", "2"}, "getLagChanges to": {"1", "2"},
	// Not pdf, which is made of the docx by a program that takes its time.
	"getLagTable format": {"json", "html", "csv", "docx", "xlsx"}, "getEdition format": {"json", "html", "csv", "docx", "xlsx"},
	"getConsistency from": {"0"}, "getConsistency to": {"0"},
}

// alongside are the parameters that a parameter is only taken with.
var alongside = map[string]string{"searchEvents q": "&from=2023-01-01", "getConsistency from": "&to=0", "getConsistency to": "&from=0"}

// lookings are all requests that show something: every route that changes nothing,
// about every object there is, once for each value of each parameter.
func (r *realm) lookings(t *testing.T, ids map[string][]string) []looking {
	t.Helper()
	recipes := r.routes(t)
	paths := r.do("", http.MethodGet, "/api/openapi.json", "").at("paths").(map[string]any)
	var out []looking
	for _, a := range api.AccessTable(r.service) {
		if a.Changes {
			continue
		}
		queries := []string{""}
		if a.Operation != "" {
			o := paths[a.Path].(map[string]any)[strings.ToLower(a.Method)].(map[string]any)
			queries = queriesOf(t, a.Operation, o)
		}
		for _, path := range r.paths(t, a.Path, ids) {
			for _, query := range queries {
				for _, whole := range spread(path+query, "{id}", ids) {
					out = append(out, looking{a.Method, whole, recipes[a.Method+" "+a.Path].body})
				}
			}
		}
	}
	return out
}

// paths fills a path with every object.
func (r *realm) paths(t *testing.T, path string, ids map[string][]string) []string {
	t.Helper()
	codes := []string{"jm-2023", "zj-2023"}
	if strings.HasPrefix(path, "/api/v1/regions/") {
		codes = regions
	}
	out := spread(path, "{id}", ids)
	for name, list := range map[string][]string{"{code}": codes, "{period}": {"2023-h1", "2023-q3"}, "{number}": {"1", "2"}, "{sha}": {evidenceDigest}, "{login}": {"pengjiang", "canary-440704-login", "canary-440802-login"}, "{file}": {"LICENSE.rapidoc.txt"}} {
		var next []string
		for _, p := range out {
			if !strings.Contains(p, name) {
				next = append(next, p)
				continue
			}
			for _, v := range list {
				next = append(next, strings.ReplaceAll(p, name, v))
			}
		}
		out = next
	}
	for _, p := range out {
		if strings.Contains(p, "{") {
			t.Fatalf("no way to look at %s: say what stands there", p)
		}
	}
	return out
}

func spread(path, name string, ids map[string][]string) []string {
	if !strings.Contains(path, name) {
		return []string{path}
	}
	var out []string
	for _, list := range ids {
		for _, id := range list {
			out = append(out, strings.ReplaceAll(path, name, id))
		}
	}
	return out
}

// queriesOf returns the queries that an operation is asked with: none, if it can
// do without, and then each parameter with each value.
func queriesOf(t *testing.T, operation string, o map[string]any) []string {
	t.Helper()
	queries := []string{""}
	params, _ := o["parameters"].([]any)
	for _, p := range params {
		p := p.(map[string]any)
		if p["in"] != "query" {
			continue
		}
		name := p["name"].(string)
		schema := p["schema"].(map[string]any)
		var list []string
		enum, _ := schema["enum"].([]any)
		list = values[operation+" "+name]
		for _, v := range enum {
			if values[operation+" "+name] == nil {
				list = append(list, v.(string))
			}
		}
		if list == nil {
			list = values[name]
		}
		if list == nil {
			t.Fatalf("%s has the parameter %s: say what it is given", operation, name)
		}
		if p["required"] == true {
			queries[0] = "-"
		}
		for _, v := range list {
			if v == "" {
				continue
			}
			if v != "{id}" {
				v = url.QueryEscape(v)
			}
			queries = append(queries, "?"+name+"="+v+alongside[operation+" "+name])
		}
	}
	if queries[0] == "-" {
		return queries[1:]
	}
	return queries
}
