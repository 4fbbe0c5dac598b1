package apitest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/workbook"
)

// emptyWorkbook is the workbook of an object's campaign with nothing filled in, and
// no file where there is no such campaign.
func (r *realm) emptyWorkbook(o object) string {
	filing, err := r.service.Filing(r.t.Context(), workflow.OperatorActor("test"), o.params["code"], o.params["period"], nil)
	if err != nil {
		return "none"
	}
	var b bytes.Buffer
	must(r.t, workbook.Write(&b, filing))
	return b.String()
}

const workbookPath = "/api/v1/campaigns/jm-2023/periods/2023-h1/workbook"

// filled downloads a workbook as somebody and fills cells in: "440703-01/item" to
// column to value; no item is the first row of a task.
func (w *world) filled(who string, cells map[string]map[string]any) string {
	w.t.Helper()
	a := w.do(who, http.MethodGet, workbookPath, "")
	if a.status != http.StatusOK || !strings.Contains(a.header.Get("Content-Disposition"), ".xlsx") {
		w.t.Fatalf("downloading: %d %s", a.status, a.raw)
	}
	file, err := excelize.OpenReader(strings.NewReader(a.raw))
	must(w.t, err)
	rows, err := file.GetRows("进展填报")
	must(w.t, err)
	columns := map[string]int{}
	for i, title := range rows[2] {
		columns[title] = i + 1
	}
	for where, values := range cells {
		code, item, _ := strings.Cut(where, "/")
		found := false
		for i, row := range rows {
			if found || row == nil || row[0] != code || item != "" && row[3] != item {
				continue
			}
			found = true
			for title, value := range values {
				at, err := excelize.CoordinatesToCellName(columns[title], i+1)
				must(w.t, err)
				must(w.t, file.SetCellValue("进展填报", at, value))
			}
		}
		if !found {
			w.t.Fatalf("there is no row %s", where)
		}
	}
	var b bytes.Buffer
	must(w.t, file.Write(&b))
	return b.String()
}

// upload sends a workbook.
func (w *world) upload(who, query, data string) answer {
	w.t.Helper()
	return w.do(who, http.MethodPost, workbookPath+query, data, "Content-Type", typeXLSX)
}

const typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// statuses are "code status" of each task of an answer.
func (a answer) statuses() string {
	var out []string
	list, _ := a.body["tasks"].([]any)
	for _, t := range list {
		t := t.(map[string]any)
		out = append(out, strings.TrimSuffix(t["task"].(string)+" "+t["status"].(string)+" "+toText(t["verdict"]), " "))
	}
	return strings.Join(out, ", ")
}

func toText(v any) string { s, _ := v.(string); return s }

// A district downloads its workbook, has it rehearsed, sends it, mends what was wrong
// and sends it again; what was reported is not reported twice, and what moved on
// meanwhile is not overwritten.
func TestAWorkbookIsSentAndMended(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	data := w.filled("pengjiang", map[string]map[string]any{
		"440703-01":           {"本期数值": "9", "工作进展情况": "正在安装。"}, // of 8
		"440703-02/方案：技术方案编制": {"完成日期": "2023年6月20日", "工作进展情况": "已编制。"},
	})
	for _, sending := range []struct {
		query  string
		events int
	}{{"?dry_run=true", 0}, {"", 1}} { // rehearsed first, then sent
		query, events := sending.query, sending.events
		before := w.events()
		a := w.upload("pengjiang", query, data)
		if got := a.statuses(); a.status != http.StatusOK || got != "440703-01 error, 440703-02 accepted on_schedule" {
			t.Errorf("%q: %d %s: %s", query, a.status, got, a.raw)
		}
		if query == "" && !strings.Contains(a.raw, `"column":"本期数值","rule":"range"`) {
			t.Errorf("the answer does not name the cell: %s", a.raw)
		}
		if n := w.events() - before; n != events {
			t.Errorf("%q: %d events, want %d", query, n, events)
		}
	}
	file := w.upload("pengjiang", "?format=xlsx", data)
	book, err := excelize.OpenReader(strings.NewReader(file.raw))
	must(t, err)
	rows, err := book.GetRows("进展填报")
	must(t, err)
	wrong, err := book.GetCellStyle("进展填报", "I4")
	must(t, err)
	style, err := book.GetStyle(wrong)
	must(t, err)
	if !strings.Contains(rows[3][16], "“本期数值”超过总数 8座") || len(style.Fill.Color) != 1 || style.Fill.Color[0] != "F8CBAD" || file.header.Get("Duban-Wrong") != "1" {
		t.Errorf("the row is %q, the cell %+v, %v", rows[3], style.Fill, file.header)
	}
	must(t, book.SetCellValue("进展填报", "I4", 1))
	var mended bytes.Buffer
	must(t, book.Write(&mended))
	if a := w.upload("pengjiang", "", mended.String()); a.statuses() != "440703-01 accepted on_schedule, 440703-02 unchanged on_schedule" {
		t.Errorf("mended: %s", a.raw)
	}
	w.ok("reviewer", "/api/v1/tasks/{440703-01}/return", `{"reason":"台账不一致"}`)
	if a := w.upload("pengjiang", "", mended.String()); a.statuses() != "440703-01 conflict, 440703-02 unchanged on_schedule" {
		t.Errorf("a task that moved on: %s", a.raw)
	}
	if a := w.upload("jianghai", "", mended.String()); a.statuses() != "440703-01 error, 440703-02 error" || strings.Contains(a.raw, "forbidden") || strings.Count(a.raw, `"rule":"not_found"`) != 2 {
		t.Errorf("another district's workbook: %s", a.raw)
	}
}

