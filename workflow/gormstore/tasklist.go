package gormstore

import (
	"slices"
	"strings"

	"gorm.io/gorm"

	"duban/workflow"
	"duban/workflow/assess"
)

// conditions are those of a filter on tasks t, but for its place in the list and the
// regions: each is true or a text with its arguments.
func conditions(f workflow.TaskFilter) (text string, args []any) {
	var all []string
	add := func(condition string, values ...any) {
		all, args = append(all, condition), append(args, values...)
	}
	if f.Campaign != "" {
		add("t.campaign = ?", f.Campaign)
	}
	if len(f.States) > 0 {
		add("t.state IN ?", f.States)
	}
	if len(f.Verdicts) > 0 {
		add("t.verdict IN ?", f.Verdicts)
	}
	if f.Key != nil {
		add("t.key_task = ?", *f.Key)
	}
	if f.Text != "" {
		add("t.search LIKE ? ESCAPE '!'", likeText(f.Text))
	}
	if f.Period != "" {
		add("t.period = ?", f.Period)
	}
	if f.Flagged != nil {
		add("(t.flag_id <> '') = ?", *f.Flagged)
	}
	if f.Overdue {
		add("t.due > '' AND t.due < ?", f.Today.String())
	}
	if len(f.Lights) > 0 {
		add("("+lightText+") IN ?", f.Today.String(), workflow.Soon(f.Today).String(), f.Lights)
	}
	if f.NotBy != nil {
		add("EXISTS (SELECT 1 FROM reports r WHERE r.id = t.report_id AND r.author NOT IN ? AND r.on_behalf NOT IN ?)", f.NotBy, f.NotBy)
	}
	if f.ByDue {
		add("t.due > ''")
	}
	if len(all) == 0 {
		return "TRUE", nil
	}
	return strings.Join(all, " AND "), args
}

// lightText is workflow.Task.Light for a day and the last one that is soon.
var lightText = `CASE WHEN t.state IN ('` + string(workflow.Closed) + `', '` + string(workflow.Cancelled) + `') THEN '` + string(workflow.Unlit) + `'
	WHEN (t.due > '' AND t.due < ?) OR t.state = '` + string(workflow.Flagged) + `' OR t.verdict IN ('` + string(assess.Behind) + `', '` + string(assess.Lagging) + `') THEN '` + string(workflow.Red) + `'
	WHEN (t.due > '' AND t.due <= ?) OR t.verdict = '` + string(assess.Nearly) + `' THEN '` + string(workflow.Yellow) + `'
	ELSE '` + string(workflow.Green) + `' END`

// within adds the regions of a filter.
func within(db *gorm.DB, f workflow.TaskFilter) *gorm.DB {
	if !f.Scope.All {
		db = db.Where("t.region IN ?", f.Scope.Regions)
	}
	if len(f.Regions) > 0 {
		db = db.Where("t.region IN ?", f.Regions)
	}
	return db
}

func filterTasks(db *gorm.DB, f workflow.TaskFilter) *gorm.DB {
	text, args := conditions(f)
	db = behind(within(db.Table("tasks t"), f).Where(text, args...), f.After)
	if f.Limit > 0 {
		db = db.Limit(f.Limit)
	}
	return db.Order("campaign, region, seq")
}

// tasksByWait goes along the index of a state by the time of the last change.
func (u *unit) tasksByWait(f workflow.TaskFilter) ([]workflow.Task, error) {
	text, args := conditions(f)
	return all(u, "listing tasks by how long they wait", taskRow.task, func(db *gorm.DB) *gorm.DB {
		db = within(db.Table("tasks t "+u.through("tasks_changed")).Select("t.*"), f).Where(text, args...)
		if c := f.After; c != nil {
			// The first condition is implied; it lets both databases start in the index.
			at := toMoment(c.Since)
			db = db.Where("t.updated_at >= ? AND (t.updated_at > ? OR t.id > ?)", at, at, c.ID)
		}
		if f.Limit > 0 {
			db = db.Limit(f.Limit)
		}
		return db.Order("t.updated_at, t.id")
	})
}

