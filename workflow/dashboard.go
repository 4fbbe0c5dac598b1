package workflow

import (
	"cmp"
	"context"
	"slices"
	"time"

	"duban/workflow/assess"
)

// Dashboard is how a campaign stands in a period, as of a moment and within the
// reader's scope.
type Dashboard struct {
	Campaign  Campaign
	Period    Period
	At        time.Time // until when it knows
	Districts []DistrictStanding
	Total     DistrictStanding // of these districts; without rank and light
	Trend     []PeriodTrend    // of the periods that have begun, in their order
	Worst     []TaskForecast   // at most mostWorst, the worst first
}

// mostWorst is how many tasks a dashboard names.
const mostWorst = 10

// DistrictStanding is how one district stands.
type DistrictStanding struct {
	Tally
	Name    string
	Overdue int            // tasks that are late now, whatever their period
	Waits   map[State]Wait // by state: since the last step of each task
	Rank    int            // among the districts that have tasks, from 1; 0 for none
	Light   DistrictLight
	// Outlooks counts the tasks with cumulative measures by the worst of these.
	Outlooks map[assess.Outlook]int
	DaysLate int // the most that one of them will be late
}

// DistrictLight sums up how a district stands.
type DistrictLight string

// The lights. A red one needs a task that is behind or lagging; a yellow one a task
// that is nearly on schedule, or overdue; a green one a verdict. Without any of these
// there is nothing to say yet.
const (
	LightRed    DistrictLight = "red"
	LightYellow DistrictLight = "yellow"
	LightGreen  DistrictLight = "green"
	LightNone   DistrictLight = "none"
)

func (d DistrictStanding) light() DistrictLight {
	switch v := d.Verdicts; {
	case v[assess.Behind]+v[assess.Lagging] > 0:
		return LightRed
	case v[assess.Nearly]+d.Overdue > 0:
		return LightYellow
	case v[assess.OnSchedule] > 0:
		return LightGreen
	}
	return LightNone
}

// PeriodTrend is what became of a period: the verdicts of each district.
type PeriodTrend struct {
	Period    Period
	Districts []Tally // in the order of Dashboard.Districts; states are those of now
}

// TaskForecast is the forecast that speaks for a task (assess.Worst).
type TaskForecast struct {
	Task     Task // only ID, Code, Region, Seq, Subject and Measures
	Forecast assess.Forecast
}

// Dashboard counts, ranks and looks ahead. The number of statements does not depend
// on the number of tasks.
func (s *Service) Dashboard(ctx context.Context, actor Actor, campaign, period string, asOf AsOf) (Dashboard, error) {
	v, scope, err := s.countedAsOf(ctx, actor, campaign, asOf, true)
	if err != nil {
		return Dashboard{}, err
	}
	d := Dashboard{Campaign: v.campaign, At: v.at}
	if period == "" {
		period = v.campaign.OpenPeriod
	}
	var known bool
	if d.Period, known = v.campaign.Period(period); !known {
		return Dashboard{}, errNoPeriod(period)
	}
	regions := v.campaign.regionsIn(scope)
	for _, t := range v.counted.Tallies(period, regions) {
		d.Districts = append(d.Districts, v.district(t))
	}
	v.lookAhead(&d)
	for i := range d.Districts {
		d.Districts[i].Light = d.Districts[i].light()
	}
	rank(d.Districts)
	d.Total = total(d.Districts)
	for _, p := range v.campaign.begun() {
		d.Trend = append(d.Trend, PeriodTrend{Period: p, Districts: v.counted.Tallies(p.Code, regions)})
	}
	return d, nil
}

func (v view) district(t Tally) DistrictStanding {
	d := DistrictStanding{Tally: t, Name: v.names[t.Region], Overdue: v.counted.Overdue[t.Region], Waits: map[State]Wait{}, Outlooks: map[assess.Outlook]int{}}
	for key, w := range v.counted.States {
		if key.Region == t.Region {
			d.Waits[key.State] = w
		}
	}
	return d
}

// begun are the periods that were opened.
func (c Campaign) begun() []Period {
	open := slices.IndexFunc(c.Periods, func(p Period) bool { return p.Code == c.OpenPeriod })
	return c.Periods[:open+1]
}

// lookAhead adds what is to come.
func (v view) lookAhead(d *Dashboard) {
	for _, p := range v.progress {
		period, _ := v.campaign.Period(p.Period)
		worst, any := assess.Worst(assess.Prospect{
			Measures: p.Task.Measures, Values: p.Values, Starts: v.campaign.Starts, Cutoff: period.Cutoff, EvidenceDate: p.EvidenceDate, Today: dayOf(v.at),
		}.Forecasts())
		i := slices.IndexFunc(d.Districts, func(s DistrictStanding) bool { return s.Region == p.Task.Region })
		if !any || i < 0 {
			continue
		}
		d.Districts[i].Outlooks[worst.Outlook]++
		d.Districts[i].DaysLate = max(d.Districts[i].DaysLate, worst.DaysLate)
		if worst.DaysLate > 0 {
			d.Worst = append(d.Worst, TaskForecast{p.Task, worst})
		}
	}
	slices.SortStableFunc(d.Worst, func(a, b TaskForecast) int { return b.Forecast.Compare(a.Forecast) })
	d.Worst = d.Worst[:min(len(d.Worst), mostWorst)]
}

// rank gives the districts their ranks. The rule: a larger share of tasks on schedule,
// of all that are not cancelled, is better; then fewer behind, fewer lagging, fewer
// nearly on schedule, fewer overdue. Districts that are the same in all of these
// share a rank, and the next one is as many places further: 1, 2, 2, 4. A district
// without tasks has none.
func rank(districts []DistrictStanding) {
	var order []int
	for i, d := range districts {
		if d.live() > 0 {
			order = append(order, i)
		}
	}
	compare := func(i, j int) int { return districts[i].better(districts[j]) }
	slices.SortStableFunc(order, compare)
	for place, i := range order {
		districts[i].Rank = place + 1
		if place > 0 && compare(order[place-1], i) == 0 {
			districts[i].Rank = districts[order[place-1]].Rank
		}
	}
}

// better compares by the rule of rank: negative when d is the better one.
func (d DistrictStanding) better(e DistrictStanding) int {
	return cmp.Or(
		e.Verdicts[assess.OnSchedule]*d.live()-d.Verdicts[assess.OnSchedule]*e.live(), // shares, without dividing
		d.Verdicts[assess.Behind]-e.Verdicts[assess.Behind],
		d.Verdicts[assess.Lagging]-e.Verdicts[assess.Lagging],
		d.Verdicts[assess.Nearly]-e.Verdicts[assess.Nearly],
		d.Overdue-e.Overdue,
	)
}

// total puts districts together.
func total(districts []DistrictStanding) DistrictStanding {
	sum := DistrictStanding{Tally: Tally{States: map[State]int{}, Verdicts: map[assess.Verdict]int{}}, Waits: map[State]Wait{}, Outlooks: map[assess.Outlook]int{}, Light: LightNone}
	for _, d := range districts {
		sum.Tasks, sum.Open, sum.Overdue = sum.Tasks+d.Tasks, sum.Open+d.Open, sum.Overdue+d.Overdue
		sum.DaysLate = max(sum.DaysLate, d.DaysLate)
		for k, n := range d.States {
			sum.States[k] += n
		}
		for k, n := range d.Verdicts {
			sum.Verdicts[k] += n
		}
		for k, w := range d.Waits {
			sum.Waits[k] = sum.Waits[k].and(w)
		}
		for k, n := range d.Outlooks {
			sum.Outlooks[k] += n
		}
	}
	return sum
}
