package apitest

import (
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// administrators adds a security administrator to the world, and a second of each
// kind for what nobody may do to themselves.
func (w *world) administrators() {
	w.t.Helper()
	call := workflow.Call{Actor: workflow.OperatorActor("test")}
	for login, role := range map[string]workflow.Role{"secadmin": workflow.SecurityAdmin, "secadmin2": workflow.SecurityAdmin} {
		u, err := w.service.CreateUser(w.t.Context(), call, workflow.User{Login: login, Name: "姓名" + login, Grants: []workflow.Grant{{Role: role}}}, password)
		must(w.t, err)
		issued, err := w.service.IssueToken(w.t.Context(), call, login, "test", 0)
		must(w.t, err)
		w.tokens[login], w.ids[login] = issued.Secret, u.ID
	}
}

// TestAccountsTakeTwoAdministrators: one makes an account that may do nothing, the
// other gives it a role; what is taken away or disabled ends at the next request.
func TestAccountsTakeTwoAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.administrators()
		newcomer := `{"login":"wang.wu","name":"王五","password":"` + password + `"}`
		if a := w.do("secadmin", "POST", "/api/v1/users", newcomer); a.status != 403 {
			t.Errorf("a security administrator makes accounts: %d", a.status)
		}
		made := w.do("sysadmin", "POST", "/api/v1/users", newcomer, "Idempotency-Key", "k1")
		again := w.do("sysadmin", "POST", "/api/v1/users", newcomer, "Idempotency-Key", "k1")
		if made.status != 201 || again.raw != made.raw || made.header.Get("ETag") != `"1"` || strings.Contains(made.raw, "password") {
			t.Fatalf("made: %d %s, again %s", made.status, made.raw, again.raw)
		}
		id := made.at("id").(string)
		account := "/api/v1/users/" + id
		w.chosen(id)
		cookie, _, _ := strings.Cut(w.do("", "POST", "/api/v1/sessions", `{"login":"wang.wu","password":"`+password+`"}`).header.Get("Set-Cookie"), ";")
		see := func() int { return w.do("", "GET", "/api/v1/tasks/{440703-01}", "", "Cookie", cookie).status }
		if got := see(); got != 404 {
			t.Errorf("without a role: %d", got)
		}
		reporter := `{"role":"reporter","region":"440703"}`
		w.play(t, []scenario{
			{name: "who makes accounts gives no roles", who: "sysadmin", method: "POST", path: account + "/grants", body: reporter, status: 403, code: "forbidden"},
			{name: "a reporter of nowhere", who: "secadmin", method: "POST", path: account + "/grants", body: `{"role":"reporter"}`, status: 422, code: "invalid", fields: []string{"grants:region"}},
			{name: "an unknown region", who: "secadmin", method: "POST", path: account + "/grants", body: `{"role":"reporter","region":"440799"}`, status: 422, code: "invalid", fields: []string{"region:unknown"}},
			{name: "the operator's role", who: "secadmin", method: "POST", path: account + "/grants", body: `{"role":"operator"}`, status: 422, code: "invalid", fields: []string{"grants:unknown"}},
			{name: "a stale version", who: "secadmin", method: "POST", path: account + "/grants", body: reporter, headers: []string{"If-Match", `"2"`}, status: 412, code: "user.stale"},
			{name: "given", who: "secadmin", method: "POST", path: account + "/grants", body: reporter, headers: []string{"If-Match", `"1"`}, status: 200},
			{name: "twice", who: "secadmin", method: "POST", path: account + "/grants", body: reporter, status: 409, code: "grant.there"},
			{name: "an administrator's role beside it", who: "secadmin", method: "POST", path: account + "/grants", body: `{"role":"auditor"}`, status: 422, code: "invalid", fields: []string{"grants:separation"}},
			{name: "to oneself", who: "secadmin", method: "POST", path: "/api/v1/users/{secadmin}/grants", body: `{"role":"reviewer"}`, status: 403, code: "grant.self"},
			{name: "from oneself", who: "secadmin", method: "DELETE", path: "/api/v1/users/{secadmin}/grants/security_admin", status: 403, code: "grant.self"},
			{name: "to nobody", who: "secadmin", method: "POST", path: "/api/v1/users/" + noTask + "/grants", body: reporter, status: 404, code: "not_found"},
			{name: "what is not there", who: "secadmin", method: "DELETE", path: account + "/grants/reviewer", status: 404, code: "not_found"},
		})
		if got := see(); got != 200 {
			t.Errorf("with the role: %d", got)
		}
		if a := w.do("secadmin", "DELETE", account+"/grants/reporter:440703", "", "If-Match", `"2"`); a.status != 200 || len(a.at("grants").([]any)) != 0 {
			t.Errorf("taken away: %d %s", a.status, a.raw)
		}
		if got := see(); got != 404 {
			t.Errorf("after the role was taken away: %d", got)
		}
		w.ok("sysadmin", account+"/rename", `{"name":"王武"}`)
		issued := w.do("", "POST", "/api/v1/tokens", `{"label":"x"}`, "Cookie", cookie)
		bearer := "Bearer " + issued.at("token").(string)
		w.play(t, []scenario{
			{name: "disabled by who may not", who: "secadmin", method: "POST", path: account + "/disable", status: 403, code: "forbidden"},
			{name: "disabled", who: "sysadmin", method: "POST", path: account + "/disable", headers: []string{"If-Match", `"4"`}, status: 200},
			{name: "disabled again", who: "sysadmin", method: "POST", path: account + "/disable", status: 409, code: "user.disabled"},
			{name: "oneself", who: "sysadmin", method: "POST", path: "/api/v1/users/{sysadmin}/disable", status: 409, code: "user.self"},
			{name: "its token", method: "GET", path: "/api/v1/session", headers: []string{"Authorization", bearer}, status: 401, code: "unauthenticated"},
			{name: "its session", method: "GET", path: "/api/v1/session", headers: []string{"Cookie", cookie}, status: 401, code: "unauthenticated"},
			{name: "signing in", method: "POST", path: "/api/v1/sessions", body: `{"login":"wang.wu","password":"` + password + `"}`, status: 401, code: "session.refused"},
			{name: "enabled", who: "sysadmin", method: "POST", path: account + "/enable", status: 200},
			{name: "its session stays ended", method: "GET", path: "/api/v1/session", headers: []string{"Cookie", cookie}, status: 401, code: "unauthenticated"},
			{name: "its token too", method: "GET", path: "/api/v1/session", headers: []string{"Authorization", bearer}, status: 401, code: "unauthenticated"},
		})
		var names []string
		for _, e := range w.eventsOf(workflow.SubjectUser, id) {
			names = append(names, e.Name)
		}
		if got := strings.Join(names, " "); got != "user.create grant.add grant.remove user.rename user.disable user.enable" {
			t.Errorf("the account's events are %s", got)
		}
	})
}

