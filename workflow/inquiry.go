package workflow

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// EventQuery is what somebody asks of the audit trail. Empty fields do not
// restrict. It stands, as it was asked, in the event of its answer.
type EventQuery struct {
	Task     string        `json:"task,omitempty"` // id, or CAMPAIGN/CODE
	Campaign string        `json:"campaign,omitempty"`
	Regions  []string      `json:"regions,omitempty"`
	Period   string        `json:"period,omitempty"`
	Person   string        `json:"person,omitempty"` // login or id
	Names    []string      `json:"names,omitempty"`  // of events
	Outcome  audit.Outcome `json:"outcome,omitempty"`
	From     calendar.Date `json:"from,omitzero"`
	Until    calendar.Date `json:"until,omitzero"` // inclusive
	Text     string        `json:"text,omitempty"` // in reason, narrative, or the task's code, subject or requirement
	Before   *EventCursor  `json:"before,omitempty"`
	Limit    int           `json:"limit,omitempty"` // 1 to MaxPage
}

// maxSearched is the longest text that is searched for, in characters.
const maxSearched = 200

// check refuses what no event can have, and a text without anything that narrows
// the search: it would go through everything that ever happened.
func (q EventQuery) check() error {
	var p Problems
	checkText(&p, "text", q.Text, 0, maxSearched)
	if q.Text != "" && q.Task == "" && q.Campaign == "" && q.From.IsZero() {
		p.Add("text", "window", "查找文字须同时限定任务、专项工作或起始日期", "a text is searched for in a task, a campaign or from a day on: give one of them")
	}
	if q.Outcome != "" && q.Outcome != audit.Accepted && q.Outcome != audit.Refused {
		p.Add("outcome", "one_of", "须为 accepted、refused 之一", "must be accepted or refused")
	}
	if !q.From.IsZero() && !q.Until.IsZero() && q.Until.Before(q.From) {
		p.Add("until", "order", "截止日期不得早于起始日期 "+q.From.String(), "must not be before "+q.From.String())
	}
	for i, code := range q.Regions {
		if !regionForm.MatchString(code) {
			p.Add(indexed("region", i), "form", "行政区划代码须为 6 位数字，例如 440703", "must be six digits, for example 440703")
		}
	}
	for i, name := range q.Names {
		checkCode(&p, indexed("name", i), name)
	}
	for field, code := range map[string]string{"campaign": q.Campaign, "period": q.Period} {
		if code != "" {
			checkCode(&p, field, code)
		}
	}
	return p.Err()
}

// EventView is an event with what its reader would look up.
type EventView struct {
	Event  audit.Event
	Label  Text   // of the event's name
	Person string // who acted: the name, or the id where there is no account; a deputy with the person: 王五 代 李四
	Region string // name
	Why    string // of a refused attempt: the code of the refusal
	Task   *Task  // as it is now; nil when the event is about something else
}

// EventPage is one page of an answer. A search looks at a bounded number of
// events a page: with Next set, the page may have fewer than were asked for, and
// nothing before Next was looked at.
type EventPage struct {
	Events []EventView // newest first
	Next   *EventCursor
}

// SearchEvents answers a query with what the actor may see. The reading is itself
// an event, stored before the answer is given.
func (s *Service) SearchEvents(ctx context.Context, actor Actor, q EventQuery) (EventPage, error) {
	page, err := s.searchEvents(ctx, actor, &q)
	if err != nil {
		return EventPage{}, err
	}
	return page, s.logReading(ctx, actor, eventAuditRead, reading{Query: s.nameless(q), Rows: len(page.Events)})
}

// searchEvents puts the id of the person into the query: the event of its answer
// holds no names.
func (s *Service) searchEvents(ctx context.Context, actor Actor, q *EventQuery) (EventPage, error) {
	if err := q.check(); err != nil {
		return EventPage{}, err
	}
	scope := s.auth.Scope(actor, MayReadEvents)
	if scope.Empty() {
		return EventPage{}, forbidden()
	}
	return read(ctx, s, func(r Reader) (EventPage, error) {
		f, err := s.eventSearch(r, actor, scope, *q)
		if err != nil {
			return EventPage{}, err
		}
		q.Person = f.ActorID
		found, err := r.SearchEvents(f)
		if err != nil {
			return EventPage{}, fmt.Errorf("searching events: %w", err)
		}
		views, err := s.eventViews(r, found.Events)
		return EventPage{Events: views, Next: found.Next}, err
	})
}

