package audit_test

import (
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"duban/workflow/audit"
)

// forged is an event that was never logged.
func forged(i int) []byte { return canonical(i, other, 1, audit.Accepted, "never logged") }

// rowOf returns the number of the row of a node.
func rowOf(level, number int) int { return int(tlog.StoredHashIndex(level, int64(number))) }

// over is the finding about a stored hash: it is over these records.
func over(position int) found {
	level, n := tlog.SplitStoredHashIndex(int64(position))
	return found{audit.FoundNode, n << level, (n+1)<<level - 1}
}

// writer returns the record that writes a row.
func writer(position int) int { return int(over(position).last) }

// renumber gives the events the indexes at which they stand.
func (l *log) renumber() {
	for i := range l.leaves {
		l.leaves[i].Index = int64(i)
	}
}

// rewrite makes the hash table anew from the events as they are: whoever can
// write the tables can do that. Only the checkpoints are out of reach.
func (l *log) rewrite() {
	again := &log{}
	for _, leaf := range l.leaves {
		again.add(leaf.Canonical)
	}
	l.leaves, l.rows = again.leaves, again.rows
}

// signedOtherwise is the finding about the first checkpoint after a change at
// record i of a log of which size records are left.
func (l *log) signedOtherwise(i, size int) (want []found) {
	agreed, differs, largest := int64(0), int64(-1), int64(0)
	for _, c := range l.checkpoints {
		if c.Size <= int64(i) {
			agreed = max(agreed, c.Size)
		} else if c.Size <= int64(size) && (differs < 0 || c.Size < differs) {
			differs = c.Size
		}
		largest = max(largest, c.Size)
	}
	if differs >= 0 {
		want = append(want, found{audit.FoundCheckpoint, agreed, differs - 1})
	}
	if largest > int64(size) {
		want = append(want, found{audit.FoundShort, int64(size), largest - 1})
	}
	return want
}

