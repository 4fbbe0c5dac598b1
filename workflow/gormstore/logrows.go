package gormstore

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"duban/workflow"
	"duban/workflow/audit"
)

func (u *unit) LogPage(from int64, limit int, follower audit.Follower, found func(workflow.Difference)) (workflow.LogPage, error) {
	if from == math.MinInt64 {
		var err error
		if u.log, err = u.logRows(found); err != nil {
			return workflow.LogPage{}, err
		}
	}
	if u.log != nil && u.log.at == from {
		page, err := u.log.page(limit, follower, found)
		if !errors.Is(err, errNotPlain) {
			return page, err
		}
		if u.log = nil; len(page.Leaves)+len(page.Empty) > 0 {
			page.More = true // the others come by queries
			return page, nil
		}
	}
	page, leaves := workflow.LogPage{Leaves: make([]audit.Leaf, 0, limit)}, &audit.LeafReader{Follower: follower}
	n := 0
	var index int64
	var id cell
	err := u.readEvents(`SELECT l.log_index, l.event_id, e.* FROM audit_log l LEFT JOIN audit_events e ON e.id = l.event_id
		WHERE l.log_index >= ? ORDER BY l.log_index LIMIT ?`, []any{from, limit}, []any{&index, &id}, found, func(h *header) {
		n, page.End = n+1, index+1
		if h.cell(0).null {
			page.Empty = append(page.Empty, workflow.EmptyPlace{Index: index, EventID: id.String()})
			return
		}
		page.Leaves = append(page.Leaves, leafOf(index, h, slices.Clone(h.canonical()), leaves, found))
	})
	page.More = n == limit
	return page, err
}

// readEvents calls each with every row of a query of some other columns followed by
// all of audit_events.
func (u *unit) readEvents(query string, args, others []any, found func(workflow.Difference), each func(*header)) error {
	var h *header
	var targets []any
	return u.stream("reading events as they are stored", query, args, func(rows *sql.Rows) error {
		if h == nil {
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			h = headerOf(eventsTable, columns[len(others):], found)
			targets = h.targets(others...)
			if h.cell(0) == nil {
				return fmt.Errorf("%s has no column %s", eventsTable.name, eventsTable.columns[0])
			}
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		each(h)
		return nil
	})
}

func (u *unit) PlacedEvent(index int64) (id string, err error) {
	n, err := u.run("reading a place of the log", func(db *gorm.DB) *gorm.DB {
		return db.Raw("SELECT event_id FROM audit_log WHERE log_index = ?", index).Scan(&id)
	})
	if err == nil && n == 0 {
		err = workflow.ErrNoRow
	}
	return id, err
}

// eachPlacedOnce reports that the log was gone over side by side with the events, so that
// no event was met at two places, and that those that were at none are as many as wait.
// When it is false they may be placed well all the same.
func (u *unit) eachPlacedOnce(pending int64) (bool, error) {
	if u.log == nil {
		return false, nil
	}
	unplaced, known, err := u.log.unplaced()
	u.log = nil
	if errors.Is(err, errNotPlain) {
		return false, nil
	}
	if err != nil || !known || unplaced != pending {
		return false, err
	}
	var distinct int64
	err = u.stream("counting events that wait", "SELECT COUNT(DISTINCT event_id) FROM audit_pending", nil, func(rows *sql.Rows) error { return rows.Scan(&distinct) })
	return distinct == pending, err
}

func (u *unit) CheckPlaces(follower audit.Follower, found func(workflow.Difference)) (pending int64, err error) {
	var n int64
	var id, logged cell
	leaves := &audit.LeafReader{Follower: follower}
	if err := u.readEvents(`SELECT p.n, p.event_id, l.log_index, e.* FROM audit_pending p
		LEFT JOIN audit_log l ON l.event_id = p.event_id LEFT JOIN audit_events e ON e.id = p.event_id
		ORDER BY p.n`, nil, []any{&n, &id, &logged}, found, func(h *header) {
		d := workflow.Difference{Table: "audit_pending", Key: "n=" + strconv.FormatInt(n, 10), Column: "event_id", Is: id.String()}
		switch {
		case h.cell(0).null:
			d.Kind = workflow.RowDangling
			found(d)
		case !logged.null:
			d.Kind = workflow.RowTwice
			found(d)
		default:
			pending++
			leafOf(0, h, slices.Clone(h.canonical()), leaves, found)
		}
	}); err != nil {
		return pending, err
	}
	if all, err := u.eachPlacedOnce(pending); all || err != nil {
		return pending, err
	}
	for _, misplaced := range []struct {
		kind               workflow.DifferenceKind
		table, key, column string
		query              string
	}{
		{workflow.RowTwice, "audit_pending", "n", "event_id", `SELECT p.n, p.event_id FROM audit_pending p
			WHERE p.event_id IN (SELECT event_id FROM audit_pending GROUP BY event_id HAVING COUNT(*) > 1)`},
		{workflow.RowTwice, "audit_log", "log_index", "event_id", `SELECT l.log_index, l.event_id FROM audit_log l
			WHERE l.event_id IN (SELECT event_id FROM audit_log GROUP BY event_id HAVING COUNT(*) > 1)`},
		{workflow.RowUnplaced, eventsTable.name, "id", "", `SELECT e.id, e.id FROM audit_events e
			WHERE NOT EXISTS (SELECT 1 FROM audit_log l WHERE l.event_id = e.id) AND e.id NOT IN (SELECT event_id FROM audit_pending)`},
	} {
		if err := u.stream("looking for misplaced events", misplaced.query, nil, func(rows *sql.Rows) error {
			var key cell
			if err := rows.Scan(&key, &id); err != nil {
				return err
			}
			found(workflow.Difference{Kind: misplaced.kind, Table: misplaced.table, Key: misplaced.key + "=" + key.String(), Column: misplaced.column, Is: id.String()})
			return nil
		}); err != nil {
			return pending, err
		}
	}
	return pending, nil
}
