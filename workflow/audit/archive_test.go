package audit_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"duban/workflow/audit"
)

// archived writes the records [from, end of the log) with their head.
func archived(t testing.TB, l *log, from int) (file []byte, public string) {
	t.Helper()
	checkpoint, public := l.sign(t)
	peaks, err := l.tree().Peaks(int64(from))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	n := from
	if err := audit.WriteArchive(&out, audit.Archive{From: int64(from), Until: int64(len(l.leaves)), Peaks: peaks, Checkpoint: string(checkpoint)}, public, func() ([]byte, error) {
		if n == len(l.leaves) {
			return nil, nil
		}
		n++
		return l.leaves[n-1].Canonical, nil
	}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), public
}

func nothing(audit.Leaf) error { return nil }

// TestAnArchiveIsReadBackAndJoinsTheOneBefore: for any beginning and end.
func TestAnArchiveIsReadBackAndJoinsTheOneBefore(t *testing.T) {
	for _, size := range []int{1, 2, 3, 8, 21, 64} {
		l := history(size, uint64(size))
		for from := range size {
			file, public := archived(t, l, from)
			next := from
			a, before, err := audit.CheckArchive(bytes.NewReader(file), public, func(leaf audit.Leaf) error {
				if leaf.Index != int64(next) || !bytes.Equal(leaf.Canonical, l.leaves[next].Canonical) {
					t.Fatalf("record %d is read back as %d %s", next, leaf.Index, leaf.Canonical)
				}
				next++
				return nil
			})
			if err != nil || next != size || a.From != int64(from) || a.Until != int64(size) {
				t.Fatalf("records %d to %d: %+v, read up to %d, %v", from, size, a, next, err)
			}
			if want := l.checkpoint(from).Root; before != want {
				t.Fatalf("records %d to %d: begins on %s, want %s", from, size, before, want)
			}
		}
	}
}

// TestEveryByteOfAnArchiveCounts: no change of a single byte passes, wherever it is,
// and neither do records that are left out, swapped or added.
func TestEveryByteOfAnArchiveCounts(t *testing.T) {
	file, public := archived(t, history(4, 3), 1)
	changes(file, func(what string, _ int, changed []byte) {
		_, _, err := audit.CheckArchive(bytes.NewReader(changed), public, nothing)
		wantFault(t, err, what)
	})
	lines := strings.SplitAfter(string(file), "\n")
	for what, order := range map[string][]int{
		"the last record left out": {0, 1, 2}, "the first record left out": {0, 2, 3}, "two records swapped": {0, 2, 1, 3},
		"a record twice": {0, 1, 1, 2, 3}, "no records": {0}, "no head": {1, 2, 3}, "nothing": {},
	} {
		var other strings.Builder
		for _, n := range order {
			other.WriteString(lines[n])
		}
		_, _, err := audit.CheckArchive(strings.NewReader(other.String()), public, nothing)
		wantFault(t, err, what)
	}
	if _, _, err := audit.CheckArchive(bytes.NewReader(file), public, func(audit.Leaf) error { return errors.ErrUnsupported }); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("an error of the reader is told as %v", err)
	}
}