// eventSearch turns the words of a query into what is stored.
func (s *Service) eventSearch(r Reader, actor Actor, scope Scope, q EventQuery) (EventSearch, error) {
	f := EventSearch{
		Scope: scope, Campaign: q.Campaign, Regions: q.Regions, Period: q.Period, Names: q.Names, Outcome: q.Outcome,
		Text: q.Text, Before: q.Before, Limit: q.Limit,
	}
	if !q.From.IsZero() {
		f.From = q.From.Start()
	}
	if !q.Until.IsZero() {
		f.Until = q.Until.End()
	}
	if q.Task != "" {
		task, err := s.namedTask(r, actor, q.Task)
		if err != nil {
			return f, err
		}
		f.Subject, f.SubjectID = SubjectTask, task.ID
	}
	if q.Person != "" {
		user, err := r.UserByLogin(q.Person)
		switch {
		case err == nil:
			f.ActorID = user.ID
		case isNoRow(err):
			f.ActorID = q.Person // an id, also of somebody who never had an account
		default:
			return f, fmt.Errorf("reading account %s: %w", q.Person, err)
		}
	}
	return f, nil
}

// namedTask reads a task that the actor may see, by its id or as CAMPAIGN/CODE.
func (s *Service) namedTask(r Reader, actor Actor, name string) (Task, error) {
	id := name
	if campaign, code, ok := strings.Cut(name, "/"); ok {
		task, err := r.TaskByCode(campaign, code)
		if isNoRow(err) {
			return Task{}, errNoTask()
		}
		if err != nil {
			return Task{}, fmt.Errorf("reading task %s: %w", name, err)
		}
		id = task.ID
	}
	return s.visibleTask(r, actor, id)
}

// eventViews looks up persons, tasks and regions, each kind at once.
func (s *Service) eventViews(r Reader, events []audit.Event) ([]EventView, error) {
	var people, taskIDs []string
	for _, e := range events {
		people = append(people, e.ActorID)
		if on := onBehalf(e); on != "" {
			people = append(people, on)
		}
		if e.Subject == SubjectTask {
			taskIDs = append(taskIDs, e.SubjectID)
		}
	}
	names, err := namesOf(r, people)
	if err != nil {
		return nil, err
	}
	tasks, err := r.TasksOf(distinct(taskIDs))
	if err != nil {
		return nil, fmt.Errorf("reading the tasks of events: %w", err)
	}
	byID := map[string]*Task{}
	for i := range tasks {
		byID[tasks[i].ID] = &tasks[i]
	}
	regions, err := regionNames(r)
	if err != nil {
		return nil, err
	}
	views := make([]EventView, len(events))
	for i, e := range events {
		views[i] = EventView{Event: e, Label: s.def.EventLabel(e.Name), Person: names(e.ActorID), Region: regions[e.Region]}
		if on := onBehalf(e); on != "" {
			views[i].Person += " 代 " + names(on)
		}
		if e.Subject == SubjectTask {
			views[i].Task = byID[e.SubjectID]
		}
		if e.Outcome == audit.Refused {
			var why refusal
			if err := json.Unmarshal(e.After, &why); err != nil {
				return nil, fmt.Errorf("reading the refusal of event %s: %w", e.ID, err)
			}
			views[i].Why = why.Code
		}
	}
	return views, nil
}

// onBehalf is whose deputy the actor of an event on a task was; empty: nobody's.
func onBehalf(e audit.Event) string {
	var left struct {
		OnBehalf string `json:"on_behalf"`
	}
	if e.Subject != SubjectTask || !bytes.Contains(e.After, []byte(`"on_behalf"`)) || json.Unmarshal(e.After, &left) != nil {
		return ""
	}
	return left.OnBehalf
}

// namesOf returns what to call people; the id where there is no account.
func namesOf(r Reader, ids []string) (func(id string) string, error) {
	users, err := r.UsersOf(distinct(ids))
	if err != nil {
		return nil, fmt.Errorf("reading the names of people: %w", err)
	}
	byID := map[string]string{}
	for _, u := range users {
		byID[u.ID] = u.Name
	}
	return func(id string) string {
		if name, ok := byID[id]; ok {
			return name
		}
		return id
	}, nil
}

func regionNames(r Reader) (map[string]string, error) {
	regions, err := r.Regions()
	if err != nil {
		return nil, fmt.Errorf("reading the regions: %w", err)
	}
	names := map[string]string{}
	for _, region := range regions {
		names[region.Code] = region.Name
	}
	return names, nil
}

func distinct(ids []string) []string { return slices.Compact(slices.Sorted(slices.Values(ids))) }
