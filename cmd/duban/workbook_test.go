package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duban/configs"
)

// TestTheWorkbookOnTheCommandLine: made on the server, filled in, looked over without
// one, rehearsed and sent over HTTP by the district's reporter.
func TestTheWorkbookOnTheCommandLine(t *testing.T) {
	program := built(t)
	both(t, func(t *testing.T, environ []string) {
		mustDuban(t, environ, "demo")
		dir := t.TempDir()
		file, answer, token := filepath.Join(dir, "district.xlsx"), filepath.Join(dir, "answer.xlsx"), filepath.Join(dir, "token")
		if out := mustDuban(t, environ, "workbook", "get", "--campaign", "jm-2023", "--region", "440703", "--out", file); !strings.Contains(out, "4 tasks to report") {
			t.Errorf("get says %q", out)
		}
		again := filepath.Join(dir, "again.xlsx")
		mustDuban(t, environ, "workbook", "get", "--campaign", "jm-2023", "--region", "440703", "--out", again)
		if !bytes.Equal(read(t, file), read(t, again)) {
			t.Error("two downloads differ")
		}
		fillIn(t, file, map[string]any{"I": "６", "O": "已完成清淤6公里。"})
		if err := os.WriteFile(token, []byte(mustDuban(t, environ, "user", "token", "pengjiang")), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := mustDuban(t, nil, "workbook", "check", file); !strings.Contains(out, "440703-S3\t格式无误") {
			t.Errorf("check says %q", out)
		}
		address, _ := serving(t, program, environ)
		send := []string{"workbook", "send", file, "--server", address, "--token-file", token, "--out", answer}
		for _, step := range []struct{ flag, want string }{
			{"--dry-run", "440703-S3\twould be accepted: Behind schedule\n4 tasks: would be accepted 1; left empty, skipped 3\n"},
			{"--all-or-nothing", "4 tasks: accepted 1; left empty, skipped 3\n"},
			{"--all-or-nothing", "440703-S3\twas reported before, not repeated: Behind schedule\n4 tasks: was reported before, not repeated 1; left empty, skipped 3\n"},
		} {
			out, progress, code := duban(t, environ, append(send, step.flag)...)
			if code != exitOK || out != step.want || !strings.Contains(progress, "4/4") {
				t.Errorf("%s: exit %d, %q, %q", step.flag, code, out, progress)
			}
		}
		fillIn(t, file, map[string]any{"I": "七"})
		out, said, code := duban(t, environ, send...)
		if code != exitFailed || !strings.Contains(out, ", 本期数值: must be a figure") || !strings.Contains(said, "1 tasks did not pass") {
			t.Errorf("with a mistake: exit %d, %q, %q", code, out, said)
		}
		book, err := excelize.OpenFile(answer)
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		if text, err := book.GetCellValue("进展填报", "Q"+rowOf(t, book)); err != nil || !strings.Contains(text, "must be a figure") {
			t.Errorf("the answer says %q, %v", text, err)
		}
		if _, said, code := duban(t, environ, "workbook", "check", written(t, configs.Workflow)); code != exitFailed || !strings.Contains(said, "file:") {
			t.Errorf("a file of another kind: exit %d, %q", code, said)
		}
	})
}

// rowOf is the row of the first figure of the task that the demo leaves unreported.
func rowOf(t *testing.T, book *excelize.File) string {
	t.Helper()
	rows, err := book.GetRows("进展填报")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(rows, func(row []string) bool { return len(row) > 0 && row[0] == "440703-S3" })
	return strconv.Itoa(i + 1)
}

// fillIn changes cells of that row, by column.
func fillIn(t *testing.T, file string, cells map[string]any) {
	t.Helper()
	book, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	row := rowOf(t, book)
	for column, value := range cells {
		if err := book.SetCellValue("进展填报", column+row, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Save(); err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
}
