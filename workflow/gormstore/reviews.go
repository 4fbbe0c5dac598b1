package gormstore

import (
	"gorm.io/gorm"

	"duban/workflow"
	"duban/workflow/assess"
)

type reviewRow struct {
	ID           string `gorm:"primaryKey"`
	TaskID       string
	Period       string
	Event        string
	ReportID     string
	ReportNumber int
	ReportDigest string
	FlagID       string
	Assessment   string // empty: none
	Verdict      string
	Reason       string
	Reviewer     string
	OnBehalf     string
	At           moment
}

func (reviewRow) TableName() string { return "reviews" }

func (r reviewRow) review(d *decoder) workflow.Review {
	review := workflow.Review{
		ID: r.ID, TaskID: r.TaskID, Period: r.Period, Event: workflow.EventName(r.Event), ReportID: r.ReportID, ReportNumber: r.ReportNumber, ReportDigest: r.ReportDigest, FlagID: r.FlagID,
		Verdict: assess.Verdict(r.Verdict), Reason: r.Reason, Reviewer: r.Reviewer, OnBehalf: r.OnBehalf, At: d.time(r.At),
	}
	if r.Assessment != "" {
		d.json(r.Assessment, &review.Assessment)
	}
	return review
}

func (u *unit) Reviews(taskID string) ([]workflow.Review, error) {
	return all(u, "listing reviews", reviewRow.review, func(db *gorm.DB) *gorm.DB {
		return db.Where("task_id = ?", taskID).Order("at, id")
	})
}

func (u *unit) ReviewsIn(campaign, period string) ([]workflow.Review, error) {
	return all(u, "reading the reviews of a period", reviewRow.review, func(db *gorm.DB) *gorm.DB {
		return db.Where(inPeriod, campaign, period).Order("task_id, at, id")
	})
}

// newestReviews numbers the counting reviews of each task from the newest; the
// id, a UUID of version 7, decides between two of the same microsecond.
const newestReviews = `SELECT r.id, ROW_NUMBER() OVER (PARTITION BY r.task_id ORDER BY r.at DESC, r.id DESC) AS place
	FROM tasks t JOIN reviews r ON r.task_id = t.id
	WHERE t.campaign = ? AND r.period = ? AND r.verdict <> ''`

func (u *unit) CountingReviews(campaign, period string) ([]workflow.Review, error) {
	return all(u, "reading the counting reviews", reviewRow.review, func(db *gorm.DB) *gorm.DB {
		return db.Where("id IN (SELECT id FROM ("+newestReviews+") newest WHERE place = 1)", campaign, period).Order("task_id")
	})
}

func (u *unit) InsertReview(r workflow.Review) error {
	return u.insertReviews([]workflow.Review{r})
}

func (u *unit) insertReviews(reviews []workflow.Review) error {
	return u.insertAll("inserting reviews", reviewsTable.into, valuesOf(reviews, reviewValues))
}

type flagRow struct {
	ID        string `gorm:"primaryKey"`
	TaskID    string
	Period    string
	Verdict   string
	Reason    string
	RectifyBy string
	OpenedBy  string
	OpenedAt  moment
	ClearedBy string
	ClearedAt moment
}

func (flagRow) TableName() string { return "flags" }

func (r flagRow) flag(d *decoder) workflow.Flag {
	return workflow.Flag{
		ID: r.ID, TaskID: r.TaskID, Period: r.Period, Verdict: assess.Verdict(r.Verdict), Reason: r.Reason,
		RectifyBy: d.date(r.RectifyBy), OpenedBy: r.OpenedBy, OpenedAt: d.time(r.OpenedAt),
		ClearedBy: r.ClearedBy, ClearedAt: d.time(r.ClearedAt),
	}
}

func (u *unit) Flag(id string) (workflow.Flag, error) {
	return one(u, "reading a flag", flagRow.flag, "id = ?", id)
}

func (u *unit) Flags(taskID string) ([]workflow.Flag, error) {
	return all(u, "listing flags", flagRow.flag, func(db *gorm.DB) *gorm.DB {
		return db.Where("task_id = ?", taskID).Order("opened_at, id")
	})
}

func (u *unit) FlagsIn(campaign, period string) ([]workflow.Flag, error) {
	return all(u, "reading the flags of a period", flagRow.flag, func(db *gorm.DB) *gorm.DB {
		return db.Where(inPeriod, campaign, period).Order("task_id, opened_at, id")
	})
}

func (u *unit) InsertFlag(f workflow.Flag) error {
	return u.insertFlags([]workflow.Flag{f})
}

func (u *unit) insertFlags(flags []workflow.Flag) error {
	return u.insertAll("inserting flags", flagsTable.into, valuesOf(flags, flagValues))
}

func (u *unit) SaveFlag(f workflow.Flag) error {
	return u.exec("saving flag "+f.ID, 1, "UPDATE flags SET rectify_by = ?, cleared_by = ?, cleared_at = ? WHERE id = ?",
		f.RectifyBy.String(), f.ClearedBy, toMoment(f.ClearedAt), f.ID)
}
