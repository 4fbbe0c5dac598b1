package workflow_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/lagtable"
)

// table is the lag table of the half-year as of a moment: title, rows, gaps.
func (w *world) table(who workflow.Actor, asOf workflow.AsOf) string {
	w.t.Helper()
	data, err := w.LagData(w.ctx(), who, campaignCode, "h1", asOf)
	if err != nil {
		w.t.Fatal(err)
	}
	table := lagtable.Build(data)
	text := table.Title
	for _, r := range table.Rows {
		text += " +" + r.Task[0]
	}
	for _, g := range table.Gaps {
		text += fmt.Sprintf(" -%s %s", g.TaskCode, g.Reason)
	}
	return text
}

// TestTheTableOfAPastDay keeps what was true then: a task that was cancelled
// later, why a task had no verdict, the campaign's title and labels.
func TestTheTableOfAPastDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.on("2023-07-12")
		flagged, waiting, gone := w.in("flagged_lagging"), w.in("reported"), w.in("assigned")
		then := workflow.EndOf(day("2023-07-12"))
		w.on("2023-07-13")
		if _, err := w.do(reviewer, workflow.EventReturn, waiting.ID); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{flagged.ID, gone.ID} {
			if _, err := w.do(supervisor, workflow.EventCancel, id); err != nil {
				t.Fatal(err)
			}
		}
		w.retitle("改名", "上半年")
		w.on("2023-07-20")
		if got, want := w.table(auditor, then), "测试进度滞后情况表（1-6月） +任务T1 -T2 unreviewed -T3 unreported"; got != want {
			t.Errorf("then: %s\nwant  %s", got, want)
		}
		if got, want := w.table(auditor, workflow.EndOf(day("2023-07-20"))), "改名进度滞后情况表（上半年） -T2 unreported"; got != want || got != w.table(auditor, workflow.AsOf{}) {
			t.Errorf("now: %s\nwant %s", got, want)
		}
		if v, err := w.TaskAsOf(w.ctx(), auditor, waiting.ID, then); err != nil || v.Report == nil || v.Report.Status != workflow.Waiting || len(v.Allowed) > 0 {
			t.Errorf("the returned report then: %+v, %v", v, err)
		}
		if v, err := w.TaskAsOf(w.ctx(), auditor, flagged.ID, then); err != nil || v.Flag == nil || v.Flag.ClearedBy != "" || v.Task.State != workflow.Flagged {
			t.Errorf("the cancelled task then: %+v, %v", v, err)
		}
	})
}

// retitle changes what no verb changes yet, as one would.
func (w *world) retitle(title, label string) {
	w.t.Helper()
	if err := w.store.Update(w.ctx(), func(tx workflow.Tx) error {
		c, err := tx.LockCampaign(campaignCode)
		if err != nil {
			return err
		}
		next := c
		next.Title, next.Version = title, c.Version+1
		next.Periods = append([]workflow.Period(nil), c.Periods...)
		next.Periods[0].Label = label
		e := audit.Event{
			ID: fmt.Sprint("retitle-", next.Version), At: time.Unix(w.now.Add(1), 0), Outcome: audit.Accepted, Name: "campaign.update",
			Subject: workflow.SubjectCampaign, SubjectID: c.Code, Version: next.Version, ActorID: "supervisor", Channel: "test", Campaign: c.Code,
			Before: raw(w.t, c), After: raw(w.t, next),
		}
		if err := e.Seal(); err != nil {
			return err
		}
		if err := tx.SaveCampaign(next, c.Version); err != nil {
			return err
		}
		return tx.AppendEvents([]audit.Event{e})
	}); err != nil {
		w.t.Fatal(err)
	}
}

// TestAMomentIsNotPartOfItsPast: what happened at a moment is known after it.
func TestAMomentIsNotPartOfItsPast(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := w.in("reported")
	view, err := w.Task(w.ctx(), auditor, task.ID)
	if err != nil {
		t.Fatal(err)
	}
	for at, version := range map[time.Time]int{
		view.Task.UpdatedAt: 1, view.Task.UpdatedAt.Add(1): 2, view.Task.UpdatedAt.Add(time.Microsecond): 2, view.Task.CreatedAt.Add(1): 1,
	} {
		if v, err := w.TaskAsOf(w.ctx(), auditor, task.ID, workflow.At(at)); err != nil || v.Task.Version != version {
			t.Errorf("as of %s: version %d, want %d, %v", at.Format(time.RFC3339Nano), v.Task.Version, version, err)
		}
	}
	_, err = w.TaskAsOf(w.ctx(), auditor, task.ID, workflow.At(view.Task.CreatedAt))
	kind(t, err, workflow.NotFound, "")
	_, err = w.LagData(w.ctx(), auditor, campaignCode, "h1", workflow.EndOf(day("2023-07-04")))
	kind(t, err, workflow.NotFound, "")
}

