package gormstore

import (
	"errors"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
)

func (u *unit) UseTOTPStep(userID string, step int64) error {
	what := "using a code"
	insert := "INSERT INTO totp_steps (user_id, step) VALUES (?, -1) "
	if u.dialect == migrations.MySQL {
		insert += "ON DUPLICATE KEY UPDATE step = step"
	} else {
		insert += "ON CONFLICT DO NOTHING"
	}
	if err := u.exec(what, anyNumber, insert, userID); err != nil {
		return err
	}
	return u.exec(what, 1, "UPDATE totp_steps SET step = ? WHERE user_id = ? AND step < ?", step, userID, step)
}

func (u *unit) RecoveryCodes(userID string) (int, error) {
	var n int
	_, err := u.run("counting recovery codes", func(db *gorm.DB) *gorm.DB {
		return db.Raw("SELECT COUNT(*) FROM recovery_codes WHERE user_id = ?", userID).Scan(&n)
	})
	return n, err
}

func (u *unit) ReplaceRecoveryCodes(userID string, hashes []string) error {
	what := "replacing recovery codes"
	if err := u.exec(what, anyNumber, "DELETE FROM recovery_codes WHERE user_id = ?", userID); err != nil {
		return err
	}
	rows := make([][]any, len(hashes))
	for i, h := range hashes {
		rows[i] = []any{userID, h}
	}
	return u.insertAll(what, "INSERT INTO recovery_codes (user_id, hash)", rows)
}

func (u *unit) UseRecoveryCode(userID, hash string) error {
	err := u.exec("using a recovery code", 1, "DELETE FROM recovery_codes WHERE user_id = ? AND hash = ?", userID, hash)
	if errors.Is(err, workflow.ErrChanged) {
		err = workflow.ErrNoRow
	}
	return err
}
