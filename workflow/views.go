package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// TaskView is one task as its reader may see it.
type TaskView struct {
	Task    Task
	Flag    *Flag      // open flag
	Report  *Report    // newest report of the period
	Allowed []EventDef // what the reader may do now

	Standing Standing
}

// Task returns one task.
func (s *Service) Task(ctx context.Context, actor Actor, id string) (TaskView, error) {
	now := s.now()
	return read(ctx, s, func(r Reader) (TaskView, error) {
		task, err := s.visibleTask(r, actor, id)
		if err != nil {
			return TaskView{}, err
		}
		sit, err := situationOf(r, actor, task, now)
		if err != nil {
			return TaskView{}, err
		}
		region, err := r.Region(task.Region)
		if err != nil {
			return TaskView{}, fmt.Errorf("reading the region of task %s: %w", id, err)
		}
		allowed := s.allowed(sit)
		return TaskView{Task: task, Flag: sit.flag, Report: sit.report, Allowed: allowed, Standing: standingOf(sit, region.Name, allowed)}, nil
	})
}

// visibleTask reads a task that the actor may see. Every other one is answered
// like one that does not exist.
func (s *Service) visibleTask(r Reader, actor Actor, id string) (Task, error) {
	task, err := r.Task(id)
	if isNoRow(err) {
		return task, errNoTask()
	}
	if err != nil {
		return task, fmt.Errorf("reading task %s: %w", id, err)
	}
	if _, ok := s.auth.May(actor, MayReadTasks, task.Region); !ok {
		return Task{}, hiddenTask(task)
	}
	return task, nil
}

// MaxPage is the largest number of rows of one page.
const MaxPage = 200

// TaskPage is one page of a list of tasks.
type TaskPage struct {
	Tasks     []Task
	Standings []Standing  // of the tasks, in their order
	Reports   []*Report   // with TaskFilter.Reports: the newest of each task's period, nil for none
	Next      *TaskCursor // nil: the last page
}

// MostCounted is how far matching tasks are counted: what a count costs must not grow
// with the number of tasks.
const MostCounted = 1000

// Tasks lists the tasks that the actor may see, in the order campaign, region,
// campaign order, by due date, or by how long their reports wait. Scope and Today of the filter are set here; Limit is
// 1 to MaxPage.
func (s *Service) Tasks(ctx context.Context, actor Actor, f TaskFilter) (TaskPage, error) {
	f.Scope = s.auth.Scope(actor, MayReadTasks)
	if f.Scope.Empty() {
		return TaskPage{}, forbidden()
	}
	now := s.now()
	return read(ctx, s, func(r Reader) (TaskPage, error) { return s.tasks(r, actor, f, now) })
}

// tasks reads one page of the tasks of a scope.
func (s *Service) tasks(r Reader, actor Actor, f TaskFilter, now time.Time) (TaskPage, error) {
	f.Today = calendar.Of(now)
	oneMore := f
	oneMore.Limit++
	tasks, err := r.Tasks(oneMore)
	if err != nil {
		return TaskPage{}, fmt.Errorf("listing tasks: %w", err)
	}
	page := f.page(tasks)
	if page.Standings, err = s.standings(r, actor, page.Tasks, now); err != nil || !f.Reports {
		return page, err
	}
	page.Reports, err = newestReports(r, page.Tasks)
	return page, err
}

// newestReports reads the newest report of each task's period, in the order of the
// tasks.
func newestReports(r Reader, tasks []Task) ([]*Report, error) {
	var ids []string
	for _, t := range tasks {
		if t.ReportID != "" {
			ids = append(ids, t.ReportID)
		}
	}
	reports, err := r.ReportsOf(ids)
	if err != nil {
		return nil, fmt.Errorf("reading the newest reports: %w", err)
	}
	byTask := make(map[string]*Report, len(reports))
	for i := range reports {
		byTask[reports[i].TaskID] = &reports[i]
	}
	out := make([]*Report, len(tasks))
	for i, t := range tasks {
		out[i] = byTask[t.ID]
	}
	return out, nil
}

// CountTasks counts the tasks that the actor may see and the filter selects, up to
// MostCounted.
func (s *Service) CountTasks(ctx context.Context, actor Actor, f TaskFilter) (int, error) {
	f.Scope, f.Today = s.auth.Scope(actor, MayReadTasks), calendar.Of(s.now())
	if f.Scope.Empty() {
		return 0, forbidden()
	}
	return read(ctx, s, func(r Reader) (int, error) { return r.CountTasks(f, MostCounted) })
}

