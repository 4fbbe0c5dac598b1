package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"duban/workflow/calendar"
)

// TaskAsOf is Task as of a moment of the past, rebuilt from the audit events. What
// its reader could have done then is not asked: Allowed is empty.
func (s *Service) TaskAsOf(ctx context.Context, actor Actor, id string, asOf AsOf) (TaskView, error) {
	if asOf.IsZero() {
		return s.Task(ctx, actor, id)
	}
	before, err := s.until(asOf)
	if err != nil {
		return TaskView{}, err
	}
	return read(ctx, s, func(r Reader) (TaskView, error) {
		past, err := rebuildTask(r, id, before)
		if isNoRow(err) {
			return TaskView{}, errNoTask()
		}
		if err != nil {
			return TaskView{}, fmt.Errorf("rebuilding task %s: %w", id, err)
		}
		if _, ok := s.auth.May(actor, MayReadTasks, past.Task.Region); !ok {
			return TaskView{}, hiddenTask(past.Task)
		}
		sit, name, err := pastSituation(r, past, before)
		if err != nil {
			return TaskView{}, err
		}
		return TaskView{Task: sit.task, Flag: sit.flag, Report: sit.report, Standing: standingOf(sit, name, nil)}, nil
	})
}

// TasksAsOf is Tasks as of a moment of the past: the filter is held against the
// tasks as they were, rebuilt from the audit events.
func (s *Service) TasksAsOf(ctx context.Context, actor Actor, f TaskFilter, asOf AsOf) (TaskPage, error) {
	if asOf.IsZero() {
		return s.Tasks(ctx, actor, f)
	}
	f.Scope = s.auth.Scope(actor, MayReadTasks)
	if f.Scope.Empty() {
		return TaskPage{}, forbidden()
	}
	before, err := s.until(asOf)
	if err != nil {
		return TaskPage{}, err
	}
	return read(ctx, s, func(r Reader) (TaskPage, error) { return tasksBefore(r, f, before) })
}

// tasksBefore is a page of the tasks of a scope as they were.
func tasksBefore(r Reader, f TaskFilter, before time.Time) (TaskPage, error) {
	f.Today = calendar.Of(lastMoment(before))
	tasks, campaigns, err := tasksThen(r, f, before)
	if err != nil {
		return TaskPage{}, fmt.Errorf("rebuilding tasks: %w", err)
	}
	names, err := regionNamesThen(r, before)
	if err != nil {
		return TaskPage{}, err
	}
	page := f.page(tasks)
	page.Standings = make([]Standing, len(page.Tasks))
	for i, t := range page.Tasks {
		page.Standings[i] = standingOf(situation{task: t, campaign: campaigns[t.Campaign], at: lastMoment(before)}, names[t.Region], nil)
	}
	return page, nil
}

// tasksThen returns the first tasks that the filter selects, one more than its
// Limit, and the campaigns that they are in as they were. Campaigns beyond the page
// are not read.
func tasksThen(r Reader, f TaskFilter, before time.Time) ([]Task, map[string]Campaign, error) {
	campaigns, err := f.campaigns(r, before)
	if err != nil {
		return nil, nil, err
	}
	page, were := []Task{}, map[string]Campaign{}
	for _, code := range campaigns {
		if len(page) > f.Limit {
			break
		}
		var found []Task
		first := func() {
			slices.SortFunc(found, byPlace)
			found = found[:min(len(found), f.Limit+1-len(page))]
		}
		c, err := Rebuild(r, AcceptedFilter{Campaign: code, Scope: f.Scope.Within(f.Regions), Before: before}, func(t TaskPast) error {
			if f.Selects(t.Task) && (f.NotBy == nil || reviewable(t.report(t.Task.ReportID), f.NotBy)) {
				found = append(found, t.Task)
			}
			if len(found) > f.Limit+2*MaxPage {
				first() // what cannot be on the page is not kept
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
		first()
		page, were[code] = append(page, found...), c
	}
	return page, were, nil
}

// campaigns returns the codes of those that may have tasks of the page.
func (f TaskFilter) campaigns(r Reader, before time.Time) ([]string, error) {
	if f.Campaign != "" {
		return []string{f.Campaign}, nil
	}
	codes, err := campaignsThen(r, before)
	return slices.DeleteFunc(codes, func(code string) bool { return f.After != nil && code < f.After.Campaign }), err
}

// reviewable reports whether there is a report that none of the persons wrote.
func reviewable(r *Report, persons []string) bool { return r != nil && !r.wroteIt(persons) }

// lastMoment is the last one that is known when nothing from a moment on is.
func lastMoment(before time.Time) time.Time { return before.Add(-time.Microsecond) }

// regionNamesThen are the names that regions had, by code.
func regionNamesThen(r Reader, before time.Time) (map[string]string, error) {
	regions, err := rebuildRegions(r, before)
	if err != nil {
		return nil, fmt.Errorf("rebuilding the regions: %w", err)
	}
	names := make(map[string]string, len(regions))
	for _, region := range regions {
		names[region.Code] = region.Name
	}
	return names, nil
}

// pastSituation is what situationOf reads, of a task as its events left it, and the
// name of its region.
func pastSituation(r Reader, past TaskPast, before time.Time) (situation, string, error) {
	names, err := regionNamesThen(r, before)
	if err != nil {
		return situation{}, "", err
	}
	c, err := Rebuild(r, AcceptedFilter{Subject: SubjectCampaign, SubjectID: past.Task.Campaign, Before: before}, func(TaskPast) error { return nil })
	if err != nil {
		return situation{}, "", fmt.Errorf("rebuilding the campaign of task %s: %w", past.Task.ID, err)
	}
	sit := situation{task: past.Task, report: past.report(past.Task.ReportID), flag: past.flag(past.Task.FlagID), campaign: c, at: lastMoment(before)}
	sit.task.Due = past.due(c)
	return sit, names[past.Task.Region], nil
}
