package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"
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
		return TaskView{Task: past.Task, Flag: past.flag(past.Task.FlagID), Report: past.report(past.Task.ReportID)}, nil
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
	return read(ctx, s, func(r Reader) (TaskPage, error) {
		tasks, err := tasksThen(r, f, before)
		if err != nil {
			return TaskPage{}, fmt.Errorf("rebuilding tasks: %w", err)
		}
		return f.page(tasks), nil
	})
}

// tasksThen returns the first tasks that the filter selects, one more than its
// Limit. Campaigns beyond the page are not read.
func tasksThen(r Reader, f TaskFilter, before time.Time) ([]Task, error) {
	campaigns, err := f.campaigns(r, before)
	if err != nil {
		return nil, err
	}
	page := []Task{}
	for _, code := range campaigns {
		if len(page) > f.Limit {
			break
		}
		var found []Task
		first := func() {
			slices.SortFunc(found, byPlace)
			found = found[:min(len(found), f.Limit+1-len(page))]
		}
		if _, err := Rebuild(r, AcceptedFilter{Campaign: code, Scope: f.Scope.Within(f.Regions), Before: before}, func(t TaskPast) error {
			if f.Selects(t.Task) {
				found = append(found, t.Task)
			}
			if len(found) > 2*MaxPage {
				first() // what cannot be on the page is not kept
			}
			return nil
		}); err != nil {
			return nil, err
		}
		first()
		page = append(page, found...)
	}
	return page, nil
}

// campaigns returns the codes of those that may have tasks of the page.
func (f TaskFilter) campaigns(r Reader, before time.Time) ([]string, error) {
	if f.Campaign != "" {
		return []string{f.Campaign}, nil
	}
	codes, err := campaignsThen(r, before)
	return slices.DeleteFunc(codes, func(code string) bool { return f.After != nil && code < f.After.Campaign }), err
}
