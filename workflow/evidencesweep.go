package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Swept is what sweeping removed.
type Swept struct {
	Uploads int // that no report named in time
	Files   int // that no upload has
	Left    int // files that no upload has, and too many to believe
}

const (
	sweepBatch = 100
	// mostOrphans is how many files without an upload are removed unasked. More of them
	// are a database that was restored from an old copy, or that of another installation.
	mostOrphans = 100
)

// SweepEvidence removes uploads that no report named in time, each with an event, and
// files and drafts stored before a moment that no upload has. An upload that is under
// way loses at most the work done so far, never what it was acknowledged. With all,
// files are removed however many there are.
func (s *Service) SweepEvidence(ctx context.Context, call Call, before time.Time, all bool) (Swept, error) {
	var swept Swept
	if s.evidence == nil {
		return swept, nil
	}
	for more := true; more; {
		old, err := read(ctx, s, func(r Reader) ([]Evidence, error) {
			return r.UnusedEvidence(s.now().Add(-s.evidence.rules.Keep), sweepBatch)
		})
		if err != nil {
			return swept, err
		}
		for _, e := range old {
			if err := s.dropUpload(ctx, call, e); err != nil {
				return swept, err
			}
			swept.Uploads++
		}
		more = len(old) == sweepBatch
	}
	orphans, err := s.orphans(ctx, before)
	if err != nil {
		return swept, err
	}
	if len(orphans) > mostOrphans && !all {
		swept.Left = len(orphans)
		return swept, nil
	}
	for _, file := range orphans {
		removed, err := s.removeFile(ctx, file.SHA256)
		if err != nil {
			return swept, err
		}
		if removed {
			swept.Files++
		}
	}
	if err := s.evidence.store.Tidy(before); err != nil {
		return swept, errNoStore(err)
	}
	return swept, nil
}

// dropUpload forgets an upload unless a report names it by now: reports lock the task
// as well.
func (s *Service) dropUpload(ctx context.Context, call Call, e Evidence) error {
	_, err := write(ctx, s, call, func(u *desk) (struct{}, error) {
		start, err := u.LockTask(e.TaskID)
		if err != nil {
			return struct{}{}, fmt.Errorf("locking task %s: %w", e.TaskID, err)
		}
		unused, err := u.DeleteUnusedEvidence(e)
		if err != nil || !unused {
			return struct{}{}, err
		}
		e := e
		e.Version++
		return struct{}{}, u.logEvidence(eventDrop, "", start.Task.Region, EvidencePast{Evidence: e, Dropped: true})
	})
	return err
}

// orphans are the files stored before a moment that no upload has. Those stored later
// may be of an upload that is under way.
func (s *Service) orphans(ctx context.Context, before time.Time) ([]StoredFile, error) {
	var list, page []StoredFile
	look := func() error {
		having, err := read(ctx, s, func(r Reader) (map[string]bool, error) {
			digests := make([]string, len(page))
			for i, file := range page {
				digests[i] = file.SHA256
			}
			return r.FilesHad(digests)
		})
		for _, file := range page {
			if !having[file.SHA256] {
				list = append(list, file)
			}
		}
		page = page[:0]
		return err
	}
	err := s.evidence.store.Each(ctx, func(file StoredFile) error {
		if !file.Stored.Before(before) {
			return nil
		}
		if page = append(page, file); len(page) < sweepBatch {
			return nil
		}
		return look()
	})
	if err != nil {
		if e, ok := errors.AsType[*Error](err); ok {
			return nil, e
		}
		return nil, errNoStore(err)
	}
	return list, look()
}

// removeFile removes a file that no upload has. First its claim goes: whoever made it
// and has not recorded an upload will not. Then it is held by a claim of its own, so that
// nobody else stores the file before it is gone, or is told that it is there when the
// removal cannot be committed.
func (s *Service) removeFile(ctx context.Context, sha256 string) (removed bool, err error) {
	own, had := newID(), false
	err = s.store.Update(ctx, func(tx Tx) error {
		if _, err := tx.ClaimFile(sha256, own); err != nil {
			return err
		}
		having, err := tx.FilesHad([]string{sha256})
		if had = having[sha256]; err != nil || had {
			return err
		}
		return tx.ReleaseFile(sha256)
	})
	if err != nil || had {
		return false, asStoreError(err)
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		claimed, err := tx.ClaimFile(sha256, own)
		if removed = claimed == own; err != nil || !removed {
			return err
		}
		if err := s.evidence.store.Remove(ctx, sha256); err != nil {
			return errNoStore(err)
		}
		return tx.ReleaseFile(sha256)
	})
	return removed && err == nil, asStoreError(err)
}

func asStoreError(err error) error {
	if err == nil {
		return nil
	}
	return AsError(err)
}
