package workflow

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"duban/workflow/audit"
)

// reading is what the event of a reading says was read.
type reading struct {
	Query    *EventQuery `json:"query,omitempty"`
	TaskID   string      `json:"task_id,omitempty"` // whose history was read
	Rows     int         `json:"rows"`
	Complete *bool       `json:"complete,omitempty"` // of an export: nothing was left out
}

// nameless returns a query that was answered as events may hold it: what is no id
// may be somebody's name.
func (s *Service) nameless(q EventQuery) *EventQuery {
	if p := q.Person; p != "" && p != operatorID && p != nobody && uuid.Validate(p) != nil {
		q.Person = s.loginDigest(p)
	}
	return &q
}

// logReading stores that somebody read the audit trail, in a unit of work of its
// own: an answer for which it fails is not given. What was read stands in what the
// event left only: one with a campaign is a part of the campaign's history, from
// which it is rebuilt.
func (s *Service) logReading(ctx context.Context, actor Actor, name string, what any) error {
	is, err := json.Marshal(what)
	if err != nil {
		return err
	}
	_, err = write(ctx, s, Call{Actor: actor}, func(u *desk) (struct{}, error) {
		return struct{}{}, u.log(audit.Event{
			Name: name, Subject: SubjectAudit, SubjectID: newID(), Version: 1, ActorRole: string(s.readingRole(actor)), After: is,
		})
	})
	return err
}

// readingRole is the role in which the actor may read events somewhere.
func (s *Service) readingRole(actor Actor) Role {
	for _, g := range actor.Grants {
		if _, ok := s.auth.May(Actor{Grants: []Grant{g}}, MayReadEvents, g.Region); ok {
			return g.Role
		}
	}
	return ""
}

// logHistory stores that an auditor read a task's history. That others look at the
// tasks they work on is not worth an event.
func (s *Service) logHistory(ctx context.Context, actor Actor, taskID string, rows int) error {
	if !actor.Has(Auditor) {
		return nil
	}
	return s.logReading(ctx, actor, eventAuditRead, reading{TaskID: taskID, Rows: rows})
}

// Limits of an export. Whatever is left out is told.
const (
	MaxExport   = 100_000 // events
	exportPage  = 500     // events that are read at once
	exportLooks = 1_500   // pages, however few events match
)

// Exported says how far an export came.
type Exported struct {
	Rows int
	Next *EventCursor // where the rest begins; nil when nothing is left out
}

// ExportEvents gives everything that answers a query to take, newest first, up to
// MaxExport events. Nothing of it may be handed out before ExportEvents has
// returned: only then is the export itself an event. Limit of the query is not
// used.
func (s *Service) ExportEvents(ctx context.Context, actor Actor, q EventQuery, take func([]EventView) error) (Exported, error) {
	var out Exported
	part := q
	for looks := 0; ; looks++ {
		part.Limit = min(exportPage, MaxExport-out.Rows)
		if part.Limit == 0 || looks == exportLooks {
			break
		}
		page, err := s.searchEvents(ctx, actor, &part)
		if err != nil {
			return Exported{}, err
		}
		if err := take(page.Events); err != nil {
			return Exported{}, err
		}
		out.Rows += len(page.Events)
		out.Next, part.Before = page.Next, page.Next
		if page.Next == nil {
			break
		}
	}
	q.Person, q.Limit = part.Person, 0
	complete := out.Next == nil
	return out, s.logReading(ctx, actor, eventAuditExport, reading{Query: s.nameless(q), Rows: out.Rows, Complete: &complete})
}
