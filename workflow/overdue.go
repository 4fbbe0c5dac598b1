package workflow

import (
	"context"
	"fmt"

	"duban/workflow/calendar"
)

// OverdueFilter selects tasks that are late on a day. Empty fields do not
// restrict, but Scope always does: its zero value sees nothing.
type OverdueFilter struct {
	Scope    Scope
	Campaign string
	Regions  []string
	Today    calendar.Date
	After    *TaskCursor
	Limit    int // at least 1
}

// OverdueTask is a task whose district is late: assigned, and the period's
// report-by date has passed, or flagged, and the rectify-by date has.
type OverdueTask struct {
	Task Task
	Due  calendar.Date // the last day that it had
	Days int           // since then
}

// OverdueFound is what a look for overdue tasks found. It looks at a bounded
// number of tasks that wait for their districts: Next may be set although fewer
// than were asked for are found.
type OverdueFound struct {
	Tasks []OverdueTask // in the order of Reader.Tasks
	Next  *TaskCursor   // where to go on; nil: there are no others
}

// Overdue lists the tasks that are late now, of those that the actor may see.
// Scope and Today of the filter are set here; Limit is 1 to MaxPage.
func (s *Service) Overdue(ctx context.Context, actor Actor, f OverdueFilter) (OverdueFound, error) {
	f.Scope, f.Today = s.auth.Scope(actor, MayReadTasks), calendar.Of(s.now())
	if f.Scope.Empty() {
		return OverdueFound{}, forbidden()
	}
	return read(ctx, s, func(r Reader) (OverdueFound, error) { return overdue(r, f) })
}

func overdue(r Reader, f OverdueFilter) (OverdueFound, error) {
	found, err := r.Overdue(f)
	if err != nil {
		return found, fmt.Errorf("listing overdue tasks: %w", err)
	}
	for i, t := range found.Tasks {
		found.Tasks[i].Days = f.Today.DaysSince(t.Due)
	}
	return found, nil
}
