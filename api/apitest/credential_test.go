package apitest

import (
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// TestATokenIsGoodForItsScopesOnly: what it may do is what both the account and the
// scopes give; everything else is the same 403.
func TestATokenIsGoodForItsScopesOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		token := func(scopes string) []string {
			a := w.do("pengjiang", "POST", "/api/v1/tokens", `{"label":"x","scopes":`+scopes+`}`)
			if a.status != 201 {
				t.Fatalf("%d %s", a.status, a.raw)
			}
			return []string{"Authorization", "Bearer " + a.at("token").(string)}
		}
		reading, reporting, everything := token(`["read"]`), token(`["task.read","task.report"]`), token(`["write"]`)
		task := "/api/v1/tasks/{440703-01}"
		forbidden := func(name, method, path, body string, by []string) scenario {
			return scenario{name: name, method: method, path: path, body: body, headers: by, status: 403, code: "token.scope"}
		}
		w.play(t, []scenario{
			{name: "unknown scope", who: "pengjiang", method: "POST", path: "/api/v1/tokens", body: `{"label":"x","scopes":["task.fly"]}`, status: 422, code: "invalid", fields: []string{"scopes[0]:unknown"}},
			{name: "read reads", method: "GET", path: task, headers: reading, status: 200},
			{name: "read previews", method: "POST", path: task + "/preview", headers: reading, status: 200},
			forbidden("read does not report", "POST", task+"/report", reportStations, reading),
			forbidden("nor where there is nothing", "POST", "/api/v1/tasks/"+noTask+"/report", reportStations, reading),
			forbidden("nor issue tokens", "POST", "/api/v1/tokens", `{"label":"y"}`, reading),
			forbidden("nor name deputies", "POST", "/api/v1/delegations", `{"deputy":"jianghai","role":"reporter","region":"440703","from":"2023-09-01","to":"2023-09-01"}`, reading),
			{name: "nor make of an account what it is not", method: "GET", path: "/api/v1/users", headers: reading, status: 403, code: "forbidden"},
			forbidden("a named scope reads nothing else", "GET", task+"/events", "", reporting),
			forbidden("nor does anything else", "POST", task+"/withdraw", "", reporting),
			{name: "it reports", method: "POST", path: task + "/report", body: reportStations, headers: reporting, status: 200, events: 1},
			{name: "write is whatever the account may do", method: "POST", path: task + "/withdraw", headers: everything, status: 200, events: 1},
			{name: "but not more", method: "POST", path: task + "/approve", headers: everything, status: 403, code: "forbidden"},
			{name: "signing out", method: "DELETE", path: "/api/v1/session", headers: reading, status: 204},
			{name: "ends it", method: "GET", path: task, headers: reading, status: 401, code: "unauthenticated"},
		})
		list := w.do("pengjiang", "GET", "/api/v1/tokens", "")
		if !strings.Contains(list.raw, `"scopes":["task.read","task.report"]`) || strings.Contains(list.raw, strings.TrimPrefix(everything[1], "Bearer ")) {
			t.Errorf("the tokens are %s", list.raw)
		}
		me := w.do("", "GET", "/api/v1/session", "", reporting...)
		if !strings.Contains(me.raw, `"permissions":["task.read"]`) {
			t.Errorf("with scopes, one may %s", me.raw)
		}
	})
}

// TestSessionsAreListedAndEnded: one's own by oneself, anybody's by a system
// administrator, and nobody else's.
func TestSessionsAreListedAndEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		open := func() string {
			set := w.do("", "POST", "/api/v1/sessions", credentials, "User-Agent", "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0").header.Get("Set-Cookie")
			cookie, _, _ := strings.Cut(set, ";")
			return cookie
		}
		first, second, third := open(), open(), open()
		alive := func(cookie string) bool {
			return w.do("", "GET", "/api/v1/session", "", "Cookie", cookie).status == 200
		}
		list := w.do("", "GET", "/api/v1/sessions", "", "Cookie", first)
		items, _ := list.at("items").([]any)
		if len(items) != 3 || strings.Count(list.raw, `"current":true`) != 1 || !strings.Contains(list.raw, `"agent":"Firefox, Windows"`) || !strings.Contains(list.raw, `"address":"127.0.0.1"`) {
			t.Fatalf("the sessions are %s", list.raw)
		}
		newest := items[0].(map[string]any)["id"].(string)
		w.play(t, []scenario{
			{name: "somebody else's", who: "jianghai", method: "DELETE", path: "/api/v1/sessions/" + newest, status: 404, code: "not_found"},
			{name: "what is not there", who: "pengjiang", method: "DELETE", path: "/api/v1/sessions/0123456789abcdef", status: 404, code: "not_found"},
			{name: "a session is no token", who: "pengjiang", method: "DELETE", path: "/api/v1/tokens/" + newest, status: 404, code: "not_found"},
			{name: "one's own", method: "DELETE", path: "/api/v1/sessions/" + newest, headers: []string{"Cookie", first}, status: 204},
		})
		if alive(third) || !alive(second) || !alive(first) {
			t.Error("ending one session ended another")
		}
		if a := w.do("", "DELETE", "/api/v1/sessions", "", "Cookie", first); a.status != 204 || alive(second) || !alive(first) {
			t.Errorf("ending the others: %d, the second %v, this one %v", a.status, alive(second), alive(first))
		}
		held := w.do("sysadmin", "GET", "/api/v1/users/pengjiang/credentials", "")
		if items, _ := held.at("items").([]any); len(items) != 2 { // the session and the token
			t.Errorf("an administrator sees %s", held.raw)
		}
		w.play(t, []scenario{
			{name: "who gives roles ends no sessions", who: "reviewer", method: "DELETE", path: "/api/v1/users/pengjiang/credentials", status: 403, code: "forbidden"},
			{name: "all of an account", who: "sysadmin", method: "DELETE", path: "/api/v1/users/{pengjiang}/credentials", status: 204},
		})
		if a := w.do("pengjiang", "GET", "/api/v1/session", ""); alive(first) || a.status != 401 {
			t.Errorf("ended all: %d", a.status)
		}
	})
}
