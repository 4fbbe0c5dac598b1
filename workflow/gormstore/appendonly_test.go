package gormstore_test

import (
	"database/sql"
	"strings"
	"testing"

	driver "github.com/go-sql-driver/mysql"

	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// trail are the statements that put one row into each table of the audit trail.
var trail = map[string]string{
	"audit_events": `INSERT INTO audit_events (id, at, outcome, name, subject, subject_id, version, actor_id, campaign, region, period, canonical)
		VALUES ('e', '2023-01-01 00:00:00.000000', 'refused', 'n', 's', 'i', 0, 'a', '', '', '', X'00')`,
	"audit_log":         "INSERT INTO audit_log VALUES (7, 'e')",
	"audit_hashes":      "INSERT INTO audit_hashes VALUES (1, X'0000000000000000000000000000000000000000000000000000000000000000')",
	"audit_checkpoints": "INSERT INTO audit_checkpoints VALUES (1, X'00')",
}

// TestTheTrailOnlyGrowsOnSQLite: nothing is changed and nothing deleted, except
// events that are in an archive.
func TestTheTrailOnlyGrowsOnSQLite(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+dbtest.SQLiteConfig(t).Path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	refused := func(statement string) {
		t.Helper()
		if _, err := db.Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v, want a refusal", statement, err)
		}
	}
	for _, statement := range trail {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	archive := func(until int) {
		t.Helper()
		if _, err := db.Exec("INSERT INTO audit_archives VALUES (?, 'f', 's', X'00', '2023-01-01 00:00:00.000000')", until); err != nil {
			t.Fatal(err)
		}
	}
	archive(7) // not yet the event at index 7
	for _, table := range []string{"audit_events", "audit_log", "audit_hashes", "audit_checkpoints", "audit_archives"} {
		var column string
		if err := db.QueryRow("SELECT name FROM pragma_table_info(?) WHERE pk = 0", table).Scan(&column); err != nil {
			t.Fatal(err)
		}
		refused("UPDATE " + table + " SET " + column + " = " + column)
		refused("DELETE FROM " + table)
	}
	archive(8)
	refused("DELETE FROM audit_log")
	refused("UPDATE audit_events SET name = 'x'")
	if _, err := db.Exec("DELETE FROM audit_events"); err != nil {
		t.Errorf("deleting an event that is archived: %v", err)
	}
}

// TestAHardenedAccountOnlyAddsToTheTrail: on MariaDB, every right is tried.
func TestAHardenedAccountOnlyAddsToTheTrail(t *testing.T) {
	cfg := dbtest.MariaDBConfig(t)
	account := gormstore.Account{Name: "duban'run", Host: "localhost"}
	execute(t, "mysql", cfg.DSN, "CREATE USER "+account.String()+" IDENTIFIED BY 'a password'", "GRANT ALL ON *.* TO "+account.String()+" WITH GRANT OPTION")
	t.Cleanup(func() {
		db, err := sql.Open("mysql", cfg.DSN)
		if err == nil {
			_, _ = db.Exec("DROP USER " + account.String())
			_ = db.Close()
		}
	})
	if _, err := gormstore.TryHardened(t.Context(), cfg, account, "a password"); err == nil ||
		!strings.Contains(err.Error(), "UPDATE `audit_log`") || !strings.Contains(err.Error(), "CREATE TABLE") {
		t.Errorf("an account that may do everything: %v", err)
	}
	printed, err := gormstore.Harden(t.Context(), cfg, account, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gormstore.TryHardened(t.Context(), cfg, account, "a password"); err == nil {
		t.Error("the statements were only printed, and the account has lost its rights")
	}
	executed, err := gormstore.Harden(t.Context(), cfg, account, true)
	if err != nil || strings.Join(executed, "\n") != strings.Join(printed, "\n") {
		t.Fatalf("executed %q, printed %q: %v", executed, printed, err)
	}
	if n, err := gormstore.TryHardened(t.Context(), cfg, account, "a password"); err != nil || n < 80 {
		t.Errorf("%d tried: %v", n, err)
	}
	execute(t, "mysql", cfg.DSN, "REVOKE UPDATE ON tasks FROM "+account.String())
	if _, err := gormstore.TryHardened(t.Context(), cfg, account, "a password"); err == nil || !strings.Contains(err.Error(), "UPDATE `tasks`") {
		t.Errorf("an account that may not save a task: %v", err)
	}
	as, err := driver.ParseDSN(cfg.DSN)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gormstore.Harden(t.Context(), cfg, gormstore.Account{Name: as.User, Host: "localhost"}, true); err == nil {
		t.Error("the administrator's own account is hardened")
	}
	if _, err := gormstore.Harden(t.Context(), dbtest.SQLiteConfig(t), account, true); err == nil {
		t.Error("SQLite has accounts")
	}
}
