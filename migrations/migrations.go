// Package migrations holds the schema, one numbered step a file for each kind
// of database, and brings a database to it. Steps only go forward; a step that
// was released is never edited.
//
// MySQL commits every DDL statement by itself, so each of its files holds
// exactly one, written so that it can run again when the program died between
// the statement and the note that it was done.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed mysql/*.sql sqlite/*.sql
var files embed.FS

// Dialect is a kind of database.
type Dialect string

// The dialects. MySQL stands for MariaDB as well.
const (
	MySQL  Dialect = "mysql"
	SQLite Dialect = "sqlite"
)

// Errors of Check. They are for people as they stand, in both languages.
var (
	ErrOlder = errors.New("数据库结构比程序旧：请先执行 duban migrate / the database schema is older than the program: run `duban migrate`")
	ErrNewer = errors.New("数据库结构比程序新：请改用迁移过它的 duban 或更新的版本 / the database schema is newer than the program: use the duban that migrated it, or a later one")
)

// Up brings the schema to the program's and returns how many steps it took.
// Instances that start together wait for each other. A schema newer than the
// program is left alone and reported as ErrNewer. On MySQL db must allow two
// connections, on SQLite it must have a busy timeout.
func Up(ctx context.Context, db *sql.DB, dialect Dialect) (applied int, err error) {
	if dialect == MySQL {
		return withLock(ctx, db, func() (int, error) { return up(ctx, db, dialect) })
	}
	// SQLite has no lock that outlives a transaction: of two instances one loses a
	// step to the other, and goes on from there.
	for {
		before, err := version(ctx, db, dialect)
		if err != nil {
			return applied, err
		}
		n, err := up(ctx, db, dialect)
		applied += n
		if err == nil || errors.Is(err, ErrNewer) {
			return applied, err
		}
		if now, versionErr := version(ctx, db, dialect); versionErr != nil || now <= before+int64(n) {
			return applied, err
		}
	}
}

func up(ctx context.Context, db *sql.DB, dialect Dialect) (applied int, err error) {
	is, err := version(ctx, db, dialect)
	if err != nil {
		return 0, err
	}
	if newest := latest(dialect); is > newest {
		return 0, fmt.Errorf("%w (%d > %d)", ErrNewer, is, newest)
	}
	steps, err := fs.Sub(files, string(dialect))
	if err != nil {
		return 0, fmt.Errorf("finding the steps of %s: %w", dialect, err)
	}
	gooseDialect := goose.DialectSQLite3
	if dialect == MySQL {
		gooseDialect = goose.DialectMySQL
	}
	provider, err := goose.NewProvider(gooseDialect, db, steps, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return 0, fmt.Errorf("reading the steps of %s: %w", dialect, err)
	}
	done, err := provider.Up(ctx)
	if err == nil {
		return len(done), nil
	}
	if partial, ok := errors.AsType[*goose.PartialError](err); ok {
		applied = len(partial.Applied)
	}
	return applied, fmt.Errorf("migrating the %s schema: %w", dialect, err)
}

// Check refuses a schema that is not the program's, with ErrOlder or ErrNewer.
// It changes nothing.
func Check(ctx context.Context, db *sql.DB, dialect Dialect) error {
	is, err := version(ctx, db, dialect)
	if err != nil {
		return err
	}
	switch want := latest(dialect); {
	case is < want:
		return fmt.Errorf("%w (%d < %d)", ErrOlder, is, want)
	case is > want:
		return fmt.Errorf("%w (%d > %d)", ErrNewer, is, want)
	}
	return nil
}

// version returns the newest step taken, 0 for an empty database.
func version(ctx context.Context, db *sql.DB, dialect Dialect) (int64, error) {
	tables := "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	if dialect == MySQL {
		tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?"
	}
	var n int
	if err := db.QueryRowContext(ctx, tables, goose.DefaultTablename).Scan(&n); err != nil {
		return 0, fmt.Errorf("looking for the schema version: %w", err)
	}
	if n == 0 {
		return 0, nil
	}
	var v int64
	if err := db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM "+goose.DefaultTablename).Scan(&v); err != nil {
		return 0, fmt.Errorf("reading the schema version: %w", err)
	}
	return v, nil
}

// latest returns the newest step that the program has.
func latest(dialect Dialect) int64 {
	var newest int64
	entries, _ := files.ReadDir(string(dialect))
	for _, entry := range entries {
		if v, err := goose.NumericComponent(entry.Name()); err == nil {
			newest = max(newest, v)
		}
	}
	return newest
}
