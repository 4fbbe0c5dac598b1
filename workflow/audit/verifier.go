package audit

import (
	"cmp"
	"crypto/sha256"
	"hash"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Leaf is one event as the database has it at an index of the log.
type Leaf struct {
	Index     int64
	Canonical []byte // only read, and not kept after the call

	// What a LeafReader found.
	scanned bool
	head    head
	wrong   error
}

// Verifier goes over a whole log in order of index, recomputes every leaf and
// every node (RFC 6962, section 2.1), follows the versions of every subject
// and compares with checkpoints that were kept. It goes on after what it finds.
// Memory grows with the number of subjects and checkpoints, not of events. It
// is not for concurrent use.
type Verifier struct {
	checkpoints []Checkpoint // by size
	due         int          // of checkpoints: the first not reached
	outside     map[Checkpoint]bool
	next        int64 // index of the next record
	position    int64 // of the next record's own hash
	peaks       peaks
	chains      chains
	sha         hash.Hash
	sum         []byte
	missed      int64 // end of the last run of missing records
	missing     int   // finding of that run
	broken      int64 // size of the last checkpoint that was found to differ
	finds       finds
	report      Report
}

// Report is what a Verifier found.
type Report struct {
	Size     int64 `json:"size"`     // records gone over, the missing ones included
	Root     Hash  `json:"root"`     // over the events as they are; zero when one is missing
	Accepted int64 `json:"accepted"` // events that are accepted changes
	Refused  int64 `json:"refused"`  // events that are refused attempts
	Subjects int   `json:"subjects"` // with accepted events

	// Covered is the size of the largest checkpoint that vouches for the log, be
	// it after undoing the changes that were found. Records from there on rest
	// on the hash table alone, which whoever can write it can recompute.
	Covered     int64        `json:"covered"`
	Checkpoints []Comparison `json:"checkpoints"`

	Findings []Finding             `json:"findings"` // the first ones, in the order met
	Counts   map[FindingKind]int64 `json:"counts"`   // of all
}

// Comparison is a checkpoint beside the log.
type Comparison struct {
	Checkpoint Checkpoint `json:"checkpoint"`
	Root       Hash       `json:"root"`   // of the events as they are, at that size; zero when unknown
	Agrees     bool       `json:"agrees"` // the two roots are the same
}

// Clean reports whether nothing was found.
func (r Report) Clean() bool { return len(r.Counts) == 0 }

// NewVerifier returns a verifier at index 0. It keeps the first keep findings
// (at least 1) of each kind and counts the others. The checkpoints, in any order, must have been
// opened, that is, their signatures checked.
func NewVerifier(keep int, checkpoints ...Checkpoint) *Verifier {
	v := &Verifier{checkpoints: slices.Clone(checkpoints), chains: newChains(), sha: sha256.New(), missed: -1, broken: -1, finds: newFinds(max(keep, 1))}
	slices.SortStableFunc(v.checkpoints, func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	v.reach()
	return v
}

// Trust says which of the checkpoints were kept where who can change the log cannot
// change them. Without any, all are believed; otherwise only these vouch for the
// log, and what the others say is held against it all the same. It is called
// before any record is added.
func (v *Verifier) Trust(outside ...Checkpoint) {
	v.outside = make(map[Checkpoint]bool, len(outside))
	for _, c := range outside {
		v.outside[c] = true
	}
}

// vouches reports whether what agrees with the checkpoint is what was signed.
func (v *Verifier) vouches(c Checkpoint) bool { return len(v.outside) == 0 || v.outside[c] }

// Next returns the index of the next record.
func (v *Verifier) Next() int64 { return v.next }

// Add takes the records [Next(), end) as the database has them: the events with
// these indexes in order of index, and the rows of the hash table with the
// positions [Positions(Next()), Positions(end)) in order of position. What is
// not there is found missing; whatever else is given is found to be too much.
func (v *Verifier) Add(end int64, leaves []Leaf, rows []StoredHash) {
	for end = min(end, maxSize); v.next < end; {
		for ; len(leaves) > 0 && leaves[0].Index < v.next; leaves = leaves[1:] {
			v.tooMuch(leaves[0])
		}
		for ; len(rows) > 0 && rows[0].Position < v.position; rows = rows[1:] {
			v.finds.add(extraHash(v.next, rows[0].Position))
		}
		var leaf *Leaf
		if len(leaves) > 0 && leaves[0].Index == v.next {
			leaf, leaves = &leaves[0], leaves[1:]
		}
		own, above := 0, v.position+rowsOf(v.next)
		for own < len(rows) && rows[own].Position < above {
			own++
		}
		if leaf == nil && own == 0 {
			v.jump(nearest(end, leaves, rows))
			continue
		}
		v.record(leaf, rows[:own])
		rows = rows[own:]
		v.position = above
		v.next++
		v.reach()
	}
	for _, l := range leaves {
		v.tooMuch(l)
	}
	for _, r := range rows {
		v.finds.add(extraHash(v.next, r.Position))
	}
}

// Finish returns the report. The verifier must not be used after it.
func (v *Verifier) Finish() Report {
	r := v.report
	for _, c := range v.checkpoints[v.due:] {
		r.Checkpoints = append(r.Checkpoints, Comparison{Checkpoint: c})
	}
	if n := len(v.checkpoints); v.due < n {
		v.finds.add(cutShort(v.checkpoints[n-1], v.next))
	}
	r.Size, r.Subjects = v.next, v.chains.count()
	r.Root, _ = v.peaks.contentRoot(v.next)
	r.Findings, r.Counts = v.finds.kept, v.finds.counts
	return r
}

// record goes over one record of which there is an event, a row or both.
func (v *Verifier) record(leaf *Leaf, rows []StoredHash) {
	i, position := v.next, v.position
	row := v.take(&rows, position)
	n := v.leaf(leaf, row)
	level := 0
	for ; i>>level&1 == 1; level++ {
		row := v.take(&rows, position+int64(level)+1)
		p, want, wrong := parent(&v.peaks[level], &n, row)
		switch {
		case row == nil:
			v.finds.add(absentNode(level+1, i>>(level+1)))
		case wrong:
			v.finds.add(wrongNode(level+1, i>>(level+1), *row, want))
		}
		if level == 0 {
			v.acquit(i-1, &v.peaks[0])
			v.acquit(i, &n)
		}
		n = p
	}
	v.peaks[level] = n
	for _, r := range rows {
		v.finds.add(extraHash(i, r.Position))
	}
}

// take returns the row at position, nil if there is none, and steps over it.
func (v *Verifier) take(rows *[]StoredHash, position int64) *Hash {
	for ; len(*rows) > 0 && (*rows)[0].Position < position; *rows = (*rows)[1:] {
		v.finds.add(extraHash(v.next, (*rows)[0].Position))
	}
	if len(*rows) == 0 || (*rows)[0].Position != position {
		return nil
	}
	h := &(*rows)[0].Hash
	*rows = (*rows)[1:]
	return h
}

// leaf compares an event with its stored hash and follows its subject.
func (v *Verifier) leaf(leaf *Leaf, row *Hash) node {
	i := v.next
	if leaf == nil {
		v.miss(i, i+1)
		if row == nil {
			return node{} // only nodes above it are left
		}
		v.finds.unmet(*row, i)
		return node{stored: *row, trusted: *row, knows: knowsStored | knowsTrusted}
	}
	h := v.hash(leaf.Canonical)
	event, err := leaf.scan()
	if err == nil {
		v.follow(event)
	}
	if row != nil && *row == h {
		if err != nil {
			v.finds.add(unreadable(i, err))
		}
		return node{content: h, stored: h, trusted: h, knows: knowsContent | knowsStored | knowsTrusted, clean: true}
	}
	if row == nil {
		if was, ok := v.finds.unmetAt(h); ok {
			v.finds.add(moved(i, was))
		}
		v.finds.add(absentNode(0, i))
		return node{content: h, trusted: h, knows: knowsContent | knowsTrusted}
	}
	v.finds.addChanged(i, h, *row)
	return node{content: h, stored: *row, trusted: *row, knows: knowsContent | knowsStored | knowsTrusted}
}

// acquit takes back that an event was changed when the node above it tells that
// its hash was.
func (v *Verifier) acquit(index int64, leaf *node) {
	if leaf.acquitted {
		v.finds.acquit(leaf.content, wrongLeaf(index, leaf.stored, leaf.content))
	}
}

// hash is tlog.RecordHash without its allocations (RFC 6962, section 2.1).
func (v *Verifier) hash(canonical []byte) Hash {
	v.sha.Reset()
	v.sha.Write(leafPrefix)
	v.sha.Write(canonical)
	v.sum = v.sha.Sum(v.sum[:0])
	return Hash(v.sum)
}

var leafPrefix = []byte{0}

// follow checks that an accepted event has the version after the last of its
// subject. After a break it goes on from the version met.
func (v *Verifier) follow(h head) {
	if !h.accepted() {
		v.report.Refused++
		return
	}
	v.report.Accepted++
	if before := v.chains.step(h); h.version != int64(before)+1 {
		v.finds.add(brokenChain(v.next, h, before))
	}
}

// tooMuch is about an event at an index that is already taken or outside.
func (v *Verifier) tooMuch(l Leaf) {
	if was, ok := v.finds.unmetAt(v.hash(l.Canonical)); ok {
		v.finds.add(moved(l.Index, was))
		return
	}
	v.finds.add(extra(l.Index))
}

// jump goes on at record end when nothing is there of those before it.
func (v *Verifier) jump(end int64) {
	v.miss(v.next, end)
	// Above the highest bit in which the sizes differ the peaks stay; below it
	// every subtree holds a missing record or consists of them.
	for l := range bits.Len64(uint64(v.next ^ end)) {
		v.peaks[l] = node{}
	}
	v.next, v.position = end, Positions(end)
	v.reach()
}

// miss reports the records [from, end) as missing, together with those right
// before them.
func (v *Verifier) miss(from, end int64) {
	if v.missed == from {
		v.finds.extend(v.missing, end-1)
	} else {
		v.missing = v.finds.add(missing(from, end-1))
	}
	v.missed = end
}

// nearest returns the first record of which there is an event or a row, at most
// end.
func nearest(end int64, leaves []Leaf, rows []StoredHash) int64 {
	if len(leaves) > 0 {
		end = min(end, leaves[0].Index)
	}
	if len(rows) > 0 && rows[0].Position < Positions(end) {
		level, n := tlog.SplitStoredHashIndex(rows[0].Position)
		end = (n+1)<<level - 1
	}
	return end
}

// reach compares with the checkpoints of the size reached.
func (v *Verifier) reach() {
	var differ []Checkpoint
	for ; v.due < len(v.checkpoints) && v.checkpoints[v.due].Size <= v.next; v.due++ {
		c := v.checkpoints[v.due]
		comparison := Comparison{Checkpoint: c}
		if c.Size == v.next {
			root, known := v.peaks.contentRoot(c.Size)
			could, undone := v.peaks.couldBe(c.Size, c.Root)
			comparison.Root, comparison.Agrees = root, known && root == c.Root
			switch {
			case comparison.Agrees || could:
				if v.vouches(c) {
					v.report.Covered = c.Size
				}
			case undone && !slices.ContainsFunc(differ, func(d Checkpoint) bool { return d.Root == c.Root }): // the same may be kept in two places
				differ = append(differ, c)
			}
		}
		v.report.Checkpoints = append(v.report.Checkpoints, comparison)
	}
	if len(differ) == 0 || v.report.Covered < v.broken {
		return // once the log is another, so is every later root: that is the same finding
	}
	for _, c := range differ {
		v.finds.add(otherRoot(c, v.report.Covered))
	}
	v.broken = v.next
}
