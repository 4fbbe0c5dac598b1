package meetingpack

import "duban/workflow"

// Rows are the changes of an entry, one row each; an event that changed nothing
// that people read still has a row.
func (t taskPage) Rows(e workflow.TimelineEntry) []workflow.Change {
	if len(e.Changes) == 0 {
		return []workflow.Change{{}}
	}
	return e.Changes
}

// Span is the number of rows of an entry.
func (t taskPage) Span(e workflow.TimelineEntry) int { return len(t.Rows(e)) }
