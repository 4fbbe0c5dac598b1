package workflow

import (
	"fmt"
	"time"

	"duban/workflow/calendar"
)

// Standing is how a task stands on a day, and what its reader may do about it.
type Standing struct {
	Light      Light
	Days       int // left until Due, negative when it has passed; of no meaning without Due
	RegionName string
	Period     Period     // that the task is in
	Allowed    []EventDef // what the reader may do now; none for the past
}

func standingOf(sit situation, region string, allowed []EventDef) Standing {
	today := calendar.Of(sit.at)
	out := Standing{Light: sit.task.Light(today), RegionName: region, Allowed: allowed}
	out.Period, _ = sit.campaign.Period(sit.task.Period)
	if !sit.task.Due.IsZero() {
		out.Days = sit.task.Due.DaysSince(today)
	}
	return out
}

// standings reads what a list shows beside its tasks, in as many statements however
// many tasks there are.
func (s *Service) standings(r Reader, actor Actor, tasks []Task, at time.Time) ([]Standing, error) {
	var campaigns, reports []string
	for _, t := range tasks {
		campaigns = append(campaigns, t.Campaign)
		if t.ReportID != "" {
			reports = append(reports, t.ReportID)
		}
	}
	periods, err := r.PeriodsOf(distinct(campaigns))
	if err != nil {
		return nil, fmt.Errorf("reading periods: %w", err)
	}
	names, err := regionNames(r)
	if err != nil {
		return nil, err
	}
	list, err := r.ReportHeads(reports)
	if err != nil {
		return nil, fmt.Errorf("reading who reported: %w", err)
	}
	heads := map[string]*Report{}
	for _, h := range list {
		heads[h.ID] = &h
	}
	out := make([]Standing, len(tasks))
	for i, t := range tasks {
		sit := situation{actor: actor, task: t, report: heads[t.ReportID], campaign: Campaign{Code: t.Campaign, Periods: periods[t.Campaign]}, at: at}
		if t.FlagID != "" {
			sit.flag = &Flag{ID: t.FlagID, TaskID: t.ID} // guards ask whether there is one
		}
		out[i] = standingOf(sit, names[t.Region], s.allowed(sit))
	}
	return out, nil
}
