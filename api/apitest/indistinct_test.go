package apitest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"duban/api"
	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// byTask are the other ways to ask about one task: by a parameter, and by
// CAMPAIGN/CODE instead of the id. %s is the task.
var byTask = []string{"/api/v1/events?task=%s", "/api/v1/events?format=csv&task=%s", "/api/v1/tasks/%s?as_of=2023-08-31"}

// What is not yours is answered, byte for byte and header for header, like what is
// not there: for every route about a task, whatever it is asked with.
func TestNotYoursIsAnsweredLikeNotThere(t *testing.T) {
	m := newRealm(t, dbtest.SQLite(t))
	recipes, policy := m.routes(t), writtenPolicy(t)
	hidden := map[string]string{}
	for _, region := range []string{ownRegion, otherRegion, othersRegion} {
		hidden[region] = m.newTask(region, "")
		hidden[region+" cancelled"] = m.newTask(region, "cancelled")
	}
	pairs := 0
	compare := func(login, method, path, body, name string, headers ...string) {
		ask := func(id string) string {
			by := headers
			if i := slices.Index(by, "Idempotency-Key"); i >= 0 {
				by = slices.Clone(by)
				by[i+1] += fmt.Sprint(m.next())
			}
			a := m.ask(credential{header: "Authorization", secret: m.tokens[login]}, method, fmt.Sprintf(path, id), "", body, by...)
			if a.status < http.StatusBadRequest {
				t.Errorf("%s %s as %s: %d", method, path, login, a.status)
			}
			return said(a)
		}
		for where, id := range hidden {
			if login == "pengjiang" && strings.HasPrefix(where, ownRegion) {
				continue
			}
			pairs++
			if notYours, notThere := ask(id), ask(noTask); notYours != notThere {
				t.Errorf("%s %s as %s about a task of %s, %s: told apart:\n%s\n%s", method, path, login, where, name, notYours, notThere)
			}
		}
	}
	for _, a := range api.AccessTable(m.service) {
		if a.Of != "task" {
			continue
		}
		path := strings.NewReplacer("{id}", "%s", "{number}", "1", "{sha}", evidenceDigest).Replace(a.Path)
		if strings.Contains(path, "{") {
			t.Fatalf("no way to ask for %s", path)
		}
		for _, g := range roles {
			if policy[g.Role][workflow.MayReadTasks] == "all" {
				continue
			}
			login := holder[g.Role]
			bodies := map[string]string{"without a body": ""}
			if a.Method != http.MethodGet {
				bodies = map[string]string{"with what it takes": recipes[a.Method+" "+a.Path].body, "with an empty body": "{}", "with a field too many": `{"none":1}`, "with no JSON": "{"}
			}
			for name, body := range bodies {
				compare(login, a.Method, path, body, name)
				if a.Changes {
					compare(login, a.Method, path, body, name+", If-Match", "If-Match", `"1"`)
					compare(login, a.Method, path, body, name+", a stale If-Match", "If-Match", `"9"`)
					compare(login, a.Method, path, body, name+", Idempotency-Key", "Idempotency-Key", "key")
					compare(login, a.Method, path, body, name+", both", "If-Match", `*`, "Idempotency-Key", "both")
				}
			}
		}
	}
	for _, path := range byTask {
		compare("pengjiang", http.MethodGet, path, "", "as a parameter")
	}
	tell(t, "not yours and not there: %d pairs of answers, byte for byte", pairs)
}

// said is all of an answer but the time and the number of the request.
func said(a answer) string {
	h := a.header.Clone()
	h.Del("Date")
	h.Del("X-Request-Id")
	var head strings.Builder
	_ = h.Write(&head) // a Builder takes everything
	return fmt.Sprintln(a.status) + head.String() + strings.ReplaceAll(a.raw, a.header.Get("X-Request-Id"), "")
}

// Nor is it told apart by its code, which anybody can guess.
func TestACodeOfATaskThatIsNotYoursIsLikeOneThatIsNotThere(t *testing.T) {
	m := newRealm(t, dbtest.SQLite(t))
	for _, path := range []string{"/api/v1/tasks/%s/timeline", "/api/v1/tasks/%s/proof", "/api/v1/events?task=%s"} {
		for _, login := range []string{"pengjiang", "sysadmin"} {
			ask := func(name string) string {
				return said(m.ask(credential{header: "Authorization", secret: m.tokens[login]}, http.MethodGet, fmt.Sprintf(path, name), "", ""))
			}
			if notYours, notThere := ask("jm-2023%2F440704-01"), ask("jm-2023%2F440704-99"); notYours != notThere {
				t.Errorf("%s as %s:\n%s\n%s", path, login, notYours, notThere)
			}
		}
	}
}
