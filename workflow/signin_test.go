package workflow_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"duban/configs"
	"duban/rbac"
	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
)

const (
	otherPassword = "seven green kettles"
	address       = "203.0.113.7"
)

// door is a world in which people sign in.
type door struct {
	*world
	user workflow.User
}

// newDoor has a reviewer "zhang" and signs in by the given rules.
func newDoor(t *testing.T, store workflow.Store, change ...func(*workflow.SignInRules)) *door {
	t.Helper()
	d := &door{world: newWorld(t, store)}
	rules := workflow.RulesOf(workflow.NIST)
	for _, f := range change {
		f(&rules)
	}
	d.WithSignInRules(rules)
	d.user = d.account("zhang", workflow.Reviewer)
	return d
}

func (d *door) account(login string, role workflow.Role) workflow.User {
	d.t.Helper()
	u, err := d.CreateUser(d.ctx(), by(operator), account(login, workflow.Grant{Role: role}), goodPassword)
	if err != nil {
		d.t.Fatal(err)
	}
	return u
}

func (d *door) try(login, password string) (workflow.Issued, error) {
	return d.SignIn(d.ctx(), workflow.Actor{Channel: "test", Address: address}, login, password)
}

// in signs in and returns the session's actor.
func (d *door) in(login, password string, needs workflow.Need) workflow.Call {
	d.t.Helper()
	s, err := d.try(login, password)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.holding(s, needs)
}

// holding returns the call of whoever holds what was issued, which needs something.
func (d *door) holding(s workflow.Issued, needs workflow.Need) workflow.Call {
	d.t.Helper()
	a, err := d.Authenticate(d.ctx(), s.Secret)
	if err != nil {
		d.t.Fatal(err)
	}
	if s.Needs != needs || a.Credential.Needs != needs || (needs == "") != (len(a.Grants) > 0) {
		d.t.Fatalf("the session needs %q (%q) and has the grants %v, want %q", s.Needs, a.Credential.Needs, a.Grants, needs)
	}
	a.Channel, a.Address = "test", address
	return by(a)
}

func (d *door) ended(call workflow.Call) {
	d.t.Helper()
	if err := d.store.View(d.ctx(), func(r workflow.Reader) error {
		_, err := r.Credential(call.Actor.Credential.Hash)
		return err
	}); err != workflow.ErrNoRow {
		d.t.Errorf("the session is still there: %v", err)
	}
}

// refusals counts the refused events by code.
func (d *door) refusals(name string) map[string]int {
	d.t.Helper()
	found, err := d.events(name)
	if err != nil {
		d.t.Fatal(err)
	}
	out := map[string]int{}
	for _, e := range found {
		if e.Outcome == audit.Refused {
			code, _, _ := strings.Cut(strings.SplitAfter(string(e.After), `"code":"`)[1], `"`)
			out[code]++
		}
	}
	return out
}

func (d *door) events(name string) ([]audit.Event, error) {
	var out []audit.Event
	err := d.store.View(d.ctx(), func(r workflow.Reader) error {
		found, err := r.SearchEvents(workflow.EventSearch{Scope: workflow.Scope{All: true}, Names: []string{name}, Limit: 1000})
		out = found.Events
		return err
	})
	return out, err
}

