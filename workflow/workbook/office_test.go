//go:build documents

package workbook_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"duban/workflow/gormstore/dbtest"
	"duban/workflow/workbook"
)

// saved has LibreOffice open a file and save it in another format.
func saved(t *testing.T, data []byte, format, ending string) []byte {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "in.xlsx")
	must(t, os.WriteFile(file, data, 0o600))
	out := filepath.Join(dir, "out")
	cmd := exec.CommandContext(t.Context(), "soffice", "--headless", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--convert-to", format, "--outdir", out, file)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, text)
	}
	result, err := os.ReadFile(filepath.Join(out, "in."+ending))
	must(t, err)
	return result
}

// TestAWorkbookSavedByLibreOfficeMeansTheSame, and what it saves in other formats is
// refused by name. The page is left in DUBAN_PICTURES to be looked at.
func TestAWorkbookSavedByLibreOfficeMeansTheSame(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	data := filledIn(t, w.download(pengjiang)).bytes()
	want := w.send(pengjiang, data, workbook.Options{DryRun: true})
	for code, r := range w.send(pengjiang, saved(t, data, "xlsx", "xlsx"), workbook.Options{DryRun: true}) {
		if said(r) != said(want[code]) {
			t.Errorf("%s is %s, saved by LibreOffice %s", code, said(want[code]), said(r))
		}
	}
	for format, rule := range map[string]string{"xls": "xls", "ods": "ods", "csv": "not_xlsx", "html": "xml", "pdf": "pdf"} {
		if _, err := workbook.Read(saved(t, data, format, format)); strings.Join(rules(err), " ") != rule {
			t.Errorf("%s: %v, want %s", format, err, rule)
		}
	}
	if dir := os.Getenv("DUBAN_PICTURES"); dir != "" {
		must(t, os.MkdirAll(dir, 0o755))
		must(t, os.WriteFile(filepath.Join(dir, "workbook.pdf"), saved(t, data, "pdf", "pdf"), 0o644))
	}
}
