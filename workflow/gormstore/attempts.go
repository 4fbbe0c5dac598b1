package gormstore

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
)

type attemptsRow struct {
	Name   string `gorm:"primaryKey"`
	Tries  int
	EndsAt moment
}

func (attemptsRow) TableName() string { return "attempts" }

func (r attemptsRow) attempts(d *decoder) workflow.Attempts {
	return workflow.Attempts{Name: r.Name, Tries: r.Tries, EndsAt: d.time(r.EndsAt)}
}

// LockAttempts makes the row when there is none: what is not there cannot be locked.
func (u *unit) LockAttempts(name string) (workflow.Attempts, error) {
	what := "counting attempts"
	insert := "INSERT INTO attempts (name, tries) VALUES (?, 0) "
	if u.dialect == migrations.MySQL {
		insert += "ON DUPLICATE KEY UPDATE tries = tries"
	} else {
		insert += "ON CONFLICT DO NOTHING"
	}
	if err := u.exec(what, anyNumber, insert, name); err != nil {
		return workflow.Attempts{}, err
	}
	return one(u, what, attemptsRow.attempts, "name = ?", name)
}

func (u *unit) SaveAttempts(a workflow.Attempts) error {
	return u.exec("saving attempts", 1, "UPDATE attempts SET tries = ?, ends_at = ? WHERE name = ?", a.Tries, toMoment(a.EndsAt), a.Name)
}

func (u *unit) ForgetAttempts(before time.Time, limit int) error {
	what := "forgetting attempts"
	names, err := all(u, what, func(r attemptsRow, _ *decoder) string { return r.Name }, func(db *gorm.DB) *gorm.DB {
		return db.Where("ends_at < ?", toMoment(before)).Order("ends_at").Limit(limit)
	})
	if err != nil || len(names) == 0 {
		return err
	}
	_, err = u.run(what, func(db *gorm.DB) *gorm.DB {
		return db.Exec("DELETE FROM attempts WHERE ends_at < ? AND name IN ?", toMoment(before), names)
	})
	return err
}

func (u *unit) PastPasswords(userID string) ([]string, error) {
	type row struct{ Hash string }
	return all(u, "reading past passwords", func(r row, _ *decoder) string { return r.Hash }, func(db *gorm.DB) *gorm.DB {
		return db.Table("past_passwords").Select("hash").Where("user_id = ?", userID).Order("ended_at DESC")
	})
}

func (u *unit) AddPastPassword(userID, hash string, at time.Time, keep int) error {
	what := "keeping a past password"
	if err := u.exec(what, 1, "INSERT INTO past_passwords (user_id, ended_at, hash) VALUES (?, ?, ?)", userID, toMoment(at), hash); err != nil {
		return err
	}
	return u.exec(what, anyNumber, `DELETE FROM past_passwords WHERE user_id = ? AND ended_at < (SELECT MIN(ended_at) FROM (
		SELECT ended_at FROM past_passwords WHERE user_id = ? ORDER BY ended_at DESC LIMIT `+fmt.Sprint(max(keep, 1))+`) kept)`, userID, userID)
}
