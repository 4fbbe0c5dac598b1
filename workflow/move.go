package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duban/workflow/assess"
	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// Input is what a caller gives with an event on a task. Which fields an event
// needs stands in the definition; what it does not use must be absent.
type Input struct {
	// Report, and preview.
	EvidenceDate calendar.Date // what is known by this day; today when zero
	Narrative    string        // at most 10,000 characters
	Values       assess.Values // for every measure that is due
	Evidence     []string      // report only: digests of uploads of the actor for the task, in order
	told         *toldBy       // the Narrative, read before there is a transaction to hold up; nil: not yet

	// Reviews.
	Verdict   assess.Verdict            // final verdict; the computed one when empty
	Words     map[string]assess.Verdict // verdicts for qualitative measures
	Reason    string                    // at most 2,000 characters
	RectifyBy calendar.Date             // last day for rectifying
	Seen      Seen                      // the report that the reviewer saw
}

// Limits of texts, in characters.
const (
	maxNarrative = 10_000
	maxReason    = 2_000
)

// Outcome is what an event leaves: the task after it and what was made or
// changed with it.
type Outcome struct {
	Task   Task    `json:"task"`
	Report *Report `json:"report,omitempty"`
	Review *Review `json:"review,omitempty"`
	Flag   *Flag   `json:"flag,omitempty"`
}

// motion is one event on one task while it happens.
type motion struct {
	*unit
	situation
	event      EventName
	in         Input
	next       Task    // the task as it will be
	out        Outcome // what else was made
	grant      Grant   // by which the actor may do it
	lastReport int     // highest number of the task's reports
	drafted    bool    // somebody has a draft of a report on the task
}

// move is the one path by which a task changes state: lock, may the actor see it
// and do it, is it the version the caller saw, does the definition allow it; then
// the effect, the compare-and-set and the audit event, in one transaction.
func (s *Service) move(ctx context.Context, call Call, taskID string, event EventName, in Input, effect func(*motion) error) (Outcome, error) {
	if err := s.checkInput(event, in); err != nil {
		return Outcome{}, err
	}
	return step(ctx, s, call.to(string(event), SubjectTask, taskID), Ahead{TaskID: taskID}, func(u *unit, start *Start) (Outcome, error) {
		if start == nil {
			return Outcome{}, errNoTask()
		}
		return u.move(*start, event, in, effect)
	}, outcomeOf)
}

// move is the part of Service.move that follows the lock.
func (u *unit) move(start Start, event EventName, in Input, effect func(*motion) error) (Outcome, error) {
	task := start.Task
	// The clock is read before the task is locked, and clocks differ: what follows an
	// event is after it all the same.
	if !u.now.After(task.UpdatedAt) {
		u.now = task.UpdatedAt.Add(time.Microsecond)
	}
	m := &motion{unit: u, event: event, in: in, lastReport: start.LastReport, drafted: start.Drafted}
	var err error
	if m.grant, err = u.mayMove(task, event); err != nil {
		return Outcome{}, err
	}
	m.situation = situation{actor: u.call.Actor, task: task, report: start.Report, flag: start.Flag, at: u.now, input: &m.in}
	if m.campaign, err = u.campaignAt(task.Campaign, start.CampaignVersion); err != nil {
		return Outcome{}, err
	}
	return m.run(effect)
}

// campaignAt returns the campaign as it is at its stored version, from memory
// when that is the version last read. It must not be changed.
func (u *unit) campaignAt(code string, version int) (Campaign, error) {
	if kept, ok := u.svc.campaigns.Load(code); ok && kept.(Campaign).Version == version {
		return kept.(Campaign), nil
	}
	c, err := u.Campaign(code)
	if err != nil {
		return c, fmt.Errorf("reading campaign %s: %w", code, err)
	}
	u.looked = &c
	return c, nil
}

// mayMove returns the grant by which the actor may do the event. A task outside
// the actor's scope is answered like one that does not exist.
func (u *unit) mayMove(task Task, event EventName) (Grant, error) {
	if _, ok := u.svc.auth.May(u.call.Actor, MayReadTasks, task.Region); !ok {
		return Grant{}, hiddenTask(task)
	}
	return u.mayBy(EventPermission(event), task.Region)
}

func errNoTask() *Error { return NotFoundError(Text{ZH: "任务", EN: "The task"}) }

