package storetest

import (
	"testing"
	"time"

	"duban/workflow"
)

// testOwn is what a store keeps for one person.
func testOwn(t *testing.T, setup setup) {
	draftOf := func(userID, taskID string) func(workflow.Reader) (workflow.ReportDraft, error) {
		return func(r workflow.Reader) (workflow.ReportDraft, error) { return r.ReportDraft(userID, taskID) }
	}
	person := func(b *bundle, n int) string {
		u := sampleUser()
		u.ID, u.Login = id(n), "person-"+id(n)
		b.update(func(tx workflow.Tx) error { return tx.InsertUser(u) })
		return u.ID
	}

	t.Run("a draft comes back with every field, and to its author alone", func(t *testing.T) {
		b := setup(t)
		task, user, other := b.seedTask(), person(b, 1), person(b, 2)
		d := workflow.ReportDraft{UserID: user, TaskID: task.ID, Period: "2023-h1", Content: []byte(`{"narrative":"已完成\\ 𠮷 '%"}`), Revision: 1, SavedAt: noon}
		everyFieldSet(t, d)
		b.update(func(tx workflow.Tx) error { return tx.SaveReportDraft(d, 0) })
		same(t, read(b, draftOf(user, task.ID)), d)
		neverFound(b, "ReportDraft", func(r workflow.Reader, stranger string) (workflow.ReportDraft, error) {
			return r.ReportDraft(stranger, task.ID)
		})
		neverFound(b, "ReportDraft", func(r workflow.Reader, stranger string) (workflow.ReportDraft, error) {
			return r.ReportDraft(user, stranger)
		})
		same(t, len(read(b, func(r workflow.Reader) ([]workflow.ReportDraft, error) { return r.ReportDrafts(other) })), 0)
		same(t, b.start(workflow.Ahead{TaskID: plainTaskOf(b, 77).ID}).Drafted, false)
	})

	t.Run("a draft is saved over at its revision only", func(t *testing.T) {
		b := setup(t)
		task, user := b.seedTask(), person(b, 1)
		first := workflow.ReportDraft{UserID: user, TaskID: task.ID, Period: "2023-h1", Content: []byte("{}"), Revision: 1, SavedAt: noon}
		b.update(func(tx workflow.Tx) error { return tx.SaveReportDraft(first, 0) })
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.SaveReportDraft(first, 0) })
		second := first
		second.Content, second.Revision, second.SavedAt = []byte(`{"a":1}`), 2, after(time.Second)
		b.update(func(tx workflow.Tx) error { return tx.SaveReportDraft(second, 1) })
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveReportDraft(second, 1) })
		same(t, read(b, draftOf(user, task.ID)), second)
	})

	t.Run("a step knows of drafts and deletes its author's", func(t *testing.T) {
		b := setup(t)
		task, user, other := plainTaskOf(b, 1), person(b, 1), person(b, 2)
		for _, u := range []string{user, other} {
			b.update(func(tx workflow.Tx) error {
				return tx.SaveReportDraft(workflow.ReportDraft{UserID: u, TaskID: task.ID, Period: "2023-h1", Content: []byte("{}"), Revision: 1, SavedAt: noon}, 0)
			})
		}
		if err := b.store.Step(t.Context(), workflow.Ahead{TaskID: task.ID}, func(tx workflow.StepTx, start *workflow.Start) error {
			if !start.Drafted {
				t.Error("the step does not know of the drafts")
			}
			return tx.DeleteReportDraft(user, task.ID)
		}); err != nil {
			t.Fatal(err)
		}
		all := func(user string) []workflow.ReportDraft {
			return read(b, func(r workflow.Reader) ([]workflow.ReportDraft, error) { return r.ReportDrafts(user) })
		}
		same(t, len(all(user)), 0)
		same(t, len(all(other)), 1)
	})

	t.Run("preferences change one by one, and what was read stays read", func(t *testing.T) {
		b := setup(t)
		user := person(b, 1)
		preferences := func() workflow.Preferences {
			return read(b, func(r workflow.Reader) (workflow.Preferences, error) { return r.Preferences(user) })
		}
		neverFound(b, "Preferences", func(r workflow.Reader, stranger string) (workflow.Preferences, error) { return r.Preferences(stranger) })
		save := func(until time.Time) {
			b.update(func(tx workflow.Tx) error {
				return tx.SaveReadUntil(workflow.Preferences{UserID: user, ReadUntil: until})
			})
		}
		save(noon)
		b.update(func(tx workflow.Tx) error { return tx.SaveLanguage(user, workflow.EN) })
		same(t, preferences(), workflow.Preferences{UserID: user, Language: workflow.EN, ReadUntil: noon})
		save(after(-time.Second))
		same(t, preferences().ReadUntil, noon)
		save(after(time.Second))
		b.update(func(tx workflow.Tx) error { return tx.SaveLanguage(user, workflow.ZH) })
		same(t, preferences(), workflow.Preferences{UserID: user, Language: workflow.ZH, ReadUntil: after(time.Second)})
	})
}

// plainTaskOf stores a task of no measures, with what it refers to where that is
// missing.
func plainTaskOf(b *bundle, n int) workflow.Task {
	b.t.Helper()
	if len(read(b, workflow.Reader.Campaigns)) == 0 {
		b.seed()
	}
	task := plainTask(n, "440703")
	b.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{task}) })
	return task
}
