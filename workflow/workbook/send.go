package workbook

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"duban/workflow"
	"duban/workflow/assess"
)

// Status says what became of one task of a workbook, or in a dry run what would.
type Status string

// The statuses.
const (
	Accepted  Status = "accepted"  // reported
	Unchanged Status = "unchanged" // what the rows say was reported before
	Skipped   Status = "skipped"   // nothing was filled in
	Failed    Status = "error"     // the notes say what is wrong
	Conflict  Status = "conflict"  // the task moved on since the workbook was made
	Held      Status = "held"      // not sent, because other tasks failed (all or nothing)
	Untried   Status = "untried"   // not reached: the database did not answer
	Readable  Status = "readable"  // it was only looked at: every cell can be read
)

// Statuses lists every status.
var Statuses = []Status{Accepted, Unchanged, Skipped, Failed, Conflict, Held, Untried, Readable}

// Label names a status for people.
func (s Status) Label(dryRun bool) workflow.Text {
	switch s {
	case Accepted:
		if dryRun {
			return workflow.Text{ZH: "可以上报", EN: "would be accepted"}
		}
		return workflow.Text{ZH: "已上报", EN: "accepted"}
	case Unchanged:
		return workflow.Text{ZH: "此前已上报，未重复", EN: "was reported before, not repeated"}
	case Skipped:
		return workflow.Text{ZH: "未填写，跳过", EN: "left empty, skipped"}
	case Failed:
		return workflow.Text{ZH: "有误，未上报", EN: "wrong, not reported"}
	case Conflict:
		return workflow.Text{ZH: "冲突，未上报", EN: "conflict, not reported"}
	case Held:
		return workflow.Text{ZH: "此任务无误；因其他任务有误，全部未上报", EN: "right; nothing was reported because other tasks are wrong"}
	}
	if s == Readable {
		return workflow.Text{ZH: "格式无误", EN: "can be read"}
	}
	return workflow.Text{ZH: "未处理，请再次上传", EN: "not reached, send it again"}
}

// Result is what became of one task.
type Result struct {
	TaskID  string
	Code    string
	Rows    []int // of the sheet
	Status  Status
	Verdict assess.Verdict // computed, when accepted
	Notes   []Note
}

// Check returns what can be said of a workbook without asking anybody: what cannot
// be read, and what is left empty.
func (u *Upload) Check() []Result {
	var all []Result
	for _, l := range u.strays {
		all = append(all, stray(l))
	}
	r := &runner{upload: u}
	for _, g := range u.tasks {
		result, _, more := r.start(g)
		if more {
			result.Status = Readable
		}
		all = append(all, result)
	}
	return all
}

// stray is the result of a row that belongs to no task.
func stray(l *line) Result {
	return Result{Rows: []int{l.number}, Code: l.cells[colCode].Text, Status: Failed, Notes: l.notes}
}

// Of reports whether the workbook is of a campaign's period; the error names both.
func (u *Upload) Of(campaign, period string) error {
	if u.Campaign == campaign && u.Period == period {
		return nil
	}
	return refusal("other", "这是专项工作 "+u.Campaign+"、报告期 "+u.Period+" 的工作簿，不是 "+campaign+"、"+period+" 的",
		"this is the workbook of campaign "+u.Campaign+", period "+u.Period+", not of "+campaign+", "+period)
}

// Tasks is how many tasks the workbook has; rows of none count as one each.
func (u *Upload) Tasks() int { return len(u.tasks) + len(u.strays) }

// Options say how a workbook is sent.
type Options struct {
	DryRun   bool // nothing is kept
	Together bool // all or nothing; otherwise each task for itself
}

// Summary counts the tasks by status, and the rows that belong to none.
type Summary struct {
	Tasks    map[Status]int
	Total    int
	Warnings int // tasks with a warning
}

// Add counts one more result.
func (s *Summary) Add(r Result) {
	s.Total++
	s.Tasks[r.Status]++
	if slices.ContainsFunc(r.Notes, func(n Note) bool { return n.Warning }) {
		s.Warnings++
	}
}

// Run sends every task of a workbook as a report of the actor's, or rehearses it;
// filing is what the actor may report now for the campaign and period of the
// workbook. Each is called with each result, in the order of the sheet: of a sheet
// with many tasks the first come long before the last. Sending the same workbook
// again repeats nothing.
func Run(ctx context.Context, s *workflow.Service, actor workflow.Actor, filing workflow.Filing, u *Upload, o Options, each func(Result)) Summary {
	r := &runner{service: s, actor: actor, upload: u, options: o, stored: map[string]workflow.FilingTask{}}
	for _, t := range filing.Tasks {
		r.stored[t.Task.ID] = t
	}
	sum := Summary{Tasks: map[Status]int{}}
	give := func(result Result) {
		sum.Add(result)
		each(result)
	}
	for _, l := range u.strays {
		give(stray(l))
	}
	if o.Together && !o.DryRun {
		r.together(ctx, give)
	} else {
		for _, g := range u.tasks {
			give(r.one(ctx, g))
		}
	}
	return sum
}

type runner struct {
	service *workflow.Service
	actor   workflow.Actor
	upload  *Upload
	options Options
	stored  map[string]workflow.FilingTask // by id: those in the actor's scope
	stopped bool                           // the database does not answer
}

