package gormstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"math"

	"duban/workflow"
	"duban/workflow/audit"
)

// taskRows is a workflow.TaskRows. A sum is of the cells of some columns, in the order
// of the table, as text.
type taskRows struct {
	u                                     *unit
	seed                                  maphash.Seed
	assignedFixed, assignedChanged        []partCell
	assignedUpdated, changed              []partCell
	report, review, flag                  []partCell
	rectifyBy                             int
	fixed, changedColumns, updated, dueAt []int // columns of tasks
	buffer                                []byte
}

// partCell appends what is stored of a part as a cell.
type partCell func(to []byte, p audit.Parts) (_ []byte, ok bool)

// cellsOf are the columns of a table by name, and of which parts they are made.
type cellsOf map[string]partCell

func (u *unit) TaskRows(assigned, left *audit.Form) workflow.TaskRows {
	r := &taskRows{u: u, seed: maphash.MakeSeed(), rectifyBy: left.At("flag.rectify_by")}
	taskOf := func(f *audit.Form) cellsOf {
		return cellsOf{
			"state": text(f, "task.state"), "period": text(f, "task.period"), "report_id": text(f, "task.report_id"), "flag_id": text(f, "task.flag_id"),
			"verdict": text(f, "task.verdict"), "version": number(f, "task.version"),
		}
	}
	fixed := cellsOf{
		"id": text(assigned, "task.id"), "campaign": text(assigned, "task.campaign"), "code": text(assigned, "task.code"), "seq": number(assigned, "task.seq"),
		"region": text(assigned, "task.region"), "key_task": truth(assigned, "task.key"), "subject": text(assigned, "task.subject"),
		"requirement": text(assigned, "task.requirement"), "search": search(assigned), "measures": asIs(assigned, "task.measures"),
		"created_at": instant(assigned, "task.created_at"),
	}
	updated := cellsOf{"updated_at": instant(assigned, "task.updated_at")}
	r.fixed, r.assignedFixed = tasksTable.some(fixed)
	r.changedColumns, r.assignedChanged = tasksTable.some(taskOf(assigned))
	_, r.changed = tasksTable.some(taskOf(left))
	r.updated, r.assignedUpdated = tasksTable.some(updated)
	r.dueAt, _ = tasksTable.some(cellsOf{"due": nil})
	r.report = reportsTable.all(cellsOf{
		"id": text(left, "report.id"), "task_id": text(left, "report.task_id"), "number": number(left, "report.number"), "period": text(left, "report.period"),
		"flag_id": text(left, "report.flag_id"), "author": text(left, "report.author"), "on_behalf": text(left, "report.on_behalf"),
		"evidence_date": text(left, "report.evidence_date"), "narrative": text(left, "report.narrative"), "figures": asIs(left, "report.values"),
		"assessment": asIs(left, "report.assessment"), "warnings": asIs(left, "report.warnings"), "status": text(left, "report.status"),
		"submitted_at": instant(left, "report.submitted_at"), "evidence": asIs(left, "report.evidence"),
	})
	r.review = reviewsTable.all(cellsOf{
		"id": text(left, "review.id"), "task_id": text(left, "review.task_id"), "period": text(left, "review.period"), "event": text(left, "review.event"),
		"report_id": text(left, "review.report_id"), "report_number": number(left, "review.report_number"), "report_digest": text(left, "review.report_digest"),
		"flag_id": text(left, "review.flag_id"), "assessment": asIs(left, "review.assessment"), "verdict": text(left, "review.verdict"),
		"reason": text(left, "review.reason"), "reviewer": text(left, "review.reviewer"), "on_behalf": text(left, "review.on_behalf"), "at": instant(left, "review.at"),
	})
	r.flag = flagsTable.all(cellsOf{
		"id": text(left, "flag.id"), "task_id": text(left, "flag.task_id"), "period": text(left, "flag.period"), "verdict": text(left, "flag.verdict"),
		"reason": text(left, "flag.reason"), "rectify_by": text(left, "flag.rectify_by"), "opened_by": text(left, "flag.opened_by"),
		"opened_at": instant(left, "flag.opened_at"), "cleared_by": text(left, "flag.cleared_by"), "cleared_at": instant(left, "flag.cleared_at"),
	})
	if n := len(r.fixed) + len(r.changedColumns) + len(r.updated) + len(r.dueAt); n != len(tasksTable.columns) {
		panic(fmt.Sprintf("gormstore: %d columns of tasks are summed, there are %d", n, len(tasksTable.columns)))
	}
	return r
}

// some are cells in the order of the columns, and the places of these.
func (t table) some(cells cellsOf) (columns []int, list []partCell) {
	for i, name := range t.columns {
		if cell, ok := cells[name]; ok {
			columns, list = append(columns, i), append(list, cell)
		}
	}
	return columns, list
}

// all are the cells of every column. It panics when they are not.
func (t table) all(cells cellsOf) []partCell {
	_, list := t.some(cells)
	if len(list) != len(t.columns) || len(list) != len(cells) {
		panic(fmt.Sprintf("gormstore: %d columns of %s are summed, there are %d", len(cells), t.name, len(t.columns)))
	}
	return list
}

// endCell ends a cell that begins at a place of a buffer, by its length: so no two rows
// of cells are the same bytes.
func endCell(to []byte, from int) []byte {
	return binary.LittleEndian.AppendUint32(to, uint32(len(to)-from))
}

// nullCell is that of NULL.
func nullCell(to []byte) []byte { return binary.LittleEndian.AppendUint32(to, math.MaxUint32) }

func text(f *audit.Form, path string) partCell {
	at := f.At(path)
	return func(to []byte, p audit.Parts) ([]byte, bool) {
		return endCell(audit.AppendText(to, p.Text(at)), len(to)), true
	}
}

