package main

import (
	"archive/zip"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"duban/workflow/gormstore/dbtest"
)

// TestTheRealTableAsADocument: the Word document of the demo has the 25 real rows,
// text for text.
func TestTheRealTableAsADocument(t *testing.T) {
	environ := environment(t, dbtest.EmptySQLite(t))
	mustDuban(t, environ, "demo")
	file := filepath.Join(t.TempDir(), "table.docx")
	mustDuban(t, environ, "lagtable", "--campaign", "jm-2023", "--period", "2023-h1", "--format", "docx", "--out", file)
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	part, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	tag := regexp.MustCompile(`<[^>]*>`)
	rows := strings.Split(string(document), "<w:tr>")[2:] // before the table, and its header
	want := acceptance(t).Rows
	if len(rows) != 25 || len(want) != 25 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		cells := strings.Split(row, "<w:tc>")[1:]
		for j, lines := range [][]string{want[i].Task, want[i].Requirement, want[i].Progress} {
			text, _, _ := strings.Cut(cells[j+1], "</w:tc>")
			if got := folded([]string{tag.ReplaceAllString(text, "")}); got != strings.Replace(folded(lines), slip, corrected, 1) {
				t.Errorf("row %d, column %d: %s", i+1, j+1, got)
			}
		}
	}
	_, errs, code := duban(t, append(environ, "PATH="), "lagtable", "--campaign", "jm-2023", "--period", "2023-h1", "--format", "word")
	if code == 0 || !strings.Contains(errs, "docx") {
		t.Errorf("an unknown format: exit code %d, %q", code, errs)
	}
}
