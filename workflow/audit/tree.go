package audit

import (
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a SHA-256 hash of a record or a node (RFC 6962, section 2.1).
type Hash = tlog.Hash

// HashReader reads stored hashes by their positions: as many hashes as
// positions, in the same order, or an error.
type HashReader = tlog.HashReader

// HashReaderFunc is a function that is a HashReader.
type HashReaderFunc = tlog.HashReaderFunc

// StoredHash is one row of the hash table. Positions are dense: 0, 1, 2, ...;
// record n writes its own hash and that of every subtree that it completes
// (tlog.StoredHashIndex), so a row is written once and never changed.
type StoredHash struct {
	Position int64
	Hash     Hash
}

// Positions returns how many stored hashes the first size records have, which
// is also the position of record size's own hash: the records [a, b) have the
// positions [Positions(a), Positions(b)).
func Positions(size int64) int64 { return tlog.StoredHashCount(size) }

// Tree is a Merkle log (RFC 6962, section 2.1) of known size over stored
// hashes. It serves one unit of work: it remembers what it read and what was
// appended, so that what is appended counts before it is stored, and is thrown
// away if the unit is rolled back. It is not for concurrent use.
type Tree struct {
	size  int64
	known map[int64]Hash
	below HashReader
}

// NewTree returns the log with the given number of records. stored answers for
// every position below Positions(size).
func NewTree(size int64, stored HashReader) *Tree {
	return &Tree{size: size, known: map[int64]Hash{}, below: stored}
}

// Size returns the number of records.
func (t *Tree) Size() int64 { return t.size }

// Append adds records (canonical bytes) at the end and returns the rows to be
// stored for them, in order of position. A Tree reads stored hashes once, at
// most 63 of them, however many records are appended.
func (t *Tree) Append(records [][]byte) ([]StoredHash, error) {
	if len(records) == 0 {
		return nil, nil
	}
	// The roots of the complete subtrees are all that later records build on.
	if err := t.plan(func(r HashReader) error { _, err := tlog.TreeHash(t.size, r); return err }); err != nil {
		return nil, fmt.Errorf("appending to the log at %d: %w", t.size, err)
	}
	rows := make([]StoredHash, 0, 2*len(records)+1)
	for i, record := range records {
		n := t.size + int64(i)
		hashes, err := tlog.StoredHashesForRecordHash(n, tlog.RecordHash(record), t)
		if err != nil {
			return nil, fmt.Errorf("appending to the log at %d: %w", n, err)
		}
		position := tlog.StoredHashIndex(0, n)
		for l, h := range hashes {
			t.known[position+int64(l)] = h
			rows = append(rows, StoredHash{Position: position + int64(l), Hash: h})
		}
	}
	t.size += int64(len(records))
	return rows, nil
}

// Root returns the root of the tree of the first size records (RFC 6962,
// section 2.1: the Merkle Tree Hash).
func (t *Tree) Root(size int64) (root Hash, err error) {
	if size < 0 || size > t.size {
		return Hash{}, fmt.Errorf("root of %d records of a log of %d", size, t.size)
	}
	ask := func(r HashReader) (err error) { root, err = tlog.TreeHash(size, r); return err }
	if err := t.answer(ask); err != nil {
		return Hash{}, fmt.Errorf("computing the root of %d records: %w", size, err)
	}
	return root, nil
}

// Inclusion returns, for each of the given records, the proof that it is in the
// tree of the first size records (RFC 6962, section 2.1.1: the Merkle audit
// path, from the leaf up). Stored hashes are read in one batch.
func (t *Tree) Inclusion(size int64, indexes ...int64) ([][]Hash, error) {
	if size > t.size {
		return nil, fmt.Errorf("proving records in a tree of %d records of a log of %d", size, t.size)
	}
	proofs := make([][]Hash, len(indexes))
	err := t.answer(func(r HashReader) error {
		for i, index := range indexes {
			proof, err := tlog.ProveRecord(size, index, r)
			if err != nil {
				return fmt.Errorf("proving record %d in a tree of %d: %w", index, size, err)
			}
			proofs[i] = proof
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return proofs, nil
}

// Consistency returns the proof that the tree of the first older records is the
// beginning of that of the first newer records (RFC 6962, section 2.1.2). For
// older 0 it is empty.
func (t *Tree) Consistency(older, newer int64) (proof []Hash, err error) {
	if older < 0 || older > newer || newer > t.size {
		return nil, fmt.Errorf("proving a tree of %d records to be the beginning of one of %d, in a log of %d", older, newer, t.size)
	}
	if older == 0 {
		return nil, nil
	}
	ask := func(r HashReader) (err error) { proof, err = tlog.ProveTree(newer, older, r); return err }
	if err := t.answer(ask); err != nil {
		return nil, fmt.Errorf("proving a tree of %d records to be the beginning of one of %d: %w", older, newer, err)
	}
	return proof, nil
}

// ReadHashes makes the tree the reader of itself: from memory what was appended
// or read before, from the store the rest in one call.
func (t *Tree) ReadHashes(positions []int64) ([]Hash, error) {
	if err := t.load(positions); err != nil {
		return nil, err
	}
	hashes := make([]Hash, len(positions))
	for i, p := range positions {
		hashes[i] = t.known[p]
	}
	return hashes, nil
}

// answer plans an ask and then carries it out.
func (t *Tree) answer(ask func(HashReader) error) error {
	if err := t.plan(ask); err != nil {
		return err
	}
	return ask(t)
}

// plan finds out what an ask would read and reads it in one batch.
func (t *Tree) plan(ask func(HashReader) error) error {
	wanted := map[int64]bool{}
	err := ask(HashReaderFunc(func(positions []int64) ([]Hash, error) {
		for _, p := range positions {
			wanted[p] = true
		}
		return make([]Hash, len(positions)), nil
	}))
	if err != nil {
		return err
	}
	return t.load(slices.Sorted(maps.Keys(wanted)))
}

func (t *Tree) load(positions []int64) error {
	var missing []int64
	for _, p := range positions {
		if _, ok := t.known[p]; !ok {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	hashes, err := t.below.ReadHashes(missing)
	if err != nil {
		return fmt.Errorf("reading %d stored hashes: %w", len(missing), err)
	}
	if len(hashes) != len(missing) {
		return fmt.Errorf("reading %d stored hashes: got %d", len(missing), len(hashes))
	}
	for i, p := range missing {
		t.known[p] = hashes[i]
	}
	return nil
}

// CheckConsistency reports whether proof shows that the log of the older
// checkpoint is the beginning of that of the newer one (RFC 6962, section
// 2.1.2). Both must have been opened, that is, their signatures checked.
func CheckConsistency(older, newer Checkpoint, proof []Hash) error {
	switch {
	case older.Origin != newer.Origin:
		return fmt.Errorf("the checkpoints are of two logs, %s and %s", older.Origin, newer.Origin)
	case older.Size > newer.Size:
		return fmt.Errorf("the log has shrunk from %d records to %d", older.Size, newer.Size)
	case older.Size == 0:
		if older.Root != emptyRoot || newer.Size == 0 && newer.Root != emptyRoot || len(proof) != 0 {
			return errors.New("the root of an empty checkpoint is wrong, or the proof is not empty")
		}
		return nil
	}
	if err := tlog.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return fmt.Errorf("the log of %d records does not begin with that of %d: %w", newer.Size, older.Size, err)
	}
	return nil
}

// emptyRoot is the root of a log without records: the hash of nothing (RFC
// 6962, section 2.1).
var emptyRoot, _ = tlog.TreeHash(0, nil)

// rowsOf returns how many stored hashes record n writes: its own and one for
// each subtree that it completes.
func rowsOf(n int64) int64 { return 1 + int64(bits.TrailingZeros64(uint64(n+1))) }
