package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// EvidenceFile is an evidence file to be read. Whoever gets one closes it.
type EvidenceFile struct {
	EvidenceRef
	Content EvidenceContent
}

// Uploads returns the files that the actor, who may report on the task, uploaded for it,
// oldest first.
func (s *Service) Uploads(ctx context.Context, actor Actor, taskID string) ([]Evidence, error) {
	return read(ctx, s, func(r Reader) ([]Evidence, error) {
		task, err := s.visibleTask(r, actor, taskID)
		if err != nil {
			return nil, err
		}
		if _, ok := s.auth.May(actor, EventPermission(EventReport), task.Region); !ok {
			return nil, forbidden()
		}
		all, err := r.EvidenceOf(taskID)
		return slices.DeleteFunc(all, func(e Evidence) bool { return e.Uploader != actor.UserID }), err
	})
}

// OpenUpload opens a file that the actor uploaded for a task.
func (s *Service) OpenUpload(ctx context.Context, actor Actor, taskID, sha256 string) (*EvidenceFile, error) {
	own, err := s.Uploads(ctx, actor, taskID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(own, func(e Evidence) bool { return e.SHA256 == sha256 })
	if i < 0 {
		return nil, errNoFile()
	}
	return s.openEvidence(ctx, own[i].Ref())
}

// OpenEvidence opens a file of a task's report. Who may see the report may read it. That
// an auditor reads it is itself an event, stored before the file is given.
func (s *Service) OpenEvidence(ctx context.Context, actor Actor, taskID string, number int, sha256 string) (*EvidenceFile, error) {
	reports, err := s.Reports(ctx, actor, taskID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(reports, func(r Report) bool { return r.Number == number })
	if i < 0 {
		return nil, errNoFile()
	}
	files := reports[i].Evidence
	j := slices.IndexFunc(files, func(e EvidenceRef) bool { return e.SHA256 == sha256 })
	if j < 0 {
		return nil, errNoFile()
	}
	file, err := s.openEvidence(ctx, files[j])
	if err != nil {
		return nil, err
	}
	if actor.Has(Auditor) {
		what := map[string]any{"task_id": taskID, "report": number, "sha256": sha256}
		if err := s.logReading(ctx, actor, eventFetch, what); err != nil {
			return nil, errors.Join(err, file.Content.Close())
		}
	}
	return file, nil
}

func errNoFile() *Error { return NotFoundError(Text{ZH: "证据文件", EN: "The evidence file"}) }

// openEvidence opens a file whose content is still what its digest says: all of it is read
// before any of it is given.
func (s *Service) openEvidence(ctx context.Context, ref EvidenceRef) (*EvidenceFile, error) {
	if s.evidence == nil {
		return nil, errNoStore(errors.New("no store is configured"))
	}
	content, fault, err := s.verified(ctx, ref.SHA256)
	if err != nil {
		return nil, errNoStore(err)
	}
	if fault != "" {
		return nil, NewError(Internal, "evidence."+string(fault), "证据文件丢失或已被改动，请告知管理员", "The evidence file is missing or was changed; tell the administrator").
			Because(fmt.Errorf("evidence file %s is %s: run duban evidence check", ref.SHA256, fault))
	}
	return &EvidenceFile{EvidenceRef: ref, Content: content}, nil
}

// EvidenceFault is what can be wrong with a stored file.
type EvidenceFault string

// The faults of stored files.
const (
	EvidenceMissing EvidenceFault = "missing"
	EvidenceChanged EvidenceFault = "changed"
	EvidenceOrphan  EvidenceFault = "orphan" // no upload has it
)

// verified opens a file and holds its bytes against its digest.
func (s *Service) verified(ctx context.Context, digest string) (EvidenceContent, EvidenceFault, error) {
	content, err := s.evidence.store.Open(ctx, digest)
	if errors.Is(err, ErrNoFile) {
		return nil, EvidenceMissing, nil
	}
	if err != nil {
		return nil, "", err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return nil, "", errors.Join(fmt.Errorf("reading evidence file %s: %w", digest, err), content.Close())
	}
	if !strings.EqualFold(hex.EncodeToString(sum.Sum(nil)), digest) {
		return nil, EvidenceChanged, content.Close()
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return nil, "", errors.Join(fmt.Errorf("reading evidence file %s: %w", digest, err), content.Close())
	}
	return content, "", nil
}

// evidenceFor returns how a report names the uploads with the given digests, in their
// order. One of somebody else or of another task is refused as an unknown one is.
func (m *motion) evidenceFor(digests []string) ([]EvidenceRef, Problems, error) {
	var p Problems
	if len(digests) == 0 {
		return nil, nil, nil
	}
	if m.svc.evidence == nil {
		return nil, nil, errNoStore(errors.New("no store is configured"))
	}
	if most := m.svc.evidence.rules.PerReport; len(digests) > most {
		p.Add("evidence", "too_many", fmt.Sprintf("每份报告最多 %d 个证据文件", most), fmt.Sprintf("a report has %d evidence files at most", most))
		return nil, p, nil
	}
	all, err := m.EvidenceOf(m.task.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the uploads of task %s: %w", m.task.ID, err)
	}
	refs := make([]EvidenceRef, 0, len(digests))
	for n, digest := range digests {
		at := fmt.Sprintf("evidence.%d", n)
		i := slices.IndexFunc(all, func(e Evidence) bool { return e.SHA256 == digest && e.Uploader == m.actor.UserID })
		switch {
		case i < 0:
			p.Add(at, "unknown", "没有此证据文件，请先为本任务上传", "there is no such evidence file: upload it for this task first")
		case slices.Contains(digests[:n], digest):
			p.Add(at, "repeated", "证据文件重复", "is named twice")
		default:
			refs = append(refs, all[i].Ref())
		}
	}
	return refs, p, nil
}
