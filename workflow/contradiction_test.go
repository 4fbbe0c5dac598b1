package workflow_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
)

// TestAContradictionNamesTheEvent: a history of which an event is missing, or was
// altered, is not taken for what was.
func TestAContradictionNamesTheEvent(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := w.in("rectified")
	events, err := w.TaskEvents(w.ctx(), auditor, task.ID, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var whole workflow.TaskPast
	for _, e := range events {
		if err := whole.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	followed := func(events ...audit.Event) bool {
		return view(w, func(r workflow.Reader) (bool, error) { return workflow.LedgerFollows(r, events...) })
	}
	if !followed(events...) {
		t.Error("the history as it was is not followed where all tasks are")
	}
	for name, c := range contradictions(whole, events) {
		t.Run(name, func(t *testing.T) {
			var past workflow.TaskPast
			for i, e := range events {
				if i+1 == c.version {
					c.change(&e)
				}
				err := past.Apply(e)
				if i+1 < c.version && err != nil {
					t.Fatal(err)
				}
				if i+1 == c.version {
					if followed(append(slices.Clone(events[:i]), e)...) {
						t.Error("it is not noticed where all tasks are followed at once")
					}
					refused := kind(t, err, workflow.Internal, "audit.contradiction")
					if !strings.Contains(refused.Text.ZH, e.ID) || !strings.Contains(refused.Text.EN, e.ID) {
						t.Errorf("the event %s is not named: %s", e.ID, refused.Text.ZH)
					}
					return
				}
			}
		})
	}
}

// contradicted is a change that makes an event of a history contradict those before it.
type contradicted struct {
	version int // the event that is wrong
	change  func(e *audit.Event)
}

// contradictions are changes of the events of a task that was flagged and rectified.
func contradictions(whole workflow.TaskPast, events []audit.Event) map[string]contradicted {
	report, flag, review := whole.Reports[0].ID, whole.Flags[0].ID, whole.Reviews[0].ID
	const other = "0198c0de-0000-7000-8000-000000000000"
	return map[string]contradicted{
		"one is missing":               {3, func(e *audit.Event) { *e = events[3] }},
		"one comes twice":              {3, func(e *audit.Event) { *e = events[1] }},
		"it begins later":              {1, func(e *audit.Event) { *e = events[1] }},
		"an unknown report":            {3, replacing(report, other)},
		"another author":               {3, replacing(`"author":"reporter"`, `"author":"colleague"`)},
		"a report's number":            {2, replacing(`"number":1`, `"number":2`)},
		"an unknown flag":              {4, replacing(flag, other)},
		"a flag's reason":              {5, replacing(`"reason":"滞后"`, `"reason":""`)},
		"a review that is there":       {5, func(e *audit.Event) { replacing(whole.Reviews[1].ID, review)(e) }},
		"another report than it says":  {3, replacing(whole.Reviews[0].ReportDigest, strings.Repeat("0", 64))},
		"the state before":             {4, func(e *audit.Event) { e.From = "assigned" }},
		"the state before, in Before":  {4, func(e *audit.Event) { e.Before = replaced(e.Before, "flagged_lagging", "assigned") }},
		"the state after":              {4, func(e *audit.Event) { e.To = "reviewed" }},
		"the verdict before":           {4, func(e *audit.Event) { e.Before = replaced(e.Before, `"verdict":"behind"`, `"verdict":"nearly"`) }},
		"the version after":            {4, func(e *audit.Event) { e.After = replaced(e.After, `"version":4`, `"version":5`) }},
		"another task":                 {1, func(e *audit.Event) { e.SubjectID = other }},
		"another region":               {1, func(e *audit.Event) { e.Region = "440704" }},
		"what cannot be read":          {2, func(e *audit.Event) { e.After = []byte(`{"task":7}`) }},
		"an assignment that is broken": {1, func(e *audit.Event) { e.After = []byte(`[]`) }},
	}
}

func replacing(old, with string) func(*audit.Event) {
	return func(e *audit.Event) { e.After = replaced(e.After, old, with) }
}

func replaced(text []byte, old, with string) []byte {
	return bytes.ReplaceAll(text, []byte(old), []byte(with))
}

// TestACampaignsContradictionsAreFound, and what older programs wrote is none:
// they left the zero of 0.70 out.
func TestACampaignsContradictionsAreFound(t *testing.T) {
	first, second := campaign(), campaign()
	first.Version, first.OpenPeriod, second.Version, second.OpenPeriod = 1, "h1", 2, "q3"
	event := func(version int, before, after any) audit.Event {
		return audit.Event{ID: fmt.Sprint("event-", version), Subject: workflow.SubjectCampaign, SubjectID: campaignCode, Version: version, Before: raw(t, before), After: raw(t, after)}
	}
	older := func(e audit.Event) audit.Event {
		e.After = replaced(e.After, `"0.70"`, `"0.7"`)
		return e
	}
	renamed, elsewhere := first, second
	renamed.Title, elsewhere.Code = "x", "elsewhere"
	for name, c := range map[string]struct {
		events []audit.Event
		broken string
	}{
		"whole":               {[]audit.Event{event(1, nil, first), event(2, first, second)}, ""},
		"of an older program": {[]audit.Event{older(event(1, nil, first)), event(2, first, second)}, ""},
		"a gap":               {[]audit.Event{event(2, first, second)}, "event-2"},
		"another before":      {[]audit.Event{event(1, nil, first), event(2, renamed, second)}, "event-2"},
		"another campaign":    {[]audit.Event{event(1, nil, first), event(2, first, elsewhere)}, "event-2"},
		"another subject":     {[]audit.Event{event(1, nil, first), {ID: "event-9", Subject: workflow.SubjectUser}}, "event-9"},
	} {
		fold, err := workflow.Fold{}, error(nil)
		for _, e := range c.events {
			if err = fold.Add(e); err != nil {
				break
			}
		}
		if c.broken == "" && (err != nil || !reflect.DeepEqual(fold.Campaign, second)) {
			t.Errorf("%s: %+v, %v", name, fold.Campaign, err)
		}
		if c.broken != "" && !strings.Contains(kind(t, err, workflow.Internal, "audit.contradiction").Text.EN, c.broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
