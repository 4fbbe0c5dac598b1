package gormstore

import (
	"database/sql"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
	"duban/workflow/assess"
)

// scoped restricts a statement about tasks t to a campaign and a scope.
func scoped(db *gorm.DB, campaign string, scope workflow.Scope) *gorm.DB {
	db = db.Where("t.campaign = ?", campaign)
	if !scope.All {
		db = db.Where("t.region IN ?", scope.Regions)
	}
	return db
}

// seconds is a moment in Unix seconds, rounded down.
func (u *unit) seconds(column string) string {
	if u.dialect == migrations.SQLite {
		return "CAST(strftime('%s', " + column + ") AS INTEGER)"
	}
	return "TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', " + column + ")"
}

// Counted counts in the database: a row comes back for each group, not for each task.
func (u *unit) Counted(f workflow.CountedFilter) (workflow.Counted, error) {
	s := workflow.NewCounted()
	if f.Scope.Empty() {
		return s, nil
	}
	for _, count := range []func(workflow.CountedFilter, workflow.Counted) error{u.countStates, u.countVerdicts, u.countUnreported, u.countUnrectified} {
		if err := count(f, s); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (u *unit) countStates(f workflow.CountedFilter, s workflow.Counted) error {
	var rows []struct {
		Region, State string
		Tasks         int
		Seconds       int64
		Oldest        moment
	}
	if _, err := u.run("counting states", func(db *gorm.DB) *gorm.DB {
		return scoped(db.Table("tasks t"), f.Campaign, f.Scope).Group("t.region, t.state").
			Select("t.region, t.state, COUNT(*) AS tasks, SUM(" + u.seconds("t.updated_at") + ") AS seconds, MIN(t.updated_at) AS oldest").Scan(&rows)
	}); err != nil {
		return err
	}
	var d decoder
	for _, r := range rows {
		s.States[workflow.RegionState{Region: r.Region, State: workflow.State(r.State)}] = workflow.Wait{Tasks: r.Tasks, Seconds: r.Seconds, Oldest: d.time(r.Oldest)}
	}
	return u.readable("counting states", d.err)
}

// countVerdicts counts the newest counting review of each task and period; the id, a
// UUID of version 7, decides between two of the same microsecond.
func (u *unit) countVerdicts(f workflow.CountedFilter, s workflow.Counted) error {
	var rows []struct {
		Region, Period, Verdict string
		Tasks                   int
	}
	if _, err := u.run("counting verdicts", func(db *gorm.DB) *gorm.DB {
		newest := scoped(db.Session(&gorm.Session{NewDB: true}).Table("tasks t"), f.Campaign, f.Scope).
			Joins("JOIN reviews r ON r.task_id = t.id").Where("t.state <> ? AND r.verdict <> ''", string(workflow.Cancelled)).
			Select("t.region, r.period, r.verdict, ROW_NUMBER() OVER (PARTITION BY r.task_id, r.period ORDER BY r.at DESC, r.id DESC) AS place")
		return db.Table("(?) AS newest", newest).Where("place = 1").Group("region, period, verdict").
			Select("region, period, verdict, COUNT(*) AS tasks").Scan(&rows)
	}); err != nil {
		return err
	}
	for _, r := range rows {
		s.Verdicts[workflow.RegionVerdict{Region: r.Region, Period: r.Period, Verdict: assess.Verdict(r.Verdict)}] = r.Tasks
	}
	return nil
}

// countUnreported counts the tasks whose report-by date has passed, countUnrectified
// those whose rectify-by date has.
func (u *unit) countUnreported(f workflow.CountedFilter, s workflow.Counted) error {
	return u.countLate(f, s, workflow.Assigned, "JOIN periods p ON p.campaign = t.campaign AND p.code = t.period", "p.report_by < ?")
}

func (u *unit) countUnrectified(f workflow.CountedFilter, s workflow.Counted) error {
	return u.countLate(f, s, workflow.Flagged, "JOIN flags f ON f.id = t.flag_id", "f.rectify_by < ?")
}

func (u *unit) countLate(f workflow.CountedFilter, s workflow.Counted, state workflow.State, join, late string) error {
	var rows []struct {
		Region string
		Tasks  int
	}
	if _, err := u.run("counting overdue tasks", func(db *gorm.DB) *gorm.DB {
		return scoped(db.Table("tasks t"), f.Campaign, f.Scope).Joins(join).Where("t.state = ?", string(state)).Where(late, f.Today.String()).
			Group("t.region").Select("t.region, COUNT(*) AS tasks").Scan(&rows)
	}); err != nil {
		return err
	}
	for _, r := range rows {
		s.Overdue[r.Region] += r.Tasks
	}
	return nil
}

// Progress reads the columns that a forecast needs, of tasks that have something to
// forecast.
func (u *unit) Progress(scope workflow.Scope, campaign string, ended []workflow.State) ([]workflow.Progress, error) {
	if scope.Empty() {
		return nil, nil
	}
	type row struct {
		ID, Code, Region, Subject, Measures string
		Seq                                 int
		Period, EvidenceDate, Figures       sql.NullString
	}
	var rows []row
	if _, err := u.run("reading progress", func(db *gorm.DB) *gorm.DB {
		db = scoped(db.Table("tasks t"), campaign, scope).Where("t.measures LIKE ?", `%"`+string(assess.Cumulative)+`"%`).
			Joins(`LEFT JOIN reports r ON r.task_id = t.id AND r.number = (SELECT MAX(x.number) FROM reports x
				WHERE x.task_id = t.id AND x.status NOT IN ?)`, []string{string(workflow.Withdrawn), string(workflow.Returned)})
		if len(ended) > 0 {
			db = db.Where("t.state NOT IN ?", ended)
		}
		return db.Select("t.id, t.code, t.region, t.seq, t.subject, t.measures, r.period, r.evidence_date, r.figures").
			Order("t.campaign, t.region, t.seq").Scan(&rows)
	}); err != nil {
		return nil, err
	}
	var d decoder
	list := make([]workflow.Progress, 0, len(rows))
	for _, r := range rows {
		p := workflow.Progress{
			Task:   workflow.Task{ID: r.ID, Code: r.Code, Region: r.Region, Seq: r.Seq, Subject: r.Subject},
			Period: r.Period.String, EvidenceDate: d.date(r.EvidenceDate.String),
		}
		d.json(r.Measures, &p.Task.Measures)
		if r.Figures.Valid {
			d.json(r.Figures.String, &p.Values)
		}
		list = append(list, p)
	}
	return list, u.readable("reading progress", d.err)
}
