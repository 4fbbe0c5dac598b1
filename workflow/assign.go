package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"duban/workflow/assess"
	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// Subjects of audit events.
const (
	SubjectTask     = "task"
	SubjectCampaign = "campaign"
	SubjectRegion   = "region"
	SubjectUser     = "user"
	SubjectAudit    = "audit" // a reading of the audit trail
	// A session or token, by the beginning of the hash of its secret.
	SubjectCredential = "credential"
)

// NewTask is a task to be assigned.
type NewTask struct {
	Code        string           // unique in the campaign
	Region      string           // one of the campaign's regions
	Key         bool             // 重点考核
	Subject     string           // at most 4,000 characters
	Requirement string           // at most 20,000 characters
	Measures    []assess.Measure // 1 to 200
}

// Limits of texts, in characters.
const (
	maxSubject     = 4_000
	maxRequirement = 20_000
)

// Check returns the broken rules of a task of the campaign.
func (t NewTask) Check(c Campaign) Problems {
	var p Problems
	checkCode(&p, "code", t.Code)
	if t.Region == "" {
		p.Add("region", "required", "缺少行政区划，例如 440703", "a region is required, for example 440703")
	} else if !slices.Contains(c.Regions, t.Region) {
		p.Add("region", "unknown", "专项工作没有行政区划 "+t.Region, "the campaign has no region "+t.Region)
	}
	checkText(&p, "subject", t.Subject, 1, maxSubject)
	checkText(&p, "requirement", t.Requirement, 1, maxRequirement)
	return append(p, checkMeasures(t.Measures, c.Starts)...)
}

// Assign gives a new task of the campaign to its region (交办). It starts in the
// campaign's open period.
func (s *Service) Assign(ctx context.Context, call Call, campaign string, t NewTask) (Task, error) {
	return step(ctx, s, call.to(string(EventAssign), SubjectCampaign, campaign), Ahead{Campaign: campaign}, func(u *unit, start *Start) (Task, error) {
		role, err := u.may(EventPermission(EventAssign), t.Region)
		if err != nil {
			return Task{}, err
		}
		if start == nil {
			return Task{}, errNoCampaign()
		}
		c, err := u.campaignAt(campaign, start.CampaignVersion)
		if err != nil {
			return Task{}, err
		}
		if err := t.Check(c).Err(); err != nil {
			return Task{}, err
		}
		if slices.Contains(start.Retired, t.Region) {
			if err := inUse(u, t.Region); err != nil {
				return Task{}, err
			}
		}
		tasks, err := u.assign(role, c, start.LastSeq, []NewTask{t})
		if err != nil {
			return Task{}, err
		}
		return tasks[0], nil
	}, assignedBy)
}

// assignedBy is the task that an assignment made.
func assignedBy(_ Reader, e audit.Event) (Task, error) {
	var left struct {
		Task Task `json:"task"`
	}
	if err := json.Unmarshal(e.After, &left); err != nil {
		return Task{}, fmt.Errorf("reading what event %s left: %w", e.ID, err)
	}
	return left.Task, nil
}

func lockCampaign(tx campaignTx, code string) (Campaign, error) {
	c, err := tx.LockCampaign(code)
	if isNoRow(err) {
		return c, errNoCampaign()
	}
	return c, err
}

func errNoCampaign() *Error { return NotFoundError(Text{ZH: "专项工作", EN: "The campaign"}) }

// assign makes checked tasks of a locked campaign, for regions that are in use, in
// the given order and numbered from seq on.
func (u *unit) assign(role Role, c Campaign, seq int, list []NewTask) ([]Task, error) {
	tasks, events := make([]Task, len(list)), make([]audit.Event, len(list))
	for i, n := range list {
		t := Task{
			ID: newID(), Campaign: c.Code, Code: n.Code, Seq: seq + i + 1, Region: n.Region, Key: n.Key,
			Subject: n.Subject, Requirement: n.Requirement, Measures: sortedByDue(n.Measures),
			State: u.svc.def.Initial(), Period: c.OpenPeriod, Version: 1, CreatedAt: u.now, UpdatedAt: u.now,
		}
		t.Due = dueOf(t, c, nil)
		left, err := json.Marshal(after{Task: t})
		if err != nil {
			return nil, err
		}
		tasks[i] = t
		events[i], err = u.record(audit.Event{
			Name: string(EventAssign), Subject: SubjectTask, SubjectID: t.ID, Version: 1, ActorRole: string(role),
			Campaign: c.Code, Region: t.Region, Period: t.Period, To: string(t.State), After: left,
		})
		if err != nil {
			return nil, err
		}
	}
	err := u.InsertTasks(tasks)
	if errors.Is(err, ErrDuplicate) {
		return nil, NewError(Conflict, "task.code_taken", "专项工作中已有同代码的任务", "The campaign already has a task with this code")
	}
	if err != nil {
		return nil, fmt.Errorf("inserting %d tasks: %w", len(tasks), err)
	}
	return tasks, u.AppendEvents(events)
}

// sortedByDue brings targets and stages into the order in which they fall due.
func sortedByDue(measures []assess.Measure) []assess.Measure {
	sorted := slices.Clone(measures)
	for i := range sorted {
		m := &sorted[i]
		m.Targets, m.Stages = slices.Clone(m.Targets), slices.Clone(m.Stages)
		slices.SortStableFunc(m.Targets, func(a, b assess.Target) int { return byDate(a.Due, b.Due) })
		slices.SortStableFunc(m.Stages, func(a, b assess.Stage) int { return byDate(a.Due, b.Due) })
	}
	return sorted
}

func byDate(a, b calendar.Date) int { return a.Compare(b) }
