package workflow_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// counting counts how often tasks are rebuilt one by one.
type counting struct {
	workflow.Store
	rebuilt *int
}

type countingReader struct {
	workflow.Reader
	rebuilt *int
}

func (s counting) View(ctx context.Context, fn func(workflow.Reader) error) error {
	return s.Store.View(ctx, func(r workflow.Reader) error { return fn(countingReader{r, s.rebuilt}) })
}

func (r countingReader) AcceptedPage(subject, after string, limit int) ([]workflow.SubjectEvent, bool, error) {
	if subject == workflow.SubjectTask {
		*r.rebuilt++
	}
	return r.Reader.AcceptedPage(subject, after, limit)
}

// TestTheEventsOfTasksAreReadOnce when nobody touched anything: whatever the program
// writes of a task is known to who sums it up. A row that was changed is found by
// rebuilding tasks.
func TestTheEventsOfTasksAreReadOnce(t *testing.T) {
	for name, open := range map[string]func(testing.TB) workflow.Store{
		"sqlite":  func(t testing.TB) workflow.Store { return dbtest.SQLite(t) },
		"mariadb": func(t testing.TB) workflow.Store { return dbtest.MariaDB(t) },
	} {
		t.Run(name, func(t *testing.T) {
			rebuilt, seed := 0, rand.Uint64()
			t.Logf("seed %d", seed)
			h := newSaga(newWorld(t, counting{open(t), &rebuilt}), seed)
			h.files()
			for _, state := range []string{"reported", "reported+flag", "reviewed", "rectified", "closed", "cancelled"} {
				h.ids = append(h.ids, h.in(state).ID)
			}
			for range 100 {
				h.act()
			}
			if report := h.verify(); !report.Clean() || rebuilt > 0 {
				t.Fatalf("tasks were rebuilt %d times, found %+v", rebuilt, report.Findings)
			}
		})
	}
}
