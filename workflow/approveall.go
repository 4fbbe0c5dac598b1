package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"duban/workflow/assess"
)

// Approval is one approval among several.
type Approval struct {
	TaskID    string
	IfVersion int // of the task, as the caller has seen it; 0 for any
	Input     Input
}

// MaxApprovals is the largest number of approvals that are asked for at once.
const MaxApprovals = 200

// Approved is what became of one approval among several: Refused is what a single
// one would have been told, nil when it was done.
type Approved struct {
	TaskID  string         `json:"task_id"`
	State   State          `json:"state,omitempty"` // of the task after it
	Version int            `json:"version,omitempty"`
	Verdict assess.Verdict `json:"verdict,omitempty"` // the final one
	Refused *Error         `json:"refused,omitempty"`
}

// ApproveAll approves each of several reports by itself, in the order given: each is
// a step of its own with its own audit event, and one that is refused does not keep
// the others from being done. The answers are in the same order.
//
// With a RequestKey the whole answer is kept, once every row has one that will not
// change by itself, and each row has a key of its own besides: a request that was
// broken off half-way does the rest when it is repeated.
func (s *Service) ApproveAll(ctx context.Context, call Call, all []Approval) ([]Approved, error) {
	if s.auth.Scope(call.Actor, EventPermission(EventApprove)).Empty() {
		return nil, s.refused(ctx, call.to(string(EventApprove), "read", call.Actor.UserID), forbidden())
	}
	if err := checkApprovals(all).Err(); err != nil {
		return nil, err
	}
	if err := call.Request.check(); err != nil {
		return nil, err
	}
	whole := newRun(s, call, func(_ Reader, kept Replay) (out []Approved, err error) {
		return out, kept.answer(&out)
	})
	done, err := read(ctx, s, func(r Reader) (bool, error) { return whole.replayed(r) })
	if done || err != nil {
		return whole.out, err
	}
	out := make([]Approved, len(all))
	settled := true
	for i, one := range all {
		step := call
		step.IfVersion, step.Request = one.IfVersion, call.Request.row(i)
		done, err := s.Approve(ctx, step, one.TaskID, one.Input)
		if ctx.Err() != nil {
			return nil, NewError(Unavailable, "request.broken_off", "请求中断；用同一个 Idempotency-Key 重复即可继续", "The request was broken off; repeat it with the same Idempotency-Key to go on").Because(ctx.Err())
		}
		if err != nil {
			e := AsError(err)
			out[i] = Approved{TaskID: one.TaskID, Refused: e}
			settled = settled && e.Kind != Unavailable && e.Kind != Internal
			continue
		}
		out[i] = Approved{TaskID: one.TaskID, State: done.Task.State, Version: done.Task.Version, Verdict: done.Task.Verdict}
	}
	if call.Request == nil || !settled {
		return out, nil
	}
	// Where the same request was handled twice at once, both get the answer that was
	// kept first.
	return write(ctx, s, call, func(*desk) ([]Approved, error) { return out, nil })
}

func checkApprovals(all []Approval) Problems {
	var p Problems
	if len(all) == 0 || len(all) > MaxApprovals {
		p.Add("items", "count", fmt.Sprintf("须有 1 到 %d 项", MaxApprovals), fmt.Sprintf("must have 1 to %d items", MaxApprovals))
	}
	for i, one := range all {
		if slices.ContainsFunc(all[:i], func(a Approval) bool { return a.TaskID == one.TaskID }) {
			p.Add(indexed("items", i)+".task_id", "duplicate", "同一任务列了两次", "the task is listed twice")
		}
	}
	return p
}

// row is the key of one row of a request, which nobody can choose by accident.
func (k *RequestKey) row(i int) *RequestKey {
	if k == nil {
		return nil
	}
	sum := sha256.Sum256([]byte(k.Key))
	return &RequestKey{Key: "row-" + strconv.Itoa(i) + "-" + hex.EncodeToString(sum[:]), Hash: k.Hash}
}
