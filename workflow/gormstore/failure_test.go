package gormstore_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

func insertRegion(code string) func(tx workflow.Tx) error {
	return func(tx workflow.Tx) error { return tx.InsertRegion(workflow.Region{Code: code, Name: code}) }
}

func regions(t *testing.T, store workflow.Store) (codes []string) {
	t.Helper()
	if err := store.View(t.Context(), func(r workflow.Reader) error {
		codes = nil
		found, err := r.Regions()
		for _, region := range found {
			codes = append(codes, region.Code)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return codes
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if e := workflow.AsError(err); e.Code != code || e.Kind != workflow.Unavailable {
		t.Fatalf("got %v, want %s", err, code)
	}
}

// TestADeadlockedUnitRunsAgain crosses the locks of two units. The loser goes on
// as if nothing had happened: what it writes after the deadlock must not stay.
func TestADeadlockedUnitRunsAgain(t *testing.T) {
	store := dbtest.MariaDB(t)
	for _, code := range []string{"a", "b"} {
		if err := store.Update(t.Context(), func(tx workflow.Tx) error {
			return tx.InsertUser(workflow.User{ID: code, Login: code, CreatedAt: time.Unix(1, 0)})
		}); err != nil {
			t.Fatal(err)
		}
	}
	var runs, saved atomic.Int32
	both, won := make(chan struct{}), make(chan struct{})
	save := func(tx workflow.Tx, id string) error {
		user, err := tx.UserByID(id)
		if err != nil {
			return err
		}
		user.Version++
		return tx.SaveUser(user, user.Version-1)
	}
	cross := func(first, second string) error {
		return store.Update(t.Context(), func(tx workflow.Tx) error {
			run := runs.Add(1)
			if run > 2 {
				<-won // else it reads a version that the winner is about to change
			}
			if err := save(tx, first); err != nil {
				return err
			}
			if run <= 2 {
				if saved.Add(1) == 2 {
					close(both)
				}
				<-both
			}
			deadlock := save(tx, second)
			if err := insertRegion("run-" + strconv.Itoa(int(run)))(tx); deadlock == nil && err != nil {
				return err
			}
			return nil
		})
	}
	var wait sync.WaitGroup
	var finished sync.Once
	for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		wait.Go(func() {
			if err := cross(order[0], order[1]); err != nil {
				t.Error(err)
			}
			finished.Do(func() { close(won) })
		})
	}
	wait.Wait()
	if runs.Load() != 3 {
		t.Fatalf("the two units ran %d times, want 3", runs.Load())
	}
	if left := regions(t, store); len(left) != 2 {
		t.Fatalf("two units left %v", left)
	}
	if err := store.View(t.Context(), func(r workflow.Reader) error {
		users, err := r.Users()
		for _, user := range users {
			if user.Version != 2 {
				t.Errorf("user %s has version %d, want 2", user.ID, user.Version)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// cutter is a proxy before MariaDB that, once armed, breaks the connection at
// the first packet with the given text: before the server gets it, or after the
// server has answered it.
type cutter struct {
	text   string
	answer bool // let the server have the packet, and keep its answer
	armed  atomic.Bool
}

// through returns a store whose connections go through the cutter.
func (c *cutter) through(t *testing.T) *gormstore.Store {
	t.Helper()
	cfg := dbtest.MariaDBConfig(t)
	before, rest, _ := strings.Cut(cfg.DSN, "(")
	server, after, _ := strings.Cut(rest, ")")
	front := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", front)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go c.serve(client, server)
		}
	}()
	cfg.DSN = before + "(" + front + ")" + after
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// serve forwards one connection. The client speaks only after it has the answer
// to what it said, so one goroutine a direction and no parsing do.
func (c *cutter) serve(client net.Conn, server string) {
	defer client.Close()
	backend, err := net.Dial("unix", server)
	if err != nil {
		return
	}
	defer backend.Close()
	var cutting atomic.Bool
	go func() {
		defer client.Close()
		answer := make([]byte, 1<<16)
		for {
			n, err := backend.Read(answer)
			if err != nil || cutting.Load() {
				return
			}
			if _, err := client.Write(answer[:n]); err != nil {
				return
			}
		}
	}()
	packet := make([]byte, 1<<16)
	for {
		n, err := client.Read(packet)
		if err != nil {
			return
		}
		if bytes.Contains(packet[:n], []byte(c.text)) && c.armed.CompareAndSwap(true, false) {
			if !c.answer {
				return
			}
			cutting.Store(true)
		}
		if _, err := backend.Write(packet[:n]); err != nil {
			return
		}
	}
}

func TestAnUnknownCommitIsReportedAndNotRepeated(t *testing.T) {
	unknown := audit.Event{ID: "e", At: time.Unix(1, 0), Outcome: audit.Accepted, Name: "test", Subject: "test", SubjectID: "s", Version: 1, ActorID: "a"}
	if err := unknown.Seal(); err != nil {
		t.Fatal(err)
	}
	ways := map[string]func(store workflow.Store, begun func()) error{
		"a unit": func(store workflow.Store, begun func()) error {
			return store.Update(t.Context(), func(tx workflow.Tx) error {
				begun()
				return tx.AppendEvents([]audit.Event{unknown})
			})
		},
		"a step": func(store workflow.Store, begun func()) error {
			return store.Step(t.Context(), workflow.Ahead{Campaign: "c"}, func(tx workflow.StepTx, _ *workflow.Start) error {
				begun()
				return tx.AppendEvents([]audit.Event{unknown})
			})
		},
	}
	for name, c := range map[string]struct {
		answer bool
		left   int
	}{
		"the server never got it": {false, 0},
		"the answer never came":   {true, 1},
	} {
		for who, do := range ways {
			t.Run(who+", "+name, func(t *testing.T) {
				cut := &cutter{text: "COMMIT", answer: c.answer}
				store := cut.through(t)
				if err := store.Update(t.Context(), func(tx workflow.Tx) error {
					return tx.InsertCampaign(workflow.Campaign{Code: "c", Version: 1, CreatedAt: time.Unix(1, 0)})
				}); err != nil {
					t.Fatal(err)
				}
				runs := 0
				err := do(store, func() {
					runs++
					cut.armed.Store(true)
				})
				wantCode(t, err, "store.commit_unknown")
				if runs != 1 {
					t.Fatalf("it ran %d times, want 1", runs)
				}
				if err := store.View(t.Context(), func(r workflow.Reader) error {
					left, err := r.Events(workflow.EventFilter{Subject: "test", SubjectID: "s"})
					if len(left) != c.left {
						t.Errorf("%d events are there, want %d", len(left), c.left)
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

func TestALostConnectionLeavesNothing(t *testing.T) {
	cut := &cutter{text: "440704", answer: true}
	store := cut.through(t)
	cut.armed.Store(true)
	err := store.Update(t.Context(), func(tx workflow.Tx) error {
		return errors.Join(insertRegion("440703")(tx), insertRegion("440704")(tx))
	})
	wantCode(t, err, "store.connection")
	if left := regions(t, store); len(left) != 0 {
		t.Fatalf("the database has %v", left)
	}
}

func TestAUnitWaitsForAnotherProgramOnTheSameFile(t *testing.T) {
	cfg := dbtest.SQLiteConfig(t)
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	other, err := sql.Open("sqlite", "file:"+cfg.Path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	held, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = store.Update(ctx, insertRegion("440703"))
	wantCode(t, err, "store.stopped")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v, want the end of the context", err)
	}
	done := make(chan error, 1)
	go func() { done <- store.Update(t.Context(), insertRegion("440703")) }()
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestAFullOrReadOnlyDatabaseIsSaidToBe(t *testing.T) {
	for params, code := range map[string]string{
		"_pragma=max_page_count(1)": "store.disk_full", // no page more than there are
		"_query_only=1":             "store.read_only",
	} {
		t.Run(code, func(t *testing.T) {
			cfg := dbtest.SQLiteConfig(t)
			cfg.Path = "file:" + cfg.Path + "?" + params
			store, err := gormstore.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			err = store.Update(t.Context(), func(tx workflow.Tx) error {
				return tx.InsertRegion(workflow.Region{Code: "440703", Name: strings.Repeat("蓬", 10_000)})
			})
			wantCode(t, err, code)
			if left := regions(t, store); len(left) != 0 {
				t.Fatalf("the database has %v", left)
			}
		})
	}
}
