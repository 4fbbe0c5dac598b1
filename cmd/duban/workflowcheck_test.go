package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duban/configs"
)

// TestWorkflowCheck: the command proves the separation of duties of what is in
// force, shows the way through a definition that breaks it, and nothing starts on
// such a definition.
func TestWorkflowCheck(t *testing.T) {
	environ := []string{"DUBAN_DATA_DIR=" + t.TempDir(), "DUBAN_LANG=en"}
	if out := mustDuban(t, environ, "workflow", "check"); !strings.Contains(out, "No account can take a task alone") || !strings.Contains(out, "lawful sets of roles") {
		t.Errorf("printed %s", out)
	}
	file := filepath.Join(t.TempDir(), "hole.yaml")
	text := strings.Replace(string(configs.Workflow), "to: reviewed, by: [reviewer], guards: [no_open_flag, not_author]", "to: reviewed, by: [reviewer], guards: [no_open_flag]", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := duban(t, environ, "workflow", "check", file)
	if code != exitFailed || !strings.Contains(out, "Reported --Approve (Municipal reviewer)--> Reviewed") || !strings.Contains(errs, "duties are not kept apart") {
		t.Errorf("exit %d: %s %s", code, out, errs)
	}
	if _, errs, code := duban(t, append(environ, "DUBAN_WORKFLOW="+file), "user", "list"); code != exitFailed || !strings.Contains(errs, "approve -> reviewed") {
		t.Errorf("it runs: exit %d: %s", code, errs)
	}
}
