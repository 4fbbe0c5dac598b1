package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duban/workflow/gormstore/dbtest"
)

// slowEach is how many slow callers of each kind there are at the same time.
const slowEach = 200

// slowKinds are ways to hold a connection: what is sent at once, what is sent again and
// again, and whether the caller reads.
var slowKinds = map[string]struct {
	first, drip string
	reads       bool
}{
	"silent":      {"", "", true},
	"slow header": {"GET /healthz HTTP/1.1\r\nHost: localhost\r\n", "X-Slow: 1\r\n", true},
	"slow body": {"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{",
		" ", true},
	"slow body that nobody reads": {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", " ", true},
	"slow reader":                 {"GET /api/docs/rapidoc-min.js HTTP/1.1\r\nHost: localhost\r\n\r\n", "", false},
}

// slowFor is how long a slow caller goes on unless it is closed, several times as long
// as the server lets it.
const slowFor = 16 * time.Second

// hold is one slow caller. It returns how long it held its connection, and whether the
// server ended it.
func hold(t *testing.T, address, kind string) (held time.Duration, closed bool) {
	k := slowKinds[kind]
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return 0, false
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Error(err)
	}
	started := time.Now()
	fmt.Fprint(conn, k.first)
	if !k.reads {
		// What is closed shows only to who reads: less arrives than was asked for.
		taken := 0
		for time.Since(started) < slowFor*2/3 {
			n, err := conn.Read(make([]byte, 16))
			if taken += n; err != nil {
				return time.Since(started), true
			}
			time.Sleep(200 * time.Millisecond)
		}
		rest, err := io.Copy(io.Discard, conn)
		return time.Since(started), err != nil || taken+int(rest) < 800_000
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, conn)
	}()
	for time.Since(started) < slowFor {
		select {
		case <-ended:
			return time.Since(started), true
		case <-time.After(200 * time.Millisecond):
		}
		if k.drip != "" {
			_, _ = io.WriteString(conn, k.drip) // one that fails shows in reading
		}
	}
	return time.Since(started), false
}

// TestSlowCallersAreClosedAndOthersServed: 200 callers of each slow kind, all at the
// same time, are closed by the server, and not one answer to others is missing
// meanwhile. How long each took is printed.
func TestSlowCallersAreClosedAndOthersServed(t *testing.T) {
	program := built(t)
	address, _ := serving(t, program, environment(t, dbtest.EmptySQLite(t)))
	host := strings.TrimPrefix(address, "http://")
	var slow, good sync.WaitGroup
	var mu sync.Mutex
	held, open := map[string]time.Duration{}, map[string]int{}
	for kind := range slowKinds {
		for range slowEach {
			slow.Go(func() {
				took, closed := hold(t, host, kind)
				mu.Lock()
				defer mu.Unlock()
				held[kind] = max(held[kind], took)
				if !closed {
					open[kind]++
				}
			})
		}
	}
	var over atomic.Bool
	begun := time.Now()
	var freed time.Duration // when the server held no connection of a slow caller any more
	good.Go(func() {
		for ; !over.Load(); time.Sleep(100 * time.Millisecond) {
			if sockets := socketsOf(t, program); freed == 0 && time.Since(begun) > time.Second && sockets < slowEach/4 {
				freed = time.Since(begun)
			}
		}
	})
	var answers []time.Duration
	for range 4 {
		good.Go(func() {
			for !over.Load() {
				begun := time.Now()
				answer, err := http.Get(address + "/readyz")
				if err != nil {
					t.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
				mu.Lock()
				if answers = append(answers, time.Since(begun)); err != nil || answer.StatusCode != http.StatusOK {
					t.Errorf("a good caller got %d, %v", answer.StatusCode, err)
				}
				mu.Unlock()
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	slow.Wait()
	over.Store(true)
	good.Wait()
	slices.Sort(answers)
	if freed == 0 {
		t.Error("the server never let go of the slow callers")
	}
	t.Logf("the server had let go of all %d after %s", slowEach*len(slowKinds), freed.Round(100*time.Millisecond))
	for kind := range slowKinds {
		if open[kind] > 0 {
			t.Errorf("%s: %d of %d callers were never closed", kind, open[kind], slowEach)
		}
		t.Logf("%s: %d callers closed, the last after %s", kind, slowEach-open[kind], held[kind].Round(10*time.Millisecond))
	}
	t.Logf("meanwhile %d answers to others: p50 %s, p99 %s, longest %s", len(answers), answers[len(answers)/2], answers[len(answers)*99/100], answers[len(answers)-1])
}

// socketsOf counts the sockets that the running program holds.
func socketsOf(t *testing.T, program string) (n int) {
	for _, process := range processesOf(t, program) {
		held, err := filepath.Glob(filepath.Join(process, "fd", "*"))
		if err != nil {
			t.Error(err)
		}
		for _, fd := range held {
			if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, "socket:") {
				n++
			}
		}
	}
	return n
}

// processesOf returns the folders of /proc of the processes that run the program, which
// was built for the test alone.
func processesOf(t *testing.T, program string) (all []string) {
	running, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		t.Error(err)
	}
	for _, exe := range running {
		if is, err := os.Readlink(exe); err == nil && is == program {
			all = append(all, filepath.Dir(exe))
		}
	}
	return all
}

// TestASteadyCallerMayTakeItsTime: a body and an answer that take longer than any of the
// limits arrive whole when the caller keeps a fair pace.
func TestASteadyCallerMayTakeItsTime(t *testing.T) {
	program := built(t)
	address, _ := serving(t, program, environment(t, dbtest.EmptySQLite(t)))
	host := strings.TrimPrefix(address, "http://")
	var both sync.WaitGroup
	both.Go(func() {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		body := `{"login":"nobody","password":"wrong"` + strings.Repeat(" ", 700_000) + `}`
		fmt.Fprintf(conn, "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", len(body))
		for at := 0; at < len(body); at += 12_000 { // 60 kB in a second, 12 seconds
			if _, err := io.WriteString(conn, body[at:min(at+12_000, len(body))]); err != nil {
				t.Errorf("after %d bytes: %v", at, err)
				return
			}
			time.Sleep(200 * time.Millisecond)
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("a steady body got no answer: %v", err)
			return
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("a steady body was answered %d", answer.StatusCode)
		}
	})
	both.Go(func() {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_ = conn.(*net.TCPConn).SetReadBuffer(64 << 10)
		fmt.Fprint(conn, "GET /api/docs/rapidoc-min.js HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
		got := 0
		for {
			n, err := conn.Read(make([]byte, 12_000))
			if got += n; err != nil {
				break
			}
			time.Sleep(150 * time.Millisecond)
		}
		if got < 863_000 {
			t.Errorf("a steady reader got %d bytes", got)
		}
	})
	both.Wait()
}
