package audit_test

import (
	"testing"

	"pgregory.net/rapid"

	"duban/workflow/audit"
)

// TestConsistencyProofsReadBack: between any two sizes, and of nothing else. (Any log
// begins with the empty one.)
func TestConsistencyProofsReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := history(rapid.IntRange(1, 70).Draw(rt, "size"), rapid.Uint64().Draw(rt, "seed"))
		newer := rapid.IntRange(1, len(l.leaves)).Draw(rt, "newer")
		older := rapid.IntRange(1, newer).Draw(rt, "older")
		hashes, err := l.tree().Consistency(int64(older), int64(newer))
		if err != nil {
			rt.Fatal(err)
		}
		file, err := audit.ConsistencyProof{Older: int64(older), Newer: int64(newer), Hashes: hashes}.Encode()
		if err != nil {
			rt.Fatal(err)
		}
		read, err := audit.ReadConsistency(file)
		if err != nil {
			rt.Fatal(err)
		}
		if err := read.Check(l.checkpoint(older), l.checkpoint(newer)); err != nil {
			rt.Fatal(err)
		}
		other := l.checkpoint(newer)
		other.Root[0]++
		wantFault(t, read.Check(l.checkpoint(older), other), "another root", "proof")
		wantFault(t, read.Check(l.checkpoint(older), l.checkpoint(newer-1)), "another size", "sizes")
	})
}

// TestEveryByteOfAConsistencyProofCounts: what is still read proves nothing else.
func TestEveryByteOfAConsistencyProofCounts(t *testing.T) {
	l := history(20, 1)
	hashes, err := l.tree().Consistency(11, 20)
	if err != nil {
		t.Fatal(err)
	}
	file, err := audit.ConsistencyProof{Older: 11, Newer: 20, Hashes: hashes}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	changes(file, func(what string, _ int, changed []byte) {
		p, err := audit.ReadConsistency(changed)
		if err == nil {
			err = p.Check(l.checkpoint(11), l.checkpoint(20))
		}
		if err == nil {
			t.Errorf("%s: it is still accepted", what)
		}
	})
}
