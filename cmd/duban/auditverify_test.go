package main

import (
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	driver "github.com/go-sql-driver/mysql"

	"duban/workflow/gormstore/dbtest"
)

// TestVerifyNamesTheRowThatWasChanged: what the command line says of a clean trail,
// and of one with a changed row; with checkpoints from elsewhere and without.
func TestVerifyNamesTheRowThatWasChanged(t *testing.T) {
	cfg := dbtest.EmptySQLite(t)
	environ := environment(t, cfg)
	mustDuban(t, environ, "demo")
	p := &program{environ: environ, stdout: io.Discard}
	if err := p.inHouse(t.Context(), func(h *house) error {
		keeper, err := newLogKeeper(h, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return keeper.once(t.Context())
	}); err != nil {
		t.Fatal(err)
	}
	out := mustDuban(t, environ, "audit", "verify")
	for _, part := range []string{"1 kept outside", "window not covered: 0 event(s)", "tables not covered: credentials", "everything agrees"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is not in\n%s", part, out)
		}
	}
	c, err := p.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "printed.txt")
	if err := os.Rename(c.CheckpointsPath(), elsewhere); err != nil {
		t.Fatal(err)
	}
	if out := mustDuban(t, environ, "audit", "verify"); !strings.Contains(out, "cover the first 0 events") {
		t.Errorf("without a checkpoint outside:\n%s", out)
	}

	db, err := sql.Open("sqlite", "file:"+cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var id, narrative string
	if err := db.QueryRow("SELECT id, narrative FROM reports LIMIT 1").Scan(&id, &narrative); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE reports SET narrative = '已全部完成。' WHERE id = ?", id); err != nil {
		t.Fatal(err)
	}
	out, errs, code := duban(t, environ, "audit", "verify", "--checkpoint", elsewhere)
	if code != exitFailed || !strings.Contains(out, "1. reports id="+id+" narrative: ") || !strings.Contains(out, "it is \"已全部完成。\", should be ") || errs == "" {
		t.Errorf("exit %d: %s\n%s", code, errs, out)
	}
	out, _, code = duban(t, environ, "audit", "verify", "--checkpoint", elsewhere, "--json")
	var v verified
	if err := json.Unmarshal([]byte(out), &v); err != nil || code != exitFailed || v.Clean || v.Kept != 1 || len(v.Findings) != 1 || v.Findings[0].Want != narrative {
		t.Errorf("exit %d, %v: %s", code, err, out)
	}
	for _, args := range [][]string{{"--checkpoint", "none"}, {"--key", "no key"}} {
		if _, errs, code := duban(t, environ, append([]string{"audit", "verify"}, args...)...); code != exitFailed || errs == "" {
			t.Errorf("%v: exit %d, %q", args, code, errs)
		}
	}
}

// TestHardenPrintsOrExecutes: the statements, and whether they were tried.
func TestHardenPrintsOrExecutes(t *testing.T) {
	cfg := dbtest.MariaDBConfig(t)
	environ := environment(t, cfg)
	dsn, err := driver.ParseDSN(cfg.DSN)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("mysql", cfg.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE USER 'runs'@'localhost' IDENTIFIED BY 'a password'"); err != nil {
		t.Fatal(err)
	}
	out := mustDuban(t, environ, "migrate", "harden", "--user", "runs@localhost")
	if want := "GRANT SELECT, INSERT ON `" + dsn.DBName + "`.`audit_events` TO 'runs'@'localhost';\n"; !strings.Contains(out, want) || strings.Contains(out, "executed") {
		t.Errorf("%q is not in\n%s", want, out)
	}
	harden := func(password string) (string, int) {
		var out, errs strings.Builder
		code := run(t.Context(), []string{"migrate", "harden", "--user", "runs@localhost", "--apply", "--password-stdin"}, environ, strings.NewReader(password+"\n"), &out, &errs)
		return out.String() + errs.String(), code
	}
	if out, code := harden("a password"); code != exitOK || !strings.Contains(out, "executed") || !strings.Contains(out, "each was allowed or refused as it should be") {
		t.Errorf("exit %d: %s", code, out)
	}
	if out, code := harden("another"); code == exitOK {
		t.Errorf("tried with a wrong password: %s", out)
	}
}