// page makes a page of tasks, of which one more than Limit tells that there is a
// next one.
func (f TaskFilter) page(tasks []Task) TaskPage {
	if len(tasks) <= f.Limit {
		return TaskPage{Tasks: tasks}
	}
	next := f.cursor(tasks[f.Limit-1])
	return TaskPage{Tasks: tasks[:f.Limit], Next: &next}
}

// Reports returns every report of a task, oldest first.
func (s *Service) Reports(ctx context.Context, actor Actor, taskID string) ([]Report, error) {
	return ofTask(ctx, s, actor, taskID, Reader.Reports)
}

// Reviews returns every review of a task, oldest first.
func (s *Service) Reviews(ctx context.Context, actor Actor, taskID string) ([]Review, error) {
	return ofTask(ctx, s, actor, taskID, Reader.Reviews)
}

// Flags returns every flag of a task, oldest first.
func (s *Service) Flags(ctx context.Context, actor Actor, taskID string) ([]Flag, error) {
	return ofTask(ctx, s, actor, taskID, Reader.Flags)
}

func ofTask[T any](ctx context.Context, s *Service, actor Actor, taskID string, list func(Reader, string) ([]T, error)) ([]T, error) {
	return read(ctx, s, func(r Reader) ([]T, error) {
		if _, err := s.visibleTask(r, actor, taskID); err != nil {
			return nil, err
		}
		return list(r, taskID)
	})
}

// TaskEvents returns a task's audit events with versions above after, oldest
// first, at most limit. That an auditor reads them is itself an event, stored
// before the answer is given.
func (s *Service) TaskEvents(ctx context.Context, actor Actor, taskID string, after, limit int) ([]audit.Event, error) {
	events, err := read(ctx, s, func(r Reader) ([]audit.Event, error) {
		task, err := s.visibleTask(r, actor, taskID)
		if err != nil {
			return nil, err
		}
		if _, ok := s.auth.May(actor, MayReadEvents, task.Region); !ok {
			return nil, forbidden()
		}
		return r.Events(EventFilter{Subject: SubjectTask, SubjectID: taskID, AfterVersion: after, Limit: limit})
	})
	if err != nil {
		return nil, err
	}
	return events, s.logHistory(ctx, actor, taskID, len(events))
}

// Campaigns returns every campaign, by code.
func (s *Service) Campaigns(ctx context.Context, actor Actor) ([]Campaign, error) {
	return ifMay(ctx, s, actor, MayReadCampaigns, Reader.Campaigns)
}

// Campaign returns one campaign.
func (s *Service) Campaign(ctx context.Context, actor Actor, code string) (Campaign, error) {
	return ifMay(ctx, s, actor, MayReadCampaigns, func(r Reader) (Campaign, error) {
		c, err := r.Campaign(code)
		if isNoRow(err) {
			err = errNoCampaign()
		}
		return c, err
	})
}

// Drafting returns what a campaign that is being drafted may use, for those who may
// make one: the campaign with the code, if it is not empty, and the regions that are
// not retired, of that campaign or all.
func (s *Service) Drafting(ctx context.Context, actor Actor, code string) (Campaign, []Region, error) {
	var c Campaign
	regions, err := ifMay(ctx, s, actor, MayWriteCampaigns, func(r Reader) ([]Region, error) {
		regions, err := r.Regions()
		if err != nil || code == "" {
			return slices.DeleteFunc(regions, func(r Region) bool { return r.Retired }), err
		}
		if c, err = r.Campaign(code); isNoRow(err) {
			err = errNoCampaign()
		}
		return slices.DeleteFunc(regions, func(r Region) bool { return r.Retired || !slices.Contains(c.Regions, r.Code) }), err
	})
	return c, regions, err
}

// Regions returns every region, by code.
func (s *Service) Regions(ctx context.Context, actor Actor) ([]Region, error) {
	return ifMay(ctx, s, actor, MayReadRegions, Reader.Regions)
}

// ifMay reads something that belongs to no region.
func ifMay[T any](ctx context.Context, s *Service, actor Actor, p Permission, fn func(Reader) (T, error)) (T, error) {
	if _, ok := s.auth.May(actor, p, ""); !ok {
		var none T
		return none, forbidden()
	}
	return read(ctx, s, fn)
}

// Permissions returns what the actor may do somewhere, beside the events of the
// definition.
func (s *Service) Permissions(actor Actor) []Permission {
	var may []Permission
	for _, p := range Permissions {
		if !s.auth.Scope(actor, p).Empty() {
			may = append(may, p)
		}
	}
	return may
}
