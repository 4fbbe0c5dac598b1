package workflow_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// machine is the table of domain.md "The state machine": where an event leads
// from a state. What is not here is refused.
var machine = map[string]map[workflow.EventName]workflow.State{
	"assigned": {workflow.EventReport: workflow.Reported, workflow.EventCancel: workflow.Cancelled},
	"reported": {
		workflow.EventWithdraw: workflow.Assigned, workflow.EventReturn: workflow.Assigned, workflow.EventApprove: workflow.Reviewed,
		workflow.EventFlag: workflow.Flagged, workflow.EventCancel: workflow.Cancelled,
	},
	"reported+flag": {
		workflow.EventWithdraw: workflow.Flagged, workflow.EventReturn: workflow.Flagged, workflow.EventConfirm: workflow.Rectified,
		workflow.EventReject: workflow.Flagged, workflow.EventCancel: workflow.Cancelled,
	},
	"reviewed":        {workflow.EventFlag: workflow.Flagged, workflow.EventClose: workflow.Closed, workflow.EventCancel: workflow.Cancelled},
	"flagged_lagging": {workflow.EventReport: workflow.Reported, workflow.EventCancel: workflow.Cancelled},
	"rectified":       {workflow.EventClose: workflow.Closed, workflow.EventCancel: workflow.Cancelled},
	"closed":          {},
	"cancelled":       {},
}

// who is the table's column "who".
var who = map[workflow.EventName]string{
	workflow.EventReport: "reporter colleague both operator", workflow.EventWithdraw: "reporter",
	workflow.EventReturn: "reviewer both", workflow.EventApprove: "reviewer both", workflow.EventFlag: "reviewer both",
	workflow.EventConfirm: "reviewer both", workflow.EventReject: "reviewer both",
	workflow.EventClose: "supervisor", workflow.EventCancel: "supervisor",
}

var taskEvents = []workflow.EventName{
	workflow.EventReport, workflow.EventWithdraw, workflow.EventReturn, workflow.EventApprove, workflow.EventFlag,
	workflow.EventConfirm, workflow.EventReject, workflow.EventClose, workflow.EventCancel,
}

// TestMachine tries every event in every state by every person. An accepted one
// leads where the table says and leaves one audit event; a refused one leaves
// nothing, and a task outside the actor's scope is not there.
func TestMachine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		people := map[string]workflow.Actor{
			"reporter": reporter, "colleague": colleague, "stranger": stranger, "reviewer": reviewer, "both": both,
			"supervisor": supervisor, "auditor": auditor, "system": systemAdmin, "security": securityAdmin, "operator": operator,
		}
		for state, ways := range machine {
			for _, event := range taskEvents {
				task := w.in(state)
				// Refused attempts leave the task as it is, so they share one.
				for name, person := range people {
					to, possible := ways[event]
					permitted := strings.Contains(" "+who[event]+" ", " "+name+" ")
					if possible && permitted {
						continue
					}
					_, err := w.do(person, event, task.ID)
					want := workflow.Forbidden
					switch {
					case strings.Contains("stranger system security", name):
						want = workflow.NotFound
					case permitted, !possible && event == workflow.EventWithdraw && strings.Contains("colleague both operator", name):
						want = workflow.Conflict
					}
					if k := workflow.KindOf(err); err == nil || k != want {
						t.Errorf("%s by %s in %s: %v, want %s (to %q)", event, name, state, err, want, to)
					}
				}
				if n := w.events(task.ID); n != task.Version {
					t.Fatalf("%s in %s: refused attempts left %d events at version %d", event, state, n, task.Version)
				}
				for name, person := range people {
					to, possible := ways[event]
					if !possible || !strings.Contains(" "+who[event]+" ", " "+name+" ") {
						continue
					}
					task := w.in(state)
					out, err := w.do(person, event, task.ID)
					if err != nil || out.Task.State != to || out.Task.Version != task.Version+1 || w.events(task.ID) != out.Task.Version {
						t.Errorf("%s by %s in %s: to %s at version %d, %v; want %s", event, name, state, out.Task.State, out.Task.Version, err, to)
					}
				}
			}
		}
	})
}

// TestNobodyReviewsTheirOwnReport, whatever roles they hold.
func TestNobodyReviewsTheirOwnReport(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := w.assign()
	step := func(a workflow.Actor, e workflow.EventName) error { _, err := w.do(a, e, task.ID); return err }
	if err := step(both, workflow.EventReport); err != nil {
		t.Fatal(err)
	}
	kind(t, step(both, workflow.EventApprove), workflow.Forbidden, "guard.not_author")
	kind(t, step(both, workflow.EventFlag), workflow.Forbidden, "guard.not_author")
	if err := step(reviewer, workflow.EventApprove); err != nil {
		t.Fatal(err)
	}
	kind(t, step(both, workflow.EventFlag), workflow.Forbidden, "guard.not_author")
	for _, s := range []struct {
		a workflow.Actor
		e workflow.EventName
	}{{reviewer, workflow.EventFlag}, {both, workflow.EventReport}} {
		if err := step(s.a, s.e); err != nil {
			t.Fatal(err)
		}
	}
	kind(t, step(both, workflow.EventConfirm), workflow.Forbidden, "guard.not_author")
	if err := step(reviewer2, workflow.EventConfirm); err != nil {
		t.Fatal(err)
	}
}

