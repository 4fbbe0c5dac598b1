package workflow_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"duban/workflow"
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

func raw(t testing.TB, v any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
