package gormstore

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
)

// selectWhole reads a task with its newest report, open flag, and the record of
// an idempotency key. The task comes first, so its lock is taken before anything
// else is looked at. Columns of a part that is missing are NULL.
const selectWhole = `SELECT t.campaign, t.code, t.seq, t.region, t.key_task, t.subject, t.requirement, t.measures,
	t.state, t.period, t.report_id, t.flag_id, t.verdict, t.version, t.created_at, t.updated_at,
	(SELECT c.version FROM campaigns c WHERE c.code = t.campaign),
	COALESCE((SELECT MAX(n.number) FROM reports n WHERE n.task_id = t.id), 0),
	r.number, r.period, r.flag_id, r.author, r.evidence_date, r.narrative, r.figures, r.assessment, r.status, r.submitted_at,
	f.period, f.verdict, f.reason, f.rectify_by, f.opened_by, f.opened_at, f.cleared_by, f.cleared_at,
	p.hash, p.answer, p.created_at
	FROM tasks t
	LEFT JOIN reports r ON r.id = t.report_id
	LEFT JOIN flags f ON f.id = t.flag_id
	LEFT JOIN replays p ON p.actor_id = ? AND p.replay_key = ?
	WHERE t.id = ?`

func (u *unit) LockWhole(id, actorID, key string) (workflow.Whole, error) {
	const what = "locking a task with its parts"
	if !findable(id) {
		return workflow.Whole{}, workflow.ErrNoRow
	}
	text := selectWhole
	if u.dialect == migrations.MySQL {
		text += " FOR UPDATE"
	}
	var t taskRow
	var r reportParts
	var f flagParts
	var p replayParts
	var w workflow.Whole
	if _, err := u.run(what, func(db *gorm.DB) *gorm.DB {
		db = db.Raw(text, actorID, key, id)
		_ = db.AddError(noRows(db.Row().Scan(
			&t.Campaign, &t.Code, &t.Seq, &t.Region, &t.KeyTask, &t.Subject, &t.Requirement, &t.Measures,
			&t.State, &t.Period, &t.ReportID, &t.FlagID, &t.Verdict, &t.Version, &t.CreatedAt, &t.UpdatedAt,
			&w.CampaignVersion, &w.LastReport,
			&r.number, &r.period, &r.flagID, &r.author, &r.evidenceDate, &r.narrative, &r.figures, &r.assessment, &r.status, &r.submittedAt,
			&f.period, &f.verdict, &f.reason, &f.rectifyBy, &f.openedBy, &f.openedAt, &f.clearedBy, &f.clearedAt,
			&p.hash, &p.answer, &p.createdAt)))
		return db
	}); err != nil {
		return w, err
	}
	t.ID = id
	var d decoder
	w.Task = t.task(&d)
	if r.number.Valid {
		report := r.row(t).report(&d)
		w.Report = &report
	}
	if f.period.Valid {
		flag := f.row(t).flag(&d)
		w.Flag = &flag
	}
	if p.hash.Valid {
		w.Replay = &workflow.Replay{ActorID: actorID, Key: key, Hash: p.hash.String, Answer: p.answer, CreatedAt: d.time(p.createdAt)}
	}
	return w, u.readable(what, d.err)
}

// noRows says it as GORM does.
func noRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return gorm.ErrRecordNotFound
	}
	return err
}

// reportParts are the columns of a report that may be missing.
type reportParts struct {
	number                                                                       sql.NullInt64
	period, flagID, author, evidenceDate, narrative, figures, assessment, status sql.NullString
	submittedAt                                                                  moment
}

func (r reportParts) row(t taskRow) reportRow {
	return reportRow{
		ID: t.ReportID, TaskID: t.ID, Number: int(r.number.Int64), Period: r.period.String, FlagID: r.flagID.String, Author: r.author.String,
		EvidenceDate: r.evidenceDate.String, Narrative: r.narrative.String, Figures: r.figures.String, Assessment: r.assessment.String,
		Status: r.status.String, SubmittedAt: r.submittedAt,
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

// replayParts are the columns of an idempotency record that may be missing.
type replayParts struct {
	hash      sql.NullString
	answer    []byte
	createdAt moment
}

const selectIdentity = `SELECT k.user_id, k.kind, k.label, k.created_at, k.last_seen, k.expires_at,
	u.login, u.name, u.password_hash, u.disabled, u.version, u.created_at,
	COALESCE(g.role, ''), COALESCE(g.region, '')
	FROM credentials k JOIN users u ON u.id = k.user_id LEFT JOIN grants g ON g.user_id = u.id
	WHERE k.hash = ? ORDER BY g.position`

// Identity is one statement, so it needs no transaction to be consistent.
func (s *Store) Identity(ctx context.Context, hash string) (workflow.Credential, workflow.User, error) {
	c, u := workflow.Credential{Hash: hash}, workflow.User{}
	if !findable(hash) {
		return c, u, workflow.ErrNoRow
	}
	rows, err := s.query(ctx, selectIdentity, hash)
	if err != nil {
		_, failed := translate(ctx, err)
		return c, u, failed
	}
	defer rows.Close()
	var d decoder
	for rows.Next() {
		var k credentialRow
		var row userRow
		var g workflow.Grant
		d.keep(rows.Scan(&k.UserID, &k.Kind, &k.Label, &k.CreatedAt, &k.LastSeen, &k.ExpiresAt,
			&row.Login, &row.Name, &row.PasswordHash, &row.Disabled, &row.Version, &row.CreatedAt, &g.Role, &g.Region))
		if u.ID == "" {
			k.Hash, row.ID = hash, k.UserID
			c, u = k.credential(&d), row.user(&d)
		}
		if g.Role != "" {
			u.Grants = append(u.Grants, g)
		}
	}
	if err := errors.Join(d.err, rows.Err()); err != nil {
		_, failed := translate(ctx, err)
		return c, u, failed
	}
	if u.ID == "" {
		return c, u, workflow.ErrNoRow
	}
	return c, u, nil
}

// query runs one reading statement outside any transaction, prepared from the
// second time on.
func (s *Store) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	stmt := s.read.get(text)
	if stmt == nil {
		s.read.learn(ctx, []string{text})
		return s.pools[len(s.pools)-1].QueryContext(ctx, text, args...)
	}
	return stmt.QueryContext(ctx, args...)
}
