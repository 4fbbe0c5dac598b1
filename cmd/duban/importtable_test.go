package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duban/configs"
	"duban/workflow/gormstore/dbtest"
)

// TestWhatIsIssuedCanBeImported: the lag table that one office issues as a Word
// file is read by another into a campaign file, which is imported once a person has
// settled what is marked, and not before. Reading changes no database.
func TestWhatIsIssuedCanBeImported(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	issuing, reading := environment(t, dbtest.EmptySQLite(t)), environment(t, dbtest.EmptySQLite(t))
	mustDuban(t, issuing, "demo")
	mustDuban(t, issuing, "lagtable", "--campaign", "jm-2023", "--period", "2023-h1", "--format", "docx", "--out", at("table.docx"))
	demo, err := configs.Demo.ReadFile("demo/campaign.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("demo.yaml"), demo, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"import", at("table.docx"), "--campaign", at("demo.yaml"), "--out", at("read.yaml")}
	if out := mustDuban(t, reading, args...); !strings.Contains(out, "25 rows, 63 measures, 82 targets or dates, 5 places to settle") {
		t.Errorf("the summary is %s", out)
	}
	if _, errs, code := duban(t, reading, args...); code != exitFailed || !strings.Contains(errs, "exists") {
		t.Errorf("a file was overwritten: %d %s", code, errs)
	}
	_, errs, code := duban(t, reading, "import", at("read.yaml"))
	if code != exitFailed || strings.Count(errs, "read.yaml:") != 5 || !strings.Contains(errs, "still to be settled (fallback)") {
		t.Errorf("with marks: %d %s", code, errs)
	}
	data, err := os.ReadFile(at("read.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var settled strings.Builder
	for line := range strings.Lines(string(data)) {
		if !strings.Contains(line, "unread:") && !strings.Contains(line, "{what:") {
			settled.WriteString(line)
		}
	}
	if err := os.WriteFile(at("settled.yaml"), []byte(settled.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := mustDuban(t, reading, "import", at("settled.yaml")); !strings.Contains(out, "added 1 campaign(s), 7 region(s), 25 task(s), 0 report(s)") {
		t.Errorf("imported: %s", out)
	}
}
