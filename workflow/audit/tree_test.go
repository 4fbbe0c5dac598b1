package audit_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"duban/workflow/audit"
)

const sizes = 130 // beyond two complete trees of 64

// records are some canonical bytes; to a tree all bytes are the same.
func records(n int) [][]byte {
	d := make([][]byte, n)
	for i := range d {
		d[i] = fmt.Appendf(nil, "record %d", i)
	}
	return d
}

// table is a hash table that keeps account of what is read of it.
type table struct {
	rows  []audit.StoredHash
	calls int
	read  map[int64]int
}

func (s *table) ReadHashes(positions []int64) ([]audit.Hash, error) {
	s.calls++
	hashes := make([]audit.Hash, len(positions))
	for i, p := range positions {
		if p < 0 || p >= int64(len(s.rows)) {
			return nil, fmt.Errorf("position %d was never stored", p)
		}
		s.read[p]++
		hashes[i] = s.rows[p].Hash
	}
	return hashes, nil
}

// stored returns the table of the records and a tree over it.
func stored(t testing.TB, d [][]byte) (*table, *audit.Tree) {
	rows, err := audit.NewTree(0, nil).Append(d)
	if err != nil {
		t.Fatal(err)
	}
	s := &table{rows: rows, read: map[int64]int{}}
	return s, audit.NewTree(int64(len(d)), s)
}

// TestRootsAndProofsAreThoseOfTheRFC: for every size, record and pair of sizes.
func TestRootsAndProofsAreThoseOfTheRFC(t *testing.T) {
	d := records(sizes)
	_, tree := stored(t, d)
	for n := range sizes + 1 {
		if root, err := tree.Root(int64(n)); err != nil || root != mth(d[:n]) {
			t.Errorf("root of %d: %v, %v", n, root, err)
		}
		indexes := make([]int64, n)
		for m := range n {
			indexes[m] = int64(m)
		}
		proofs, err := tree.Inclusion(int64(n), indexes...)
		if err != nil || len(proofs) != n {
			t.Fatalf("inclusion in %d: %d proofs, %v", n, len(proofs), err)
		}
		for m := range n {
			if !slices.Equal(proofs[m], path(m, d[:n])) {
				t.Errorf("inclusion of %d in %d: %v", m, n, proofs[m])
			}
			if got, err := tree.Consistency(int64(m+1), int64(n)); err != nil || !slices.Equal(got, proof(m+1, d[:n])) {
				t.Errorf("consistency of %d with %d: %v, %v", m+1, n, got, err)
			}
		}
		if got, err := tree.Consistency(0, int64(n)); err != nil || len(got) != 0 {
			t.Errorf("consistency of the empty log with %d: %v, %v", n, got, err)
		}
	}
}

// TestAppendDoesNotDependOnChunks: rows are the same whether records come one by
// one or in chunks, to one tree or to one made anew from what was stored; a tree
// reads what it needs in one call before the first record.
func TestAppendDoesNotDependOnChunks(t *testing.T) {
	d := records(sizes)
	whole, _ := stored(t, d)
	rapid.Check(t, func(rt *rapid.T) {
		s := &table{read: map[int64]int{}}
		tree := audit.NewTree(0, s)
		for at := 0; at < sizes; {
			if rapid.Bool().Draw(rt, "anew") {
				s.calls, s.read = 0, map[int64]int{}
				tree = audit.NewTree(int64(at), s)
			}
			n := min(rapid.IntRange(0, 40).Draw(rt, "records"), sizes-at)
			rows, err := tree.Append(d[at : at+n])
			if err != nil {
				rt.Fatal(err)
			}
			s.rows = append(s.rows, rows...)
			if at += n; tree.Size() != int64(at) || audit.Positions(int64(at)) != int64(len(s.rows)) {
				rt.Fatalf("%d records, %d rows after %d", tree.Size(), len(s.rows), at)
			}
			if s.calls > 1 || len(s.read) > 63 {
				rt.Fatalf("read %d hashes in %d calls", len(s.read), s.calls)
			}
			if root, err := tree.Root(int64(at)); err != nil || root != mth(d[:at]) {
				rt.Fatalf("root of %d: %v, %v", at, root, err)
			}
		}
		if !slices.Equal(s.rows, whole.rows) {
			rt.Fatal("other rows than in one go")
		}
	})
}

