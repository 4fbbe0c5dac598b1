package workflow_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
)

// logKey makes the key of a test's log.
func logKey(t testing.TB) workflow.LogKey {
	t.Helper()
	private, public, err := audit.NewKey(rand.Reader, "duban/test")
	if err != nil {
		t.Fatal(err)
	}
	return workflow.LogKey{Private: private, Public: public}
}

// view reads from the store of a world.
func view[T any](w *world, get func(workflow.Reader) (T, error)) T {
	w.t.Helper()
	var out T
	if err := w.store.View(w.ctx(), func(r workflow.Reader) (err error) {
		out, err = get(r)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// verified goes over the whole log with all its checkpoints.
func (w *world) verified() audit.Report {
	w.t.Helper()
	var checkpoints []audit.Checkpoint
	for _, c := range view(w, func(r workflow.Reader) ([]workflow.StoredCheckpoint, error) { return r.Checkpoints(-1, 10_000) }) {
		says, err := audit.Open(c.Note, w.LogKey())
		if err != nil || says.Size != c.Size {
			w.t.Fatalf("checkpoint over %d events: says %d, %v", c.Size, says.Size, err)
		}
		checkpoints = append(checkpoints, says)
	}
	size := view(w, workflow.Reader.LogSize)
	v := audit.NewVerifier(10, checkpoints...)
	v.Add(size, w.leaves(), view(w, func(r workflow.Reader) ([]audit.StoredHash, error) {
		return r.LogHashes(0, audit.Positions(size)+1, 1_000_000)
	}))
	return v.Finish()
}

// leaves are the events in the log, whose columns must be what their bytes say.
func (w *world) leaves() []audit.Leaf {
	w.t.Helper()
	page := view(w, func(r workflow.Reader) (workflow.LogPage, error) {
		return r.LogPage(0, 100_000, nil, func(d workflow.Difference) { w.t.Errorf("a column of an event: %+v", d) })
	})
	return page.Leaves
}

// TestTheLogHasEveryEventOnceAndEachSubjectsInOrder: people act while several
// instances sequence; the log is whole, signed, and what was signed stays true.
func TestTheLogHasEveryEventOnceAndEachSubjectsInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.WithLogKey(logKey(t))
		const people, lives = 6, 8
		tasks := make([]workflow.Task, people*lives)
		for i := range tasks {
			tasks[i] = w.assign()
		}
		var acting, sequencing sync.WaitGroup
		end := make(chan struct{})
		for range 3 {
			sequencing.Go(func() {
				for {
					if _, err := w.Sequence(t.Context()); err != nil {
						t.Errorf("sequencing: %v", err)
						return
					}
					select {
					case <-end:
						return
					default:
					}
				}
			})
		}
		for p := range people {
			acting.Go(func() {
				for _, task := range tasks[p*lives : (p+1)*lives] {
					for _, step := range []struct {
						who   workflow.Actor
						event workflow.EventName
					}{{reporter, workflow.EventReport}, {stranger, workflow.EventWithdraw}, {reviewer, workflow.EventFlag}, {reporter, workflow.EventReport}, {reviewer, workflow.EventConfirm}} {
						if _, err := w.do(step.who, step.event, task.ID); (err == nil) != (step.who.UserID != stranger.UserID) {
							t.Errorf("%s: %v", step.event, err)
						}
					}
				}
			})
		}
		acting.Wait()
		close(end)
		sequencing.Wait()
		if _, err := w.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again, err := w.Sequence(t.Context()); err != nil || again != (workflow.Sequenced{}) {
			t.Errorf("sequencing when nothing waits: %+v, %v", again, err)
		}
		report := w.verified()
		if !report.Clean() {
			t.Errorf("the log is not whole: %+v", report.Findings)
		}
		// Two regions, a campaign, and of each task five accepted events and a refused one.
		if want := int64(3 + 5*len(tasks)); report.Accepted != want || report.Refused != int64(len(tasks)) || report.Covered != report.Size {
			t.Errorf("%d accepted, %d refused, %d of %d covered by checkpoints; want %d, %d and all", report.Accepted, report.Refused, report.Covered, report.Size, want, len(tasks))
		}
		if len(report.Checkpoints) < 2 {
			t.Errorf("%d checkpoints", len(report.Checkpoints))
		}
	})
}

// refusals returns the refused attempts that wait for the log, as "name subject_id".
func (w *world) refusals() (found []string) {
	for _, p := range view(w, func(r workflow.Reader) ([]workflow.PendingEvent, error) { return r.PendingEvents(10_000) }) {
		e, err := audit.Parse(p.Canonical)
		if err != nil {
			w.t.Fatal(err)
		}
		if e.Outcome == audit.Refused {
			found = append(found, fmt.Sprintf("%s %s by %s %s", e.Name, e.SubjectID, e.ActorID, e.After))
		}
	}
	return found
}

