package workflow

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/workflow/assess"
	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// Bounds of the inbox: what it costs must not grow with the number of tasks.
const (
	MostBadge   = 100 // counts go as far; it stands for "99+"
	mostWeighed = 500 // tasks that are looked at to count those of one person
)

// Inbox is what concerns a person: what waits for them, and what happened.
type Inbox struct {
	Counts    InboxCounts
	ReadUntil time.Time // what happened until then was read; zero: nothing was
	Unread    int       // items after that, at most MostBadge; of the first page only
	Items     []InboxItem
	Next      *EventCursor // where to go on; nil: there are no others
}

// InboxCounts say what waits, each at most MostBadge. Those that make no sense for
// what the person may do are nil.
type InboxCounts struct {
	// Of who reports, in their regions, among the 500 most urgent tasks.
	ToReport *int // assigned
	Returned *int // of those: their report was sent back
	Flagged  *int // wait for rectification; for supervisors: everywhere
	DueSoon  *int // due within a week, not overdue
	Overdue  *int // also of supervisors
	// Of who reviews, among 500 reports that wait; never what they reported themselves.
	ToReview  *int
	ToConfirm *int // rectification reports
}

// InboxItem is something that happened to a task.
type InboxItem struct {
	Event     audit.Event
	Task      Task
	Region    string // its name
	By        string // name of who did it
	Verdict   assess.Verdict
	RectifyBy calendar.Date
	Unread    bool
}

// feed is a kind of events that concern somebody, in the regions that concern them.
type feed struct {
	scope Scope
	names []string
}

// What concerns whom.
var (
	districtEvents   = []EventName{EventAssign, EventOpenPeriod, EventReturn, EventFlag, EventApprove, EventConfirm, EventReject, EventClose, EventCancel}
	reviewEvents     = []EventName{EventReport, EventWithdraw}
	supervisedEvents = []EventName{EventFlag, EventConfirm, EventReject}
)

// part returns the regions in which the actor may do an event, of those that they
// may read.
func (s *Service) part(actor Actor, e EventName) Scope {
	seen, may := s.auth.Scope(actor, MayReadTasks), s.auth.Scope(actor, EventPermission(e))
	if may.All {
		return seen
	}
	if seen.All {
		return may
	}
	return seen.Within(append([]string{""}, may.Regions...))
}

func (s *Service) feeds(actor Actor) []feed {
	var list []feed
	for _, f := range []struct {
		who    EventName
		events []EventName
	}{{EventReport, districtEvents}, {EventApprove, reviewEvents}, {EventOpenPeriod, supervisedEvents}} {
		scope := s.part(actor, f.who)
		if scope.Empty() {
			continue
		}
		made := feed{scope: scope}
		for _, e := range f.events {
			made.names = append(made.names, string(e))
		}
		list = append(list, made)
	}
	return list
}

// Inbox returns what concerns the actor, newest first, at most limit from a place
// on. Nothing is kept of it but until when it was read: what waits is counted in the
// tasks, and what happened is read from the events.
func (s *Service) Inbox(ctx context.Context, actor Actor, before *EventCursor, limit int) (Inbox, error) {
	if s.auth.Scope(actor, MayReadTasks).Empty() {
		return Inbox{}, forbidden()
	}
	today := calendar.Of(s.now())
	return read(ctx, s, func(r Reader) (Inbox, error) {
		own, err := preferencesOf(r, actor)
		if err != nil {
			return Inbox{}, err
		}
		box := Inbox{ReadUntil: own.ReadUntil}
		if box.Counts, err = s.inboxCounts(r, actor, today); err != nil {
			return Inbox{}, fmt.Errorf("counting what waits: %w", err)
		}
		// The first page also tells how many are unread.
		events, next, err := s.happened(r, actor, before, max(limit, MostBadge))
		if err != nil {
			return Inbox{}, fmt.Errorf("looking for what happened: %w", err)
		}
		if before == nil {
			for _, e := range events {
				if e.At.After(own.ReadUntil) && box.Unread < MostBadge {
					box.Unread++
				}
			}
		}
		if len(events) > limit {
			events = events[:limit]
			last := CursorOf(events[limit-1])
			next = &last
		}
		box.Next = next
		box.Items, err = inboxItems(r, events, own.ReadUntil)
		return box, err
	})
}

// happened returns the events of the actor's feeds, newest first, without those that
// the actor made. Each feed looks at a bounded number of events: next is where all of
// them have looked.
func (s *Service) happened(r Reader, actor Actor, before *EventCursor, limit int) (events []audit.Event, next *EventCursor, err error) {
	for _, f := range s.feeds(actor) {
		found, err := r.SearchEvents(EventSearch{Scope: f.scope, Names: f.names, Outcome: audit.Accepted, Before: before, Limit: limit})
		if err != nil {
			return nil, nil, err
		}
		events = append(events, found.Events...)
		if n := found.Next; n != nil && (next == nil || newer(*n, *next)) {
			next = n
		}
	}
	slices.SortFunc(events, func(a, b audit.Event) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(b.ID, a.ID)) })
	events = slices.CompactFunc(events, func(a, b audit.Event) bool { return a.ID == b.ID })
	return slices.DeleteFunc(events, func(e audit.Event) bool {
		return e.Subject != SubjectTask || e.ActorID == actor.UserID || next != nil && newer(*next, CursorOf(e))
	}), next, nil
}

// newer reports whether a comes before b in lists that begin with the newest.
func newer(a, b EventCursor) bool {
	return a.At.After(b.At) || a.At.Equal(b.At) && a.ID > b.ID
}

