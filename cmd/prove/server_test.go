package prove

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/workflow/gormstore/dbtest"
)

// startLimit is how long anything may take to come up before the harness gives
// up; what it did take is measured.
const startLimit = time.Minute

// server is the real program. It can be killed and started again on the same
// port, so that clients find it again.
type server struct {
	program string
	environ []string
	wrap    []string // command before the program, for tests that confine it
	address string   // host:port
	log     string
	process *os.Process
	ended   <-chan struct{}
	monitor *http.Client
}

// newServer prepares a server that is killed when the test ends. environ are its
// DUBAN_ variables.
func newServer(t *testing.T, environ ...string) *server {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{program: path, address: freeAddress(t), log: filepath.Join(t.TempDir(), "log"), monitor: &http.Client{
		// Every look is a new connection: a killed server must not be mistaken for
		// one that has not answered yet.
		Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second,
	}}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "DUBAN_") {
			s.environ = append(s.environ, v)
		}
	}
	s.environ = append(s.environ, "DUBAN_LISTEN="+s.address, "DUBAN_LANG=en", "DUBAN_LOG_LEVEL=warn", "DUBAN_DATA_DIR="+t.TempDir())
	s.environ = append(s.environ, environ...)
	t.Cleanup(s.kill)
	return s
}

// freeAddress returns a port that nobody listens on, above those that the system
// gives to outgoing connections: a client that looks for a dead server on one of
// those may connect to itself.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 61001+random(4000))
		if listener, err := net.Listen("tcp", address); err == nil {
			_ = listener.Close()
			return address
		}
	}
	t.Fatal("no port between 61001 and 65000 is free")
	return ""
}

// start starts the server and does not wait for it.
func (s *server) start() error {
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	command := append(slices.Clone(s.wrap), s.program, "serve")
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr = s.environ, log, log
	ended, err := dbtest.StartTied(cmd)
	if err != nil {
		return fmt.Errorf("starting %s: %w", command[0], err)
	}
	s.process, s.ended = cmd.Process, ended
	return nil
}

// kill ends the server as a crash would.
func (s *server) kill() {
	if s.process != nil {
		_ = s.process.Kill()
		<-s.ended
	}
}

// ready asks /readyz.
func (s *server) ready() bool {
	answer, err := s.monitor.Get("http://" + s.address + "/readyz")
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// awaitAnswers waits until the server answers anything at all.
func (s *server) awaitAnswers() {
	for until := time.Now().Add(startLimit); time.Now().Before(until); time.Sleep(3 * time.Millisecond) {
		if answer, err := s.monitor.Get("http://" + s.address + "/healthz"); err == nil {
			_ = answer.Body.Close()
			return
		}
	}
}

// awaitReady waits until /readyz says so.
func (s *server) awaitReady() error {
	for until := time.Now().Add(startLimit); ; {
		if s.ready() {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("the server ended by itself:\n%s", s.said())
		case <-time.After(3 * time.Millisecond):
		}
		if time.Now().After(until) {
			return fmt.Errorf("the server is not ready after %s:\n%s", startLimit, s.said())
		}
	}
}

// said is the end of what the server logged.
func (s *server) said() string {
	text, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4000):])
}

// run runs another command of the program and returns what it prints.
func (s *server) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, s.program, args...)
	cmd.Env = s.environ
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("duban %s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(string(out)), nil
}