// TestStoredHashesAreReadOnce: whatever is asked of a tree, one question is at
// most one call, and no position is read twice.
func TestStoredHashesAreReadOnce(t *testing.T) {
	d := records(sizes)
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.Int64Range(1, sizes).Draw(rt, "size")
		s, tree := stored(t, d[:size])
		ask := func(question func() error) {
			before := s.calls
			if err := question(); err != nil {
				rt.Fatal(err)
			}
			if s.calls > before+1 {
				rt.Fatalf("one question in %d calls", s.calls-before)
			}
		}
		older := rapid.Int64Range(1, size).Draw(rt, "older")
		rt.Repeat(map[string]func(*rapid.T){
			"root":        func(*rapid.T) { ask(func() error { _, err := tree.Root(older); return err }) },
			"consistency": func(*rapid.T) { ask(func() error { _, err := tree.Consistency(older, size); return err }) },
			"inclusion": func(rt *rapid.T) {
				indexes := rapid.SliceOfN(rapid.Int64Range(0, size-1), 0, 9).Draw(rt, "indexes")
				ask(func() error { _, err := tree.Inclusion(size, indexes...); return err })
			},
			"append": func(*rapid.T) { ask(func() error { _, err := tree.Append(d[:3]); return err }) },
		})
		for p, times := range s.read {
			if times > 1 {
				rt.Fatalf("position %d is read %d times", p, times)
			}
		}
	})
}

// TestTreeRefusesWhatIsOutside: what the log does not have is an error, as is a
// table that fails or answers too little; none is a panic or a wrong hash.
func TestTreeRefusesWhatIsOutside(t *testing.T) {
	_, tree := stored(t, records(5))
	failing := audit.NewTree(5, audit.HashReaderFunc(func([]int64) ([]audit.Hash, error) { return nil, errors.ErrUnsupported }))
	short := audit.NewTree(5, audit.HashReaderFunc(func(p []int64) ([]audit.Hash, error) { return make([]audit.Hash, len(p)-1), nil }))
	for name, ask := range map[string]func() error{
		"a root beyond":               func() error { _, err := tree.Root(6); return err },
		"a root below":                func() error { _, err := tree.Root(-1); return err },
		"a record beyond":             func() error { _, err := tree.Inclusion(5, 4, 5); return err },
		"a record below":              func() error { _, err := tree.Inclusion(5, -1); return err },
		"a record in a tree beyond":   func() error { _, err := tree.Inclusion(6, 1); return err },
		"consistency beyond":          func() error { _, err := tree.Consistency(5, 6); return err },
		"consistency with an older":   func() error { _, err := tree.Consistency(3, 2); return err },
		"consistency below":           func() error { _, err := tree.Consistency(-1, 2); return err },
		"appending to a failing log":  func() error { _, err := failing.Append(records(1)); return err },
		"a root of a failing log":     func() error { _, err := failing.Root(5); return err },
		"a proof of a failing log":    func() error { _, err := failing.Inclusion(5, 1); return err },
		"consistency of failing logs": func() error { _, err := failing.Consistency(3, 5); return err },
		"appending to a short log":    func() error { _, err := short.Append(records(1)); return err },
	} {
		if ask() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := failing.Root(5); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("what the table said is lost: %v", err)
	}
}

// TestOnlyTheBeginningIsConsistent: CheckConsistency takes the proof of the RFC
// and no other, and no checkpoint that is not of the beginning of the log.
func TestOnlyTheBeginningIsConsistent(t *testing.T) {
	const most = 20
	d := records(most)
	at := func(n int) audit.Checkpoint { return audit.Checkpoint{Origin: "o", Size: int64(n), Root: mth(d[:n])} }
	refused := func(what string, older, newer audit.Checkpoint, hashes []audit.Hash) {
		t.Helper()
		if audit.CheckConsistency(older, newer, hashes) == nil {
			t.Errorf("%d in %d: taken with %s", older.Size, newer.Size, what)
		}
	}
	for n := range most + 1 {
		for m := range n + 1 {
			var hashes []audit.Hash
			if m > 0 {
				hashes = proof(m, d[:n])
			}
			if err := audit.CheckConsistency(at(m), at(n), hashes); err != nil {
				t.Errorf("%d in %d: %v", m, n, err)
			}
			refused("a hash too many", at(m), at(n), append(slices.Clone(hashes), audit.Hash{}))
			for i := range hashes {
				other := slices.Clone(hashes)
				other[i][31] ^= 1
				refused("another hash", at(m), at(n), other)
				refused("a hash too few", at(m), at(n), slices.Delete(slices.Clone(hashes), i, i+1))
			}
			other := at(m)
			other.Root[0] ^= 1
			refused("another older root", other, at(n), hashes)
			if other = at(n); m > 0 || n == 0 {
				other.Root[0] ^= 1
				refused("another newer root", at(m), other, hashes)
			}
			other = at(n)
			other.Origin = "p"
			refused("another origin", at(m), other, hashes)
			if m < n {
				refused("the two the wrong way round", at(n), at(m), hashes)
			}
		}
	}
}
