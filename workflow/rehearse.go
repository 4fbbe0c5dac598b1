package workflow

import (
	"context"
	"fmt"

	"duban/workflow/audit"
)

// Rehearse does what Report does and keeps nothing: the same outcome or the same
// refusal, from the same code on a unit of work that writes nowhere.
func (s *Service) Rehearse(ctx context.Context, call Call, taskID string, in Input) (Outcome, error) {
	if err := s.checkInput(EventReport, in); err != nil {
		return Outcome{}, err
	}
	now := s.now()
	out, err := read(ctx, s, func(r Reader) (Outcome, error) {
		start, err := startOf(r, taskID)
		if isNoRow(err) {
			return Outcome{}, errNoTask()
		}
		if err != nil {
			return Outcome{}, err
		}
		u := &unit{StepTx: rehearsal{r}, svc: s, call: call, now: now}
		return u.move(start, EventReport, in, (*motion).submit)
	})
	if err != nil && AsError(err).hidden != nil {
		err = s.RefusedRead(ctx, call.Actor, "rehearse", err) // somebody looks for what he may not see
	}
	return out, err
}

// startOf reads what a step on a task begins with, without locking it.
func startOf(r Reader, taskID string) (start Start, err error) {
	if start.Task, err = r.Task(taskID); err != nil {
		return start, err
	}
	sit, err := situationOf(r, Actor{}, start.Task, start.Task.UpdatedAt)
	if err != nil {
		return start, err
	}
	reports, err := r.Reports(taskID)
	if err != nil {
		return start, fmt.Errorf("reading the reports of task %s: %w", taskID, err)
	}
	for _, report := range reports {
		start.LastReport = max(start.LastReport, report.Number)
	}
	start.Report, start.Flag, start.CampaignVersion = sit.report, sit.flag, sit.campaign.Version
	return start, nil
}

// rehearsal is a StepTx that reads and keeps nothing.
type rehearsal struct{ Reader }

func (rehearsal) InsertTasks([]Task) error                    { return nil }
func (rehearsal) SaveTask(Task, int, State) error             { return nil }
func (rehearsal) InsertReport(Report) error                   { return nil }
func (rehearsal) SaveReportStatus(string, ReportStatus) error { return nil }
func (rehearsal) InsertReview(Review) error                   { return nil }
func (rehearsal) InsertFlag(Flag) error                       { return nil }
func (rehearsal) SaveFlag(Flag) error                         { return nil }
func (rehearsal) DeleteReportDraft(string, string) error      { return nil }
func (rehearsal) AppendEvents([]audit.Event) error            { return nil }
