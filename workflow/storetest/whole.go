package storetest

import (
	"errors"
	"testing"

	"duban/workflow"
)

// testWhole: one look at a task gives what the single reads give, and locks no
// other task.
func testWhole(t *testing.T, setup setup) {
	t.Run("agrees with the single reads", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		earlier, newest, flag := sampleReport(task.ID, 1), sampleReport(task.ID, 2), sampleFlag(task.ID, 2)
		newest.ID, flag.ID = task.ReportID, task.FlagID
		replay := workflow.Replay{ActorID: id(1), Key: "k", Hash: "h", Answer: []byte(`{"x":1}`), CreatedAt: noon}
		b.update(func(tx workflow.Tx) error {
			return errors.Join(tx.InsertReport(earlier), tx.InsertReport(newest), tx.InsertFlag(flag), tx.InsertReplay(replay))
		})
		b.update(func(tx workflow.Tx) error {
			w, err := tx.LockWhole(task.ID, id(1), "k")
			if err != nil {
				return err
			}
			same(t, w, workflow.Whole{Task: task, Report: &newest, Flag: &flag, LastReport: 2, CampaignVersion: sampleCampaign().Version, Replay: &replay})
			return nil
		})
	})
	t.Run("leaves out what is not there", func(t *testing.T) {
		b := setup(t)
		b.seed()
		bare := plainTask(1, "440703")
		b.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{bare}) })
		b.update(func(tx workflow.Tx) error {
			w, err := tx.LockWhole(bare.ID, id(1), "k")
			same(t, w, workflow.Whole{Task: bare, CampaignVersion: sampleCampaign().Version})
			return err
		})
		for _, stranger := range strangers {
			b.refused(workflow.ErrNoRow, func(tx workflow.Tx) error {
				_, err := tx.LockWhole(stranger, id(1), "k")
				return err
			})
		}
	})
}

// testIdentity: a credential with its user in one look, outside any unit.
func testIdentity(t *testing.T, setup setup) {
	b := setup(t)
	user := sampleUser()
	credential := workflow.Credential{
		Hash: "c0ffee", UserID: user.ID, Kind: workflow.TokenCredential, Label: "数据对接", CreatedAt: noon, LastSeen: after(1000), ExpiresAt: after(2000),
	}
	b.update(func(tx workflow.Tx) error {
		return errors.Join(tx.InsertUser(user), tx.InsertCredential(credential))
	})
	for range 2 { // the second time the statement may be prepared
		c, u, err := b.store.Identity(t.Context(), credential.Hash)
		sameError(t, err, nil)
		same(t, c, credential)
		same(t, u, user)
	}
	for _, stranger := range append([]string{"C0FFEE"}, strangers...) {
		_, _, err := b.store.Identity(t.Context(), stranger)
		sameError(t, err, workflow.ErrNoRow)
	}
}
