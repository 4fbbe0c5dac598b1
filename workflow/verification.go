package workflow

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"duban/workflow/audit"
)

// Verification is one run of VerifyTrail in the background: who asked for it, and
// what came of it.
type Verification struct {
	ID         string
	AskedBy    string // user id; operatorID for the nightly one
	Channel    string // how it was asked for: "job" is the nightly one
	AskedAt    time.Time
	State      VerificationState
	LeaseUntil time.Time // of one that runs: from then on another instance takes it over
	StartedAt  time.Time
	EndedAt    time.Time
	Result     *VerificationResult // of one that is done or failed
}

// Nightly reports whether nobody asked for it.
func (v Verification) Nightly() bool { return v.Channel == verifyJob }

// VerificationState says how far a verification is.
type VerificationState string

// The states of a verification.
const (
	VerificationAsked   VerificationState = "asked"
	VerificationRunning VerificationState = "running"
	VerificationDone    VerificationState = "done"   // whatever it found
	VerificationFailed  VerificationState = "failed" // it could not be carried out
)

// Ended reports whether another one may begin.
func (s VerificationState) Ended() bool { return s == VerificationDone || s == VerificationFailed }

// VerificationResult is what is kept of a report: its figures and the first findings.
type VerificationResult struct {
	Size       int64              `json:"size"`
	Accepted   int64              `json:"accepted"`
	Refused    int64              `json:"refused"`
	Pending    int64              `json:"pending"`
	Stored     int                `json:"stored"`
	Kept       int                `json:"kept"`
	Covered    int64              `json:"covered"`
	Findings   int64              `json:"findings"` // all of them
	First      []TrailFinding     `json:"first,omitempty"`
	Checkpoint *CheckpointSummary `json:"checkpoint,omitempty"` // the newest one when it began
	Failure    *Text              `json:"failure,omitempty"`
}

// CheckpointSummary is what a checkpoint says, for people.
type CheckpointSummary struct {
	Size int64     `json:"size"`
	Root string    `json:"root"` // base64, as in the note
	Time time.Time `json:"time"`
}

// TrailStatus is what an auditor sees of verification.
type TrailStatus struct {
	Latest     *Verification // the newest that has ended
	Running    *Verification // asked for, or under way
	Checkpoint *CheckpointSummary
	Names      map[string]string // of those who asked, by user id
}

const (
	// verifyLease is for how long an instance may be silent that verifies; it speaks
	// up four times as often.
	verifyLease = 4 * time.Minute
	// firstFindings is how many findings are kept, and longestFinding the characters
	// of each of their values.
	firstFindings  = 50
	longestFinding = 200
)

// AskVerification asks for a verification. One that waits or runs is answered itself:
// there is one at a time.
func (s *Service) AskVerification(ctx context.Context, call Call) (Verification, error) {
	call = call.to(eventVerify, SubjectAudit, "verification")
	call.Request = nil // asking twice is asking once
	made := Verification{ID: newID(), AskedBy: call.Actor.UserID, Channel: call.Actor.Channel, State: VerificationAsked}
	out, err := write(ctx, s, call, func(d *desk) (Verification, error) {
		role, err := d.may(MayVerify, "")
		if err != nil {
			return made, err
		}
		open, err := openVerification(d)
		if err != nil || open != nil {
			return valueOf(open), err
		}
		made.AskedAt = d.now
		if err := d.InsertVerification(made); err != nil {
			return made, err
		}
		if made.Nightly() {
			return made, nil // the row tells of it
		}
		return made, d.log(audit.Event{Name: eventVerify, Subject: SubjectAudit, SubjectID: made.ID, Version: 1, ActorRole: string(role)})
	})
	if errors.Is(err, ErrDuplicate) { // somebody was faster
		return read(ctx, s, func(r Reader) (Verification, error) {
			open, err := openVerification(r)
			return valueOf(open), err
		})
	}
	return out, err
}

// verifyJob is the channel of the nightly verification.
const verifyJob = "job"

func valueOf(v *Verification) Verification {
	if v == nil {
		return Verification{}
	}
	return *v
}

// openVerification is the one that has not ended, nil for none. It is the newest.
func openVerification(r Reader) (*Verification, error) {
	newest, err := r.Verifications(1)
	if err != nil || len(newest) == 0 || newest[0].State.Ended() {
		return nil, err
	}
	return &newest[0], nil
}

// TrailStatus tells when the trail was verified last, and what came of it.
func (s *Service) TrailStatus(ctx context.Context, actor Actor) (TrailStatus, error) {
	return ifMay(ctx, s, actor, MayVerify, func(r Reader) (TrailStatus, error) {
		out := TrailStatus{Names: map[string]string{}}
		list, err := r.Verifications(2) // one that is open, and the newest that is not
		if err != nil {
			return out, err
		}
		for i, v := range list {
			switch {
			case !v.State.Ended():
				out.Running = &list[i]
			case out.Latest == nil:
				out.Latest = &list[i]
			}
			if u, err := r.UserByID(v.AskedBy); err == nil {
				out.Names[v.AskedBy] = u.Name
			}
		}
		out.Checkpoint, err = s.checkpointSummary(r)
		return out, err
	})
}

