package gormstore

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"

	"duban/workflow"
)

// What a group begins with is commonly all kept from the steps before. On MySQL its
// steps then run before there is a transaction, and what they write proves, row by row,
// that they began with what is stored: one packet and one COMMIT are all that the
// database sees of them.

// onKept runs a group on what is kept, and tells the fates of all its steps. Whatever
// does not go well leaves nothing behind, and the group is to be run on what is stored
// (ok is false): a step that is refused or has to read something, a start that is not
// kept or no longer right, a row that somebody has locked, a connection that is lost.
func (s *Store) onKept(ctx context.Context, jobs []*job) (fates []fate, ok bool) {
	starts := s.kept(jobs)
	if starts == nil {
		return nil, false
	}
	u := &unit{ctx: ctx, dialect: s.cfg.Dialect, broken: errUnread}
	var together drafts
	left := map[string]workflow.Start{}
	for i, j := range jobs {
		d := &draft{Reader: u, ahead: j.ahead, began: &starts[i]}
		if f := j.run(d, d.began); f != (fate{}) || u.refused || j.ctx.Err() != nil || !d.provable() {
			return nil, false
		}
		d.leave(starts[i], left)
		together = append(together, d)
	}
	u.broken = nil
	conn, err := s.groups.pool.Conn(ctx)
	if err != nil {
		return nil, false
	}
	defer conn.Close() // gives it back
	u.conn, u.packet = conn, &packet{}
	// Who leaves breaks off a packet, but not what ends the transaction: of that the
	// outcome must be known.
	if errors.Join(u.exec("beginning", anyNumber, "START TRANSACTION"), u.write(together)) != nil {
		_ = u.raw("ROLLBACK") // where that fails too, the connection ends, and with it the transaction
		return nil, false
	}
	fates = make([]fate, len(jobs))
	if err := u.raw("COMMIT"); err != nil {
		cost, failed := ofCommit(ctx, err)
		for i := range fates {
			fates[i] = fate{alone: cost != noRetry, failed: failed}
		}
		return fates, true
	}
	s.lately.keep(left)
	return fates, true
}

// errUnread is what steps get that read before there is a transaction.
var errUnread = errors.New("the step runs on what is kept")

// kept returns what is kept of the starts of all jobs, or nil.
func (s *Store) kept(jobs []*job) []workflow.Start {
	if s.groups == nil {
		return nil
	}
	places, subjects := map[string]int{}, make([]string, len(jobs))
	for i, j := range jobs {
		subjects[i] = subject(j.ahead)
		places[subjects[i]] = i
	}
	starts, found := make([]workflow.Start, len(jobs)), 0
	s.lately.each(subjects, func(subject string, start workflow.Start) {
		if len(start.Retired) > 0 { // which is not proved
			return
		}
		starts[places[subject]] = start
		found++
	})
	if found < len(jobs) {
		return nil
	}
	return starts
}

// raw sends one statement past database/sql, which takes a connection for usable after
// whatever error. This one is closed after any.
func (u *unit) raw(statement string) (err error) {
	ctx := context.WithoutCancel(u.ctx)
	_ = u.conn.Raw(func(conn any) error {
		if _, err = conn.(sqldriver.ExecerContext).ExecContext(ctx, statement, nil); err != nil {
			return sqldriver.ErrBadConn
		}
		return nil
	})
	return err
}

// provable reports whether what the draft writes proves what the step began with.
func (d *draft) provable() bool {
	return d.ahead.Campaign != "" && len(d.saved) == 0 || len(d.saved) == 1 && d.saved[0].task.ID == d.ahead.TaskID
}

// claim locks what a step of a group works on, if that is not locked yet, and saves the
// task if it is one.
func (u *unit) claim(d *draft) error {
	if d.began == nil {
		return each(d.saved, func(s savedTask) error { return u.SaveTask(s.task, s.wasVersion, s.wasState) })
	}
	if code := d.ahead.Campaign; code != "" {
		return u.exec("locking campaign "+code, 1, "UPDATE campaigns c SET c.version = c.version WHERE c.code = ? AND c.version = ? AND "+lastSeq+" = ? AND NOT "+someRetired,
			code, d.began.CampaignVersion, d.began.LastSeq)
	}
	s, was := d.saved[0], d.began.Task
	return u.exec("saving task "+s.task.ID, 1, saveTask+` AND updated_at = ? AND report_id = ? AND flag_id = ?
		AND (SELECT c.version FROM campaigns c WHERE c.code = tasks.campaign) = ?
		AND EXISTS (SELECT 1 FROM report_drafts w WHERE w.task_id = tasks.id) = ?`,
		append(s.values(), toMoment(was.UpdatedAt), was.ReportID, was.FlagID, d.began.CampaignVersion, d.began.Drafted)...)
}
