package gormstore_test

import (
	"fmt"
	"sync"
	"testing"

	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

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
