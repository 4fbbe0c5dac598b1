package workbook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/sheet"
	"duban/workflow/workbook"
)

// style gives a cell a number format.
func (p *paper) style(at, format string) {
	p.t.Helper()
	id, err := p.file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	must(p.t, err)
	must(p.t, p.file.SetCellStyle(form, at, at, id))
}

// stations fills the first task in, its figure at the cutoff aside.
func stations(p *paper) *paper {
	return p.fill("440703-01", "", "工作进展情况", "正在安装。")
}

const first = "440703-01"

// TestWhatPeopleAndProgramsDoToAWorkbook: each either means what was meant or is
// refused by name, at the cell.
func TestWhatPeopleAndProgramsDoToAWorkbook(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	clean := w.download(pengjiang)
	at := func(value any) func(*paper) {
		return func(p *paper) { stations(p).fill(first, "", "本期数值", value) }
	}
	share := func(value any) func(*paper) {
		return func(p *paper) {
			p.fill("440703-04", "规划：调查", "完成日期", "2023-03-01").fill("440703-04", "规划：初稿", "完成比例", value).fill("440703-04", "规划：调查", "工作进展情况", "在编。")
		}
	}
	fund := func(value any) func(*paper) {
		return func(p *paper) {
			p.fill("440703-03", "资金执行率", "本期数值", value).fill("440703-03", "资金执行率", "工作进展情况", "好。")
		}
	}
	latest := func(value any) func(*paper) {
		return func(p *paper) {
			stations(p).fill(first, "", "本期数值", 0).fill(first, "", "最新数值", 1).fill(first, "", "最新数值日期", value)
		}
	}
	for name, c := range map[string]struct {
		do   func(*paper)
		task string
		want string
	}{
		"a number":                   {at(1), first, "accepted on_schedule"},
		"a number as text":           {at("1"), first, "accepted on_schedule"},
		"full-width digits":          {at("　１ "), first, "accepted on_schedule"},
		"with its unit":              {at("1座"), first, "accepted on_schedule"},
		"an apostrophe":              {at("'1"), first, "accepted on_schedule"},
		"another unit":               {at("1公里"), first, "error 本期数值:decimal"},
		"percent of a count":         {at("10%"), first, "error 本期数值:percent"},
		"percent of a count, a form": {func(p *paper) { at(0.1)(p); p.style(p.cell(first, "", "本期数值"), "0%") }, first, "error 本期数值:percent"},
		"a day for a number":         {func(p *paper) { at(45107)(p); p.style(p.cell(first, "", "本期数值"), "yyyy-mm-dd") }, first, "error 本期数值:date"},
		"words":                      {at("一座"), first, "error 本期数值:decimal"},
		"NaN":                        {at("NaN"), first, "error 本期数值:decimal"},
		"an infinite figure":         {at("1e400"), first, "error 本期数值:decimal"},
		"an error":                   {at("#N/A"), first, "error 本期数值:decimal"},
		"a truth":                    {at(true), first, "error 本期数值:decimal"},
		"not whole":                  {at(0.5), first, "error 本期数值:whole"},
		"negative":                   {at(-1), first, "error 本期数值:range"},
		"more than there are":        {at(9), first, "error 本期数值:range"},
		"a formula": {func(p *paper) {
			at(1)(p)
			must(p.t, p.file.SetCellFormula(form, p.cell(first, "", "本期数值"), "1+0"))
		}, first, "error 本期数值:formula"},
		"a formula as narrative": {func(p *paper) {
			at(1)(p)
			must(p.t, p.file.SetCellFormula(form, p.cell(first, "", "工作进展情况"), `HYPERLINK("http://x")`))
		}, first, "error 工作进展情况:formula"},
		"a text like a formula":    {func(p *paper) { at(1)(p); p.fill(first, "", "工作进展情况", "=1+1") }, first, "accepted on_schedule"},
		"only a figure":            {func(p *paper) { p.fill(first, "", "本期数值", 1) }, first, "error 工作进展情况:required"},
		"only a narrative":         {func(p *paper) { stations(p) }, first, "error 本期数值:required"},
		"a value for another kind": {func(p *paper) { at(1)(p); p.fill(first, "", "完成比例", 0.5) }, first, "error 完成比例:not_for_kind"},
		"thousands":                {fund("1,234.5"), "440703-03", "accepted on_schedule"},
		"a comma for the point":    {fund("99,5"), "440703-03", "error 本期数值:decimal"},
		"percent, typed":           {fund("99.5%"), "440703-03", "accepted nearly"},
		"percent, full-width":      {fund("９９．５％"), "440703-03", "accepted nearly"},
		"percent, by its form": {func(p *paper) {
			fund(0.995)(p)
			p.style(p.cell("440703-03", "资金执行率", "本期数值"), "0.0%")
		}, "440703-03", "accepted nearly"},
		"too many decimals":             {fund(1.0 / 3), "440703-03", "error 本期数值:decimal"},
		"a share":                       {share(0.8), "440703-04", "accepted nearly"},
		"a share in percent":            {share("80%"), "440703-04", "accepted nearly"},
		"a share without its sign":      {share(80), "440703-04", "error 完成比例:range"},
		"a share of everything":         {share("100%"), "440703-04", "error 完成比例:range"},
		"a day":                         {latest("2023-07-05"), first, "accepted nearly"},
		"a day in words":                {latest("2023年7月5日"), first, "accepted nearly"},
		"a day with points":             {latest("2023.7.5"), first, "accepted nearly"},
		"a day with strokes":            {latest("2023/7/5 10:30"), first, "accepted nearly"},
		"a day in digits":               {latest(20230705), first, "accepted nearly"},
		"a day by its number":           {latest(45112), first, "accepted nearly"},
		"its number as text":            {latest("45112"), first, "accepted nearly"},
		"a day that is none":            {latest("2023-02-30"), first, "error 最新数值日期:date"},
		"a day without year":            {latest("7月5日"), first, "error 最新数值日期:date"},
		"a day to come":                 {latest("2023-12-31"), first, "error 最新数值日期:order"},
		"a verdict that is none":        {func(p *paper) { fund(99)(p); p.fill("440703-03", "项目库储备管理", "定性评定", "还行") }, "440703-03", "error 定性评定:one_of"},
		"rows twice":                    {func(p *paper) { at(1)(p); must(p.t, p.file.DuplicateRow(form, p.row(first, ""))) }, first, "error 行标识:row_twice 行标识:row_twice"},
		"rows twice, one of them empty": {func(p *paper) { must(p.t, p.file.DuplicateRow(form, p.row(first, ""))); at(1)(p) }, first, "accepted on_schedule"},
		"merged cells": {func(p *paper) {
			at(1)(p)
			n := p.row(first, "")
			must(p.t, p.file.MergeCell(form, fmt.Sprintf("I%d", n), fmt.Sprintf("I%d", n+1)))
		}, first, "error :merged"},
		"a key of another row": {func(p *paper) {
			at(1)(p)
			p.fill(first, "", "行标识", p.get("440703-02", "东湖子站 NO2", "行标识"))
		}, "440703-02", "error 行标识:key_shifted"},
		"a key that is cut":               {func(p *paper) { at(1)(p); p.fill(first, "", "行标识", "1:jm-2023") }, first, "error 行标识:key_damaged"},
		"no key":                          {func(p *paper) { at(1)(p); p.fill(first, "", "行标识", nil) }, first, "error 行标识:key_missing"},
		"another unit in the unit's cell": {func(p *paper) { at(1)(p); p.fill(first, "", "单位", "%") }, first, "error 行标识:key_shifted"},
		"a hidden row":                    {func(p *paper) { at(1)(p); must(p.t, p.file.SetRowVisible(form, p.row(first, ""), false)) }, first, "accepted on_schedule :hidden"},
		"a column put in":                 {func(p *paper) { at(1)(p); must(p.t, p.file.InsertCols(form, "C", 2)) }, first, "accepted on_schedule"},
		"the title of the sheet changed":  {func(p *paper) { at(1)(p); must(p.t, p.file.SetSheetName(form, "我的表")) }, first, "accepted on_schedule"},
		"other sheets":                    {func(p *paper) { at(1)(p); _, err := p.file.NewSheet("草稿"); must(p.t, err) }, first, "accepted on_schedule"},
		"a row taken out":                 {func(p *paper) { at(1)(p); must(p.t, p.file.RemoveRow(form, p.row("440703-04", "规划：定稿"))) }, first, "accepted on_schedule"},
		"a row put in":                    {func(p *paper) { at(1)(p); must(p.t, p.file.InsertRows(form, p.row(first, ""), 3)) }, first, "accepted on_schedule"},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, clean)
			c.do(p)
			got := said(w.send(pengjiang, p.bytes(), workbook.Options{DryRun: true})[c.task])
			if got != c.want {
				t.Errorf("it is %q, want %q", got, c.want)
			}
		})
	}
}