// situationOf reads what guards look at.
func situationOf(r Reader, actor Actor, task Task, now time.Time) (situation, error) {
	s := situation{actor: actor, task: task, at: now}
	var err error
	if s.campaign, err = r.Campaign(task.Campaign); err != nil {
		return s, fmt.Errorf("reading the campaign of task %s: %w", task.ID, err)
	}
	if s.task.ReportID != "" {
		report, err := r.Report(s.task.ReportID)
		if err != nil {
			return s, fmt.Errorf("reading the report of task %s: %w", s.task.ID, err)
		}
		s.report = &report
	}
	if s.task.FlagID != "" {
		flag, err := r.Flag(s.task.FlagID)
		if err != nil {
			return s, fmt.Errorf("reading the flag of task %s: %w", s.task.ID, err)
		}
		s.flag = &flag
	}
	return s, nil
}

// run carries the event out on a task that is locked and may be changed.
func (m *motion) run(effect func(*motion) error) (Outcome, error) {
	if seen := m.call.IfVersion; seen != 0 && seen != m.task.Version {
		return Outcome{}, m.lost(Stale, "task.stale",
			fmt.Sprintf("任务已是第 %d 版，您看到的是第 %d 版", m.task.Version, seen),
			fmt.Sprintf("The task is at version %d, you saw version %d", m.task.Version, seen))
	}
	t, refusal := m.svc.def.next(m.situation, m.event)
	if refusal != nil {
		if refusal.Kind != Conflict {
			return Outcome{}, refusal
		}
		return Outcome{}, m.lost(Conflict, refusal.Code, refusal.Text.ZH, refusal.Text.EN)
	}
	e, err := m.take(t, effect)
	if err != nil {
		return Outcome{}, err
	}
	return m.out, m.AppendEvents([]audit.Event{e})
}

// take takes a transition that is allowed: the effect, the compare-and-set, and
// the sealed event, which the caller appends.
func (m *motion) take(t Transition, effect func(*motion) error) (audit.Event, error) {
	m.next = m.task
	m.next.State, m.next.Version, m.next.UpdatedAt = t.To, m.task.Version+1, m.now
	if err := m.checkSeen(); err != nil {
		return audit.Event{}, err
	}
	if err := effect(m); err != nil {
		return audit.Event{}, err
	}
	flag := m.flag
	if m.out.Flag != nil {
		flag = m.out.Flag
	}
	m.next.Due = dueOf(m.next, m.campaign, flag)
	if err := m.SaveTask(m.next, m.task.Version, m.task.State); err != nil {
		return audit.Event{}, fmt.Errorf("saving task %s: %w", m.task.ID, err)
	}
	m.out.Task = m.next
	return m.audited()
}

// changed is the part of a task that events change.
type changed struct {
	State    State          `json:"state"`
	Period   string         `json:"period"`
	ReportID string         `json:"report_id,omitempty"`
	FlagID   string         `json:"flag_id,omitempty"`
	Verdict  assess.Verdict `json:"verdict,omitempty"`
	Version  int            `json:"version"`
}

func changedPart(t Task) changed {
	return changed{State: t.State, Period: t.Period, ReportID: t.ReportID, FlagID: t.FlagID, Verdict: t.Verdict, Version: t.Version}
}

// after is the event's picture of what it left: enough, with the events before
// it, to rebuild the task without any other table.
type after = leftOf[any]

// leftOf is after with a task of a type.
type leftOf[T any] struct {
	Task   T       `json:"task"` // the changed part; assign: the whole task
	Report *Report `json:"report,omitempty"`
	Review *Review `json:"review,omitempty"`
	Flag   *Flag   `json:"flag,omitempty"`
	// OnBehalf is whose deputy the actor was: the event tells both.
	OnBehalf string `json:"on_behalf,omitempty"`
	Missed   string `json:"missed,omitempty"` // open_period: the period that had no report (逾期未报)
}

// outcomeOf is the Outcome that an event on a task had.
func outcomeOf(r Reader, e audit.Event) (Outcome, error) {
	var left struct {
		Task changed `json:"task"`
		Outcome
	}
	if err := json.Unmarshal(e.After, &left); err != nil {
		return Outcome{}, fmt.Errorf("reading what event %s left: %w", e.ID, err)
	}
	task, err := r.Task(e.SubjectID)
	if err != nil {
		return Outcome{}, fmt.Errorf("reading the task of event %s: %w", e.ID, err)
	}
	c := left.Task
	task.State, task.Period, task.ReportID, task.FlagID, task.Verdict, task.Version = c.State, c.Period, c.ReportID, c.FlagID, c.Verdict, c.Version
	task.UpdatedAt = e.At
	left.Outcome.Task = task
	return left.Outcome, nil
}

