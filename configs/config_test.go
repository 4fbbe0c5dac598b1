package configs

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestExampleIsTheDefault: what the example file says is what one gets without
// it.
func TestExampleIsTheDefault(t *testing.T) {
	example, err := Load("duban.example.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	none, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := slog.AnyValue(example).Resolve().String(), slog.AnyValue(none).Resolve().String(); got != want || example.Log != none.Log || fmt.Sprint(example.Auth) != fmt.Sprint(none.Auth) {
		t.Errorf("example gives %s, defaults are %s", got, want)
	}
}

// TestVariableGoesBeforeFile: each key has a variable that wins.
func TestVariableGoesBeforeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.yaml")
	if err := os.WriteFile(path, []byte("data_dir: from-file\nlog: {level: warn}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, []string{"DUBAN_DATA_DIR=from-env", "DUBAN_TRUSTED_PROXIES=10.0.0.0/8, 192.168.0.0/16", "DUBAN_AUTH_TOTP_REQUIRED=reviewer,auditor", "DUBAN_AUTH_SESSION_IDLE=30m", "OTHER=1", "DUBAN_DATABSE_DSN=x"})
	if err != nil {
		t.Fatal(err)
	}
	if c.DataDir != "from-env" || c.Log.Level != "warn" || len(c.TrustedProxies) != 2 || len(c.Ignored) != 1 || len(c.Auth.TOTPRequired) != 2 || c.Auth.SessionIdle != 30*time.Minute {
		t.Errorf("got %+v", c)
	}
}

// TestUnsafeOrUnknownIsRefused: start-up stops with a sentence that names the
// setting.
func TestUnsafeOrUnknownIsRefused(t *testing.T) {
	for setting, part := range map[string]string{
		"DUBAN_SECRET=change-me-change-me-change-me-change": "secret is a placeholder",
		"DUBAN_SECRET=short":              "secret is a placeholder or shorter than 32",
		"DUBAN_DATABASE_DIALECT=postgres": "set sqlite or mysql",
		"DUBAN_DATABASE_DIALECT=mysql":    "database.dsn is empty",
		"DUBAN_LOG_LEVEL=loud":            "log.level",
		"DUBAN_TRUSTED_PROXIES=everybody": "trusted_proxies",
		"DUBAN_EVIDENCE_CLAMAV=clamd":     "set unix:/run/clamav/clamd.ctl",
		"DUBAN_EVIDENCE_S3_BUCKET=b":      "evidence.s3.endpoint",
		"DUBAN_EVIDENCE_PARALLEL=-1":      "evidence.parallel is -1",
		"DUBAN_AUTH_PROFILE=dengbao4":     "auth.profile",
		"DUBAN_AUTH_SESSION_IDLE=1s":      "auth.session_idle",
		"DUBAN_AUTH_ACCOUNT_TRIES=1000":   "auth.account_tries",
		"DUBAN_AUTH_TOTP_REQUIRED=boss":   "auth.totp_required",
	} {
		if _, err := Load("", []string{setting}); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, want %q", setting, err, part)
		}
	}
	path := filepath.Join(t.TempDir(), "duban.yaml")
	if err := os.WriteFile(path, []byte("databse: {dsn: x}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, nil); err == nil || !strings.Contains(err.Error(), "unknown key databse.dsn") {
		t.Errorf("unknown key: %v", err)
	}
}

// TestSecretIsMadeOnce: the key of the data folder is made once, is private, and
// is never shown.
func TestSecretIsMadeOnce(t *testing.T) {
	c := Config{DataDir: t.TempDir(), Database: Database{Dialect: "mysql", DSN: "duban:hidden:p@ss@tcp(db)/duban"}}
	first, err := c.SecretKey()
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.SecretKey()
	if err != nil || string(first) != string(second) || len(first) != 32 {
		t.Fatalf("second key differs or fails: %v", err)
	}
	info, err := os.Stat(filepath.Join(c.DataDir, "secret.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	c.Secret = "a-very-private-thing"
	if shown := slog.AnyValue(c).Resolve().String(); strings.Contains(shown, "hidden") || strings.Contains(shown, "p@ss") || strings.Contains(shown, c.Secret) {
		t.Errorf("shown: %s", shown)
	}
}
