package workflow

import (
	"context"
	"fmt"
	"slices"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// Report submits a district's progress report for the task's period; with an
// open flag it is the rectification report. It uses the Input's EvidenceDate,
// Narrative, Values and Evidence.
func (s *Service) Report(ctx context.Context, call Call, taskID string, in Input) (Outcome, error) {
	in.told = readNarrative(in.Narrative, in.knownBy(calendar.Of(s.now())).Year())
	return s.move(ctx, call, taskID, EventReport, in, (*motion).submit)
}

func (m *motion) submit() error {
	period, err := m.period()
	if err != nil {
		return err
	}
	in, p := m.in.evidenced(calendar.Of(m.now))
	p = append(p, CheckValues(m.task.Measures, in.Values, period.Cutoff, in.EvidenceDate)...)
	files, bad, err := m.evidenceFor(in.Evidence)
	if err != nil {
		return err
	}
	if err := append(p, bad...).Err(); err != nil {
		return err
	}
	r := Report{
		ID: newID(), TaskID: m.task.ID, Number: m.lastReport + 1, Period: period.Code, FlagID: m.task.FlagID,
		Author: m.actor.UserID, OnBehalf: m.grant.OnBehalf, EvidenceDate: in.EvidenceDate, Narrative: in.Narrative, Values: in.Values, Evidence: files,
		Status: Waiting, SubmittedAt: m.now,
	}
	r.Assessment = assess.Assess(m.campaign.assessInput(m.task, r))
	last := m.report
	if last == nil || !last.stands() {
		if last, err = lastReport(m, m.task.ID, m.lastReport); err != nil {
			return err
		}
	}
	r.Warnings = warn(m.task, period.Cutoff, r, last, in.told)
	if err := m.InsertReport(r); err != nil {
		return fmt.Errorf("inserting the report of task %s: %w", m.task.ID, err)
	}
	m.next.ReportID, m.out.Report = r.ID, &r
	if m.drafted {
		if err := m.DeleteReportDraft(m.actor.UserID, m.task.ID); err != nil {
			return fmt.Errorf("deleting the draft of a report on task %s: %w", m.task.ID, err)
		}
	}
	return nil
}

// lastReport is the newest of a task's reports that was not withdrawn or returned;
// number is that of the newest at all.
func lastReport(r Reader, taskID string, number int) (*Report, error) {
	if number == 0 {
		return nil, nil
	}
	all, err := r.Reports(taskID)
	if err != nil {
		return nil, fmt.Errorf("reading the reports of task %s: %w", taskID, err)
	}
	for _, old := range slices.Backward(all) {
		if old.stands() {
			return &old, nil
		}
	}
	return nil, nil
}

// stands reports whether nobody took the report back or sent it back.
func (r Report) stands() bool { return r.Status != Withdrawn && r.Status != Returned }

// period returns the period that the task is in.
func (m *motion) period() (Period, error) {
	p, ok := m.campaign.Period(m.task.Period)
	if !ok {
		return p, fmt.Errorf("task %s is in period %q, which campaign %s does not have", m.task.ID, m.task.Period, m.campaign.Code)
	}
	return p, nil
}

// knownBy returns the evidence date, today when none was given.
func (in Input) knownBy(today calendar.Date) calendar.Date {
	if in.EvidenceDate.IsZero() {
		return today
	}
	return in.EvidenceDate
}

// evidenced fills in the evidence date and refuses one that lies ahead.
func (in Input) evidenced(today calendar.Date) (Input, Problems) {
	var p Problems
	in.EvidenceDate = in.knownBy(today)
	if in.EvidenceDate.After(today) {
		p.Add("evidence_date", "order", "证据日期不得晚于今天 "+today.String(), "must not be after today, "+today.String())
	}
	return in, p
}

// Withdraw takes a report back before it is reviewed; the task returns to where
// it came from.
func (s *Service) Withdraw(ctx context.Context, call Call, taskID string, in Input) (Outcome, error) {
	return s.move(ctx, call, taskID, EventWithdraw, in, func(m *motion) error {
		return m.endReport(Withdrawn)
	})
}

// endReport gives the waiting report its final status and, unless it was
// accepted, takes it off the task.
func (m *motion) endReport(status ReportStatus) error {
	if m.report == nil {
		return nil
	}
	r := *m.report
	r.Status = status
	if err := m.SaveReportStatus(r.ID, status); err != nil {
		return fmt.Errorf("saving the status of report %s: %w", r.ID, err)
	}
	if status != Accepted {
		m.next.ReportID = ""
	}
	m.out.Report = &r
	return nil
}

// Previewed is the assessment of values that are still being filled in.
type Previewed struct {
	Assessment assess.Assessment `json:"assessment"` // of the measures that are complete
	Incomplete Problems          `json:"-"`          // what is still missing
	Warnings   []Warning         `json:"-"`          // what does not go together
}

// Preview assesses values for the task's period, compares them with the narrative,
// and saves nothing. Missing values are no error: they are listed and their
// measures left out.
func (s *Service) Preview(ctx context.Context, actor Actor, taskID string, in Input) (Previewed, error) {
	today := calendar.Of(s.now())
	return read(ctx, s, func(r Reader) (Previewed, error) {
		task, err := s.visibleTask(r, actor, taskID)
		if err != nil {
			return Previewed{}, err
		}
		c, err := r.Campaign(task.Campaign)
		if err != nil {
			return Previewed{}, fmt.Errorf("reading the campaign of task %s: %w", task.ID, err)
		}
		period, _ := c.Period(task.Period)
		in, p := in.evidenced(today)
		p = append(p, CheckValues(task.Measures, in.Values, period.Cutoff, in.EvidenceDate)...)
		var out Previewed
		var broken Problems
		for _, f := range p {
			if f.Rule == RuleRequired {
				out.Incomplete = append(out.Incomplete, f)
			} else {
				broken = append(broken, f)
			}
		}
		if err := broken.Err(); err != nil {
			return Previewed{}, err
		}
		input := c.assessInput(task, Report{Period: period.Code, EvidenceDate: in.EvidenceDate, Values: in.Values})
		for _, m := range task.Measures {
			if slices.ContainsFunc(out.Incomplete, func(f FieldError) bool { return f.concerns("values." + m.Code) }) {
				input.Without = append(input.Without, m.Code)
			}
		}
		out.Assessment = assess.Assess(input)
		last, err := lastReport(r, task.ID, 1)
		if err != nil {
			return Previewed{}, err
		}
		out.Warnings = Warn(task, period.Cutoff, Report{EvidenceDate: in.EvidenceDate, Narrative: in.Narrative, Values: in.Values}, last)
		return out, nil
	})
}
