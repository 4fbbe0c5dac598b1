package workflow_test

import (
	"slices"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// TestWhatOnlyAChangedSchemaAllowsIsFound: an event in two places, a column that no
// event tells of, a column that is gone.
func TestWhatOnlyAChangedSchemaAllowsIsFound(t *testing.T) {
	c := newCrime(t, dbtest.MariaDBConfig(t))
	for _, odd := range []struct {
		do, undo []string
		where    place
	}{
		{
			[]string{"ALTER TABLE audit_log DROP INDEX audit_log_event", "INSERT INTO audit_log SELECT MAX(log_index) + 1, MAX(event_id) FROM audit_log"},
			[]string{"DELETE FROM audit_log ORDER BY log_index DESC LIMIT 1", "ALTER TABLE audit_log ADD CONSTRAINT audit_log_event UNIQUE (event_id)"},
			place{"audit_log", "log_index=" + text(c.rows("SELECT MAX(log_index) + 1 FROM audit_log")[0][0]), "event_id"},
		},
		{
			[]string{"ALTER TABLE reports ADD COLUMN bribe INT"}, []string{"ALTER TABLE reports DROP COLUMN bribe"},
			place{table: "reports", column: "bribe"},
		},
		{
			[]string{"ALTER TABLE audit_events DROP COLUMN period"}, nil,
			place{table: "audit_events", column: "period"},
		},
	} {
		for _, statement := range odd.do {
			c.exec(statement)
		}
		if report := c.h.verify(); !slices.ContainsFunc(report.Findings, odd.where.namedBy) {
			t.Errorf("%v: %v is not named in %+v", odd.do, odd.where, report.Findings)
		}
		for _, statement := range odd.undo {
			c.exec(statement)
		}
	}
}

// TestCheckpointsOfOthersAreRefused: what is kept outside must be of this log's key,
// and a log without a checkpoint outside is covered by nothing.
func TestCheckpointsOfOthersAreRefused(t *testing.T) {
	h, stranger := newSaga(newWorld(t, dbtest.SQLite(t)), 1), newSaga(newWorld(t, dbtest.SQLite(t)), 1)
	h.sequence()
	stranger.sequence()
	own := h.kept
	h.kept = nil
	if report := h.verify(); !report.Clean() || report.Covered != 0 || report.Open() != report.Size || report.Stored != 1 {
		t.Errorf("without a checkpoint outside: %+v", report)
	}
	h.kept = own
	if report := h.verify(); !report.Clean() || report.Covered != report.Size || report.Kept != 1 {
		t.Errorf("with its own: %+v", report)
	}
	h.kept = append(own, stranger.kept...)
	if report := h.verify(); len(report.Findings) != 1 || report.Findings[0].Table != "outside" {
		t.Errorf("with another log's: %+v", report)
	}
	h.WithLogKey(workflow.LogKey{})
	_, err := h.VerifyTrail(h.ctx(), nil)
	kind(t, err, workflow.Invalid, "audit.no_key")
}

// TestAnotherPasswordHashIsFound: it is in no event, its digest is.
func TestAnotherPasswordHashIsFound(t *testing.T) {
	cfg := dbtest.SQLiteConfig(t)
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	h := newSaga(newWorld(t, store), 1)
	h.people()
	newAttacker(t, cfg, nil).exec("UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE login = 'zhang')")
	report := h.verify()
	if len(report.Findings) != 1 || report.Findings[0].Column != "password_hash" || report.Counts["users"] != 1 {
		t.Errorf("%+v", report.Findings)
	}
}