// start returns the result of a task so far and, unless that is all, the report to
// be sent.
func (r *runner) start(g *group) (Result, workflow.Input, bool) {
	result := Result{TaskID: g.task, Code: g.code}
	for _, l := range g.lines {
		result.Rows = append(result.Rows, l.number)
	}
	if g.empty() {
		result.Status = Skipped
		return result, workflow.Input{}, false
	}
	in, notes := r.upload.input(g)
	if len(notes) > 0 {
		result.Status, result.Notes = Failed, notes
		return result, in, false
	}
	for _, l := range g.lines {
		if l.hidden && l.filled() {
			result.Notes = append(result.Notes, Note{Row: l.number, Rule: "hidden", Warning: true,
				Text: workflow.Text{ZH: "此行被隐藏或筛选，其内容同样会上报", EN: "the row is hidden; what it says is reported all the same"}})
		}
	}
	if before := r.stored[g.task].Current; before != nil && before.Author == r.actor.UserID && says(before, in) {
		result.Status, result.Verdict = Unchanged, before.Assessment.Verdict
		return result, in, false
	}
	return result, in, true
}

// says reports whether a report says what an input says.
func says(r *workflow.Report, in workflow.Input) bool {
	was, err1 := json.Marshal(r.Values)
	is, err2 := json.Marshal(in.Values)
	return err1 == nil && err2 == nil && string(was) == string(is) && r.Narrative == in.Narrative &&
		(in.EvidenceDate.IsZero() || in.EvidenceDate == r.EvidenceDate)
}

// one sends or rehearses one task, in a unit of work of its own.
func (r *runner) one(ctx context.Context, g *group) Result {
	result, in, more := r.start(g)
	if !more {
		return result
	}
	if r.stopped || ctx.Err() != nil {
		result.Status = Untried
		return result
	}
	version := g.lines[0].key.Version
	call := workflow.Call{Actor: r.actor, IfVersion: version}
	do := r.service.Rehearse
	if !r.options.DryRun {
		do = r.service.Report
		if r.stored[g.task].Task.Version == version {
			// Of a file that comes twice at once, one wins. A task that moved on is asked for
			// without the key: that it was reported once is no answer to what it is now.
			call.Request = &workflow.RequestKey{Key: "workbook-" + r.upload.Digest[:32] + "-" + g.task, Hash: r.upload.Digest}
		}
	}
	out, err := do(ctx, call, g.task, in)
	if err != nil {
		r.refused(&result, g, err)
		return result
	}
	result.Status, result.Verdict = Accepted, out.Report.Assessment.Verdict
	return result
}

// refused turns a refusal of the verb into notes at the cells that it speaks of.
func (r *runner) refused(result *Result, g *group, err error) {
	e := workflow.AsError(err)
	switch e.Kind {
	case workflow.Unavailable, workflow.Internal:
		r.stopped = true
		result.Status = Untried
	case workflow.Conflict, workflow.Stale:
		result.Status = Conflict
	default:
		result.Status = Failed
	}
	if len(e.Fields) == 0 {
		result.Notes = append(result.Notes, Note{Row: g.lines[0].number, Rule: e.Code, Text: e.Text})
		return
	}
	for _, f := range e.Fields {
		n := Note{Row: g.lines[0].number, Rule: f.Rule, Text: f.Text}
		if l, c := g.place(f.Field); l != nil {
			n.Row, n.Column = l.number, titles[c]
		}
		result.Notes = append(result.Notes, n)
	}
}

// place finds the cell that the path of a field of a report speaks of: of a whole
// measure the first one. No row: it is of the whole task.
func (g *group) place(field string) (*line, column) {
	var row *line
	for _, l := range g.lines {
		for _, c := range l.key.open() {
			if l.key.field(c) == field {
				return l, c
			}
		}
		whole := l.key.field(noColumn)
		if row == nil && l.key.Measure != "" && (field == whole || strings.HasPrefix(field, whole+".") || strings.HasPrefix(whole, field+".")) {
			row = l
		}
	}
	if row == nil {
		return nil, noColumn
	}
	return row, row.key.open()[0]
}

// together sends all tasks in one unit of work, when a rehearsal finds nothing
// wrong with any of them.
func (r *runner) together(ctx context.Context, give func(Result)) {
	rehearsal := *r
	rehearsal.options.DryRun = true
	results := make([]Result, 0, len(r.upload.tasks))
	var all []workflow.Submission
	at := map[string]int{} // result of a submission, by task
	good := len(r.upload.strays) == 0
	for i, g := range r.upload.tasks {
		result := rehearsal.one(ctx, g)
		results = append(results, result)
		switch result.Status {
		case Accepted:
			in, _ := r.upload.input(g)
			all = append(all, workflow.Submission{TaskID: g.task, IfVersion: g.lines[0].key.Version, Input: in})
			at[g.task] = i
		case Failed, Conflict, Untried:
			good = false
		}
	}
	if good && len(all) > 0 {
		call := workflow.Call{Actor: r.actor, Request: &workflow.RequestKey{Key: "workbook-all-" + r.upload.Digest, Hash: r.upload.Digest}}
		_, err := r.service.ReportAll(ctx, call, r.upload.Campaign, all)
		if good = err == nil; !good {
			i := at[all[0].TaskID]
			if one, ok := errors.AsType[*workflow.RefusedSubmission](err); ok {
				i, err = at[one.TaskID], one.Err
			}
			results[i].Verdict = ""
			r.refused(&results[i], r.upload.tasks[i], err)
		}
	}
	for _, result := range results {
		if !good && result.Status == Accepted {
			result.Status, result.Verdict = Held, ""
		}
		give(result)
	}
}
