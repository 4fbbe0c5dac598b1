package workflow_test

import (
	"testing"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
)

// sequence brings what is committed into the log.
func (w *world) sequence() {
	w.t.Helper()
	if _, err := w.Sequence(w.ctx()); err != nil {
		w.t.Fatal(err)
	}
}

// TestATasksProofEndsWithTheCheckpoint: what was signed is proved, refused attempts
// included; what came later is left out and counted.
func TestATasksProofEndsWithTheCheckpoint(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		key := logKey(t)
		w.WithLogKey(key)
		task := w.in("reported")
		_, err := w.do(stranger, workflow.EventReport, task.ID)
		kind(t, err, workflow.NotFound, "")
		_, err = w.TaskProof(w.ctx(), reporter, task.ID)
		kind(t, err, workflow.Unavailable, "proof.not_yet")
		w.sequence()
		if _, err := w.do(reviewer, workflow.EventFlag, task.ID); err != nil {
			t.Fatal(err)
		}
		w.WithLogKey(workflow.LogKey{})
		w.sequence() // by an instance that signs nothing
		w.WithLogKey(key)
		for _, name := range []string{task.ID, campaignCode + "/" + task.Code} {
			proof, err := w.TaskProof(w.ctx(), reporter, name)
			if err != nil {
				t.Fatal(err)
			}
			checked, err := audit.CheckBundle(proof.File, w.LogKey())
			if err != nil {
				t.Fatal(err)
			}
			if len(checked.Events) != 3 || checked.Version != 2 || proof.Version != 2 || proof.Task.Version != 3 || checked.SubjectID != task.ID || proof.Checkpoint != checked.Checkpoint {
				t.Errorf("%d events to version %d, said to be %d of %d, of %s", len(checked.Events), checked.Version, proof.Version, proof.Task.Version, checked.SubjectID)
			}
		}
		fresh := w.in("assigned")
		_, err = w.TaskProof(w.ctx(), reporter, fresh.ID)
		kind(t, err, workflow.Unavailable, "proof.not_yet")
		w.sequence()
		before := len(w.trail())
		if proof, err := w.TaskProof(w.ctx(), auditor, task.ID); err != nil || proof.Version != 3 || proof.Events != 4 {
			t.Errorf("%d events to version %d, %v", proof.Events, proof.Version, err)
		}
		if left := w.trail(); len(left) != before+1 || left[0].Name != "audit.read" || string(left[0].After) != `{"task_id":"`+task.ID+`","rows":4}` {
			t.Errorf("that an auditor reads a proof leaves %d events, %s %s", len(left)-before, left[0].Name, left[0].After)
		}
		_, err = w.TaskProof(w.ctx(), stranger, task.ID)
		kind(t, err, workflow.NotFound, "not_found")
		_, err = w.TaskProof(w.ctx(), auditor, campaignCode+"/none")
		kind(t, err, workflow.NotFound, "not_found")
	})
}

// TestLogsAreProvedToContinue, between any sizes that there were, for whoever may
// read documents that carry a checkpoint.
func TestLogsAreProvedToContinue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.WithLogKey(logKey(t))
		signed := func() audit.Checkpoint {
			w.in("flagged_lagging")
			w.sequence()
			c, err := w.Signed(w.ctx(), reporter)
			if err != nil {
				t.Fatal(err)
			}
			return *c
		}
		if c, err := w.Signed(w.ctx(), reporter); c != nil || err != nil {
			t.Errorf("before anything was signed: %v, %v", c, err)
		}
		older, newer := signed(), signed()
		proof, err := w.Consistency(w.ctx(), reporter, older.Size, newer.Size)
		if err != nil {
			t.Fatal(err)
		}
		if err := proof.Check(older, newer); err != nil || older.Size >= newer.Size {
			t.Errorf("%d to %d: %v", older.Size, newer.Size, err)
		}
		for field, sizes := range map[string][2]int64{"to": {older.Size, newer.Size + 1}, "from": {newer.Size, older.Size}} {
			_, err := w.Consistency(w.ctx(), reporter, sizes[0], sizes[1])
			if e := kind(t, err, workflow.Invalid, ""); len(e.Fields) != 1 || e.Fields[0].Field != field {
				t.Errorf("%v: %v", sizes, err)
			}
		}
		_, err = w.Consistency(w.ctx(), systemAdmin, older.Size, newer.Size)
		kind(t, err, workflow.Forbidden, "")
	})
}