// TestRefusedAttemptsAreEvents: who tried what, and why it was refused; what is only
// a slip leaves nothing, and nothing typed at sign-in is kept.
func TestRefusedAttemptsAreEvents(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	user, err := w.CreateUser(w.ctx(), by(operator), workflow.User{Login: "known", Name: "已知", Grants: []workflow.Grant{{Role: workflow.Auditor}}}, "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	task, other := w.in("reported"), w.in("reviewed")
	for _, c := range []struct {
		name string
		do   func() error
		want string // in the only event; empty: there is none
	}{
		{"an act that the role may not do", func() error { _, err := w.do(reporter, workflow.EventApprove, task.ID); return err }, `approve ` + task.ID + ` by reporter {"kind":"forbidden"`},
		{"an act that the state does not allow", func() error { _, err := w.do(reviewer, workflow.EventApprove, other.ID); return err }, `approve ` + other.ID + ` by reviewer {"kind":"conflict"`},
		{"an act on a version that is gone", func() error {
			_, err := w.doAs(workflow.Call{Actor: reviewer, IfVersion: 1}, workflow.EventApprove, task.ID)
			return err
		}, `approve ` + task.ID + ` by reviewer {"kind":"stale"`},
		{"an act on another district's task", func() error { _, err := w.do(stranger, workflow.EventReport, task.ID); return err }, `report ` + task.ID + ` by stranger {"kind":"not_found","code":"not_found","hidden":true}`},
		{"looking at another district's task", func() error {
			_, err := w.Task(w.ctx(), stranger, task.ID)
			return w.RefusedRead(w.ctx(), stranger, "getTask", err)
		}, `getTask ` + task.ID + ` by stranger {"kind":"not_found"`},
		{"a wrong password", func() error {
			_, err := w.SignIn(w.ctx(), workflow.Actor{Channel: "http"}, "Known", "wrong")
			return err
		}, "session.start " + user.ID + " by nobody"},
		{"an unknown login", func() error {
			_, err := w.SignIn(w.ctx(), workflow.Actor{Channel: "http"}, "my-password-1234", "x")
			return err
		}, "session.start "},
		{"a task that is not there", func() error { _, err := w.do(reporter, workflow.EventReport, "none"); return err }, ""},
		{"input that breaks a rule", func() error {
			_, err := w.Flag(w.ctx(), by(reviewer), task.ID, workflow.Input{})
			return err
		}, ""},
	} {
		before := w.refusals()
		if err := c.do(); err == nil {
			t.Errorf("%s: it is not refused", c.name)
		}
		left := w.refusals()[len(before):]
		if c.want == "" && len(left) == 0 {
			continue
		}
		if len(left) != 1 || c.want == "" || !strings.HasPrefix(left[0], c.want) || strings.Contains(left[0], "password-1234") {
			t.Errorf("%s left %q, want one %q", c.name, left, c.want)
		}
	}
	if w.events(task.ID) != 2 {
		t.Error("refused attempts are among the events of the task")
	}
}

// TestARefusalThatCannotBeRecordedIsNotGiven: the caller hears that the database is
// the matter, and may ask again.
func TestARefusalThatCannotBeRecordedIsNotGiven(t *testing.T) {
	f := &failing{Store: dbtest.SQLite(t)}
	w := newWorld(t, f)
	task := w.in("reported")
	f.countdown.Store(2) // the act, then the record of its refusal
	_, err := w.do(reporter, workflow.EventApprove, task.ID)
	kind(t, err, workflow.Unavailable, "test.rolled_back")
	if left := w.refusals(); len(left) != 0 {
		t.Errorf("it was recorded all the same: %q", left)
	}
	_, err = w.do(reporter, workflow.EventApprove, task.ID)
	kind(t, err, workflow.Forbidden, "forbidden")
}

// TestASecondInstanceAppendsNothing: of two that append the same events one is told
// that it was late.
func TestASecondInstanceAppendsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		pending := view(w, func(r workflow.Reader) ([]workflow.PendingEvent, error) { return r.PendingEvents(10) })
		add := func(first int64) error {
			return store.Update(t.Context(), func(tx workflow.Tx) error { return tx.AppendLog(first, pending, nil) })
		}
		if err := add(0); err != nil {
			t.Fatal(err)
		}
		for _, first := range []int64{0, 1, int64(len(pending))} {
			if err := add(first); !errors.Is(err, workflow.ErrDuplicate) {
				t.Errorf("appended again at %d: %v", first, err)
			}
		}
		leaves := w.leaves()
		if !slices.EqualFunc(leaves, pending, func(l audit.Leaf, p workflow.PendingEvent) bool { return slices.Equal(l.Canonical, p.Canonical) }) {
			t.Errorf("the log has %d events, want the %d that waited", len(leaves), len(pending))
		}
	})
}

// TestSettingsThatChangeAreEvents: the first start and every change, and nothing else.
func TestSettingsThatChangeAreEvents(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.WithLogKey(logKey(t))
		for _, listen := range []string{"a", "a", "b", "b", "a"} {
			if err := w.NoteSettings(w.ctx(), by(operator), map[string]string{"listen": listen, "log": "info"}); err != nil {
				t.Fatal(err)
			}
		}
		var said []string
		for _, e := range view(w, func(r workflow.Reader) ([]audit.Event, error) {
			return r.Events(workflow.EventFilter{Subject: "settings", SubjectID: "server"})
		}) {
			said = append(said, fmt.Sprintf("%d %s -> %s", e.Version, e.Before, e.After))
		}
		want := []string{`1  -> {"listen":"a","log":"info"}`, `2 {"listen":"a","log":"info"} -> {"listen":"b","log":"info"}`, `3 {"listen":"b","log":"info"} -> {"listen":"a","log":"info"}`}
		if !slices.Equal(said, want) {
			t.Errorf("events %q, want %q", said, want)
		}
		w.sequence()
		if wrong := w.wrongTables(); wrong != nil {
			t.Errorf("something is wrong in %v", wrong)
		}
	})
}
