package apitest

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"duban/api"
	"duban/workflow"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// Every route, for every role and for nobody, with every kind of credential, about
// every kind of object, answers what the policy as written and the route's
// declaration say. Nothing is changed by what is refused or only looked at, and
// each refusal of somebody known is an event.
func TestEveryRouteAnswersAsThePolicySays(t *testing.T) {
	eachMatrix(t, func(t *testing.T, database string, m *matrix) {
		recipes := m.routes(t)
		table := api.AccessTable(m.service)
		for _, a := range table {
			m.route(a, recipes[a.Method+" "+a.Path])
		}
		cells, right := m.cells.Load(), m.right.Load()
		tell(t, "access matrix on %s: %d cells of %d routes and %d roles, %d as the policy says", database, cells, len(table), len(roles), right)
		if right != cells || cells < 5_000 {
			t.Errorf("%d of %d cells are right", right, cells)
		}
	})
}

// eachMatrix runs a test on a matrix of its own on each database.
func eachMatrix(t *testing.T, run func(t *testing.T, database string, m *matrix)) {
	dbtest.EachConfig(t, func(t *testing.T, database string, cfg gormstore.Config) {
		t.Parallel() // each waits for its own disk
		store, err := gormstore.Open(t.Context(), cfg)
		must(t, err)
		t.Cleanup(func() { must(t, store.Close()) })
		m := newMatrix(t, newRealm(t, store), newLedger(t, cfg))
		m.strangers = database == "sqlite"
		run(t, database, m)
	})
}

// tell tells a figure, also to `make test`, which gathers them.
func tell(t *testing.T, format string, args ...any) {
	t.Helper()
	line := fmt.Sprintf(format, args...)
	t.Log(line)
	path := os.Getenv("DUBAN_FIGURES")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(t, err)
	_, err = fmt.Fprintln(f, line)
	must(t, err)
	must(t, f.Close())
}

type matrix struct {
	*realm
	t      *testing.T
	policy written
	ledger *ledger
	tasks  map[string]string // the standing ones, by region and state, and the retired region
	good   map[workflow.Role][]credential
	// sessions that need something before they are of use
	limited map[workflow.Role]map[workflow.Need]credential
	bounded map[workflow.Role][]credential // tokens, named in scopes
	// strangers: bad credentials are tried on every object of a route, and not on one
	// alone. One database is enough for that: they are refused before it is asked for any.
	strangers bool
	cells     atomic.Int64
	right     atomic.Int64
}

func newMatrix(t *testing.T, r *realm, l *ledger) *matrix {
	m := &matrix{realm: r, t: t, policy: writtenPolicy(t), ledger: l, tasks: map[string]string{}, good: map[workflow.Role][]credential{}, limited: map[workflow.Role]map[workflow.Need]credential{}, bounded: map[workflow.Role][]credential{}}
	for _, g := range roles {
		login := holder[g.Role]
		m.good[g.Role] = []credential{{"good session", "Cookie", r.session(login)}, {"good token", "Authorization", r.tokens[login]}}
	}
	for _, g := range roles {
		m.limited[g.Role] = r.limit(g)
		m.bounded[g.Role] = r.scoped(g)
	}
	r.signing()
	for _, region := range []string{ownRegion, otherRegion, othersRegion} {
		m.standing(region, "")
		m.standing(region, "cancelled")
	}
	r.sequence() // so that there is something to prove
	return m
}

// cell is one request: who asks how, about what, and what the answer must be.
type cell struct {
	role   workflow.Grant
	by     credential
	about  object
	answer string
}

