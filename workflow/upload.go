package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"duban/workflow/audit"
	"duban/workflow/filekind"
)

// SubjectEvidence is the subject of events about uploads.
const SubjectEvidence = "evidence"

const (
	eventUpload = "evidence.upload"
	eventDrop   = "evidence.drop"
	eventFetch  = "evidence.read"
)

// Upload takes a file for a report on a task that is still to be sent. Whoever may report
// on the task may upload for it. The content is read once, as it arrives, and is safe in
// the store before the upload is recorded. The same content again is the same upload,
// under its newest name.
func (s *Service) Upload(ctx context.Context, call Call, taskID, name string, content io.Reader) (Evidence, error) {
	call = call.to(eventUpload, SubjectTask, taskID)
	call.Request, call.IfVersion = nil, 0 // the content says what is the same
	if err := CheckFileName(name).Err(); err != nil {
		return Evidence{}, err
	}
	if err := s.mayUpload(ctx, call.Actor, taskID); err != nil {
		return Evidence{}, s.refused(ctx, call, err)
	}
	leave, err := s.evidence.desks.take(call.Actor.UserID)
	if err != nil {
		return Evidence{}, err
	}
	defer leave()
	draft, err := s.evidence.store.Draft()
	if err != nil {
		return Evidence{}, errNoStore(err)
	}
	defer draft.Discard()
	e := Evidence{TaskID: taskID, Name: name, Uploader: call.Actor.UserID}
	if err := s.receive(ctx, &e, draft, content); err != nil {
		return Evidence{}, err
	}
	generation, err := s.claim(ctx, e.SHA256)
	if err != nil {
		return Evidence{}, err
	}
	if err := draft.Keep(ctx, e.SHA256); err != nil {
		return Evidence{}, errNoStore(err)
	}
	return write(ctx, s, call, func(u *desk) (Evidence, error) { return u.upload(e, generation) })
}

// mayUpload refuses before anything is read. What it allows is asked again when the
// upload is recorded.
func (s *Service) mayUpload(ctx context.Context, actor Actor, taskID string) error {
	if s.evidence == nil {
		return errNoStore(errors.New("no store is configured"))
	}
	_, err := read(ctx, s, func(r Reader) (Task, error) {
		task, err := s.visibleTask(r, actor, taskID)
		if err != nil {
			return task, err
		}
		return task, s.maySend(r, actor, task, 1)
	})
	return err
}

// maySend refuses who may not report on the task, and so many more bytes for it than it
// may have.
func (s *Service) maySend(r Reader, actor Actor, task Task, more int64) error {
	if _, ok := s.auth.May(actor, EventPermission(EventReport), task.Region); !ok {
		return forbidden()
	}
	if task.State == Closed || task.State == Cancelled {
		return NewError(Conflict, "task.state", "任务已办结或撤销，不再接受证据文件", "The task has ended and takes no more files")
	}
	all, err := r.EvidenceOf(task.ID)
	if err != nil {
		return fmt.Errorf("reading the uploads of task %s: %w", task.ID, err)
	}
	for _, e := range all {
		more += e.Size
	}
	if more <= s.evidence.rules.PerTask {
		return nil
	}
	return NewError(Conflict, "evidence.quota", "此任务的证据文件总量已达上限；未被报告引用的文件到期后自动清除", "The files of this task have reached their limit; those that no report names are removed in time")
}

// errNoStore is the answer when files cannot be kept or read now.
func errNoStore(cause error) *Error {
	return NewError(Unavailable, "evidence.store", "证据文件暂时无法存取，请稍后再试", "Evidence files cannot be stored or read now; try again later").Because(cause)
}

// receive reads the content into the draft and finds out what it is.
func (s *Service) receive(ctx context.Context, e *Evidence, draft EvidenceDraft, content io.Reader) error {
	sum := sha256.New()
	source := &sourceReader{from: content}
	var err error
	if e.Size, err = io.Copy(io.MultiWriter(draft, sum), io.LimitReader(source, MaxEvidence+1)); err != nil {
		if source.err != nil {
			return source.err // why the content did not arrive is the caller's to say
		}
		return errNoStore(err)
	}
	if e.Size > MaxEvidence {
		return NewError(Invalid, "evidence.too_large", "每个证据文件不得超过 50 MiB", "An evidence file must be 50 MiB at most")
	}
	e.SHA256 = hex.EncodeToString(sum.Sum(nil))
	e.Kind, err = filekind.Of(draft, e.Size)
	if refusal, ok := errors.AsType[*filekind.Refusal](err); ok {
		var p Problems
		p.Add("content", refusal.Rule, refusal.ZH, refusal.EN)
		return p.Err()
	}
	if err != nil {
		return errNoStore(err)
	}
	if err := checkNamedLike(e.Name, e.Kind).Err(); err != nil {
		return err
	}
	return s.scan(ctx, io.NewSectionReader(draft, 0, e.Size))
}

