package main

import (
	"strings"
	"testing"
	"time"

	"duban/workflow/calendar"
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
		mustDuban(t, environ, "user", "add", "li.si", "--name", "李四", "--role", "reviewer")
		mustDuban(t, environ, "user", "grant", "wang.wu", "reporter:440703")
		today := time.Now().In(calendar.Zone).Format(time.DateOnly)
		days := []string{"--from", today, "--to", today}
		line := mustDuban(t, environ, append([]string{"deputy", "name", "li.si", "wang.wu", "reviewer"}, days...)...)
		if !strings.Contains(line, "王五 代 李四\treviewer\t"+today+".."+today+"\tactive") {
			t.Errorf("named: %s", line)
		}
		if _, errs, code := duban(t, environ, append([]string{"deputy", "name", "wang.wu", "li.si", "reviewer"}, days...)...); code != exitFailed || !strings.Contains(errs, "do not hold themselves") {
			t.Errorf("a deputy passes on the role: exit %d %s", code, errs)
		}
		id, _, _ := strings.Cut(line, "\t")
		if out := mustDuban(t, environ, "deputy", "end", id); !strings.Contains(out, "ended") {
			t.Errorf("ended: %s", out)
		}
		if out := mustDuban(t, environ, "deputy", "list", "wang.wu"); !strings.Contains(out, "ended") {
			t.Errorf("listed: %s", out)
		}
		mustDuban(t, environ, "user", "token", "li.si", "--scope", "read,task.approve")
		held := mustDuban(t, environ, "user", "credentials", "li.si")
		if !strings.Contains(held, "read task.approve") {
			t.Errorf("held: %s", held)
		}
		mustDuban(t, environ, "user", "end", "li.si", held[:16])
		if out := mustDuban(t, environ, "user", "credentials", "li.si"); out != "" {
			t.Errorf("still held: %s", out)
		}
		mustDuban(t, environ, "audit", "verify") // what is stored is what the events say
	})
}
