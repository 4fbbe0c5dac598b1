package apitest

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/gormstore/dbtest"
)

// A canary is a text that says which region it was planted in and what it is.
var canary = regexp.MustCompile(`(?i)canary-(\d{6})-([a-z]+)`)

func canaryOf(region, kind string) string { return "canary-" + region + "-" + kind }

// personal canaries name people, whom those who manage accounts may see.
var personal = []string{"login", "name"}

var regions = []string{ownRegion, otherRegion, othersRegion}

// plant gives a region an account, and tasks in different states, with canaries
// wherever somebody can write a text. It returns the ids of the tasks.
func (r *realm) plant(region string) []string {
	r.t.Helper()
	author := canaryOf(region, "login")
	u, err := r.service.CreateUser(r.t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")}, workflow.User{
		Login: author, Name: canaryOf(region, "name"), Grants: []workflow.Grant{{Role: workflow.Reporter, Region: region}},
	}, password)
	must(r.t, err)
	r.ids[author], r.tokens[author] = u.ID, r.token(author, 0)
	saying := func(kind, rest string) string { return `{"reason":"` + canaryOf(region, kind) + `"` + rest + `}` }
	report := strings.Replace(reportStations, "正在安装。", canaryOf(region, "narrative"), 1)
	by := `,"rectify_by":"2023-09-30"`
	var ids []string
	for i, steps := range [][][3]string{
		{},
		{{author, "report", report}},
		{{author, "report", report}, {author, "withdraw", saying("withdrawal", "")}},
		{{author, "report", report}, {"reviewer", "return", saying("return", "")}},
		{{author, "report", report}, {"reviewer", "approve", saying("approval", "")}},
		{{author, "report", report}, {"reviewer", "flag", saying("flag", `,"verdict":"behind"`+by)}},
		{{author, "report", report}, {"reviewer", "flag", saying("flag", `,"verdict":"behind"`+by)}, {author, "report", report}, {"reviewer", "reject_rectification", saying("rejection", by)}},
		{{author, "report", report}, {"reviewer", "flag", saying("flag", `,"verdict":"behind"`+by)}, {author, "report", report}, {"reviewer", "confirm_rectified", saying("confirmation", "")}, {"supervisor", "close", saying("closing", "")}},
		{{author, "report", report}, {"supervisor", "cancel", saying("cancelling", "")}},
	} {
		n := tasks[0]
		n.Code, n.Region = canaryOf(region, "code")+fmt.Sprint(i), region
		n.Subject, n.Requirement = canaryOf(region, "subject"), canaryOf(region, "requirement")
		n.Measures = slices.Clone(n.Measures)
		n.Measures[0].Name = canaryOf(region, "measure")
		n.Measures = append(n.Measures, assess.Measure{Code: "word", Kind: assess.Qualitative, Name: canaryOf(region, "word")})
		task, err := r.service.Assign(r.t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")}, campaignOf(region), n)
		must(r.t, err)
		if len(steps) > 0 {
			if got := r.uploadFile(author, task.ID, canaryOf(region, "file")+".txt", evidenceText); got.status != http.StatusCreated {
				r.t.Fatalf("uploading a file: %d %s", got.status, got.raw)
			}
		}
		for j, s := range steps {
			if s[1] == "report" {
				s[2] = strings.Replace(s[2], "{", `{"evidence":["`+digestOf(evidenceText)+`"],`, 1)
			}
			r.ok(s[0], "/api/v1/tasks/"+task.ID+"/"+s[1], s[2], "Idempotency-Key", canaryOf(region, "key")+fmt.Sprintf("-%d-%d", i, j), "If-Match", fmt.Sprintf(`"%d"`, j+1))
		}
		// What is still being typed, which nobody but the author ever sees.
		if len(steps) == 0 {
			if got := r.do(author, http.MethodPut, "/api/v1/tasks/"+task.ID+"/draft", `{"narrative":"`+canaryOf(region, "draft")+`"}`); got.status != http.StatusOK {
				r.t.Fatalf("saving a draft: %d %s", got.status, got.raw)
			}
		}
		// An attempt that is refused, which the trail keeps too.
		r.do(author, http.MethodPost, "/api/v1/tasks/"+task.ID+"/approve", "")
		ids = append(ids, task.ID)
	}
	return ids
}

// canariesIn finds the canaries of an answer, in what is packed and encoded too:
// files of a ZIP or a workbook, base64, headers. Each is "region kind".
func canariesIn(t *testing.T, a answer) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for name, values := range a.header {
		look(t, found, []byte(name+" "+strings.Join(values, " ")))
	}
	look(t, found, []byte(a.raw))
	return found
}

var encoded = regexp.MustCompile(`[A-Za-z0-9+/_-]{16,}={0,2}`)