func (u *unit) CountTasks(f workflow.TaskFilter, most int) (int, error) {
	if f.Scope.Empty() {
		return 0, nil
	}
	f.ByDue = false
	text, args := conditions(f)
	var n int64
	_, err := u.run("counting tasks", func(db *gorm.DB) *gorm.DB {
		some := within(db.Session(&gorm.Session{NewDB: true}).Table("tasks t").Select("1"), f).Where(text, args...).Limit(most)
		return db.Table("(?) AS some", some).Count(&n)
	})
	return int(n), err
}

// placedRow is a task by where it is among those that are due.
type placedRow struct {
	ID       string
	Campaign string
	Region   string
	Seq      int
	Due      string
	State    string
	Period   string
}

const placedColumns = "t.id, t.campaign, t.region, t.seq, t.due, t.state, t.period"

// byDueIn is byDue for one campaign, which has few enough tasks to sort.
func (u *unit) byDueIn(f workflow.TaskFilter) ([]placedRow, error) {
	var rows []placedRow
	text, args := conditions(f)
	_, err := u.run("listing tasks by due date", func(db *gorm.DB) *gorm.DB {
		db = within(db.Table("tasks t "+u.through("tasks_seq")).Select(placedColumns), f).Where(text, args...)
		if c := f.After; c != nil {
			db = db.Where("t.due > ? OR (t.due = ? AND (t.region > ? OR (t.region = ? AND t.seq > ?)))", c.Due, c.Due, c.Region, c.Region, c.Seq)
		}
		return db.Order("t.due, t.region, t.seq").Limit(f.Limit).Scan(&rows)
	})
	return rows, err
}

