package apitest

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"time"

	"duban/workflow"
)

// codeAt is what an authenticator app shows: RFC 6238.
func (w *world) codeAt(secret string, at time.Time) string {
	w.t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	must(w.t, err)
	mac := hmac.New(sha1.New, key)
	must(w.t, binary.Write(mac, binary.BigEndian, at.Unix()/30))
	sum := mac.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[19]&15:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// actor is who holds a secret, as requests have it.
func (w *world) actor(secret string) workflow.Actor {
	w.t.Helper()
	a, err := w.service.Authenticate(w.t.Context(), secret)
	must(w.t, err)
	a.Channel = "http"
	return a
}

// secondFactor sets one up for an account and returns its secret.
func (w *world) secondFactor(login string) string {
	w.t.Helper()
	in, err := w.service.SignIn(w.t.Context(), workflow.Actor{Channel: "http"}, login, password)
	must(w.t, err)
	call := workflow.Call{Actor: w.actor(in.Secret)}
	shown, err := w.service.BeginTOTP(w.t.Context(), call, password)
	must(w.t, err)
	_, _, err = w.service.ConfirmTOTP(w.t.Context(), call, w.codeAt(shown.Secret, w.now()))
	must(w.t, err)
	return shown.Secret
}

// limit makes, for a role, a session for each thing that one may need.
func (r *realm) limit(g workflow.Grant) map[workflow.Need]credential {
	r.t.Helper()
	out := map[workflow.Need]credential{}
	for _, need := range []workflow.Need{workflow.NeedsTOTP, workflow.NeedsPassword, workflow.NeedsEnrol} {
		login := string(need) + "-" + holder[g.Role]
		_, err := r.service.CreateUser(r.t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")},
			workflow.User{Login: login, Name: "姓名" + login, Grants: []workflow.Grant{g}, PasswordOnce: need == workflow.NeedsPassword}, password)
		must(r.t, err)
		rules := workflow.RulesOf(workflow.NIST)
		switch need {
		case workflow.NeedsTOTP:
			r.secondFactor(login)
		case workflow.NeedsEnrol:
			rules.TOTPRequired = []workflow.Role{g.Role}
		}
		r.service.WithSignInRules(rules)
		in, err := r.service.SignIn(r.t.Context(), workflow.Actor{Channel: "http"}, login, password)
		must(r.t, err)
		r.service.WithSignInRules(workflow.RulesOf(workflow.NIST))
		if in.Needs != need {
			r.t.Fatalf("the session of %s needs %q", login, in.Needs)
		}
		out[need] = credential{"session that needs " + string(need), "Cookie", in.Secret}
	}
	return out
}
