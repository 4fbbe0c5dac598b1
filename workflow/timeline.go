package workflow

import (
	"fmt"
	"strings"

	"duban/workflow/audit"
)

// Timeline is the history of a task, told for people.
type Timeline struct {
	Task    Task
	Entries []TimelineEntry // oldest first
}

// TimelineEntry is one event of a task with what it changed.
type TimelineEntry struct {
	EventView
	From, To Text // labels of the states
	Changes  []Change
}

// Change is one field that an event changed. Before of a report's fields is what
// the task's report before it said.
type Change struct {
	Field  string // "task.state", "report.values.km.at_cutoff"
	Label  Text
	Before Shown
	After  Shown
}

// Shown is a value as it is stored and as people read it.
type Shown struct {
	Value string
	Text  Text
}

func (s *Service) timeline(r Reader, actor Actor, name string) (Timeline, error) {
	task, err := s.namedTask(r, actor, name)
	if err != nil {
		return Timeline{}, err
	}
	if _, ok := s.auth.May(actor, MayReadEvents, task.Region); !ok {
		return Timeline{}, forbidden()
	}
	events, err := r.Events(EventFilter{Subject: SubjectTask, SubjectID: task.ID})
	if err != nil {
		return Timeline{}, fmt.Errorf("reading the events of task %s: %w", task.ID, err)
	}
	views, err := s.eventViews(r, events)
	if err != nil {
		return Timeline{}, err
	}
	campaign, err := r.Campaign(task.Campaign)
	if err != nil {
		return Timeline{}, fmt.Errorf("reading the campaign of task %s: %w", task.ID, err)
	}
	regions, err := regionNames(r)
	if err != nil {
		return Timeline{}, err
	}
	line := Timeline{Task: task, Entries: make([]TimelineEntry, len(views))}
	known := pictures{words: words{def: s.def, campaign: campaign, task: task, regions: regions}}
	for i, v := range views {
		changes, err := known.follow(v.Event)
		if err != nil {
			return Timeline{}, fmt.Errorf("reading event %s: %w", v.Event.ID, err)
		}
		line.Entries[i] = TimelineEntry{EventView: v, From: s.def.stateLabel(v.Event.From), To: s.def.stateLabel(v.Event.To), Changes: changes}
	}
	return line, nil
}

// stateLabel names a state; one that the definition no longer has is named as it
// is stored.
func (d *Definition) stateLabel(name string) Text {
	if state, ok := d.State(State(name)); ok {
		return state.Label
	}
	return plain(name)
}

// EventView is an event with what its reader would look up.
type EventView struct {
	Event  audit.Event
	Label  Text   // of the event's name
	Person string // who acted: the name, or the id where there is no account
	Region string // name
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

// eventViews looks up the persons and the regions of events of one task.
func (s *Service) eventViews(r Reader, events []audit.Event) ([]EventView, error) {
	regions, err := regionNames(r)
	if err != nil {
		return nil, err
	}
	people := map[string]string{}
	views := make([]EventView, len(events))
	for i, e := range events {
		if _, known := people[e.ActorID]; !known {
			user, err := r.UserByID(e.ActorID)
			if err != nil && !isNoRow(err) {
				return nil, fmt.Errorf("reading the name of %s: %w", e.ActorID, err)
			}
			people[e.ActorID] = user.Name
			if isNoRow(err) {
				people[e.ActorID] = e.ActorID
			}
		}
		views[i] = EventView{Event: e, Label: s.def.EventLabel(e.Name), Person: people[e.ActorID], Region: regions[e.Region]}
	}
	return views, nil
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

// readingRole is the role in which the actor may read events somewhere.
func (s *Service) readingRole(actor Actor) Role {
	for _, g := range actor.Grants {
		if role, ok := s.auth.May(Actor{Grants: []Grant{g}}, MayReadEvents, g.Region); ok {
			return role
		}
	}
	return ""
}
