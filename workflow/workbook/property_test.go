package workbook_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/workbook"
)

// TestAWorkbookSaysWhatAReportSays: whatever values of whatever shape are filled in,
// the report is the one that the same values give when they are sent by themselves.
func TestAWorkbookSaysWhatAReportSays(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	clean := w.download(pengjiang)
	rapid.Check(t, func(r *rapid.T) {
		p, reports := open(t, clean), map[string]workflow.Input{}
		for _, n := range tasks[:4] {
			in := workflow.Input{Values: assess.Values{}, Narrative: rapid.SampledFrom([]string{"正在推进。", "=1+1", "第一行\n第二行", "5", "+86", "<b>&amp;</b>"}).Draw(r, "narrative")}
			p.fill(n.Code, "", "工作进展情况", in.Narrative)
			if rapid.Bool().Draw(r, "with evidence") {
				in.EvidenceDate = drawDay(r, "evidence")
				p.fill(n.Code, "", "证据日期", drawDayCell(r, in.EvidenceDate))
			}
			for _, m := range n.Measures {
				if v, given := drawValue(r, p, n.Code, m); given {
					in.Values[m.Code] = v
				}
			}
			reports[n.Code] = in
		}
		for code, result := range w.send(pengjiang, p.bytes(), workbook.Options{DryRun: true}) {
			want := outcome(w.Rehearse(t.Context(), workflow.Call{Actor: pengjiang}, w.ids[code], reports[code]))
			if got := said2(result); got != want {
				r.Fatalf("%s with %s: the workbook gives %q, the report %q", code, toJSON(reports[code]), got, want)
			}
		}
	})
}

func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// outcome is what became of a report: its verdict, or the rules that it breaks.
func outcome(out workflow.Outcome, err error) string {
	if err == nil {
		return "accepted " + string(out.Report.Assessment.Verdict)
	}
	return "error " + strings.Join(rules(err), " ")
}

func said2(r workbook.Result) string {
	if r.Status == workbook.Accepted {
		return "accepted " + string(r.Verdict)
	}
	var all []string
	for _, n := range r.Notes {
		all = append(all, n.Rule)
	}
	return string(r.Status) + " " + strings.Join(all, " ")
}

func drawDay(r *rapid.T, name string) calendar.Date {
	return calendar.New(2023, 1, 1+rapid.IntRange(0, 240).Draw(r, name)) // up to 29 August: the clock is at 31
}

// drawDayCell writes a day as one of those who fill in workbooks does.
func drawDayCell(r *rapid.T, d calendar.Date) any {
	y, m, day := d.Start().Date()
	switch rapid.IntRange(0, 4).Draw(r, "form of the day") {
	case 0:
		return d.DaysSince(calendar.New(1899, 12, 30))
	case 1:
		return fmt.Sprintf("%d年%d月%d日", y, m, day)
	case 2:
		return fmt.Sprintf("%d.%d.%02d", y, m, day)
	case 3:
		return fmt.Sprintf("%d/%02d/%d", y, m, day)
	}
	return d.String()
}

// drawFigure draws a figure and a cell that says it.
func drawFigure(r *rapid.T, percent bool) (assess.Decimal, any) {
	hundredths := rapid.Int64Range(0, 12_000).Draw(r, "hundredths")
	if rapid.Bool().Draw(r, "whole") {
		hundredths = hundredths % 1_200 * 100
	}
	d := assess.Whole(hundredths).Shift(-2)
	forms := []any{d.InexactFloat64(), d.String(), " " + d.StringFixed(2)}
	if percent {
		forms = append(forms, d.String()+"%", d.String()+"％")
	}
	return d, rapid.SampledFrom(forms).Draw(r, "form of the figure")
}

