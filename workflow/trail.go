package workflow

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"duban/workflow/audit"
)

// KeptCheckpoint is a checkpoint that was kept outside the database, as text; From
// says where, for people.
type KeptCheckpoint struct {
	From string
	Note []byte
}

// TrailFinding is something that is wrong with what is stored.
type TrailFinding struct {
	Table  string `json:"table"` // or the file of checkpoints
	Key    string `json:"key"`   // of the row: "id=..."; of several: "log_index=3..7"
	Column string `json:"column,omitempty"`
	Is     string `json:"is,omitempty"`
	Want   string `json:"want,omitempty"`
	Text   Text   `json:"text"`
}

// TrailReport is what VerifyTrail found.
type TrailReport struct {
	Size     int64 `json:"size"`     // places of the log
	Accepted int64 `json:"accepted"` // events that are accepted changes
	Refused  int64 `json:"refused"`  // events that are refused attempts
	Subjects int   `json:"subjects"` // with accepted events
	Pending  int64 `json:"pending"`  // events that wait for the log

	Stored  int   `json:"stored"`  // checkpoints in the database that were compared
	Kept    int   `json:"kept"`    // and of those kept outside
	Covered int64 `json:"covered"` // size of the largest one kept outside that agrees

	Findings []TrailFinding   `json:"findings"` // the first ones of each table, the first wrong row first
	Counts   map[string]int64 `json:"counts"`   // of all, by table
}

// Clean reports whether nothing was found.
func (r TrailReport) Clean() bool { return len(r.Counts) == 0 }

// Open returns how many events no checkpoint kept outside vouches for: whoever can
// write the whole database could still change them unnoticed.
func (r TrailReport) Open() int64 { return r.Size - r.Covered + r.Pending }

// NotCovered are the tables that events do not tell of. They hold nothing that was
// decided: who is signed in, answers to repeated requests, where archives are, which files
// are stored (which `duban evidence check` compares with the files themselves), what one
// person has typed so far, and how the page is for one person.
var NotCovered = []string{"credentials", "replays", "audit_archives", "audit_verifications", "evidence_files", "attempts", "totp_steps", "recovery_codes", "past_passwords", "identity_version", "report_drafts", "preferences"}

// mostFindings is how many findings are listed of a table; the others are counted.
const mostFindings = 50

// trailBatch is how many events are held at once.
const trailBatch = 4096

// trail is a verification under way.
type trail struct {
	r Reader
	// campaigns as their events left them, by code
	campaigns map[string]Campaign
	tasks     *taskLedger
	key       string
	log       *audit.Verifier
	adding    aside // while it takes records
	next      int64 // index of the record that it takes next
	archived  *archivedTrail
	kept      map[audit.Checkpoint]bool // outside
	stored    map[int64][sha256.Size]byte
	unknown   map[string]bool // columns found already
	listed    map[string]int  // findings of each table
	findings  []TrailFinding
	report    TrailReport
}

// VerifyTrail recomputes the whole log and holds it against every checkpoint, those
// in the database and those kept outside, and everything else that is stored against
// the events. It goes on after what it finds. Everything is read in one snapshot.
func (s *Service) VerifyTrail(ctx context.Context, kept []KeptCheckpoint) (TrailReport, error) {
	if s.logKey.Public == "" {
		return TrailReport{}, NewError(Invalid, "audit.no_key", "缺少日志的公钥", "The public key of the log is needed")
	}
	return read(ctx, s, func(r Reader) (TrailReport, error) {
		archived, err := s.archivedTrail(r)
		if err != nil {
			return TrailReport{}, err
		}
		defer archived.close()
		t := &trail{
			archived: archived, r: r, key: s.logKey.Public, kept: map[audit.Checkpoint]bool{}, stored: map[int64][sha256.Size]byte{},
			campaigns: map[string]Campaign{}, tasks: newTaskLedger(r), unknown: map[string]bool{}, listed: map[string]int{}, report: TrailReport{Counts: map[string]int64{}},
		}
		for _, part := range []func() error{
			func() error { return t.checkpoints(kept) }, t.events, t.places,
			func() error {
				return subjects(t, SubjectRegion, foldRegion, func(told *Told) *[]Region { return &told.Regions })
			},
			func() error {
				return subjects(t, SubjectUser, s.foldUser, func(told *Told) *[]UserPast { return &told.Users })
			},
			func() error {
				return subjects(t, SubjectDelegation, foldDelegation, func(told *Told) *[]Delegation { return &told.Delegations })
			},
			func() error {
				return subjects(t, SubjectLink, foldLink, func(told *Told) *[]Link { return &told.Links })
			},
			func() error {
				return subjects(t, SubjectCampaign, t.foldCampaign, func(told *Told) *[]CampaignPast { return &told.Campaigns })
			},
			t.tasksAgree,
			func() error {
				return subjects(t, SubjectEdition, foldEdition, func(told *Told) *[]EditionPast { return &told.Editions })
			},
			func() error {
				return subjects(t, SubjectNarrative, foldNarrative, func(told *Told) *[]NarrativeEdit { return &told.Edits })
			},
			func() error {
				return subjects(t, SubjectEvidence, s.foldEvidence, func(told *Told) *[]EvidencePast { return &told.Evidence })
			},
		} {
			if err := part(); err != nil {
				return t.report, fmt.Errorf("verifying the trail: %w", err)
			}
		}
		t.report.Findings = t.findings
		return t.report, nil
	})
}

