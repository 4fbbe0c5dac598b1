package storetest

import (
	"testing"
	"time"

	"duban/workflow"
)

func testEvidence(t *testing.T, setup setup) {
	insert := func(b *bundle, all ...workflow.Evidence) {
		b.t.Helper()
		b.update(func(tx workflow.Tx) error {
			for _, e := range all {
				if err := tx.InsertEvidence(e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	of := func(task string) func(workflow.Reader) ([]workflow.Evidence, error) {
		return func(r workflow.Reader) ([]workflow.Evidence, error) { return r.EvidenceOf(task) }
	}

	t.Run("comes back with every field, by time", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		first, second := sampleEvidence(task.ID, 1), sampleEvidence(task.ID, 2)
		everyFieldSet(t, first)
		insert(b, second, first)
		same(t, read(b, of(task.ID)), []workflow.Evidence{first, second})
		same(t, len(read(b, of("no-such"))), 0)
		same(t, read(b, func(r workflow.Reader) ([]workflow.Evidence, error) { return r.EvidencePage(first.ID, 10) }), []workflow.Evidence{second})
		same(t, read(b, func(r workflow.Reader) (map[string]bool, error) { return r.FilesHad([]string{first.SHA256, "no-such"}) }), map[string]bool{first.SHA256: true})
	})

	t.Run("is had once by a person for a task", func(t *testing.T) {
		b := setup(t)
		e := sampleEvidence(b.seedTask().ID, 1)
		insert(b, e)
		e.ID = id(899)
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertEvidence(e) })
		e.Uploader = id(2)
		insert(b, e)
	})

	t.Run("is renamed at its version", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		e := sampleEvidence(task.ID, 1)
		insert(b, e)
		e.Name, e.Version = "另一名.jpg", 3
		b.update(func(tx workflow.Tx) error { return tx.SaveEvidence(e, 2) })
		same(t, read(b, of(task.ID)), []workflow.Evidence{e})
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveEvidence(e, 2) })
	})

	t.Run("that no report names goes in time", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		used, unused, young := sampleEvidence(task.ID, 1), sampleEvidence(task.ID, 3), sampleEvidence(task.ID, 4)
		insert(b, used, unused, young)
		b.update(func(tx workflow.Tx) error { return tx.InsertReport(sampleReport(task.ID, 1)) }) // names 1 and 2
		old := func(r workflow.Reader) ([]workflow.Evidence, error) { return r.UnusedEvidence(young.UploadedAt, 10) }
		same(t, read(b, old), []workflow.Evidence{unused})
		for _, c := range []struct {
			e    workflow.Evidence
			want bool
		}{{used, false}, {unused, true}, {unused, false}} {
			b.update(func(tx workflow.Tx) error {
				gone, err := tx.DeleteUnusedEvidence(c.e)
				same(t, gone, c.want)
				return err
			})
		}
		same(t, read(b, of(task.ID)), []workflow.Evidence{used, young})
	})

	t.Run("has files of one generation, until they are released", func(t *testing.T) {
		b := setup(t)
		claim := func(generation string) (is string) {
			b.update(func(tx workflow.Tx) (err error) {
				is, err = tx.ClaimFile("f", generation)
				return err
			})
			return is
		}
		b.refused(workflow.ErrNoRow, func(tx workflow.Tx) error {
			_, err := tx.FileGeneration("f")
			return err
		})
		same(t, claim("one"), "one")
		same(t, claim("two"), "one")
		b.update(func(tx workflow.Tx) error { return tx.ReleaseFile("f") })
		same(t, claim("two"), "two")
	})

	t.Run("has files that one claims at a time", func(t *testing.T) {
		b := setup(t)
		claimed, release, done := make(chan struct{}), make(chan struct{}), make(chan string)
		go func() {
			_ = b.store.Update(t.Context(), func(tx workflow.Tx) error {
				if _, err := tx.ClaimFile("f", "one"); err != nil {
					return err
				}
				close(claimed)
				<-release
				return tx.ReleaseFile("f")
			})
		}()
		<-claimed
		go func() {
			var is string
			err := b.store.Update(t.Context(), func(tx workflow.Tx) (err error) {
				is, err = tx.ClaimFile("f", "two")
				return err
			})
			if err != nil {
				is = err.Error()
			}
			done <- is
		}()
		select {
		case is := <-done:
			t.Fatalf("claimed %q while another holds it", is)
		case <-time.After(50 * time.Millisecond):
		}
		close(release)
		same(t, <-done, "two")
	})
}
