package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// Counted is how a campaign stands, counted by region: by the database for now, from
// the audit events for the past.
type Counted struct {
	States   map[RegionState]Wait
	Verdicts map[RegionVerdict]int // of tasks that are not cancelled, by the newest review that counts
	Overdue  map[string]int        // by region, as in OverdueTask
}

// RegionState is a region and a state of its tasks.
type RegionState struct {
	Region string
	State  State
}

// RegionVerdict is a region, a period, and a final verdict for it.
type RegionVerdict struct {
	Region, Period string
	Verdict        assess.Verdict
}

// CountedFilter selects the tasks of a campaign that are counted, and says which day
// it is. A zero Scope sees nothing.
type CountedFilter struct {
	Scope    Scope
	Campaign string
	Today    calendar.Date
}

// Wait is a number of tasks with the moments of their last steps.
type Wait struct {
	Tasks   int
	Seconds int64     // the sum of these moments in Unix seconds, each rounded down
	Oldest  time.Time // the earliest
}

// Mean is how long they wait on average at a moment, in days of 24 hours with one
// place, rounded by GB/T 8170; false when there are none.
func (w Wait) Mean(at time.Time) (assess.Decimal, bool) {
	if w.Tasks == 0 {
		return assess.Decimal{}, false
	}
	seconds := assess.Whole(at.Unix() * int64(w.Tasks)).Sub(assess.Whole(w.Seconds))
	return assess.RoundQuotient(seconds, assess.Whole(int64(w.Tasks)*86_400), 1), true
}

// Longest is how many whole days of 24 hours the one that waits longest has waited.
func (w Wait) Longest(at time.Time) int {
	if w.Tasks == 0 {
		return 0
	}
	return int(at.Sub(w.Oldest) / (24 * time.Hour))
}

// and puts two numbers of tasks together.
func (w Wait) and(v Wait) Wait {
	if v.Tasks > 0 && (w.Tasks == 0 || v.Oldest.Before(w.Oldest)) {
		w.Oldest = v.Oldest
	}
	return Wait{Tasks: w.Tasks + v.Tasks, Seconds: w.Seconds + v.Seconds, Oldest: w.Oldest}
}

// NewCounted returns one that has counted nothing.
func NewCounted() Counted {
	return Counted{States: map[RegionState]Wait{}, Verdicts: map[RegionVerdict]int{}, Overdue: map[string]int{}}
}

// Add counts a task of the campaign on a day.
func (s Counted) Add(p TaskPast, c Campaign, today calendar.Date) {
	t := p.Task
	key := RegionState{t.Region, t.State}
	s.States[key] = s.States[key].and(Wait{Tasks: 1, Seconds: t.UpdatedAt.Unix(), Oldest: t.UpdatedAt})
	if t.State == Cancelled {
		return
	}
	periods := map[string]bool{}
	for _, v := range p.Reviews {
		periods[v.Period] = true
	}
	for period := range periods {
		if v, judged := finalReviews(p.Reviews, period)[t.ID]; judged {
			s.Verdicts[RegionVerdict{t.Region, period, v.Verdict}]++
		}
	}
	if due := p.due(c); !due.IsZero() && due.Before(today) {
		s.Overdue[t.Region]++
	}
}

// Progress is what is known of a task that has cumulative measures and has not ended:
// its newest report that stands (Report.Status neither withdrawn nor returned).
type Progress struct {
	Task         Task // only ID, Code, Region, Seq, Subject and Measures
	Period       string
	Values       assess.Values // nil without a report
	EvidenceDate calendar.Date
}

// progress is what the task's past says of it; false when there is nothing to forecast.
func (p TaskPast) progress(def *Definition) (Progress, bool) {
	t := p.Task
	state, _ := def.State(t.State)
	if state.Terminal || !slices.ContainsFunc(t.Measures, func(m assess.Measure) bool { return m.Kind == assess.Cumulative }) {
		return Progress{}, false
	}
	out := Progress{Task: Task{ID: t.ID, Code: t.Code, Region: t.Region, Seq: t.Seq, Subject: t.Subject, Measures: t.Measures}}
	for _, r := range slices.Backward(p.Reports) {
		if r.stands() {
			out.Period, out.Values, out.EvidenceDate = r.Period, r.Values, r.EvidenceDate
			break
		}
	}
	return out, true
}

// view is how a campaign stands as of a moment, with the names of its regions.
type view struct {
	campaign Campaign
	counted  Counted
	progress []Progress // where it is asked for
	names    map[string]string
	at       time.Time // until when it knows
}

// countedAsOf counts what an actor may see. ahead asks for the progress of tasks as
// well.
func (s *Service) countedAsOf(ctx context.Context, actor Actor, campaign string, asOf AsOf, ahead bool) (view, Scope, error) {
	scope := s.auth.Scope(actor, MayReadTasks)
	if scope.Empty() {
		return view{}, scope, forbidden()
	}
	before, err := s.until(asOf)
	if err != nil {
		return view{}, scope, err
	}
	v, err := read(ctx, s, func(r Reader) (view, error) {
		if asOf.IsZero() {
			return s.countedNow(r, campaign, scope, before, ahead)
		}
		return s.countedThen(r, campaign, scope, before, ahead)
	})
	return v, scope, err
}

// dayOf is the day on which everything before a moment is known.
func dayOf(before time.Time) calendar.Date { return calendar.Of(before.Add(-time.Microsecond)) }

func (s *Service) countedNow(r Reader, code string, scope Scope, before time.Time, ahead bool) (view, error) {
	v := view{at: before}
	var err error
	if v.campaign, err = r.Campaign(code); err != nil {
		if isNoRow(err) {
			err = errNoCampaign()
		}
		return v, err
	}
	if v.names, err = regionNames(r); err != nil {
		return v, err
	}
	if v.counted, err = r.Counted(CountedFilter{Scope: scope, Campaign: code, Today: dayOf(before)}); err != nil {
		return v, fmt.Errorf("counting the tasks of %s: %w", code, err)
	}
	if ahead {
		if v.progress, err = r.Progress(scope, code, s.def.terminal()); err != nil {
			return v, fmt.Errorf("reading the progress of %s: %w", code, err)
		}
	}
	return v, nil
}

func (s *Service) countedThen(r Reader, code string, scope Scope, before time.Time, ahead bool) (view, error) {
	v := view{at: before, counted: NewCounted(), names: map[string]string{}}
	fold := Fold{}
	fold.Task = func(t TaskPast) error {
		if !scope.Has(t.Task.Region) {
			return nil
		}
		v.counted.Add(t, fold.Campaign, dayOf(before))
		if p, any := t.progress(s.def); any && ahead {
			v.progress = append(v.progress, p)
		}
		return nil
	}
	if err := r.Accepted(AcceptedFilter{Campaign: code, Scope: scope, Before: before}, fold.Add); err != nil {
		return v, fmt.Errorf("rebuilding campaign %s: %w", code, err)
	}
	if err := fold.End(); err != nil {
		return v, fmt.Errorf("rebuilding campaign %s: %w", code, err)
	}
	if v.campaign = fold.Campaign; v.campaign.Code == "" {
		return v, errNoCampaign()
	}
	regions, err := rebuildRegions(r, before)
	for _, region := range regions {
		v.names[region.Code] = region.Name
	}
	slices.SortFunc(v.progress, func(a, b Progress) int { return byPlace(a.Task, b.Task) })
	return v, err
}

// terminal are the states in which a task has ended.
func (d *Definition) terminal() []State {
	var list []State
	for _, s := range d.States {
		if s.Terminal {
			list = append(list, s.Name)
		}
	}
	return list
}