// TestUnreportedIsFlaggedOnlyWhenOverdue: a task that nobody reported on may be
// flagged once the report-by date has passed.
func TestUnreportedIsFlaggedOnlyWhenOverdue(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := w.assign()
	w.on("2023-07-10")
	_, err := w.do(reviewer, workflow.EventFlag, task.ID)
	kind(t, err, workflow.Conflict, "guard.report_by_passed")
	w.on("2023-07-11")
	out, err := w.do(reviewer, workflow.EventFlag, task.ID)
	if err != nil || out.Task.State != workflow.Flagged || out.Review.ReportID != "" {
		t.Fatalf("%+v, %v", out, err)
	}
}

// TestOneWinner: of people who act on one task at once exactly one wins; the
// others are told what happened and leave nothing behind.
func TestOneWinner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		const rounds, rivals = 12, 6
		for range rounds {
			task := w.in("reported")
			errs := make([]error, rivals)
			var start, done sync.WaitGroup
			start.Add(1)
			for i := range rivals {
				done.Go(func() {
					start.Wait()
					event := workflow.EventApprove
					if i%2 == 1 {
						event = workflow.EventReturn
					}
					_, errs[i] = w.do([]workflow.Actor{reviewer, reviewer2}[i/3], event, task.ID)
				})
			}
			start.Done()
			done.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
					continue
				}
				if e := kind(t, err, workflow.Conflict, ""); e.Last == nil || e.Last.Version != 3 || !strings.Contains(e.Text.ZH, "最近一次变更") {
					t.Errorf("the loser is told %+v", e)
				}
			}
			if won != 1 || w.events(task.ID) != 3 {
				t.Fatalf("%d won, %d events: %v", won, w.events(task.ID), errs)
			}
			if list, err := w.Reviews(w.ctx(), auditor, task.ID); err != nil || len(list) != 1 {
				t.Fatalf("%d reviews, %v", len(list), err)
			}
		}
	})
}

// TestStaleVersionIsRefused: If-Match with an old version changes nothing.
func TestStaleVersionIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := w.in("reported")
	_, err := w.Approve(w.ctx(), workflow.Call{Actor: reviewer, IfVersion: 1}, task.ID, workflow.Input{})
	if e := kind(t, err, workflow.Stale, "task.stale"); e.Last == nil || e.Last.Event != "report" || e.Last.Version != 2 {
		t.Errorf("last change: %+v", e.Last)
	}
	if _, err = w.Approve(w.ctx(), workflow.Call{Actor: reviewer, IfVersion: 2}, task.ID, workflow.Input{}); err != nil {
		t.Error(err)
	}
}

// TestRepeatedRequestIsCarriedOutOnce: requests with the same key and content get
// one answer, also when they come at once; another content is refused.
func TestRepeatedRequestIsCarriedOutOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		for round := range 8 {
			task := w.assign()
			call := workflow.Call{Actor: reporter, Request: &workflow.RequestKey{Key: fmt.Sprint("key-", round), Hash: "a"}}
			answers, errs := make([]string, 6), make([]error, 6)
			var done sync.WaitGroup
			for i := range answers {
				done.Go(func() {
					out, err := w.Report(w.ctx(), call, task.ID, km(6))
					b, _ := json.Marshal(out)
					answers[i], errs[i] = string(b), err
				})
			}
			done.Wait()
			for i := range answers {
				if errs[i] != nil || answers[i] != answers[0] {
					t.Fatalf("repetition %d: %v\n%s\n%s", i, errs[i], answers[i], answers[0])
				}
			}
			if n := w.events(task.ID); n != 2 {
				t.Fatalf("%d events", n)
			}
			other := call
			other.Request = &workflow.RequestKey{Key: call.Request.Key, Hash: "b"}
			_, err := w.Report(w.ctx(), other, task.ID, km(7))
			kind(t, err, workflow.KeyReused, "")
			other.Actor = colleague // somebody else's keys are their own
			_, err = w.Report(w.ctx(), other, task.ID, km(7))
			kind(t, err, workflow.Conflict, "task.state")
		}
	})
}

// TestHistoryRebuildsTheTask: whatever people do in whatever order, the version
// is the number of events, and the events alone give the task as it is.
func TestHistoryRebuildsTheTask(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 0))
		people := []workflow.Actor{reporter, colleague, reviewer, reviewer2, supervisor, both}
		for range 25 {
			task := w.assign()
			for range 25 {
				event := taskEvents[random.IntN(len(taskEvents)-1)] // rarely cancelled: it ends everything
				if random.IntN(40) == 0 {
					event = workflow.EventCancel
				}
				_, _ = w.do(people[random.IntN(len(people))], event, task.ID)
			}
			view, err := w.Task(w.ctx(), auditor, task.ID)
			if err != nil {
				t.Fatal(err)
			}
			events, err := w.TaskEvents(w.ctx(), auditor, task.ID, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			if len(events) != view.Task.Version {
				t.Fatalf("seed %d: %d events, version %d", seed, len(events), view.Task.Version)
			}
			var rebuilt workflow.Task
			for _, e := range events {
				var picture struct{ Task json.RawMessage }
				if err := json.Unmarshal(e.After, &picture); err != nil {
					t.Fatal(err)
				}
				// Absent fields are empty ones.
				rebuilt.ReportID, rebuilt.FlagID, rebuilt.Verdict = "", "", ""
				if err := json.Unmarshal(picture.Task, &rebuilt); err != nil {
					t.Fatal(err)
				}
				rebuilt.UpdatedAt = e.At
			}
			want, _ := json.Marshal(view.Task)
			got, _ := json.Marshal(rebuilt)
			if string(got) != string(want) {
				t.Fatalf("seed %d: events give\n%s\nstored is\n%s", seed, got, want)
			}
		}
	})
}