// asIs is for JSON, which is stored as it stands in events; nothing is stored of what
// is not there.
func asIs(f *audit.Form, path string) partCell {
	at := f.At(path)
	return func(to []byte, p audit.Parts) ([]byte, bool) {
		return endCell(append(to, p.Text(at)...), len(to)), true
	}
}

func number(f *audit.Form, path string) partCell {
	at := f.At(path)
	return func(to []byte, p audit.Parts) ([]byte, bool) {
		n := p.Text(at)
		if n == nil {
			n = []byte("0")
		}
		return endCell(append(to, n...), len(to)), true
	}
}

func truth(f *audit.Form, path string) partCell {
	at := f.At(path)
	return func(to []byte, p audit.Parts) ([]byte, bool) {
		c := byte('0')
		if string(p.Text(at)) == "true" {
			c = '1'
		}
		return endCell(append(to, c), len(to)), true
	}
}

func instant(f *audit.Form, path string) partCell {
	at := f.At(path)
	return func(to []byte, p audit.Parts) ([]byte, bool) {
		text := p.Text(at)
		if text == nil {
			return nullCell(to), true
		}
		return momentCell(to, text)
	}
}

func momentCell(to, text []byte) ([]byte, bool) {
	whole, ok := appendMoment(to, text)
	return endCell(whole, len(to)), ok
}

// search is for what a task is looked for by.
func search(f *audit.Form) partCell {
	code, subject, requirement := f.At("task.code"), f.At("task.subject"), f.At("task.requirement")
	return func(to []byte, p audit.Parts) ([]byte, bool) {
		told := func(at int) string { return string(audit.AppendText(nil, p.Text(at))) }
		t := workflow.Task{Code: told(code), Subject: told(subject), Requirement: told(requirement)}
		return endCell(append(to, t.SearchText()...), len(to)), true
	}
}

// sum sums some cells.
func (r *taskRows) sum(cells []partCell, p audit.Parts) (uint64, bool) {
	to, ok := r.buffer[:0], true
	for _, cell := range cells {
		if to, ok = cell(to, p); !ok {
			return 0, false
		}
	}
	r.buffer = to
	return maphash.Bytes(r.seed, to), true
}

func (r *taskRows) Assigned(p audit.Parts) (fixed, changed, updated uint64, ok bool) {
	fixed, ok1 := r.sum(r.assignedFixed, p)
	changed, ok2 := r.sum(r.assignedChanged, p)
	updated, ok3 := r.sum(r.assignedUpdated, p)
	return fixed, changed, updated, ok1 && ok2 && ok3
}

func (r *taskRows) Changed(p audit.Parts, at []byte) (changed, updated uint64, ok bool) {
	if changed, ok = r.sum(r.changed, p); !ok {
		return 0, 0, false
	}
	r.buffer, ok = momentCell(r.buffer[:0], at)
	return changed, maphash.Bytes(r.seed, r.buffer), ok
}

func (r *taskRows) Due(day string) uint64 {
	r.buffer = endCell(append(r.buffer[:0], day...), 0)
	return maphash.Bytes(r.seed, r.buffer)
}

func (r *taskRows) Task(fixed, changed, updated, due uint64) uint64 {
	to := r.buffer[:0]
	for _, sum := range [...]uint64{fixed, changed, updated, due} {
		to = binary.LittleEndian.AppendUint64(to, sum)
	}
	r.buffer = to
	return maphash.Bytes(r.seed, to)
}

func (r *taskRows) Report(p audit.Parts) (uint64, bool) { return r.sum(r.report, p) }

func (r *taskRows) Review(p audit.Parts) (uint64, bool) { return r.sum(r.review, p) }

func (r *taskRows) Flag(p audit.Parts) (row, due uint64, ok bool) {
	due = r.Due(string(p.Text(r.rectifyBy)))
	row, ok = r.sum(r.flag, p)
	return row, due, ok
}

func (r *taskRows) Stored() (sums workflow.TaskSums, ok bool, err error) {
	ok = true
	for _, t := range []struct {
		table table
		into  *workflow.RowSum
	}{{tasksTable, &sums.Tasks}, {reportsTable, &sums.Reports}, {reviewsTable, &sums.Reviews}, {flagsTable, &sums.Flags}} {
		if err := r.stored(t.table, t.into, &ok); err != nil {
			return sums, false, err
		}
	}
	return sums, ok, nil
}

// stored sums the rows of a table; ok becomes false when it has other columns.
func (r *taskRows) stored(t table, into *workflow.RowSum, ok *bool) error {
	var cells []*cell
	every := make([]int, len(t.columns))
	for i := range every {
		every[i] = i
	}
	sum := func(columns []int) uint64 {
		to := r.buffer[:0]
		for _, at := range columns {
			if c := cells[at]; c.null {
				to = nullCell(to)
			} else {
				to = endCell(append(to, c.text...), len(to))
			}
		}
		r.buffer = to
		return maphash.Bytes(r.seed, to)
	}
	found := func(workflow.Difference) { *ok = false }
	add := func(h *header) {
		if !*ok {
			return
		}
		if cells == nil || cells[0] != h.cell(0) {
			cells = make([]*cell, len(t.columns))
			for i := range cells {
				cells[i] = h.cell(i)
			}
		}
		if t.name == tasksTable.name {
			into.Add(r.Task(sum(r.fixed), sum(r.changedColumns), sum(r.updated), sum(r.dueAt)))
			return
		}
		into.Add(sum(every))
	}
	err := r.u.everyPlainRow(t, found, add)
	if errors.Is(err, errNotPlain) {
		*into = workflow.RowSum{}
		_, err = r.u.readRows(t, "SELECT * FROM "+t.name, nil, found, add)
	}
	return err
}
