package gormstore

import (
	"strings"
	"time"

	"gorm.io/gorm"

	"duban/workflow"
)

type archiveRow struct {
	Until      int64
	File       string
	SHA256     string `gorm:"column:sha256"`
	Note       []byte
	ArchivedAt moment
}

func (archiveRow) TableName() string { return "audit_archives" }

func (r archiveRow) archive(d *decoder) workflow.ArchivedLog {
	return workflow.ArchivedLog{Until: r.Until, File: r.File, SHA256: r.SHA256, Note: r.Note, At: d.time(r.ArchivedAt)}
}

func (u *unit) Archives() ([]workflow.ArchivedLog, error) {
	return all(u, "listing archives", archiveRow.archive, func(db *gorm.DB) *gorm.DB { return db.Order("until") })
}

func (u *unit) InsertArchive(a workflow.ArchivedLog) error {
	return u.exec("inserting an archive", 1, "INSERT INTO audit_archives (until, file, sha256, note, archived_at) VALUES (?, ?, ?, ?, ?)",
		a.Until, a.File, a.SHA256, a.Note, toMoment(a.At))
}

func (u *unit) CheckpointUpTo(size int64) (workflow.StoredCheckpoint, error) {
	return u.firstCheckpoint("reading an earlier checkpoint", func(db *gorm.DB) *gorm.DB { return db.Where("size <= ?", size) })
}

func (u *unit) FirstSince(from int64, before time.Time) (index int64, err error) {
	_, err = u.run("looking for the first event that stays", func(db *gorm.DB) *gorm.DB {
		return db.Raw(`SELECT COALESCE((SELECT l.log_index FROM audit_log l JOIN audit_events e ON e.id = l.event_id
			WHERE l.log_index >= ? AND e.at >= ? ORDER BY l.log_index LIMIT 1), (SELECT COALESCE(MAX(log_index) + 1, 0) FROM audit_log))`,
			from, toMoment(before)).Scan(&index)
	})
	return index, err
}

func (u *unit) DropArchived(from, until int64, kept []string) error {
	return u.exec("taking archived events out", anyNumber, `DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_log WHERE log_index >= ? AND log_index < ?)
		AND (outcome <> 'accepted' OR subject NOT IN (?`+strings.Repeat(", ?", len(kept)-1)+"))", append([]any{from, until}, anys(kept)...)...)
}

func anys(texts []string) []any {
	list := make([]any, len(texts))
	for i, t := range texts {
		list[i] = t
	}
	return list
}
