package gormstore_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"duban/workflow"
	"duban/workflow/calendar"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// spiteful is the context of a caller whom the store's own workers cannot ask anything.
type spiteful struct{ context.Context }

func (spiteful) Value(any) any { panic("a defect") }

// A defect that a shared worker meets goes back to those whom it worked for, and not to
// the whole program; whoever comes next is served.
func TestAPanicOfAWorkerGoesBackToItsCallers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		ahead := workflow.Ahead{TaskID: "0198c0de-0000-7000-8000-000000000000"}
		step := func(workflow.StepTx, *workflow.Start) error { return nil }
		day := calendar.Date{}
		for name, do := range map[string]func(context.Context) error{
			"look": func(ctx context.Context) error { _, _, err := store.Identity(ctx, "c0ffee", day); return err },
			"step": func(ctx context.Context) error { return store.Step(ctx, ahead, step) },
		} {
			wanted := do(t.Context())
			func() {
				defer func() {
					if p := fmt.Sprint(recover()); !strings.HasPrefix(p, "a defect\n") || !strings.Contains(p, "spiteful") {
						t.Errorf("%s: the caller got %q", name, p)
					}
				}()
				_ = do(spiteful{t.Context()})
			}()
			if err := do(t.Context()); fmt.Sprint(err) != fmt.Sprint(wanted) {
				t.Errorf("%s: afterwards %v, before %v", name, err, wanted)
			}
		}
	})
}

// TestClosingWaitsForTheCommit: a unit that was let in is stored or refused, never
// neither.
func TestClosingWaitsForTheCommit(t *testing.T) {
	cfg := dbtest.SQLiteConfig(t)
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	errs := make([]error, 20)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() { errs[i] = store.Update(t.Context(), insertRegion(fmt.Sprintf("r%02d", i))) })
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	wait.Wait()
	again, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	stored := map[string]bool{}
	for _, code := range regions(t, again) {
		stored[code] = true
	}
	for i, err := range errs {
		if code := fmt.Sprintf("r%02d", i); stored[code] != (err == nil) {
			t.Errorf("%s: stored %v, but the answer was %v", code, stored[code], err)
		}
	}
}
