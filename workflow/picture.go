package workflow

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// picture is what the views of a campaign's period are made of, within a scope:
// as it is now, read from the tables, or as it was, rebuilt from the events.
type picture struct {
	campaign Campaign
	period   Period
	tasks    []Task             // regions by code, tasks in campaign order
	reviews  []Review           // of each task the newest of the period that counts
	reports  map[string]*Report // by id: those that the reviews are of
	regions  []Region           // by code
	edits    []NarrativeEdit    // oldest first: those that were made by then
}

// look is how a picture is asked for.
type look struct {
	campaign, period string
	asOf             AsOf
	permission       Permission // in whose scope
	table            bool       // with reports and regions, which only the lag table shows
}

// picture makes the picture that an actor may see.
func (s *Service) picture(ctx context.Context, actor Actor, l look) (picture, error) {
	scope := s.auth.Scope(actor, l.permission)
	if scope.Empty() {
		return picture{}, forbidden()
	}
	before, err := s.until(l.asOf)
	if err != nil {
		return picture{}, err
	}
	return read(ctx, s, func(r Reader) (picture, error) { return pictureOf(r, l, scope, before) })
}

func pictureOf(r Reader, l look, scope Scope, before time.Time) (p picture, err error) {
	if l.asOf.IsZero() {
		err = p.readNow(r, l, scope)
	} else {
		err = p.rebuild(r, l, scope, before)
	}
	if err == nil && l.table {
		err = p.readEdits(r, l, before)
	}
	return p, err
}

// readEdits reads the edits of narratives. They are never changed, so that those of
// the past are those that were made before.
func (p *picture) readEdits(r Reader, l look, before time.Time) error {
	all, err := r.NarrativeEdits(l.campaign, l.period)
	if err != nil {
		return fmt.Errorf("reading the edits of %s: %w", l.period, err)
	}
	for _, e := range all {
		if l.asOf.IsZero() || e.At.Before(before) {
			p.edits = append(p.edits, e)
		}
	}
	return nil
}

// of sets the campaign, and the period that must be in it.
func (p *picture) of(c Campaign, period string) error {
	var ok bool
	if p.period, ok = c.Period(period); !ok {
		return errNoPeriod(period)
	}
	p.campaign = c
	return nil
}

func (p *picture) readNow(r Reader, l look, scope Scope) error {
	c, err := r.Campaign(l.campaign)
	if isNoRow(err) {
		return errNoCampaign()
	}
	if err != nil {
		return fmt.Errorf("reading campaign %s: %w", l.campaign, err)
	}
	if err := p.of(c, l.period); err != nil {
		return err
	}
	if p.tasks, err = r.Tasks(TaskFilter{Scope: scope, Campaign: c.Code}); err != nil {
		return fmt.Errorf("reading the tasks of %s: %w", c.Code, err)
	}
	if p.reviews, err = r.CountingReviews(c.Code, l.period); err != nil {
		return fmt.Errorf("reading the reviews of %s: %w", l.period, err)
	}
	if !l.table {
		return nil
	}
	if p.regions, err = r.Regions(); err != nil {
		return fmt.Errorf("reading the regions: %w", err)
	}
	var ids []string
	for _, v := range p.reviews {
		if v.ReportID != "" {
			ids = append(ids, v.ReportID)
		}
	}
	reports, err := r.ReportsOf(ids)
	if err != nil {
		return fmt.Errorf("reading the reports of %s: %w", l.period, err)
	}
	p.reports = make(map[string]*Report, len(reports))
	for i := range reports {
		p.reports[reports[i].ID] = &reports[i]
	}
	return nil
}

func (p *picture) rebuild(r Reader, l look, scope Scope, before time.Time) error {
	p.reports = map[string]*Report{}
	c, err := Rebuild(r, AcceptedFilter{Campaign: l.campaign, Scope: scope, Before: before}, func(t TaskPast) error {
		if !scope.Has(t.Task.Region) {
			return nil
		}
		p.tasks = append(p.tasks, t.Task)
		v, counted := finalReviews(t.Reviews, l.period)[t.Task.ID]
		if !counted {
			return nil
		}
		p.reviews = append(p.reviews, v)
		if v.ReportID != "" && l.table {
			report := *t.report(v.ReportID) // alone: the task's other reports are not kept
			p.reports[v.ReportID] = &report
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("rebuilding campaign %s: %w", l.campaign, err)
	}
	if c.Code == "" {
		return errNoCampaign()
	}
	if err := p.of(c, l.period); err != nil {
		return err
	}
	slices.SortFunc(p.tasks, byPlace)
	if l.table {
		if p.regions, err = rebuildRegions(r, before); err != nil {
			return fmt.Errorf("rebuilding the regions: %w", err)
		}
	}
	return nil
}

// byPlace is the order of Reader.Tasks.
func byPlace(a, b Task) int { return cursorOf(a).compare(cursorOf(b)) }

// finalReviews returns by task the newest review of the period that counts, as
// Reader.CountingReviews chooses it.
func finalReviews(reviews []Review, period string) map[string]Review {
	final := map[string]Review{}
	for _, v := range reviews {
		old, there := final[v.TaskID]
		if v.Period == period && v.Counts() && (!there || cmp.Or(v.At.Compare(old.At), cmp.Compare(v.ID, old.ID)) > 0) {
			final[v.TaskID] = v
		}
	}
	return final
}