func (s *Service) checkpointSummary(r Reader) (*CheckpointSummary, error) {
	says, err := s.newestCheckpoint(r)
	if KindOf(err) == Internal || says == nil {
		return nil, nil // what is wrong with it is for the verification to say
	}
	if err != nil {
		return nil, err
	}
	return &CheckpointSummary{Size: says.Size, Root: base64.StdEncoding.EncodeToString(says.Root[:]), Time: says.Time}, nil
}

// VerifyAsked carries out the verification that is asked for, or one that another
// instance left, and reports whether there was one. kept reads the checkpoints that
// are kept outside.
func (s *Service) VerifyAsked(ctx context.Context, kept func() ([]KeptCheckpoint, error)) (bool, error) {
	open, err := read(ctx, s, func(r Reader) (*Verification, error) { return openVerification(r) })
	if err != nil || open == nil || open.State == VerificationRunning && s.now().Before(open.LeaseUntil) {
		return false, err
	}
	now := s.now()
	run := *open
	run.State, run.StartedAt, run.LeaseUntil = VerificationRunning, now, now.Add(verifyLease)
	if err := s.saveVerification(ctx, run, *open); err != nil {
		if errors.Is(err, ErrChanged) {
			err = nil // another instance was faster
		}
		return false, err
	}
	return true, s.verify(ctx, run, kept)
}

func (s *Service) saveVerification(ctx context.Context, v, was Verification) error {
	return s.store.Update(ctx, func(tx Tx) error { return tx.SaveVerification(v, was) })
}

// verify runs a verification that this instance has, and keeps what comes of it.
func (s *Service) verify(ctx context.Context, run Verification, kept func() ([]KeptCheckpoint, error)) error {
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	renewed := make(chan Verification, 1)
	go func() { renewed <- s.renew(working, run, stop) }()
	result := s.examined(working, kept)
	lost := context.Cause(working)
	stop(nil)
	run = <-renewed
	switch {
	case ctx.Err() != nil:
		return ctx.Err() // the lease ends by itself, and another takes it over
	case lost != nil:
		return lost
	}
	ended := run
	ended.State, ended.EndedAt, ended.LeaseUntil, ended.Result = VerificationDone, s.now(), time.Time{}, &result
	if result.Failure != nil {
		ended.State = VerificationFailed
	}
	return s.saveVerification(ctx, ended, run)
}

// renew keeps the lease until ctx is done, and returns the run as it is stored then.
// When the lease is lost the work is stopped.
func (s *Service) renew(ctx context.Context, run Verification, stop context.CancelCauseFunc) Verification {
	for {
		select {
		case <-ctx.Done():
			return run
		case <-time.After(verifyLease / 4):
		}
		next := run
		next.LeaseUntil = s.now().Add(verifyLease)
		err := s.saveVerification(context.WithoutCancel(ctx), next, run)
		switch {
		case err == nil:
			run = next
		case errors.Is(err, ErrChanged):
			stop(fmt.Errorf("the lease of a verification was lost: %w", err))
			return run
		}
	}
}

// examined is what VerifyTrail finds, in the form that is kept.
func (s *Service) examined(ctx context.Context, kept func() ([]KeptCheckpoint, error)) VerificationResult {
	checkpoint, err := read(ctx, s, s.checkpointSummary)
	if err != nil {
		return failedVerification(err)
	}
	outside, err := kept()
	if err != nil {
		return failedVerification(err)
	}
	report, err := s.VerifyTrail(ctx, outside)
	if err != nil {
		return failedVerification(err)
	}
	out := VerificationResult{
		Size: report.Size, Accepted: report.Accepted, Refused: report.Refused, Pending: report.Pending,
		Stored: report.Stored, Kept: report.Kept, Covered: report.Covered, Checkpoint: checkpoint,
	}
	for _, n := range report.Counts {
		out.Findings += n
	}
	for _, f := range report.Findings[:min(len(report.Findings), firstFindings)] {
		f.Is, f.Want = cut(f.Is), cut(f.Want)
		out.First = append(out.First, f)
	}
	return out
}

func failedVerification(err error) VerificationResult {
	e := AsError(err)
	return VerificationResult{Failure: &e.Text}
}

func cut(text string) string {
	if r := []rune(text); len(r) > longestFinding {
		return string(r[:longestFinding]) + "…"
	}
	return text
}

// NightlyVerification asks for a verification unless one was asked for since a moment.
func (s *Service) NightlyVerification(ctx context.Context, call Call, since time.Time) error {
	newest, err := read(ctx, s, func(r Reader) ([]Verification, error) { return r.Verifications(1) })
	if err != nil || len(newest) == 1 && !newest[0].AskedAt.Before(since) {
		return err
	}
	_, err = s.AskVerification(ctx, call)
	return err
}
