package audit_test

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"

	"duban/workflow/audit"
)

// found is where and what a finding is.
type found struct {
	kind        audit.FindingKind
	index, last int64
}

func one(kind audit.FindingKind, index int) found { return found{kind, int64(index), int64(index)} }

// verify goes over the first end records of a log, once in one batch and once
// in batches drawn: the reports must be the same. Whatever the log has beyond
// is in the last batch.
func verify(t *rapid.T, l *log, end int) audit.Report {
	goOver := func(ends ...int) audit.Report {
		v := audit.NewVerifier(10_000, l.checkpoints...)
		leaves, rows := l.leaves, l.rows
		for n, e := range ends {
			nl := sort.Search(len(leaves), func(i int) bool { return leaves[i].Index >= int64(e) })
			nr := sort.Search(len(rows), func(i int) bool { return rows[i].Position >= audit.Positions(int64(e)) })
			if n == len(ends)-1 {
				nl, nr = len(leaves), len(rows)
			}
			v.Add(int64(e), leaves[:nl], rows[:nr])
			if v.Next() != int64(e) {
				t.Fatalf("after the records to %d the next is %d", e, v.Next())
			}
			leaves, rows = leaves[nl:], rows[nr:]
		}
		return v.Finish()
	}
	whole := goOver(end)
	ends := append(rapid.SliceOfN(rapid.IntRange(0, end), 0, 8).Draw(t, "batches"), end)
	slices.Sort(ends)
	if cut := goOver(ends...); !reflect.DeepEqual(cut, whole) {
		t.Fatalf("in batches to %v: %+v\nin one: %+v", ends, cut, whole)
	}
	return whole
}

// tally is what a plain reading of the events gives: how many are accepted and
// refused, of how many subjects, and where their versions do not follow.
func tally(l *log, end int) (accepted, refused int64, versions map[[2]string]int, breaks []found) {
	versions = map[[2]string]int{}
	next := 0
	for _, leaf := range l.leaves {
		if leaf.Index < int64(next) || leaf.Index >= int64(end) {
			continue // a second one at its index, or outside
		}
		next = int(leaf.Index) + 1
		e, err := audit.Parse(leaf.Canonical)
		switch {
		case err != nil || leaf.Canonical[0] == ' ': // no event in the canonical form
			continue
		case e.Outcome == audit.Refused:
			refused++
			continue
		}
		accepted++
		s := [2]string{e.Subject, e.SubjectID}
		if e.Version != versions[s]+1 {
			breaks = append(breaks, one(audit.FoundVersion, next-1))
		}
		versions[s] = e.Version
	}
	return accepted, refused, versions, breaks
}

func inOrder(f []found) []found {
	slices.SortFunc(f, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.index, b.index), cmp.Compare(a.last, b.last))
	})
	return f
}

// wantFindings checks that exactly these were found, and what broken versions
// a plain reading finds.
func wantFindings(t *rapid.T, r audit.Report, l *log, end int, want []found) {
	t.Helper()
	accepted, refused, versions, breaks := tally(l, end)
	var got []found
	counts := map[audit.FindingKind]int64{}
	for _, f := range r.Findings {
		got = append(got, found{f.Kind, f.Index, f.Last})
		counts[f.Kind]++
		if f.Text.ZH == "" || f.Text.EN == "" || (f.Kind == audit.FoundVersion) != (f.Subject != "") {
			t.Fatalf("incomplete: %+v", f)
		}
	}
	if want = append(slices.Clone(want), breaks...); !slices.Equal(inOrder(got), inOrder(want)) {
		t.Fatalf("found %v\nwant %v\n%+v", got, want, r.Findings)
	}
	if r.Clean() != (len(want) == 0) || !reflect.DeepEqual(r.Counts, counts) {
		t.Fatalf("counts %v, clean %v, but %v", r.Counts, r.Clean(), counts)
	}
	if r.Size != int64(end) || r.Accepted != accepted || r.Refused != refused || r.Subjects != len(versions) {
		t.Fatalf("%+v; want %d accepted and %d refused of %d subjects", r, accepted, refused, len(versions))
	}
}

// kept draws a proper log with checkpoints of some of its sizes and of the last.
func kept(t *rapid.T, least, most int) (l *log, size int) {
	size = rapid.IntRange(least, most).Draw(t, "size")
	l = history(size, rapid.Uint64().Draw(t, "history"))
	for _, n := range append(rapid.SliceOfN(rapid.IntRange(0, size), 0, 5).Draw(t, "checkpoints"), size) {
		l.checkpoints = append(l.checkpoints, l.checkpoint(n))
	}
	return l, size
}

