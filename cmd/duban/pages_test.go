//go:build documents

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"duban/workflow/gormstore/dbtest"
)

// tool runs a program of poppler or LibreOffice and returns what it wrote.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return string(out)
}

// pictures turns a PDF into pictures that people can look at.
func pictures(t *testing.T, pdf, name string) {
	t.Helper()
	folder := os.Getenv("DUBAN_PICTURES")
	if folder == "" {
		folder = t.TempDir()
	}
	tool(t, "pdftoppm", "-r", "80", "-png", pdf, filepath.Join(folder, name))
	t.Logf("pictures of %s are in %s", name, folder)
}

// pages of a PDF: the text within a part of each page, in points from its top left.
func pages(t *testing.T, pdf string, x, y, w, h int) []string {
	t.Helper()
	found := regexp.MustCompile(`Pages:\s+(\d+)`).FindStringSubmatch(tool(t, "pdfinfo", pdf))
	n, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for page := range n {
		number := strconv.Itoa(page + 1)
		texts = append(texts, folded([]string{tool(t, "pdftotext", "-raw", "-f", number, "-l", number,
			"-x", strconv.Itoa(x), "-y", strconv.Itoa(y), "-W", strconv.Itoa(w), "-H", strconv.Itoa(h), pdf, "-")}))
	}
	return texts
}

// TestPagesOfTheRealTable: on paper the 25 rows stand under a header on every page,
// each row on one page, over a foot with page number, edition and checkpoint; the
// second edition ends with what changed.
func TestPagesOfTheRealTable(t *testing.T) {
	environ := environment(t, dbtest.EmptySQLite(t))
	name := []string{"--campaign", "jm-2023", "--period", "2023-h1"}
	run := func(args ...string) string { return mustDuban(t, environ, append(args, name...)...) }
	folder := t.TempDir()
	mustDuban(t, environ, "demo")
	run("pack", "--out", filepath.Join(folder, "pack.zip")) // signs a checkpoint
	short := strings.Fields(mustDuban(t, environ, "audit", "checkpoint"))
	run("lagtable", "issue", "--accept-gap", "440703-S3")
	run("lagtable", "edit", "--task", "440703-03", "--reason", "精简",
		"--narrative", "2022年度各级环保专项资金805.33万元，执行率9.25%；其余资金暂未支出。")
	run("lagtable", "issue", "--accept-gap", "440703-S3")
	for number, most := range map[string]int{"1": 14, "2": 16} {
		pdf := filepath.Join(folder, number+".pdf")
		run("lagtable", "editions", "--number", number, "--format", "pdf", "--out", pdf)
		pictures(t, pdf, "edition-"+number)
		if size := tool(t, "pdfinfo", pdf); !regexp.MustCompile(`Page size:\s+841\.\d+ x 595`).MatchString(size) {
			t.Errorf("not A4 landscape: %s", size)
		}
		whole := pages(t, pdf, 0, 0, 842, 595)
		if len(whole) < 8 || len(whole) > most {
			t.Errorf("edition %s has %d pages", number, len(whole))
		}
		last := len(whole)
		if number == "2" {
			last-- // the annex has a table of its own
			if annex := whole[last]; !strings.Contains(annex, "附件：第2期与第1期相比的变更") || !strings.Contains(annex, "其余资金暂未支出") {
				t.Errorf("the annex says %s", annex)
			}
		}
		for i, text := range whole {
			if i < last && !strings.Contains(text, "区域主要任务工作内容及要求工作进展情况") {
				t.Errorf("edition %s, page %d has no header: %s", number, i+1, text)
			}
			if !strings.Contains(text, fmt.Sprintf("—%d—", i+1)) || !strings.Contains(text, "第"+number+"期截至") || !strings.Contains(text, "审计检查点") {
				t.Errorf("edition %s, page %d has no foot: %s", number, i+1, text)
			}
		}
		// The columns, in points: see columns in workflow/lagtable.
		requirement := pages(t, pdf, 317, 60, 216, 470)
		for i, row := range acceptance(t).Rows {
			want := folded(row.Requirement)
			on := slices.IndexFunc(requirement[:last], func(page string) bool { return strings.Contains(page, want) })
			if on < 0 {
				t.Errorf("edition %s: row %d is cut", number, i+1)
			}
		}
	}
	if len(short) == 0 {
		t.Error("there is no checkpoint")
	}
	book := filepath.Join(folder, "table.xlsx")
	run("lagtable", "--format", "xlsx", "--out", book)
	tool(t, "soffice", "-env:UserInstallation=file://"+filepath.Join(folder, "profile"), "--headless", "--convert-to", "pdf", "--outdir", folder, book)
	sheet := filepath.Join(folder, "table.pdf")
	pictures(t, sheet, "sheet")
	for i, text := range pages(t, sheet, 0, 0, 842, 595) {
		if !strings.Contains(text, "区域主要任务工作内容及要求工作进展情况") || !strings.Contains(text, fmt.Sprintf("—%d—", i+1)) {
			t.Errorf("the sheet's page %d has no header or no number: %s", i+1, text)
		}
	}
}
