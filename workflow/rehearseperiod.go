package workflow

import (
	"context"
	"fmt"
)

// RehearsePeriod tells what OpenPeriod would do, leaving behind what waits for
// review, and keeps nothing: the same outcome or the same refusal, from the same code
// on a unit of work that writes nowhere.
func (s *Service) RehearsePeriod(ctx context.Context, actor Actor, campaign, period string) (PeriodOpened, error) {
	now := s.now()
	return read(ctx, s, func(r Reader) (PeriodOpened, error) {
		tx := &periodRehearsal{rehearsal: rehearsal{r}}
		u := &unit{StepTx: tx, svc: s, call: Call{Actor: actor}, now: now}
		return u.openPeriod(tx, campaign, period, true)
	})
}

// periodRehearsal is a campaignTx that reads and keeps nothing. What tasks begin with
// is read for all of the campaign at once.
type periodRehearsal struct {
	rehearsal
	starts map[string]Start
}

// LockCampaign reads a campaign and its tasks, and locks neither.
func (p *periodRehearsal) LockCampaign(code string) (Campaign, error) {
	c, err := p.Campaign(code)
	if err != nil {
		return c, err
	}
	reports, flags := map[string]*Report{}, map[string]*Flag{}
	for _, period := range c.Periods {
		sent, err := p.ReportsIn(code, period.Code)
		if err != nil {
			return c, fmt.Errorf("reading the reports of %s: %w", period.Code, err)
		}
		for i := range sent {
			reports[sent[i].ID] = &sent[i]
		}
		raised, err := p.FlagsIn(code, period.Code)
		if err != nil {
			return c, fmt.Errorf("reading the flags of %s: %w", period.Code, err)
		}
		for i := range raised {
			flags[raised[i].ID] = &raised[i]
		}
	}
	tasks, err := p.Tasks(TaskFilter{Scope: Scope{All: true}, Campaign: code})
	if err != nil {
		return c, fmt.Errorf("listing the tasks of %s: %w", code, err)
	}
	p.starts = make(map[string]Start, len(tasks))
	for _, t := range tasks {
		p.starts[t.ID] = Start{Task: t, CampaignVersion: c.Version, Report: reports[t.ReportID], Flag: flags[t.FlagID]}
	}
	return c, nil
}

// LockTask returns what was read of a task.
func (p *periodRehearsal) LockTask(id string) (Start, error) { return p.starts[id], nil }

// SaveCampaign keeps nothing.
func (p *periodRehearsal) SaveCampaign(Campaign, int) error { return nil }
