package gormstore_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	_ "github.com/go-sql-driver/mysql"

	"duban/migrations"
	"duban/workflow"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/storetest"
)

// refuses fails unless Open refuses the database with the given code and one
// sentence in each language that names what to set.
func refuses(t *testing.T, cfg gormstore.Config, code, names string) {
	t.Helper()
	store, err := gormstore.Open(t.Context(), cfg)
	if err == nil {
		_ = store.Close()
		t.Fatalf("opened %+v, want refusal %s", cfg, code)
	}
	refusal := workflow.AsError(err)
	if refusal.Code != code {
		t.Fatalf("got %v, want refusal %s", err, code)
	}
	if !strings.ContainsFunc(refusal.Text.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || refusal.Text.EN == "" ||
		!strings.Contains(refusal.Text.ZH, names) || !strings.Contains(refusal.Text.EN, names) {
		t.Fatalf("%+v does not name %q in both languages", refusal.Text, names)
	}
}

func execute(t *testing.T, driver, dsn string, statements ...string) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestOpenRefusesSQLiteThatCouldLoseACommit(t *testing.T) {
	for i, weak := range []string{
		"_pragma=synchronous(NORMAL)", "_pragma=synchronous%3D1", "_pragma=SYNCHRONOUS%20=%20OFF", "_synchronous=NORMAL", "_sync=OFF",
		"_pragma=synchronous(FULL)&_pragma=synchronous%3DNORMAL&_sync=1",
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) { // the name becomes part of the path
			cfg := dbtest.SQLiteConfig(t)
			cfg.Path = "file:" + cfg.Path + "?" + weak
			refuses(t, cfg, "store.unsafe_synchronous", "FULL")
		})
	}
	t.Run("but takes a stronger setting", func(t *testing.T) {
		cfg := dbtest.SQLiteConfig(t)
		cfg.Path = "file:" + cfg.Path + "?_pragma=synchronous(EXTRA)"
		store, err := gormstore.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		_ = store.Close()
	})
}

func TestOpenRefusesMariaDBThatCouldLoseACommit(t *testing.T) {
	cfg := dbtest.MariaDBConfig(t)
	for _, weak := range []string{"0", "2"} {
		func() {
			execute(t, "mysql", cfg.DSN, "SET GLOBAL innodb_flush_log_at_trx_commit = "+weak)
			defer execute(t, "mysql", cfg.DSN, "SET GLOBAL innodb_flush_log_at_trx_commit = 1")
			refuses(t, cfg, "store.unsafe_flush", "innodb_flush_log_at_trx_commit")
			if _, err := gormstore.Migrate(t.Context(), cfg); workflow.AsError(err).Code != "store.unsafe_flush" {
				t.Fatalf("Migrate: got %v, want the refusal", err)
			}
		}()
	}
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	_ = store.Close()
}

func TestOpenRefusesASchemaOfAnotherProgram(t *testing.T) {
	for name, c := range map[string]struct {
		empty, migrated func(testing.TB) gormstore.Config
		driver          string
	}{
		"sqlite":  {dbtest.EmptySQLite, dbtest.SQLiteConfig, "sqlite"},
		"mariadb": {dbtest.EmptyMariaDB, dbtest.MariaDBConfig, "mysql"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, c.empty(t), "store.schema_older", "duban migrate")
			cfg := c.migrated(t)
			execute(t, c.driver, cfg.Path+cfg.DSN, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
			refuses(t, cfg, "store.schema_newer", "duban")
			if _, err := gormstore.Migrate(t.Context(), cfg); workflow.AsError(err).Code != "store.schema_newer" {
				t.Fatalf("Migrate: got %v, want the refusal", err)
			}
		})
	}
}

func TestOpenRefusesWhatIsNoDatabase(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		cfg   gormstore.Config
		code  string
		names string
	}{
		"no dialect":      {gormstore.Config{Dialect: "oracle"}, "store.dialect", "oracle"},
		"no path":         {gormstore.Config{Dialect: migrations.SQLite}, "store.path", "SQLite"},
		"only in memory":  {gormstore.Config{Dialect: migrations.SQLite, Path: ":memory:"}, "store.path", ":memory:"},
		"memory by URI":   {gormstore.Config{Dialect: migrations.SQLite, Path: "file:x?mode=memory"}, "store.path", "memory"},
		"a folder":        {gormstore.Config{Dialect: migrations.SQLite, Path: folder}, "store.file", folder},
		"no such folder":  {gormstore.Config{Dialect: migrations.SQLite, Path: folder + "/no/duban.db"}, "store.file", folder},
		"a text file":     {gormstore.Config{Dialect: migrations.SQLite, Path: text}, "store.disk", ""},
		"no DSN":          {gormstore.Config{Dialect: migrations.MySQL}, "store.dsn", "DSN"},
		"no server":       {gormstore.Config{Dialect: migrations.MySQL, DSN: "root@unix(" + folder + "/socket)/duban"}, "store.connection", ""},
		"no such account": {gormstore.Config{Dialect: migrations.MySQL, DSN: strings.Replace(dbtest.EmptyMariaDB(t).DSN, "root@", "nobody:secret@", 1)}, "store.access", ""},
	} {
		t.Run(name, func(t *testing.T) { refuses(t, c.cfg, c.code, c.names) })
	}
}

func TestASQLiteFileIsItsOwnersAlone(t *testing.T) {
	cfg := dbtest.EmptySQLite(t)
	cfg.Path = filepath.Join(filepath.Dir(cfg.Path), "督办 100%?#.db") // a path, not a URI
	if _, err := gormstore.Migrate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Fatalf("the file has mode %o, want 600", got)
	}
}

// TestTheContractHoldsWhateverTheDatabaseIsToldToDo gives settings that would
// each break something: compare-and-set, times, texts, locks or foreign keys.
func TestTheContractHoldsWhateverTheDatabaseIsToldToDo(t *testing.T) {
	start := func(t *testing.T, cfg gormstore.Config) workflow.Store {
		store, err := gormstore.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		return store
	}
	t.Run("sqlite", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) workflow.Store {
			cfg := dbtest.SQLiteConfig(t)
			cfg.Path = "file:" + cfg.Path + "?_txlock=deferred&_timeout=0&_journal=DELETE&_fk=0&_time_format=datetime&_texttotime=1&_timezone=Local" +
				"&_pragma=foreign_keys(0)&_pragma=case_sensitive_like(1)&_pragma=busy_timeout(0)"
			return start(t, cfg)
		})
	})
	t.Run("mariadb", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) workflow.Store {
			cfg := dbtest.MariaDBConfig(t)
			cfg.DSN += "?clientFoundRows=false&parseTime=false&loc=Asia%2FShanghai&interpolateParams=false&charset=latin1&collation=latin1_swedish_ci" +
				"&sql_mode=%27ANSI_QUOTES%2CNO_BACKSLASH_ESCAPES%27&tx_isolation=%27READ-UNCOMMITTED%27&time_zone=%27%2B08%3A00%27" +
				"&foreign_key_checks=0&autocommit=0&group_concat_max_len=4&columnsWithAlias=true"
			return start(t, cfg)
		})
	})
}
