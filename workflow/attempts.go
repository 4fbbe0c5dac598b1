package workflow

import (
	"context"
	"fmt"
	"net/netip"
	"time"
)

// SignInTx is what signing in writes beside accounts and credentials.
type SignInTx interface {
	// LockAttempts reads how often something was tried and keeps others from counting
	// until the end. What was never tried has no tries.
	LockAttempts(name string) (Attempts, error)
	// SaveAttempts writes tries and end of what LockAttempts returned.
	SaveAttempts(Attempts) error
	// ForgetAttempts deletes at most limit counts that ended before a moment.
	ForgetAttempts(before time.Time, limit int) error

	// AddPastPassword keeps the hash of a password that ended now, and of all of the
	// account only the keep newest.
	AddPastPassword(userID, hash string, at time.Time, keep int) error

	// UseTOTPStep notes that the code of a time step was used; ErrChanged when that or
	// a later one was used before.
	UseTOTPStep(userID string, step int64) error
	// ReplaceRecoveryCodes leaves an account the codes with the given hashes only.
	ReplaceRecoveryCodes(userID string, hashes []string) error
	// UseRecoveryCode takes the code with a hash away; ErrNoRow when it is not there.
	UseRecoveryCode(userID, hash string) error
}

// Attempts is how often it was tried to sign in to an account or from an address.
type Attempts struct {
	Name   string // "account:..." or "address:..."
	Tries  int
	EndsAt time.Time // the count is of no interest from then on
}

// add counts a try, unless the limit was reached before.
func (a *Attempts) add(now time.Time, limit int, wait time.Duration) (admitted bool) {
	if !now.Before(a.EndsAt) {
		a.Tries, a.EndsAt = 0, now.Add(wait)
	}
	admitted = a.Tries < limit
	a.Tries++
	if a.Tries == limit {
		a.EndsAt = now.Add(wait) // what follows waits the whole time
	}
	return admitted
}

// takeBack uncounts a try that was none.
func (a *Attempts) takeBack() { a.Tries = max(a.Tries-1, 0) }

// tally are the counts that one try belongs to.
type tally struct{ address, account string }

// tallyOf names the counts of a try. A login that nobody has is counted like any
// other, by a keyed digest: what was typed may be a password.
func (s *Service) tallyOf(from Actor, login string) tally {
	t := tally{account: "account:" + s.loginDigest(login)}
	if from.Address != "" {
		t.address = "address:" + digest(networkOf(from.Address))[:32]
	}
	return t
}

// networkOf is what an address is counted by: of IPv6 the /64 that one customer gets,
// since whoever has one address of it has them all.
func networkOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		return netip.PrefixFrom(a, 64).Masked().String()
	}
	return a.String()
}

// admission is what became of a try before anything was checked.
type admission struct {
	locked bool // the account waits: whatever is tried is refused
	full   bool // so does the address
	first  bool // of those that are full
}

// admit counts a try before it is checked, so that of many at once no more are
// checked than the rules allow, over all instances.
func (s *Service) admit(ctx context.Context, t tally) (out admission, err error) {
	now := s.now()
	err = s.store.Update(ctx, func(tx Tx) error {
		out = admission{}
		if t.address != "" {
			a, err := tx.LockAttempts(t.address)
			if err != nil {
				return fmt.Errorf("counting the tries of an address: %w", err)
			}
			out.full = !a.add(now, s.rules.AddressTries, s.rules.Wait)
			if out.full {
				// Counting on would only tell how hard somebody tries.
				out.first = a.Tries == s.rules.AddressTries+1
				if !out.first {
					return nil
				}
			}
			if err := tx.SaveAttempts(a); err != nil || out.full {
				return err
			}
		}
		a, err := tx.LockAttempts(t.account)
		if err != nil {
			return fmt.Errorf("counting the tries of an account: %w", err)
		}
		if out.locked = !a.add(now, s.rules.AccountTries, s.rules.Wait); out.locked {
			return nil
		}
		return tx.SaveAttempts(a)
	})
	return out, err
}

// unadmit takes a try back that was not checked or was right. When the person is
// signed in, nothing is left of what was tried before.
func (u *desk) unadmit(t tally, signedIn bool) error {
	for _, name := range []string{t.address, t.account} {
		if name == "" {
			continue
		}
		a, err := u.LockAttempts(name)
		if err != nil {
			return fmt.Errorf("taking a try back: %w", err)
		}
		a.takeBack()
		if signedIn && name == t.account {
			a.Tries = 0
		}
		if err := u.SaveAttempts(a); err != nil {
			return err
		}
	}
	return nil
}

// forgotten is how many ended counts one sign-in deletes.
const forgotten = 200
