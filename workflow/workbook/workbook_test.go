package workbook_test

import (
	"bytes"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/workbook"
)

// filledIn is a workbook of the first district, filled in as an official does.
func filledIn(t testing.TB, data []byte) *paper {
	p := open(t, data)
	p.fill("440703-01", "", "本期数值", 0).fill("440703-01", "", "最新数值", 1).fill("440703-01", "", "最新数值日期", "2023年7月5日").fill("440703-01", "", "工作进展情况", "已装1座。")
	p.fill("440703-02", "东湖子站 NO2", "本期数值", 22.5).fill("440703-02", "东湖子站 PM10", "本期数值", "３９")
	p.fill("440703-02", "北街子站 NO2", "本期数值", "24 微克/立方米").fill("440703-02", "北街子站 PM10", "本期数值", 34).fill("440703-02", "东湖子站 NO2", "工作进展情况", "监测正常。").fill("440703-02", "东湖子站 NO2", "证据日期", 45107)
	p.fill("440703-03", "资金执行率", "本期数值", "99.5％").fill("440703-03", "项目库储备管理", "定性评定", "按进度完成").fill("440703-03", "资金执行率", "工作进展情况", "执行良好。")
	return p
}

// TestAWorkbookBecomesReports: what was filled in is reported, an empty task is not,
// and the same file again repeats nothing.
func TestAWorkbookBecomesReports(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	data := filledIn(t, w.download(pengjiang)).bytes()
	want := map[string]string{
		"440703-01": "accepted nearly", "440703-02": "accepted nearly", "440703-03": "accepted nearly", "440703-04": "skipped",
	}
	for _, o := range []workbook.Options{{DryRun: true}, {DryRun: true, Together: true}, {}} {
		for code, r := range w.send(pengjiang, data, o) {
			if said(r) != want[code] {
				t.Errorf("%+v: %s is %s, want %s %+v", o, code, said(r), want[code], r.Notes)
			}
		}
	}
	for code, r := range w.send(pengjiang, data, workbook.Options{}) {
		if want := map[bool]workbook.Status{true: workbook.Skipped, false: workbook.Unchanged}[code == "440703-04"]; r.Status != want {
			t.Errorf("again, %s is %s", code, said(r))
		}
	}
	reports, err := w.Reports(t.Context(), pengjiang, w.ids["440703-02"])
	must(t, err)
	if len(reports) != 1 || reports[0].Values["a-no2"].Value.String() != "22.5" || reports[0].Values["b-no2"].Value.String() != "24" || reports[0].EvidenceDate != day("2023-06-30") {
		t.Errorf("the reports are %+v", reports)
	}
}

// TestTheSameFilingGivesTheSameBytes.
func TestTheSameFilingGivesTheSameBytes(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	if first, second := w.download(pengjiang), w.download(pengjiang); !bytes.Equal(first, second) {
		t.Error("two downloads differ")
	}
}

// TestATaskThatMovedOnIsAConflict, and nothing of it is overwritten.
func TestATaskThatMovedOnIsAConflict(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	data := filledIn(t, w.download(pengjiang)).bytes()
	_, err := w.Report(t.Context(), workflow.Call{Actor: pengjiang}, w.ids["440703-01"], workflow.Input{Narrative: "先报。", Values: figures("stations", "2")})
	must(t, err)
	for _, o := range []workbook.Options{{DryRun: true}, {}} {
		if r := w.send(pengjiang, data, o)["440703-01"]; said(r) != "conflict :task.stale" {
			t.Errorf("%+v: it is %s", o, said(r))
		}
	}
}
