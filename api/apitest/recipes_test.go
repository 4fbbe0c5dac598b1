package apitest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"duban/api"
	"duban/workflow"
)

// recipe says how to make a request that succeeds where it is allowed. {n} in a
// body is a number that no other request has, {region} the object's region.
type recipe struct {
	state   workflow.State // that the task must be in; "" for any
	body    string
	kind    string // of the body, when it is not JSON
	query   string
	spends  bool   // it ends the credential that it is asked with
	answer  string // what those are told who may ask; "" is that it is done
	unknown string // status and code where the campaign or region is unknown, if not missing
}

// recipes of operations that need more than their path. A GET without required
// parameters, and a write without a body, needs none; any other route without a
// recipe fails the tests.
var recipes = map[string]recipe{
	"signIn":  {body: `{"login":"reviewer","password":"` + password + `"}`},
	"signOut": {spends: true},
	// With whom signing in goes on or is changed is in session tests: here each is asked
	// for in a way that leaves the account as it is.
	"completeTOTP":     {body: `{"code":"123456"}`, answer: "403 session.complete"},
	"changePassword":   {body: `{"current_password":"x","new_password":"short"}`, answer: "422 invalid"},
	"beginTOTP":        {body: `{"password":"` + password + `"}`},
	"confirmTOTP":      {body: `{"code":"1"}`, answer: "422 invalid"},
	"removeTOTP":       {body: `{"password":"x"}`, answer: "409 totp.none"},
	"newRecoveryCodes": {body: `{"password":"x"}`, answer: "409 totp.none"},
	"resetPassword":    {body: `{"password":"` + password + `"}`},
	"removeUserTOTP":   {body: `{"password":"` + password + `"}`, answer: "409 totp.none"},

	"issueToken":     {body: `{"label":"x"}`},
	"createCampaign": {body: strings.Replace(campaignNew, `"new"`, `"new-{n}"`, 1)},
	"assignTask":     {body: `{"code":"t-{n}","region":"{region}","subject":"任务","requirement":"要求","measures":[{"code":"pool","kind":"qualitative"}]}`, unknown: "422 invalid"},
	"openPeriod":     {unknown: "422 invalid"},
	"uploadEvidence": {body: "文件{n}", kind: "application/octet-stream", query: "name=a.txt"},
	"getConsistency": {query: "from=0&to=0"},

	"preview":              {state: "assigned", body: `{"evidence_date":"2023-08-31"}`},
	"report":               {state: "assigned", body: reportStations},
	"withdraw":             {state: "reported", body: `{}`},
	"return":               {state: "reported", body: `{"reason":"r"}`},
	"approve":              {state: "reported", body: `{}`},
	"flag":                 {state: "reported", body: flagBehind},
	"confirm_rectified":    {state: rectifying, body: `{}`},
	"reject_rectification": {state: rectifying, body: `{"reason":"r","rectify_by":"2023-10-15"}`},
	"close":                {state: "reviewed", body: `{"reason":"r"}`},
	"cancel":               {state: "assigned", body: `{"reason":"r"}`},
}

// rectifying is reported while a flag is open.
const rectifying workflow.State = "reported, flag open"

// routes are all routes of the server with their recipes.
func (w *world) routes(t *testing.T) map[string]recipe {
	t.Helper()
	paths := w.do("", http.MethodGet, "/api/openapi.json", "").at("paths").(map[string]any)
	out := map[string]recipe{}
	for _, a := range api.AccessTable(w.service) {
		r, given := recipes[a.Operation]
		if a.Operation != "" && !given {
			o := paths[a.Path].(map[string]any)[strings.ToLower(a.Method)].(map[string]any)
			if lack := lacking(o); lack != "" {
				t.Errorf("%s %s needs %s: give %q a recipe", a.Method, a.Path, lack, a.Operation)
			}
		}
		out[a.Method+" "+a.Path] = r
	}
	return out
}

// lacking names what an operation needs beside its path, by its description.
func lacking(operation map[string]any) string {
	if _, ok := operation["requestBody"]; ok {
		return "a body"
	}
	params, _ := operation["parameters"].([]any)
	for _, p := range params {
		if p := p.(map[string]any); p["in"] != "path" && p["required"] == true {
			return fmt.Sprint("the parameter ", p["name"])
		}
	}
	return ""
}

// object is what a request is about.
type object struct {
	name   string
	region string
	exists bool
	ended  bool   // cancelled: it may be looked at and not changed
	absent string // what those are told who may ask, when it is not there
	params map[string]string
}

// fill writes the parameters of a path, and reports one that it does not know.
func (o object) fill(t *testing.T, path string) string {
	t.Helper()
	for name, value := range o.params {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	if strings.Contains(path, "{") {
		t.Fatalf("the matrix does not know what stands in %s", path)
	}
	return path
}
