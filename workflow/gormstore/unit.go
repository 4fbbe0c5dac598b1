package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
)

// View runs fn on one consistent snapshot; see workflow.Store.
func (s *Store) View(ctx context.Context, fn func(workflow.Reader) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if s.cfg.Dialect == migrations.MySQL {
		options.Isolation = sql.LevelRepeatableRead
	}
	u, err := s.begin(ctx, s.reader, options)
	if err != nil {
		_, failed := translate(ctx, err)
		return failed
	}
	defer u.end()
	if err := fn(u); err != nil {
		return err
	}
	return u.broken
}

// Update runs fn in one transaction; see workflow.Store. On SQLite units of
// work queue, so fn must not open another.
func (s *Store) Update(ctx context.Context, fn func(workflow.Tx) error) error {
	err := retry(ctx, func() (cost int, failed error) { return s.attempt(ctx, fn) })
	s.doubt(err)
	return err
}

// retry makes attempts until one succeeds, or fails in a way that another would
// not help (noRetry), or retryBudget is spent. The pauses are random, so that
// those who met do not meet again.
func retry(ctx context.Context, attempt func() (cost int, failed error)) error {
	for budget, pause := retryBudget, 2*time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		cost, err := attempt()
		budget -= cost
		if cost == noRetry || budget < 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return errStopped.Because(errors.Join(ctx.Err(), err))
		case <-time.After(rand.N(pause)):
		}
	}
}

// attempt runs fn once and says, when it failed, what another attempt costs.
func (s *Store) attempt(ctx context.Context, fn func(workflow.Tx) error) (cost int, failed error) {
	u, err := s.begin(ctx, s.writer, nil) // READ COMMITTED on MySQL: see readCommitted
	if err != nil {
		return translate(ctx, err)
	}
	defer u.end() // also when fn panics
	if err = fn(u); err == nil && u.broken == nil {
		err = u.tellIdentities()
	}
	switch {
	case u.broken != nil && (u.cost != noRetry || err == nil):
		return u.cost, u.broken
	case err != nil:
		return noRetry, err
	}
	if err := u.tx.Commit(); err != nil {
		return ofCommit(ctx, err)
	}
	return noRetry, nil
}

// unit is a unit of work: a transaction with GORM on it. It is the Reader and
// the Tx of the domain.
type unit struct {
	ctx      context.Context
	dialect  migrations.Dialect
	tx       *sql.Tx
	prepared *preparedTx
	db       *gorm.DB
	// broken is the first failure that the transaction cannot go on from. After
	// a deadlock MySQL has rolled back, and every further statement would take
	// effect by itself; so none is sent, whatever fn makes of the error.
	broken  error
	cost    int  // of running the unit again
	refused bool // a statement was not sent, because the unit is broken
	// identitiesChange is set by what changes who a credential stands for; a new
	// credential does not.
	identitiesChange bool

	conn   *sql.Conn // of a group on MySQL
	packet *packet   // of what a group writes; nil: statements are sent one by one

	log    *logRows    // that is gone over; nil: by queries
	hashes *storedRows // likewise
}

var _ workflow.Tx = (*unit)(nil)

func (s *Store) begin(ctx context.Context, on *side, options *sql.TxOptions) (*unit, error) {
	tx, err := on.pool.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	return s.unit(ctx, on, tx), nil
}

// beginGroup is begin for a group, which on MySQL may send packets.
func (s *Store) beginGroup(ctx context.Context) (*unit, error) {
	if s.groups == nil {
		return s.begin(ctx, s.writer, nil)
	}
	conn, err := s.groups.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	u := s.unit(ctx, s.groups, tx)
	u.conn, u.packet = conn, &packet{}
	return u, nil
}

func (s *Store) unit(ctx context.Context, on *side, tx *sql.Tx) *unit {
	u := &unit{ctx: ctx, dialect: s.cfg.Dialect, tx: tx, db: on.gorm.Session(&gorm.Session{NewDB: true, Context: ctx})}
	u.prepared = &preparedTx{Tx: tx, statements: on.prepared}
	u.db.Statement.ConnPool = u.prepared
	return u
}

