package workflow

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"duban/workflow/assess"
)

// Approve accepts the waiting report. The final verdict is the computed one
// unless the Input gives another with a Reason; Words are the reviewer's
// verdicts for qualitative measures.
func (s *Service) Approve(ctx context.Context, call Call, taskID string, in Input) (Outcome, error) {
	return s.move(ctx, call, taskID, EventApprove, in, (*motion).accept)
}

// accept takes the waiting report as it is and gives the final verdict.
func (m *motion) accept() error {
	a, err := m.judge()
	if err != nil {
		return err
	}
	final := m.in.Verdict
	if final == "" {
		final = a.Verdict
	}
	if final != a.Verdict && m.in.Reason == "" {
		var p Problems
		p.Add(NeedReason, RuleRequired,
			"评定结果与系统计算的不同（"+string(a.Verdict)+"），须说明理由",
			"the verdict differs from the computed one ("+string(a.Verdict)+"): a reason is required")
		return p.Err()
	}
	if err := m.endReport(Accepted); err != nil {
		return err
	}
	return m.review(a, final)
}

// judge assesses the newest report again with the reviewer's words.
func (m *motion) judge() (*assess.Assessment, error) {
	values := maps.Clone(m.report.Values)
	var p Problems
	for _, code := range slices.Sorted(maps.Keys(m.in.Words)) {
		word := m.in.Words[code]
		switch {
		case !slices.ContainsFunc(m.task.Measures, func(d assess.Measure) bool { return d.Code == code && d.Kind == assess.Qualitative }):
			p.Add("words."+code, "unknown", "任务没有定性指标 "+code, "the task has no qualitative measure "+code)
		case !word.Valid():
			p.Add("words."+code, "one_of", "须为 on_schedule、nearly、lagging、behind 之一", "must be one of on_schedule, nearly, lagging, behind")
		default:
			values[code] = assess.Value{Verdict: word}
		}
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	r := *m.report
	r.Values = values
	a := assess.Assess(m.campaign.assessInput(m.task, r))
	return &a, nil
}

// review records the reviewer's act. A final verdict makes it count for the lag
// table.
func (m *motion) review(a *assess.Assessment, final assess.Verdict) error {
	r := Review{
		ID: newID(), TaskID: m.task.ID, Period: m.task.Period, Event: m.event, FlagID: m.next.FlagID,
		Assessment: a, Verdict: final, Reason: m.in.Reason, Reviewer: m.actor.UserID, OnBehalf: m.grant.OnBehalf, At: m.now,
	}
	if m.report != nil {
		r.ReportID, r.ReportNumber, r.ReportDigest = m.report.ID, m.report.Number, m.report.Digest()
	}
	if m.flag != nil {
		r.FlagID = m.flag.ID
	}
	if err := m.InsertReview(r); err != nil {
		return fmt.Errorf("inserting the review of task %s: %w", m.task.ID, err)
	}
	m.out.Review = &r
	if r.Counts() {
		m.next.Verdict = final
	}
	return nil
}

// Return sends the waiting report back to the district with a reason.
func (s *Service) Return(ctx context.Context, call Call, taskID string, in Input) (Outcome, error) {
	return s.move(ctx, call, taskID, EventReturn, in, func(m *motion) error {
		if err := m.endReport(Returned); err != nil {
			return err
		}
		return m.review(nil, "")
	})
}
