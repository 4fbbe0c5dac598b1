package workflow

import (
	"context"
	"fmt"
)

// Timeline is the history of a task, told for people: what changed it. Refused
// attempts, which changed nothing, are found by SearchEvents.
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

// Timeline returns what happened to a task, named by its id or as CAMPAIGN/CODE.
// That an auditor reads it is itself an event, stored before the answer is given.
func (s *Service) Timeline(ctx context.Context, actor Actor, task string) (Timeline, error) {
	line, err := read(ctx, s, func(r Reader) (Timeline, error) { return s.timeline(r, actor, task) })
	if err != nil {
		return Timeline{}, err
	}
	return line, s.logHistory(ctx, actor, line.Task.ID, len(line.Entries))
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
		line.Entries[i] = TimelineEntry{EventView: v, From: s.def.StateLabel(v.Event.From), To: s.def.StateLabel(v.Event.To), Changes: changes}
	}
	return line, nil
}