// tampers are the ways to change one thing about record i of a log of n records,
// what must be found, and how many records the log then has. Broken versions
// are expected beside it, where a plain reading of the events finds them.
// undone tells that the checkpoints vouch for the log without the change.
var tampers = map[string]struct {
	undone bool
	do     func(t *rapid.T, l *log, i, n int) (want []found, size int)
}{
	"an event changed": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves[i].Canonical = forged(i)
		return []found{one(audit.FoundChanged, i)}, n
	}},
	"one byte of an event changed": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves[i].Canonical = slices.Clone(l.leaves[i].Canonical)
		l.leaves[i].Canonical[rapid.IntRange(0, 1).Draw(t, "byte")] = '?' // no JSON, so no version is read
		return []found{one(audit.FoundChanged, i)}, n
	}},
	"an event deleted": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves = slices.Delete(l.leaves, i, i+1)
		return []found{one(audit.FoundMissing, i)}, n
	}},
	"several events deleted": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		last := rapid.IntRange(i, n-1).Draw(t, "last")
		l.leaves = slices.Delete(l.leaves, i, last+1)
		return []found{{audit.FoundMissing, int64(i), int64(last)}}, n
	}},
	"an event deleted with its hash": {false, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves = slices.Delete(l.leaves, i, i+1)
		l.rows = slices.Delete(l.rows, rowOf(0, i), rowOf(0, i)+1)
		return []found{one(audit.FoundMissing, i)}, n
	}},
	"records deleted with all their rows": {false, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		last := rapid.IntRange(i, n-1).Draw(t, "last")
		l.leaves = slices.Delete(l.leaves, i, last+1)
		l.rows = slices.Delete(l.rows, rowOf(0, i), rowOf(0, last+1))
		return []found{{audit.FoundMissing, int64(i), int64(last)}}, n
	}},
	"an event deleted and the later ones moved down": {true, func(t *rapid.T, l *log, i, n int) (want []found, size int) {
		l.leaves = slices.Delete(l.leaves, i, i+1)
		l.renumber()
		for k := i; k < n-1; k++ {
			want = append(want, one(audit.FoundMoved, k))
		}
		return append(want, one(audit.FoundMissing, n-1)), n
	}},
	"an event put in at an index that is taken": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves = slices.Insert(l.leaves, i+1, audit.Leaf{Index: int64(i), Canonical: forged(i)})
		return []found{one(audit.FoundExtra, i)}, n
	}},
	"an event put in beyond the end": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves = append(l.leaves, audit.Leaf{Index: int64(n + i), Canonical: forged(i)})
		return []found{one(audit.FoundExtra, n+i)}, n
	}},
	"an event put in and the later ones moved up": {true, func(t *rapid.T, l *log, i, n int) (want []found, size int) {
		l.leaves = slices.Insert(l.leaves, i, audit.Leaf{Canonical: forged(n)})
		l.renumber()
		want = []found{one(audit.FoundChanged, i)}
		for k := i + 1; k <= n; k++ {
			want = append(want, one(audit.FoundMoved, k))
		}
		for p := rowOf(0, n); p < rowOf(0, n+1); p++ {
			want = append(want, over(p))
		}
		return want, n + 1
	}},
	"an event added without its rows": {true, func(t *rapid.T, l *log, i, n int) (want []found, size int) {
		l.leaves = append(l.leaves, audit.Leaf{Index: int64(n), Canonical: forged(n)})
		for p := rowOf(0, n); p < rowOf(0, n+1); p++ {
			want = append(want, over(p))
		}
		return want, n + 1
	}},
	"two events swapped": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		j := (i + rapid.IntRange(1, n-1).Draw(t, "with")) % n
		l.leaves[i], l.leaves[j] = l.leaves[j], l.leaves[i]
		l.renumber()
		return []found{one(audit.FoundMoved, i), one(audit.FoundMoved, j)}, n
	}},
	"an event moved over another": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		j := (i + rapid.IntRange(1, n-1).Draw(t, "over")) % n
		l.leaves[j].Canonical = l.leaves[i].Canonical
		l.leaves = slices.Delete(l.leaves, i, i+1)
		return []found{one(audit.FoundMoved, j), one(audit.FoundMissing, i)}, n
	}},
	"the tail cut off": {false, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves, l.rows = l.leaves[:i], l.rows[:rowOf(0, i)]
		return l.signedOtherwise(i, i), i
	}},
	"the tail of the events cut off": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves = l.leaves[:i]
		return []found{{audit.FoundMissing, int64(i), int64(n - 1)}}, n
	}},
	"the hash of a record changed": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.rows[rowOf(0, i)].Hash[7] ^= 1
		if i|1 == n {
			return []found{one(audit.FoundChanged, i)}, n // nothing is above that tells which of the two was changed
		}
		return []found{one(audit.FoundNode, i)}, n
	}},
	"the hash of a node changed": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		p := rowOf(1, rapid.IntRange(0, n/2-1).Draw(t, "node"))
		p += rapid.IntRange(0, rowOf(0, writer(p)+1)-1-p).Draw(t, "above") // one of those written with it
		l.rows[p].Hash[7] ^= 1
		return []found{over(p)}, n
	}},
	"a row deleted": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		p := rapid.IntRange(0, len(l.rows)-1).Draw(t, "row")
		l.rows = slices.Delete(l.rows, p, p+1)
		return []found{over(p)}, n
	}},
	"a row twice": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		p := rapid.IntRange(0, len(l.rows)-1).Draw(t, "row")
		l.rows = slices.Insert(l.rows, p+1, audit.StoredHash{Position: int64(p)})
		return []found{one(audit.FoundNode, writer(p))}, n
	}},
	"a row beyond the end": {true, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.rows = append(l.rows, audit.StoredHash{Position: int64(len(l.rows) + i)})
		return []found{one(audit.FoundNode, n)}, n
	}},
	"an event and its hash changed, the nodes not": {false, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		i = min(i, n&^1-1) // of those that have a node above
		l.leaves[i].Canonical = forged(i)
		l.rows[rowOf(0, i)].Hash = mth([][]byte{forged(i)})
		l.checkpoints = nil
		return []found{over(rowOf(1, i/2))}, n
	}},
	"what is no event logged": {false, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves[i].Canonical = append([]byte(" "), l.leaves[i].Canonical...)
		l.rewrite()
		l.checkpoints = []audit.Checkpoint{l.checkpoint(n)}
		return []found{one(audit.FoundUnreadable, i)}, n
	}},
	"an event changed and the tree rewritten": {false, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves[i].Canonical = forged(i)
		l.rewrite()
		return l.signedOtherwise(i, n), n
	}},
	"an event deleted and the tree rewritten": {false, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves = slices.Delete(l.leaves, i, i+1)
		l.rewrite()
		return l.signedOtherwise(i, n-1), n - 1
	}},
	"an event put in and the tree rewritten": {false, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves = slices.Insert(l.leaves, i, audit.Leaf{Canonical: forged(n)})
		l.rewrite()
		return l.signedOtherwise(i, n+1), n + 1
	}},
	"an old state restored and gone on from": {false, func(t *rapid.T, l *log, i, n int) ([]found, int) {
		l.leaves = l.leaves[:i]
		for k := i; k < n; k++ {
			l.leaves = append(l.leaves, audit.Leaf{Canonical: forged(k)})
		}
		l.rewrite()
		return l.signedOtherwise(i, n), n
	}},
}

// TestEveryChangeIsFoundOnce: one change to a proper log is found, where it was
// made and as what it is, and nothing else is.
func TestEveryChangeIsFoundOnce(t *testing.T) {
	for name, tamper := range tampers {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				l, n := kept(t, 2, 70)
				want, size := tamper.do(t, l, rapid.IntRange(0, n-1).Draw(t, "record"), n)
				r := verify(t, l, size)
				wantFindings(t, r, l, size, want)
				if tamper.undone && r.Covered != int64(n) {
					t.Fatalf("vouched for to %d of %d", r.Covered, n)
				}
			})
		})
	}
}