// sourceReader remembers why reading from outside failed.
type sourceReader struct {
	from io.Reader
	err  error
}

func (r *sourceReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// scan refuses what the scanner finds, and everything while there is no answer.
func (s *Service) scan(ctx context.Context, content io.Reader) error {
	if s.evidence.scanner == nil {
		return nil
	}
	found, err := s.evidence.scanner.Scan(ctx, content)
	if err != nil {
		return NewError(Unavailable, "evidence.scanner", "病毒扫描暂不可用，不能接收文件，请稍后再试", "The malware scanner does not answer, so no file is taken; try again later").Because(err)
	}
	if found != "" {
		var p Problems
		p.Add("content", "infected", "文件含恶意代码："+found, "the file holds malware: "+found)
		return p.Err()
	}
	return nil
}

// claim says that a file is about to be stored, or is stored already, and returns its
// generation: a file that is removed and stored again is of another one.
func (s *Service) claim(ctx context.Context, sha256 string) (string, error) {
	var generation string
	err := s.store.Update(ctx, func(tx Tx) (err error) {
		generation, err = tx.ClaimFile(sha256, newID())
		return err
	})
	if err != nil {
		return "", AsError(err)
	}
	return generation, nil
}

// upload records a file that is stored. Whoever removes files looks for its record in a
// transaction that holds its claim: when the claim is still the one made before the
// file was stored, the file is there, and will be.
func (u *desk) upload(e Evidence, generation string) (Evidence, error) {
	start, err := u.LockTask(e.TaskID)
	if isNoRow(err) {
		return e, errNoTask()
	}
	if err != nil {
		return e, fmt.Errorf("locking task %s: %w", e.TaskID, err)
	}
	task := start.Task
	if _, ok := u.svc.auth.May(u.call.Actor, MayReadTasks, task.Region); !ok {
		return e, hiddenTask(task)
	}
	role, err := u.may(EventPermission(EventReport), task.Region)
	if err != nil {
		return e, err
	}
	all, err := u.EvidenceOf(task.ID)
	if err != nil {
		return e, fmt.Errorf("reading the uploads of task %s: %w", task.ID, err)
	}
	i := slices.IndexFunc(all, func(old Evidence) bool { return old.Uploader == e.Uploader && old.SHA256 == e.SHA256 })
	if i >= 0 && all[i].Name == e.Name {
		return all[i], nil
	}
	more := e.Size
	if i >= 0 {
		more = 0 // it is there already
	}
	if err := u.svc.maySend(u, u.call.Actor, task, more); err != nil {
		return e, err
	}
	is, err := u.FileGeneration(e.SHA256)
	if isNoRow(err) || err == nil && is != generation {
		return e, errNoStore(errors.New("the file was removed while it was being recorded"))
	}
	if err != nil {
		return e, fmt.Errorf("reading the claim of a file: %w", err)
	}
	if i >= 0 {
		name := e.Name
		e = all[i]
		e.Name, e.Version = name, e.Version+1
		err = u.SaveEvidence(e, all[i].Version)
	} else {
		e.ID, e.UploadedAt, e.Version = newID(), u.now, 1
		err = u.InsertEvidence(e)
	}
	if err != nil {
		return e, fmt.Errorf("saving upload %s: %w", e.ID, err)
	}
	return e, u.logEvidence(eventUpload, role, task.Region, EvidencePast{Evidence: e})
}

// logEvidence adds the event that left an upload as it is.
func (u *desk) logEvidence(name string, role Role, region string, past EvidencePast) error {
	past.NameDigest = digest(u.svc.evidenceKey(past.ID) + past.Name)
	past.Name = ""
	is, err := json.Marshal(past)
	if err != nil {
		return err
	}
	return u.log(audit.Event{Name: name, Subject: SubjectEvidence, SubjectID: past.ID, Version: past.Version, ActorRole: string(role), Region: region, After: is})
}

// evidenceKey keys the digest of a file's name.
func (s *Service) evidenceKey(id string) string { return s.derive("evidence", id) }

// uploadDesks bounds the uploads at once: of all, and a quarter of that of one person.
type uploadDesks struct {
	mu   sync.Mutex
	most int
	busy int
	by   map[string]int
}

func (d *uploadDesks) take(person string) (leave func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy >= d.most || d.by[person] >= int(math.Ceil(float64(d.most)/4)) {
		return nil, NewError(Unavailable, "evidence.busy", "同时上传的文件过多，请稍后再试", "Too many files are being uploaded at once; try again in a moment")
	}
	d.busy++
	d.by[person]++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.busy--
		if d.by[person]--; d.by[person] == 0 {
			delete(d.by, person)
		}
	}, nil
}
