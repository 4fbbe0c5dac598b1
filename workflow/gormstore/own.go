package gormstore

import (
	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
)

type reportDraftRow struct {
	TaskID   string `gorm:"primaryKey"`
	UserID   string `gorm:"primaryKey"`
	Period   string
	Content  string
	Revision int
	SavedAt  moment
}

func (reportDraftRow) TableName() string { return "report_drafts" }

func (r reportDraftRow) draft(d *decoder) workflow.ReportDraft {
	return workflow.ReportDraft{
		UserID: r.UserID, TaskID: r.TaskID, Period: r.Period, Content: []byte(r.Content), Revision: r.Revision, SavedAt: d.time(r.SavedAt),
	}
}

func (u *unit) ReportDraft(userID, taskID string) (workflow.ReportDraft, error) {
	return one(u, "reading a draft", reportDraftRow.draft, "task_id = ? AND user_id = ?", taskID, userID)
}

func (u *unit) ReportDrafts(userID string) ([]workflow.ReportDraft, error) {
	return all(u, "listing drafts", reportDraftRow.draft, func(db *gorm.DB) *gorm.DB {
		return db.Select("task_id", "user_id", "period", "revision", "saved_at").Where("user_id = ?", userID).Order("saved_at DESC, task_id").Limit(mostRows)
	})
}

func (u *unit) SaveReportDraft(d workflow.ReportDraft, was int) error {
	if was == 0 {
		return u.exec("inserting a draft", 1, "INSERT INTO report_drafts (task_id, user_id, period, content, revision, saved_at) VALUES (?, ?, ?, ?, ?, ?)",
			d.TaskID, d.UserID, d.Period, string(d.Content), d.Revision, toMoment(d.SavedAt))
	}
	return u.exec("saving a draft", 1, "UPDATE report_drafts SET period = ?, content = ?, revision = ?, saved_at = ? WHERE task_id = ? AND user_id = ? AND revision = ?",
		d.Period, string(d.Content), d.Revision, toMoment(d.SavedAt), d.TaskID, d.UserID, was)
}

func (u *unit) DeleteReportDraft(userID, taskID string) error {
	return u.exec("deleting a draft", anyNumber, "DELETE FROM report_drafts WHERE task_id = ? AND user_id = ?", taskID, userID)
}

type preferencesRow struct {
	UserID    string `gorm:"primaryKey"`
	Language  string
	ReadUntil moment
}

func (preferencesRow) TableName() string { return "preferences" }

func (r preferencesRow) preferences(d *decoder) workflow.Preferences {
	return workflow.Preferences{UserID: r.UserID, Language: workflow.Lang(r.Language), ReadUntil: d.time(r.ReadUntil)}
}

func (u *unit) Preferences(userID string) (workflow.Preferences, error) {
	return one(u, "reading preferences", preferencesRow.preferences, "user_id = ?", userID)
}

func (u *unit) SaveLanguage(userID string, language workflow.Lang) error {
	return u.exec("saving a language", anyNumber, "INSERT INTO preferences (user_id, language) VALUES (?, ?) "+u.onTaken("language = ?"),
		userID, string(language), string(language))
}

func (u *unit) SaveReadUntil(p workflow.Preferences) error {
	until := toMoment(p.ReadUntil)
	return u.exec("saving what was read", anyNumber, "INSERT INTO preferences (user_id, language, read_until) VALUES (?, '', ?) "+
		u.onTaken("read_until = CASE WHEN read_until > ? THEN read_until ELSE ? END"), p.UserID, until, until, until)
}

// onTaken ends an INSERT into preferences that changes the row which is there.
func (u *unit) onTaken(change string) string {
	if u.dialect == migrations.MySQL {
		return "ON DUPLICATE KEY UPDATE " + change
	}
	return "ON CONFLICT (user_id) DO UPDATE SET " + change
}
