package workflow_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/lagtable"
)

// TestOpeningAPeriod does what domain.md says, state by state.
func TestOpeningAPeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		open := func(a workflow.Actor, period string, leave bool) (workflow.PeriodOpened, error) {
			return w.OpenPeriod(w.ctx(), by(a), campaignCode, period, leave)
		}
		before := map[string]workflow.Task{}
		for state := range machine {
			before[state] = w.in(state)
		}
		_, err := open(reviewer, "q3", true)
		kind(t, err, workflow.Forbidden, "")
		_, err = open(supervisor, "fy", true)
		kind(t, err, workflow.Invalid, "")
		_, err = open(supervisor, "q3", false)
		e := kind(t, err, workflow.Conflict, "period.waiting")
		for _, state := range []string{"reported", "reported+flag"} {
			if !strings.Contains(e.Text.ZH, before[state].Code) {
				t.Errorf("%s is not named: %s", before[state].Code, e.Text.ZH)
			}
		}
		for state, task := range before {
			if w.events(task.ID) != task.Version {
				t.Errorf("the refused act left an event on the task that was %s", state)
			}
		}
		_, err = w.RehearsePeriod(w.ctx(), reviewer, campaignCode, "q3")
		kind(t, err, workflow.Forbidden, "")
		_, err = w.RehearsePeriod(w.ctx(), supervisor, campaignCode, "fy")
		kind(t, err, workflow.Invalid, "")
		rehearsed, err := w.RehearsePeriod(w.ctx(), supervisor, campaignCode, "q3")
		if err != nil {
			t.Fatal(err)
		}
		for state, task := range before {
			if w.events(task.ID) != task.Version {
				t.Errorf("the rehearsal left an event on the task that was %s", state)
			}
		}
		opened, err := open(supervisor, "q3", true)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(rehearsed, opened) {
			t.Errorf("rehearsed %+v\nopened %+v", rehearsed, opened)
		}
		for _, did := range opened.Tasks {
			if (did.Left != nil) != slices.Contains(opened.Left, did.Code) || did.Missed != slices.Contains(opened.Missed, did.Code) || did.Left != nil && did.From != did.To {
				t.Errorf("told of a task: %+v", did)
			}
		}
		if len(opened.Tasks) != opened.Moved+len(opened.Left) || opened.Ended != 2 {
			t.Errorf("told of %d tasks, %d ended", len(opened.Tasks), opened.Ended)
		}
		slices.Sort(opened.Left)
		left := []string{before["reported"].Code, before["reported+flag"].Code}
		slices.Sort(left)
		if opened.Moved != 4 || fmt.Sprint(opened.Left) != fmt.Sprint(left) || fmt.Sprint(opened.Missed) != fmt.Sprint([]string{before["assigned"].Code}) {
			t.Errorf("opened %+v", opened)
		}
		want := map[string]struct {
			state  workflow.State
			period string
		}{
			"assigned": {workflow.Assigned, "q3"}, "reviewed": {workflow.Assigned, "q3"}, "rectified": {workflow.Assigned, "q3"},
			"flagged_lagging": {workflow.Flagged, "q3"}, "reported": {workflow.Reported, "h1"}, "reported+flag": {workflow.Reported, "h1"},
			"closed": {workflow.Closed, "h1"}, "cancelled": {workflow.Cancelled, "h1"},
		}
		for state, task := range before {
			view, err := w.Task(w.ctx(), auditor, task.ID)
			if err != nil {
				t.Fatal(err)
			}
			if view.Task.State != want[state].state || view.Task.Period != want[state].period || w.events(task.ID) != view.Task.Version {
				t.Errorf("%s became %s in %s at version %d with %d events", state, view.Task.State, view.Task.Period, view.Task.Version, w.events(task.ID))
			}
		}
		events, err := w.TaskEvents(w.ctx(), auditor, before["assigned"].ID, 1, 0)
		if err != nil || len(events) != 1 || !strings.Contains(string(events[0].After), `"missed":"h1"`) {
			t.Errorf("the missed report is not recorded: %v, %v", events, err)
		}

		// The flagged task's next report is for the new period and rectifies it.
		w.on("2023-10-05")
		flagged := before["flagged_lagging"].ID
		if out, err := w.Report(w.ctx(), by(reporter), flagged, km(12)); err != nil || out.Report.Period != "q3" || out.Report.FlagID == "" {
			t.Fatalf("%+v, %v", out.Report, err)
		}
		if out, err := w.do(reviewer, workflow.EventConfirm, flagged); err != nil || out.Flag.ClearedBy != "reviewer" || out.Task.FlagID != "" {
			t.Fatalf("%+v, %v", out, err)
		}
		// Those left behind come after once they are reviewed.
		if _, err := w.do(reviewer, workflow.EventApprove, before["reported"].ID); err != nil {
			t.Fatal(err)
		}
		again, err := open(supervisor, "q3", true)
		if err != nil || again.Moved != 1 || len(again.Left) != 1 {
			t.Fatalf("%+v, %v", again, err)
		}
	})
}

