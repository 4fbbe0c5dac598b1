package gormstore_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// queued runs units of work that all wait for the first one, so that they are
// likely to share its commit, and returns their errors.
func queued(t *testing.T, store workflow.Store, units ...func(tx workflow.Tx) error) []error {
	t.Helper()
	errs := make([]error, len(units))
	began, gate := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var wait sync.WaitGroup
	wait.Go(func() {
		errs[0] = store.Update(t.Context(), func(tx workflow.Tx) error {
			once.Do(func() { close(began) }) // it may run again
			<-gate
			return units[0](tx)
		})
	})
	<-began
	for i, unit := range units[1:] {
		wait.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i+1] = fmt.Errorf("panic: %v", p)
				}
			}()
			errs[i+1] = store.Update(t.Context(), unit)
		})
	}
	time.Sleep(50 * time.Millisecond) // they are waiting
	close(gate)
	wait.Wait()
	return errs
}

// TestUnitsThatShareACommitFailAlone: whatever one of them does, the others are
// stored as if they had been alone, once.
func TestUnitsThatShareACommitFailAlone(t *testing.T) {
	no := errors.New("no")
	for range 10 {
		store := dbtest.SQLite(t)
		put := func(code string, then error) func(tx workflow.Tx) error {
			return func(tx workflow.Tx) error { return errors.Join(insertRegion(code)(tx), then) }
		}
		errs := queued(t, store,
			put("first", nil), put("second", nil), put("refused", no), put("third", nil),
			func(tx workflow.Tx) error {
				_ = insertRegion("panicking")(tx)
				panic("no")
			},
			func(tx workflow.Tx) error { // breaks the transaction: no such campaign
				_ = insertRegion("breaking")(tx)
				return tx.InsertTasks([]workflow.Task{{ID: "t", Campaign: "none", CreatedAt: time.Unix(1, 0), UpdatedAt: time.Unix(1, 0)}})
			},
			put("fourth", nil))
		for i, want := range []string{"", "", "no", "", "panic: no", "store.internal", ""} {
			if err := errs[i]; (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("unit %d: %v, want %q", i, err, want)
			}
		}
		if left := strings.Join(regions(t, store), " "); left != "first fourth second third" {
			t.Fatalf("left: %s", left)
		}
	}
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
