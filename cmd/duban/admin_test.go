package main

import (
	"strings"
	"testing"
)

// TestAccountsAndRegionsFromTheCommandLine: what the administrators do over HTTP the
// operator can do on the server, by the same rules.
func TestAccountsAndRegionsFromTheCommandLine(t *testing.T) {
	both(t, func(t *testing.T, environ []string) {
		mustDuban(t, environ, "migrate")
		mustDuban(t, environ, "region", "add", "440703", "蓬江区")
		mustDuban(t, environ, "user", "add", "wang.wu", "--name", "王五")
		for _, step := range []struct {
			args, want string
			code       int
		}{
			{"user grant wang.wu reporter:440703", "wang.wu\t王五\treporter:440703\tenabled", exitOK},
			{"user grant wang.wu auditor", "exclude each other", exitFailed},
			{"user grant wang.wu reporter:440799", "there is no region 440799", exitFailed},
			{"user grant nobody reviewer", "The account nobody", exitFailed},
			{"user show wang.wu", "role: reporter:440703 District reporter", exitOK},
			{"user revoke wang.wu reporter:440703", "wang.wu\t王五\t\tenabled", exitOK},
			{"user revoke wang.wu reporter:440703", "role reporter:440703", exitFailed},
			{"user disable wang.wu", "disabled", exitOK},
			{"user disable wang.wu", "disabled already", exitFailed},
			{"user enable wang.wu", "enabled", exitOK},
			{"region rename 440703 蓬江", "440703\t蓬江\tin use", exitOK},
			{"region retire 440703", "440703\t蓬江\tretired", exitOK},
			{"user grant wang.wu reporter:440703", "Region 蓬江 is retired", exitFailed},
			{"region list", "440703  蓬江  retired", exitOK},
			{"region restore 440703", "in use", exitOK},
			{"region restore 440703", "is not retired", exitFailed},
		} {
			out, errs, code := duban(t, environ, strings.Fields(step.args)...)
			if code != step.code || !strings.Contains(out+errs, step.want) {
				t.Errorf("duban %s: exit %d, %q %q, want %d and %q", step.args, code, out, errs, step.code, step.want)
			}
		}
		mustDuban(t, environ, "audit", "verify") // what is stored is what the events say
	})
}
