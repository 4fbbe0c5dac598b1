package workbook

import (
	"fmt"
	"slices"
	"strings"

	"duban/workflow"
	"duban/workflow/assess"
)

// empty reports whether nothing of the task is filled in.
func (g *group) empty() bool {
	return !slices.ContainsFunc(g.lines, (*line).filled)
}

// input turns the rows of a task into a report. Notes say what cannot be read.
func (u *Upload) input(g *group) (workflow.Input, []Note) {
	in := workflow.Input{Values: assess.Values{}}
	given := map[column]*line{} // what stands once for each task
	var notes []Note
	for _, l := range g.lines {
		u.line(l, &in, given)
		notes = append(notes, l.notes...)
	}
	return in, notes
}

func (u *Upload) line(l *line, in *workflow.Input, given map[column]*line) {
	if l.has("row_twice") {
		return // which of the rows is meant nobody knows
	}
	open := l.key.open()
	var v assess.Value
	var s assess.StageValue
	said := false
	for _, c := range inputs {
		cell := l.cells[c]
		if blank(cell) || cell.Formula {
			continue
		}
		if !slices.Contains(open, c) && !ofTask(c) {
			l.note(c, "not_for_kind", "此行不填此列", "is not filled in for this row")
			continue
		}
		if first := given[c]; first != nil {
			l.note(c, "twice", fmt.Sprintf("每项任务只填一次，第 %d 行已填", first.number), fmt.Sprintf("is given once for each task, row %d has it", first.number))
			continue
		}
		var err *wrong
		switch c {
		case colFigure:
			if l.key.Kind == assess.Ceiling {
				v.Value, err = figure(cell, l.beside[2])
			} else {
				v.AtCutoff, err = figure(cell, l.beside[2])
			}
		case colLatest:
			v.Latest, err = figure(cell, l.beside[2])
		case colLatestOn:
			v.LatestOn, err = day(cell, u.from1904)
		case colDoneOn:
			s.DoneOn, err = day(cell, u.from1904)
		case colShare:
			s.Share, err = share(cell)
		case colVerdict:
			v.Verdict, err = word(cell)
		case colNarrative:
			in.Narrative = strings.TrimSpace(cell.Text)
		case colEvidence:
			in.EvidenceDate, err = day(cell, u.from1904)
		}
		if err != nil {
			l.note(c, err.rule, err.zh, err.en)
		}
		if ofTask(c) {
			given[c] = l
		} else {
			said = true
		}
	}
	if said {
		put(in.Values, l.key, v, s)
	}
}

func put(values assess.Values, k key, v assess.Value, s assess.StageValue) {
	if k.Stage != "" {
		v = values[k.Measure]
		if v.Stages == nil {
			v.Stages = map[string]assess.StageValue{}
		}
		v.Stages[k.Stage] = s
	}
	values[k.Measure] = v
}
