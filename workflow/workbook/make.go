package workbook

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/sheet"
)

// Write makes the workbook of a filing: one row for each figure, stage or word that
// the tasks need. The bytes follow from the filing alone.
func Write(w io.Writer, f workflow.Filing) error {
	m := maker{filing: f, facts: facts{Template, f.Campaign.Code, f.Period.Code}, labels: map[string]string{}}
	for _, p := range f.Campaign.Periods {
		m.labels[p.Code] = p.Label
	}
	return sheet.WriteForm(w, m.form(), m.rows)
}

type maker struct {
	filing workflow.Filing
	facts  facts
	labels map[string]string // of periods
}

func (m maker) form() sheet.Form {
	var names, codes []string
	for _, r := range m.filing.Regions {
		names, codes = append(names, r.Name), append(codes, r.Code)
	}
	p := m.filing.Period
	return form(
		fmt.Sprintf("%s 进展填报表（%s）%s", m.filing.Campaign.Title, p.Label, strings.Join(names, "、")),
		fmt.Sprintf("本期截止日期 %s，上报期限 %s。只填黄色单元格；整项任务留空则不上报。填写方法见“%s”。", p.Cutoff, p.ReportBy, guideName),
		m.facts, strings.Join(codes, " "))
}

// form is the frame of every workbook of this kind.
func form(title, line string, f facts, regions string) sheet.Form {
	return sheet.Form{
		Name: sheetName, Head: []string{title, line}, Columns: columns(), Frozen: 2, Guide: guideName, Lines: guide,
		Facts: [][2]string{
			{"template", f.Template}, {"campaign", f.Campaign}, {"period", f.Period}, {"regions", regions}, {"title", title}, {"line", line},
		},
	}
}

// rows gives the rows of the tasks that take a report.
func (m maker) rows(yield func([]sheet.FormCell) bool) {
	for _, t := range m.filing.Tasks {
		if !t.Open {
			continue
		}
		list := items(t.Task, m.filing.Period.Cutoff)
		if len(list) == 0 {
			list = []item{{}} // nothing is due: the narrative alone
		}
		for i, item := range list {
			if !yield(m.row(t, item, i == 0)) {
				return
			}
		}
	}
}

// item is what one row is of: a measure, or one stage of it.
type item struct {
	measure assess.Measure
	stage   *assess.Stage
}

// items are what a report of a task needs for a period.
func items(t workflow.Task, cutoff calendar.Date) []item {
	var list []item
	pace := assess.ByPace(t.Measures, cutoff)
	for _, m := range t.Measures {
		switch {
		case !m.Due(cutoff, pace):
		case m.Kind == assess.Stages:
			for i := range m.Stages {
				list = append(list, item{m, &m.Stages[i]})
			}
		default:
			list = append(list, item{measure: m})
		}
	}
	return list
}

// name is what the item is called, unlike every other one of its task.
func (i item) name() string {
	name := i.measure.Name
	if name == "" {
		name = i.measure.Code
	}
	if i.measure.Station != "" {
		name = i.measure.Station + " " + name
	}
	if i.stage != nil {
		name += "：" + i.stage.Name
	}
	return name
}

// unit is that of the figures to fill in.
func (i item) unit() string {
	if i.measure.Of != nil {
		return i.measure.Of.Unit
	}
	return i.measure.Unit
}

func (m maker) row(t workflow.FilingTask, i item, first bool) []sheet.FormCell {
	cells := make([]sheet.FormCell, columnCount)
	task := t.Task
	k := key{Task: task.ID, Version: task.Version, Measure: i.measure.Code, Kind: i.measure.Kind, First: first}
	if i.stage != nil {
		k.Stage = i.stage.Code
	}
	required, due := i.required(m.filing.Period.Cutoff)
	texts := map[column]string{
		colCode: task.Code, colItem: i.name(), colRequired: required, colUnit: i.unit(), colDue: due.String(),
		colLast: m.last(t.Last, i), colKey: k.text(m.facts, [3]string{task.Code, i.name(), i.unit()}),
	}
	if first {
		texts[colSubject], texts[colRequirement] = task.Subject, task.Requirement
		if task.Key {
			texts[colSubject] = "【重点考核】" + task.Subject
		}
		if t.Flag != nil {
			texts[colRequirement] += fmt.Sprintf("\n【滞后挂牌】%s 整改期限：%s", t.Flag.Reason, t.Flag.RectifyBy)
		}
	}
	for c, text := range texts {
		cells[c].Text = text
	}
	shape(cells, k)
	return cells
}

// shape opens the cells that are to be filled in.
func shape(cells []sheet.FormCell, k key) {
	open := k.open()
	for c := range cells {
		cells[c].First = k.First
		if isInput(column(c)) {
			cells[c].Open = slices.Contains(open, column(c))
			cells[c].Shut = !cells[c].Open
		}
	}
}

// required says what is due by the cutoff, or comes next, and its day.
func (i item) required(cutoff calendar.Date) (string, calendar.Date) {
	switch m := i.measure; m.Kind {
	case assess.Cumulative:
		target := m.Targets[0]
		for _, t := range m.Targets[1:] {
			later := t.Due.After(target.Due)
			if t.Due.After(cutoff) != target.Due.After(cutoff) {
				later = !t.Due.After(cutoff)
			} else if t.Due.After(cutoff) {
				later = !later
			}
			if later {
				target = t
			}
		}
		text := "达到 " + assess.Exact(target.Value)
		if m.Of == nil {
			return text + m.Unit, target.Due
		}
		return fmt.Sprintf("%s%%（共 %d%s）", text, m.Of.Count, m.Of.Unit), target.Due
	case assess.Stages:
		return "完成", i.stage.Due
	case assess.Ceiling:
		text := "不高于 " + assess.Exact(*m.Target) + m.Unit
		if m.Fallback != nil {
			text += "（基准 " + assess.Exact(*m.Fallback) + "）"
		}
		return text, calendar.Date{}
	case assess.Qualitative:
		return "定性，由审核员评定", calendar.Date{}
	default:
		return "本期没有到期的指标，只填进展情况", calendar.Date{}
	}
}

// last is what the last accepted report says about an item.
func (m maker) last(r *workflow.Report, i item) string {
	if r == nil {
		return ""
	}
	v, given := r.Values[i.measure.Code]
	said := ""
	switch {
	case !given:
	case i.stage != nil:
		s, given := v.Stages[i.stage.Code]
		switch {
		case !given:
			said = "未完成"
		case s.Share != nil:
			said = "完成 " + assess.Exact(s.Share.Shift(2)) + "%"
		default:
			said = s.DoneOn.String() + " 完成"
		}
	case v.AtCutoff != nil:
		said = assess.Exact(*v.AtCutoff)
		if v.Latest != nil {
			said += "；最新 " + assess.Exact(*v.Latest) + "（" + v.LatestOn.String() + "）"
		}
	case v.Value != nil:
		said = assess.Exact(*v.Value)
	case v.Verdict != "":
		said = workflow.VerdictLabel(v.Verdict).ZH
	}
	if said == "" {
		return ""
	}
	return m.labels[r.Period] + "：" + said
}

// FileName is what the workbook of a filing is called.
func FileName(f workflow.Filing) string {
	var regions []string
	for _, r := range f.Regions {
		regions = append(regions, r.Code)
	}
	return Name(f.Campaign.Code, f.Period.Code, regions)
}

// Name is what a workbook is called: of one region by its code too.
func Name(campaign, period string, regions []string) string {
	name := "reporting-" + campaign + "-" + period
	if len(regions) == 1 {
		name += "-" + regions[0]
	}
	return name + ".xlsx"
}
