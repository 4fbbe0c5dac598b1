package gormstore

import (
	"gorm.io/gorm"

	"duban/workflow"
	"duban/workflow/audit"
)

type eventRow struct {
	ID              string `gorm:"primaryKey"`
	At              moment
	Outcome         string
	Name            string
	Subject         string
	SubjectID       string
	Version         int
	AcceptedVersion *int // nil for refused attempts
	ActorID         string
	Campaign        string
	Region          string
	Period          string
	Canonical       []byte
}

func (eventRow) TableName() string { return "audit_events" }

// storedEventRow is what an event is read from: its canonical bytes, nothing
// else.
type storedEventRow struct{ Canonical []byte }

func (storedEventRow) TableName() string { return "audit_events" }

func (r storedEventRow) event(d *decoder) audit.Event {
	e, err := audit.Parse(r.Canonical)
	if err != nil {
		d.keep(err)
	}
	return e
}

// Events are in the order of the subject's versions, which is that of time even
// where the clocks of two instances disagree; refused attempts follow the event
// whose version they met.
func (u *unit) Events(f workflow.EventFilter) ([]audit.Event, error) {
	return all(u, "listing events", storedEventRow.event, func(db *gorm.DB) *gorm.DB {
		db = db.Where("subject = ? AND subject_id = ? AND version > ?", f.Subject, f.SubjectID, f.AfterVersion)
		if f.Limit > 0 {
			db = db.Limit(f.Limit)
		}
		return db.Order("version, at, id")
	})
}

const insertEvent = `INSERT INTO audit_events
	(id, at, outcome, name, subject, subject_id, version, accepted_version, actor_id, campaign, region, period, canonical)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func (u *unit) AppendEvents(events []audit.Event) error {
	rows := make([]eventRow, len(events))
	for i, e := range events {
		rows[i] = eventRow{
			ID: e.ID, At: toMoment(e.At), Outcome: string(e.Outcome), Name: e.Name,
			Subject: e.Subject, SubjectID: e.SubjectID, Version: e.Version,
			ActorID: e.ActorID, Campaign: e.Campaign, Region: e.Region, Period: e.Period, Canonical: e.Canonical(),
		}
		if e.Outcome == audit.Accepted {
			rows[i].AcceptedVersion = &rows[i].Version
		}
	}
	if len(rows) == 1 {
		r := rows[0]
		_, err := u.exec("appending an event", insertEvent, r.ID, r.At, r.Outcome, r.Name, r.Subject, r.SubjectID, r.Version, r.AcceptedVersion,
			r.ActorID, r.Campaign, r.Region, r.Period, r.Canonical)
		return err
	}
	return insertAll(u, "appending events", rows, func(r eventRow) int { return len(r.Canonical) + 500 })
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
	return one(u, "reading an idempotency record", replayRow.replay, "actor_id = ? AND replay_key = ?", actorID, key)
}

func (u *unit) InsertReplay(r workflow.Replay) error {
	_, err := u.exec("inserting an idempotency record",
		"INSERT INTO replays (actor_id, replay_key, hash, answer, created_at) VALUES (?, ?, ?, ?, ?)",
		r.ActorID, r.Key, r.Hash, r.Answer, toMoment(r.CreatedAt))
	return err
}
