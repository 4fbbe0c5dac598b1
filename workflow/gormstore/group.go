package gormstore

import (
	"context"
	"errors"
	"time"

	"duban/workflow"
)

const (
	// mostTogether bounds the steps that share one transaction, and so what has to
	// run again when one of them breaks it.
	mostTogether = 32
	// mysqlGroups is how many groups MySQL runs at once: while one is written, the
	// steps of another are asked for and answered. SQLite has one writer.
	mysqlGroups = 3
	// crowd is how many steps wait before MySQL runs another group: fewer cost less
	// in the next.
	crowd = 3
	// company is how long MySQL waits for steps that may go together with those that
	// wait already: what it costs to run a group hardly depends on its size.
	company = 4 * time.Millisecond
)

// A group is the steps that wait at the same time and share one transaction: one
// look at all their tasks, where not all is kept (see onKept), one INSERT for the rows
// of each table, one commit. No two of them concern the same task or campaign. What
// goes wrong in company (a duplicate, a deadlock, a row that somebody else has locked)
// is settled by running each step again by itself; nobody gets an answer before the
// commit.

// job is a step that waits. The worker runs fn: a change of goroutines for each
// would cost more than most of what is done in it.
type job struct {
	ctx   context.Context
	ahead workflow.Ahead
	fn    func(workflow.StepTx, *workflow.Start) error
	fate  chan fate
}

// fate is how a job went.
type fate struct {
	alone    bool // it is to run again, by itself
	failed   error
	panicked any // what fn panicked with, or whoever ran it
}

// Step runs fn in a transaction that it may share; see workflow.Store.
func (s *Store) Step(ctx context.Context, ahead workflow.Ahead, fn func(workflow.StepTx, *workflow.Start) error) error {
	j := &job{ctx: ctx, ahead: ahead, fn: fn, fate: make(chan fate, 1)}
	s.steps.join(j)
	f := s.wait(j)
	switch {
	case f.panicked != nil:
		panic(f.panicked) // where the caller expects it
	case !f.alone:
		s.doubt(f.failed)
		return f.failed
	}
	return s.Update(ctx, func(tx workflow.Tx) error {
		start, err := tx.(*unit).start(ahead)
		if errors.Is(err, workflow.ErrNoRow) {
			return fn(tx, nil)
		}
		if err != nil {
			return err
		}
		return fn(tx, &start)
	})
}

// wait returns when the job's fate is known.
func (s *Store) wait(j *job) fate {
	select {
	case f := <-j.fate:
		return f
	case <-j.ctx.Done():
		if s.steps.leave(j) {
			return fate{failed: errStopped.Because(context.Cause(j.ctx))}
		}
		return <-j.fate // it has begun, and will be told how it ended
	}
}

// run runs fn on a draft; a panic goes back to the caller.
func (j *job) run(d *draft, start *workflow.Start) (f fate) {
	f.failed = errAborted
	defer func() { f.panicked = recover() }()
	f.failed = j.fn(d, start)
	return f
}

// errAborted is the error of an fn that did not return.
var errAborted = workflow.NewError(workflow.Internal, "store.aborted", "操作异常中止，没有保存任何内容", "The operation broke off; nothing was saved")

// pickGroup takes jobs that can go together.
func pickGroup(waiting []*job) (now, later []*job) {
	taken := map[string]bool{}
	for _, j := range waiting {
		subject := subject(j.ahead)
		if len(now) == mostTogether || taken[subject] {
			later = append(later, j)
			continue
		}
		taken[subject] = true
		now = append(now, j)
	}
	return now, later
}

// together runs one transaction and returns the fates of the jobs.
func (s *Store) together(jobs []*job) []fate {
	fates := make([]fate, len(jobs))
	callers := make([]context.Context, len(jobs))
	for i, j := range jobs {
		callers[i] = j.ctx
	}
	ctx, cancel := whileAnyWaits(callers)
	defer cancel()
	// What one of them may have caused is found out by running each alone; a
	// database that does not answer, or may have committed, fails all.
	all := func(cost int, failed error) []fate {
		for i := range fates {
			if fates[i] == (fate{}) {
				fates[i] = fate{alone: cost != noRetry || workflow.KindOf(failed) != workflow.Unavailable, failed: failed}
			}
		}
		return fates
	}
	if told, ok := s.onKept(ctx, jobs); ok {
		return told
	}
	u, err := s.beginGroup(ctx)
	if err != nil {
		return all(translate(ctx, err))
	}
	defer u.end()
	starts, err := u.starts(jobs, &s.lately)
	if err != nil {
		return all(u.cost, err)
	}
	var together drafts
	left := map[string]workflow.Start{}
	for i, j := range jobs {
		if starts[i] == nil { // not there, or locked by somebody else
			fates[i].alone = true
			continue
		}
		left[subject(j.ahead)] = *starts[i]
		d := &draft{Reader: u, ahead: j.ahead}
		f := j.run(d, starts[i])
		switch {
		case f.panicked != nil:
			fates[i] = f
		case u.broken != nil:
			return all(u.cost, u.broken)
		case f.failed != nil:
			fates[i] = f
		case j.ctx.Err() != nil:
			fates[i].failed = errStopped.Because(context.Cause(j.ctx))
		default:
			together = append(together, d)
			d.leave(*starts[i], left)
		}
	}
	if len(together) == 0 {
		s.lately.keep(left)
		return fates
	}
	if err := u.write(together); err != nil {
		return all(u.cost, err)
	}
	if err := u.tx.Commit(); err != nil {
		return all(ofCommit(ctx, err))
	}
	s.lately.keep(left)
	return fates
}