// All or nothing: one mistake keeps everything from being reported.
func TestAWorkbookIsReportedWholeOrNotAtAll(t *testing.T) {
	w := newWorld(t, dbtest.MariaDB(t))
	good := map[string]map[string]any{
		"440703-01":           {"本期数值": "1", "工作进展情况": "正在安装。"},
		"440703-02/方案：技术方案编制": {"完成比例": 0.4, "工作进展情况": "在编。"},
	}
	wrong := map[string]map[string]any{"440703-01": {"本期数值": "很多", "工作进展情况": "正在安装。"}, "440703-02/方案：技术方案编制": good["440703-02/方案：技术方案编制"]}
	before := w.events()
	if a := w.upload("pengjiang", "?all_or_nothing=true", w.filled("pengjiang", wrong)); a.statuses() != "440703-01 error, 440703-02 held" || w.events() != before {
		t.Errorf("with a mistake: %s, %d events", a.raw, w.events()-before)
	}
	data := w.filled("pengjiang", good)
	if a := w.upload("pengjiang", "?all_or_nothing=true", data); a.statuses() != "440703-01 accepted on_schedule, 440703-02 accepted behind" || w.events() != before+2 {
		t.Errorf("without: %s, %d events", a.raw, w.events()-before)
	}
	if a := w.upload("pengjiang", "?all_or_nothing=true", data); a.statuses() != "440703-01 unchanged on_schedule, 440703-02 unchanged behind" || w.events() != before+2 {
		t.Errorf("again: %s, %d events", a.raw, w.events()-before)
	}
}

// The lines of a streamed answer count on, and the last one sums up.
func TestTheAnswerToAWorkbookIsStreamed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	data := w.filled("pengjiang", map[string]map[string]any{"440703-01": {"本期数值": 1, "工作进展情况": "正在安装。"}})
	a := w.upload("pengjiang", "?format=ndjson", data)
	lines := strings.Split(strings.TrimSpace(a.raw), "\n")
	var last struct {
		Summary struct{ Counts map[string]int }
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || len(lines) != 3 || last.Summary.Counts["accepted"] != 1 || last.Summary.Counts["skipped"] != 1 {
		t.Errorf("%d lines, %v: %s", len(lines), err, a.raw)
	}
	if !strings.Contains(lines[0], `"done":1,"total":2`) || a.header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%s: %s", a.header.Get("Content-Type"), lines[0])
	}
}

// What is no workbook of this campaign and period is refused by name, and nothing
// happens.
func TestWhatIsNoWorkbookIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	right := w.filled("pengjiang", nil)
	post := func(path, body string, headers ...string) answer {
		return w.do("pengjiang", http.MethodPost, path, body, headers...)
	}
	for name, c := range map[string]struct {
		got  answer
		want string
	}{
		"another period":   {post(strings.Replace(workbookPath, "2023-h1", "2023-q3", 1), right, "Content-Type", typeXLSX), "422 file:other"},
		"unknown period":   {post(strings.Replace(workbookPath, "2023-h1", "none", 1), right, "Content-Type", typeXLSX), "404"},
		"an old .xls file": {w.upload("pengjiang", "", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...."), "422 file:xls"},
		"text":             {w.upload("pengjiang", "", "任务,数值\n1,2\n"), "422 file:not_xlsx"},
		"half of it":       {w.upload("pengjiang", "", right[:len(right)/2]), "422 file:not_zip"},
		"JSON":             {post(workbookPath, "{}"), "415"},
		"too large":        {w.upload("pengjiang", "", strings.Repeat("x", 10<<20+1)), "413"},
		"nothing":          {w.upload("pengjiang", "", ""), "422 file:empty"},
	} {
		if got := strings.TrimSpace(http.StatusText(c.got.status) + " " + strings.Join(c.got.fields(), " ")); got != strings.TrimSpace(http.StatusText(atoi(c.want[:3]))+c.want[3:]) {
			t.Errorf("%s: %d %s: %s", name, c.got.status, got, c.got.raw)
		}
	}
}

func atoi(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}
