package workflow

import (
	"encoding/json"
	"slices"
	"time"

	"duban/workflow/audit"
)

// EventSearch selects events of any subject. Empty fields do not restrict, but
// Scope always does: its zero value sees nothing, and events of no region
// (accounts, campaigns) are seen only by a scope of All.
type EventSearch struct {
	Scope     Scope
	Subject   string // with SubjectID: "task", ...
	SubjectID string
	Campaign  string
	Regions   []string
	Period    string
	ActorID   string
	Names     []string
	Outcome   audit.Outcome
	From      time.Time // the first moment
	Until     time.Time // the first moment after
	Text      string    // in EventTexts, or in code, subject or requirement of the task; no wildcards
	Before    *EventCursor
	Limit     int // at least 1
}

// EventCursor is the place of an event in the order of time; the id, a UUID of
// version 7, decides between those of one moment.
type EventCursor struct {
	At time.Time `json:"t"`
	ID string    `json:"i"`
}

// CursorOf returns the place of an event.
func CursorOf(e audit.Event) EventCursor { return EventCursor{At: e.At, ID: e.ID} }

// EventsFound is what a search found. A search looks at a bounded number of
// events: Next may be set although fewer than were asked for are found. It then
// looked as far as Next and no further.
type EventsFound struct {
	Events []audit.Event // newest first
	Next   *EventCursor  // where to go on; nil: there are no others
}

// Keeps reports whether the event is one of those that the search is for, but
// for Text and Before.
func (f EventSearch) Keeps(e audit.Event) bool {
	return (f.Scope.All || slices.Contains(f.Scope.Regions, e.Region)) &&
		(f.SubjectID == "" || f.Subject == e.Subject && f.SubjectID == e.SubjectID) &&
		(f.Campaign == "" || f.Campaign == e.Campaign) &&
		(len(f.Regions) == 0 || slices.Contains(f.Regions, e.Region)) &&
		(f.Period == "" || f.Period == e.Period) &&
		(f.ActorID == "" || f.ActorID == e.ActorID) &&
		(len(f.Names) == 0 || slices.Contains(f.Names, e.Name)) &&
		(f.Outcome == "" || f.Outcome == e.Outcome) &&
		(f.From.IsZero() || !e.At.Before(f.From)) &&
		(f.Until.IsZero() || e.At.Before(f.Until))
}

// EventTexts returns what people wrote in an event: the reason, and the narrative
// of a report.
func EventTexts(e audit.Event) []string {
	var left struct {
		Report struct {
			Narrative string `json:"narrative"`
		} `json:"report"`
	}
	// Where After has another shape there is no report in it.
	if err := json.Unmarshal(e.After, &left); err != nil {
		return []string{e.Reason}
	}
	return []string{e.Reason, left.Report.Narrative}
}
