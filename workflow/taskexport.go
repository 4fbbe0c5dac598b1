package workflow

import (
	"context"

	"duban/workflow/assess"
)

const eventTaskExport = "task.export"

// ExportedTasks says how far an export of the task list came.
type ExportedTasks struct {
	Rows int
	Next *TaskCursor // where the rest begins; nil when nothing is left out
}

// exportedList is what the event of an exported task list tells. Words that were
// searched may be somebody's name, so it only tells that there were some.
type exportedList struct {
	Campaign string           `json:"campaign,omitempty"`
	Regions  []string         `json:"regions,omitempty"`
	Period   string           `json:"period,omitempty"`
	States   []State          `json:"states,omitempty"`
	Verdicts []assess.Verdict `json:"verdicts,omitempty"`
	Lights   []Light          `json:"lights,omitempty"`
	Key      *bool            `json:"key,omitempty"`
	Flagged  *bool            `json:"flagged,omitempty"`
	Overdue  bool             `json:"overdue,omitempty"`
	Searched bool             `json:"searched,omitempty"`
	AsOf     string           `json:"as_known_on,omitempty"`
	Rows     int              `json:"rows"`
	Complete bool             `json:"complete"`
}

// ExportTasks gives every task of the list that TasksAsOf pages through to take, as
// they stood at one moment, up to MaxExport tasks. Nothing of it may be handed out
// before ExportTasks has returned: only then is the export itself an event. Limit of
// the filter is not used.
func (s *Service) ExportTasks(ctx context.Context, actor Actor, f TaskFilter, asOf AsOf, take func([]Task, []Standing) error) (ExportedTasks, error) {
	f.Scope = s.auth.Scope(actor, MayReadTasks)
	if f.Scope.Empty() {
		return ExportedTasks{}, forbidden()
	}
	now := s.now()
	before, err := s.until(asOf)
	if err != nil {
		return ExportedTasks{}, err
	}
	out, err := read(ctx, s, func(r Reader) (ExportedTasks, error) {
		if !asOf.IsZero() { // the past is rebuilt once, not for each page
			f.Limit = MaxExport
			page, err := tasksBefore(r, f, before)
			if err != nil {
				return ExportedTasks{}, err
			}
			return ExportedTasks{Rows: len(page.Tasks), Next: page.Next}, take(page.Tasks, page.Standings)
		}
		var out ExportedTasks
		part := f
		for {
			part.Limit = min(exportPage, MaxExport-out.Rows)
			page, err := s.tasks(r, actor, part, now)
			if err != nil {
				return out, err
			}
			if err := take(page.Tasks, page.Standings); err != nil {
				return out, err
			}
			out.Rows += len(page.Tasks)
			out.Next, part.After = page.Next, page.Next
			if out.Next == nil || out.Rows == MaxExport {
				return out, nil
			}
		}
	})
	if err != nil {
		return ExportedTasks{}, err
	}
	return out, s.logReading(ctx, actor, eventTaskExport, exportedList{
		Campaign: f.Campaign, Regions: f.Regions, Period: f.Period, States: f.States, Verdicts: f.Verdicts, Lights: f.Lights, Key: f.Key, Flagged: f.Flagged,
		Overdue: f.Overdue, Searched: f.Text != "", AsOf: asOf.String(), Rows: out.Rows, Complete: out.Next == nil,
	})
}
