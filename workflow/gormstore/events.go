package gormstore

import (
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
	"duban/workflow/audit"
)

// storedEventRow is what an event is read from: its canonical bytes, nothing
// else.
type storedEventRow struct{ Canonical []byte }

func (storedEventRow) TableName() string { return "audit_events" }

func (r storedEventRow) event(d *decoder) audit.Event {
	e, err := audit.Take(r.Canonical)
	if err != nil {
		d.keep(err)
	}
	return e
}

// Events are in the order of the subject's versions, which is that of time even
// where the clocks of two instances disagree.
func (u *unit) Events(f workflow.EventFilter) ([]audit.Event, error) {
	return all(u, "listing events", storedEventRow.event, func(db *gorm.DB) *gorm.DB {
		db = db.Where("subject = ? AND subject_id = ? AND accepted_version > ?", f.Subject, f.SubjectID, f.AfterVersion)
		if f.Limit > 0 {
			db = db.Limit(f.Limit)
		}
		return db.Order("accepted_version")
	})
}

// Accepted sends one statement, whose order is that of an index, and reads the
// rows as they come. Events that are too late come without their bytes: they only
// say where their subject stops.
func (u *unit) Accepted(f workflow.AcceptedFilter, each func(audit.Event) error) error {
	canonical, args := "canonical", []any{}
	if !f.Before.IsZero() {
		canonical, args = "CASE WHEN at < ? THEN canonical END", []any{upTo(f.Before)}
	}
	from, where := "audit_events", ""
	switch {
	case f.Campaign != "" && findable(f.Campaign):
		where, args = "campaign = ?", append(args, f.Campaign)
		if u.dialect == migrations.MySQL {
			from += " FORCE INDEX (audit_events_rebuild)" // else it reads every campaign's events, and sorts
		}
		if !f.Scope.All {
			where, args = where+" AND (subject <> ? OR region IN ?)", append(args, workflow.SubjectTask, f.Scope.Regions)
		}
	case f.SubjectID != "" && findable(f.SubjectID):
		where, args = "subject = ? AND subject_id = ?", append(args, f.Subject, f.SubjectID)
	case f.Campaign == "" && f.SubjectID == "":
		where, args = "subject = ?", append(args, f.Subject)
	default:
		return nil
	}
	type subject struct{ kind, id string }
	var stopped subject
	query := "SELECT subject, subject_id, " + canonical + " FROM " + from + " WHERE " + where +
		" AND accepted_version IS NOT NULL ORDER BY subject, subject_id, accepted_version"
	return u.stream("reading accepted events", query, args, func(rows *sql.Rows) error {
		var of subject
		var bytes []byte
		if err := rows.Scan(&of.kind, &of.id, &bytes); err != nil {
			return err
		}
		if f.Campaign != "" && of.kind != workflow.SubjectCampaign && of.kind != workflow.SubjectTask {
			return nil
		}
		if bytes == nil {
			stopped = of
		}
		if of == stopped {
			return nil
		}
		e, err := audit.Take(bytes)
		if err != nil {
			return errDefect.Because(err)
		}
		return each(e)
	})
}

func (u *unit) AppendEvents(events []audit.Event) error {
	waiting := make([][]any, len(events))
	for i, e := range events {
		waiting[i] = []any{e.ID}
	}
	if err := u.insertAll("appending events", eventsTable.into, valuesOf(events, eventValues)); err != nil {
		return err
	}
	return u.insertAll("letting events wait for the log", "INSERT INTO audit_pending (event_id)", waiting)
}

type replayRow struct {
	ActorID   string
	ReplayKey string
	Hash      string
	Answer    []byte
	CreatedAt moment
}

func (replayRow) TableName() string { return "replays" }

func (r replayRow) replay(d *decoder) workflow.Replay {
	return workflow.Replay{ActorID: r.ActorID, Key: r.ReplayKey, Hash: r.Hash, Answer: r.Answer, CreatedAt: d.time(r.CreatedAt)}
}

func (u *unit) Replay(actorID, key string) (workflow.Replay, error) {
	kept, err := one(u, "reading an idempotency record", replayRow.replay, "actor_id = ? AND replay_key = ?", actorID, key)
	if !errors.Is(err, workflow.ErrNoRow) {
		return kept, err
	}
	e, err := one(u, "reading the event of a request", storedEventRow.event, "actor_id = ? AND request_key = ?", actorID, key)
	if err != nil {
		return workflow.Replay{}, err
	}
	return workflow.Replay{ActorID: actorID, Key: key, Hash: e.RequestHash, Event: &e, CreatedAt: e.At}, nil
}

func (u *unit) InsertReplay(r workflow.Replay) error {
	return u.exec("inserting an idempotency record", 1,
		"INSERT INTO replays (actor_id, replay_key, hash, answer, created_at) VALUES (?, ?, ?, ?, ?)",
		r.ActorID, r.Key, r.Hash, r.Answer, toMoment(r.CreatedAt))
}
