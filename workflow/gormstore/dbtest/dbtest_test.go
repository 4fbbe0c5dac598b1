package dbtest_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

func TestEveryDatabaseIsFresh(t *testing.T) {
	for range 2 {
		dbtest.Each(t, func(t *testing.T, store workflow.Store) {
			if err := store.Update(t.Context(), func(tx workflow.Tx) error {
				return tx.InsertRegion(workflow.Region{Code: "440703", Name: "蓬江区"})
			}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// socket returns the path of the server's socket.
func socket(dsn string) string {
	_, rest, _ := strings.Cut(dsn, "(")
	path, _, _ := strings.Cut(rest, ")")
	return path
}

// TestTheServerDiesWithItsProcess runs this test binary again, as a process that
// starts a server and is then killed, without a chance to clean up.
func TestTheServerDiesWithItsProcess(t *testing.T) {
	const asVictim = "DUBAN_DBTEST_VICTIM"
	if os.Getenv(asVictim) != "" {
		fmt.Println(socket(dbtest.EmptyMariaDB(t).DSN))
		time.Sleep(time.Hour)
	}
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	victim.Env = append(os.Environ(), asVictim+"=1")
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the victim said %q: %v", line, err)
	}
	path := strings.TrimSpace(line)
	answers := func() bool {
		connection, err := net.Dial("unix", path)
		if err == nil {
			_ = connection.Close()
		}
		return err == nil
	}
	if !answers() {
		t.Fatalf("no server on %s", path)
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait() // killed
	deadline := time.Now().Add(time.Minute)
	for {
		_, err := os.Stat(filepath.Dir(path))
		if os.IsNotExist(err) && !answers() {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server or its folder %s is still there", filepath.Dir(path))
		}
		time.Sleep(20 * time.Millisecond)
	}
}
