package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"duban/workflow/audit"
)

// Proof is the file that proves events of a subject (audit.CheckBundle).
type Proof struct {
	File    []byte // nil: none of the events is in the checkpoint yet
	Version int    // of the subject: the last one that is proved
	Events  int    // that are proved, refused attempts included
}

// TaskProof proves a task's events against the newest checkpoint. Those that are
// not in it yet are left out.
type TaskProof struct {
	Proof
	Task       Task
	Checkpoint audit.Checkpoint
}

// TaskProof returns the proof of a task named by its id or as CAMPAIGN/CODE. That an
// auditor reads it is itself an event, stored before the answer is given.
func (s *Service) TaskProof(ctx context.Context, actor Actor, name string) (TaskProof, error) {
	proof, err := read(ctx, s, func(r Reader) (TaskProof, error) {
		task, err := s.namedTask(r, actor, name)
		if err != nil {
			return TaskProof{}, err
		}
		if _, ok := s.auth.May(actor, MayReadEvents, task.Region); !ok {
			return TaskProof{}, forbidden()
		}
		p, err := s.prover(r)
		if err != nil {
			return TaskProof{}, err
		}
		proof, err := p.prove(task.ID, time.Time{})
		if err == nil && proof.File == nil {
			err = errNotProvable()
		}
		return TaskProof{Proof: proof, Task: task, Checkpoint: p.says}, err
	})
	if err != nil {
		return TaskProof{}, err
	}
	return proof, s.logHistory(ctx, actor, proof.Task.ID, proof.Events)
}

// prover proves events against the newest checkpoint, all from one snapshot.
type prover struct {
	r      Reader
	public string
	note   []byte
	says   audit.Checkpoint
	tree   *audit.Tree
}

func (s *Service) prover(r Reader) (*prover, error) {
	kept, err := r.Checkpoint()
	if isNoRow(err) {
		return nil, errNotProvable()
	}
	if err != nil {
		return nil, err
	}
	says, err := s.opened(kept)
	if err != nil {
		return nil, err
	}
	return &prover{r: r, public: s.logKey.Public, note: kept.Note, says: says, tree: audit.NewTree(says.Size, audit.HashReaderFunc(r.LogHashesAt))}, nil
}

// opened returns what a stored checkpoint says.
func (s *Service) opened(kept StoredCheckpoint) (audit.Checkpoint, error) {
	says, err := audit.Open(kept.Note, s.logKey.Public)
	if err != nil {
		return says, fmt.Errorf("opening the newest checkpoint: %w", err)
	}
	return says, nil
}

// prove returns the proof of a task's events. With a moment it ends before the first
// event that is not older.
func (p *prover) prove(taskID string, before time.Time) (proof Proof, err error) {
	logged, err := p.r.LoggedEvents(SubjectTask, taskID)
	if err != nil {
		return proof, err
	}
	for _, l := range logged {
		if l.Index >= p.says.Size || !before.IsZero() && !l.Event.At.Before(before) {
			break
		}
		if l.Event.Outcome == audit.Accepted {
			proof.Version = l.Event.Version
		}
		proof.Events++
	}
	if proof.Events == 0 {
		return proof, nil
	}
	proof.File, err = p.tree.Bundle(p.note, p.public, logged[:proof.Events])
	if errors.As(err, new(*audit.Fault)) {
		err = errLogChanged().Because(err)
	}
	return proof, err
}

func errNotProvable() *Error {
	return NewError(Unavailable, "proof.not_yet", "事件尚未进入已签名的检查点，请稍后再试", "The events are not in a signed checkpoint yet, please try again")
}

// errLogChanged is a defect of the data, not of the request: who looks after the
// server must hear of it.
func errLogChanged() *Error {
	return NewError(Internal, "log.changed",
		"库中的事件与已签名的日志不符，无法出具证明；请用 duban audit verify 查明",
		"The events in the database are not those of the signed log, so nothing can be proved; duban audit verify finds out more")
}

// Signed returns what the newest checkpoint says, nil when nothing was signed yet:
// for the foot of documents.
func (s *Service) Signed(ctx context.Context, actor Actor) (*audit.Checkpoint, error) {
	_, says, err := s.Checkpoint(ctx, actor)
	switch {
	case err == nil:
		return &says, nil
	case KindOf(err) == NotFound:
		return nil, nil
	default:
		return nil, err
	}
}

// Consistency proves that the log of older events is the beginning of that of newer.
func (s *Service) Consistency(ctx context.Context, actor Actor, older, newer int64) (audit.ConsistencyProof, error) {
	if !s.mayReadCheckpoints(actor) {
		return audit.ConsistencyProof{}, forbidden()
	}
	return read(ctx, s, func(r Reader) (audit.ConsistencyProof, error) {
		size, err := r.LogSize()
		if err != nil {
			return audit.ConsistencyProof{}, err
		}
		var p Problems
		if older < 0 || older > newer {
			p.Add("from", "order", "不得为负，也不得大于 to", "must not be negative nor above to")
		}
		if newer > size {
			p.Add("to", "range", fmt.Sprintf("日志只有 %d 条记录", size), fmt.Sprintf("the log has %d records", size))
		}
		if err := p.Err(); err != nil {
			return audit.ConsistencyProof{}, err
		}
		hashes, err := audit.NewTree(size, audit.HashReaderFunc(r.LogHashesAt)).Consistency(older, newer)
		return audit.ConsistencyProof{Older: older, Newer: newer, Hashes: hashes}, err
	})
}

// mayReadCheckpoints: whoever may read documents that carry one.
func (s *Service) mayReadCheckpoints(actor Actor) bool {
	return !s.auth.Scope(actor, MayReadLagTable).Empty() || !s.auth.Scope(actor, MayReadEvents).Empty()
}
