package gormstore

import (
	"context"
	"database/sql"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
)

// mostTogether bounds the units of work that share one commit, and so what has to
// run again when one of them breaks the transaction.
const mostTogether = 64

// group runs the writing units of work of SQLite one after another on its single
// connection, and commits those that were waiting together: one fsync for all.
// Each has a savepoint of its own, so one that fails takes nothing from the
// others, and nobody gets an answer before the commit. Units run on the goroutine
// of their caller; the group's own only says whose turn it is.
type group struct {
	pool *sql.DB
	gorm *gorm.DB
	jobs chan *job
	quit chan struct{} // closed: no more jobs
	done chan struct{} // closed: the last transaction has ended
}

// job is a unit of work that waits for its turn and then for its commit.
type job struct {
	ctx   context.Context
	turn  chan *unit    // the transaction is the caller's ...
	ended chan struct{} // ... until this is closed
	err   error         // of fn; set before ended is closed
	fate  chan fate
}

// fate is how a job went.
type fate struct {
	cost   int // of running it again
	failed error
}

func newGroup(pool *sql.DB, session *gorm.DB) *group {
	g := &group{pool: pool, gorm: session, jobs: make(chan *job), quit: make(chan struct{}), done: make(chan struct{})}
	go g.conduct()
	return g
}

// stop waits for the transaction under way and lets no other begin.
func (g *group) stop() {
	close(g.quit)
	<-g.done
}

// do runs fn as a unit of work and returns after its commit.
func (g *group) do(ctx context.Context, fn func(workflow.Tx) error) (cost int, failed error) {
	j := &job{ctx: ctx, turn: make(chan *unit, 1), ended: make(chan struct{}), fate: make(chan fate, 1)}
	select {
	case g.jobs <- j:
	case <-ctx.Done():
		return noRetry, errStopped.Because(context.Cause(ctx))
	case <-g.quit:
		return noRetry, errConnection.Because(sql.ErrConnDone)
	}
	select {
	case u := <-j.turn:
		j.run(u, fn)
	case f := <-j.fate: // the transaction did not begin
		return f.cost, f.failed
	}
	f := <-j.fate
	return f.cost, f.failed
}

// run runs fn and gives the transaction back, also when fn panics.
func (j *job) run(u *unit, fn func(workflow.Tx) error) {
	j.err = errAborted
	defer close(j.ended)
	j.err = fn(u)
}

// errAborted is the error of an fn that did not return.
var errAborted = workflow.NewError(workflow.Internal, "store.aborted", "操作异常中止，没有保存任何内容", "The operation broke off; nothing was saved")

// conduct gives turns until the group stops.
func (g *group) conduct() {
	defer close(g.done)
	w := &writer{pool: g.pool, prepared: map[string]*sql.Stmt{}}
	defer w.close()
	for {
		select {
		case <-g.quit:
			return
		case first := <-g.jobs:
			g.together(w, first)
		}
	}
}

// together runs one transaction: first, and whoever is waiting when a unit ends.
func (g *group) together(w *writer, first *job) {
	if err := w.begin(); err != nil {
		cost, failed := translate(context.Background(), err)
		first.fate <- fate{cost, failed}
		return
	}
	var committing []*job
	for j := first; j != nil; j = g.next(len(committing)) {
		f, alive := g.turn(w, j, len(committing) > 0)
		if f == nil {
			committing = append(committing, j)
			continue
		}
		j.fate <- *f
		if !alive {
			// What the others wrote is gone with the transaction: they run again.
			settle(committing, fate{afterDeadlock, errBusy.Because(f.failed)})
			return
		}
		if len(committing) == 0 {
			w.rollback()
			return
		}
	}
	if err := w.exec("COMMIT"); err != nil {
		w.rollback()
		cost, failed := ofCommit(context.Background(), err)
		settle(committing, fate{cost, failed})
		return
	}
	settle(committing, fate{})
}

func settle(jobs []*job, f fate) {
	for _, j := range jobs {
		j.fate <- f
	}
}

// next returns a job that is waiting, nil for none.
func (g *group) next(already int) *job {
	if already >= mostTogether {
		return nil
	}
	select {
	case j := <-g.jobs:
		return j
	default:
		return nil
	}
}

