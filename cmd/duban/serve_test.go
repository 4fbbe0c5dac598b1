package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"duban/workflow/gormstore/dbtest"
)

// built compiles the program once for the test.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "duban")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// serving starts the real program and returns its address and a way to stop it
// that returns its exit error and what it logged.
func serving(t *testing.T, program string, environ []string) (address string, stop func() (string, error)) {
	t.Helper()
	cmd := exec.Command(program, "serve")
	cmd.Env = append(os.Environ(), environ...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() (string, error) {
		stopped = true
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_, _ = io.Copy(io.Discard, out)
		err := cmd.Wait()
		return log.String(), err
	}
	t.Cleanup(func() {
		if !stopped {
			_, _ = stop()
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	address = regexp.MustCompile(`https?://[0-9.:]+`).FindString(line)
	if err != nil || address == "" {
		text, _ := stop()
		t.Fatalf("the server prints %q: %v\n%s", line, err, text)
	}
	return address, stop
}

var walkThrough = regexp.MustCompile("(?s)```sh\n(REPORTER=.*?)```")

// TestReadmeTakesATaskThroughItsLife runs the README's calls as they stand
// against the real program; both READMEs give the same ones.
func TestReadmeTakesATaskThroughItsLife(t *testing.T) {
	program := built(t)
	commands := map[string]string{}
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		block := walkThrough.FindSubmatch(text)
		if block == nil {
			t.Fatalf("%s has no walk-through", name)
		}
		commands[name] = regexp.MustCompile(`(?m)^# .*\n`).ReplaceAllString(string(block[1]), "")
	}
	if commands["README.md"] != commands["README.zh-CN.md"] {
		t.Error("the two READMEs give different commands")
	}
	both(t, func(t *testing.T, environ []string) {
		mustDuban(t, environ, "demo")
		address, stop := serving(t, program, environ)
		script := strings.NewReplacer("bin/duban", program, "http://127.0.0.1:8080", address).Replace(commands["README.md"])
		cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
		cmd.Env = append(os.Environ(), environ...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var states []string
		for _, m := range regexp.MustCompile(`"state":"([a-z_]+)"`).FindAllSubmatch(out, -1) {
			states = append(states, string(m[1]))
		}
		if got := strings.Join(states, " "); got != "reported flagged_lagging reported rectified" {
			t.Errorf("the task went through %q\n%s", got, out)
		}
		if log, err := stop(); err != nil || !strings.Contains(log, "stopped") {
			t.Errorf("SIGTERM: %v\n%s", err, log)
		}
	})
}

// TestHealth: the process and the database answer separately.
func TestHealth(t *testing.T) {
	program := built(t)
	both(t, func(t *testing.T, environ []string) {
		mustDuban(t, environ, "migrate")
		address, _ := serving(t, program, environ)
		for _, path := range []string{"/healthz", "/readyz"} {
			answer, err := http.Get(address + path)
			if err != nil || answer.StatusCode != http.StatusOK {
				t.Fatalf("%s: %v, %v", path, answer, err)
			}
			_ = answer.Body.Close()
		}
		answer, err := http.Get(address + "/api/openapi.json")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var document struct{ OpenAPI string }
		if err := json.NewDecoder(answer.Body).Decode(&document); err != nil || !strings.HasPrefix(document.OpenAPI, "3.1") {
			t.Errorf("OpenAPI %q, %v", document.OpenAPI, err)
		}
	})
}

// TestStopLetsRequestsEnd: a request that is under way when the server is told
// to stop gets its answer.
func TestStopLetsRequestsEnd(t *testing.T) {
	program := built(t)
	environ := environment(t, dbtest.EmptySQLite(t))
	address, stop := serving(t, program, environ)
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := `{"login":"nobody","password":"wrong"}`
	fmt.Fprintf(conn, "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body[:10])
	done := make(chan error, 1)
	time.Sleep(200 * time.Millisecond) // the server has begun to read
	go func() { _, err := stop(); done <- err }()
	time.Sleep(200 * time.Millisecond) // the signal has arrived
	fmt.Fprint(conn, body[10:])
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("the request under way got no answer: %v", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("the request under way got status %d", answer.StatusCode)
	}
	if err := <-done; err != nil {
		t.Errorf("stopping: %v", err)
	}
}
