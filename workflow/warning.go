package workflow

import (
	"fmt"
	"slices"

	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/wording"
)

// Warning is something in a report that does not go together: what its narrative
// tells and its figures, or those with what is wanted. A warning never keeps a
// report from being sent; it is kept with it for the reviewer.
type Warning struct {
	Code  WarningCode `json:"code"`
	Place string      `json:"place"`           // "narrative", or "values.CODE" with ".STAGE" for a stage
	Words string      `json:"words,omitempty"` // of the narrative
	Said  string      `json:"said,omitempty"`  // the narrative's figure, or the last report's
	Given string      `json:"given,omitempty"` // the figure among the values
	Text  Text        `json:"text"`
}

// WarningCode is a kind of warning.
type WarningCode string

// The kinds of warnings.
const (
	WarnFigure  WarningCode = "figure_differs" // a figure of the narrative is not the value
	WarnUnit    WarningCode = "unit_differs"   // the same number in another unit
	WarnDone    WarningCode = "done_not_all"   // finished in words, not in figures
	WarnStage   WarningCode = "stage_not_done" // a stage finished in words, not in the values, or the other way
	WarnMissing WarningCode = "not_spoken_of"  // the narrative leaves out a measure, a part or a station
	WarnSum     WarningCode = "sum_differs"    // parts do not add up to their total
	WarnFell    WarningCode = "fell"           // a cumulative figure is below that of the last report
	WarnDay     WarningCode = "later_day"      // a day after the evidence date
)

// mostWarnings is how many a report keeps.
const mostWarnings = 30

// Warn compares the narrative of a report with its values. last is the task's
// report before it that was not withdrawn or returned, nil for none. What it
// returns follows from its arguments alone.
func Warn(t Task, cutoff calendar.Date, r Report, last *Report) []Warning {
	return warn(t, cutoff, r, last, nil)
}

// toldBy is what a narrative tells when it is read in a year.
type toldBy struct {
	year int
	told []wording.Told
}

func readNarrative(narrative string, year int) *toldBy {
	return &toldBy{year, wording.ReadNarrative(narrative, year)}
}

// warn is Warn with the narrative read already, if it was, in the right year.
func warn(t Task, cutoff calendar.Date, r Report, last *Report, read *toldBy) []Warning {
	if year := r.EvidenceDate.Year(); read == nil || read.year != year {
		read = readNarrative(r.Narrative, year)
	}
	w := &warner{task: t, cutoff: cutoff, report: r, told: read.told}
	w.prepare()
	w.figures()
	w.finished()
	w.stages()
	w.missing()
	w.sums()
	w.fell(last)
	w.days()
	return w.list[:min(len(w.list), mostWarnings)]
}

// warner looks for what does not go together in one report.
type warner struct {
	task   Task
	cutoff calendar.Date
	report Report
	told   []wording.Told
	names  []wording.Pairs // of the measures
	list   []Warning
}

func (w *warner) prepare() {
	for _, m := range w.task.Measures {
		name := m.Name
		if m.Of != nil {
			name += m.Of.Unit
		}
		w.names = append(w.names, wording.PairsOf(name))
	}
}

func (w *warner) add(code WarningCode, place, words, said, given, zh, en string) {
	next := Warning{Code: code, Place: place, Words: words, Said: said, Given: given, Text: Text{ZH: zh, EN: en}}
	if !slices.Contains(w.list, next) {
		w.list = append(w.list, next)
	}
}

// value is what was reported for a measure, and whether anything was.
func (w *warner) value(m assess.Measure) (assess.Value, bool) {
	v, ok := w.report.Values[m.Code]
	return v, ok
}

// figuresOf are the figures given for a measure, the newest first.
func figuresOf(v assess.Value) []assess.Decimal {
	var list []assess.Decimal
	for _, d := range []*assess.Decimal{v.Latest, v.AtCutoff, v.Value} {
		if d != nil {
			list = append(list, *d)
		}
	}
	return list
}

// unitOf is the unit in which a measure is reported.
func unitOf(m assess.Measure) string {
	if m.Of != nil {
		return m.Of.Unit
	}
	return m.Unit
}

func (w *warner) days() {
	for _, t := range w.told {
		for _, d := range t.Days {
			if d.Date.After(w.report.EvidenceDate) {
				w.add(WarnDay, "narrative", d.Words, d.Date.String(), w.report.EvidenceDate.String(),
					fmt.Sprintf("“%s”晚于证据日期 %s", d.Words, w.report.EvidenceDate), fmt.Sprintf("“%s” is after the evidence date %s", d.Words, w.report.EvidenceDate))
			}
		}
	}
}

// fell finds cumulative figures below those of the last report.
func (w *warner) fell(last *Report) {
	if last == nil {
		return
	}
	for _, m := range w.task.Measures {
		now, before := figuresOf(w.report.Values[m.Code]), figuresOf(last.Values[m.Code])
		if m.Kind != assess.Cumulative || len(now) == 0 || len(before) == 0 || !now[0].LessThan(before[0]) {
			continue
		}
		w.add(WarnFell, "values."+m.Code, "", assess.Exact(before[0]), assess.Exact(now[0]),
			fmt.Sprintf("“%s”现为 %s%s，上次报告为 %s%s：累计数不应减少", m.Name, assess.Exact(now[0]), unitOf(m), assess.Exact(before[0]), unitOf(m)),
			fmt.Sprintf("“%s” is now %s %s, and was %s in the last report: what is cumulative does not fall", m.Name, assess.Exact(now[0]), unitOf(m), assess.Exact(before[0])))
	}
}

// sums finds totals that are not the sum of their parts: A 3个、B 4个，共 8个; or
// parts after 其中 that are more than the total before it.
func (w *warner) sums() {
	for _, t := range w.told {
		for i, f := range t.Figures {
			parts := assess.Whole(0)
			n := 0
			if f.Total {
				for _, g := range t.Figures[:i] {
					if g.Unit == f.Unit && !g.Total && !g.Part && !g.Planned {
						parts, n = parts.Add(g.Value), n+1
					}
				}
				if n < 2 || parts.Equal(f.Value) {
					continue
				}
			} else {
				for _, g := range t.Figures[i+1:] {
					if g.Unit == f.Unit && g.Part && !f.Part && g.Unit != "%" {
						parts, n = parts.Add(g.Value), n+1
					}
				}
				if n < 2 || !parts.GreaterThan(f.Value) {
					continue
				}
			}
			w.add(WarnSum, "narrative", f.Words, assess.Exact(f.Value), assess.Exact(parts),
				fmt.Sprintf("各部分合计 %s%s，与“%s”不符", assess.Exact(parts), f.Unit, f.Words), fmt.Sprintf("the parts add up to %s, not to “%s”", assess.Exact(parts), f.Words))
		}
	}
}