// end rolls back what was not committed and frees the connection.
func (u *unit) end() {
	_ = u.tx.Rollback() // fails after Commit, and where the connection is gone and nothing is left to undo
	if u.conn != nil {
		_ = u.conn.Close() // gives it back
	}
	u.prepared.statements.learn(u.ctx, u.prepared.missed)
}

// run sends one statement and returns how many rows it touched or found.
func (u *unit) run(what string, statement func(db *gorm.DB) *gorm.DB) (int64, error) {
	if err := u.usable(); err != nil {
		return 0, err
	}
	result := statement(u.db)
	switch {
	case result.Error == nil:
		return result.RowsAffected, nil
	case errors.Is(result.Error, gorm.ErrRecordNotFound):
		return 0, workflow.ErrNoRow
	}
	cost, failed := translate(u.ctx, result.Error)
	if errors.Is(failed, workflow.ErrDuplicate) {
		return 0, fmt.Errorf("%s: %w", what, failed)
	}
	return 0, u.fail(fmt.Errorf("%s: %w", what, failed), cost)
}

// usable returns what the unit is broken by.
func (u *unit) usable() error {
	u.refused = u.refused || u.broken != nil
	return u.broken
}

// fail breaks the unit: it cannot be committed any more.
func (u *unit) fail(err error, cost int) error {
	u.broken, u.cost = err, cost
	return err
}

// failed breaks the unit by an error of the driver.
func (u *unit) failed(what string, err error) error {
	cost, failed := translate(u.ctx, err)
	return u.fail(fmt.Errorf("%s: %w", what, failed), cost)
}

// anyNumber is for statements of which it does not matter how many rows they touch.
const anyNumber = -1

// exec runs a statement of fixed text, which must touch the given number of rows:
// what every step does is written out rather than put together by reflection each
// time.
func (u *unit) exec(what string, rows int64, text string, args ...any) error {
	if u.packet != nil {
		return u.queue(statement{what, rows, text, args})
	}
	n, err := u.run(what, func(db *gorm.DB) *gorm.DB { return db.Exec(text, args...) })
	if err == nil && rows != anyNumber && n != rows {
		err = fmt.Errorf("%s: %w", what, workflow.ErrChanged)
	}
	return err
}

// change runs a statement that must touch exactly one row.
func (u *unit) change(what string, statement func(db *gorm.DB) *gorm.DB) error {
	n, err := u.run(what, statement)
	if err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("%s: %w", what, workflow.ErrChanged)
	}
	return nil
}

// Bounds of one INSERT, and of what is sent in one piece: SQLite takes 32,766 arguments, MySQL packets of 4 MiB
// and more, which escaping may double.
const (
	mostRows  = 500
	mostBytes = 1 << 20
)

// insertAll inserts rows in as few statements as the bounds allow; into is the
// statement up to VALUES. A duplicate in one of several statements breaks the
// unit, because those before it are already there.
func (u *unit) insertAll(what, into string, rows [][]any) error {
	several := false
	for start := 0; start < len(rows); {
		end, bytes := start, 0
		var args []any
		for end < len(rows) && end-start < mostRows {
			bytes += sizeOf(rows[end])
			if end > start && bytes > mostBytes {
				break
			}
			args = append(args, rows[end]...)
			end++
		}
		row := ", (?" + strings.Repeat(", ?", len(rows[start])-1) + ")"
		if err := u.exec(what, anyNumber, into+" VALUES "+strings.Repeat(row, end-start)[2:], args...); err != nil {
			if several && u.broken == nil {
				return u.fail(err, noRetry)
			}
			return err
		}
		several, start = true, end
	}
	return nil
}

// sizeOf estimates the bytes of a row.
func sizeOf(row []any) int {
	n := 0
	for _, v := range row {
		switch v := v.(type) {
		case string:
			n += len(v)
		case []byte:
			n += len(v)
		default:
			n += 30
		}
	}
	return n
}