// TestTheFutureIsNotKnown: a day or moment ahead is refused, naming the field; the
// day that has begun is known so far.
func TestTheFutureIsNotKnown(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.in("reported")
	views := map[string]func(workflow.AsOf) error{
		"task": func(a workflow.AsOf) error {
			_, err := w.TaskAsOf(w.ctx(), auditor, w.in("assigned").ID, a)
			return err
		},
		"tasks": func(a workflow.AsOf) error {
			_, err := w.TasksAsOf(w.ctx(), auditor, workflow.TaskFilter{Limit: 1}, a)
			return err
		},
		"table": func(a workflow.AsOf) error { _, err := w.LagData(w.ctx(), auditor, campaignCode, "h1", a); return err },
		"tally": func(a workflow.AsOf) error { _, err := w.Tally(w.ctx(), auditor, campaignCode, "h1", a); return err },
	}
	for name, view := range views {
		for _, ahead := range []workflow.AsOf{workflow.EndOf(day("2023-07-06")), workflow.At(time.Unix(w.now.Load()+100, 0))} {
			if e := kind(t, view(ahead), workflow.Invalid, ""); len(e.Fields) != 1 || e.Fields[0].Field != "as_of" || e.Fields[0].Rule != "order" {
				t.Errorf("%s as of %s: %+v", name, ahead, e.Fields)
			}
		}
		if err := view(workflow.EndOf(day("2023-07-05"))); err != nil {
			t.Errorf("%s of today: %v", name, err)
		}
	}
}

// TestThePastKeepsToTheScope: what a district may not see now it does not see of
// the past.
func TestThePastKeepsToTheScope(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := w.in("flagged_lagging")
	w.on("2023-07-20")
	then := workflow.EndOf(day("2023-07-10"))
	if page, err := w.TasksAsOf(w.ctx(), stranger, workflow.TaskFilter{Limit: 10, Regions: []string{"440703", "440704"}}, then); err != nil || len(page.Tasks) > 0 {
		t.Errorf("another district lists %+v, %v", page.Tasks, err)
	}
	if page, err := w.TasksAsOf(w.ctx(), reporter, workflow.TaskFilter{Limit: 10}, then); err != nil || len(page.Tasks) != 1 {
		t.Errorf("the district lists %+v, %v", page.Tasks, err)
	}
	_, err := w.TaskAsOf(w.ctx(), stranger, task.ID, then)
	kind(t, err, workflow.NotFound, "not_found")
	for _, asOf := range []workflow.AsOf{then, {}} {
		if got := w.table(stranger, asOf); strings.Contains(got, "T1") {
			t.Errorf("another district's table as of %q is %s", asOf, got)
		}
	}
	tallies, err := w.Tally(w.ctx(), stranger, campaignCode, "h1", then)
	if err != nil || len(tallies) != 1 || tallies[0].Region != "440704" || tallies[0].Tasks != 0 {
		t.Errorf("another district counts %+v, %v", tallies, err)
	}
	_, err = w.TasksAsOf(w.ctx(), systemAdmin, workflow.TaskFilter{Limit: 1}, then)
	kind(t, err, workflow.Forbidden, "")
	_, err = w.Tally(w.ctx(), systemAdmin, campaignCode, "h1", then)
	kind(t, err, workflow.Forbidden, "")
}

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
	report, flag, review := whole.Reports[0].ID, whole.Flags[0].ID, whole.Reviews[0].ID
	const other = "0198c0de-0000-7000-8000-000000000000"
	for name, c := range map[string]struct {
		version int // the event that is wrong
		change  func(e *audit.Event)
	}{
		"one is missing":               {3, func(e *audit.Event) { *e = events[3] }},
		"one comes twice":              {3, func(e *audit.Event) { *e = events[1] }},
		"it begins later":              {1, func(e *audit.Event) { *e = events[1] }},
		"an unknown report":            {3, replacing(report, other)},
		"another author":               {3, replacing(`"author":"reporter"`, `"author":"colleague"`)},
		"a report's number":            {2, replacing(`"number":1`, `"number":2`)},
		"an unknown flag":              {4, replacing(flag, other)},
		"a flag's reason":              {5, replacing(`"reason":"滞后"`, `"reason":""`)},
		"a review that is there":       {5, func(e *audit.Event) { replacing(whole.Reviews[1].ID, review)(e) }},
		"the state before":             {4, func(e *audit.Event) { e.From = "assigned" }},
		"the state before, in Before":  {4, func(e *audit.Event) { e.Before = replaced(e.Before, "flagged_lagging", "assigned") }},
		"the state after":              {4, func(e *audit.Event) { e.To = "reviewed" }},
		"the verdict before":           {4, func(e *audit.Event) { e.Before = replaced(e.Before, `"verdict":"behind"`, `"verdict":"nearly"`) }},
		"the version after":            {4, func(e *audit.Event) { e.After = replaced(e.After, `"version":4`, `"version":5`) }},
		"another task":                 {1, func(e *audit.Event) { e.SubjectID = other }},
		"another region":               {1, func(e *audit.Event) { e.Region = "440704" }},
		"what cannot be read":          {2, func(e *audit.Event) { e.After = []byte(`{"task":7}`) }},
		"an assignment that is broken": {1, func(e *audit.Event) { e.After = []byte(`[]`) }},
	} {
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

func TestReadingAsOf(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "2023-08-31": "2023-08-31", "2023-08-31T01:00:00Z": "2023-08-31T09:00:00+08:00", "2023-08-31T09:00:00.5+08:00": "2023-08-31T09:00:00.5+08:00",
	} {
		if a, err := workflow.ParseAsOf(text); err != nil || a.String() != want || a.IsZero() != (text == "") {
			t.Errorf("%q is %q, %v", text, a, err)
		}
	}
	for _, text := range []string{"2023-02-31", "yesterday", "2023-08-31T09:00:00", "2023-08-31T09:00:00 08:00", "0001-01-01T00:00:00Z", " 2023-08-31"} {
		if a, err := workflow.ParseAsOf(text); err == nil {
			t.Errorf("%q is taken for %s", text, a)
		}
	}
}

