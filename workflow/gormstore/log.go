package gormstore

import (
	"database/sql"
	"errors"
	"fmt"
	"math"

	"gorm.io/gorm"

	"duban/workflow"
	"duban/workflow/audit"
)

func (u *unit) LogSize() (size int64, err error) {
	_, err = u.run("reading the size of the log", func(db *gorm.DB) *gorm.DB {
		return db.Raw("SELECT COALESCE(MAX(log_index) + 1, 0) FROM audit_log").Scan(&size)
	})
	return size, err
}

type pendingRow struct {
	N         int64
	EventID   string
	Canonical []byte
}

func (u *unit) PendingEvents(limit int) ([]workflow.PendingEvent, error) {
	var rows []pendingRow
	_, err := u.run("reading the events that wait for the log", func(db *gorm.DB) *gorm.DB {
		return db.Raw(`SELECT p.n, p.event_id, e.canonical FROM audit_pending p JOIN audit_events e ON e.id = p.event_id
			ORDER BY p.n LIMIT ?`, limit).Scan(&rows)
	})
	pending := make([]workflow.PendingEvent, len(rows))
	for i, r := range rows {
		pending[i] = workflow.PendingEvent{Place: r.N, ID: r.EventID, Canonical: r.Canonical}
	}
	return pending, err
}

type hashRow struct {
	Position int64
	Hash     []byte
}

// hash is that of the row; what is no hash at all reads as one that nothing has.
func (r hashRow) hash() (h audit.Hash) {
	if len(r.Hash) == len(h) {
		h = audit.Hash(r.Hash)
	}
	return h
}

func (u *unit) LogHashes(from, to int64, limit int) ([]audit.StoredHash, error) {
	if from == math.MinInt64 {
		var err error
		if u.hashes, err = u.storedRows("audit_hashes"); err != nil {
			return nil, err
		}
	}
	hashes := make([]audit.StoredHash, 0, min(limit, 1<<14))
	if u.hashes != nil && u.hashes.at == from {
		read, err := u.hashes.upTo(to, limit, hashes)
		if !errors.Is(err, errNotPlain) {
			return read, err
		}
		u.hashes = nil
	}
	var row hashRow
	err := u.stream("reading stored hashes", "SELECT position, hash FROM audit_hashes WHERE position >= ? AND position < ? ORDER BY position LIMIT ?",
		[]any{from, to, limit}, func(rows *sql.Rows) error {
			var hash sql.RawBytes
			if err := rows.Scan(&row.Position, &hash); err != nil {
				return err
			}
			row.Hash = hash
			hashes = append(hashes, audit.StoredHash{Position: row.Position, Hash: row.hash()})
			return nil
		})
	return hashes, err
}

func (u *unit) LogHashesAt(positions []int64) ([]audit.Hash, error) {
	const what = "reading stored hashes"
	var rows []hashRow
	if _, err := u.run(what, func(db *gorm.DB) *gorm.DB {
		return db.Raw("SELECT position, hash FROM audit_hashes WHERE position IN ?", positions).Scan(&rows)
	}); err != nil {
		return nil, err
	}
	at := make(map[int64]hashRow, len(rows))
	for _, r := range rows {
		at[r.Position] = r
	}
	hashes := make([]audit.Hash, len(positions))
	for i, p := range positions {
		r, ok := at[p]
		if !ok {
			return nil, fmt.Errorf("%s: position %d: %w", what, p, workflow.ErrNoRow)
		}
		hashes[i] = r.hash()
	}
	return hashes, nil
}

type leafRow struct {
	LogIndex  int64
	Canonical []byte
}

func (u *unit) LoggedEvents(subject, subjectID string) ([]audit.Logged, error) {
	return all(u, "reading the logged events of a subject", leafRow.logged, func(db *gorm.DB) *gorm.DB {
		return db.Raw(`SELECT l.log_index, e.canonical FROM audit_events e JOIN audit_log l ON l.event_id = e.id
			WHERE e.subject = ? AND e.subject_id = ? ORDER BY l.log_index`, subject, subjectID)
	})
}

func (r leafRow) logged(d *decoder) audit.Logged {
	return audit.Logged{Index: r.LogIndex, Event: storedEventRow{r.Canonical}.event(d)}
}

type checkpointRow struct {
	Size int64
	Note []byte
}

func (checkpointRow) TableName() string { return "audit_checkpoints" }

func (r checkpointRow) checkpoint(*decoder) workflow.StoredCheckpoint {
	return workflow.StoredCheckpoint{Size: r.Size, Note: r.Note}
}

func (u *unit) Checkpoint() (workflow.StoredCheckpoint, error) {
	return u.firstCheckpoint("reading the newest checkpoint", func(db *gorm.DB) *gorm.DB { return db })
}

// firstCheckpoint returns the largest of those that a query leaves.
func (u *unit) firstCheckpoint(what string, query func(db *gorm.DB) *gorm.DB) (workflow.StoredCheckpoint, error) {
	newest, err := all(u, what, checkpointRow.checkpoint, func(db *gorm.DB) *gorm.DB {
		return query(db).Order("size DESC").Limit(1)
	})
	if err == nil && len(newest) == 0 {
		err = workflow.ErrNoRow
	}
	if err != nil {
		return workflow.StoredCheckpoint{}, err
	}
	return newest[0], nil
}

func (u *unit) Checkpoints(above int64, limit int) ([]workflow.StoredCheckpoint, error) {
	return all(u, "listing checkpoints", checkpointRow.checkpoint, func(db *gorm.DB) *gorm.DB {
		return db.Where("size > ?", above).Order("size").Limit(limit)
	})
}

func (u *unit) AppendLog(first int64, events []workflow.PendingEvent, hashes []audit.StoredHash) error {
	const what = "appending to the log"
	places, log := make([]int64, len(events)), make([][]any, len(events))
	for i, e := range events {
		places[i], log[i] = e.Place, []any{first + int64(i), e.ID}
	}
	// The index decides who is first: this statement before any other.
	if err := u.insertAll(what, "INSERT INTO audit_log (log_index, event_id)", log); err != nil {
		return err
	}
	rows := make([][]any, len(hashes))
	for i, h := range hashes {
		rows[i] = []any{h.Position, h.Hash[:]}
	}
	if err := u.insertAll(what, "INSERT INTO audit_hashes (position, hash)", rows); err != nil {
		return err
	}
	for start := 0; start < len(places); start += mostRows {
		some := places[start:min(start+mostRows, len(places))]
		n, err := u.run(what, func(db *gorm.DB) *gorm.DB { return db.Exec("DELETE FROM audit_pending WHERE n IN ?", some) })
		if err != nil {
			return err
		}
		if n != int64(len(some)) {
			return fmt.Errorf("%s: %w", what, workflow.ErrDuplicate) // another instance has appended them
		}
	}
	return nil
}

func (u *unit) InsertCheckpoint(c workflow.StoredCheckpoint) error {
	return u.exec("inserting a checkpoint", 1, "INSERT INTO audit_checkpoints (size, note) VALUES (?, ?)", c.Size, c.Note)
}
