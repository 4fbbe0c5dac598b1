package workflow_test

import (
	"sync"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// TestTheFirstAccountsAreMadeOnce, also by two who set up at the same time.
func TestTheFirstAccountsAreMadeOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		first := func(suffix string) []workflow.User {
			return []workflow.User{
				account("sys"+suffix, workflow.Grant{Role: workflow.SystemAdmin}), account("sec"+suffix, workflow.Grant{Role: workflow.SecurityAdmin}),
			}
		}
		_, err := w.SetUp(w.ctx(), by(operator), first("x")[:1])
		kind(t, err, workflow.Invalid, "invalid")
		_, err = w.SetUp(w.ctx(), by(systemAdmin), first("x"))
		kind(t, err, workflow.Forbidden, "forbidden")
		var wait sync.WaitGroup
		made, errs := make([][]workflow.OneTime, 2), make([]error, 2)
		for i := range made {
			wait.Go(func() { made[i], errs[i] = w.SetUp(w.ctx(), by(operator), first(string(rune('a'+i)))) })
		}
		wait.Wait()
		all := append(made[0], made[1]...)
		if len(all) != 2 {
			t.Fatalf("%d accounts were made, want 2", len(all))
		}
		for _, err := range errs {
			if err != nil {
				kind(t, err, workflow.Conflict, "setup.done")
			}
		}
		for _, o := range all {
			s, err := w.SignIn(w.ctx(), workflow.Actor{}, o.Login, o.Password)
			if err != nil || s.Needs != workflow.NeedsPassword {
				t.Errorf("%s: needs %q, %v", o.Login, s.Needs, err)
			}
		}
	})
}