// TestATallyCountsEveryTaskOnce: by its state, and by the verdict that the lag
// table goes by.
func TestATallyCountsEveryTaskOnce(t *testing.T) {
	at := time.Unix(0, 0)
	task := func(id, region string, state workflow.State) workflow.Task {
		return workflow.Task{ID: id, Region: region, State: state}
	}
	review := func(id, task, period string, verdict assess.Verdict, later int) workflow.Review {
		return workflow.Review{ID: id, TaskID: task, Period: period, Verdict: verdict, At: at.Add(time.Duration(later))}
	}
	got := workflow.TallyOf("h1", []string{"440705", "440703"}, []workflow.Task{
		task("a", "440703", workflow.Reviewed), task("b", "440703", workflow.Flagged), task("c", "440703", workflow.Assigned),
		task("d", "440703", workflow.Cancelled), task("e", "440704", workflow.Flagged),
	}, []workflow.Review{
		review("2", "a", "h1", assess.OnSchedule, 2), review("1", "a", "h1", assess.Behind, 1), review("3", "a", "h1", "", 3), review("4", "a", "q3", assess.Behind, 4),
		review("6", "b", "h1", assess.Nearly, 1), review("5", "b", "h1", assess.Behind, 1),
		review("7", "d", "h1", assess.Behind, 1), review("8", "e", "h1", assess.Behind, 1), review("9", "elsewhere", "h1", assess.Behind, 1),
	})
	want := []workflow.Tally{
		{Region: "440703", Tasks: 4, Open: 1, States: map[workflow.State]int{workflow.Reviewed: 1, workflow.Flagged: 1, workflow.Assigned: 1, workflow.Cancelled: 1},
			Verdicts: map[assess.Verdict]int{assess.OnSchedule: 1, assess.Nearly: 1}},
		{Region: "440704", Tasks: 1, States: map[workflow.State]int{workflow.Flagged: 1}, Verdicts: map[assess.Verdict]int{assess.Behind: 1}},
		{Region: "440705", States: map[workflow.State]int{}, Verdicts: map[assess.Verdict]int{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func raw(t testing.TB, v any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