// TestOfManyTriesAtOnceNoMoreAreChecked than the rules allow, though two instances
// share the database; and then the right password waits as well, over a restart.
func TestOfManyTriesAtOnceNoMoreAreChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		d := newDoor(t, store)
		second := instance(t, d)
		var wait sync.WaitGroup
		errs := make([]error, 50)
		for i := range errs {
			s := d.Service
			if i%2 == 1 {
				s = second
			}
			wait.Go(func() {
				_, errs[i] = s.SignIn(d.ctx(), workflow.Actor{Channel: "test", Address: address}, "zhang", "wrong")
			})
		}
		wait.Wait()
		for _, err := range errs {
			kind(t, err, workflow.Unauthenticated, "session.refused")
		}
		if got := d.refusals("session.start"); got["session.refused"] != 5 || got["session.locked"] != 45 {
			t.Errorf("refusals are %v, want 5 that were checked and 45 that were not", got)
		}
		_, err := d.try("zhang", goodPassword)
		kind(t, err, workflow.Unauthenticated, "session.refused")
		_, err = instance(t, d).SignIn(d.ctx(), workflow.Actor{Address: "198.51.100.1"}, "zhang", goodPassword)
		kind(t, err, workflow.Unauthenticated, "session.refused")
		d.now.Add(15 * 60)
		d.in("zhang", goodPassword, "")
	})
}

// instance is another server on the same database.
func instance(t *testing.T, d *door) *workflow.Service {
	t.Helper()
	def, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rbac.New(def)
	if err != nil {
		t.Fatal(err)
	}
	return workflow.NewService(d.store, policy, def, func() time.Time { return time.Unix(d.now.Add(1), 0) }, []byte("test"))
}

// TestWhoSignsInIsForgivenEarlierFailures, and a login that nobody has waits as long.
func TestWhoSignsInIsForgivenEarlierFailures(t *testing.T) {
	d := newDoor(t, dbtest.SQLite(t))
	wrong := func(login string, n int) {
		for range n {
			_, err := d.try(login, "wrong")
			kind(t, err, workflow.Unauthenticated, "session.refused")
		}
	}
	for range 3 {
		wrong("zhang", 4)
		d.in("zhang", goodPassword, "")
	}
	wrong("zhang", 4)
	d.now.Add(15 * 60)
	wrong("zhang", 4)
	d.in("ZHANG", goodPassword, "")
	before := d.refusals("session.start")
	wrong("nobody", 7)
	after := d.refusals("session.start")
	if n, m := after["session.refused"]-before["session.refused"], after["session.locked"]-before["session.locked"]; n != 5 || m != 2 {
		t.Errorf("an unknown login was refused %d times and waited %d times, want 5 and 2", n, m)
	}
}

// TestAnAddressThatFailsTooOftenWaits whatever the accounts, others do not, and a
// flood does not fill the log.
func TestAnAddressThatFailsTooOftenWaits(t *testing.T) {
	d := newDoor(t, dbtest.SQLite(t), func(r *workflow.SignInRules) { r.AddressTries = 6 })
	d.in("zhang", goodPassword, "") // counts for nothing
	for i := range 6 {
		_, err := d.try("nobody"+string(rune('a'+i)), "wrong")
		kind(t, err, workflow.Unauthenticated, "session.refused")
	}
	for range 3 {
		_, err := d.try("zhang", goodPassword)
		kind(t, err, workflow.TooMany, "session.too_many")
	}
	if got := d.refusals("session.start"); got["session.too_many"] != 1 {
		t.Errorf("refusals are %v, want one session.too_many", got)
	}
	if _, err := d.SignIn(d.ctx(), workflow.Actor{Address: "198.51.100.1"}, "zhang", goodPassword); err != nil {
		t.Errorf("from another address: %v", err)
	}
	for i := range 7 {
		_, err := d.SignIn(d.ctx(), workflow.Actor{Address: "2001:db8:0:1::" + string(rune('a'+i%6))}, "nobody"+string(rune('k'+i)), "wrong")
		if want := map[bool]workflow.Kind{true: workflow.Unauthenticated, false: workflow.TooMany}[i < 6]; workflow.KindOf(err) != want {
			t.Errorf("address %d of one network: %v, want %s", i, err, want)
		}
	}
	if _, err := d.SignIn(d.ctx(), workflow.Actor{Address: "2001:db8:0:2::a"}, "zhang", goodPassword); err != nil {
		t.Errorf("from another network: %v", err)
	}
	d.now.Add(15 * 60)
	d.in("zhang", goodPassword, "")
}