func drawValue(r *rapid.T, p *paper, code string, m assess.Measure) (v assess.Value, given bool) {
	if m.Code == "later" || rapid.IntRange(0, 9).Draw(r, "left out") == 0 {
		return v, false
	}
	item := m.Name
	if m.Station != "" {
		item = m.Station + " " + m.Name
	}
	percent := m.Unit == "%" && m.Of == nil
	switch m.Kind {
	case assess.Cumulative:
		d, cell := drawFigure(r, percent)
		v.AtCutoff = &d
		p.fill(code, item, "本期数值", cell)
		if rapid.Bool().Draw(r, "latest") {
			d, cell := drawFigure(r, percent)
			v.Latest = &d
			p.fill(code, item, "最新数值", cell)
		}
		if rapid.Bool().Draw(r, "latest on") {
			v.LatestOn = drawDay(r, "day")
			p.fill(code, item, "最新数值日期", drawDayCell(r, v.LatestOn))
		}
	case assess.Ceiling:
		d, cell := drawFigure(r, false)
		v.Value = &d
		p.fill(code, item, "本期数值", cell)
	case assess.Stages:
		for _, s := range m.Stages {
			var said assess.StageValue
			switch rapid.IntRange(0, 2).Draw(r, "stage") {
			case 0:
				continue
			case 1:
				said.DoneOn = drawDay(r, "day")
				p.fill(code, item+"："+s.Name, "完成日期", drawDayCell(r, said.DoneOn))
			default:
				share := assess.Whole(rapid.Int64Range(0, 99).Draw(r, "share")).Shift(-2)
				said.Share = &share
				p.fill(code, item+"："+s.Name, "完成比例", rapid.SampledFrom([]any{share.InexactFloat64(), share.String(), share.Shift(2).String() + "%"}).Draw(r, "form"))
			}
			if v.Stages == nil {
				v.Stages = map[string]assess.StageValue{}
			}
			v.Stages[s.Code] = said
		}
		return v, v.Stages != nil
	default:
		v.Verdict = rapid.SampledFrom(assess.Verdicts).Draw(r, "verdict")
		p.fill(code, item, "定性评定", workflow.VerdictLabel(v.Verdict).ZH)
	}
	return v, true
}

// TestNoCellOfAWorkbookIsAFormula, whatever the texts of tasks, flags and reports
// are, nor of the answer to one.
func TestNoCellOfAWorkbookIsAFormula(t *testing.T) {
	hostile := rapid.SampledFrom([]string{"=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "=cmd|' /C calc'!A0", "'=1", "{=1}"})
	rapid.Check(t, func(r *rapid.T) {
		text := func(name string) string { return hostile.Draw(r, name) }
		f := workflow.Filing{
			Campaign: workflow.Campaign{Code: "c", Title: text("title"), Periods: []workflow.Period{{Code: "p", Label: text("label"), Cutoff: day("2023-06-30"), ReportBy: day("2023-07-10")}}},
			Regions:  []workflow.Region{{Code: "440703", Name: text("region")}},
			Tasks: []workflow.FilingTask{{
				Open: true, Flag: &workflow.Flag{Reason: text("reason"), RectifyBy: day("2023-09-30")},
				Last: &workflow.Report{Period: "p", Values: assess.Values{"m": {AtCutoff: ptr(figure("1"))}}},
				Task: workflow.Task{ID: "id", Version: 1, Code: "t", Subject: text("subject"), Requirement: text("requirement"), Key: rapid.Bool().Draw(r, "key"),
					Measures: []assess.Measure{
						{Code: "m", Kind: assess.Cumulative, Name: text("name"), Unit: text("unit"), Targets: []assess.Target{{Due: day("2023-06-30"), Value: figure("10")}}},
						{Code: "s", Kind: assess.Stages, Name: text("chain"), Stages: []assess.Stage{{Code: "a", Name: text("stage"), Due: day("2023-06-30")}}},
					}},
			}},
		}
		f.Period = f.Campaign.Periods[0]
		var b bytes.Buffer
		must(t, workbook.Write(&b, f))
		noFormula(r, b.Bytes())
		p := open(t, b.Bytes())
		p.fill("t", "", "工作进展情况", text("narrative"))
		must(t, p.file.SetCellFormula(form, "I4", "1+1"))
		must(t, p.file.SetCellStr(form, "J4", text("figure")))
		u, err := workbook.Read(p.bytes())
		must(t, err)
		var answer bytes.Buffer
		must(t, u.Answer(&answer, u.Check(), true))
		noFormula(r, answer.Bytes())
	})
}

// noFormula looks at every cell of every sheet.
func noFormula(t rapid.TB, data []byte) {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, name := range file.GetSheetList() {
		rows, err := file.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j := range row {
				at, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := file.GetCellFormula(name, at)
				if kind, kindErr := file.GetCellType(name, at); err != nil || kindErr != nil || formula != "" || kind == excelize.CellTypeFormula {
					t.Fatalf("%s!%s is the formula %q", name, at, formula)
				}
			}
		}
	}
}
