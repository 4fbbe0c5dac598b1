package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"duban/workflow/assess"
	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// Statistics are the figures of a campaign and period for a meeting, within the
// reader's scope.
type Statistics struct {
	Campaign  Campaign
	Period    Period
	At        time.Time            // until when they know
	Districts []DistrictStatistics // by code
	Total     DistrictStatistics   // of these districts
	Overdue   []OverdueTask        // now, whatever their period; in the order of lists
}

// DistrictStatistics are the figures of one district.
type DistrictStatistics struct {
	Region   Region                 // none for the total
	Tasks    int                    // that are not cancelled
	Verdicts map[assess.Verdict]int // of these, by the final verdict for the period; "" for none
	States   map[State]int          // of all tasks, now
	Overdue  int                    // of all tasks, now

	ToReport  Average // from when a task was assigned for the period to its first report, unless that is a rectification
	ToReview  Average // from each report to its first review
	ToRectify Average // from each flag to the confirmation that it is rectified
}

// Average is a mean of times, exact until it is printed.
type Average struct {
	Cases  int
	micros assess.Decimal // of all cases together
}

func (a *Average) add(took time.Duration) {
	a.Cases++
	a.micros = a.micros.Add(assess.Whole(took.Microseconds()))
}

// Days is the mean in days of 24 hours with one place, rounded by GB/T 8170; false
// when there is no case.
func (a Average) Days() (assess.Decimal, bool) {
	if a.Cases == 0 {
		return assess.Decimal{}, false
	}
	whole := assess.Whole((24 * time.Hour).Microseconds()).Mul(assess.Whole(int64(a.Cases)))
	return assess.RoundQuotient(a.micros, whole, 1), true
}

// Statistics counts and measures what the actor may see of a campaign and period.
func (s *Service) Statistics(ctx context.Context, actor Actor, campaign, period string) (Statistics, error) {
	scope := s.auth.Scope(actor, MayReadLagTable)
	if scope.Empty() {
		return Statistics{}, forbidden()
	}
	now := s.now()
	return read(ctx, s, func(r Reader) (Statistics, error) {
		c := counting{Statistics: Statistics{At: now}, r: r, scope: scope}
		var err error
		if c.Campaign, c.Period, err = campaignPeriod(r, campaign, period); err != nil {
			return Statistics{}, err
		}
		for _, step := range []func() error{c.districts, c.tasks, c.verdicts, c.reports, c.flags, c.overdue} {
			if err := step(); err != nil {
				return Statistics{}, err
			}
		}
		return c.Statistics, nil
	})
}

// campaignPeriod reads a campaign and finds one of its periods.
func campaignPeriod(r Reader, campaign, period string) (Campaign, Period, error) {
	c, err := r.Campaign(campaign)
	if err != nil {
		if isNoRow(err) {
			err = errNoCampaign()
		}
		return c, Period{}, err
	}
	p, ok := c.Period(period)
	if !ok {
		return c, p, errNoPeriod(period)
	}
	return c, p, nil
}

func errNoPeriod(code string) *Error {
	return NotFoundError(Text{ZH: "报告期 " + code, EN: "Period " + code})
}

// counting is Statistics while they are made.
type counting struct {
	Statistics
	r       Reader
	scope   Scope
	task    map[string]Task // of the scope, by id
	reviews []Review        // of the period, by task and time
}

// both calls fn for the district of a task and for the total.
func (c *counting) both(t Task, fn func(*DistrictStatistics)) {
	fn(&c.Total)
	i := slices.IndexFunc(c.Districts, func(d DistrictStatistics) bool { return d.Region.Code == t.Region })
	fn(&c.Districts[i])
}

func newDistrict(r Region) DistrictStatistics {
	return DistrictStatistics{Region: r, Verdicts: map[assess.Verdict]int{}, States: map[State]int{}}
}

func (c *counting) districts() error {
	names, err := regionNames(c.r)
	if err != nil {
		return err
	}
	c.Total = newDistrict(Region{})
	for _, code := range c.Campaign.Regions {
		if c.scope.All || slices.Contains(c.scope.Regions, code) {
			c.Districts = append(c.Districts, newDistrict(Region{Code: code, Name: names[code]}))
		}
	}
	return nil
}

func (c *counting) tasks() error {
	tasks, err := c.r.Tasks(TaskFilter{Scope: c.scope, Campaign: c.Campaign.Code})
	if err != nil {
		return fmt.Errorf("reading the tasks of %s: %w", c.Campaign.Code, err)
	}
	c.task = make(map[string]Task, len(tasks))
	for _, t := range tasks {
		c.task[t.ID] = t
		c.both(t, func(d *DistrictStatistics) {
			d.States[t.State]++
			if t.State != Cancelled {
				d.Tasks++
			}
		})
	}
	return nil
}

