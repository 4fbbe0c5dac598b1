package workflow

import (
	"fmt"
	"reflect"
	"slices"

	"duban/workflow/audit"
)

// TaskPast is a task with everything that was made with it, as its events left
// it. It needs no table but the events.
type TaskPast struct {
	Task    Task
	Reports []Report // by number
	Reviews []Review // in the order in which they were made
	Flags   []Flag   // likewise
}

// Apply takes the task's next accepted event. One that contradicts the events
// before it is an error of code "audit.contradiction" that names it.
func (p *TaskPast) Apply(e audit.Event) error {
	if err := follows(e, p.Task.Version); err != nil {
		return err
	}
	if e.Version == 1 {
		return p.begin(e)
	}
	return p.change(e)
}

// begin takes the assignment, which holds the whole task.
func (p *TaskPast) begin(e audit.Event) error {
	var left leftOf[Task]
	if err := audit.Picture(e.After, &left); err != nil {
		return contradiction(e, "内容无法读取："+err.Error(), "what it left cannot be read: "+err.Error())
	}
	t := left.Task
	if t.ID != e.SubjectID || t.Campaign != e.Campaign || t.Region != e.Region || t.Version != e.Version || t.State != State(e.To) {
		return contradiction(e, "所交办的任务与事件不符", "the task it assigned is not the event's")
	}
	*p = TaskPast{Task: t}
	return nil
}

// change takes any later event, which holds what it changed.
func (p *TaskPast) change(e audit.Event) error {
	var was changed
	var left leftOf[changed]
	if err := audit.Picture(e.Before, &was); err != nil {
		return contradiction(e, "内容无法读取："+err.Error(), "what it found cannot be read: "+err.Error())
	}
	if err := audit.Picture(e.After, &left); err != nil {
		return contradiction(e, "内容无法读取："+err.Error(), "what it left cannot be read: "+err.Error())
	}
	t, is := &p.Task, left.Task
	if was != changedPart(*t) || t.State != State(e.From) {
		return contradiction(e, "变更前的状态与之前的事件不符", "what it found is not what the events before it left")
	}
	if e.SubjectID != t.ID || is.Version != e.Version || is.State != State(e.To) {
		return contradiction(e, "变更后的状态与事件不符", "the task it left is not the event's")
	}
	for _, part := range []func() bool{
		func() bool { return left.Report == nil || p.putReport(*left.Report) },
		func() bool { return left.Flag == nil || p.putFlag(*left.Flag) },
		func() bool { return left.Review == nil || p.putReview(*left.Review) },
		func() bool { return p.knows(is.ReportID, is.FlagID) },
	} {
		if !part() {
			return contradiction(e, "所涉及的报告、审核或挂牌与之前的事件不符", "its report, review or flag does not fit the events before it")
		}
	}
	t.State, t.Period, t.ReportID, t.FlagID, t.Verdict, t.Version = is.State, is.Period, is.ReportID, is.FlagID, is.Verdict, is.Version
	t.UpdatedAt = e.At
	return nil
}

// putReport adds the task's next report, or gives one that is there its new
// status; nothing else of a report ever changes.
func (p *TaskPast) putReport(r Report) bool {
	i := slices.IndexFunc(p.Reports, func(old Report) bool { return old.ID == r.ID })
	if i < 0 {
		p.Reports = append(p.Reports, r)
		return r.TaskID == p.Task.ID && r.Number == len(p.Reports) && r.Status == Waiting && p.knows("", r.FlagID)
	}
	old := p.Reports[i]
	old.Status = r.Status
	p.Reports[i] = r
	return reflect.DeepEqual(old, r)
}

// putFlag adds a flag, or gives one that is there another day or its end.
func (p *TaskPast) putFlag(f Flag) bool {
	i := slices.IndexFunc(p.Flags, func(old Flag) bool { return old.ID == f.ID })
	if i < 0 {
		p.Flags = append(p.Flags, f)
		return f.TaskID == p.Task.ID
	}
	old := p.Flags[i]
	old.RectifyBy, old.ClearedBy, old.ClearedAt = f.RectifyBy, f.ClearedBy, f.ClearedAt
	p.Flags[i] = f
	return old == f
}

// putReview adds a review; reviews are never changed. What it is bound to is the
// report as it was submitted.
func (p *TaskPast) putReview(r Review) bool {
	there := slices.ContainsFunc(p.Reviews, func(old Review) bool { return old.ID == r.ID })
	p.Reviews = append(p.Reviews, r)
	bound := r.ReportDigest == "" // an earlier version's
	if report := p.report(r.ReportID); report != nil && !bound {
		bound = r.ReportNumber == report.Number && r.ReportDigest == report.Digest()
	}
	return !there && bound && r.TaskID == p.Task.ID && p.knows(r.ReportID, r.FlagID)
}

// knows reports whether the task has the report and the flag; empty is none.
func (p *TaskPast) knows(report, flag string) bool {
	return (report == "" || p.report(report) != nil) && (flag == "" || p.flag(flag) != nil)
}

func (p *TaskPast) report(id string) *Report {
	for i := range p.Reports {
		if p.Reports[i].ID == id {
			return &p.Reports[i]
		}
	}
	return nil
}

func (p *TaskPast) flag(id string) *Flag {
	for i := range p.Flags {
		if p.Flags[i].ID == id {
			return &p.Flags[i]
		}
	}
	return nil
}

// follows refuses an event that is not the one after the version before it.
func follows(e audit.Event, before int) error {
	if e.Version == before+1 {
		return nil
	}
	return contradiction(e, fmt.Sprintf("之前只有第 %d 版", before), fmt.Sprintf("the version before it is %d", before))
}

// contradiction is an event that the events before it do not allow: something is
// missing, or was written past the product.
func contradiction(e audit.Event, zh, en string) *Error {
	return NewError(Internal, "audit.contradiction",
		fmt.Sprintf("审计事件 %s（%s %s 第 %d 版，%s）与之前的记录矛盾：%s", e.ID, e.Subject, e.SubjectID, e.Version, e.Name, zh),
		fmt.Sprintf("audit event %s (%s %s, version %d, %s) contradicts what is recorded before it: %s", e.ID, e.Subject, e.SubjectID, e.Version, e.Name, en))
}
