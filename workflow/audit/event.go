// Package audit is the audit trail that proves itself: the event that one
// accepted change, or one refused attempt, leaves behind (Seal, Parse); the
// Merkle log over events (Tree, RFC 6962); the signed checkpoint that says what
// the log was (Sign, Open); the file that proves the events of one subject
// without a database (Tree.Bundle, CheckBundle); and the Verifier of a whole
// log. It is a leaf. The canonical bytes made here are what is stored and
// hashed; they are never rebuilt from columns.
package audit

import (
	"encoding/json"
	"fmt"
	"time"
)

// Format is the version of the canonical form.
const Format = 1

// Outcome tells an accepted change from a refused attempt.
type Outcome string

// The outcomes.
const (
	Accepted Outcome = "accepted"
	Refused  Outcome = "refused"
)

// Event is one audit event (审计事件): who, when, from where, what, before and
// after. Persons are opaque ids, so that a name can change without the log.
// Its fields and their order are the canonical form that scan knows: whoever
// adds one adds it there, and raises Format.
type Event struct {
	Format  int       `json:"format"`
	ID      string    `json:"id"` // UUID version 7
	At      time.Time `json:"at"` // UTC, microseconds
	Outcome Outcome   `json:"outcome"`
	Name    string    `json:"name"` // event of the workflow definition, or "campaign.create", "user.create", ...

	Subject   string `json:"subject"` // "task", "campaign", "user", ...
	SubjectID string `json:"subject_id"`
	Version   int    `json:"version"` // of the subject after the event; consecutive from 1

	ActorID   string `json:"actor_id"`
	ActorRole string `json:"actor_role,omitempty"` // the role in which it was allowed
	Channel   string `json:"channel"`
	Address   string `json:"address,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	// The Idempotency-Key of the request and the hash of what it asked, in the
	// first event of the request: by them a repetition gets the same answer.
	RequestKey  string `json:"request_key,omitempty"`
	RequestHash string `json:"request_hash,omitempty"`

	Campaign string `json:"campaign,omitempty"`
	Region   string `json:"region,omitempty"`
	Period   string `json:"period,omitempty"`
	From     string `json:"from,omitempty"` // state before
	To       string `json:"to,omitempty"`   // state after
	Reason   string `json:"reason,omitempty"`

	Before json.RawMessage `json:"before,omitempty"` // the changed fields as they were
	After  json.RawMessage `json:"after,omitempty"`  // the subject and everything made with it

	canonical []byte
}

// Seal fixes the event's canonical bytes: JSON of the fields above in this
// order, no white space, UTF-8, times in UTC to the microsecond. It is called
// once, when the event is made. What it makes can be verified and proved later:
// it refuses anything else, a text that is not UTF-8 for one, which JSON would
// change without a word.
func (e *Event) Seal() error {
	e.Format = Format
	e.At = e.At.UTC().Truncate(time.Microsecond)
	b, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("sealing event %s: %w", e.Name, err)
	}
	if _, err := scan(b); err != nil {
		return fmt.Errorf("sealing event %s: %w", e.Name, err)
	}
	e.canonical = b
	return nil
}

// Canonical returns the bytes fixed by Seal or read by Parse.
func (e Event) Canonical() []byte { return e.canonical }

// Parse reads an event from its canonical bytes and keeps a copy of them as they
// are. Bytes that Seal would not make are read as JSON: what they say is for people
// to see.
func Parse(canonical []byte) (Event, error) { return Take(append([]byte(nil), canonical...)) }

// Take is Parse for bytes that nobody else will change: the event keeps them
// themselves.
func Take(canonical []byte) (Event, error) {
	var f fields
	if err := f.scan(canonical); err == nil {
		return f.event(canonical), nil
	}
	var e Event
	if err := json.Unmarshal(canonical, &e); err != nil {
		return Event{}, fmt.Errorf("reading audit event: %w", err)
	}
	if e.Format != Format {
		return Event{}, fmt.Errorf("audit event has format %d, this program reads %d", e.Format, Format)
	}
	e.canonical = canonical
	return e, nil
}
