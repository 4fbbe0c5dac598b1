package apitest

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/tasklist"
)

// TestTheTaskListIsExportedAsItIsListed: in both formats, with the list's filters and
// scope, all of it however long a page is, and nothing in it is a formula.
func TestTheTaskListIsExportedAsItIsListed(t *testing.T) {
	dbtest.Each(t, exportTasks)
}

func exportTasks(t *testing.T, store workflow.Store) {
	w := newWorld(t, store)
	w.life()
	made := w.do("supervisor", "POST", "/api/v1/campaigns/jm-2023/tasks", `{"code":"formula","region":"440703","key":true,"subject":"=HYPERLINK(\"http://x\")","requirement":"+1","measures":[{"code":"pool","kind":"qualitative"}]}`)
	if made.status != 201 {
		t.Fatalf("%d %s", made.status, made.raw)
	}
	column := func(name string) int { return slices.Index(tasklist.Header, name) }
	inCSV := func(login, query string) [][]string {
		a := w.do(login, "GET", "/api/v1/tasks?format=csv&limit=1"+query, "")
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.raw, "\ufeff"))).ReadAll()
		if err != nil || a.status != 200 || a.header.Get("Duban-Rows") != fmt.Sprint(len(rows)-1) || a.header.Get("Content-Disposition") != `attachment; filename="tasks.csv"` {
			t.Fatalf("%s as %s: %d %v %v", query, login, a.status, a.header, err)
		}
		return rows[1:]
	}
	for _, login := range []string{"auditor", "pengjiang", "jianghai"} {
		for _, query := range []string{"", "&region=440703", "&state=assigned&sort=due", "&key=true", "&q=formula", "&light=red", "&as_of=2023-08-31"} {
			rows := inCSV(login, query)
			listed := w.do(login, "GET", "/api/v1/tasks?limit=200"+query, "").at("items").([]any)
			if len(rows) != len(listed) {
				t.Fatalf("%s as %s: %d rows for %d tasks", query, login, len(rows), len(listed))
			}
			for i, item := range listed {
				task := item.(map[string]any)
				standing := task["standing"].(map[string]any)
				for name, want := range map[string]any{
					"任务编号": task["id"], "任务代码": task["code"], "区域": standing["region_name"], "灯号": standing["light"].(map[string]any)["label"].(map[string]any)["zh"],
					"报告期": standing["period_label"], "版本": fmt.Sprint(task["version"]),
				} {
					if got := rows[i][column(name)]; got != want {
						t.Errorf("%s as %s, row %d, %s: %q, want %q", query, login, i+1, name, got, want)
					}
				}
			}
		}
	}
	if len(inCSV("jianghai", "&q=formula"))+len(inCSV("jianghai", "&region=440703")) != 0 || len(inCSV("pengjiang", "&q=formula")) != 1 {
		t.Error("a reporter's export has not their own tasks alone")
	}
	if row := inCSV("auditor", "&q=formula")[0]; row[column("主要任务")] != `'=HYPERLINK("http://x")` || row[column("工作内容及要求")] != "'+1" || row[column("重点考核")] != "是" {
		t.Errorf("the row is %q", row)
	}
	file := w.do("auditor", "GET", "/api/v1/tasks?format=xlsx&q=formula", "")
	book, err := excelize.OpenReader(strings.NewReader(file.raw))
	must(t, err)
	defer book.Close()
	sheet, err := book.GetRows(book.GetSheetName(0))
	must(t, err)
	formula, err := book.GetCellFormula(book.GetSheetName(0), "E2")
	must(t, err)
	if len(sheet) != 2 || !slices.Equal(sheet[0], tasklist.Header) || sheet[1][column("主要任务")] != `=HYPERLINK("http://x")` || formula != "" {
		t.Errorf("the workbook has %q, formula %q", sheet, formula)
	}
	if exports, told := w.listed("auditor", "name=task.export"); len(exports) == 0 || exports[0].ActorID != w.ids["auditor"] || !strings.Contains(string(exports[0].After), `"searched":true`) || strings.Contains(string(exports[0].After), "formula") {
		t.Errorf("the export left %+v", told)
	}
	if a := w.do("sysadmin", "GET", "/api/v1/tasks?format=csv", ""); a.status != 403 {
		t.Errorf("who sees no tasks gets %d", a.status)
	}
}
