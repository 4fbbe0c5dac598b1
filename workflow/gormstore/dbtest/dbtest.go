// Package dbtest gives tests real databases: a SQLite file, and a MariaDB server
// that the test process starts for itself the first time one is asked for. Every
// database is fresh and belongs to one test. Nothing is skipped: a machine
// without MariaDB fails the test and says what to install.
//
// A package that uses it needs
//
//	func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }
package dbtest

import (
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"testing"

	"duban/migrations"
	"duban/workflow"
	"duban/workflow/gormstore"
)

// Main runs the tests and stops the server afterwards; it returns the exit code.
// Garbage is collected as rarely as in the program, unless GOGC says otherwise.
func Main(m *testing.M) int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	code := m.Run()
	if running != nil {
		running.stop()
	}
	return code
}

// Each runs fn as subtests "sqlite" and "mariadb", each on a database of its
// own.
func Each(t *testing.T, fn func(t *testing.T, store workflow.Store)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("mariadb", func(t *testing.T) { fn(t, MariaDB(t)) })
}

// EachConfig is Each for tests that open the database themselves; database is the
// subtest's name.
func EachConfig(t *testing.T, fn func(t *testing.T, database string, cfg gormstore.Config)) {
	for name, config := range map[string]func(testing.TB) gormstore.Config{"sqlite": SQLiteConfig, "mariadb": MariaDBConfig} {
		t.Run(name, func(t *testing.T) { fn(t, name, config(t)) })
	}
}

// SQLite returns a store on a fresh SQLite file, closed when the test ends.
func SQLite(t testing.TB) *gormstore.Store { return Open(t, SQLiteConfig(t)) }

// MariaDB returns a store on a fresh MariaDB database, closed when the test
// ends.
func MariaDB(t testing.TB) *gormstore.Store { return Open(t, MariaDBConfig(t)) }

// SQLiteConfig returns a fresh, migrated SQLite database that nobody has open:
// for tests that start the program on its Path.
func SQLiteConfig(t testing.TB) gormstore.Config {
	t.Helper()
	content, err := migrated()
	if err != nil {
		t.Fatalf("migrating the SQLite template: %v", err)
	}
	cfg := EmptySQLite(t)
	if err := os.WriteFile(cfg.Path, content, 0o600); err != nil {
		t.Fatalf("copying the SQLite template: %v", err)
	}
	return cfg
}

// MariaDBConfig returns a fresh, migrated MariaDB database that nobody has open:
// for tests that start the program on its DSN.
func MariaDBConfig(t testing.TB) gormstore.Config {
	t.Helper()
	copied, err := template()
	if err != nil {
		t.Fatalf("migrating the MariaDB template: %v", err)
	}
	cfg := EmptyMariaDB(t)
	if err := copied.into(t.Context(), cfg.DSN); err != nil {
		t.Fatalf("copying the MariaDB template: %v", err)
	}
	return cfg
}

// EmptySQLite returns a SQLite database without a schema: the path of a file
// that is not there yet, in a folder that is removed when the test ends.
func EmptySQLite(t testing.TB) gormstore.Config {
	t.Helper()
	return gormstore.Config{Dialect: migrations.SQLite, Path: filepath.Join(t.TempDir(), "duban.db")}
}

// EmptyMariaDB returns a MariaDB database without a schema.
func EmptyMariaDB(t testing.TB) gormstore.Config {
	t.Helper()
	s, err := started()
	if err != nil {
		t.Fatal(err)
	}
	dsn, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	return gormstore.Config{Dialect: migrations.MySQL, DSN: dsn}
}

// Open opens a migrated database, and closes it when the test ends.
func Open(t testing.TB, cfg gormstore.Config) *gormstore.Store {
	t.Helper()
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("opening the %s database: %v", cfg.Dialect, err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("closing the %s database: %v", cfg.Dialect, err)
		}
	})
	return store
}

// migrated returns the content of a migrated SQLite file, made once a process.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "duban-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if _, err := gormstore.Migrate(context.Background(), gormstore.Config{Dialect: migrations.SQLite, Path: path}); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // closed, so the write-ahead log is in it
})
