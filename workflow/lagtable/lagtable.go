// Package lagtable makes the lag table (进度滞后情况表) of a campaign and period:
// as a value, compared, and rendered as DOCX, XLSX, HTML, CSV and JSON.
package lagtable

import (
	"fmt"
	"slices"
	"strings"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/audit"
)

// Table is the lag table.
type Table struct {
	Title  string        `json:"title"`
	Header []string      `json:"header"` // of the four columns
	Rows   []Row         `json:"rows"`
	AsOf   workflow.AsOf `json:"-"` // whose knowledge it shows
	Gaps   []Gap         `json:"-"` // what a preview marks and issuing asks for
	// Issue is the edition that the table is; nil: a preview.
	Issue *workflow.Edition `json:"-"`
	// Annex says what changed since an earlier edition; nil: it is not told.
	Annex *Changes `json:"-"`
	// Signed is the newest checkpoint of the log of events, for the foot of the page;
	// nil: none.
	Signed *audit.Checkpoint `json:"-"`
}

// Row is one listed task. The texts of a cell are its lines.
type Row struct {
	N           int      `json:"n"` // from 1
	Region      string   `json:"region"`
	Task        []string `json:"task"`        // 主要任务
	Requirement []string `json:"requirement"` // 工作内容及要求
	Progress    []string `json:"progress"`    // 工作进展情况
	TaskID      string   `json:"-"`
	TaskCode    string   `json:"-"`
	RegionCode  string   `json:"-"`
	ReportID    string   `json:"-"` // that Progress tells of; empty: none
	EditID      string   `json:"-"` // of the narrative; empty: as it was reported
	// Narrative is the text in Progress that a supervisor may edit; empty: none, as in
	// a row that is made of figures, or one that was issued.
	Narrative string `json:"-"`
	// Span is the number of rows that the merged region cell covers, set on the
	// first of them; 0 on the others.
	Span int `json:"-"`
}

// Gap is a task without a final verdict for the period.
type Gap struct {
	TaskCode string
	Region   string
	Reason   workflow.GapReason
}

var header = []string{"区域", "主要任务", "工作内容及要求", "工作进展情况"}

const keyMark = "【重点考核】"

// printedStation are the words for one pollutant of a monitoring station
// (domain.md, "Printed words"); those for tasks are workflow.VerdictLabel.
var printedStation = map[assess.Verdict]string{
	assess.OnSchedule: "达到任务要求",
	assess.Nearly:     "基本完成任务要求",
	assess.Behind:     "未达任务要求",
}

// Build makes the table: one row for each task whose final verdict, or any of
// whose measures, is not on schedule; regions in code order, tasks in campaign
// order.
func Build(d workflow.LagData) Table {
	t := Table{
		Title:  d.Campaign.Title + "进度滞后情况表（" + d.Period.Label + "）",
		Header: slices.Clone(header), Rows: []Row{}, AsOf: d.AsOf,
	}
	names := map[string]string{}
	for _, r := range d.Regions {
		names[r.Code] = r.Name
	}
	for _, e := range d.Entries {
		if listed(e.Review) {
			row := Row{
				N: len(t.Rows) + 1, Region: names[e.Task.Region], TaskID: e.Task.ID, TaskCode: e.Task.Code, RegionCode: e.Task.Region,
				Task: lines(e.Task.Subject), Requirement: lines(e.Task.Requirement), Progress: progress(d.Period, e), ReportID: e.Review.ReportID,
			}
			if !e.Figures() {
				row.Narrative = e.Narrative()
				if e.Edit != nil {
					row.EditID = e.Edit.ID
				}
			}
			t.Rows = append(t.Rows, row)
		}
	}
	for _, g := range d.Gaps {
		t.Gaps = append(t.Gaps, Gap{TaskCode: g.Task.Code, Region: names[g.Task.Region], Reason: g.Reason})
	}
	t.merge()
	return t
}

func listed(r workflow.Review) bool {
	return r.Verdict != assess.OnSchedule || r.Assessment != nil && !r.Assessment.AllOnSchedule()
}

// merge sets the spans of the region cells.
func (t *Table) merge() {
	first := 0
	for i := range t.Rows {
		if t.Rows[i].Region != t.Rows[first].Region {
			first = i
		}
		t.Rows[first].Span++
	}
}

func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// progress is the last cell: for ordinary tasks the verdict and the narrative,
// for station tasks a line for each station, made from the figures.
func progress(p workflow.Period, e workflow.LagEntry) []string {
	mark := ""
	if e.Task.Key {
		mark = keyMark
	}
	if stations := e.Task.Stations(); e.Figures() {
		var out []string
		if mark != "" {
			out = append(out, mark)
		}
		for i, s := range stations {
			number := ""
			if len(stations) > 1 {
				number = fmt.Sprintf("（%d）", i+1)
			}
			out = append(out, number+stationLine(p, s, e.Task, *e.Review.Assessment))
		}
		return out
	}
	out := []string{mark + workflow.VerdictLabel(e.Review.Verdict).ZH + "。"}
	if e.Report == nil {
		return append(out, append([]string{"逾期未报。"}, lines(e.Review.Reason)...)...)
	}
	return append(out, lines(e.Narrative())...)
}

func stationLine(p workflow.Period, station string, t workflow.Task, a assess.Assessment) string {
	var b strings.Builder
	b.WriteString(p.Label + "，" + station)
	for _, m := range t.Measures {
		if j, ok := a.Judged(m.Code); ok && m.Station == station {
			fmt.Fprintf(&b, "%s指标浓度为%s%s，%s。", m.Name, j.Actual, m.Unit, printedStation[j.Verdict])
		}
	}
	return b.String()
}