// turn runs one job. It returns nil when the job is to be committed, otherwise
// its fate, and whether the transaction can go on. After the first job each has a
// savepoint; a failure of the first rolls the transaction back.
func (g *group) turn(w *writer, j *job, saved bool) (f *fate, alive bool) {
	if j.ctx.Err() != nil {
		return &fate{noRetry, errStopped.Because(context.Cause(j.ctx))}, true
	}
	if saved {
		if err := w.exec("SAVEPOINT one"); err != nil {
			return g.broken(w, err)
		}
	}
	// Not the caller's context: SQLite rolls the whole transaction back when a
	// writing statement is interrupted, and others are in it.
	u := &unit{ctx: context.WithoutCancel(j.ctx), dialect: migrations.SQLite, db: g.gorm.Session(&gorm.Session{NewDB: true, Context: context.WithoutCancel(j.ctx)})}
	u.db.Statement.ConnPool = w
	j.turn <- u
	<-j.ended
	err := j.err
	if err == nil && j.ctx.Err() != nil {
		err = errStopped.Because(context.Cause(j.ctx))
	}
	switch {
	case u.broken != nil:
		w.rollback()
		if u.cost == noRetry && err != nil {
			return &fate{noRetry, err}, false
		}
		return &fate{u.cost, u.broken}, false
	case err != nil && saved:
		if undo := w.exec("ROLLBACK TO one"); undo != nil {
			return g.broken(w, undo)
		}
		return &fate{noRetry, err}, true
	case err != nil:
		return &fate{noRetry, err}, true
	case saved:
		// Savepoints that pile up make SQLite copy pages for each, and to disk.
		if err := w.exec("RELEASE one"); err != nil {
			return g.broken(w, err)
		}
	}
	return nil, true
}

// broken ends a transaction that cannot go on.
func (g *group) broken(w *writer, err error) (*fate, bool) {
	w.rollback()
	cost, failed := translate(context.Background(), err)
	return &fate{cost, failed}, false
}

// writer is the one connection that writes, with its prepared statements. It is
// the gorm.ConnPool of the units that run on it.
type writer struct {
	pool     *sql.DB
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// begin takes the write lock; a connection is opened when there is none.
func (w *writer) begin() error {
	if w.conn == nil {
		conn, err := w.pool.Conn(context.Background())
		if err != nil {
			return err
		}
		w.conn = conn
	}
	return w.exec("BEGIN IMMEDIATE")
}

// rollback ends the transaction without its writes. Where even that fails the
// connection is given up, and with it the transaction.
func (w *writer) rollback() {
	if err := w.exec("ROLLBACK"); err != nil {
		w.close()
	}
}

// close gives up the connection.
func (w *writer) close() {
	for text, stmt := range w.prepared {
		_ = stmt.Close()
		delete(w.prepared, text)
	}
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}

func (w *writer) exec(text string) error {
	_, err := w.ExecContext(context.Background(), text)
	return err
}

// stmt returns the prepared form of a statement, nil where preparing is not worth
// it.
func (w *writer) stmt(ctx context.Context, text string) *sql.Stmt {
	if stmt, ok := w.prepared[text]; ok {
		return stmt
	}
	if len(text) > longestPrepared || len(w.prepared) >= mostStatements {
		return nil
	}
	stmt, err := w.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil // the statement itself will say what is wrong
	}
	w.prepared[text] = stmt
	return stmt
}

// PrepareContext is that of gorm.ConnPool.
func (w *writer) PrepareContext(ctx context.Context, text string) (*sql.Stmt, error) {
	return w.conn.PrepareContext(ctx, text)
}

// ExecContext is that of gorm.ConnPool.
func (w *writer) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	if stmt := w.stmt(ctx, text); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return w.conn.ExecContext(ctx, text, args...)
}

// QueryContext is that of gorm.ConnPool.
func (w *writer) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if stmt := w.stmt(ctx, text); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return w.conn.QueryContext(ctx, text, args...)
}

// QueryRowContext is that of gorm.ConnPool.
func (w *writer) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	if stmt := w.stmt(ctx, text); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return w.conn.QueryRowContext(ctx, text, args...)
}
