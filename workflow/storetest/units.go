package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"duban/workflow"
	"duban/workflow/audit"
)

// moreThanConnections is more units of work than a store has connections: when
// each leaks one, the next cannot begin.
const moreThanConnections = 40

func testUpdate(t *testing.T, setup setup) {
	// everything writes into every table.
	everything := func(t *testing.T, tx workflow.Tx) error {
		task := sampleTask(1)
		region := workflow.Region{Code: "440704", Name: "江海区"}
		return errors.Join(
			tx.InsertRegion(workflow.Region{Code: "440703", Name: "蓬江区"}), tx.InsertRegion(region),
			tx.InsertUser(sampleUser()), tx.InsertCredential(workflow.Credential{Hash: "aa", UserID: id(1), CreatedAt: noon}),
			tx.InsertCampaign(sampleCampaign()), tx.InsertTasks([]workflow.Task{task}),
			tx.InsertFlag(sampleFlag(task.ID, 1)), tx.InsertReport(sampleReport(task.ID, 1)), tx.InsertReview(sampleReview(task.ID, 1)),
			tx.AppendEvents([]audit.Event{sealed(t, 1, task.ID, 1, audit.Accepted)}),
			tx.InsertReplay(workflow.Replay{ActorID: "a", Key: "k", CreatedAt: noon}),
		)
	}
	nothing := func(b *bundle) {
		b.t.Helper()
		b.update(func(tx workflow.Tx) error { return everything(b.t, tx) }) // every identity is still free
	}

	t.Run("sees its own writes", func(t *testing.T) {
		b := setup(t)
		b.update(func(tx workflow.Tx) error {
			if err := everything(t, tx); err != nil {
				return err
			}
			got, err := tx.Task(id(1))
			same(t, got, sampleTask(1))
			return err
		})
	})

	t.Run("leaves nothing when fn fails, and returns its error", func(t *testing.T) {
		b := setup(t)
		refusal := workflow.NewError(workflow.Conflict, "test", "测试", "test")
		for range moreThanConnections {
			b.refused(refusal, func(tx workflow.Tx) error { return errors.Join(everything(t, tx), refusal) })
		}
		nothing(b)
	})

	t.Run("leaves nothing when fn panics", func(t *testing.T) {
		b := setup(t)
		for range moreThanConnections {
			func() {
				defer func() { same(t, recover(), "test") }()
				_ = b.store.Update(t.Context(), func(tx workflow.Tx) error {
					if err := everything(t, tx); err != nil {
						return err
					}
					panic("test")
				})
			}()
		}
		nothing(b)
	})

	t.Run("goes on after a duplicate or a missing row", func(t *testing.T) {
		b := setup(t)
		b.seed()
		b.update(func(tx workflow.Tx) error {
			sameError(t, tx.InsertRegion(workflow.Region{Code: "440703"}), workflow.ErrDuplicate)
			_, err := tx.Task("none")
			sameError(t, err, workflow.ErrNoRow)
			return tx.InsertRegion(workflow.Region{Code: "440781", Name: "台山市"})
		})
		same(t, len(read(b, workflow.Reader.Regions)), 3)
	})

	t.Run("leaves nothing when the context ends", func(t *testing.T) {
		b := setup(t)
		for _, end := range []string{"before", "during", "at the end"} {
			ctx, cancel := context.WithCancel(t.Context())
			if end == "before" {
				cancel()
			}
			err := b.store.Update(ctx, func(tx workflow.Tx) error {
				if err := everything(t, tx); err != nil {
					return err
				}
				cancel()
				if end == "during" {
					return tx.InsertRegion(workflow.Region{Code: "440781", Name: "台山市"})
				}
				return nil
			})
			cancel()
			sameError(t, err, context.Canceled)
			same(t, workflow.KindOf(err), workflow.Unavailable)
		}
		nothing(b)
	})
}

func testLocks(t *testing.T, setup setup) {
	const workers, times = 6, 15

	// together runs fn so often by so many at once; every run must succeed.
	together := func(b *bundle, fn func(tx workflow.Tx) error) {
		b.t.Helper()
		var wait sync.WaitGroup
		for range workers {
			wait.Go(func() {
				for range times {
					if err := b.store.Update(b.t.Context(), fn); err != nil {
						b.t.Errorf("Update: %v", err)
						return
					}
				}
			})
		}
		wait.Wait()
	}

	t.Run("units that lock one task run one after the other", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		together(b, func(tx workflow.Tx) error {
			whole, err := tx.LockTask(task.ID)
			if err != nil {
				return err
			}
			locked := whole.Task
			locked.Version++
			if err := tx.SaveTask(locked, locked.Version-1, locked.State); err != nil {
				return err
			}
			return tx.AppendEvents([]audit.Event{sealed(t, locked.Version, task.ID, locked.Version, audit.Accepted)})
		})
		same(t, read(b, func(r workflow.Reader) (workflow.Task, error) { return r.Task(task.ID) }).Version, task.Version+workers*times)
		same(t, len(read(b, func(r workflow.Reader) ([]audit.Event, error) {
			return r.Events(workflow.EventFilter{Subject: "task", SubjectID: task.ID})
		})), workers*times)
	})

	t.Run("units that lock one campaign run one after the other", func(t *testing.T) {
		b := setup(t)
		campaign := b.seed()
		together(b, func(tx workflow.Tx) error {
			locked, err := tx.LockCampaign(campaign.Code)
			if err != nil {
				return err
			}
			locked.Version++
			locked.Periods[0].Label += "x" // a part, read after the wait for the lock
			return tx.SaveCampaign(locked, locked.Version-1)
		})
		got := read(b, func(r workflow.Reader) (workflow.Campaign, error) { return r.Campaign(campaign.Code) })
		same(t, got.Version, campaign.Version+workers*times)
		same(t, len(got.Periods[0].Label), len(campaign.Periods[0].Label)+workers*times)
	})
}

func testView(t *testing.T, setup setup) {
	t.Run("sees one moment while writes go on", func(t *testing.T) {
		b := setup(t)
		b.seed()
		if err := b.store.View(t.Context(), func(r workflow.Reader) error {
			before, err := r.Regions()
			if err != nil {
				return err
			}
			b.update(func(tx workflow.Tx) error { return tx.InsertRegion(workflow.Region{Code: "440781", Name: "台山市"}) })
			b.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{sampleTask(1)}) })
			after, err := r.Regions()
			same(t, after, before)
			_, taskErr := r.Task(id(1))
			sameError(t, taskErr, workflow.ErrNoRow)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		same(t, len(read(b, workflow.Reader.Regions)), 3)
	})

	t.Run("returns the error of fn and frees its connection, whatever fn does", func(t *testing.T) {
		b := setup(t)
		refusal := workflow.NewError(workflow.Forbidden, "test", "测试", "test")
		for range moreThanConnections {
			sameError(t, b.store.View(t.Context(), func(workflow.Reader) error { return refusal }), refusal)
			func() {
				defer func() { same(t, recover(), "test") }()
				_ = b.store.View(t.Context(), func(workflow.Reader) error { panic("test") })
			}()
		}
		b.seed()
	})

	t.Run("ends with its context", func(t *testing.T) {
		b := setup(t)
		ctx, cancel := context.WithCancel(t.Context())
		err := b.store.View(ctx, func(r workflow.Reader) error {
			cancel()
			_, err := r.Regions()
			return err
		})
		sameError(t, err, context.Canceled)
		same(t, workflow.KindOf(err), workflow.Unavailable)
		same(t, workflow.KindOf(b.store.Ping(ctx)), workflow.Unavailable)
		if err := b.store.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}
