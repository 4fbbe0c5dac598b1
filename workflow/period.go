package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"duban/workflow/audit"
)

// PeriodOpened is what opening a period did.
type PeriodOpened struct {
	Campaign Campaign     `json:"campaign"`
	Moved    int          `json:"moved"`  // tasks that entered the period
	Missed   []string     `json:"missed"` // codes of those that had not reported (逾期未报)
	Left     []string     `json:"left"`   // codes left in their old period until they are reviewed
	Ended    int          `json:"ended"`  // tasks that are closed or cancelled, which no period concerns
	Tasks    []PeriodTask `json:"tasks"`  // those that entered and those that were left, in the order of the campaign
}

// PeriodTask is what opening a period did with one task.
type PeriodTask struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Region  string `json:"region"`
	Subject string `json:"subject"`
	From    State  `json:"from"`
	To      State  `json:"to"`             // From where it was left
	Missed  bool   `json:"missed"`         // it had not reported for its old period
	Left    *Text  `json:"left,omitempty"` // why it stays in its old period; nil: it entered
}

// maxNamed is how many tasks an error names before it only counts the rest.
const maxNamed = 20

// OpenPeriod opens the campaign's next period: every task that is not ended
// enters it. While reports wait for review the act is refused, naming the tasks,
// unless leaveWaiting says to leave those behind. Opening the period that is open
// already lets in the tasks that were left behind and are reviewed by now.
func (s *Service) OpenPeriod(ctx context.Context, call Call, campaign, period string, leaveWaiting bool) (PeriodOpened, error) {
	return write(ctx, s, call.to(string(EventOpenPeriod), SubjectCampaign, campaign), func(u *desk) (PeriodOpened, error) {
		return u.openPeriod(u.Tx, campaign, period, leaveWaiting)
	})
}

// campaignTx is what an act on a campaign and its tasks needs beyond a step.
type campaignTx interface {
	StepTx
	LockTask(id string) (Start, error)
	LockCampaign(code string) (Campaign, error)
	SaveCampaign(c Campaign, was int) error
}

func (u *unit) openPeriod(tx campaignTx, campaign, period string, leaveWaiting bool) (PeriodOpened, error) {
	role, err := u.may(EventPermission(EventOpenPeriod), "")
	if err != nil {
		return PeriodOpened{}, err
	}
	c, err := lockCampaign(tx, campaign)
	if err != nil {
		return PeriodOpened{}, err
	}
	if u.call.IfVersion != 0 && u.call.IfVersion != c.Version {
		return PeriodOpened{}, NewError(Stale, "campaign.stale", fmt.Sprintf("专项工作已是第 %d 版", c.Version), fmt.Sprintf("The campaign is at version %d", c.Version))
	}
	before := c
	if next, ok := c.NextPeriod(); period != c.OpenPeriod && (!ok || next.Code != period) {
		return PeriodOpened{}, errNotNext(c, period)
	}
	c.OpenPeriod = period
	c.Version++
	out := PeriodOpened{Campaign: c, Missed: []string{}, Left: []string{}, Tasks: []PeriodTask{}}
	if err := u.enterPeriod(tx, role, c, leaveWaiting, &out); err != nil {
		return PeriodOpened{}, err
	}
	return out, u.saveCampaign(tx, role, string(EventOpenPeriod), before, c)
}

func errNotNext(c Campaign, period string) error {
	zh, en := "没有下一个报告期", "there is no next period"
	if next, ok := c.NextPeriod(); ok {
		zh, en = "下一个报告期是 "+next.Code, "the next period is "+next.Code
	}
	var p Problems
	p.Add("period", "order", "不能开启 "+period+"：当前为 "+c.OpenPeriod+"，"+zh, "cannot open "+period+": "+c.OpenPeriod+" is open, "+en)
	return p.Err()
}

// enterPeriod moves the campaign's tasks into its open period, each with its own
// audit event. Tasks that the definition does not let in stay where they are.
func (u *unit) enterPeriod(tx campaignTx, role Role, c Campaign, leaveWaiting bool, out *PeriodOpened) error {
	tasks, err := tx.Tasks(TaskFilter{Scope: Scope{All: true}, Campaign: c.Code})
	if err != nil {
		return fmt.Errorf("listing the tasks of %s: %w", c.Code, err)
	}
	var events []audit.Event
	for _, listed := range tasks {
		start, err := tx.LockTask(listed.ID)
		if err != nil {
			return fmt.Errorf("locking task %s: %w", listed.Code, err)
		}
		task := start.Task
		if state, _ := u.svc.def.State(task.State); state.Terminal {
			out.Ended++
			continue
		}
		if task.Period == c.OpenPeriod {
			continue
		}
		m := &motion{unit: u, event: EventOpenPeriod, grant: Grant{Role: role},
			situation: situation{actor: u.call.Actor, task: task, report: start.Report, flag: start.Flag, campaign: c, at: u.now}}
		did := PeriodTask{ID: task.ID, Code: task.Code, Region: task.Region, Subject: task.Subject, From: task.State, To: task.State}
		t, refusal := u.svc.def.next(m.situation, EventOpenPeriod)
		if refusal != nil {
			did.Left = &refusal.Text
			out.Left, out.Tasks = append(out.Left, task.Code), append(out.Tasks, did)
			continue
		}
		e, err := m.take(t, func(m *motion) error {
			m.next.Period, m.next.ReportID = c.OpenPeriod, ""
			return nil
		})
		if err != nil {
			return err
		}
		events = append(events, e)
		out.Moved++
		if did.To, did.Missed = m.next.State, m.missed(); did.Missed {
			out.Missed = append(out.Missed, task.Code)
		}
		out.Tasks = append(out.Tasks, did)
	}
	if len(out.Left) > 0 && !leaveWaiting {
		return errWaiting(out.Left)
	}
	return u.AppendEvents(events)
}

// missed reports whether the task enters the next period without having reported
// for the last one.
func (m *motion) missed() bool { return m.report == nil && m.flag == nil }

func errWaiting(codes []string) error {
	named, more := codes, ""
	if len(codes) > maxNamed {
		named, more = codes[:maxNamed], " …"
	}
	list := strings.Join(named, ", ") + more
	return NewError(Conflict, "period.waiting",
		fmt.Sprintf("有 %d 项任务的报告等待审核：%s；请先审核，或选择把它们留在原报告期", len(codes), list),
		fmt.Sprintf("%d task(s) wait for review: %s; review them first, or choose to leave them in their period", len(codes), list))
}

// saveCampaign stores a changed campaign with its audit event.
func (u *unit) saveCampaign(tx campaignTx, role Role, name string, before, next Campaign) error {
	if err := tx.SaveCampaign(next, before.Version); err != nil {
		return fmt.Errorf("saving campaign %s: %w", next.Code, err)
	}
	was, err := json.Marshal(before)
	if err != nil {
		return err
	}
	is, err := json.Marshal(next)
	if err != nil {
		return err
	}
	return u.log(audit.Event{
		Name: name, Subject: SubjectCampaign, SubjectID: next.Code, Version: next.Version, ActorRole: string(role),
		Campaign: next.Code, Period: next.OpenPeriod, Before: was, After: is,
	})
}
