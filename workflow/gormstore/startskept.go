package gormstore

import (
	"slices"

	"duban/workflow"
)

// A task's report and flag change only with the task, whose version then goes up. So
// what the last step of a task left is what the next begins with, if the locked row
// still is that version; it need not be read and decoded again.

// selectProof locks tasks and reads by what they are known again, and what of a Start
// is not the task's own.
const selectProof = `SELECT t.id, t.version, t.updated_at, t.report_id, t.flag_id,
	(SELECT c.version FROM campaigns c WHERE c.code = t.campaign),
	EXISTS (SELECT 1 FROM report_drafts w WHERE w.task_id = t.id)
	FROM tasks t WHERE t.id IN (?`

// proved locks those of the tasks of which a start is kept, gives found the starts that
// are still right, and returns the tasks whose start has to be read.
func (u *unit) proved(kept *recent[workflow.Start], tasks []string, lock string, found func(workflow.Start)) (unread []string, err error) {
	starts := make(map[string]workflow.Start, len(tasks))
	kept.each(tasks, func(id string, start workflow.Start) { starts[id] = start })
	if len(starts) == 0 {
		return tasks, nil
	}
	var known []string
	for _, id := range tasks {
		if _, ok := starts[id]; ok {
			known = append(known, id)
		}
	}
	right := make(map[string]bool, len(known))
	err = u.startsOf("locking tasks", selectProof, lock, known, func(scan func(...any) error) error {
		var id, report, flag string
		var version, campaign int
		var updated moment
		var drafted bool
		if err := scan(&id, &version, &updated, &report, &flag, &campaign, &drafted); err != nil {
			return err
		}
		var d decoder
		start := starts[id]
		// The version is enough, but for a database that was put back to an earlier day.
		if t := start.Task; t.Version != version || !t.UpdatedAt.Equal(d.time(updated)) || t.ReportID != report || t.FlagID != flag {
			return d.err
		}
		start.CampaignVersion, start.Drafted = campaign, drafted
		right[id] = true
		found(start)
		return d.err
	})
	return slices.DeleteFunc(slices.Clone(tasks), func(id string) bool { return right[id] }), err
}

// subject is what a step begins with: the identity of a task, or the code of a campaign
// with a mark.
func subject(a workflow.Ahead) string {
	if a.Campaign != "" {
		return "campaign " + a.Campaign
	}
	return a.TaskID
}

// leave says what the next step of the task or campaign begins with once this one,
// which began with was, is committed, where that is known.
func (d *draft) leave(was workflow.Start, left map[string]workflow.Start) {
	delete(left, subject(d.ahead))
	if start, ok := d.left(was); ok {
		left[start.Task.ID] = start
	}
	if d.ahead.Campaign != "" {
		for _, t := range d.tasks {
			was.LastSeq = max(was.LastSeq, t.Seq)
		}
		left[subject(d.ahead)] = was
	}
}

// left is the start of the task.
func (d *draft) left(was workflow.Start) (left workflow.Start, ok bool) {
	switch {
	case len(d.tasks) == 1:
		return workflow.Start{Task: d.tasks[0], CampaignVersion: was.CampaignVersion}, true
	case len(d.saved) != 1:
		return left, false
	}
	left = workflow.Start{Task: d.saved[0].task, LastReport: was.LastReport, CampaignVersion: was.CampaignVersion, Drafted: was.Drafted && len(d.sent) == 0}
	for _, r := range d.reports {
		left.LastReport = max(left.LastReport, r.Number)
	}
	if id := left.Task.ReportID; id != "" {
		left.Report = d.report(id, was.Report)
	}
	if id := left.Task.FlagID; id != "" {
		left.Flag = d.flag(id, was.Flag)
	}
	return left, (left.Report != nil) == (left.Task.ReportID != "") && (left.Flag != nil) == (left.Task.FlagID != "")
}

// report is a report as the draft leaves it; was is one that it may have been.
func (d *draft) report(id string, was *workflow.Report) (left *workflow.Report) {
	if was != nil && was.ID == id {
		r := *was
		left = &r
	}
	for _, r := range d.reports {
		if r.ID == id {
			left = &r
		}
	}
	for _, s := range d.statuses {
		if left != nil && s.id == id {
			left.Status = s.status
		}
	}
	return left
}

// flag is report for a flag.
func (d *draft) flag(id string, was *workflow.Flag) (left *workflow.Flag) {
	if was != nil && was.ID == id {
		left = was
	}
	for _, f := range slices.Concat(d.flags, d.cleared) {
		if f.ID == id {
			left = &f
		}
	}
	return left
}
