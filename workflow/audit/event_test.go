package audit_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"duban/workflow/audit"
)

// TestCanonicalBytesStay: what is sealed is read back to the byte, and an event
// of an unknown format is refused.
func TestCanonicalBytesStay(t *testing.T) {
	e := audit.Event{
		ID: "01890000-0000-7000-8000-000000000000", At: time.Date(2023, 8, 31, 17, 0, 0, 123456789, time.FixedZone("", 8*3600)),
		Outcome: audit.Accepted, Name: "flag", Subject: "task", SubjectID: "t", Version: 3, ActorID: "u", Channel: "http",
		Reason: "滞后 <b>&", After: json.RawMessage(`{"task":{"state":"flagged_lagging"}}`),
	}
	if err := e.Seal(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(e.Canonical(), []byte(`"at":"2023-08-31T09:00:00.123456Z"`)) {
		t.Errorf("the time is not UTC to the microsecond: %s", e.Canonical())
	}
	read, err := audit.Parse(e.Canonical())
	if err != nil || !bytes.Equal(read.Canonical(), e.Canonical()) || read.Reason != e.Reason || !read.At.Equal(e.At) {
		t.Errorf("%+v, %v", read, err)
	}
	if _, err := audit.Parse(bytes.Replace(e.Canonical(), []byte(`"format":1`), []byte(`"format":2`), 1)); err == nil {
		t.Error("an unknown format is read")
	}
}
