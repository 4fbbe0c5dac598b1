package workflow

import (
	"context"
	"fmt"
	"time"

	"duban/workflow/audit"
)

// Meeting is what a supervision meeting asks for about a campaign's period, all of
// one snapshot and one evidence moment.
type Meeting struct {
	Lag        LagData
	At         time.Time // the evidence moment: known is what was made before it
	Tasks      []MeetingTask
	Issued     *IssuedTable // the newest edition by then, within the reader's scope; nil: none
	Note       []byte       // the newest checkpoint
	Checkpoint audit.Checkpoint
	Key        string // public, of the log
}

// MeetingTask is one task as it was at the evidence moment, rebuilt from the events
// that the proof proves.
type MeetingTask struct {
	TaskPast
	Entries []TimelineEntry // oldest first
	Proof   Proof
}

// Meeting reads the lag table as of a moment and, for the tasks that listed names
// of it, everything else. Whoever may read the table may not read on unless he may
// read the events of each of them.
func (s *Service) Meeting(ctx context.Context, actor Actor, campaign, period string, asOf AsOf, listed func(LagData) []string) (Meeting, error) {
	l := lagLook(campaign, period, asOf)
	scope := s.auth.Scope(actor, l.permission)
	if scope.Empty() {
		return Meeting{}, forbidden()
	}
	before, err := s.until(asOf)
	if err != nil {
		return Meeting{}, err
	}
	return read(ctx, s, func(r Reader) (Meeting, error) {
		p, err := pictureOf(r, l, scope, before)
		if err != nil {
			return Meeting{}, err
		}
		proofs, err := s.prover(r)
		if err != nil {
			return Meeting{}, err
		}
		m := Meeting{Lag: p.lagData(asOf), At: before, Note: proofs.note, Checkpoint: proofs.says, Key: proofs.public}
		if m.Issued, err = newestEdition(r, scope, m.Lag, asOf); err != nil {
			return Meeting{}, err
		}
		until := before
		if asOf.IsZero() {
			until = time.Time{} // as the table: all that the snapshot holds, also by a clock that is ahead
		}
		for _, id := range listed(m.Lag) {
			task, err := s.meetingTask(r, actor, proofs, id, until)
			if err != nil {
				return Meeting{}, fmt.Errorf("reading the history of task %s: %w", id, err)
			}
			m.Tasks = append(m.Tasks, task)
		}
		return m, nil
	})
}

func (s *Service) meetingTask(r Reader, actor Actor, proofs *prover, id string, before time.Time) (MeetingTask, error) {
	line, err := s.timeline(r, actor, id)
	if err != nil {
		return MeetingTask{}, err
	}
	var t MeetingTask
	for _, e := range line.Entries {
		if !before.IsZero() && !e.Event.At.Before(before) {
			break
		}
		if err := t.Apply(e.Event); err != nil {
			return t, err
		}
		t.Entries = append(t.Entries, e)
	}
	t.Proof, err = proofs.prove(id, before)
	return t, err
}

const eventPackExport = "pack.export"

// ExportedPack is what the event of an exported meeting pack tells.
type ExportedPack struct {
	Campaign string `json:"campaign"`
	Period   string `json:"period"`
	AsOf     string `json:"as_known_on,omitempty"`
	Tasks    int    `json:"tasks"`
	SHA256   string `json:"sha256"` // of the file, in hexadecimal
}

// RecordPack stores that a meeting pack was exported; one for which it fails must
// not be given.
func (s *Service) RecordPack(ctx context.Context, actor Actor, p ExportedPack) error {
	return s.logReading(ctx, actor, eventPackExport, p)
}
