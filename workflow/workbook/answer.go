package workbook

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"duban/workflow"
	"duban/workflow/sheet"
)

// Answer writes the workbook that was sent once more, with what became of each row
// in its last column and the cells to be mended in the colour of mistakes. It is
// filled in as before, row for row, without formulas and what else there was in the
// file, and can be mended and sent again.
func (u *Upload) Answer(w io.Writer, results []Result, dryRun bool) error {
	said := map[int]*verdictOfRow{}
	for i := range results {
		results[i].tell(said, dryRun)
	}
	title, line := u.fact["title"], u.fact["line"]
	f := form(title, line, u.facts, u.fact["regions"])
	return sheet.WriteForm(w, f, func(yield func([]sheet.FormCell) bool) {
		for _, l := range u.lines {
			if !yield(u.answered(l, said[l.number])) {
				return
			}
		}
	})
}

// verdictOfRow is what the answer says in one row.
type verdictOfRow struct {
	lines []string
	wrong map[column]bool
}

// tell distributes a result over its rows.
func (r *Result) tell(said map[int]*verdictOfRow, dryRun bool) {
	for i, number := range r.Rows {
		v := &verdictOfRow{wrong: map[column]bool{}}
		if i == 0 {
			line := r.Status.Label(dryRun).ZH
			if r.Verdict != "" {
				line += "：" + workflow.VerdictLabel(r.Verdict).ZH
			}
			v.lines = append(v.lines, line)
		}
		said[number] = v
	}
	for _, n := range r.Notes {
		v := said[n.Row]
		if v == nil {
			continue
		}
		v.lines = append(v.lines, n.ZH())
		if c := n.at(); !n.Warning {
			if c == noColumn || c == colKey {
				c = colCheck
			}
			v.wrong[c] = true
		}
	}
}

// ZH is the note in Chinese with the column that it speaks of.
func (n Note) ZH() string {
	if n.Column == "" {
		return n.Text.ZH
	}
	return fmt.Sprintf("“%s”%s", n.Column, n.Text.ZH)
}

// answered is a row as it was sent.
func (u *Upload) answered(l *line, v *verdictOfRow) []sheet.FormCell {
	cells := make([]sheet.FormCell, columnCount)
	for c := range columnCount {
		cells[c] = u.again(l.cells[c], c)
	}
	shape(cells, l.key)
	if v == nil {
		return cells
	}
	cells[colCheck].Text = strings.Join(v.lines, "\n")
	for c := range v.wrong {
		cells[c].Wrong = true
		cells[c].Shut = false
		cells[c].Open = isInput(c)
	}
	return cells
}

// again is a cell as it was sent, so that it means the same when it is read again.
func (u *Upload) again(c sheet.Cell, at column) sheet.FormCell {
	switch {
	case c.Formula:
		return sheet.FormCell{} // what it was worth is not known
	case c.Kind != sheet.Figure || !isInput(at):
		return sheet.FormCell{Text: c.Text}
	}
	if d, err := day(c, u.from1904); err == nil && (at == colLatestOn || at == colDoneOn || at == colEvidence) {
		year, month, day := d.Start().Date()
		return sheet.FormCell{Day: time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
	}
	if c.Format == sheet.Percent && at != colShare {
		if d, _, err := number(c, ""); err == nil {
			return sheet.FormCell{Text: d.Shift(2).String() + "%"}
		}
	}
	if f, err := strconv.ParseFloat(c.Text, 64); err == nil && c.Format != sheet.Dated && at != colNarrative && f-f == 0 {
		return sheet.FormCell{Figure: &f}
	}
	return sheet.FormCell{Text: c.Text}
}
