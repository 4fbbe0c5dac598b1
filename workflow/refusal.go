package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"duban/workflow/audit"
)

// act is what a call asked for, for the event of a refusal.
type act struct {
	name      string // of the event that it would have been
	subject   string
	subjectID string
}

// to says what the call asks for.
func (c Call) to(name, subject, subjectID string) Call {
	c.act = act{name, subject, subjectID}
	return c
}

// secretly is to, for acts whose answer has secrets: it is not kept to be repeated,
// whatever the caller asks for.
func (c Call) secretly(name, subject, subjectID string) Call {
	c.Request = nil
	return c.to(name, subject, subjectID)
}

// recordedRefusals are the kinds of refusals that become audit events. Bad input is
// none: it is a slip, not an attempt.
var recordedRefusals = []Kind{Forbidden, Conflict, Stale, KeyReused, TooMany}

// refusal is what the event of a refused attempt tells beside the act.
type refusal struct {
	Kind Kind   `json:"kind"`
	Code string `json:"code"`
	// Hidden: the caller was told that there is nothing, and there is.
	Hidden bool `json:"hidden,omitempty"`
}

// refused records a refused attempt as an event of its own and returns what the
// caller is told. When it cannot be recorded, that is what the caller is told.
func (s *Service) refused(ctx context.Context, call Call, err error) error {
	e := AsError(err)
	if call.act == (act{}) || e.hidden == nil && !slices.Contains(recordedRefusals, e.Kind) {
		return e
	}
	if failed := s.recordRefusal(ctx, call, e); failed != nil {
		return AsError(failed)
	}
	return e
}

func (s *Service) recordRefusal(ctx context.Context, call Call, e *Error) error {
	why, err := json.Marshal(refusal{Kind: e.Kind, Code: e.Code, Hidden: e.hidden != nil})
	if err != nil {
		return err
	}
	event := audit.Event{
		ID: newID(), At: s.now(), Outcome: audit.Refused, Name: call.act.name, Subject: call.act.subject, SubjectID: call.act.subjectID,
		ActorID: call.Actor.UserID, Channel: call.Actor.Channel, Address: call.Actor.Address, RequestID: call.Actor.RequestID, After: why,
	}
	if event.ActorID == "" {
		event.ActorID = nobody
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		e := event
		if e.Subject == SubjectTask {
			task, err := tx.Task(e.SubjectID)
			if err != nil && !isNoRow(err) {
				return fmt.Errorf("reading the task of a refused attempt: %w", err)
			}
			e.Version, e.Campaign, e.Region, e.Period = task.Version, task.Campaign, task.Region, task.Period
		}
		if e.Subject == SubjectCampaign {
			e.Campaign = e.SubjectID
		}
		if err := e.Seal(); err != nil {
			return err
		}
		return tx.AppendEvents([]audit.Event{e})
	})
	if err == nil {
		s.tell(event)
	}
	return err
}

// nobody is the actor of attempts by people who did not say who they are.
const nobody = "nobody"

// RefusedRead records that a read was refused: name says of what. It returns what
// the caller is told, which is err, unless it could not be recorded.
func (s *Service) RefusedRead(ctx context.Context, actor Actor, name string, err error) error {
	call := Call{Actor: actor}.to(name, "read", actor.UserID)
	if e := AsError(err); e.hidden != nil {
		call = call.to(name, SubjectTask, e.hidden.ID)
	}
	return s.refused(ctx, call, err)
}

// hiddenTask is the answer about a task that the caller may not see: that of a task
// that does not exist.
func hiddenTask(task Task) *Error {
	e := errNoTask()
	e.hidden = &task
	return e
}
