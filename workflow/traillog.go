package workflow

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"duban/workflow/audit"
)

// endOfLog is beyond any index that a log can have.
const endOfLog = 1 << 48

// events goes over the log, and over the columns of the events in it. What is wrong
// with the log itself is listed first.
func (t *trail) events() error {
	var columns []Difference
	found := func(d Difference) {
		if len(columns) < mostFindings {
			columns = append(columns, d)
			return
		}
		t.report.Counts[d.Table]++
	}
	position := int64(math.MinInt64)
	for from, last := int64(math.MinInt64), false; !last; {
		page, err := t.r.LogPage(from, trailBatch, t.tasks, found)
		if err != nil {
			return err
		}
		if err := t.fill(&page, found); err != nil {
			return err
		}
		from, last = page.End, !page.More
		t.next = min(max(page.End, t.next), endOfLog)
		end := t.next
		upTo := audit.Positions(end)
		if last {
			upTo = math.MaxInt64
		}
		if position, err = t.page(page.Leaves, end, position, upTo); err != nil {
			return err
		}
	}
	t.adding.wait()
	if err := t.finish(t.log.Finish()); err != nil {
		return err
	}
	if err := t.archived.finish(t); err != nil {
		return err
	}
	for _, d := range columns {
		t.differs(d)
	}
	return nil
}

// mostHashes is how many stored hashes are held at once: twice what belongs to a
// whole batch.
const mostHashes = 4 * trailBatch

// page goes over the records before end, whose stored hashes have the positions
// [position, upTo), and returns the position that comes next. However many rows are
// where none can be, it holds mostHashes of them. While the log is gone over, the next
// records are read.
func (t *trail) page(leaves []audit.Leaf, end, position, upTo int64) (int64, error) {
	for {
		hashes, err := t.r.LogHashes(position, upTo, mostHashes)
		if err != nil {
			return position, err
		}
		if len(hashes) < mostHashes {
			t.adding.wait()
			t.adding = beside(func() { t.log.Add(end, leaves, hashes) })
			return upTo, nil
		}
		t.adding.wait()
		stop, cut := end, len(hashes)
		if p := hashes[cut-1].Position; p < audit.Positions(end) {
			// The record that the last row belongs to may have more.
			stop = t.log.Next()
			if p >= 0 {
				level, n := tlog.SplitStoredHashIndex(p)
				stop = max(stop, (n+1)<<level-1)
			}
			cut, _ = slices.BinarySearchFunc(hashes, audit.Positions(stop), byPosition)
		}
		n, _ := slices.BinarySearchFunc(leaves, stop, func(l audit.Leaf, index int64) int { return cmp.Compare(l.Index, index) })
		t.log.Add(stop, leaves[:n], hashes[:cut])
		leaves, position = leaves[n:], hashes[cut-1].Position+1
	}
}

func byPosition(h audit.StoredHash, position int64) int { return cmp.Compare(h.Position, position) }

// finish makes findings of what was found about the log: each names the row that is
// wrong, as far as the rest of the log tells.
func (t *trail) finish(log audit.Report) error {
	r := &t.report
	r.Size, r.Accepted, r.Refused, r.Subjects = log.Size, log.Accepted, log.Refused, log.Subjects
	vouched := int64(0) // records whose events are what was signed
	for _, c := range log.Checkpoints {
		outside := t.kept[c.Checkpoint]
		if c.Agrees && outside {
			r.Covered = max(r.Covered, c.Checkpoint.Size)
		}
		if c.Agrees && (outside || len(t.kept) == 0) {
			vouched = max(vouched, c.Checkpoint.Size)
		}
	}
	listed := map[audit.FindingKind]int64{}
	for _, f := range log.Findings {
		listed[f.Kind]++
		place, err := t.placeOf(f, vouched)
		if err != nil {
			return err
		}
		place.Text = Text(f.Text)
		t.add(place)
	}
	for kind, n := range log.Counts {
		if n > listed[kind] {
			r.Counts[tableOf[kind]] += n - listed[kind]
		}
	}
	return nil
}

// tableOf is the table in which findings of a kind mostly are.
var tableOf = map[audit.FindingKind]string{
	audit.FoundChanged: "audit_events", audit.FoundUnreadable: "audit_events", audit.FoundVersion: "audit_events",
	audit.FoundMoved: "audit_log", audit.FoundMissing: "audit_log", audit.FoundExtra: "audit_log",
	audit.FoundCheckpoint: "audit_log", audit.FoundShort: "audit_log", audit.FoundNode: "audit_hashes",
}

// placeOf returns the row that a finding is about.
func (t *trail) placeOf(f audit.Finding, vouched int64) (TrailFinding, error) {
	place := TrailFinding{Table: tableOf[f.Kind]}
	leaf := f.Kind == audit.FoundChanged || f.Kind == audit.FoundMoved
	switch {
	case leaf && f.Index < vouched:
		// The event is what was signed, so it is its stored hash that was changed.
		place.Table, place.Column = "audit_hashes", "hash"
		place.Key = fmt.Sprintf("position=%d", tlog.StoredHashIndex(0, f.Index))
	case f.Kind == audit.FoundNode:
		place.Key, place.Column = fmt.Sprintf("position=%d", f.Position), "hash"
	case place.Table == "audit_events":
		id, err := t.r.PlacedEvent(f.Index)
		if err != nil && !isNoRow(err) {
			return place, err
		}
		place.Key, place.Column = "id="+id, "canonical"
	case f.Index == f.Last:
		place.Key = fmt.Sprintf("log_index=%d", f.Index)
	default:
		place.Key = fmt.Sprintf("log_index=%d..%d", f.Index, f.Last)
	}
	return place, nil
}

// places finds events that are in no place, or in two.
func (t *trail) places() (err error) {
	t.report.Pending, err = t.r.CheckPlaces(t.tasks, t.differs)
	return err
}
