package workflow

import "duban/workflow/audit"

// HOTP is the code of a counter, for the examples of RFC 4226 and RFC 6238.
var HOTP = hotp

// Rank is rank.
func Rank(districts []DistrictStanding) { rank(districts) }

// LedgerFollows reports whether the ledger of all tasks follows events that are sealed
// anew; r is not read.
func LedgerFollows(r Reader, events ...audit.Event) (bool, error) {
	l := newTaskLedger(r)
	leaves := audit.LeafReader{Follower: l}
	for i, e := range events {
		if err := e.Seal(); err != nil {
			return false, err
		}
		leaves.Read(int64(i), e.Canonical())
	}
	return !l.unfit, nil
}
