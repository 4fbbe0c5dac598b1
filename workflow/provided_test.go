package workflow_test

import (
	"slices"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

const provider = "https://login.example.gov.cn"

func vouched(subject, login string, grants ...workflow.Grant) workflow.Identity {
	return workflow.Identity{Issuer: provider, Subject: subject, Login: login, Name: "某" + login, Grants: grants, MayCreate: true}
}

// TestAProviderGivesExactlyTheRolesOfItsRules: an account is made at the first sign-in,
// and has at each sign-in the roles that the rules give then; each change is an event,
// and who is left without a role is out everywhere.
func TestAProviderGivesExactlyTheRolesOfItsRules(t *testing.T) {
	for name, store := range map[string]workflow.Store{"sqlite": dbtest.SQLite(t), "mariadb": dbtest.MariaDB(t)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, store)
			from := workflow.Actor{Channel: "test", Address: "192.0.2.1"}
			inRegion, reviews := workflow.Grant{Role: workflow.Reporter, Region: "440703"}, workflow.Grant{Role: workflow.Reviewer}
			var secrets []string
			id := ""
			for _, grants := range [][]workflow.Grant{{inRegion}, {inRegion}, {reviews, inRegion}, {inRegion, reviews}, {reviews}} {
				issued, err := w.SignInBy(w.ctx(), from, vouched("1", "Hong.Mei", grants...))
				if err != nil {
					t.Fatal(err)
				}
				who, err := w.Authenticate(w.ctx(), issued.Secret)
				if err != nil || who.Login != "hong.mei" || len(who.Grants) != len(grants) {
					t.Fatalf("signed in as %+v, %v; want %v", who, err, grants)
				}
				secrets, id = append(secrets, issued.Secret), who.UserID
			}
			if _, err := w.SignInBy(w.ctx(), from, vouched("1", "hong.mei")); workflow.KindOf(err) != workflow.Forbidden || workflow.AsError(err).Code != "sso.no_rule" {
				t.Errorf("without a rule: %v", err)
			}
			for _, secret := range secrets {
				if who, err := w.Authenticate(w.ctx(), secret); err == nil {
					t.Errorf("without a rule a session still lets in %+v", who)
				}
			}
			var names []string
			if err := store.View(w.ctx(), func(r workflow.Reader) error {
				events, err := r.Events(workflow.EventFilter{Subject: workflow.SubjectUser, SubjectID: id})
				for _, e := range events {
					names = append(names, e.Name)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if want := []string{"user.create", "user.claims", "user.claims", "user.claims"}; !slices.Equal(names, want) {
				t.Errorf("events %v, want %v", names, want)
			}
		})
	}
}

// TestWhoAProviderMayNotLetIn: nobody gets in, and no account is made or changed, when
// the rules of the product forbid it.
func TestWhoAProviderMayNotLetIn(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	reviews, audits := workflow.Grant{Role: workflow.Reviewer}, workflow.Grant{Role: workflow.Auditor}
	for _, login := range []string{"local", "linked"} {
		if _, err := w.CreateUser(w.ctx(), by(operator), account(login, reviews), goodPassword); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.LinkUser(w.ctx(), by(operator), "linked", provider, "linked"); err != nil {
		t.Fatal(err)
	}
	closed := vouched("new", "new", reviews)
	closed.MayCreate = false
	elsewhere := vouched("linked", "linked", reviews)
	elsewhere.Issuer += "/other"
	for name, c := range map[string]struct {
		id   workflow.Identity
		code string
	}{
		"no rule":                       {vouched("new", "new"), "sso.no_rule"},
		"accounts must be there before": {closed, "sso.no_account"},
		"the login of somebody else":    {vouched("new", "local", reviews), "sso.login_taken"},
		"the same subject elsewhere":    {elsewhere, "sso.login_taken"},
		"roles that exclude each other": {vouched("new", "new", reviews, audits), "sso.unfit"},
		"the same, of an account":       {vouched("linked", "linked", reviews, audits), "sso.unfit"},
		"a region that is none":         {vouched("new", "new", workflow.Grant{Role: workflow.Reporter, Region: "everywhere"}), "sso.unfit"},
		"a region that is not there":    {vouched("new", "new", workflow.Grant{Role: workflow.Reporter, Region: "440799"}), "sso.unfit"},
		"a login that is none":          {vouched("new", "红梅", reviews), "sso.unfit"},
		"nobody":                        {vouched("", "new", reviews), "sso.identity"},
	} {
		t.Run(name, func(t *testing.T) {
			before, err := w.Users(w.ctx(), systemAdmin)
			if err != nil {
				t.Fatal(err)
			}
			if out, err := w.SignInBy(w.ctx(), workflow.Actor{Channel: "test"}, c.id); err == nil || workflow.AsError(err).Code != c.code {
				t.Errorf("%+v, %v; want %s", out, err, c.code)
			}
			after, err := w.Users(w.ctx(), systemAdmin)
			if err != nil || !slices.EqualFunc(before, after, func(a, b workflow.User) bool { return a.ID == b.ID && a.Version == b.Version }) {
				t.Errorf("accounts were %+v and are %+v, %v", before, after, err)
			}
		})
	}
	if _, err := w.SignInBy(w.ctx(), workflow.Actor{Channel: "test"}, vouched("linked", "whatever", reviews)); err != nil {
		t.Errorf("the linked person: %v", err)
	}
	if _, err := w.LinkUser(w.ctx(), by(operator), "local", provider, "linked"); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("a person linked twice: %v", err)
	}
	for _, who := range []workflow.Actor{reporter, auditor, systemAdmin, securityAdmin} {
		if _, err := w.LinkUser(w.ctx(), by(who), "local", provider, "mine"); workflow.KindOf(err) != workflow.Forbidden {
			t.Errorf("%s links: %v", who.UserID, err)
		}
	}
}