func inboxItems(r Reader, events []audit.Event, readUntil time.Time) ([]InboxItem, error) {
	if len(events) == 0 {
		return nil, nil
	}
	var taskIDs, people []string
	for _, e := range events {
		taskIDs, people = append(taskIDs, e.SubjectID), append(people, e.ActorID)
	}
	tasks, err := r.TasksOf(distinct(taskIDs))
	if err != nil {
		return nil, fmt.Errorf("reading tasks: %w", err)
	}
	users, err := r.UsersOf(distinct(people))
	if err != nil {
		return nil, fmt.Errorf("reading names: %w", err)
	}
	regions, err := regionNames(r)
	if err != nil {
		return nil, err
	}
	items := make([]InboxItem, 0, len(events))
	for _, e := range events {
		item := InboxItem{Event: e, Unread: e.At.After(readUntil), By: e.ActorID}
		if i := slices.IndexFunc(tasks, func(t Task) bool { return t.ID == e.SubjectID }); i >= 0 {
			item.Task, item.Region = tasks[i], regions[tasks[i].Region]
		}
		if i := slices.IndexFunc(users, func(u User) bool { return u.ID == e.ActorID }); i >= 0 {
			item.By = users[i].Name
		}
		var left struct {
			Review *Review `json:"review"`
			Flag   *Flag   `json:"flag"`
		}
		if err := json.Unmarshal(e.After, &left); err != nil {
			return nil, fmt.Errorf("reading what event %s left: %w", e.ID, err)
		}
		if left.Review != nil {
			item.Verdict = left.Review.Verdict
		}
		if left.Flag != nil && left.Flag.ClearedAt.IsZero() {
			item.RectifyBy = left.Flag.RectifyBy
		}
		items = append(items, item)
	}
	return items, nil
}

// inboxCounts counts what waits for the actor.
func (s *Service) inboxCounts(r Reader, actor Actor, today calendar.Date) (InboxCounts, error) {
	var c InboxCounts
	if scope := s.part(actor, EventReport); !scope.Empty() {
		waiting, err := r.Waiting(scope, mostWeighed)
		if err != nil {
			return c, err
		}
		c.ToReport, c.Returned, c.Flagged, c.DueSoon, c.Overdue = new(int), new(int), new(int), new(int), new(int)
		for _, w := range waiting {
			tick(c.ToReport, w.State == Assigned)
			tick(c.Returned, w.State == Assigned && w.Returned)
			tick(c.Flagged, w.State == Flagged)
			tick(c.Overdue, w.Due.Before(today))
			tick(c.DueSoon, !w.Due.Before(today) && !w.Due.After(Soon(today)))
		}
	}
	if scope := s.part(actor, EventApprove); !scope.Empty() {
		reports, err := r.WaitingReports(scope, mostWeighed)
		if err != nil {
			return c, err
		}
		c.ToReview, c.ToConfirm = new(int), new(int)
		for _, report := range reports {
			mine := report.wroteIt(actor.Persons())
			tick(c.ToReview, !mine && report.FlagID == "")
			tick(c.ToConfirm, !mine && report.FlagID != "")
		}
	}
	if scope := s.part(actor, EventOpenPeriod); !scope.Empty() {
		flagged, err := r.CountTasks(TaskFilter{Scope: scope, States: []State{Flagged}}, MostBadge)
		if err != nil {
			return c, err
		}
		overdue, err := countOverdue(r, scope, today)
		if err != nil {
			return c, err
		}
		c.Flagged, c.Overdue = &flagged, &overdue
	}
	return c, nil
}

// countOverdue names the regions: the index by due date begins with them.
func countOverdue(r Reader, scope Scope, today calendar.Date) (int, error) {
	if scope.All {
		regions, err := r.Regions()
		if err != nil {
			return 0, err
		}
		for _, region := range regions {
			scope.Regions = append(scope.Regions, region.Code)
		}
		scope.All = false
	}
	return r.CountTasks(TaskFilter{Scope: scope, Overdue: true, Today: today}, MostBadge)
}

// tick counts one more, up to MostBadge.
func tick(n *int, one bool) {
	if one && *n < MostBadge {
		*n++
	}
}

// maxAhead is how far the clocks of servers may be apart.
const maxAhead = time.Minute

// ReadInbox marks what happened until a moment as read by the actor: the moment of
// an item, or that of now when it is zero. It never goes back. What was being
// written at that moment, and is seen only later, counts as read too: it is in the
// list, and the counts of what waits tell of it.
func (s *Service) ReadInbox(ctx context.Context, call Call, until time.Time) error {
	if s.auth.Scope(call.Actor, MayReadTasks).Empty() {
		return s.refused(ctx, call.to(eventInboxRead, SubjectUser, call.Actor.UserID), forbidden())
	}
	_, err := write(ctx, s, call.to(eventInboxRead, SubjectUser, call.Actor.UserID), func(u *desk) (struct{}, error) {
		if until.IsZero() {
			until = u.now
		}
		if until.After(u.now.Add(maxAhead)) {
			var p Problems
			p.Add("until", "order", "不得晚于现在", "must not be after now")
			return struct{}{}, p.Err()
		}
		return struct{}{}, u.SaveReadUntil(Preferences{UserID: call.Actor.UserID, ReadUntil: until.UTC().Truncate(time.Microsecond)})
	})
	return err
}

const eventInboxRead = "inbox.read"
