package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/audit"
)

// sealed returns an event of a task with its canonical bytes.
func sealed(t *testing.T, n int, taskID string, version int, outcome audit.Outcome) audit.Event {
	t.Helper()
	e := audit.Event{
		ID: id(n), At: after(time.Duration(n) * time.Microsecond), Outcome: outcome, Name: "approve",
		Subject: "task", SubjectID: taskID, Version: version,
		ActorID: id(2), ActorRole: "reviewer", Channel: "http", Address: "192.0.2.1", RequestID: "r-1",
		Campaign: "jm-2023", Region: "440703", Period: "2023-h1", From: "reported", To: "reviewed", Reason: "已核实 <ok> \u2028",
		Before: json.RawMessage(`{"b":1,"a":"0.70"}`), After: json.RawMessage(`{"z":null,"a":[1.10]}`),
	}
	if err := e.Seal(); err != nil {
		t.Fatal(err)
	}
	return e
}

// requested is an event that carries a request key.
func requested(t *testing.T, e audit.Event, key string) audit.Event {
	t.Helper()
	e.RequestKey, e.RequestHash = key, "ab12"
	if err := e.Seal(); err != nil {
		t.Fatal(err)
	}
	return e
}

func testEvents(t *testing.T, setup setup) {
	of := func(f workflow.EventFilter) func(workflow.Reader) ([]audit.Event, error) {
		return func(r workflow.Reader) ([]audit.Event, error) { return r.Events(f) }
	}

	t.Run("come back with the bytes that were sealed", func(t *testing.T) {
		b := setup(t)
		want := requested(t, sealed(t, 1, "a", 1, audit.Accepted), "Key-1")
		everyFieldSet(t, want)
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents([]audit.Event{want}) })
		got := read(b, of(workflow.EventFilter{Subject: "task", SubjectID: "a"}))
		same(t, got, []audit.Event{want})
		same(t, string(got[0].Canonical()), string(want.Canonical()))
	})

	t.Run("are listed oldest first, after a version, up to a limit, of one subject", func(t *testing.T) {
		b := setup(t)
		var events []audit.Event
		for v := 1; v <= 12; v++ {
			events = append(events, sealed(t, v, "a", v, audit.Accepted))
		}
		b.update(func(tx workflow.Tx) error {
			if err := tx.AppendEvents([]audit.Event{sealed(t, 50, "A", 1, audit.Accepted), sealed(t, 51, "b", 1, audit.Accepted)}); err != nil {
				return err
			}
			for i := len(events); i > 0; i-- {
				if err := tx.AppendEvents(events[i-1 : i]); err != nil {
					return err
				}
			}
			return nil
		})
		same(t, read(b, of(workflow.EventFilter{Subject: "task", SubjectID: "a"})), events)
		same(t, read(b, of(workflow.EventFilter{Subject: "task", SubjectID: "a", AfterVersion: 9})), events[9:])
		same(t, read(b, of(workflow.EventFilter{Subject: "task", SubjectID: "a", AfterVersion: 2, Limit: 3})), events[2:5])
		same(t, len(read(b, of(workflow.EventFilter{Subject: "user", SubjectID: "a"}))), 0)
		same(t, len(read(b, of(workflow.EventFilter{}))), 0)
	})

	t.Run("have a version of a subject once, refused attempts as often as they come", func(t *testing.T) {
		b := setup(t)
		accepted := sealed(t, 1, "a", 1, audit.Accepted)
		refused := []audit.Event{sealed(t, 2, "a", 1, audit.Refused), sealed(t, 3, "a", 1, audit.Refused)}
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents([]audit.Event{accepted}) })
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents(refused) })
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error {
			return tx.AppendEvents([]audit.Event{sealed(t, 4, "a", 1, audit.Accepted)})
		})
		same(t, read(b, of(workflow.EventFilter{Subject: "task", SubjectID: "a"})), []audit.Event{accepted})
		pending := read(b, func(r workflow.Reader) ([]workflow.PendingEvent, error) { return r.PendingEvents(10) })
		same(t, len(pending), 1+len(refused))
	})

	t.Run("are appended by the thousand", func(t *testing.T) {
		b := setup(t)
		events := make([]audit.Event, 7_000)
		for i := range events {
			events[i] = sealed(t, i+1, fmt.Sprint(i), 1, audit.Accepted)
		}
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents(events) })
		same(t, read(b, of(workflow.EventFilter{Subject: "task", SubjectID: "6999"})), events[6_999:])
	})
}

func testReplays(t *testing.T, setup setup) {
	t.Run("come back with every field, and belong to one actor", func(t *testing.T) {
		b := setup(t)
		want := workflow.Replay{ActorID: "operator", Key: "Key-1", Hash: "ab12", Answer: []byte("{\"task\":\"\x00\xff\"}"), CreatedAt: noon}
		b.update(func(tx workflow.Tx) error { return tx.InsertReplay(want) })
		same(t, read(b, func(r workflow.Reader) (workflow.Replay, error) { return r.Replay("operator", "Key-1") }), want)
		neverFound(b, "Replay of an actor", func(r workflow.Reader, key string) (workflow.Replay, error) { return r.Replay("operator", key) })
		neverFound(b, "Replay of anybody", func(r workflow.Reader, actor string) (workflow.Replay, error) { return r.Replay(actor, "Key-1") })
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertReplay(want) })
		event := requested(t, sealed(t, 1, id(1), 1, audit.Accepted), "Key-3")
		either := want // a record has an answer or an event
		either.Event = &event
		everyFieldSet(t, either)
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents([]audit.Event{event}) })
		same(t, read(b, func(r workflow.Reader) (workflow.Replay, error) { return r.Replay(event.ActorID, "Key-3") }),
			workflow.Replay{ActorID: event.ActorID, Key: "Key-3", Hash: "ab12", Event: &event, CreatedAt: event.At})
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error {
			return tx.AppendEvents([]audit.Event{requested(t, sealed(t, 2, id(1), 2, audit.Accepted), "Key-3")})
		})
		other, lower := want, want
		other.ActorID, lower.Key = "someone", "key-1"
		b.update(func(tx workflow.Tx) error { return tx.InsertReplay(other) })
		b.update(func(tx workflow.Tx) error { return tx.InsertReplay(lower) })
	})
}
