package apitest

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/lagtable"
)

// The regions of a realm: two of one city, and one of another.
const (
	ownRegion    = "440703"
	otherRegion  = "440704"
	othersRegion = "440802"
)

// roles are those that an account may hold, each as its account in a realm has it.
var roles = []workflow.Grant{
	{Role: workflow.Reporter, Region: ownRegion}, {Role: workflow.Reviewer}, {Role: workflow.Supervisor},
	{Role: workflow.Auditor}, {Role: workflow.SystemAdmin}, {Role: workflow.SecurityAdmin},
}

// holder is the login in a realm of who has a role.
var holder = map[workflow.Role]string{
	workflow.Reporter: "pengjiang", workflow.Reviewer: "reviewer", workflow.Supervisor: "supervisor",
	workflow.Auditor: "auditor", workflow.SystemAdmin: "sysadmin", workflow.SecurityAdmin: "secadmin",
}

// realm is a world with a second city, and with everybody's good and bad
// credentials.
type realm struct {
	*world
	bad map[workflow.Role][]credential
	n   atomic.Int64
}

// credential is a way to say who asks.
type credential struct {
	name   string
	header string // Cookie or Authorization
	secret string
}

func (c credential) headers() []string {
	switch c.header {
	case "Cookie":
		return []string{"Cookie", "duban=" + c.secret}
	case "Authorization":
		return []string{"Authorization", "Bearer " + c.secret}
	default:
		return nil
	}
}

// newRealm is made on 31 August 2023, thirteen hours after some of its
// credentials: those have expired.
func newRealm(t *testing.T, store workflow.Store) *realm {
	t.Helper()
	r := &realm{world: newWorld(t, store), bad: map[workflow.Role][]credential{}}
	call := workflow.Call{Actor: workflow.OperatorActor("test")}
	_, err := r.service.CreateRegion(t.Context(), call, workflow.Region{Code: othersRegion, Name: "赤坎区"})
	must(t, err)
	r.newAccount("secadmin", workflow.Grant{Role: workflow.SecurityAdmin})
	r.newAccount("chikan", workflow.Grant{Role: workflow.Reporter, Region: othersRegion})
	r.newCampaign("zj-2023", othersRegion)
	for _, code := range []string{"jm-2023", "zj-2023"} {
		r.issue(code)
	}
	for _, g := range roles {
		r.spoil(g)
	}
	r.later.Add(int64(13 * time.Hour))
	return r
}

func (r *realm) newAccount(login string, g workflow.Grant) {
	r.t.Helper()
	u, err := r.service.CreateUser(r.t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")},
		workflow.User{Login: login, Name: "姓名" + login, Grants: []workflow.Grant{g}}, password)
	must(r.t, err)
	r.ids[login] = u.ID
	r.tokens[login] = r.token(login, 0)
}