// chosen makes an account one whose person has chosen the password.
func (w *world) chosen(id string) {
	w.t.Helper()
	must(w.t, w.store.Update(w.t.Context(), func(tx workflow.Tx) error {
		u, err := tx.UserByID(id)
		if err != nil {
			return err
		}
		u.PasswordOnce = false
		return tx.SaveUser(u, u.Version)
	}))
}

// TestAccountsAreListedPageByPage, each once.
func TestAccountsAreListedPageByPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		var logins []string
		for cursor := ""; ; {
			a := w.do("auditor", "GET", "/api/v1/users?limit=3&cursor="+cursor, "")
			if a.status != 200 {
				t.Fatalf("%d %s", a.status, a.raw)
			}
			for _, item := range a.at("items").([]any) {
				logins = append(logins, item.(map[string]any)["login"].(string))
			}
			next, more := a.at("next_cursor").(string)
			if cursor = next; !more {
				break
			}
		}
		if got := strings.Join(logins, " "); got != "auditor jianghai pengjiang reviewer reviewer2 supervisor sysadmin" {
			t.Errorf("listed %s", got)
		}
	})
}

// TestARetiredRegionKeepsItsHistory and gets nothing new.
func TestARetiredRegionKeepsItsHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.administrators()
		task := `{"code":"late","region":"440703","subject":"任务","requirement":"要求","measures":[{"code":"pool","kind":"qualitative"}]}`
		assign := "/api/v1/campaigns/jm-2023/tasks"
		w.play(t, []scenario{
			{name: "add", who: "sysadmin", method: "POST", path: "/api/v1/regions", body: `{"code":"440781","name":"台山市"}`, status: 201},
			{name: "add again", who: "sysadmin", method: "POST", path: "/api/v1/regions", body: `{"code":"440781","name":"台山市"}`, status: 409, code: "region.code_taken"},
			{name: "rename", who: "sysadmin", method: "POST", path: "/api/v1/regions/440781/rename", body: `{"name":"台山"}`, headers: []string{"If-Match", `"1"`}, status: 200},
			{name: "rename what has changed", who: "sysadmin", method: "POST", path: "/api/v1/regions/440781/rename", body: `{"name":"台"}`, headers: []string{"If-Match", `"1"`}, status: 412, code: "region.stale"},
			{name: "no name", who: "sysadmin", method: "POST", path: "/api/v1/regions/440781/rename", body: `{"name":" "}`, status: 422, code: "invalid"},
			{name: "unknown", who: "sysadmin", method: "POST", path: "/api/v1/regions/440799/retire", status: 404, code: "not_found"},
			{name: "by who may not", who: "supervisor", method: "POST", path: "/api/v1/regions/440703/retire", status: 403, code: "forbidden"},
			{name: "retire", who: "sysadmin", method: "POST", path: "/api/v1/regions/440703/retire", status: 200},
			{name: "retire again", who: "sysadmin", method: "POST", path: "/api/v1/regions/440703/retire", status: 409, code: "region.retired"},
			{name: "no new task", who: "supervisor", method: "POST", path: assign, body: task, status: 409, code: "region.retired"},
			{name: "no new grant", who: "secadmin", method: "POST", path: "/api/v1/users/{reviewer}/grants", body: `{"role":"reporter","region":"440703"}`, status: 409, code: "region.retired"},
			{name: "no new campaign", who: "supervisor", method: "POST", path: "/api/v1/campaigns", body: campaignNew, status: 422, code: "invalid", fields: []string{"regions[0]:retired"}},
			{name: "its tasks go on", who: "pengjiang", method: "POST", path: "/api/v1/tasks/{440703-01}/report", body: reportStations, status: 200, events: 1},
			{name: "restore", who: "sysadmin", method: "POST", path: "/api/v1/regions/440703/restore", headers: []string{"If-Match", `"2"`}, status: 200},
			{name: "a new task again", who: "supervisor", method: "POST", path: assign, body: task, status: 201, events: 1},
		})
		if a := w.do("pengjiang", "GET", "/api/v1/regions/440703", ""); a.status != 200 || a.at("retired") != false || a.header.Get("ETag") != `"3"` {
			t.Errorf("%d %s", a.status, a.raw)
		}
		if n := len(w.eventsOf(workflow.SubjectRegion, "440703")); n != 3 {
			t.Errorf("the region has %d events", n)
		}
	})
}

// eventsOf are the accepted events of a subject.
func (w *world) eventsOf(subject, id string) (list []struct{ Name string }) {
	w.t.Helper()
	must(w.t, w.store.View(w.t.Context(), func(r workflow.Reader) error {
		events, err := r.Events(workflow.EventFilter{Subject: subject, SubjectID: id})
		for _, e := range events {
			list = append(list, struct{ Name string }{e.Name})
		}
		return err
	}))
	return list
}