// audited returns the sealed audit event of the motion.
func (m *motion) audited() (audit.Event, error) {
	picture := after{Task: changedPart(m.next), Report: m.out.Report, Review: m.out.Review, Flag: m.out.Flag, OnBehalf: m.grant.OnBehalf}
	if m.event == EventOpenPeriod && m.missed() {
		picture.Missed = m.task.Period
	}
	before, err := json.Marshal(changedPart(m.task))
	if err != nil {
		return audit.Event{}, err
	}
	left, err := json.Marshal(picture)
	if err != nil {
		return audit.Event{}, err
	}
	return m.record(audit.Event{
		Name: string(m.event), Subject: SubjectTask, SubjectID: m.task.ID, Version: m.next.Version, ActorRole: string(m.grant.Role),
		Campaign: m.task.Campaign, Region: m.task.Region, Period: m.next.Period,
		From: string(m.task.State), To: string(m.next.State), Reason: m.in.Reason,
		Before: before, After: left,
	})
}

// lost is a refusal that tells the caller what happened to the task before.
func (m *motion) lost(kind Kind, code, zh, en string) error {
	e := NewError(kind, code, zh, en)
	events, err := m.Events(EventFilter{Subject: SubjectTask, SubjectID: m.task.ID, AfterVersion: m.task.Version - 1, Limit: 1})
	if err != nil {
		return err
	}
	if len(events) == 1 {
		last := events[0]
		def, _ := m.svc.def.Event(EventName(last.Name))
		who := last.ActorID
		if u, err := m.UserByID(last.ActorID); err == nil {
			who = u.Name
		}
		e.Last = &LastChange{State: m.task.State, Version: m.task.Version, Event: last.Name, ActorID: last.ActorID, Actor: who, At: last.At.Format(time.RFC3339)}
		at := ShownMoment(last.At)
		e.Text.ZH += fmt.Sprintf("；最近一次变更：%s 于 %s“%s”", who, at, def.Label.ZH)
		e.Text.EN += fmt.Sprintf("; the last change: %q by %s at %s", def.Label.EN, who, at)
	}
	return e
}

// next finds the transition that an event takes from the situation's state.
func (d *Definition) next(s situation, event EventName) (Transition, *Error) {
	var refusal *Error
	for _, t := range d.Transitions {
		if t.Event != event || t.From != s.task.State {
			continue
		}
		blocked := t.blockedBy(s)
		if blocked == nil {
			return t, nil
		}
		if refusal == nil {
			refusal = blocked
		}
	}
	if refusal == nil {
		state, _ := d.State(s.task.State)
		def, _ := d.Event(event)
		refusal = NewError(Conflict, "task.state",
			fmt.Sprintf("任务现为“%s”，不能“%s”", state.Label.ZH, def.Label.ZH),
			fmt.Sprintf("The task is %q, so %q is not possible", state.Label.EN, def.Label.EN))
	}
	return Transition{}, refusal
}

func (t Transition) blockedBy(s situation) *Error {
	for _, g := range t.Guards {
		if refusal := guards[g](s); refusal != nil {
			return refusal
		}
	}
	return nil
}

// allowed returns the events that the actor may do now, in the definition's
// order.
func (s *Service) allowed(sit situation) []EventDef {
	var list []EventDef
	for _, e := range s.def.Events {
		if e.Name == EventAssign || e.Name == EventOpenPeriod {
			continue // acts on a campaign, not on one task
		}
		if _, ok := s.auth.May(sit.actor, EventPermission(e.Name), sit.task.Region); !ok {
			continue
		}
		if _, refusal := s.def.next(sit, e.Name); refusal == nil {
			list = append(list, e)
		}
	}
	return list
}

// checkInput refuses input that the event needs and does not have, and texts
// that are too long.
func (s *Service) checkInput(event EventName, in Input) error {
	def, ok := s.def.Event(event)
	if !ok {
		return NewError(NotFound, "event.unknown", "流程定义中没有此事件", "The workflow definition has no such event")
	}
	var p Problems
	needs := func(need string) bool { return slices.Contains(def.Needs, need) }
	least := func(need string) int {
		if needs(need) {
			return 1
		}
		return 0
	}
	checkText(&p, NeedNarrative, in.Narrative, least(NeedNarrative), maxNarrative)
	checkText(&p, NeedReason, in.Reason, least(NeedReason), maxReason)
	if needs(NeedValues) && in.Values == nil {
		p.Add(NeedValues, "required", "缺少各项指标的填报值", "values for the measures are required")
	}
	if needs(NeedRectifyBy) && in.RectifyBy.IsZero() {
		p.Add(NeedRectifyBy, "required", "缺少整改期限，例如 2023-09-30", "a rectify-by date is required, for example 2023-09-30")
	}
	if in.Verdict == "" && needs(NeedVerdict) || in.Verdict != "" && !in.Verdict.Valid() {
		p.Add(NeedVerdict, "one_of", "评定结果须为 on_schedule、nearly、lagging、behind 之一", "must be one of on_schedule, nearly, lagging, behind")
	}
	return p.Err()
}
