package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// Retention is the least time that events stay in the database: logs are kept at
// least six months (Cybersecurity Law of the PRC, article 21(3)).
const Retention = 6 // months

// EventArchived is the audit event of an archive that was made.
const EventArchived = "audit.archive"

// ArchivedLog is an archive file whose events are no longer in the database: the
// records of the log up to Until, from where the archive before it ends.
type ArchivedLog struct {
	Until  int64     `json:"until"`
	File   string    `json:"file"`   // its name, without a folder
	SHA256 string    `json:"sha256"` // of the file, hexadecimal
	Note   []byte    `json:"-"`      // the checkpoint in it
	At     time.Time `json:"at"`
}

// ArchiveFolder is where archive files are.
type ArchiveFolder interface {
	// Keep stores what write gives under a name. The file is on disk when it returns
	// the SHA-256 of its content in hexadecimal; one of an earlier attempt is gone.
	Keep(name string, write func(io.Writer) error) (sha256 string, err error)
	// Open reads a file.
	Open(name string) (io.ReadCloser, error)
}

// WithArchives returns the service with a folder for archives.
func (s *Service) WithArchives(folder ArchiveFolder) *Service {
	s.archives = folder
	return s
}

// dropBatch is of how many archived events some leave the database in one unit of
// work.
const dropBatch = 5_000

// Archive copies the oldest part of the log into a file: the events up to the given
// day, at least Retention months ago, and up to a checkpoint, with which the file is
// checked. Then those of its events leave the database that nothing stored rests on:
// sign-ins, tokens, refused attempts, readings and exports. What tells of tasks,
// campaigns, accounts and regions stays: it is the record itself, from which every
// past moment is rebuilt. Archive reports nil when there is nothing to archive; one
// that was interrupted is gone on with.
func (s *Service) Archive(ctx context.Context, call Call, before calendar.Date) (*ArchivedLog, error) {
	if _, ok := s.auth.May(call.Actor, MayArchive, ""); !ok {
		return nil, s.refused(ctx, call.to(EventArchived, subjectArchive, ""), forbidden())
	}
	if last := calendar.Of(s.now().AddDate(0, -Retention, 0)); before.After(last) {
		var p Problems
		p.Add("before", "retention", fmt.Sprintf("审计事件至少保留 %d 个月，最晚可为 %s", Retention, last),
			fmt.Sprintf("events are kept at least %d months: at the latest %s", Retention, last))
		return nil, p.Err()
	}
	done, err := s.archive(ctx, call, before)
	if err == nil {
		err = s.dropArchived(ctx)
	}
	if err != nil {
		return nil, AsError(err)
	}
	return done, nil
}

// subjectArchive is the subject of events about archives, by the name of the file.
const subjectArchive = "archive"

func (s *Service) archive(ctx context.Context, call Call, before calendar.Date) (*ArchivedLog, error) {
	plan, err := read(ctx, s, func(r Reader) (archivePlan, error) { return planArchive(r, before) })
	if err != nil || plan.head.Until == plan.head.From {
		return nil, err
	}
	made := ArchivedLog{Until: plan.head.Until, File: fmt.Sprintf("audit-%012d-%012d.jsonl", plan.head.From, plan.head.Until), Note: plan.note}
	if made.SHA256, err = s.archives.Keep(made.File, func(w io.Writer) error {
		return audit.WriteArchive(w, plan.head, s.logKey.Public, s.recordsOf(ctx, plan.head.From, plan.head.Until))
	}); err != nil {
		return nil, fmt.Errorf("keeping an archive: %w", err)
	}
	if err := s.checkArchive(plan, made); err != nil {
		return nil, err
	}
	return write(ctx, s, call, func(u *desk) (*ArchivedLog, error) {
		is := made
		is.At = u.now
		if err := u.InsertArchive(is); err != nil {
			return nil, fmt.Errorf("recording an archive: %w", err)
		}
		after, err := json.Marshal(is)
		if err != nil {
			return nil, err
		}
		return &is, u.log(audit.Event{Name: EventArchived, Subject: subjectArchive, SubjectID: is.File, Version: 1, After: after})
	})
}

