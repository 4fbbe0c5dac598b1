package gormstore

import (
	"bytes"
	"errors"
	"math"
	"slices"

	"duban/workflow"
	"duban/workflow/audit"
)

// everyPlainRow calls each with every row of a table; errNotPlain may come after some.
func (u *unit) everyPlainRow(t table, found func(workflow.Difference), each func(*header)) error {
	p, err := u.plainRows(t.name, false)
	if err != nil {
		return err
	}
	h := headerOf(t, p.columns, found)
	h.cells = p.cells
	for {
		if more, err := p.next(); err != nil || !more {
			return err
		}
		each(h)
	}
}

// storedRows are the rows of a table by its first column, a number, a part at a time.
type storedRows struct {
	rows *pageRows
	at   int64 // all before it was read
	held bool  // the row that rows are at was not given yet
	end  bool
}

// storedRows begins with the first row; nil when the table is to be read by queries.
func (u *unit) storedRows(table string) (*storedRows, error) {
	rows, err := u.plainRows(table, true)
	if errors.Is(err, errNotPlain) || err == nil && len(rows.columns) != 2 {
		return nil, nil
	}
	return &storedRows{rows: rows, at: math.MinInt64}, err
}

// next goes to the row that comes next, and stays there until it is taken.
func (s *storedRows) next() (bool, error) {
	if s.held || s.end {
		return s.held, nil
	}
	more, err := s.rows.next()
	s.held, s.end = more, !more
	return more, err
}

// take is past the row.
func (s *storedRows) take() { s.at, s.held = s.rows.row+1, false }

// upTo adds the stored hashes before a position, up to a limit.
func (s *storedRows) upTo(to int64, limit int, hashes []audit.StoredHash) ([]audit.StoredHash, error) {
	for len(hashes) < limit {
		more, err := s.next()
		if err != nil {
			return nil, err
		}
		if !more || s.rows.row >= to {
			s.at = to
			break
		}
		hashes = append(hashes, audit.StoredHash{Position: s.rows.row, Hash: hashRow{Hash: s.rows.cells[1].text}.hash()})
		s.take()
	}
	return hashes, nil
}

// logRows are the places of the log with their events. Events stand in the database in
// the order in which they were made, which is that of the log but for a few: so both are
// gone over side by side. An event that is not near is looked for by its id.
type logRows struct {
	*storedRows
	events *pageRows
	h      *header
	id     int      // column of events
	ahead  [][]cell // events that were met before their place
	missed int      // places in a row whose events were not near
	far    int      // events that were looked for by id, or given up
}

const (
	mostAhead  = 64
	mostMissed = 2 * mostAhead // then those ahead are given up: they are in no place
)

// logRows begins with the first place; nil when the log is to be read by queries.
func (u *unit) logRows(found func(workflow.Difference)) (*logRows, error) {
	places, err := u.storedRows("audit_log")
	if places == nil || err != nil {
		return nil, err
	}
	events, err := u.plainRows(eventsTable.name, false)
	if errors.Is(err, errNotPlain) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l := &logRows{storedRows: places, events: events, id: slices.Index(events.columns, eventsTable.columns[0])}
	if l.id == unknownColumn {
		return nil, nil
	}
	l.h = headerOf(eventsTable, events.columns, found)
	return l, nil
}

// page is LogPage.
func (l *logRows) page(limit int, follower audit.Follower, found func(workflow.Difference)) (workflow.LogPage, error) {
	page, leaves := workflow.LogPage{Leaves: make([]audit.Leaf, 0, limit)}, &audit.LeafReader{Follower: follower}
	for range limit {
		more, err := l.next()
		if err != nil || !more {
			return page, err
		}
		index, id := l.rows.row, l.rows.cells[1].text
		near, err := l.find(id)
		switch {
		case err != nil:
			return page, err
		case near:
			page.Leaves = append(page.Leaves, leafOf(index, l.h, l.h.canonical(), leaves, found))
		default:
			if err := l.seek(&page, index, id, leaves, found); err != nil {
				return page, err
			}
		}
		l.take()
		page.End = l.at
	}
	page.More = true
	return page, nil
}

// find goes on to the event with an id; false: it is not near.
func (l *logRows) find(id []byte) (bool, error) {
	for i, cells := range l.ahead {
		if bytes.Equal(cells[l.id].text, id) {
			l.h.cells, l.missed = cells, 0
			l.ahead = slices.Delete(l.ahead, i, i+1)
			return true, nil
		}
	}
	for len(l.ahead) < mostAhead {
		more, err := l.events.next()
		if err != nil {
			return false, err
		}
		if !more {
			break
		}
		if bytes.Equal(l.events.cells[l.id].text, id) {
			l.h.cells, l.missed = l.events.cells, 0
			return true, nil
		}
		l.ahead = append(l.ahead, slices.Clone(l.events.cells))
	}
	if l.far, l.missed = l.far+1, l.missed+1; l.missed == mostMissed {
		l.ahead, l.missed = nil, 0
	}
	return false, nil
}

// unplaced counts the events that no place was found to have, once all places were gone
// over; known is false when some were not met side by side with their places.
func (l *logRows) unplaced() (n int64, known bool, err error) {
	n = int64(len(l.ahead))
	for {
		more, err := l.events.next()
		if err != nil || !more {
			return n, err == nil && l.end && l.far == 0, err
		}
		n++
	}
}

// seek looks for the event of a place by a query.
func (l *logRows) seek(page *workflow.LogPage, index int64, id []byte, leaves *audit.LeafReader, found func(workflow.Difference)) error {
	there := false
	err := l.events.u.readEvents("SELECT e.* FROM audit_events e WHERE e.id = ?", []any{string(id)}, nil, func(workflow.Difference) {}, func(h *header) {
		there = true
		page.Leaves = append(page.Leaves, leafOf(index, h, slices.Clone(h.canonical()), leaves, found))
	})
	if !there {
		page.Empty = append(page.Empty, workflow.EmptyPlace{Index: index, EventID: string(id)})
	}
	return err
}