// TestNothingIsFoundInAProperLog: whatever its size, its batches and the order of
// its checkpoints; the report says what the log is.
func TestNothingIsFoundInAProperLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, size := kept(t, 0, 150)
		r := verify(t, l, size)
		wantFindings(t, r, l, size, nil)
		var events [][]byte
		for _, leaf := range l.leaves {
			events = append(events, leaf.Canonical)
		}
		if r.Root != mth(events) || r.Covered != int64(size) || len(r.Checkpoints) != len(l.checkpoints) {
			t.Fatalf("%+v", r)
		}
		for _, c := range r.Checkpoints {
			if !c.Agrees || c.Root != c.Checkpoint.Root || c.Root != mth(events[:c.Checkpoint.Size]) {
				t.Fatalf("%+v", c)
			}
		}
	})
}

// TestForgedCheckpointsDoNotMisplaceAChange: whoever rewrites the log and has the key
// can make checkpoints that agree. Those that were kept outside tell where it began.
func TestForgedCheckpointsDoNotMisplaceAChange(t *testing.T) {
	const size, at = 16, 5
	honest := history(size, 3)
	forged := &log{}
	for i, leaf := range honest.leaves {
		if i == at {
			leaf.Canonical = canonical(i, other, 0, audit.Refused, "forged")
		}
		forged.add(leaf.Canonical)
	}
	outside := []audit.Checkpoint{honest.checkpoint(4), honest.checkpoint(size)}
	for _, trusting := range []bool{false, true} {
		v := audit.NewVerifier(10, append(outside, forged.checkpoint(10))...)
		if trusting {
			v.Trust(outside...)
		}
		v.Add(size, forged.leaves, forged.rows)
		r := v.Finish()
		var found *audit.Finding
		for i, f := range r.Findings {
			if f.Kind == audit.FoundCheckpoint {
				found = &r.Findings[i]
			}
		}
		if found == nil || (found.Index <= at && at <= found.Last) != trusting || (r.Covered == 4) != trusting {
			t.Errorf("trusting those outside: %v: covered %d, %+v", trusting, r.Covered, found)
		}
	}
}

// TestFindingsBeyondTheLimitAreCounted: the first of each kind are kept, all are
// counted.
func TestFindingsBeyondTheLimitAreCounted(t *testing.T) {
	const size, every = 300, 3
	for _, limit := range []int{-1, 1, 7, 1000} {
		l := history(size, 1)
		for i := 0; i < size; i += every {
			l.leaves[i].Canonical = canonical(i, other, 0, audit.Refused, "other")
		}
		_, _, _, breaks := tally(l, size)
		v := audit.NewVerifier(limit)
		v.Add(size, l.leaves, l.rows)
		r := v.Finish()
		if r.Counts[audit.FoundChanged] != size/every || r.Counts[audit.FoundVersion] != int64(len(breaks)) || len(r.Findings) != min(max(limit, 1), size/every)+min(max(limit, 1), len(breaks)) {
			t.Errorf("limit %d: %d kept of %v", limit, len(r.Findings), r.Counts)
		}
		if f := r.Findings[0]; f.Kind != audit.FoundChanged || f.Index != 0 {
			t.Errorf("limit %d: the first is %+v", limit, f)
		}
	}
}

// TestAnyTableIsGoneOver: whatever the tables hold, within or beyond what a
// caller should give, the verifier comes to the end; and it finds nothing only
// in a proper log.
func TestAnyTableIsGoneOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, size := kept(t, 1, 40)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "damage"), 0))
		lost := 1 + random.IntN(3)
		leaves := slices.DeleteFunc(slices.Clone(l.leaves), func(audit.Leaf) bool { return random.IntN(4) < lost })
		rows := slices.DeleteFunc(slices.Clone(l.rows), func(audit.StoredHash) bool { return random.IntN(4) < lost })
		proper := len(leaves) == len(l.leaves) && len(rows) == len(l.rows)
		for i := range rows {
			if random.IntN(10) == 0 {
				rows[i].Hash[0]++
				proper = false
			}
		}
		damaged := &log{leaves, rows, l.checkpoints}
		if r := verify(t, damaged, size); r.Clean() != proper || r.Size != int64(size) {
			t.Fatalf("proper: %v, %+v", proper, r)
		}
		v := audit.NewVerifier(5, l.checkpoints...)
		v.Add(1<<62, append(leaves, audit.Leaf{Index: -1}, audit.Leaf{Index: 1<<63 - 1}), append(rows, audit.StoredHash{Position: 1<<63 - 1}, audit.StoredHash{Position: -1}))
		if r := v.Finish(); r.Clean() || r.Size != 1<<48 {
			t.Fatalf("a log beyond all bounds: %+v", r)
		}
	})
}