// route asks all cells of a route, those that are refused first.
func (m *matrix) route(a api.Access, r recipe) {
	var refused, let []cell
	sort := func(c cell) {
		if c.answer == allowed && c.about.absent != "" {
			c.answer = c.about.absent
		}
		if c.answer == allowed && r.answer != "" {
			c.answer = r.answer
		}
		if c.answer == allowed && c.about.ended != "" && a.Changes {
			c.answer = c.about.ended
		}
		if c.answer == allowed {
			let = append(let, c)
		} else {
			refused = append(refused, c)
		}
	}
	shut := unauthenticated
	if a.Audience == api.Public {
		shut = allowed
	}
	for i, o := range m.objects(a, r) {
		bad := m.bad
		if i > 0 && !m.strangers {
			bad = nil
		}
		for _, c := range []credential{{name: "signed out"}, {"another scheme", "Authorization", "Basic cGVuZ2ppYW5nOng="}} {
			sort(cell{by: c, about: o, answer: shut})
		}
		for _, g := range roles {
			for _, c := range bad[g.Role] {
				sort(cell{role: g, by: c, about: o, answer: shut})
			}
			for _, c := range m.good[g.Role] {
				answer := m.policy.answers(m.t, a, g, o)
				if a.Session && c.header == "Authorization" {
					answer = "403 session.only"
				}
				sort(cell{role: g, by: c, about: o, answer: answer})
			}
			for _, c := range m.bounded[g.Role] {
				sort(cell{role: g, by: c, about: o, answer: m.policy.scopedAnswer(m.t, a, g, o, scopes[c.name])})
			}
			for need, c := range m.limited[g.Role] {
				switch {
				case a.Audience == api.Public:
					sort(cell{role: g, by: c, about: o, answer: shut})
				case !slices.Contains(a.During, need):
					sort(cell{role: g, by: c, about: o, answer: "403 session.needs_" + string(need)})
				}
			}
		}
	}
	before, told := m.ledger.state(), 0
	for i, got := range m.putAll(a, r, refused, atOnce) {
		if about := refused[i].about; strings.HasPrefix(got, "403 ") || strings.HasPrefix(got, "409 ") || got == missing && about.exists && about.absent == "" {
			told++
		}
	}
	after := m.ledger.state()
	if changed := after.changed(before); len(changed) > 0 || after.accepted != before.accepted {
		m.t.Errorf("%s %s: what was refused changed %v, and made %d events", a.Method, a.Path, changed, after.accepted-before.accepted)
	}
	if after.refused-before.refused != told {
		m.t.Errorf("%s %s: %d refusals made %d events", a.Method, a.Path, told, after.refused-before.refused)
	}
	workers := atOnce
	if a.Changes {
		workers = 1 // each is asked about what the ones before have left
	}
	m.putAll(a, r, let, workers)
	if changed := m.ledger.state().changed(after); !a.Changes && len(changed) > 0 {
		m.t.Errorf("%s %s says that it changes nothing, and changed %v", a.Method, a.Path, changed)
	}
}

// request is what one cell asks, and what about.
func (m *matrix) request(a api.Access, r recipe, c cell) (*http.Request, object) {
	o := c.about
	if c.answer == allowed {
		o = m.fresh(a, r, o)
		if r.spends && c.by.header == "Cookie" {
			c.by.secret = m.session(holder[c.role.Role])
		} else if r.spends {
			c.by.secret = m.token(holder[c.role.Role], 0, scopes[c.by.name]...)
		}
	}
	body := strings.NewReplacer("{n}", fmt.Sprintf("%04d", m.next()), "{region}", o.region, "{task}", m.tasks[o.region+" "]).Replace(r.body)
	var headers []string
	if r.kind != "" {
		headers = append(headers, "Content-Type", r.kind)
	}
	if r.match {
		version := m.do("auditor", http.MethodGet, "/api/v1/tasks/"+o.params["id"], "").header.Get("ETag")
		headers = append(headers, "If-Match", cmp.Or(version, `"1"`))
	}
	if r.file != nil {
		body, headers = r.file(m.realm, o), []string{"Content-Type", "application/octet-stream"}
	}
	return m.asked(c.by, a.Method, o.fill(m.t, a.Path), r.query, body, headers...), o
}

// atOnce is how many ask at once where nothing changes: one by one they would wait
// for the disk most of the time.
const atOnce = 6

// putAll asks cells, several at once, and returns the answers.
func (m *matrix) putAll(a api.Access, r recipe, cells []cell, workers int) []string {
	said, next := make([]string, len(cells)), atomic.Int64{}
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(cells)); i = next.Add(1) - 1 {
				said[i] = m.put(a, r, cells[i])
			}
		})
	}
	wait.Wait()
	return said
}

// put asks one cell and returns the answer.
func (m *matrix) put(a api.Access, r recipe, c cell) string {
	req, o := m.request(a, r, c)
	got := m.send(req)
	said := allowed
	if got.status >= http.StatusBadRequest {
		said = fmt.Sprintf("%d %v", got.status, got.at("code"))
	} else if got.status >= http.StatusMultipleChoices {
		said = fmt.Sprint(got.status)
	}
	m.cells.Add(1)
	if said == c.answer {
		m.right.Add(1)
	} else {
		m.t.Errorf("%s %s as %s with %s about %s (%s): %s, and the policy says %s: %s", a.Method, a.Path, c.role.Role, c.by.name, o.name, o.region, said, c.answer, got.raw)
	}
	return said
}