// archivePlan is an archive that is still to be written.
type archivePlan struct {
	head   audit.Archive
	note   []byte
	before audit.Hash // root of the log of head.From records
}

func planArchive(r Reader, before calendar.Date) (p archivePlan, err error) {
	archives, err := r.Archives()
	if err != nil {
		return p, err
	}
	if n := len(archives); n > 0 {
		p.head.From = archives[n-1].Until
	}
	p.head.Until = p.head.From
	upTo, err := r.FirstSince(p.head.From, before.End())
	if err != nil {
		return p, err
	}
	c, err := r.CheckpointUpTo(upTo)
	if isNoRow(err) || err == nil && c.Size <= p.head.From {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	size, err := r.LogSize()
	if err != nil {
		return p, err
	}
	tree := audit.NewTree(size, audit.HashReaderFunc(r.LogHashesAt))
	if p.head.Peaks, err = tree.Peaks(p.head.From); err != nil {
		return p, err
	}
	if p.before, err = tree.Root(p.head.From); err != nil {
		return p, err
	}
	p.head.Until, p.head.Checkpoint, p.note = c.Size, string(c.Note), c.Note
	return p, nil
}

// recordsOf gives the records [from, until) one after the other, then nil.
func (s *Service) recordsOf(ctx context.Context, from, until int64) func() ([]byte, error) {
	var batch []audit.Leaf
	return func() ([]byte, error) {
		if len(batch) == 0 {
			if from == until {
				return nil, nil
			}
			end := min(until, from+sequenceBatch)
			var err error
			if batch, err = s.leaves(ctx, from, end); err != nil {
				return nil, err
			}
			from = end
		}
		record := batch[0].Canonical
		batch = batch[1:]
		return record, nil
	}
}

// leaves returns the records [from, end), all of them.
func (s *Service) leaves(ctx context.Context, from, end int64) ([]audit.Leaf, error) {
	return read(ctx, s, func(r Reader) ([]audit.Leaf, error) {
		var wrong error
		page, err := r.LogPage(from, int(end-from), nil, func(d Difference) {
			wrong = fmt.Errorf("%s %s is not what was logged: verify the trail first", d.Table, d.Key)
		})
		if err == nil && int64(len(page.Leaves)) != end-from {
			wrong = fmt.Errorf("of the records %d to %d only %d are there: verify the trail first", from, end-1, len(page.Leaves))
		}
		return page.Leaves, errors.Join(err, wrong)
	})
}

// checkArchive reads the file as anybody would who has nothing else, and compares it
// with the log that it was taken from.
func (s *Service) checkArchive(plan archivePlan, a ArchivedLog) (err error) {
	file, err := s.archives.Open(a.File)
	if err != nil {
		return fmt.Errorf("reading the archive back: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	head, before, err := audit.CheckArchive(file, s.logKey.Public, func(audit.Leaf) error { return nil })
	if err != nil {
		return fmt.Errorf("checking the archive that was just written: %w", err)
	}
	if before != plan.before || head.Checkpoint != string(plan.note) {
		return errors.New("the archive that was just written does not join the log")
	}
	return nil
}

// dropArchived takes what may go of the events of all archives out of the database.
func (s *Service) dropArchived(ctx context.Context) error {
	archives, err := read(ctx, s, Reader.Archives)
	if err != nil || len(archives) == 0 {
		return err
	}
	until := archives[len(archives)-1].Until
	for from := int64(0); from < until; from += dropBatch {
		if err := s.store.Update(ctx, func(tx Tx) error { return tx.DropArchived(from, min(until, from+dropBatch), keptSubjects) }); err != nil {
			return fmt.Errorf("taking archived events out of the database: %w", err)
		}
	}
	return nil
}

// keptSubjects are those whose accepted events never leave the database: what is
// stored of them is verified by their events, and rebuilt from them.
var keptSubjects = []string{SubjectTask, SubjectCampaign, SubjectRegion, SubjectUser, SubjectDelegation, SubjectLink, SubjectEdition, SubjectNarrative, SubjectEvidence, subjectSettings}

// mayBeGone reports whether an event that is in an archive may be gone from the
// database.
func mayBeGone(e audit.Event) bool {
	return e.Outcome == audit.Refused || !slices.Contains(keptSubjects, e.Subject)
}
