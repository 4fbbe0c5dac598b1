package workflow_test

import (
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

const goodPassword = "correct horse battery"

func account(login string, grants ...workflow.Grant) workflow.User {
	return workflow.User{Login: login, Name: "张三", Grants: grants}
}

// TestSessionsEnd: by idleness, by age, by sign-out; tokens by their date.
func TestSessionsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		u, err := w.CreateUser(w.ctx(), by(operator), account("zhang", workflow.Grant{Role: workflow.Reviewer}), goodPassword)
		if err != nil {
			t.Fatal(err)
		}
		signIn := func() string {
			s, err := w.SignIn(w.ctx(), workflow.Actor{Channel: "test"}, "ZHANG", goodPassword)
			if err != nil {
				t.Fatal(err)
			}
			return s.Secret
		}
		alive := func(secret string, after time.Duration) bool {
			w.now.Add(int64(after / time.Second))
			a, err := w.Authenticate(w.ctx(), secret)
			if err == nil && (a.UserID != u.ID || !a.Has(workflow.Reviewer)) {
				t.Errorf("the session is of %+v", a)
			}
			if err != nil {
				kind(t, err, workflow.Unauthenticated, "")
			}
			return err == nil
		}
		expect := func(what, secret string, after time.Duration, want bool) {
			if alive(secret, after) != want {
				t.Errorf("%s, %s later: alive %v, want %v", what, after, !want, want)
			}
		}
		idle := signIn()
		expect("used", idle, workflow.SessionIdle-time.Minute, true)
		expect("used again", idle, workflow.SessionIdle-time.Minute, true)
		expect("idle", idle, workflow.SessionIdle+time.Minute, false)
		old := signIn()
		for range 12 {
			expect("in use", old, 59*time.Minute, true)
		}
		expect("over twelve hours old", old, 13*time.Minute, false)
		ended := signIn()
		if err := w.SignOut(w.ctx(), by(workflow.Actor{UserID: u.ID}), ended); err != nil {
			t.Fatal(err)
		}
		expect("signed out", ended, 0, false)
		token, err := w.IssueToken(w.ctx(), by(workflow.Actor{UserID: u.ID}), "", "test", 24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		expect("token", token.Secret, 23*time.Hour, true)
		expect("token after its date", token.Secret, time.Hour, false)
		expect("no secret", "", 0, false)
		expect("made-up secret", "nonsense", 0, false)
		_, err = w.SignIn(w.ctx(), workflow.Actor{}, "zhang", "wrong")
		wrong := kind(t, err, workflow.Unauthenticated, "session.refused")
		_, err = w.SignIn(w.ctx(), workflow.Actor{}, "nobody", "wrong")
		if unknown := kind(t, err, workflow.Unauthenticated, "session.refused"); unknown.Text != wrong.Text {
			t.Error("wrong and unknown are told apart")
		}
	})
}

// TestRepeatedTokenRequestGivesTheSameToken, though its secret is not stored.
func TestRepeatedTokenRequestGivesTheSameToken(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	u, err := w.CreateUser(w.ctx(), by(operator), account("zhang", workflow.Grant{Role: workflow.Reviewer}), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	call := workflow.Call{Actor: workflow.Actor{UserID: u.ID}, Request: &workflow.RequestKey{Key: "k", Hash: "h"}}
	first, err := w.IssueToken(w.ctx(), call, "", "test", 0)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.IssueToken(w.ctx(), call, "", "test", 0)
	if err != nil || first.Secret != second.Secret || first.ID != second.ID {
		t.Errorf("%+v, %+v, %v", first, second, err)
	}
	_, err = w.IssueToken(w.ctx(), by(reviewer), "zhang", "test", 0)
	kind(t, err, workflow.Forbidden, "")
}

// TestAccountsKeepTheSeparationOfDuties (GB/T 22239-2019 8.1.4.2) and the rules
// of logins and passwords.
func TestAccountsKeepTheSeparationOfDuties(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	role := func(r workflow.Role) workflow.Grant { return workflow.Grant{Role: r} }
	for name, c := range map[string]struct {
		user     workflow.User
		password string
		field    string
	}{
		"auditor and reviewer":   {account("a1", role(workflow.Auditor), role(workflow.Reviewer)), goodPassword, "grants"},
		"two administrators":     {account("a2", role(workflow.SystemAdmin), role(workflow.SecurityAdmin)), goodPassword, "grants"},
		"reporter of nowhere":    {account("a3", role(workflow.Reporter)), goodPassword, "grants"},
		"reviewer of a region":   {account("a4", workflow.Grant{Role: workflow.Reviewer, Region: "440703"}), goodPassword, "grants"},
		"operator is nobody's":   {account("a5", role(workflow.Operator)), goodPassword, "grants"},
		"a role twice":           {account("a6", role(workflow.Reviewer), role(workflow.Reviewer)), goodPassword, "grants"},
		"capitals":               {account("Zhang", role(workflow.Reviewer)), goodPassword, "login"},
		"short password":         {account("a7", role(workflow.Reviewer)), "short", "password"},
		"password of a megabyte": {account("a8", role(workflow.Reviewer)), strings.Repeat("x", 1<<20), "password"},
	} {
		_, err := w.CreateUser(w.ctx(), by(operator), c.user, c.password)
		if e := kind(t, err, workflow.Invalid, ""); e.Fields[0].Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := w.CreateUser(w.ctx(), by(systemAdmin), account("b1", role(workflow.Reviewer)), goodPassword)
	kind(t, err, workflow.Forbidden, "")
	if _, err = w.CreateUser(w.ctx(), by(operator), account("b1", role(workflow.Reviewer)), goodPassword); err != nil {
		t.Fatal(err)
	}
	_, err = w.CreateUser(w.ctx(), by(operator), account("b1", role(workflow.Reviewer)), goodPassword)
	kind(t, err, workflow.Conflict, "user.login_taken")
}
