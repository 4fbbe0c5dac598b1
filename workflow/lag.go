package workflow

import (
	"context"
	"fmt"
	"time"

	"duban/workflow/calendar"
)

// LagData is what the lag table of a campaign and period is made of, within the
// reader's scope.
type LagData struct {
	Campaign  Campaign
	Period    Period
	Regions   []Region      // of the scope, by code
	AsKnownOn calendar.Date // zero: now
	Entries   []LagEntry    // tasks with a final verdict, regions by code, tasks in campaign order
	Gaps      []LagGap      // tasks without one, in the same order
}

// LagEntry is a task with the review that counts and the report it was given
// for; Report is nil for a task flagged without a report.
type LagEntry struct {
	Task   Task
	Review Review
	Report *Report
}

// LagGap is a task that the table cannot speak of.
type LagGap struct {
	Task   Task
	Reason GapReason
}

// GapReason says why a task has no final verdict.
type GapReason string

// The reasons.
const (
	GapUnreported GapReason = "unreported" // 逾期未报, or not reported yet
	GapUnreviewed GapReason = "unreviewed" // reported, not reviewed
)

// LagData reads what was recorded by the end of the day asKnownOn, or until now
// when it is zero.
func (s *Service) LagData(ctx context.Context, actor Actor, campaign, period string, asKnownOn calendar.Date) (LagData, error) {
	scope := s.auth.Scope(actor, MayReadLagTable)
	if scope.Empty() {
		return LagData{}, forbidden()
	}
	before := s.now().Add(time.Microsecond)
	if !asKnownOn.IsZero() && asKnownOn.End().Before(before) {
		before = asKnownOn.End()
	}
	return read(ctx, s, func(r Reader) (LagData, error) {
		d := LagData{AsKnownOn: asKnownOn}
		var err error
		if d.Campaign, d.Period, err = campaignPeriod(r, campaign, period); err != nil {
			return d, err
		}
		if d.Regions, err = r.Regions(); err != nil {
			return d, err
		}
		return d, d.read(r, scope, before)
	})
}

func (d *LagData) read(r Reader, scope Scope, before time.Time) error {
	reviews, err := r.CountingReviews(d.Campaign.Code, d.Period.Code, before)
	if err != nil {
		return fmt.Errorf("reading the reviews of %s: %w", d.Period.Code, err)
	}
	byTask := make(map[string]Review, len(reviews))
	ids := make([]string, 0, len(reviews))
	for _, v := range reviews {
		byTask[v.TaskID] = v
		if v.ReportID != "" {
			ids = append(ids, v.ReportID)
		}
	}
	reports, err := r.ReportsOf(ids)
	if err != nil {
		return fmt.Errorf("reading the reports of %s: %w", d.Period.Code, err)
	}
	byID := make(map[string]*Report, len(reports))
	for i := range reports {
		byID[reports[i].ID] = &reports[i]
	}
	tasks, err := r.Tasks(TaskFilter{Scope: scope, Campaign: d.Campaign.Code})
	if err != nil {
		return fmt.Errorf("reading the tasks of %s: %w", d.Campaign.Code, err)
	}
	for _, t := range tasks {
		if !t.CreatedAt.Before(before) || t.State == Cancelled && t.UpdatedAt.Before(before) {
			continue
		}
		review, counted := byTask[t.ID]
		switch {
		case counted:
			d.Entries = append(d.Entries, LagEntry{Task: t, Review: review, Report: byID[review.ReportID]})
		case t.Period == d.Period.Code && t.ReportID != "":
			d.Gaps = append(d.Gaps, LagGap{Task: t, Reason: GapUnreviewed})
		default:
			d.Gaps = append(d.Gaps, LagGap{Task: t, Reason: GapUnreported})
		}
	}
	return nil
}
