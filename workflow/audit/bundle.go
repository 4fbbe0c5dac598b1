package audit

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Logged is an event with its index in the log.
type Logged struct {
	Index int64
	Event Event
}

// Checked is what a bundle proves: that these events of one subject stand at
// these indexes of the log that was signed, and that no accepted event between
// the first and version Version is left out. It does not prove that no later
// one was there, nor that every refused attempt is in it.
type Checked struct {
	Checkpoint Checkpoint
	Subject    string
	SubjectID  string
	Version    int      // of the last accepted event; 0 when there are only refused attempts
	Events     []Logged // in order of the log
}

// Bundle returns the file that proves the events of one subject against a
// signed checkpoint, at most as large as the tree: JSON, UTF-8, in the only form
// that CheckBundle reads. The events are all of one subject, in order of index.
// It is checked before it is returned, so that a log that was tampered with
// gives a *Fault that says which event cannot be proved.
func (t *Tree) Bundle(checkpoint []byte, public string, events []Logged) ([]byte, error) {
	if len(events) == 0 {
		return nil, errors.New("making a bundle: there are no events")
	}
	signed, err := Open(checkpoint, public)
	if err != nil {
		return nil, fmt.Errorf("making a bundle: %w", err)
	}
	d := document{
		origin: signed.Origin, checkpoint: string(checkpoint),
		subject: events[0].Event.Subject, subjectID: events[0].Event.SubjectID, events: make([]proved, len(events)),
	}
	indexes := make([]int64, len(events))
	for i, e := range events {
		indexes[i] = e.Index
	}
	proofs, err := t.Inclusion(signed.Size, indexes...)
	if err != nil {
		return nil, fmt.Errorf("making a bundle: %w", err)
	}
	for i, e := range events {
		d.events[i] = proved{index: e.Index, canonical: string(e.Event.Canonical()), proof: proofs[i]}
	}
	data := d.encode()
	if _, err := CheckBundle(data, public); err != nil {
		return nil, fmt.Errorf("making a bundle: %w", err)
	}
	return data, nil
}

// CheckBundle checks a bundle against the public key of the log and nothing
// else. It refuses with a *Fault that says where; an unusable key is another error.
// Every byte counts: there is no other file that says the same.
func CheckBundle(data []byte, public string) (Checked, error) {
	d, err := parseDocument(data)
	if err != nil {
		return Checked{}, err
	}
	c, err := Open([]byte(d.checkpoint), public)
	if err != nil {
		return Checked{}, err
	}
	if c.Origin != d.origin {
		return Checked{}, &Fault{Place: "origin", Text: Text{ZH: "来源与检查点不符", EN: "the origin is not that of the checkpoint"}}
	}
	out := Checked{Checkpoint: c, Subject: d.subject, SubjectID: d.subjectID, Events: make([]Logged, 0, len(d.events))}
	for i, p := range d.events {
		if fault := out.take(i+1, p); fault != nil {
			return Checked{}, fault
		}
	}
	return out, nil
}

// take checks the next event of a bundle, the number-th of the file.
func (c *Checked) take(number int, p proved) error {
	if p.index >= c.Checkpoint.Size {
		return eventFault(number, fmt.Sprintf("序号 %d 超出检查点的 %d 条记录", p.index, c.Checkpoint.Size),
			fmt.Sprintf("index %d is outside the %d records of the checkpoint", p.index, c.Checkpoint.Size))
	}
	canonical := []byte(p.canonical)
	if err := tlog.CheckRecord(p.proof, c.Checkpoint.Size, c.Checkpoint.Root, p.index, tlog.RecordHash(canonical)); err != nil {
		return eventFault(number, fmt.Sprintf("与日志第 %d 号记录不符（内容、序号或证明已改动）", p.index),
			fmt.Sprintf("not what was logged at index %d (the event, the index or the proof was changed)", p.index))
	}
	if n := len(c.Events); n > 0 && p.index <= c.Events[n-1].Index {
		return eventFault(number, fmt.Sprintf("次序颠倒：序号 %d 在 %d 之后", p.index, c.Events[n-1].Index),
			fmt.Sprintf("out of order: index %d follows %d", p.index, c.Events[n-1].Index))
	}
	event, err := Parse(canonical)
	if err == nil {
		_, err = scan(canonical)
	}
	if err != nil {
		return eventFault(number, "不是规范格式的审计事件", "not an audit event in the canonical form").because(err)
	}
	if event.Subject != c.Subject || event.SubjectID != c.SubjectID {
		return eventFault(number, fmt.Sprintf("属于 %s %s，而非 %s %s", event.Subject, event.SubjectID, c.Subject, c.SubjectID),
			fmt.Sprintf("is about %s %s, not %s %s", event.Subject, event.SubjectID, c.Subject, c.SubjectID))
	}
	if event.Outcome == Accepted {
		if event.Version != c.Version+1 {
			return eventFault(number, fmt.Sprintf("版本不连续：第 %d 版在第 %d 版之后", event.Version, c.Version),
				fmt.Sprintf("version %d follows version %d: an event is left out", event.Version, c.Version))
		}
		c.Version = event.Version
	}
	c.Events = append(c.Events, Logged{Index: p.index, Event: event})
	return nil
}
