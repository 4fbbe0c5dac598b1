package workflow_test

import (
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
)

// TestOfAPasswordAndItsReset: changed by its owner, reset by an administrator, changed
// at first use; each ends what was open.
func TestOfAPasswordAndItsReset(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		d := newDoor(t, store)
		admin := d.account("admin", workflow.SystemAdmin)
		first, second := d.in("zhang", goodPassword, ""), d.in("zhang", goodPassword, "")
		_, err := d.ChangePassword(d.ctx(), first, "wrong", otherPassword, false)
		kind(t, err, workflow.Forbidden, "proof.refused")
		_, err = d.ChangePassword(d.ctx(), first, goodPassword, goodPassword, false)
		kind(t, err, workflow.Invalid, "invalid")
		_, err = d.ChangePassword(d.ctx(), by(reviewer), goodPassword, otherPassword, false)
		kind(t, err, workflow.Forbidden, "session.unfit")
		token, err := d.IssueToken(d.ctx(), first, "", "kept", 0)
		if err != nil {
			t.Fatal(err)
		}
		next, err := d.ChangePassword(d.ctx(), first, goodPassword, otherPassword, true)
		if err != nil {
			t.Fatal(err)
		}
		d.ended(first)
		d.ended(second)
		d.holding(token, "")
		third := d.holding(next, "")
		if !next.ExpiresAt.Equal(first.Actor.Credential.ExpiresAt) {
			t.Errorf("the next session ends at %s, the one before it at %s", next.ExpiresAt, first.Actor.Credential.ExpiresAt)
		}
		_, err = d.try("zhang", goodPassword)
		kind(t, err, workflow.Unauthenticated, "session.refused")

		by := d.in("admin", goodPassword, "")
		_, err = d.ResetPassword(d.ctx(), by, "zhang", "wrong", "")
		kind(t, err, workflow.Forbidden, "proof.refused")
		_, err = d.ResetPassword(d.ctx(), third, "admin", otherPassword, "")
		kind(t, err, workflow.Forbidden, "forbidden")
		_, err = d.ResetPassword(d.ctx(), by, "nobody", goodPassword, "")
		kind(t, err, workflow.NotFound, "not_found")
		for range 5 {
			_, err = d.try("zhang", "wrong") // a reset ends the waiting too
			kind(t, err, workflow.Unauthenticated, "session.refused")
		}
		once, err := d.ResetPassword(d.ctx(), by, "zhang", goodPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		d.ended(third)
		if _, err := d.Authenticate(d.ctx(), token.Secret); err == nil {
			t.Error("the token outlives the reset")
		}
		must := d.in("zhang", once.Password, workflow.NeedsPassword)
		if done, err := d.ChangePassword(d.ctx(), must, once.Password, goodPassword, false); err != nil {
			t.Fatal(err)
		} else {
			d.holding(done, "")
		}
		d.ended(must)
		once, err = d.ResetPassword(d.ctx(), by, "zhang", goodPassword, "")
		if err != nil {
			t.Fatal(err)
		}
		d.now.Add(3 * 24 * 3600)
		_, err = d.try("zhang", once.Password)
		kind(t, err, workflow.Unauthenticated, "session.refused")

		for name, want := range map[string]string{"user.password": d.user.ID, "user.password_reset": admin.ID} {
			found, err := d.events(name)
			if err != nil || len(found) == 0 || found[0].ActorID != want && found[0].Outcome == audit.Accepted {
				t.Errorf("events of %s: %d, %v", name, len(found), err)
			}
			for _, e := range found {
				for _, secret := range []string{goodPassword, otherPassword, once.Password, "argon2id"} {
					if strings.Contains(string(e.Canonical()), secret) {
						t.Errorf("%s has a secret: %s", name, e.Canonical())
					}
				}
			}
		}
	})
}

// TestDengbaoPasswordsAgeAndDoNotComeBack: GB/T 22239-2019, 8.1.4.1.
func TestDengbaoPasswordsAgeAndDoNotComeBack(t *testing.T) {
	d := newDoor(t, dbtest.SQLite(t))
	d.WithSignInRules(workflow.RulesOf(workflow.Dengbao3))
	d.now.Add(89 * 24 * 3600)
	d.in("zhang", goodPassword, "")
	d.now.Add(24 * 3600)
	call := d.in("zhang", goodPassword, workflow.NeedsPassword)
	last := goodPassword
	change := func(to string) error {
		out, err := d.ChangePassword(d.ctx(), call, last, to, false)
		if err == nil {
			call, last = d.holding(out, ""), to
		}
		return err
	}
	kind(t, change("all small letters here"), workflow.Invalid, "invalid")
	for _, next := range []string{"Kettle one green!", "Kettle two green!", "Kettle three green!", "Kettle four green!", "Kettle five green!"} {
		if err := change(next); err != nil {
			t.Fatal(err)
		}
	}
	kind(t, change("Kettle one green!"), workflow.Invalid, "invalid")
	if err := change("Kettle six green!"); err != nil {
		t.Fatal(err)
	}
	if err := change("Kettle one green!"); err != nil {
		t.Errorf("the sixth before the present one: %v", err)
	}
	if _, err := d.try("zhang", last); err != nil {
		t.Errorf("what was found wrong with a new password counted as a failure: %v", err)
	}
}

// TestSessionsEndByTheRules in force when they are used, not when they were opened.
func TestSessionsEndByTheRules(t *testing.T) {
	d := newDoor(t, dbtest.SQLite(t))
	in, err := d.try("zhang", goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	alive := func(after int64) bool {
		d.now.Add(after * 60)
		_, err := d.Authenticate(d.ctx(), in.Secret)
		return err == nil
	}
	if !alive(45) {
		t.Error("45 idle minutes end a session of the profile nist")
	}
	rules := workflow.RulesOf(workflow.Dengbao3)
	d.WithSignInRules(rules)
	if !alive(29) || alive(31) {
		t.Error("of the profile dengbao3 not 30 idle minutes end a session")
	}
	rules.SessionIdle, rules.SessionLifetime = 2*time.Hour, 90*time.Minute
	d.WithSignInRules(rules)
	if alive(0) {
		t.Error("a session outlives the longest life that is set now")
	}
}
