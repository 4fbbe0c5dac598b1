package gormstore

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

	"duban/migrations"
	"duban/workflow"
)

// selectStart reads tasks with their newest reports and open flags. The task comes
// first, so its lock is taken before anything else is looked at. Columns of a part
// that is missing are NULL.
const selectStart = `SELECT t.id, t.campaign, t.code, t.seq, t.region, t.key_task, t.subject, t.requirement, t.measures,
	t.state, t.period, t.report_id, t.flag_id, t.verdict, t.version, t.created_at, t.updated_at, t.due,
	(SELECT c.version FROM campaigns c WHERE c.code = t.campaign),
	COALESCE((SELECT MAX(n.number) FROM reports n WHERE n.task_id = t.id), 0),
	EXISTS (SELECT 1 FROM report_drafts w WHERE w.task_id = t.id),
	r.number, r.period, r.flag_id, r.author, r.on_behalf, r.evidence_date, r.narrative, r.figures, r.assessment, r.warnings, r.status, r.submitted_at, r.evidence,
	f.period, f.verdict, f.reason, f.rectify_by, f.opened_by, f.opened_at, f.cleared_by, f.cleared_at
	FROM tasks t
	LEFT JOIN reports r ON r.id = t.report_id
	LEFT JOIN flags f ON f.id = t.flag_id
	WHERE t.id IN (?`

// selectCampaignStart reads what the assignment of a task depends on.
const selectCampaignStart = "SELECT c.code, c.version, " + lastSeq + ", " + retiredRegions + " FROM campaigns c WHERE c.code IN (?"

// lastSeq is the number of campaign c's last task.
const lastSeq = "COALESCE((SELECT MAX(t.seq) FROM tasks t WHERE t.campaign = c.code), 0)"

// retiredRegions are those of campaign c, with commas between.
const retiredRegions = "COALESCE((SELECT GROUP_CONCAT(r.code)" + fromRetired + "), '')"

// someRetired is whether there are any.
const someRetired = "EXISTS (SELECT 1" + fromRetired + ")"

const fromRetired = ` FROM campaign_regions cr JOIN regions r ON r.code = cr.region
	WHERE cr.campaign = c.code AND r.retired <> 0`

// startsOf runs one of the two for several identities, and read for each row.
func (u *unit) startsOf(what, text, lock string, identities []string, read func(scan func(...any) error) error) error {
	text += strings.Repeat(",?", len(identities)-1) + ")" + lock
	args := make([]any, len(identities))
	for i, identity := range identities {
		args[i] = identity
	}
	return u.stream(what, text, args, func(rows *sql.Rows) error {
		if err := read(rows.Scan); err != nil {
			return u.failed(what, err) // a caller who leaves closes the rows at any moment
		}
		return nil
	})
}

