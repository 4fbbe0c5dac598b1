package apitest

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"duban/api"
	"duban/workflow"
)

// recipe says how to make a request that succeeds where it is allowed. {n} in a
// body is a number of four digits that no other request has, {region} the object's
// region, {task} a task there with a report that counts.
type recipe struct {
	state   workflow.State // that the task must be in, or the region or account; "" for any
	body    string
	kind    string // of the body, when it is not JSON
	query   string
	file    func(r *realm, o object) string // makes the body, a file
	spends  bool                            // it ends the credential that it is asked with
	answer  string                          // what those are told who may ask; "" is that it is done
	match   bool                            // it is asked for the task's version, which names the report that was read
	unknown string                          // status and code where what the path or body names is unknown, if not missing
	ended   string                          // status and code of a change where it has ended, if it is refused then
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

	"issueToken":      {body: `{"label":"x"}`},
	"proposeCampaign": {body: proposedTable, kind: "text/plain"},
	"importCampaign":  {body: strings.Replace(`{"campaign":`+campaignNew+`,"tasks":[{"code":"t-1","region":"440703","subject":"任务","requirement":"要求","measures":[{"code":"pool","kind":"qualitative"}]}]}`, `"new"`, `"whole-{n}"`, 1)},
	"createCampaign":  {body: strings.Replace(campaignNew, `"new"`, `"new-{n}"`, 1)},
	"assignTask":      {body: `{"code":"t-{n}","region":"{region}","subject":"任务","requirement":"要求","measures":[{"code":"pool","kind":"qualitative"}]}`, unknown: "422 invalid"},
	"openPeriod":      {unknown: "422 invalid"},
	"rehearseOpening": {unknown: "422 invalid"},
	"uploadEvidence":  {body: "文件{n}", kind: "application/octet-stream", query: "name=a.txt"},
	"getConsistency":  {query: "from=0&to=0"},
	"issueLagTable":   {body: `{}`},
	"editNarrative":   {body: `{"task":"{task}","narrative":"安装工作正在推进。","reason":"r"}`},
	"sendWorkbook":    {file: (*realm).emptyWorkbook},

	"saveDraft":       {body: `{"narrative":"草稿{n}"}`},
	"deleteDraft":     {ended: allowed},
	"readInbox":       {},
	"savePreferences": {body: `{"language":"en"}`},

	"createRegion":   {body: `{"code":"46{n}","name":"区{n}"}`},
	"renameRegion":   {body: `{"name":"区{n}"}`},
	"retireRegion":   {ended: "409 region.retired"},
	"restoreRegion":  {state: "retired"},
	"createAccount":  {body: `{"login":"made-{n}","name":"姓名","password":"` + password + `"}`},
	"renameAccount":  {body: `{"name":"姓名{n}"}`},
	"disableAccount": {ended: "409 user.disabled"},
	"enableAccount":  {state: "disabled"},
	"addGrant":       {body: `{"role":"supervisor"}`},
	"nameDeputy":     {body: `{"deputy":"jianghai","role":"reviewer","from":"yesterday","to":"2023-09-01"}`, answer: "422 invalid"},

	// There is no provider here: api/apitest/sso_test.go has one.
	"GET /auth/oidc/login":    {answer: "404 sso.off"},
	"GET /auth/oidc/callback": {answer: "404 sso.off"},
	"GET /auth/oidc/logout":   {answer: "404 sso.off"},
	"POST /auth/oidc/logout":  {answer: "404 sso.off"},

	"preview":              {state: "assigned", body: `{"evidence_date":"2023-08-31"}`},
	"report":               {state: "assigned", body: reportStations},
	"withdraw":             {state: "reported", body: `{}`},
	"return":               {state: "reported", body: `{"reason":"r"}`},
	"approve":              {state: "reported", body: `{}`, match: true},
	"approveAll":           {body: `{"items":[{"task_id":"` + noTask + `","report_number":1}]}`},
	"flag":                 {state: "reported", body: flagBehind, match: true},
	"confirm_rectified":    {state: rectifying, body: `{}`, match: true},
	"reject_rectification": {state: rectifying, body: `{"reason":"r","rectify_by":"2023-10-15"}`, match: true},
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
		r, given := recipes[cmp.Or(a.Operation, a.Method+" "+a.Path)]
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