// TestWhatIsWrongWithAFileIsNamed before any row is looked at.
func TestWhatIsWrongWithAFileIsNamed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	clean := w.download(pengjiang)
	for want, do := range map[string]func(*paper){
		"column_missing": func(p *paper) { must(p.t, p.file.RemoveCol(form, p.at["最新数值"])) },
		"column_twice":   func(p *paper) { must(p.t, p.file.SetCellValue(form, "X3", "本期数值")) },
		"header":         func(p *paper) { must(p.t, p.file.RemoveRow(form, 3)) },
		"template":       func(p *paper) { must(p.t, p.file.SetCellStr(sheet.FactsSheet, "B1", "0")) },
		"not_template":   func(p *paper) { must(p.t, p.file.DeleteSheet(sheet.FactsSheet)) },
	} {
		p := open(t, clean)
		do(p)
		if _, err := workbook.Read(p.bytes()); !strings.Contains(fmt.Sprint(rules(err)), want) {
			t.Errorf("want %s: %v", want, err)
		}
	}
}

func rules(err error) []string {
	if err == nil {
		return nil
	}
	var out []string
	for _, f := range workflow.AsError(err).Fields {
		out = append(out, f.Rule)
	}
	return out
}

// TestRowsAndColumnsInAnyOrder mean the same.
func TestRowsAndColumnsInAnyOrder(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	p := filledIn(t, w.download(pengjiang))
	rows, err := p.file.GetRows(form, excelize.Options{RawCellValue: true})
	must(t, err)
	turned := excelize.NewFile()
	must(t, turned.SetSheetName("Sheet1", form))
	for i, row := range rows[2:] {
		to := 1
		if i > 0 {
			to = len(rows) - 1 - i
		}
		for j, text := range row {
			at, err := excelize.CoordinatesToCellName(30-j, to)
			must(t, err)
			must(t, turned.SetCellStr(form, at, text))
		}
	}
	facts, err := p.file.GetRows(sheet.FactsSheet)
	must(t, err)
	_, err = turned.NewSheet(sheet.FactsSheet)
	must(t, err)
	for i, fact := range facts {
		must(t, turned.SetSheetRow(sheet.FactsSheet, fmt.Sprintf("A%d", i+1), &fact))
	}
	want := w.send(pengjiang, p.bytes(), workbook.Options{DryRun: true})
	got := w.send(pengjiang, (&paper{t: t, file: turned}).bytes(), workbook.Options{DryRun: true})
	for code, r := range want {
		if said(r) != said(got[code]) {
			t.Errorf("%s is %s, turned round %s", code, said(r), said(got[code]))
		}
	}
}