// newRegion makes one more region of another city.
func (r *realm) newRegion() string {
	r.t.Helper()
	code := fmt.Sprintf("45%04d", r.next())
	_, err := r.service.CreateRegion(r.t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")}, workflow.Region{Code: code, Name: "区" + code})
	must(r.t, err)
	return code
}

func (r *realm) token(login string, life time.Duration, scopes ...workflow.Scoped) string {
	r.t.Helper()
	issued, err := r.service.IssueToken(r.t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")}, login, "test", life, scopes...)
	must(r.t, err)
	return issued.Secret
}

func (r *realm) session(login string) string {
	r.t.Helper()
	issued, err := r.service.SignIn(r.t.Context(), workflow.Actor{Channel: "http"}, login, password)
	must(r.t, err)
	return issued.Secret
}

// spoil makes the credentials of a role that are no longer good: those of an
// account that is disabled, ended ones, and those that will have expired.
func (r *realm) spoil(g workflow.Grant) {
	r.t.Helper()
	login := holder[g.Role]
	gone := "gone-" + login
	r.newAccount(gone, g)
	list := []credential{
		{"made-up token", "Authorization", "nonsense"},
		{"made-up session", "Cookie", "nonsense"},
		{"expired session", "Cookie", r.session(login)},
		{"expired token", "Authorization", r.token(login, 5*time.Minute)},
		{"ended session", "Cookie", r.session(login)},
		{"ended token", "Authorization", r.token(login, 0)},
		{"session of a disabled account", "Cookie", r.session(gone)},
		{"token of a disabled account", "Authorization", r.token(gone, 0)},
		{"a session shown as a token's cookie", "Cookie", "Bearer " + r.tokens[login]},
	}
	for _, c := range list[4:6] {
		must(r.t, r.service.SignOut(r.t.Context(), workflow.Call{Actor: workflow.Actor{UserID: r.ids[login], Channel: "http"}}, c.secret))
	}
	must(r.t, r.store.Update(r.t.Context(), func(tx workflow.Tx) error {
		u, err := tx.UserByLogin(gone)
		if err != nil {
			return err
		}
		u.Disabled, u.Version = true, u.Version+1
		return tx.SaveUser(u, u.Version-1)
	}))
	r.bad[g.Role] = list
}

// issue issues the lag table of a campaign, whatever it cannot speak of.
func (r *realm) issue(campaign string) {
	r.t.Helper()
	who := workflow.OperatorActor("test")
	data, err := r.service.LagData(r.t.Context(), who, campaign, "2023-h1", workflow.AsOf{})
	must(r.t, err)
	in := workflow.IssueInput{Campaign: campaign, Period: "2023-h1"}
	for _, g := range data.Gaps {
		in.AcceptGaps = append(in.AcceptGaps, g.Task.ID)
	}
	_, err = r.service.IssueTable(r.t.Context(), workflow.Call{Actor: who}, in, lagtable.Freeze)
	must(r.t, err)
}

func (r *realm) next() int64 { return r.n.Add(1) }

func (r *realm) newCampaign(code string, regions ...string) {
	r.t.Helper()
	_, err := r.service.CreateCampaign(r.t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")}, workflow.Campaign{
		Code: code, Title: "专项工作" + code, Starts: day("2023-01-01"), Regions: regions,
		Params: assess.Params{Version: 1, NearlyRatio: figure("0.70"), PaceRatio: figure("0.70")},
		Periods: []workflow.Period{
			{Code: "2023-h1", Label: "1-6月", Cutoff: day("2023-06-30"), ReportBy: day("2023-07-10")},
			{Code: "2023-q3", Label: "1-9月", Cutoff: day("2023-09-30"), ReportBy: day("2023-10-20")},
		},
	})
	must(r.t, err)
}

// campaignOf names the standing campaign of a region, reporterOf who reports there.
func campaignOf(region string) string {
	if region == othersRegion {
		return "zj-2023"
	}
	return "jm-2023"
}

func reporterOf(region string) string {
	return map[string]string{ownRegion: "pengjiang", otherRegion: "jianghai", othersRegion: "chikan"}[region]
}

// newTask makes a task of a region that has come to a state.
func (r *realm) newTask(region string, state workflow.State) string {
	r.t.Helper()
	n := tasks[0]
	n.Code, n.Region = fmt.Sprintf("%s-t%d", region, r.next()), region
	task, err := r.service.Assign(r.t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")}, campaignOf(region), n)
	must(r.t, err)
	type step struct{ who, event, body string }
	file := r.uploadFile(reporterOf(region), task.ID, "a.txt", evidenceText)
	if file.at("sha256") != evidenceDigest {
		r.t.Fatalf("uploading: %s", file.raw)
	}
	report, flag := step{reporterOf(region), "report", strings.Replace(reportStations, "{", `{"evidence":["`+evidenceDigest+`"],`, 1)}, step{"reviewer2", "flag", flagBehind}
	way, known := map[workflow.State][]step{
		"": {report, flag}, "assigned": {}, "reported": {report}, "flagged_lagging": {report, flag}, rectifying: {report, flag, report},
		"reviewed":  {report, {"reviewer2", "approve", ""}},
		"cancelled": {report, {"supervisor", "cancel", `{"reason":"r"}`}},
	}[state]
	if !known {
		r.t.Fatalf("no way to the state %q", state)
	}
	for i, s := range way {
		r.ok(s.who, "/api/v1/tasks/"+task.ID+"/"+s.event, s.body, "If-Match", fmt.Sprintf(`"%d"`, i+1))
	}
	return task.ID
}

// ask sends a request with a credential.
func (r *realm) ask(c credential, method, path, query, body string, headers ...string) answer {
	r.t.Helper()
	return r.send(r.asked(c, method, path, query, body, headers...))
}

func (r *realm) asked(c credential, method, path, query, body string, headers ...string) *http.Request {
	r.t.Helper()
	if query != "" {
		path += "?" + query
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(body))
	must(r.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	headers = append(headers, c.headers()...)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}
