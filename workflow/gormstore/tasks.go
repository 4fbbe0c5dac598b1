package gormstore

import (
	"slices"
	"strings"

	"golang.org/x/text/width"
	"gorm.io/gorm"

	"duban/workflow"
	"duban/workflow/assess"
)

type taskRow struct {
	ID          string `gorm:"primaryKey"`
	Campaign    string
	Code        string
	Seq         int
	Region      string
	KeyTask     bool
	Subject     string
	Requirement string
	Measures    string
	State       string
	Period      string
	ReportID    string
	FlagID      string
	Verdict     string
	Version     int
	CreatedAt   moment
	UpdatedAt   moment
}

func (taskRow) TableName() string { return "tasks" }

// newTaskRow adds what is written but never read back.
type newTaskRow struct {
	Task   taskRow `gorm:"embedded"`
	Search string
}

func (newTaskRow) TableName() string { return "tasks" }

func toTaskRow(t workflow.Task) taskRow {
	return taskRow{
		ID: t.ID, Campaign: t.Campaign, Code: t.Code, Seq: t.Seq, Region: t.Region, KeyTask: t.Key,
		Subject: t.Subject, Requirement: t.Requirement, Measures: toJSON(t.Measures),
		State: string(t.State), Period: t.Period, ReportID: t.ReportID, FlagID: t.FlagID, Verdict: string(t.Verdict),
		Version: t.Version, CreatedAt: toMoment(t.CreatedAt), UpdatedAt: toMoment(t.UpdatedAt),
	}
}

func (r taskRow) task(d *decoder) workflow.Task {
	t := workflow.Task{
		ID: r.ID, Campaign: r.Campaign, Code: r.Code, Seq: r.Seq, Region: r.Region, Key: r.KeyTask,
		Subject: r.Subject, Requirement: r.Requirement,
		State: workflow.State(r.State), Period: r.Period, ReportID: r.ReportID, FlagID: r.FlagID, Verdict: assess.Verdict(r.Verdict),
		Version: r.Version, CreatedAt: d.time(r.CreatedAt), UpdatedAt: d.time(r.UpdatedAt),
	}
	d.json(r.Measures, &t.Measures)
	return t
}

func (u *unit) Task(id string) (workflow.Task, error) {
	return one(u, "reading a task", taskRow.task, "id = ?", id)
}

func (u *unit) TaskByCode(campaign, code string) (workflow.Task, error) {
	return one(u, "reading a task by code", taskRow.task, "campaign = ? AND code = ?", campaign, code)
}

func (u *unit) LastSeq(campaign string) (int, error) {
	var last int
	_, err := u.run("reading the last task number", func(db *gorm.DB) *gorm.DB {
		return db.Raw("SELECT COALESCE(MAX(seq), 0) FROM tasks WHERE campaign = ?", campaign).Scan(&last)
	})
	return last, err
}

func (u *unit) Tasks(f workflow.TaskFilter) ([]workflow.Task, error) {
	if f.Scope.Empty() {
		return nil, nil
	}
	return all(u, "listing tasks", taskRow.task, func(db *gorm.DB) *gorm.DB { return filterTasks(db, f) })
}

func filterTasks(db *gorm.DB, f workflow.TaskFilter) *gorm.DB {
	if !f.Scope.All {
		db = db.Where("region IN ?", f.Scope.Regions)
	}
	if f.Campaign != "" {
		db = db.Where("campaign = ?", f.Campaign)
	}
	if len(f.Regions) > 0 {
		db = db.Where("region IN ?", f.Regions)
	}
	if len(f.States) > 0 {
		db = db.Where("state IN ?", f.States)
	}
	if len(f.Verdicts) > 0 {
		db = db.Where("verdict IN ?", f.Verdicts)
	}
	if f.Key != nil {
		db = db.Where("key_task = ?", *f.Key)
	}
	if f.Text != "" {
		db = db.Where("search LIKE ? ESCAPE '!'", "%"+likeEscapes.Replace(fold(f.Text))+"%")
	}
	if c := f.After; c != nil {
		// The first condition is implied; it lets both databases start in the index.
		db = db.Where("campaign >= ? AND (campaign > ? OR region > ? OR (region = ? AND seq > ?))",
			c.Campaign, c.Campaign, c.Region, c.Region, c.Seq)
	}
	if f.Limit > 0 {
		db = db.Limit(f.Limit)
	}
	return db.Order("campaign, region, seq")
}

