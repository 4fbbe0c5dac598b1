package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duban/workflow/audit"
	"duban/workflow/trail"
)

// TestTheCommandLineAnswersTheMeeting: the same events as a table, as stored, and
// in files; a task's history; a period's figures.
func TestTheCommandLineAnswersTheMeeting(t *testing.T) {
	both(t, func(t *testing.T, environ []string) {
		mustDuban(t, environ, "demo")
		events := func(more ...string) string {
			return mustDuban(t, environ, append([]string{"audit", "events", "--campaign", "jm-2023", "--name", "flag", "--region", "440703"}, more...)...)
		}
		stored := strings.Split(strings.TrimSpace(events("--format", "json")), "\n")
		var ids []string
		for _, line := range stored {
			e, err := audit.Parse([]byte(line))
			if err != nil || e.Name != "flag" || e.Region != "440703" || e.Campaign != "jm-2023" {
				t.Fatalf("%v: %s", err, line)
			}
			ids = append(ids, e.ID)
		}
		if len(ids) != 3 {
			t.Fatalf("%d flags", len(ids))
		}
		table := events("--limit", "2")
		if lines := strings.Split(strings.TrimSpace(table), "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "时间") || !strings.Contains(lines[1], "挂牌") || !strings.Contains(lines[1], "蓬江区") {
			t.Errorf("the table is\n%s", table)
		}
		if _, errs, code := duban(t, environ, "audit", "events", "--campaign", "jm-2023", "--limit", "2"); code != exitOK || !strings.Contains(errs, "there is more before 2023-") {
			t.Errorf("what is left out is not told: %q", errs)
		}
		column := slices.Index(trail.Header, "事件编号")
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(events("--format", "csv"), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != len(ids)+1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		path := filepath.Join(t.TempDir(), "events.xlsx")
		if out := events("--format", "xlsx", "--out", path); out != "" {
			t.Errorf("printed %q beside the file", out)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenReader(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		sheet, err := book.GetRows(book.GetSheetName(0))
		if err != nil || len(sheet) != len(ids)+1 {
			t.Fatalf("%d rows, %v", len(sheet), err)
		}
		for i, id := range ids {
			if rows[i+1][column] != id || sheet[i+1][column] != id {
				t.Errorf("row %d is not event %s", i+1, id)
			}
		}

		history := mustDuban(t, environ, "audit", "timeline", "jm-2023/440703-01")
		if !strings.Contains(history, "State: Reported → Flagged as lagging") || !strings.Contains(history, "Narrative: — → ") {
			t.Errorf("the history is\n%s", history)
		}
		figures := mustDuban(t, environ, "stats", "--campaign", "jm-2023", "--period", "2023-h1")
		if !strings.Contains(figures, "211.0 (39)") || !strings.Contains(figures, "440703 440703-S3: not reported, due 2023-08-31") {
			t.Errorf("the figures are\n%s", figures)
		}

		gone := filepath.Join(t.TempDir(), "refused.csv")
		for _, c := range []struct {
			args []string
			code int
			says string
		}{
			{[]string{"audit", "events", "--text", "x", "--format", "csv", "--out", gone}, exitFailed, "text: "},
			{[]string{"audit", "events", "--format", "pdf"}, exitFailed, "--format"},
			{[]string{"audit", "events", "--from", "30.06.2023"}, exitFailed, "--from"},
			{[]string{"audit", "timeline", "jm-2023/nothing"}, exitFailed, "does not exist"},
			{[]string{"stats", "--campaign", "jm-2023"}, exitUsage, "period"},
		} {
			if _, errs, code := duban(t, environ, c.args...); code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("%v: exit %d, %q", c.args, code, errs)
			}
		}
		if _, err := os.Stat(gone); !os.IsNotExist(err) {
			t.Errorf("a refused export left a file: %v", err)
		}
	})
}
