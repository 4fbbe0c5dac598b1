package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"duban/workflow"
)

func testAttempts(t *testing.T, setup setup) {
	t.Run("come back as saved, and start with none", func(t *testing.T) {
		b := setup(t)
		want := workflow.Attempts{Name: "account:aa", Tries: 3, EndsAt: after(time.Minute)}
		everyFieldSet(t, want)
		b.update(func(tx workflow.Tx) error {
			a, err := tx.LockAttempts("account:aa")
			same(t, a, workflow.Attempts{Name: "account:aa"})
			if err != nil {
				return err
			}
			return tx.SaveAttempts(want)
		})
		b.update(func(tx workflow.Tx) error {
			a, err := tx.LockAttempts("account:aa")
			same(t, a, want)
			return err
		})
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveAttempts(workflow.Attempts{Name: "account:bb"}) })
	})

	t.Run("of many at once are all counted", func(t *testing.T) {
		b := setup(t)
		var wait sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wait.Go(func() {
				errs[i] = b.store.Update(t.Context(), func(tx workflow.Tx) error {
					a, err := tx.LockAttempts("account:aa")
					if err != nil {
						return err
					}
					a.Tries++
					return tx.SaveAttempts(a)
				})
			})
		}
		wait.Wait()
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		b.update(func(tx workflow.Tx) error {
			a, err := tx.LockAttempts("account:aa")
			same(t, a.Tries, 20)
			return err
		})
	})

	t.Run("are forgotten once they ended, so many at a time", func(t *testing.T) {
		b := setup(t)
		b.update(func(tx workflow.Tx) error {
			for i := range 4 {
				a, err := tx.LockAttempts(fmt.Sprint("account:", i))
				if err != nil {
					return err
				}
				a.Tries, a.EndsAt = 1, after(time.Duration(i)*time.Minute)
				if err := tx.SaveAttempts(a); err != nil {
					return err
				}
			}
			return tx.ForgetAttempts(after(3*time.Minute), 2)
		})
		for i, want := range []int{0, 0, 1, 1} {
			b.update(func(tx workflow.Tx) error {
				a, err := tx.LockAttempts(fmt.Sprint("account:", i))
				same(t, a.Tries, want)
				return err
			})
		}
	})
}

func testFactors(t *testing.T, setup setup) {
	start := func(t *testing.T) *bundle {
		b := setup(t)
		b.update(func(tx workflow.Tx) error {
			other := sampleUser()
			other.ID, other.Login = id(2), "other"
			if err := tx.InsertUser(other); err != nil {
				return err
			}
			return tx.InsertUser(sampleUser())
		})
		return b
	}

	t.Run("a time step is used once, and none before it", func(t *testing.T) {
		b := start(t)
		use := func(user string, step int64) func(workflow.Tx) error {
			return func(tx workflow.Tx) error { return tx.UseTOTPStep(user, step) }
		}
		b.update(use(id(1), 100))
		b.refused(workflow.ErrChanged, use(id(1), 100))
		b.refused(workflow.ErrChanged, use(id(1), 99))
		b.update(use(id(2), 99))
		b.update(use(id(1), 101))
	})

	t.Run("a recovery code is used once, by its account", func(t *testing.T) {
		b := start(t)
		left := func(r workflow.Reader) (int, error) { return r.RecoveryCodes(id(1)) }
		b.update(func(tx workflow.Tx) error { return tx.ReplaceRecoveryCodes(id(1), []string{"aa", "bb"}) })
		same(t, read(b, left), 2)
		b.refused(workflow.ErrNoRow, func(tx workflow.Tx) error { return tx.UseRecoveryCode(id(2), "aa") })
		b.update(func(tx workflow.Tx) error { return tx.UseRecoveryCode(id(1), "aa") })
		b.refused(workflow.ErrNoRow, func(tx workflow.Tx) error { return tx.UseRecoveryCode(id(1), "aa") })
		same(t, read(b, left), 1)
		b.update(func(tx workflow.Tx) error { return tx.ReplaceRecoveryCodes(id(1), []string{"cc", "dd", "ee"}) })
		b.refused(workflow.ErrNoRow, func(tx workflow.Tx) error { return tx.UseRecoveryCode(id(1), "bb") })
		same(t, read(b, left), 3)
		b.update(func(tx workflow.Tx) error { return tx.ReplaceRecoveryCodes(id(1), nil) })
		same(t, read(b, left), 0)
	})

	t.Run("of past passwords the newest are kept", func(t *testing.T) {
		b := start(t)
		for i := range 5 {
			b.update(func(tx workflow.Tx) error {
				return tx.AddPastPassword(id(1), fmt.Sprint("hash", i), after(time.Duration(i)*time.Hour), 3)
			})
		}
		b.update(func(tx workflow.Tx) error { return tx.AddPastPassword(id(2), "other", noon, 3) })
		past := func(of string) func(workflow.Reader) ([]string, error) {
			return func(r workflow.Reader) ([]string, error) { return r.PastPasswords(of) }
		}
		same(t, read(b, past(id(1))), []string{"hash4", "hash3", "hash2"})
		same(t, read(b, past(id(2))), []string{"other"})
	})
}