// likeEscapes makes a text match only itself. The escape character is not the
// backslash, which MySQL reads once more in literals.
var likeEscapes = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// fold makes texts alike that differ only in case or in the width of letters,
// digits and signs (％ and %), as people expect of a search. It is done here
// because databases disagree on it.
func fold(s string) string {
	return strings.ToLower(width.Fold.String(strings.ToValidUTF8(s, "\uFFFD")))
}

// between separates the searched texts. It is a control character that no text
// may contain, so that nothing is found across the seam.
const between = "\x1f"

func (u *unit) InsertTasks(tasks []workflow.Task) error {
	rows := make([]newTaskRow, len(tasks))
	for i, t := range tasks {
		rows[i] = newTaskRow{Task: toTaskRow(t), Search: fold(strings.Join([]string{t.Code, t.Subject, t.Requirement}, between))}
	}
	return insertAll(u, "inserting tasks", rows, func(r newTaskRow) int {
		return len(r.Task.Subject) + len(r.Task.Requirement) + len(r.Search) + len(r.Task.Measures) + 500
	})
}

func (u *unit) SaveTask(t workflow.Task, wasVersion int, wasState workflow.State) error {
	return u.change("saving task "+t.ID, func(db *gorm.DB) *gorm.DB {
		return db.Exec(`UPDATE tasks SET state = ?, period = ?, report_id = ?, flag_id = ?, verdict = ?, version = ?, updated_at = ?
			WHERE id = ? AND version = ? AND state = ?`,
			string(t.State), t.Period, t.ReportID, t.FlagID, string(t.Verdict), t.Version, toMoment(t.UpdatedAt), t.ID, wasVersion, string(wasState))
	})
}

type reportRow struct {
	ID           string `gorm:"primaryKey"`
	TaskID       string
	Number       int
	Period       string
	FlagID       string
	Author       string
	EvidenceDate string
	Narrative    string
	Figures      string
	Assessment   string
	Status       string
	SubmittedAt  moment
}

func (reportRow) TableName() string { return "reports" }

func (r reportRow) report(d *decoder) workflow.Report {
	report := workflow.Report{
		ID: r.ID, TaskID: r.TaskID, Number: r.Number, Period: r.Period, FlagID: r.FlagID, Author: r.Author,
		EvidenceDate: d.date(r.EvidenceDate), Narrative: r.Narrative, Status: workflow.ReportStatus(r.Status),
		SubmittedAt: d.time(r.SubmittedAt),
	}
	d.json(r.Figures, &report.Values)
	d.json(r.Assessment, &report.Assessment)
	return report
}

func (u *unit) Report(id string) (workflow.Report, error) {
	return one(u, "reading a report", reportRow.report, "id = ?", id)
}

func (u *unit) Reports(taskID string) ([]workflow.Report, error) {
	return all(u, "listing reports", reportRow.report, func(db *gorm.DB) *gorm.DB {
		return db.Where("task_id = ?", taskID).Order("number")
	})
}

func (u *unit) ReportsOf(ids []string) ([]workflow.Report, error) {
	var reports []workflow.Report
	for some := range slices.Chunk(ids, mostRows) {
		found, err := all(u, "reading reports", reportRow.report, func(db *gorm.DB) *gorm.DB {
			return db.Where("id IN ?", some)
		})
		if err != nil {
			return nil, err
		}
		reports = append(reports, found...)
	}
	return reports, nil
}

func (u *unit) InsertReport(r workflow.Report) error {
	_, err := u.exec("inserting report "+r.ID, `INSERT INTO reports
		(id, task_id, number, period, flag_id, author, evidence_date, narrative, figures, assessment, status, submitted_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.TaskID, r.Number, r.Period, r.FlagID, r.Author, r.EvidenceDate.String(), r.Narrative, toJSON(r.Values), toJSON(r.Assessment),
		string(r.Status), toMoment(r.SubmittedAt))
	return err
}

func (u *unit) SaveReportStatus(id string, status workflow.ReportStatus) error {
	return u.change("saving the status of report "+id, func(db *gorm.DB) *gorm.DB {
		return db.Exec("UPDATE reports SET status = ? WHERE id = ?", string(status), id)
	})
}
