package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Filing is what a reporter fills in for a campaign's period: the tasks of the
// regions that he may report for.
type Filing struct {
	Campaign Campaign
	Period   Period
	Regions  []Region     // by code: those of the tasks
	Tasks    []FilingTask // regions by code, tasks in campaign order
}

// FilingTask is one task with what a reporter wants to see beside it.
type FilingTask struct {
	Task    Task
	Open    bool    // takes a report for the period now
	Flag    *Flag   // of an open task: the open flag
	Current *Report // the report that waits for review, or was accepted, in this period
	Last    *Report // the newest accepted one of this period or, without one, of the period before
}

// Filing returns the tasks of a campaign in the regions in which the actor may
// report; regions restricts them further. An empty period is the open one.
func (s *Service) Filing(ctx context.Context, actor Actor, campaign, period string, regions []string) (Filing, error) {
	scope := s.auth.Scope(actor, EventPermission(EventReport))
	if scope.Empty() {
		return Filing{}, forbidden()
	}
	if len(regions) > 0 {
		if scope = scope.Within(regions); len(scope.Regions) < len(distinct(regions)) {
			return Filing{}, NotFoundError(Text{ZH: "行政区划", EN: "The region"})
		}
	}
	now := s.now()
	return read(ctx, s, func(r Reader) (f Filing, err error) {
		if f.Campaign, err = r.Campaign(campaign); isNoRow(err) {
			return f, errNoCampaign()
		} else if err != nil {
			return f, fmt.Errorf("reading campaign %s: %w", campaign, err)
		}
		if period == "" {
			period = f.Campaign.OpenPeriod
		}
		var ok bool
		if f.Period, ok = f.Campaign.Period(period); !ok {
			return f, NotFoundError(Text{ZH: "报告期 " + period, EN: "Period " + period})
		}
		for _, code := range regions {
			if !slices.Contains(f.Campaign.Regions, code) {
				return f, NotFoundError(Text{ZH: "行政区划", EN: "The region"})
			}
		}
		return f, s.file(r, &f, actor, scope, now)
	})
}

// file reads the tasks of a filing and what stands beside them.
func (s *Service) file(r Reader, f *Filing, actor Actor, scope Scope, now time.Time) error {
	tasks, err := r.Tasks(TaskFilter{Scope: scope, Campaign: f.Campaign.Code})
	if err != nil {
		return fmt.Errorf("reading the tasks of %s: %w", f.Campaign.Code, err)
	}
	reports, err := r.ReportsIn(f.Campaign.Code, f.Period.Code)
	if err != nil {
		return fmt.Errorf("reading the reports of %s: %w", f.Period.Code, err)
	}
	if i := slices.IndexFunc(f.Campaign.Periods, func(p Period) bool { return p.Code == f.Period.Code }); i > 0 {
		older, err := r.ReportsIn(f.Campaign.Code, f.Campaign.Periods[i-1].Code)
		if err != nil {
			return fmt.Errorf("reading the reports of %s: %w", f.Campaign.Periods[i-1].Code, err)
		}
		reports = append(older, reports...)
	}
	last, byID := map[string]*Report{}, map[string]*Report{}
	for i := range reports {
		byID[reports[i].ID] = &reports[i]
		if reports[i].Status == Accepted {
			last[reports[i].TaskID] = &reports[i] // the later ones come later
		}
	}
	used := map[string]bool{}
	for _, t := range tasks {
		ft := FilingTask{Task: t, Current: byID[t.ReportID], Last: last[t.ID]}
		sit := situation{actor: actor, task: t, report: ft.Current, campaign: f.Campaign, at: now}
		if t.FlagID != "" && t.State == Flagged {
			flag, err := r.Flag(t.FlagID)
			if err != nil {
				return fmt.Errorf("reading the flag of task %s: %w", t.Code, err)
			}
			ft.Flag, sit.flag = &flag, &flag
		}
		_, refusal := s.def.next(sit, EventReport)
		ft.Open = refusal == nil && t.Period == f.Period.Code
		used[t.Region] = true
		f.Tasks = append(f.Tasks, ft)
	}
	all, err := r.Regions()
	if err != nil {
		return fmt.Errorf("reading the regions: %w", err)
	}
	f.Regions = slices.DeleteFunc(all, func(region Region) bool { return !used[region.Code] })
	return nil
}
