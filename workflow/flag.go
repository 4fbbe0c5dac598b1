package workflow

import (
	"context"
	"fmt"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// Flag marks the task as lagging (滞后挂牌) with the Input's Verdict, Reason and
// RectifyBy. A waiting report is accepted with that verdict; without a report the
// task is flagged for not having reported in time.
func (s *Service) Flag(ctx context.Context, call Call, taskID string, in Input) (Outcome, error) {
	return s.move(ctx, call, taskID, EventFlag, in, (*motion).openFlag)
}

func (m *motion) openFlag() error {
	if m.in.Verdict == assess.OnSchedule {
		var p Problems
		p.Add(NeedVerdict, "one_of", "按进度完成的任务不挂牌，须为 nearly、lagging、behind 之一", "a task on schedule is not flagged: nearly, lagging or behind")
		return p.Err()
	}
	if err := m.checkRectifyBy(); err != nil {
		return err
	}
	f := Flag{
		ID: newID(), TaskID: m.task.ID, Period: m.task.Period, Verdict: m.in.Verdict, Reason: m.in.Reason,
		RectifyBy: m.in.RectifyBy, OpenedBy: m.actor.UserID, OpenedAt: m.now,
	}
	var a *assess.Assessment
	if m.report != nil {
		var err error
		if a, err = m.judge(); err != nil {
			return err
		}
		if err := m.endReport(Accepted); err != nil {
			return err
		}
	}
	if err := m.InsertFlag(f); err != nil {
		return fmt.Errorf("inserting the flag of task %s: %w", m.task.ID, err)
	}
	m.next.FlagID, m.out.Flag = f.ID, &f
	return m.review(a, m.in.Verdict)
}

// checkRectifyBy refuses a rectify-by date that has passed.
func (m *motion) checkRectifyBy() error {
	var p Problems
	if today := calendar.Of(m.now); m.in.RectifyBy.Before(today) {
		p.Add(NeedRectifyBy, "order", "整改期限不得早于今天 "+today.String(), "must not be before today, "+today.String())
	}
	return p.Err()
}
