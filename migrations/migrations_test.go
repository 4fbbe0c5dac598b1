package migrations_test

import (
	"database/sql"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite"

	"duban/migrations"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

var update = flag.Bool("update", false, "write the schema goldens")

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// each runs a test on an empty database of each dialect; connect opens another
// pool on it, as another instance would.
func each(t *testing.T, test func(t *testing.T, dialect migrations.Dialect, connect func() *sql.DB)) {
	connector := func(t *testing.T, driver, dsn string) func() *sql.DB {
		return func() *sql.DB {
			db, err := sql.Open(driver, dsn)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			return db
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		dsn := "file:" + dbtest.EmptySQLite(t).Path + "?_busy_timeout=10000&_journal_mode=WAL&_foreign_keys=1&_txlock=immediate"
		test(t, migrations.SQLite, connector(t, "sqlite", dsn))
	})
	t.Run("mariadb", func(t *testing.T) {
		test(t, migrations.MySQL, connector(t, "mysql", dbtest.EmptyMariaDB(t).DSN))
	})
}

func steps(t *testing.T, dialect migrations.Dialect) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(string(dialect), "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations of %s: %v", dialect, err)
	}
	return len(files)
}

func TestUpTakesEveryStepOnce(t *testing.T) {
	each(t, func(t *testing.T, dialect migrations.Dialect, connect func() *sql.DB) {
		db := connect()
		for _, want := range []int{steps(t, dialect), 0} {
			applied, err := migrations.Up(t.Context(), db, dialect)
			if err != nil || applied != want {
				t.Fatalf("applied %d steps with error %v, want %d", applied, err, want)
			}
		}
		if err := migrations.Check(t.Context(), db, dialect); err != nil {
			t.Fatal(err)
		}
	})
}

func TestInstancesThatStartTogetherShareTheSteps(t *testing.T) {
	for name, empty := range map[string]func(testing.TB) gormstore.Config{"sqlite": dbtest.EmptySQLite, "mariadb": dbtest.EmptyMariaDB} {
		t.Run(name, func(t *testing.T) {
			cfg := empty(t)
			var wait sync.WaitGroup
			var total atomic.Int64
			for range 4 {
				wait.Go(func() {
					applied, err := gormstore.Migrate(t.Context(), cfg)
					if err != nil {
						t.Error(err)
					}
					total.Add(int64(applied))
				})
			}
			wait.Wait()
			if want := steps(t, cfg.Dialect); total.Load() != int64(want) {
				t.Fatalf("the instances took %d steps together, want %d", total.Load(), want)
			}
			store, err := gormstore.Open(t.Context(), cfg) // the schema is the program's
			if err != nil {
				t.Fatal(err)
			}
			_ = store.Close()
		})
	}
}

func TestUpGoesOnAfterDyingBetweenAStepAndItsNote(t *testing.T) {
	db, err := sql.Open("mysql", dbtest.MariaDBConfig(t).DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DELETE FROM goose_db_version ORDER BY version_id DESC LIMIT 1"); err != nil {
		t.Fatal(err)
	}
	if applied, err := migrations.Up(t.Context(), db, migrations.MySQL); err != nil || applied != 1 {
		t.Fatalf("applied %d steps with error %v, want 1", applied, err)
	}
}

func TestASchemaOfAnotherProgramIsRefused(t *testing.T) {
	each(t, func(t *testing.T, dialect migrations.Dialect, connect func() *sql.DB) {
		db := connect()
		if err := migrations.Check(t.Context(), db, dialect); !errors.Is(err, migrations.ErrOlder) {
			t.Fatalf("an empty database: got %v, want ErrOlder", err)
		}
		if left := schema(t, db, dialect); left != "" {
			t.Fatalf("checking an empty database left something in it:\n%s", left)
		}
		if _, err := migrations.Up(t.Context(), db, dialect); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
			t.Fatal(err)
		}
		if err := migrations.Check(t.Context(), db, dialect); !errors.Is(err, migrations.ErrNewer) {
			t.Fatalf("a newer schema: got %v, want ErrNewer", err)
		}
		if applied, err := migrations.Up(t.Context(), db, dialect); applied != 0 || !errors.Is(err, migrations.ErrNewer) {
			t.Fatalf("migrating a newer schema: applied %d, error %v, want ErrNewer", applied, err)
		}
	})
}

func TestTheSchemaIsTheGolden(t *testing.T) {
	each(t, func(t *testing.T, dialect migrations.Dialect, connect func() *sql.DB) {
		db := connect()
		if _, err := migrations.Up(t.Context(), db, dialect); err != nil {
			t.Fatal(err)
		}
		got := schema(t, db, dialect)
		golden := filepath.Join("testdata", string(dialect)+".golden.sql")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Fatalf("the schema is not that of %s (go test ./migrations -update writes it):\n%s", golden, got)
		}
	})
}

// preparing are the statements around one that is only run where it is needed,
// which may be repeated.
var preparing = regexp.MustCompile(`(?m)^(SET @|PREPARE |DEALLOCATE )`)

// TestEveryDialectHasTheSameSteps also holds MySQL to one changing statement a file.
func TestEveryDialectHasTheSameSteps(t *testing.T) {
	files, err := filepath.Glob("mysql/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(content), ";") - len(preparing.FindAll(content, -1)); n != 1 {
			t.Errorf("%s has %d statements that change something, want 1", file, n)
		}
		if _, err := os.Stat(filepath.Join("sqlite", filepath.Base(file))); err != nil {
			t.Error(err)
		}
	}
	if a, b := steps(t, migrations.MySQL), steps(t, migrations.SQLite); a != b {
		t.Errorf("MySQL has %d steps, SQLite %d", a, b)
	}
}

// schema returns the statements that would make the tables of a database,
// without those of the migration tool.
func schema(t *testing.T, db *sql.DB, dialect migrations.Dialect) string {
	t.Helper()
	if dialect == migrations.SQLite {
		return strings.Join(texts(t, db, `SELECT sql || ';' FROM sqlite_master
			WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'goose%' AND tbl_name NOT LIKE 'sqlite%' ORDER BY tbl_name, type DESC, name`), "\n")
	}
	var made []string
	for _, table := range texts(t, db, "SHOW TABLES") {
		if strings.HasPrefix(table, "goose") {
			continue
		}
		var name, statement string
		if err := db.QueryRow("SHOW CREATE TABLE "+table).Scan(&name, &statement); err != nil {
			t.Fatal(err)
		}
		made = append(made, statement+";")
	}
	return strings.Join(made, "\n")
}

func texts(t *testing.T, db *sql.DB, query string) (found []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		found = append(found, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}