// verdicts counts by the newest review that counts.
func (c *counting) verdicts() error {
	var err error
	if c.reviews, err = c.r.ReviewsIn(c.Campaign.Code, c.Period.Code); err != nil {
		return fmt.Errorf("reading the reviews of %s: %w", c.Period.Code, err)
	}
	final := map[string]assess.Verdict{}
	for _, v := range c.reviews {
		if v.Counts() {
			final[v.TaskID] = v.Verdict
		}
	}
	for _, t := range c.task {
		if t.State != Cancelled {
			c.both(t, func(d *DistrictStatistics) { d.Verdicts[final[t.ID]]++ })
		}
	}
	return nil
}

// reports measures how long districts took to report, and the city to review.
func (c *counting) reports() error {
	reports, err := c.r.ReportsIn(c.Campaign.Code, c.Period.Code)
	if err != nil {
		return fmt.Errorf("reading the reports of %s: %w", c.Period.Code, err)
	}
	entered, err := c.entries()
	if err != nil {
		return err
	}
	reviewed := map[string]time.Time{}
	for _, v := range slices.Backward(c.reviews) {
		reviewed[v.ReportID] = v.At
	}
	last := ""
	for _, p := range reports {
		t, ours := c.task[p.TaskID]
		first := p.TaskID != last
		last = p.TaskID
		if !ours {
			continue
		}
		if first && p.FlagID == "" {
			since, moved := entered[t.ID]
			if !moved {
				since = t.CreatedAt
			}
			c.both(t, func(d *DistrictStatistics) { d.ToReport.add(p.SubmittedAt.Sub(since)) })
		}
		if at, ok := reviewed[p.ID]; ok {
			c.both(t, func(d *DistrictStatistics) { d.ToReview.add(at.Sub(p.SubmittedAt)) })
		}
	}
	return nil
}

// entries returns when the opening of the period let tasks in. Others of its tasks
// were made in it.
func (c *counting) entries() (map[string]time.Time, error) {
	events, err := c.r.Events(EventFilter{Subject: SubjectCampaign, SubjectID: c.Campaign.Code})
	if err != nil {
		return nil, fmt.Errorf("reading the events of %s: %w", c.Campaign.Code, err)
	}
	entered := map[string]time.Time{}
	for _, e := range events {
		if e.Name != string(EventOpenPeriod) || e.Period != c.Period.Code || e.Outcome != audit.Accepted {
			continue
		}
		// The tasks that it let in have their events of the same moment.
		f := EventSearch{
			Scope: Scope{All: true}, Campaign: c.Campaign.Code, Names: []string{e.Name}, Outcome: audit.Accepted,
			From: e.At, Until: e.At.Add(time.Microsecond), Limit: exportPage,
		}
		for {
			found, err := c.r.SearchEvents(f)
			if err != nil {
				return nil, fmt.Errorf("reading the events of period %s: %w", c.Period.Code, err)
			}
			for _, in := range found.Events {
				if in.Subject == SubjectTask && in.Period == c.Period.Code {
					entered[in.SubjectID] = in.At
				}
			}
			if f.Before = found.Next; f.Before == nil {
				break
			}
		}
	}
	return entered, nil
}

// flags measures how long rectification took. Cancelling a task clears its flag
// too, and rectifies nothing.
func (c *counting) flags() error {
	flags, err := c.r.FlagsIn(c.Campaign.Code, c.Period.Code)
	if err != nil {
		return fmt.Errorf("reading the flags of %s: %w", c.Period.Code, err)
	}
	for _, f := range flags {
		t, ours := c.task[f.TaskID]
		if !ours || f.ClearedAt.IsZero() || t.State == Cancelled && t.UpdatedAt.Equal(f.ClearedAt) {
			continue
		}
		c.both(t, func(d *DistrictStatistics) { d.ToRectify.add(f.ClearedAt.Sub(f.OpenedAt)) })
	}
	return nil
}

func (c *counting) overdue() error {
	f := OverdueFilter{Scope: c.scope, Campaign: c.Campaign.Code, Today: calendar.Of(c.At), Limit: MaxPage}
	for {
		found, err := overdue(c.r, f)
		if err != nil {
			return err
		}
		c.Overdue = append(c.Overdue, found.Tasks...)
		if f.After = found.Next; f.After == nil {
			break
		}
	}
	for _, o := range c.Overdue {
		c.both(o.Task, func(d *DistrictStatistics) { d.Overdue++ })
	}
	return nil
}
