package audit_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"duban/workflow/audit"
)

// log is a log as a database has it, events and rows of the hash table, and the
// checkpoints that were kept elsewhere.
type log struct {
	leaves      []audit.Leaf
	rows        []audit.StoredHash
	checkpoints []audit.Checkpoint
}

// tree is the log's tree over the stored hashes.
func (l *log) tree() *audit.Tree {
	return audit.NewTree(int64(len(l.leaves)), audit.HashReaderFunc(func(positions []int64) ([]audit.Hash, error) {
		hashes := make([]audit.Hash, len(positions))
		for i, p := range positions {
			hashes[i] = l.rows[p].Hash
		}
		return hashes, nil
	}))
}

// add logs an event.
func (l *log) add(canonical []byte) {
	rows, err := l.tree().Append([][]byte{canonical})
	if err != nil {
		panic(err)
	}
	l.leaves = append(l.leaves, audit.Leaf{Index: int64(len(l.leaves)), Canonical: canonical})
	l.rows = append(l.rows, rows...)
}

// checkpoint is what would be signed of the first size records.
func (l *log) checkpoint(size int) audit.Checkpoint {
	root, err := l.tree().Root(int64(size))
	if err != nil {
		panic(err)
	}
	return audit.Checkpoint{Origin: origin, Size: int64(size), Root: root, Time: time.Date(2023, 8, 31, 9, 0, size, 0, time.UTC)}
}

func (l *log) clone() *log {
	return &log{slices.Clone(l.leaves), slices.Clone(l.rows), slices.Clone(l.checkpoints)}
}

// subjects are of every form that the verifier keeps in another way: a UUID,
// short, long, with what JSON escapes, and pairs that are nearly the same.
var subjects = [][2]string{
	{"task", "01890000-0000-7000-8000-00000000000a"}, {"task", "01890000-0000-7000-8000-00000000000A"}, {"user", "01890000-0000-7000-8000-00000000000a"},
	{"task", "41424344-4546-4748-494a-4b4c4d4e4f50"}, {"task", "ABCDEFGHIJKLMNOP"}, {"task", "t"}, {"task", ""}, {"campaign", "jm-2023"}, {"campaign", "jm-2023\x00"},
	{"专项", "a subject with an identity longer than others"}, {"专项", "01890000-0000-7000-8000-00000000000g"}, {"专项", "<深入>\u2028\"打好\""},
}

// other is a subject that most logs have.
var other = [2]string{"task", "t"}

// canonical returns the n-th event of a log, sealed.
func canonical(n int, subject [2]string, version int, outcome audit.Outcome, reason string) []byte {
	e := audit.Event{
		ID: fmt.Sprintf("01890000-0000-7000-a000-%012x", n), At: time.Date(2023, 8, 31, 9, 0, 0, n*1000, time.UTC),
		Outcome: outcome, Name: "report", Subject: subject[0], SubjectID: subject[1], Version: version,
		ActorID: "u", Channel: "http", Reason: reason,
	}
	if err := e.Seal(); err != nil {
		panic(err)
	}
	return e.Canonical()
}

// history returns a proper log of the given size: changes, one attempt in five
// refused, of subjects in any order.
func history(size int, seed uint64) *log {
	random := rand.New(rand.NewPCG(seed, 0))
	l, versions := &log{}, map[[2]string]int{}
	for n := range size {
		s := subjects[random.IntN(min(len(subjects), 1+size/3))]
		outcome := audit.Refused
		if random.IntN(5) > 0 {
			outcome = audit.Accepted
			versions[s]++
		}
		l.add(canonical(n, s, versions[s], outcome, ""))
	}
	return l
}
