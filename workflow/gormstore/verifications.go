package gormstore

import (
	"gorm.io/gorm"

	"duban/workflow"
)

type verificationRow struct {
	ID         string `gorm:"primaryKey"`
	AskedBy    string
	Channel    string
	AskedAt    moment
	State      string
	LeaseUntil moment
	StartedAt  moment
	EndedAt    moment
	Result     string // empty: none yet
}

func (verificationRow) TableName() string { return "audit_verifications" }

func (r verificationRow) verification(d *decoder) workflow.Verification {
	v := workflow.Verification{
		ID: r.ID, AskedBy: r.AskedBy, Channel: r.Channel, AskedAt: d.time(r.AskedAt), State: workflow.VerificationState(r.State),
		LeaseUntil: d.time(r.LeaseUntil), StartedAt: d.time(r.StartedAt), EndedAt: d.time(r.EndedAt),
	}
	if r.Result != "" {
		d.json(r.Result, &v.Result)
	}
	return v
}

func (u *unit) Verifications(limit int) ([]workflow.Verification, error) {
	return all(u, "listing verifications", verificationRow.verification, func(db *gorm.DB) *gorm.DB {
		return db.Order("asked_at DESC, id DESC").Limit(limit)
	})
}

// slotOf is what keeps a second one out: NULL once it has ended.
func slotOf(v workflow.Verification) any {
	if v.State.Ended() {
		return nil
	}
	return 1
}

func resultOf(v workflow.Verification) string {
	if v.Result == nil {
		return ""
	}
	return toJSON(v.Result)
}

func (u *unit) InsertVerification(v workflow.Verification) error {
	return u.exec("inserting a verification", 1, `INSERT INTO audit_verifications
		(id, asked_by, channel, asked_at, state, slot, lease_until, started_at, ended_at, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		v.ID, v.AskedBy, v.Channel, toMoment(v.AskedAt), string(v.State), slotOf(v), toMoment(v.LeaseUntil), toMoment(v.StartedAt), toMoment(v.EndedAt), resultOf(v))
}

func (u *unit) SaveVerification(v, was workflow.Verification) error {
	const set = "UPDATE audit_verifications SET state = ?, slot = ?, lease_until = ?, started_at = ?, ended_at = ?, result = ? WHERE id = ? AND state = ? AND lease_until "
	args := []any{string(v.State), slotOf(v), toMoment(v.LeaseUntil), toMoment(v.StartedAt), toMoment(v.EndedAt), resultOf(v), v.ID, string(was.State)}
	if was.LeaseUntil.IsZero() {
		return u.exec("saving a verification", 1, set+"IS NULL", args...)
	}
	return u.exec("saving a verification", 1, set+"= ?", append(args, toMoment(was.LeaseUntil))...)
}
