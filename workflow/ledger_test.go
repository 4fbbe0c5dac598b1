package workflow_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore"
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

// TestEventsMayStandInAnyOrder: where rows stand in the database is nobody's business,
// but what they say is, wherever they stand.
func TestEventsMayStandInAnyOrder(t *testing.T) {
	cfg := dbtest.SQLiteConfig(t)
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	h := newSaga(newWorld(t, store), rand.Uint64())
	for range 300 {
		h.act()
	}
	h.sequence()
	h.in("reviewed") // waits for the log
	a := newAttacker(t, cfg, h.random)
	a.exec("CREATE TABLE kept AS SELECT * FROM audit_events")
	for _, order := range []string{"id", "random()", "id DESC", "(SELECT COUNT(*) FROM kept k WHERE k.id < kept.id) / 100 % 2, id", "substr(id, -1), id"} {
		a.exec("DELETE FROM audit_events")
		a.exec("INSERT INTO audit_events SELECT * FROM kept ORDER BY " + order)
		if report := h.verify(); !report.Clean() {
			t.Fatalf("ordered by %s: %+v", order, report.Findings)
		}
		id := text(a.rows("SELECT event_id FROM audit_log ORDER BY random() LIMIT 1")[0][0])
		a.exec("UPDATE audit_events SET region = region || '9' WHERE id = ?", id)
		if report := h.verify(); len(report.Findings) == 0 || report.Findings[0].Key != "id="+id || report.Findings[0].Column != "region" {
			t.Fatalf("ordered by %s: the region of event %s was changed, found %+v", order, id, report.Findings)
		}
	}
}