// TestAllIndependentChangesAreFound: the verifier goes on after what it finds:
// of several changes each is found as if it were the only one.
func TestAllIndependentChangesAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, n := kept(t, 20, 150)
		leaves, rows := map[int]audit.Leaf{}, map[int]audit.StoredHash{} // what is there instead; deleted: not Index or Position
		var want []found
		var extra []audit.Leaf
		// No two next to each other: missing records would be one finding.
		for i := rapid.IntRange(0, 5).Draw(t, "first"); i < n-1; i += rapid.IntRange(2, 30).Draw(t, "step") {
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0:
				leaves[i] = audit.Leaf{Index: int64(i), Canonical: canonical(i, other, 0, audit.Refused, "other")}
				want = append(want, one(audit.FoundChanged, i))
			case 1:
				leaves[i] = audit.Leaf{Index: -1}
				want = append(want, one(audit.FoundMissing, i))
			case 2:
				rows[rowOf(0, i)] = audit.StoredHash{Position: -1}
				want = append(want, one(audit.FoundNode, i))
			case 3:
				extra = append(extra, audit.Leaf{Index: int64(i), Canonical: forged(i)})
				want = append(want, one(audit.FoundExtra, i))
			case 4:
				rows[rowOf(0, i)] = audit.StoredHash{Position: int64(rowOf(0, i))}
				want = append(want, one(audit.FoundNode, i))
			}
		}
		if n%2 == 1 { // with nothing above it
			rows[rowOf(0, n-1)] = audit.StoredHash{Position: int64(rowOf(0, n-1))}
			want = append(want, one(audit.FoundChanged, n-1))
		}
		for level := 2; n>>level > 0; level++ {
			p := rowOf(level, rapid.IntRange(0, n>>level-1).Draw(t, "node"))
			rows[p] = rapid.SampledFrom([]audit.StoredHash{{Position: -1}, {Position: int64(p)}}).Draw(t, "instead")
			want = append(want, over(p))
		}
		damaged := &log{checkpoints: l.checkpoints}
		for i, leaf := range l.leaves {
			if instead, ok := leaves[i]; ok {
				leaf = instead
			}
			if leaf.Index >= 0 {
				damaged.leaves = append(damaged.leaves, leaf)
			}
			for len(extra) > 0 && extra[0].Index == int64(i) {
				damaged.leaves, extra = append(damaged.leaves, extra[0]), extra[1:]
			}
		}
		for p, row := range l.rows {
			if instead, ok := rows[p]; ok {
				row = instead
			}
			if row.Position >= 0 {
				damaged.rows = append(damaged.rows, row)
			}
		}
		r := verify(t, damaged, n)
		wantFindings(t, r, damaged, n, want)
		if r.Covered != int64(n) {
			t.Fatalf("vouched for to %d of %d", r.Covered, n)
		}
	})
}

// TestACopyBesideAChangedHashIsFoundToo: two changes that have a hash in common
// are still two findings, each at its place.
func TestACopyBesideAChangedHashIsFoundToo(t *testing.T) {
	for _, i := range []int{4, 5} {
		l := history(8, 1)
		l.rows[rowOf(0, i)].Hash[7] ^= 1
		l.leaves[i^1].Canonical = l.leaves[i].Canonical
		v := audit.NewVerifier(10)
		v.Add(8, l.leaves, l.rows)
		at := map[int64]int{}
		for _, f := range v.Finish().Findings {
			if f.Kind != audit.FoundVersion {
				at[f.Index]++
			}
		}
		if len(at) != 2 || at[4] != 1 || at[5] != 1 {
			t.Errorf("hash of %d changed: findings at %v", i, at)
		}
	}
}

// TestAGapHidesNoChangeAboveIt: a node is checked by the stored nodes below it
// even where records are missing with all that they wrote.
func TestAGapHidesNoChangeAboveIt(t *testing.T) {
	for _, gap := range []int{0, 1, 2, 4, 5, 6} { // 3 and 7 take a node with them on which it rests
		l := history(8, 1)
		top := rowOf(3, 0)
		l.rows[top].Hash[7] ^= 1
		l.leaves = slices.Delete(l.leaves, gap, gap+1)
		l.rows = slices.Delete(l.rows, rowOf(0, gap), rowOf(0, gap+1))
		v := audit.NewVerifier(10)
		v.Add(8, l.leaves, l.rows)
		var got []found
		for _, f := range v.Finish().Findings {
			if f.Kind != audit.FoundVersion {
				got = append(got, found{f.Kind, f.Index, f.Last})
			}
		}
		if want := []found{one(audit.FoundMissing, gap), over(top)}; !slices.Equal(got, want) {
			t.Errorf("gap at %d: found %v, want %v", gap, got, want)
		}
	}
}