// TestAsKnownOnADay: the table of a past day has what was recorded by its end,
// and nothing later.
func TestAsKnownOnADay(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.on("2023-07-11")
	task := w.assign()
	waiting := w.assign()
	w.on("2023-07-12")
	for _, id := range []string{task.ID, waiting.ID} {
		if _, err := w.do(reporter, workflow.EventReport, id); err != nil {
			t.Fatal(err)
		}
	}
	w.on("2023-07-13")
	if _, err := w.do(reviewer, workflow.EventFlag, task.ID); err != nil {
		t.Fatal(err)
	}
	w.on("2023-07-18")
	if _, err := w.Report(w.ctx(), by(reporter), task.ID, km(10)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.do(reviewer, workflow.EventConfirm, task.ID); err != nil {
		t.Fatal(err)
	}
	w.on("2023-07-20")
	for date, want := range map[string]string{"2023-07-10": "0 rows, 0 gaps", "2023-07-12": "0 rows, 2 gaps", "2023-07-13": "1 rows, 1 gaps", "2023-07-17": "1 rows, 1 gaps", "2023-07-18": "0 rows, 1 gaps"} {
		data, err := w.LagData(w.ctx(), supervisor, campaignCode, "h1", workflow.EndOf(day(date)))
		if err != nil {
			t.Fatal(err)
		}
		table := lagtable.Build(data)
		if got := fmt.Sprintf("%d rows, %d gaps", len(table.Rows), len(table.Gaps)); got != want {
			t.Errorf("%s: %s, want %s", date, got, want)
		}
	}
	data, err := w.LagData(w.ctx(), stranger, campaignCode, "h1", workflow.EndOf(day("2023-07-13")))
	if err != nil || len(data.Entries)+len(data.Gaps) != 0 {
		t.Errorf("another region's reporter sees %d entries and %d gaps, %v", len(data.Entries), len(data.Gaps), err)
	}
	_, err = w.LagData(w.ctx(), systemAdmin, campaignCode, "h1", workflow.EndOf(day("2023-07-13")))
	kind(t, err, workflow.Forbidden, "")
}

// TestClosingNeedsTheFinalTargetOrAReason.
func TestClosingNeedsTheFinalTargetOrAReason(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	closing := func(kilometres int64) error {
		task := w.assign()
		if _, err := w.Report(w.ctx(), by(reporter), task.ID, km(kilometres)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.do(reviewer, workflow.EventApprove, task.ID); err != nil {
			t.Fatal(err)
		}
		_, err := w.Close(w.ctx(), by(supervisor), task.ID, workflow.Input{})
		return err
	}
	kind(t, closing(19), workflow.Invalid, "guard.final_target_or_reason")
	if err := closing(20); err != nil {
		t.Error(err)
	}
}
