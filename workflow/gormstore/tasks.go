package gormstore

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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
	Due         string
}

func (taskRow) TableName() string { return "tasks" }

func (r taskRow) task(d *decoder) workflow.Task {
	t := workflow.Task{
		ID: r.ID, Campaign: r.Campaign, Code: r.Code, Seq: r.Seq, Region: r.Region, Key: r.KeyTask,
		Subject: r.Subject, Requirement: r.Requirement,
		State: workflow.State(r.State), Period: r.Period, ReportID: r.ReportID, FlagID: r.FlagID, Verdict: assess.Verdict(r.Verdict),
		Version: r.Version, CreatedAt: d.time(r.CreatedAt), UpdatedAt: d.time(r.UpdatedAt), Due: d.date(r.Due),
	}
	d.json(r.Measures, &t.Measures)
	return t
}

func (u *unit) Task(id string) (workflow.Task, error) {
	return one(u, "reading a task", taskRow.task, "id = ?", id)
}

func (u *unit) TasksOf(ids []string) ([]workflow.Task, error) {
	return of(ids, func(some []string) ([]workflow.Task, error) {
		return all(u, "reading tasks", taskRow.task, func(db *gorm.DB) *gorm.DB { return db.Where("id IN ?", some) })
	})
}

func (u *unit) TaskByCode(campaign, code string) (workflow.Task, error) {
	return one(u, "reading a task by code", taskRow.task, "campaign = ? AND code = ?", campaign, code)
}

func (u *unit) Tasks(f workflow.TaskFilter) ([]workflow.Task, error) {
	if f.Scope.Empty() {
		return nil, nil
	}
	if f.ByDue {
		return u.tasksByDue(f)
	}
	if f.ByWait {
		return u.tasksByWait(f)
	}
	return all(u, "listing tasks", taskRow.task, func(db *gorm.DB) *gorm.DB { return filterTasks(db, f) })
}

// behind selects the tasks after a place in the order of the list.
func behind(db *gorm.DB, c *workflow.TaskCursor) *gorm.DB {
	if c == nil {
		return db
	}
	// The first condition is implied; it lets both databases start in the index.
	return db.Where("campaign >= ? AND (campaign > ? OR region > ? OR (region = ? AND seq > ?))",
		c.Campaign, c.Campaign, c.Region, c.Region, c.Seq)
}

// likeEscapes makes a text match only itself. The escape character is not the
// backslash, which MySQL reads once more in literals.
var likeEscapes = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// likeText is the pattern that finds a text in a column search.
func likeText(text string) string { return "%" + likeEscapes.Replace(workflow.FoldText(text)) + "%" }

func (u *unit) InsertTasks(tasks []workflow.Task) error {
	return u.insertAll("inserting tasks", tasksTable.into, valuesOf(tasks, taskValues))
}

func (u *unit) SaveTask(t workflow.Task, wasVersion int, wasState workflow.State) error {
	return u.exec("saving task "+t.ID, 1, saveTask, savedTask{t, wasVersion, wasState}.values()...)
}

const saveTask = `UPDATE tasks SET state = ?, period = ?, report_id = ?, flag_id = ?, verdict = ?, version = ?, updated_at = ?, due = ?
	WHERE id = ? AND version = ? AND state = ?`

// values are those of saveTask.
func (s savedTask) values() []any {
	t := s.task
	return []any{string(t.State), t.Period, t.ReportID, t.FlagID, string(t.Verdict), t.Version, toMoment(t.UpdatedAt), t.Due.String(), t.ID, s.wasVersion, string(s.wasState)}
}

type reportRow struct {
	ID           string `gorm:"primaryKey"`
	TaskID       string
	Number       int
	Period       string
	FlagID       string
	Author       string
	OnBehalf     string
	EvidenceDate string
	Narrative    string
	Figures      string
	Assessment   string
	Warnings     string // empty for none
	Status       string
	SubmittedAt  moment
	Evidence     string // empty: none
}

func (reportRow) TableName() string { return "reports" }

func (r reportRow) report(d *decoder) workflow.Report {
	report := workflow.Report{
		ID: r.ID, TaskID: r.TaskID, Number: r.Number, Period: r.Period, FlagID: r.FlagID, Author: r.Author, OnBehalf: r.OnBehalf,
		EvidenceDate: d.date(r.EvidenceDate), Narrative: r.Narrative, Status: workflow.ReportStatus(r.Status),
		SubmittedAt: d.time(r.SubmittedAt),
	}
	d.json(r.Figures, &report.Values)
	d.json(r.Assessment, &report.Assessment)
	if r.Evidence != "" {
		d.json(r.Evidence, &report.Evidence)
	}
	if r.Warnings != "" {
		d.json(r.Warnings, &report.Warnings)
	}
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
	return of(ids, func(some []string) ([]workflow.Report, error) {
		return all(u, "reading reports", reportRow.report, func(db *gorm.DB) *gorm.DB { return db.Where("id IN ?", some) })
	})
}

func (u *unit) ReportsIn(campaign, period string) ([]workflow.Report, error) {
	return all(u, "reading the reports of a period", reportRow.report, func(db *gorm.DB) *gorm.DB {
		return db.Where(inPeriod, campaign, period).Order("task_id, number")
	})
}

func (u *unit) InsertReport(r workflow.Report) error {
	return u.insertReports([]workflow.Report{r})
}

func (u *unit) insertReports(reports []workflow.Report) error {
	return u.insertAll("inserting reports", reportsTable.into, valuesOf(reports, reportValues))
}

func (u *unit) SaveReportStatus(id string, status workflow.ReportStatus) error {
	return u.saveReportStatuses([]reportStatus{{id, status}})
}

// saveReportStatuses changes the statuses of reports, all that get the same one together.
func (u *unit) saveReportStatuses(changes []reportStatus) error {
	ids := map[workflow.ReportStatus][]any{}
	for _, c := range changes {
		ids[c.status] = append(ids[c.status], c.id)
	}
	for _, status := range slices.Sorted(maps.Keys(ids)) {
		reports := ids[status]
		err := u.exec(fmt.Sprintf("saving %s as the status of reports %s", status, reports), int64(len(reports)),
			"UPDATE reports SET status = ? WHERE id IN (?"+strings.Repeat(",?", len(reports)-1)+")", append([]any{string(status)}, reports...)...)
		if err != nil {
			return err
		}
	}
	return nil
}
