package workflow_test

import (
	"encoding/base32"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// code is what an authenticator shows at the world's time.
func (d *door) code(e workflow.Enrolment) string {
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(e.Secret)
	if err != nil || len(secret) != 20 {
		d.t.Fatalf("the secret is %q: %v", e.Secret, err)
	}
	return workflow.HOTP(secret, uint64(d.now.Load()/30), 6)
}

// TestSigningInWithASecondFactor: set up because the role needs one, asked for from
// then on, no code twice, recovery codes once, removed by the security administrator.
func TestSigningInWithASecondFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		d := newDoor(t, store, func(r *workflow.SignInRules) { r.TOTPRequired = []workflow.Role{workflow.Reviewer} })
		d.account("security", workflow.SecurityAdmin)
		d.account("system", workflow.SystemAdmin)
		enrol := d.in("zhang", goodPassword, workflow.NeedsEnrol)
		shown, err := d.BeginTOTP(d.ctx(), enrol, "")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(shown.URI, "otpauth://totp/Duban:zhang?") || !strings.Contains(shown.URI, "secret="+shown.Secret) {
			t.Errorf("the URI is %s", shown.URI)
		}
		_, _, err = d.ConfirmTOTP(d.ctx(), enrol, "000000")
		kind(t, err, workflow.Forbidden, "totp.refused")
		used := d.code(shown)
		full, recovery, err := d.ConfirmTOTP(d.ctx(), enrol, used)
		if err != nil {
			t.Fatal(err)
		}
		d.ended(enrol)
		kept := d.holding(full, "")
		_, err = d.BeginTOTP(d.ctx(), kept, goodPassword)
		kind(t, err, workflow.Conflict, "totp.enrolled")
		kind(t, d.RemoveTOTP(d.ctx(), kept, "", goodPassword), workflow.Forbidden, "totp.required")

		pending := d.in("zhang", goodPassword, workflow.NeedsTOTP)
		_, err = d.CompleteTOTP(d.ctx(), pending, used)
		kind(t, err, workflow.Forbidden, "totp.refused")
		_, err = d.ChangePassword(d.ctx(), pending, goodPassword, otherPassword, false)
		kind(t, err, workflow.Forbidden, "session.unfit")
		d.now.Add(60)
		done, err := d.CompleteTOTP(d.ctx(), pending, d.code(shown))
		if err != nil {
			t.Fatal(err)
		}
		d.holding(done, "")
		d.ended(pending)

		// Knowing the password does not make guessing codes any cheaper.
		for range 2 {
			pending = d.in("zhang", goodPassword, workflow.NeedsTOTP)
			for range 2 {
				_, err = d.CompleteTOTP(d.ctx(), pending, "000000")
				kind(t, err, workflow.Forbidden, "totp.refused")
			}
		}
		pending = d.in("zhang", goodPassword, workflow.NeedsTOTP)
		_, err = d.CompleteTOTP(d.ctx(), pending, "000000")
		kind(t, err, workflow.Forbidden, "totp.refused")
		d.now.Add(60)
		_, err = d.CompleteTOTP(d.ctx(), pending, d.code(shown))
		kind(t, err, workflow.Forbidden, "totp.refused")
		_, err = d.CompleteTOTP(d.ctx(), pending, recovery[0])
		kind(t, err, workflow.Forbidden, "totp.refused")
		_, err = d.try("zhang", goodPassword)
		kind(t, err, workflow.Unauthenticated, "session.refused")
		d.now.Add(15 * 60)

		if len(recovery) != 10 {
			t.Fatalf("%d recovery codes", len(recovery))
		}
		pending = d.in("zhang", goodPassword, workflow.NeedsTOTP)
		if done, err = d.CompleteTOTP(d.ctx(), pending, strings.ToUpper(recovery[0])); err != nil {
			t.Fatal(err)
		}
		kept = d.holding(done, "")
		if f, err := d.OwnFactor(d.ctx(), kept.Actor); err != nil || !f.TOTP || f.RecoveryCodes != 9 {
			t.Errorf("the factor is %+v, %v", f, err)
		}
		pending = d.in("zhang", goodPassword, workflow.NeedsTOTP)
		_, err = d.CompleteTOTP(d.ctx(), pending, recovery[0])
		kind(t, err, workflow.Forbidden, "totp.refused")
		fresh, err := d.NewRecoveryCodes(d.ctx(), kept, goodPassword)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.CompleteTOTP(d.ctx(), pending, recovery[1])
		kind(t, err, workflow.Forbidden, "totp.refused")
		if _, err = d.CompleteTOTP(d.ctx(), pending, fresh[1]); err != nil {
			t.Error(err)
		}

		kind(t, d.RemoveTOTP(d.ctx(), d.in("system", goodPassword, ""), "zhang", goodPassword), workflow.Forbidden, "forbidden")
		security := d.in("security", goodPassword, "")
		kind(t, d.RemoveTOTP(d.ctx(), security, "zhang", "wrong"), workflow.Forbidden, "proof.refused")
		if err := d.RemoveTOTP(d.ctx(), security, "zhang", goodPassword); err != nil {
			t.Fatal(err)
		}
		d.ended(kept)
		d.in("zhang", goodPassword, workflow.NeedsEnrol)
		for _, name := range []string{"user.totp", "user.recovery_use", "user.recovery_codes", "user.totp_remove"} {
			if found, err := d.events(name); err != nil || len(found) == 0 {
				t.Errorf("events of %s: %d, %v", name, len(found), err)
			}
		}
		d.WithLogKey(logKey(t))
		d.sequence()
		report, err := d.VerifyTrail(d.ctx(), nil)
		if err != nil || len(report.Findings) > 0 {
			t.Errorf("verified: %+v, %v", report, err)
		}
	})
}
