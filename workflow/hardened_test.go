package workflow_test

import (
	"testing"

	driver "github.com/go-sql-driver/mysql"

	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// TestTheProductRunsAsAHardenedAccount: whole task lives, the log and its
// verification, as an account that can only add to the audit trail.
func TestTheProductRunsAsAHardenedAccount(t *testing.T) {
	cfg := dbtest.MariaDBConfig(t)
	admin := newAttacker(t, cfg, nil)
	account := gormstore.Account{Name: "hardened", Host: "localhost"}
	admin.exec("CREATE USER " + account.String() + " IDENTIFIED BY 'a password'")
	if _, err := gormstore.Harden(t.Context(), cfg, account, true); err != nil {
		t.Fatal(err)
	}
	dsn, err := driver.ParseDSN(cfg.DSN)
	if err != nil {
		t.Fatal(err)
	}
	dsn.User, dsn.Passwd = account.Name, "a password"
	cfg.DSN = dsn.FormatDSN()
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Ping(t.Context()); err != nil {
		t.Errorf("it is not ready: %v", err)
	}
	h := newSaga(newWorld(t, store), 1)
	h.people()
	h.parameters()
	for state := range machine {
		h.in(state)
	}
	for range 60 {
		h.act()
	}
	if _, err := h.OpenPeriod(h.ctx(), by(supervisor), "imported", "q3", true); err != nil {
		t.Error(err)
	}
	h.sequence()
	if report := h.verify(); !report.Clean() || report.Covered < 80 || report.Open() != 0 {
		t.Errorf("%+v", report)
	}
	itself := newAttacker(t, cfg, nil)
	for _, statement := range []string{"UPDATE audit_events SET name = 'x'", "DELETE FROM audit_events", "DELETE FROM audit_log", "UPDATE audit_hashes SET hash = ''", "DROP TABLE audit_checkpoints", "TRUNCATE audit_log"} {
		if itself.possible(statement) {
			t.Errorf("the account may do this: %s", statement)
		}
	}
}