// add counts a finding and keeps the first ones.
func (t *trail) add(f TrailFinding) {
	if t.report.Counts[f.Table]++; t.listed[f.Table] < mostFindings {
		t.listed[f.Table]++
		t.findings = append(t.findings, f)
	}
}

// differs makes a finding of a difference.
func (t *trail) differs(d Difference) {
	if d.Kind == ColumnUnknown || d.Kind == RowMissing && d.Key == "" { // of a column; met on every page
		if name := d.Table + "." + d.Column; t.unknown[name] {
			return
		} else {
			t.unknown[name] = true
		}
	}
	t.add(TrailFinding{Table: d.Table, Key: d.Key, Column: d.Column, Is: d.Is, Want: d.Want, Text: d.text()})
}

// text says for people what a difference is.
func (d Difference) text() Text {
	switch d.Kind {
	case RowMissing:
		if d.Key == "" {
			return Text{ZH: "缺少此列", EN: "the column is missing"}
		}
		return Text{ZH: "审计事件记有此行，而表中没有", EN: "events tell of this row, and it is not there"}
	case RowExtra:
		return Text{ZH: "没有审计事件记有此行", EN: "no event tells of this row"}
	case RowDangling:
		return Text{ZH: "所指的审计事件不存在", EN: "the event that it names is not there"}
	case RowTwice:
		return Text{ZH: "同一审计事件占两处", EN: "the event has two places"}
	case RowUnplaced:
		return Text{ZH: "审计事件既不在日志中，也不在待入日志之列", EN: "the event is neither in the log nor waits for it"}
	case ColumnUnknown:
		return Text{ZH: "没有审计事件记有此列的内容", EN: "no event tells what is in this column"}
	}
	return Text{ZH: "内容与审计事件不符", EN: "it is not what the events say"}
}

// checkpoints opens every checkpoint that there is. Those kept outside came from the
// database, so they must be there.
func (t *trail) checkpoints(kept []KeptCheckpoint) error {
	all := map[audit.Checkpoint]bool{}
	for above, more := int64(math.MinInt64), true; more; {
		page, err := t.r.Checkpoints(above, 1_000)
		if err != nil {
			return err
		}
		for _, c := range page {
			above = c.Size
			t.stored[c.Size] = sha256.Sum256(c.Note)
			says, err := t.open(TrailFinding{Table: tableCheckpoints, Key: sizeKey(c.Size), Column: "note"}, c.Note)
			if err != nil {
				return err
			}
			if says == nil {
				continue
			}
			t.report.Stored++
			all[*says] = true
			if says.Size != c.Size {
				t.add(TrailFinding{Table: tableCheckpoints, Key: sizeKey(c.Size), Column: "size", Is: fmt.Sprint(c.Size), Want: fmt.Sprint(says.Size),
					Text: Text{ZH: "与所签的内容不符", EN: "it is not what was signed"}})
			}
		}
		more = len(page) > 0
	}
	for _, k := range kept {
		says, err := t.open(TrailFinding{Table: k.From, Key: "checkpoint"}, k.Note)
		if err != nil {
			return err
		}
		if says == nil || t.kept[*says] {
			continue
		}
		t.kept[*says], all[*says] = true, true
		t.report.Kept++
		if t.stored[says.Size] != sha256.Sum256(k.Note) {
			t.add(TrailFinding{Table: tableCheckpoints, Key: sizeKey(says.Size), Text: Text{
				ZH: "保存在库外的检查点（" + k.From + "）不在库中", EN: "the checkpoint that is kept outside (" + k.From + ") is not there",
			}})
		}
	}
	t.log = audit.NewVerifier(mostFindings, slices.Collect(maps.Keys(all))...)
	t.log.Trust(slices.Collect(maps.Keys(t.kept))...)
	return nil
}

const tableCheckpoints = "audit_checkpoints"

func sizeKey(size int64) string { return fmt.Sprintf("size=%d", size) }

// open opens a checkpoint. One that cannot be is a finding at the given place.
func (t *trail) open(at TrailFinding, note []byte) (*audit.Checkpoint, error) {
	c, err := audit.Open(note, t.key)
	fault, refused := errors.AsType[*audit.Fault](err)
	switch {
	case refused:
		at.Text = Text(fault.Text)
		t.add(at)
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &c, nil
}
