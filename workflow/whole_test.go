package workflow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// failing is a store of which one unit of work, when it has done everything, is
// rolled back instead of committed.
type failing struct {
	workflow.Store
	countdown atomic.Int32 // which one: 1 for the next
}

var errRolledBack = workflow.NewError(workflow.Unavailable, "test.rolled_back", "测试", "rolled back by the test")

func (f *failing) Update(ctx context.Context, fn func(workflow.Tx) error) error {
	fails := f.countdown.Add(-1) == 0
	return f.Store.Update(ctx, func(tx workflow.Tx) error { return broken(fails, fn(tx)) })
}

func (f *failing) Step(ctx context.Context, ahead workflow.Ahead, fn func(workflow.StepTx, *workflow.Start) error) error {
	fails := f.countdown.Add(-1) == 0
	return f.Store.Step(ctx, ahead, func(tx workflow.StepTx, start *workflow.Start) error { return broken(fails, fn(tx, start)) })
}

func broken(fails bool, err error) error {
	if err == nil && fails {
		err = errRolledBack
	}
	return err
}

// TestAnActIsStoredWholeOrNotAtAll: whichever of its units of work is rolled
// back, an act leaves nothing of itself, says so, and succeeds when it is sent
// again with the same key; then it is there with its event.
func TestAnActIsStoredWholeOrNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		f := &failing{Store: store}
		w := newWorld(t, f)
		onTask := func(state string, who workflow.Actor, event workflow.EventName) func(name string) func(workflow.Call) error {
			return func(string) func(workflow.Call) error {
				task := w.in(state)
				return func(call workflow.Call) error {
					call.Actor = who
					_, err := w.doAs(call, event, task.ID)
					return err
				}
			}
		}
		for name, prepare := range map[string]func(name string) func(workflow.Call) error{
			"report":   onTask("assigned", reporter, workflow.EventReport),
			"withdraw": onTask("reported", reporter, workflow.EventWithdraw),
			"return":   onTask("reported", reviewer, workflow.EventReturn),
			"approve":  onTask("reported", reviewer, workflow.EventApprove),
			"flag":     onTask("reviewed", reviewer, workflow.EventFlag),
			"confirm":  onTask("reported+flag", reviewer, workflow.EventConfirm),
			"reject":   onTask("reported+flag", reviewer, workflow.EventReject),
			"close":    onTask("rectified", supervisor, workflow.EventClose),
			"cancel":   onTask("flagged_lagging", supervisor, workflow.EventCancel),
			"assign": func(code string) func(workflow.Call) error {
				return func(call workflow.Call) error {
					call.Actor = supervisor
					_, err := w.Assign(w.ctx(), call, campaignCode, newTask(code, "440704"))
					return err
				}
			},
			"open period": func(string) func(workflow.Call) error {
				return func(call workflow.Call) error {
					call.Actor = supervisor
					_, err := w.OpenPeriod(w.ctx(), call, campaignCode, "q3", true)
					return err
				}
			},
			"import": func(string) func(workflow.Call) error {
				return func(call workflow.Call) error {
					call.Actor = operator
					_, err := w.Import(w.ctx(), call, importFile())
					return err
				}
			},
		} {
			for n := int32(1); ; n++ {
				key := fmt.Sprintf("%s-%d", name[:4], n)
				do := prepare(key)
				call := workflow.Call{Request: &workflow.RequestKey{Key: key, Hash: "a"}}
				before := w.everything()
				f.countdown.Store(n)
				err := do(call)
				if f.countdown.Swap(0) > 0 {
					if err != nil {
						t.Errorf("%s: %v", name, err)
					}
					break // the act has fewer units of work
				}
				if workflow.KindOf(err) != workflow.Unavailable {
					t.Errorf("%s: unit of work %d was rolled back, the answer is %v", name, n, err)
				}
				if left := w.everything(); left != before {
					t.Errorf("%s: unit of work %d was rolled back, but something is there\nbefore %s\nafter  %s", name, n, before, left)
				}
				for range 2 {
					if err := do(call); err != nil {
						t.Errorf("%s, sent again: %v", name, err)
					}
				}
				if w.everything() == before {
					t.Errorf("%s, sent again, left nothing", name)
				}
			}
		}
	})
}

// everything is what the store has of campaigns and their tasks. Each task has as
// many events as versions.
func (w *world) everything() string {
	w.t.Helper()
	var all []any
	if err := w.store.View(w.ctx(), func(r workflow.Reader) error {
		all = nil
		regions, err := r.Regions()
		if err != nil {
			return err
		}
		campaigns, err := r.Campaigns()
		if err != nil {
			return err
		}
		all = append(all, regions, campaigns)
		for _, c := range campaigns {
			events, err := r.Events(workflow.EventFilter{Subject: workflow.SubjectCampaign, SubjectID: c.Code})
			if err != nil {
				return err
			}
			all = append(all, events)
		}
		tasks, err := r.Tasks(workflow.TaskFilter{Scope: workflow.Scope{All: true}})
		if err != nil {
			return err
		}
		for _, t := range tasks {
			events, err := r.Events(workflow.EventFilter{Subject: workflow.SubjectTask, SubjectID: t.ID})
			if err != nil {
				return err
			}
			if len(events) != t.Version {
				w.t.Errorf("task %s has version %d and %d events", t.Code, t.Version, len(events))
			}
			reports, err := r.Reports(t.ID)
			if err != nil {
				return err
			}
			reviews, err := r.Reviews(t.ID)
			if err != nil {
				return err
			}
			flags, err := r.Flags(t.ID)
			if err != nil {
				return err
			}
			all = append(all, t, events, reports, reviews, flags)
		}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	text, err := json.Marshal(all)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// TestCancellingClearsTheFlag: no flag stays open on a task that has ended.
func TestCancellingClearsTheFlag(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, state := range []string{"flagged_lagging", "reported+flag"} {
		task := w.in(state)
		out, err := w.do(supervisor, workflow.EventCancel, task.ID)
		if err != nil || out.Task.FlagID != "" {
			t.Errorf("%s: %+v, %v", state, out.Task, err)
		}
		flags, err := w.Flags(w.ctx(), auditor, task.ID)
		if err != nil || len(flags) != 1 || flags[0].ClearedBy != supervisor.UserID || flags[0].ClearedAt.IsZero() {
			t.Errorf("%s: %+v, %v", state, flags, err)
		}
	}
}

// TestTheSameAssignmentSentAtOnceIsMadeOnce: unlike an event on a task, it has no
// row to wait for, so the losers meet the winner's task; they get its answer.
func TestTheSameAssignmentSentAtOnceIsMadeOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		for round := range 8 {
			code := fmt.Sprint("twin-", round)
			call := workflow.Call{Actor: supervisor, Request: &workflow.RequestKey{Key: code, Hash: "a"}}
			tasks, errs := make([]workflow.Task, 6), make([]error, 6)
			var done sync.WaitGroup
			for i := range tasks {
				done.Go(func() { tasks[i], errs[i] = w.Assign(w.ctx(), call, campaignCode, newTask(code, "440703")) })
			}
			done.Wait()
			for i := range tasks {
				if errs[i] != nil || tasks[i].ID != tasks[0].ID {
					t.Fatalf("repetition %d: %+v, %v", i, tasks[i], errs[i])
				}
			}
		}
	})
}
