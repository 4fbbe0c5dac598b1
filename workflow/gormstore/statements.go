package gormstore

import (
	"context"
	"database/sql"
	"sync"
)

// statements are the prepared statements of a pool. GORM's own PrepareStmt
// prepares inside the transaction, where database/sql closes the statement at
// the end, so in a store that only works in transactions it would prepare every
// time. Here a statement is prepared on the pool after the unit of work that
// first used it, and every later transaction finds it on its connection.
type statements struct {
	pool *sql.DB
	mu   sync.RWMutex
	by   map[string]*sql.Stmt
}

const (
	mostStatements  = 200  // the store has far fewer of fixed form
	longestPrepared = 2000 // bytes; bulk inserts of many lengths are longer
)

func newStatements(pool *sql.DB) *statements {
	return &statements{pool: pool, by: map[string]*sql.Stmt{}}
}

func (s *statements) get(query string) *sql.Stmt {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.by[query]
}

// wanted reports whether a statement is to be prepared.
func (s *statements) wanted(query string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.by[query] == nil && len(s.by) < mostStatements
}

// learn prepares statements for the next time. Failing to is no loss.
func (s *statements) learn(ctx context.Context, queries []string) {
	for _, query := range queries {
		if !s.wanted(query) {
			continue
		}
		stmt, err := s.pool.PrepareContext(ctx, query)
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.by[query] == nil {
			s.by[query], stmt = stmt, nil
		}
		s.mu.Unlock()
		if stmt != nil { // another unit was faster
			_ = stmt.Close()
		}
	}
}

// preparedTx is a transaction that runs the prepared form of a statement where
// there is one, and remembers those that had none.
type preparedTx struct {
	*sql.Tx
	statements *statements
	missed     []string
}

func (t *preparedTx) prepared(ctx context.Context, query string) *sql.Stmt {
	if stmt := t.statements.get(query); stmt != nil {
		return t.StmtContext(ctx, stmt)
	}
	if len(query) <= longestPrepared {
		t.missed = append(t.missed, query)
	}
	return nil
}

// ExecContext is that of gorm.ConnPool.
func (t *preparedTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := t.prepared(ctx, query); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// QueryContext is that of gorm.ConnPool.
func (t *preparedTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := t.prepared(ctx, query); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, query, args...)
}

// QueryRowContext is that of gorm.ConnPool.
func (t *preparedTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt := t.prepared(ctx, query); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return t.Tx.QueryRowContext(ctx, query, args...)
}
