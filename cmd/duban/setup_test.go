package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

var oneTimePassword = regexp.MustCompile(`  (\S+) +([a-z2-7-]{19}) `)

// TestFromSetUpToOnesOwnPassword: the first accounts are made once, their passwords
// work once, and a reset gives another.
func TestFromSetUpToOnesOwnPassword(t *testing.T) {
	environ := []string{"DUBAN_DATA_DIR=" + t.TempDir(), "DUBAN_LANG=en", "DUBAN_AUTH_PROFILE=dengbao3"}
	made := mustDuban(t, environ, "setup", "--system-admin", "sysadmin", "--security-admin", "secadmin")
	passwords := map[string]string{}
	for _, m := range oneTimePassword.FindAllStringSubmatch(made, -1) {
		passwords[m[1]] = m[2]
	}
	if len(passwords) != 2 {
		t.Fatalf("setup says %s", made)
	}
	if _, errs, code := duban(t, environ, "setup", "--system-admin", "a1", "--security-admin", "a2"); code != exitFailed || !strings.Contains(errs, "There are accounts already") {
		t.Errorf("a second setup: exit %d, %s", code, errs)
	}
	passwd := func(login string, lines ...string) (string, int) {
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"user", "passwd", login}, environ, strings.NewReader(strings.Join(lines, "\n")+"\n"), &out, &errs)
		return out.String() + errs.String(), code
	}
	if said, code := passwd("sysadmin", passwords["sysadmin"], "moss kettle garden"); code != exitFailed || !strings.Contains(said, "three of") {
		t.Errorf("a password of one kind: exit %d, %s", code, said)
	}
	if said, code := passwd("sysadmin", passwords["sysadmin"], "Moss-kettle-garden"); code != exitOK {
		t.Errorf("changing: exit %d, %s", code, said)
	}
	if said, code := passwd("sysadmin", passwords["sysadmin"], "Garden-kettle-moss"); code != exitFailed || !strings.Contains(said, "wrong") {
		t.Errorf("with the password of before: exit %d, %s", code, said)
	}
	reset := oneTimePassword.FindStringSubmatch(mustDuban(t, environ, "user", "reset", "sysadmin"))
	if reset == nil || reset[2] == passwords["sysadmin"] {
		t.Fatalf("reset says %v", reset)
	}
	if said, code := passwd("sysadmin", reset[2], "Moss-kettle-garden"); code != exitFailed || !strings.Contains(said, "none of the last 5") {
		t.Errorf("back to an earlier one: exit %d, %s", code, said)
	}
	if said, code := passwd("sysadmin", reset[2], "Garden-kettle-moss"); code != exitOK {
		t.Errorf("changing after the reset: exit %d, %s", code, said)
	}
	if _, errs, code := duban(t, environ, "user", "totp-remove", "sysadmin"); code != exitFailed || !strings.Contains(errs, "no second factor") {
		t.Errorf("removing what is not there: exit %d, %s", code, errs)
	}
}
