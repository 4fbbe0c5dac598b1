package gormstore

import (
	"cmp"
	"slices"
	"strings"

	"gorm.io/gorm"

	"duban/workflow"
)

// mostWaiting is how many tasks are looked at. An index has them in a row.
const mostWaiting = 2_000

// waitingRow is a task that waits for its district, with the day until which it
// has time.
type waitingRow struct {
	ID       string
	Campaign string
	Region   string
	Seq      int
	Due      string
}

func (r waitingRow) cursor() workflow.TaskCursor {
	return workflow.TaskCursor{Campaign: r.Campaign, Region: r.Region, Seq: r.Seq}
}

func inOrder(a, b waitingRow) int {
	return cmp.Or(strings.Compare(a.Campaign, b.Campaign), strings.Compare(a.Region, b.Region), a.Seq-b.Seq)
}

// Overdue looks at the tasks that wait for their districts, at most mostWaiting
// of them, of whatever region: an index would have to be searched on and on for one
// that has few.
func (u *unit) Overdue(f workflow.OverdueFilter) (workflow.OverdueFound, error) {
	var found workflow.OverdueFound
	if f.Scope.Empty() {
		return found, nil
	}
	unreported, err := u.waiting(f, workflow.Assigned, "p.report_by", "LEFT JOIN periods p ON p.campaign = t.campaign AND p.code = t.period")
	if err != nil {
		return found, err
	}
	unrectified, err := u.waiting(f, workflow.Flagged, "f.rectify_by", "LEFT JOIN tasks whole ON whole.id = t.id LEFT JOIN flags f ON f.id = whole.flag_id")
	if err != nil {
		return found, err
	}
	rows := append(unreported, unrectified...)
	slices.SortFunc(rows, inOrder)
	more := len(rows) >= mostWaiting
	rows = rows[:min(len(rows), mostWaiting)]
	var late []waitingRow
	for _, r := range rows {
		if r.Due >= f.Today.String() || !f.Scope.All && !slices.Contains(f.Scope.Regions, r.Region) || len(f.Regions) > 0 && !slices.Contains(f.Regions, r.Region) {
			continue
		}
		if len(late) == f.Limit {
			last := late[f.Limit-1].cursor()
			found.Next, more = &last, false
			break
		}
		late = append(late, r)
	}
	if more {
		last := rows[len(rows)-1].cursor()
		found.Next = &last
	}
	found.Tasks, err = u.late(late)
	return found, err
}

// waiting returns the first tasks in a state, in the order of lists, with the day
// that a join gives. It is a left join, for which the database must begin with the
// tasks: left to itself, MariaDB begins with the periods of all campaigns.
func (u *unit) waiting(f workflow.OverdueFilter, state workflow.State, due, join string) ([]waitingRow, error) {
	var rows []waitingRow
	_, err := u.run("looking for overdue tasks", func(db *gorm.DB) *gorm.DB {
		some := db.Session(&gorm.Session{NewDB: true}).Table("tasks "+u.through("tasks_state")).
			Select("id, campaign, region, seq, period").Where("state = ?", string(state))
		if f.Campaign != "" {
			some = some.Where("campaign = ?", f.Campaign)
		}
		some = behind(some, f.After).Order("campaign, region, seq").Limit(mostWaiting)
		return db.Table("(?) AS t "+join, some).Select("t.id, t.campaign, t.region, t.seq, " + due + " AS due").Scan(&rows)
	})
	return rows, err
}

// late reads whole tasks for rows, in their order.
func (u *unit) late(rows []waitingRow) ([]workflow.OverdueTask, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	tasks, err := u.TasksOf(ids)
	if err != nil {
		return nil, err
	}
	byID := map[string]workflow.Task{}
	for _, t := range tasks {
		byID[t.ID] = t
	}
	var d decoder
	late := make([]workflow.OverdueTask, len(rows))
	for i, r := range rows {
		late[i] = workflow.OverdueTask{Task: byID[r.ID], Due: d.date(r.Due)}
	}
	return late, u.readable("reading overdue tasks", d.err)
}
