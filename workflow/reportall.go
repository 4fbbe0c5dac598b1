package workflow

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"duban/workflow/assess"
)

// Submission is one report among several that are submitted together.
type Submission struct {
	TaskID    string
	IfVersion int // of the task, as the caller has seen it; 0 for any
	Input     Input
}

// MaxTogether is the largest number of reports that one unit of work takes.
const MaxTogether = 2_000

// RefusedSubmission is the refusal of one of several reports, for which none was
// taken.
type RefusedSubmission struct {
	TaskID string
	Err    error
}

// Error returns that of the refusal.
func (r *RefusedSubmission) Error() string { return fmt.Sprintf("task %s: %v", r.TaskID, r.Err) }

// Unwrap returns the refusal.
func (r *RefusedSubmission) Unwrap() error { return r.Err }

// Submitted is what became of one of several reports.
type Submitted struct {
	TaskID   string         `json:"task_id"`
	Version  int            `json:"version"` // of the task after it
	ReportID string         `json:"report_id"`
	Verdict  assess.Verdict `json:"verdict"` // computed
}

// ReportAll submits several reports of a campaign in one unit of work: all of them
// or none. Each has its own audit event. The error is a *RefusedSubmission where a
// report was refused; the answers are in the order of the submissions.
func (s *Service) ReportAll(ctx context.Context, call Call, campaign string, all []Submission) ([]Submitted, error) {
	if len(all) > MaxTogether {
		return nil, NewError(Invalid, "submission.too_many",
			fmt.Sprintf("要么全部、要么全不的方式一次最多 %d 份报告，现有 %d 份", MaxTogether, len(all)),
			fmt.Sprintf("all or nothing takes at most %d reports at once, there are %d", MaxTogether, len(all)))
	}
	for _, one := range all {
		if err := s.checkInput(EventReport, one.Input); err != nil {
			return nil, &RefusedSubmission{one.TaskID, err}
		}
	}
	order := make([]int, len(all)) // always the same, so that two do not wait for one another
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(all[a].TaskID, all[b].TaskID) })
	var refused *RefusedSubmission
	out, err := write(ctx, s, call.to(string(EventReport), SubjectCampaign, campaign), func(d *desk) ([]Submitted, error) {
		refused = nil
		out := make([]Submitted, len(all))
		for _, i := range order {
			done, err := d.reportOne(all[i])
			if err != nil {
				refused = &RefusedSubmission{TaskID: all[i].TaskID}
				return nil, err
			}
			out[i] = Submitted{TaskID: all[i].TaskID, Version: done.Task.Version, ReportID: done.Report.ID, Verdict: done.Report.Assessment.Verdict}
		}
		return out, nil
	})
	if err != nil && refused != nil {
		refused.Err = err
		return nil, refused
	}
	return out, err
}

func (d *desk) reportOne(one Submission) (Outcome, error) {
	start, err := d.LockTask(one.TaskID)
	if isNoRow(err) {
		return Outcome{}, errNoTask()
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("locking task %s: %w", one.TaskID, err)
	}
	u := *d.unit // with the moment and version of this report
	u.call.IfVersion = one.IfVersion
	outcome, err := u.move(start, EventReport, one.Input, (*motion).submit)
	d.keyed, d.looked = u.keyed, cmp.Or(u.looked, d.looked)
	return outcome, err
}
