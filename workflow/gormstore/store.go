// Package gormstore keeps Duban's data in SQLite or in MySQL and MariaDB. It is
// the only package that knows SQL. Rows are its own structs, mapped to the
// domain's by hand; nothing of GORM that acts behind the caller's back is used
// (no hooks, soft delete, associations, AutoMigrate or Save).
package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"duban/migrations"
	"duban/workflow"
)

// Config names a database.
type Config struct {
	Dialect migrations.Dialect
	// Path is the SQLite file: a path, or a file: URI whose parameters are those
	// of modernc.org/sqlite.
	Path string
	// DSN is the MySQL data source name as github.com/go-sql-driver/mysql reads
	// it. What Duban's correctness rests on is set whatever it says.
	DSN string
	// MaxConns bounds the open connections; 0 means 16. On SQLite one more writes, on
	// MySQL two more are for steps that go together.
	MaxConns int
}

// Store is a workflow.Store. It is safe for concurrent use.
type Store struct {
	cfg    Config
	writer *side
	reader *side // on MySQL the writer
	groups *side // on MySQL, for the steps that go together; nil: the writer
	pools  []*sql.DB
	steps  queue[job, fate]
	looks  queue[look, identity]
	known  recent[keptIdentity]
	lately recent[workflow.Start] // what the last step of a task left
	// doubted is set while the last write failed: see doubt.
	doubted atomic.Bool
}

// side is a pool of connections with GORM on it and the statements prepared for it.
type side struct {
	pool     *sql.DB
	gorm     *gorm.DB
	prepared *statements
}

var _ workflow.Store = (*Store)(nil)

// Open connects to a migrated database. It refuses, with a *workflow.Error of
// kind Unavailable, a database that does not answer, whose schema is not the
// program's, or whose settings could lose a confirmed commit.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	// Not Ping: a database that is read-only now can be read, and may change.
	if err := s.checkSchema(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Migrate brings the schema of the database to the program's and returns how
// many steps it took. It refuses what Open refuses except an older schema.
func Migrate(ctx context.Context, cfg Config) (applied int, err error) {
	s, err := connect(ctx, cfg)
	if err != nil {
		return 0, err
	}
	applied, err = migrations.Up(ctx, s.writer.pool, cfg.Dialect)
	return applied, errors.Join(schemaError(ctx, err), s.Close())
}

func connect(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.MaxConns <= 0 {
		cfg.MaxConns = 16
	}
	s := &Store{cfg: cfg}
	s.steps.pick, s.steps.work = pickGroup, s.together
	s.steps.tell, s.steps.broken = func(j *job, f fate) { j.fate <- f }, func(p any) fate { return fate{panicked: p} }
	s.looks.pick, s.looks.work = pickLooks, s.lookTogether
	s.looks.tell, s.looks.broken = func(l *look, found identity) { l.answer <- found }, func(p any) identity { return identity{panicked: p} }
	var err error
	switch cfg.Dialect {
	case migrations.SQLite:
		err = s.connectSQLite(ctx)
	case migrations.MySQL:
		err = s.connectMySQL(ctx)
	default:
		err = workflow.NewError(workflow.Internal, "store.dialect",
			fmt.Sprintf("没有数据库类型 %q，可用 sqlite 或 mysql", cfg.Dialect),
			fmt.Sprintf("There is no kind of database %q, use sqlite or mysql", cfg.Dialect))
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends all connections. Units of work still running fail.
func (s *Store) Close() error {
	var errs []error
	for _, pool := range s.pools {
		errs = append(errs, pool.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing the database: %w", err)
	}
	return nil
}

// Ping reports whether the database answers, its schema is the program's and it
// saves what is written, as far as that is known; the error is a *workflow.Error
// of kind Unavailable.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.checkSchema(ctx); err != nil {
		return err
	}
	return s.takesWrites(ctx)
}

func (s *Store) checkSchema(ctx context.Context) error {
	return schemaError(ctx, migrations.Check(ctx, s.reader.pool, s.cfg.Dialect))
}

func schemaError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, migrations.ErrOlder):
		return workflow.NewError(workflow.Unavailable, "store.schema_older",
			"数据库结构比程序旧：请先执行 duban migrate",
			"The database schema is older than the program: run `duban migrate`").Because(err)
	case errors.Is(err, migrations.ErrNewer):
		return workflow.NewError(workflow.Unavailable, "store.schema_newer",
			"数据库结构比程序新：请改用迁移过它的 duban 或更新的版本",
			"The database schema is newer than the program: use the duban that migrated it, or a later one").Because(err)
	}
	_, failed := translate(ctx, err)
	return failed
}

// newSide returns a pool with GORM on it, silent and without anything implicit.
func newSide(pool *sql.DB, dialector gorm.Dialector) (*side, error) {
	db, err := gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction:   true,
		DisableNestedTransaction: true,
		DisableAutomaticPing:     true,
		QueryFields:              true,
		Logger:                   logger.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("starting GORM: %w", err)
	}
	return &side{pool: pool, gorm: db, prepared: newStatements(pool)}, nil
}
