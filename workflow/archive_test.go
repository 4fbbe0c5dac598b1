package workflow_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/witness"
)

// wrongTables verifies everything that is stored, and returns the tables in which
// something is wrong.
func (w *world) wrongTables() (wrong []string) {
	w.t.Helper()
	report, err := w.VerifyTrail(w.ctx(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for table := range report.Counts {
		wrong = append(wrong, table)
	}
	slices.Sort(wrong)
	return wrong
}

// TestOldEventsMoveToAFileAndStillVerify: not before six months; what may leave the
// database leaves it, what the record rests on stays, and the whole is as good as
// before, as long as the file is.
func TestOldEventsMoveToAFileAndStillVerify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		folder := t.TempDir()
		w := newWorld(t, store)
		w.WithLogKey(logKey(t)).WithArchives(witness.Folder(folder))
		attempt := func() workflow.Task {
			task := w.in("flagged_lagging")
			if _, err := w.do(stranger, workflow.EventReport, task.ID); err == nil {
				t.Fatal("a stranger reports")
			}
			return task
		}
		first := attempt()
		w.sequence()
		w.on("2023-09-01")
		attempt()
		w.sequence()
		w.on("2024-02-01")

		_, err := w.Archive(w.ctx(), by(operator), day("2023-08-02"))
		kind(t, err, workflow.Invalid, "")
		_, err = w.Archive(w.ctx(), by(auditor), day("2023-08-01"))
		kind(t, err, workflow.Forbidden, "")
		if none, err := w.Archive(w.ctx(), by(operator), day("2023-07-01")); none != nil || err != nil {
			t.Errorf("archiving what is not there: %+v, %v", none, err)
		}
		w.sequence()
		before := w.refusalsAt()
		made, err := w.Archive(w.ctx(), by(operator), day("2023-08-01"))
		if err != nil || made == nil {
			t.Fatalf("archiving: %+v, %v", made, err)
		}
		w.sequence()
		if left := w.refusalsAt(); left != before-1 {
			t.Errorf("%d refused attempts in the database, there were %d, one of them old", left, before)
		}
		if w.events(first.ID) != 3 {
			t.Error("events of an old task are gone")
		}
		if wrong := w.wrongTables(); wrong != nil {
			t.Errorf("after archiving something is wrong in %v", wrong)
		}
		w.on("2024-04-01")
		next, err := w.Archive(w.ctx(), by(operator), day("2023-10-01"))
		if err != nil || next == nil || next.Until <= made.Until {
			t.Fatalf("archiving more: %+v, %v", next, err)
		}
		w.sequence()
		if again, err := w.Archive(w.ctx(), by(operator), day("2023-10-01")); again != nil || err != nil {
			t.Errorf("archiving again: %+v, %v", again, err)
		}
		if wrong := w.wrongTables(); wrong != nil {
			t.Errorf("after archiving more something is wrong in %v", wrong)
		}

		// Each file is checked by itself, and joins the one before it.
		roots := map[int64]audit.Hash{}
		for _, a := range []*workflow.ArchivedLog{made, next} {
			data, err := os.ReadFile(filepath.Join(folder, a.File))
			if err != nil {
				t.Fatal(err)
			}
			head, root, err := audit.CheckArchive(bytes.NewReader(data), w.LogKey(), func(audit.Leaf) error { return nil })
			if err != nil || head.From > 0 && root != roots[head.From] {
				t.Errorf("%s: joins %v, %v", a.File, roots[head.From] == root, err)
			}
			says, err := audit.Open([]byte(head.Checkpoint), w.LogKey())
			if err != nil {
				t.Fatal(err)
			}
			roots[head.Until] = says.Root
		}

		path := filepath.Join(folder, made.File)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for what, change := range map[string]func() error{
			"a changed archive": func() error {
				return os.WriteFile(path, bytes.Replace(whole, []byte(`"stranger"`), []byte(`"neighbor"`), 1), 0o600)
			},
			"another archive under its name": func() error {
				data, err := os.ReadFile(filepath.Join(folder, next.File))
				return errors.Join(err, os.WriteFile(path, data, 0o600))
			},
			"an archive that is gone": func() error { return os.Remove(path) },
		} {
			if err := change(); err != nil {
				t.Fatal(err)
			}
			if wrong := w.wrongTables(); !slices.Contains(wrong, made.File) {
				t.Errorf("%s is not found: %v", what, wrong)
			}
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestNamesAreInNoEvent: a person's name can be changed, or taken away, without the
// trail; what is stored is held against it all the same.
func TestNamesAreInNoEvent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.WithLogKey(logKey(t))
		u, err := w.CreateUser(w.ctx(), by(operator), workflow.User{Login: "zhang.san", Name: "张三", Grants: []workflow.Grant{{Role: workflow.Reviewer}}}, "correct horse battery")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.RenameUser(w.ctx(), by(reviewer), "zhang.san", "李四"); err == nil {
			t.Error("a reviewer renames people")
		}
		renamed, err := w.RenameUser(w.ctx(), by(operator), "Zhang.San", "工作人员甲")
		if err != nil || renamed.Name != "工作人员甲" || renamed.ID != u.ID {
			t.Fatalf("renamed to %+v, %v", renamed, err)
		}
		w.sequence()
		size := view(w, workflow.Reader.LogSize)
		page := view(w, func(r workflow.Reader) (workflow.LogPage, error) {
			return r.LogPage(0, int(size)+1, nil, func(workflow.Difference) {})
		})
		for _, l := range page.Leaves {
			for _, secret := range []string{"张三", "工作人员甲", "zhang.san", u.PasswordHash} {
				if bytes.Contains(l.Canonical, []byte(secret)) {
					t.Errorf("%q is in an event: %s", secret, l.Canonical)
				}
			}
		}
		if wrong := w.wrongTables(); wrong != nil {
			t.Errorf("something is wrong in %v", wrong)
		}
		forged := renamed
		forged.Name = "王五"
		if err := store.Update(t.Context(), func(tx workflow.Tx) error { return tx.SaveUser(forged, forged.Version) }); err != nil {
			t.Fatal(err)
		}
		if wrong := w.wrongTables(); !slices.Equal(wrong, []string{"users"}) {
			t.Errorf("a name changed without an event is found in %v", wrong)
		}
	})
}

// refusalsAt counts the refused attempts that are in the database.
func (w *world) refusalsAt() (n int) {
	size := view(w, workflow.Reader.LogSize)
	page := view(w, func(r workflow.Reader) (workflow.LogPage, error) {
		return r.LogPage(0, int(size)+1, nil, func(workflow.Difference) {})
	})
	for _, l := range page.Leaves {
		if strings.Contains(string(l.Canonical), `"outcome":"refused"`) {
			n++
		}
	}
	return n
}