// byDue returns the first tasks by due date that a filter selects. Each region has
// them in a row in the index, so a part of the statement reads each region's first
// ones.
func (u *unit) byDue(f workflow.TaskFilter) ([]placedRow, error) {
	if f.Campaign != "" {
		return u.byDueIn(f)
	}
	scope := f.Scope
	if scope.All {
		regions, err := u.Regions()
		if err != nil {
			return nil, err
		}
		scope = workflow.Scope{}
		for _, r := range regions {
			scope.Regions = append(scope.Regions, r.Code)
		}
	}
	where, values := conditions(f)
	var rows []placedRow
	// SQLite takes at most 500 parts in one statement.
	for regions := range slices.Chunk(scope.Within(f.Regions).Regions, 100) {
		var parts []string
		var args []any
		for _, region := range regions {
			beyond, place := beyondDue(f.After, region)
			parts = append(parts, "SELECT * FROM (SELECT "+placedColumns+" FROM tasks t "+u.through("tasks_due")+
				" WHERE t.region = ? AND t.due > '' AND "+where+beyond+" ORDER BY t.due, t.campaign, t.seq LIMIT ?) AS part")
			args = append(append(append(append(args, region), values...), place...), f.Limit)
		}
		var some []placedRow
		if _, err := u.run("listing tasks by due date", func(db *gorm.DB) *gorm.DB {
			return db.Raw(strings.Join(parts, " UNION ALL "), args...).Scan(&some)
		}); err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	slices.SortFunc(rows, func(a, b placedRow) int {
		if c := strings.Compare(a.Due, b.Due); c != 0 {
			return c
		}
		return inOrder(waitingRow{Campaign: a.Campaign, Region: a.Region, Seq: a.Seq}, waitingRow{Campaign: b.Campaign, Region: b.Region, Seq: b.Seq})
	})
	return rows[:min(len(rows), f.Limit)], nil
}

// beyondDue is the condition for the tasks of a region that come after a place.
func beyondDue(c *workflow.TaskCursor, region string) (text string, args []any) {
	if c == nil {
		return "", nil
	}
	// The first condition is implied; it lets the database start in the index.
	switch order := strings.Compare(region, c.Region); {
	case order < 0:
		return " AND t.due >= ? AND (t.due > ? OR t.campaign > ?)", []any{c.Due, c.Due, c.Campaign}
	case order > 0:
		return " AND t.due >= ? AND (t.due > ? OR t.campaign >= ?)", []any{c.Due, c.Due, c.Campaign}
	}
	return " AND t.due >= ? AND (t.due > ? OR t.campaign > ? OR (t.campaign = ? AND t.seq > ?))", []any{c.Due, c.Due, c.Campaign, c.Campaign, c.Seq}
}

func (u *unit) tasksByDue(f workflow.TaskFilter) ([]workflow.Task, error) {
	rows, err := u.byDue(f)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	tasks, err := u.TasksOf(ids)
	slices.SortFunc(tasks, func(a, b workflow.Task) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return tasks, err
}

func (u *unit) Waiting(s workflow.Scope, limit int) ([]workflow.WaitingTask, error) {
	if s.Empty() {
		return nil, nil
	}
	rows, err := u.byDue(workflow.TaskFilter{Scope: s, ByDue: true, Limit: limit})
	if err != nil {
		return nil, err
	}
	var assigned []string
	for _, r := range rows {
		if r.State == string(workflow.Assigned) {
			assigned = append(assigned, r.ID)
		}
	}
	returned, err := of(assigned, func(some []string) ([]placedRow, error) {
		var found []placedRow
		_, err := u.run("looking for returned reports", func(db *gorm.DB) *gorm.DB {
			return db.Raw(`SELECT r.task_id AS id, r.period FROM reports r WHERE r.task_id IN ? AND r.status = ?
				AND NOT EXISTS (SELECT 1 FROM reports later WHERE later.task_id = r.task_id AND later.number > r.number)`, some, string(workflow.Returned)).Scan(&found)
		})
		return found, err
	})
	if err != nil {
		return nil, err
	}
	back := map[string]string{} // task to period
	for _, r := range returned {
		back[r.ID] = r.Period
	}
	var d decoder
	list := make([]workflow.WaitingTask, len(rows))
	for i, r := range rows {
		list[i] = workflow.WaitingTask{ID: r.ID, State: workflow.State(r.State), Due: d.date(r.Due), Returned: back[r.ID] == r.Period}
	}
	return list, u.readable("reading tasks by due date", d.err)
}

// headColumns are those of ReportHeads; the others of a row stay empty.
const headColumns = "r.id, r.task_id, r.number, r.period, r.flag_id, r.author, r.on_behalf, r.status, r.submitted_at"

func (r reportRow) head(d *decoder) workflow.Report {
	return workflow.Report{
		ID: r.ID, TaskID: r.TaskID, Number: r.Number, Period: r.Period, FlagID: r.FlagID, Author: r.Author, OnBehalf: r.OnBehalf,
		Status: workflow.ReportStatus(r.Status), SubmittedAt: d.time(r.SubmittedAt),
	}
}

func (u *unit) ReportHeads(ids []string) ([]workflow.Report, error) {
	return of(ids, func(some []string) ([]workflow.Report, error) {
		return all(u, "reading who reported", reportRow.head, func(db *gorm.DB) *gorm.DB {
			return db.Table("reports r").Select(headColumns).Where("r.id IN ?", some)
		})
	})
}

func (u *unit) WaitingReports(s workflow.Scope, limit int) ([]workflow.Report, error) {
	if s.Empty() {
		return nil, nil
	}
	return all(u, "looking for reports that wait", reportRow.head, func(db *gorm.DB) *gorm.DB {
		some := db.Session(&gorm.Session{NewDB: true}).Table("tasks t "+u.through("tasks_state")).Select("t.report_id").Where("t.state = ?", string(workflow.Reported))
		if !s.All {
			some = some.Where("t.region IN ?", s.Regions)
		}
		return db.Table("(?) AS waiting JOIN reports r ON r.id = waiting.report_id", some.Limit(limit)).Select(headColumns)
	})
}

func (u *unit) PeriodsOf(campaigns []string) (map[string][]workflow.Period, error) {
	byCampaign := map[string][]workflow.Period{}
	_, err := of(campaigns, func(some []string) ([]struct{}, error) {
		rows, err := all(u, "reading periods", periodRow.period, func(db *gorm.DB) *gorm.DB {
			return db.Table("periods").Where("campaign IN ?", some).Order("cutoff, code")
		})
		for _, r := range rows {
			byCampaign[r.campaign] = append(byCampaign[r.campaign], r.Period)
		}
		return nil, err
	})
	return byCampaign, err
}

type periodRow struct {
	Campaign, Code, Label, Cutoff, ReportBy string
}

func (r periodRow) period(d *decoder) periodOf {
	return periodOf{r.Campaign, workflow.Period{Code: r.Code, Label: r.Label, Cutoff: d.date(r.Cutoff), ReportBy: d.date(r.ReportBy)}}
}

// periodOf is a period of a campaign.
type periodOf struct {
	campaign string
	workflow.Period
}