// starts locks and reads what the jobs of a group begin with, where it is not kept. A
// place is nil where there is nothing, or where somebody else has locked it: a group
// waits for nobody.
func (u *unit) starts(jobs []*job, kept *recent[workflow.Start]) ([]*workflow.Start, error) {
	var tasks, campaigns []string
	places := map[string]int{} // of subjects
	for i, j := range jobs {
		switch a := j.ahead; {
		case a.TaskID != "" && findable(a.TaskID):
			tasks, places[a.TaskID] = append(tasks, a.TaskID), i
		case a.Campaign != "" && findable(a.Campaign):
			campaigns, places[subject(a)] = append(campaigns, a.Campaign), i
		}
	}
	lock := ""
	if u.dialect == migrations.MySQL {
		lock = " FOR UPDATE SKIP LOCKED"
	}
	found := make([]*workflow.Start, len(jobs))
	tasks, err := u.proved(kept, tasks, lock, func(start workflow.Start) { found[places[start.Task.ID]] = &start })
	if err != nil {
		return nil, err
	}
	if len(tasks) > 0 {
		if err := u.startsOf("locking tasks", selectStart, lock, tasks, func(scan func(...any) error) error {
			start, whole, err := scanStart(scan)
			if whole {
				found[places[start.Task.ID]] = &start
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	if len(campaigns) > 0 {
		if err := u.startsOf("locking campaigns", selectCampaignStart, lock, campaigns, func(scan func(...any) error) error {
			code, start, err := scanCampaignStart(scan)
			if err == nil {
				found[places[subject(workflow.Ahead{Campaign: code})]] = &start
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// start locks and reads what a step by itself begins with. It waits for whoever
// has locked it.
func (u *unit) start(ahead workflow.Ahead) (workflow.Start, error) {
	start, err := u.lock(ahead)
	if err != nil || ahead.Key == "" {
		return start, err
	}
	replay, err := u.Replay(ahead.ActorID, ahead.Key)
	switch {
	case err == nil:
		start.Replay = &replay
	case !errors.Is(err, workflow.ErrNoRow):
		return start, err
	}
	return start, nil
}

func (u *unit) lock(ahead workflow.Ahead) (workflow.Start, error) {
	if ahead.Campaign == "" {
		return u.LockTask(ahead.TaskID)
	}
	var start workflow.Start
	if _, err := u.LockCampaign(ahead.Campaign); err != nil {
		return start, err
	}
	err := u.startsOf("reading a campaign's last task number", selectCampaignStart, "", []string{ahead.Campaign}, func(scan func(...any) error) (err error) {
		_, start, err = scanCampaignStart(scan)
		return err
	})
	return start, err
}

// scanCampaignStart reads a row of selectCampaignStart.
func scanCampaignStart(scan func(...any) error) (code string, start workflow.Start, err error) {
	var retired string
	err = scan(&code, &start.CampaignVersion, &start.LastSeq, &retired)
	if retired != "" {
		start.Retired = strings.Split(retired, ",")
		slices.Sort(start.Retired)
	}
	return code, start, err
}

// LockTask locks first and reads then, like LockCampaign.
func (u *unit) LockTask(id string) (workflow.Start, error) {
	var start workflow.Start
	if !findable(id) {
		return start, workflow.ErrNoRow
	}
	if err := u.lockRow("tasks", "id = ?", id); err != nil {
		return start, err
	}
	found := false
	err := u.startsOf("reading a task with its parts", selectStart, "", []string{id}, func(scan func(...any) error) (err error) {
		found = true
		start, _, err = scanStart(scan)
		return err
	})
	if err == nil && !found {
		err = workflow.ErrNoRow
	}
	return start, err
}

// scanStart reads a row of selectStart. It is not whole where a part is missing
// that the task has.
func scanStart(scan func(...any) error) (start workflow.Start, whole bool, err error) {
	var t taskRow
	var r reportParts
	var f flagParts
	if err := scan(
		&t.ID, &t.Campaign, &t.Code, &t.Seq, &t.Region, &t.KeyTask, &t.Subject, &t.Requirement, &t.Measures,
		&t.State, &t.Period, &t.ReportID, &t.FlagID, &t.Verdict, &t.Version, &t.CreatedAt, &t.UpdatedAt, &t.Due,
		&start.CampaignVersion, &start.LastReport, &start.Drafted,
		&r.number, &r.period, &r.flagID, &r.author, &r.onBehalf, &r.evidenceDate, &r.narrative, &r.figures, &r.assessment, &r.warnings, &r.status, &r.submittedAt, &r.evidence,
		&f.period, &f.verdict, &f.reason, &f.rectifyBy, &f.openedBy, &f.openedAt, &f.clearedBy, &f.clearedAt,
	); err != nil {
		return start, false, err
	}
	var d decoder
	start.Task = t.task(&d)
	if r.number.Valid {
		report := r.row(t).report(&d)
		start.Report = &report
	}
	if f.period.Valid {
		flag := f.row(t).flag(&d)
		start.Flag = &flag
	}
	return start, (start.Report != nil) == (t.ReportID != "") && (start.Flag != nil) == (t.FlagID != ""), d.err
}

// reportParts are the columns of a report that may be missing.
type reportParts struct {
	number                                                                                                     sql.NullInt64
	period, flagID, author, onBehalf, evidenceDate, narrative, figures, assessment, warnings, status, evidence sql.NullString
	submittedAt                                                                                                moment
}

func (r reportParts) row(t taskRow) reportRow {
	return reportRow{
		ID: t.ReportID, TaskID: t.ID, Number: int(r.number.Int64), Period: r.period.String, FlagID: r.flagID.String, Author: r.author.String, OnBehalf: r.onBehalf.String,
		EvidenceDate: r.evidenceDate.String, Narrative: r.narrative.String, Figures: r.figures.String, Assessment: r.assessment.String,
		Warnings: r.warnings.String, Status: r.status.String, SubmittedAt: r.submittedAt, Evidence: r.evidence.String,
	}
}

// flagParts are the columns of a flag that may be missing.
type flagParts struct {
	period, verdict, reason, rectifyBy, openedBy, clearedBy sql.NullString
	openedAt, clearedAt                                     moment
}

func (f flagParts) row(t taskRow) flagRow {
	return flagRow{
		ID: t.FlagID, TaskID: t.ID, Period: f.period.String, Verdict: f.verdict.String, Reason: f.reason.String, RectifyBy: f.rectifyBy.String,
		OpenedBy: f.openedBy.String, OpenedAt: f.openedAt, ClearedBy: f.clearedBy.String, ClearedAt: f.clearedAt,
	}
}