func look(t *testing.T, found map[string]bool, text []byte) {
	t.Helper()
	for _, m := range canary.FindAllSubmatch(text, -1) {
		found[string(m[1])+" "+strings.ToLower(string(m[2]))] = true
	}
	if bytes.HasPrefix(text, []byte("PK\x03\x04")) {
		z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
		must(t, err)
		for _, f := range z.File {
			look(t, found, []byte(f.Name))
			r, err := f.Open()
			must(t, err)
			content, err := io.ReadAll(r)
			must(t, err)
			look(t, found, content)
		}
		return
	}
	for _, run := range encoded.FindAll(text, -1) {
		plain := strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(string(run))
		if content, err := base64.RawStdEncoding.DecodeString(plain[:len(plain)/4*4]); err == nil {
			for _, m := range canary.FindAllSubmatch(content, -1) {
				found[string(m[1])+" "+strings.ToLower(string(m[2]))] = true
			}
		}
	}
}

// No list, search, export, statistics, notice, error or proof shows a text of
// another region; whoever manages accounts sees no business text at all; and those
// who may see a text do.
func TestNoCanarySingsInAnotherRegion(t *testing.T) {
	r := newRealm(t, dbtest.SQLite(t))
	r.signing()
	ids := map[string][]string{}
	for _, region := range regions {
		ids[region] = r.plant(region)
	}
	r.issue("jm-2023")
	r.issue("zj-2023")
	r.sequence()
	requests := r.lookings(t, ids)
	everywhere := map[string]bool{}
	for _, viewer := range []struct {
		login, region string // "" for all, "none" for none
	}{
		{"auditor", ""}, {"reviewer", ""}, {"supervisor", ""},
		{"pengjiang", ownRegion}, {"jianghai", otherRegion}, {"chikan", othersRegion},
		{"sysadmin", "none"}, {"secadmin", "none"}, {"", "nobody"},
	} {
		seen := map[string]bool{}
		for _, q := range requests {
			c := credential{}
			if viewer.login != "" {
				c = credential{header: "Authorization", secret: r.tokens[viewer.login]}
			}
			a := r.ask(c, q.method, q.path, "", q.body)
			if a.status >= http.StatusInternalServerError {
				t.Fatalf("%s %s as %s: %d %s", q.method, q.path, viewer.login, a.status, a.raw)
			}
			for name := range canariesIn(t, a) {
				region, kind, _ := strings.Cut(name, " ")
				seen[name] = true
				own := viewer.region == "" || viewer.region == region
				own = own && kind != "draft"
				if managed := viewer.region == "none" && slices.Contains(personal, kind); !own && !managed {
					t.Errorf("%s %s shows %q the %s of %s: %d %.300s", q.method, q.path, viewer.login, kind, region, a.status, a.raw)
				}
			}
		}
		if viewer.login == "auditor" {
			everywhere = seen
		}
		for name := range everywhere {
			region, kind, _ := strings.Cut(name, " ")
			if viewer.region == region && kind != "login" && !seen[name] { // logins are for those who manage accounts
				t.Errorf("%s never sees %s, which an auditor sees", viewer.login, name)
			}
		}
	}
	for _, region := range regions {
		author := canaryOf(region, "login")
		if draft := r.do(author, http.MethodGet, "/api/v1/tasks/"+ids[region][0]+"/draft", ""); !strings.Contains(draft.raw, canaryOf(region, "draft")) {
			t.Errorf("not even its author sees the draft of %s: %s", region, draft.raw)
		}
		for _, kind := range []string{"code", "subject", "requirement", "measure", "word", "narrative", "withdrawal", "return", "approval", "flag", "rejection", "confirmation", "closing", "cancelling", "file", "name"} {
			if !everywhere[region+" "+kind] {
				t.Errorf("not even an auditor sees the %s of %s: it was not planted, or not looked for well", kind, region)
			}
		}
	}
	tell(t, "canaries: %d kinds in %d regions, %d requests for each of 9 viewers, none seen in another region", len(everywhere)/len(regions), len(regions), len(requests))
}

// What others do in their regions changes nothing of what a region is shown: no
// count, mean, order or page tells of it.
func TestWhatOthersDoChangesNothingHere(t *testing.T) {
	r := newRealm(t, dbtest.SQLite(t))
	r.signing()
	ids := map[string][]string{ownRegion: r.plant(ownRegion)}
	r.issue("jm-2023")
	r.sequence()
	requests := r.lookings(t, ids)
	moment := regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z`)
	shown := func() map[string]string {
		out := map[string]string{}
		for _, q := range requests {
			if strings.Contains(q.path, "/session") {
				continue
			}
			a := r.ask(credential{header: "Authorization", secret: r.tokens["pengjiang"]}, q.method, q.path, "", q.body)
			a.header.Del("Content-Length") // moments have up to six decimals
			out[q.method+" "+q.path] = moment.ReplaceAllString(said(a), "TIME")
		}
		return out
	}
	before := shown()
	r.plant(otherRegion)
	r.plant(othersRegion)
	after := shown()
	for _, path := range slices.Sorted(maps.Keys(before)) {
		if before[path] != after[path] && !strings.HasSuffix(path, "meeting-pack") { // a ZIP has times within
			t.Errorf("%s tells that something happened elsewhere:\n%.600s\n%.600s", path, before[path], after[path])
		}
	}
}
