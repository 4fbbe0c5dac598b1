package clamav_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/workflow/clamav"
)

// daemon runs a real clamd whose only signature is one of the test's own.
func daemon(t *testing.T) (socket string, cmd *exec.Cmd) {
	t.Helper()
	dir, err := os.MkdirTemp("", "clamd-") // a socket's path must be short
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket = filepath.Join(dir, "s")
	must(t, os.WriteFile(filepath.Join(dir, "own.ndb"), []byte("Duban.Test:0:*:"+hex.EncodeToString([]byte("infected by a test"))+"\n"), 0o600))
	config := filepath.Join(dir, "clamd.conf")
	must(t, os.WriteFile(config, fmt.Appendf(nil, "Foreground yes\nDatabaseDirectory %s\nLocalSocket %s\nStreamMaxLength 1M\nSelfCheck 0\n", dir, socket), 0o600))
	program, err := exec.LookPath("clamd")
	if err != nil {
		program = "/usr/sbin/clamd"
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	must(t, err)
	defer log.Close()
	cmd = exec.Command(program, "--config-file="+config)
	cmd.Stdout, cmd.Stderr = log, log
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("unix", socket); err == nil {
			_ = conn.Close()
			return socket, cmd
		}
	}
	said, _ := os.ReadFile(log.Name())
	t.Fatalf("clamd does not answer: %s", said)
	return "", nil
}

func TestARealDaemonFindsWhatItKnows(t *testing.T) {
	socket, cmd := daemon(t)
	d, err := clamav.At("unix:" + socket)
	must(t, err)
	for name, c := range map[string]struct{ content, want string }{
		"clean":                {"a report", ""},
		"nothing":              {"", ""},
		"infected":             {"this is infected by a test", "Duban.Test.UNOFFICIAL"},
		"infected, late in it": {strings.Repeat("x", 200_000) + "infected by a test", "Duban.Test.UNOFFICIAL"},
	} {
		if found, err := d.Scan(t.Context(), strings.NewReader(c.content)); err != nil || found != c.want {
			t.Errorf("%s: found %q, want %q (%v)", name, found, c.want, err)
		}
	}
	if found, err := d.Scan(t.Context(), strings.NewReader(strings.Repeat("x", 3<<20))); err == nil || !strings.Contains(err.Error(), "limit") {
		t.Errorf("more than the daemon takes: %q, %v", found, err)
	}
	broken := io.MultiReader(strings.NewReader("a"), errorReader{})
	if found, err := d.Scan(t.Context(), broken); err == nil {
		t.Errorf("half a file passed: %q", found)
	}
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	if _, err := d.Scan(t.Context(), strings.NewReader("a report")); err == nil {
		t.Error("a file passed without a daemon")
	}
}

var errBroken = errors.New("broken")

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, errBroken }

func TestPlacesOfDaemons(t *testing.T) {
	for place, want := range map[string]bool{"unix:/run/clamav/clamd.ctl": true, "tcp:127.0.0.1:3310": true, "": false, "unix:": false, "127.0.0.1:3310": false, "/run/clamd": false} {
		if _, err := clamav.At(place); (err == nil) != want {
			t.Errorf("%q: %v", place, err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
