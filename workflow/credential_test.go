package workflow_test

import (
	"encoding/json"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// TestNoSecretIsStored: who reads the database cannot sign in with what is there,
// and what happens to accounts is in the audit log, without secrets.
func TestNoSecretIsStored(t *testing.T) {
	store := dbtest.SQLite(t)
	w := newWorld(t, store)
	u, err := w.CreateUser(w.ctx(), by(operator), account("zhang", workflow.Grant{Role: workflow.Reviewer}), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	self := workflow.Actor{UserID: u.ID, Channel: "test"}
	session, err := w.SignIn(w.ctx(), workflow.Actor{Channel: "test"}, "zhang", goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	call := workflow.Call{Actor: self, Request: &workflow.RequestKey{Key: "k", Hash: "h"}}
	token, err := w.IssueToken(w.ctx(), call, "", "test", 0)
	if err != nil {
		t.Fatal(err)
	}
	var stored []any
	logged := map[string]int{}
	if err := store.View(w.ctx(), func(r workflow.Reader) error {
		user, err := r.UserByID(u.ID)
		if err != nil {
			return err
		}
		credentials, err := r.Credentials(u.ID)
		if err != nil {
			return err
		}
		replay, err := r.Replay(u.ID, "k")
		if err != nil {
			return err
		}
		stored = append(stored, user.PasswordHash, credentials, string(replay.Answer))
		for _, subject := range []workflow.EventFilter{{Subject: workflow.SubjectUser, SubjectID: u.ID}, {Subject: "credential", SubjectID: session.ID}, {Subject: "credential", SubjectID: token.ID}} {
			events, err := r.Events(subject)
			if err != nil {
				return err
			}
			for _, e := range events {
				logged[e.Name]++
				stored = append(stored, string(e.Canonical()))
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range map[string]string{"password": goodPassword, "session": session.Secret, "token": token.Secret} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the %s is stored: %s", what, text)
		}
	}
	if logged["user.create"] != 1 || logged["credential.issue"] != 2 {
		t.Errorf("the audit log has %v", logged)
	}
}

// TestADisabledAccountIsOut: it opens no session, and those that it has end.
func TestADisabledAccountIsOut(t *testing.T) {
	store := dbtest.SQLite(t)
	w := newWorld(t, store)
	u, err := w.CreateUser(w.ctx(), by(operator), account("zhang", workflow.Grant{Role: workflow.Reviewer}), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	session, err := w.SignIn(w.ctx(), workflow.Actor{Channel: "test"}, "zhang", goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Update(w.ctx(), func(tx workflow.Tx) error {
		user, err := tx.UserByID(u.ID)
		if err != nil {
			return err
		}
		user.Disabled = true
		user.Version++
		return tx.SaveUser(user, user.Version-1)
	}); err != nil {
		t.Fatal(err)
	}
	_, err = w.Authenticate(w.ctx(), session.Secret)
	kind(t, err, workflow.Unauthenticated, "unauthenticated")
	_, err = w.OpenSession(w.ctx(), workflow.Actor{Channel: "test"}, u.ID, workflow.ByProvider)
	kind(t, err, workflow.Unauthenticated, "session.refused")
	_, err = w.SignIn(w.ctx(), workflow.Actor{Channel: "test"}, "zhang", goodPassword)
	kind(t, err, workflow.Unauthenticated, "session.refused")
	_, err = w.OpenSession(w.ctx(), workflow.Actor{Channel: "test"}, u.ID, workflow.ByProvider)
	kind(t, err, workflow.Unauthenticated, "session.refused")
}
