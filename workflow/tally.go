package workflow

import (
	"context"
	"slices"

	"duban/workflow/assess"
)

// Tally counts the tasks of one region in a period of a campaign.
type Tally struct {
	Region   string
	Tasks    int                    // all of them
	States   map[State]int          // their states; those that no task is in are absent
	Verdicts map[assess.Verdict]int // their final verdicts of the period, likewise
	Open     int                    // those that have none and are not cancelled
}

// OnSchedule is the share of tasks that are on schedule, of all that are not
// cancelled, in percent with one place; false when there are none.
func (t Tally) OnSchedule() (assess.Decimal, bool) {
	if t.live() == 0 {
		return assess.Decimal{}, false
	}
	return assess.RoundQuotient(assess.Whole(100*int64(t.Verdicts[assess.OnSchedule])), assess.Whole(int64(t.live())), 1), true
}

// live is the number of tasks that are not cancelled.
func (t Tally) live() int { return t.Tasks - t.States[Cancelled] }

// Tallies counts the tasks of each region for a period, in the given order. Of a
// task's reviews the newest of the period that counts gives its final verdict. A
// cancelled task has a state and no verdict, as in the lag table.
func (s Counted) Tallies(period string, regions []string) []Tally {
	list := make([]Tally, len(regions))
	for i, code := range regions {
		list[i] = Tally{Region: code, States: map[State]int{}, Verdicts: map[assess.Verdict]int{}}
	}
	in := func(region string) *Tally {
		i := slices.Index(regions, region)
		if i < 0 {
			return &Tally{States: map[State]int{}, Verdicts: map[assess.Verdict]int{}} // of no region that is asked for
		}
		return &list[i]
	}
	for key, w := range s.States {
		t := in(key.Region)
		t.Tasks += w.Tasks
		t.States[key.State] += w.Tasks
		if key.State != Cancelled {
			t.Open += w.Tasks
		}
	}
	for key, n := range s.Verdicts {
		if key.Period == period {
			t := in(key.Region)
			t.Verdicts[key.Verdict] += n
			t.Open -= n
		}
	}
	return list
}

// Tally counts, as of a moment, the tasks that the actor may see, for each of the
// campaign's regions in the actor's scope.
func (s *Service) Tally(ctx context.Context, actor Actor, campaign, period string, asOf AsOf) ([]Tally, error) {
	v, scope, err := s.countedAsOf(ctx, actor, campaign, asOf, false)
	if err != nil {
		return nil, err
	}
	if _, ok := v.campaign.Period(period); !ok {
		return nil, errNoPeriod(period)
	}
	return v.counted.Tallies(period, v.campaign.regionsIn(scope)), nil
}

// regionsIn are the campaign's regions within a scope, by code.
func (c Campaign) regionsIn(scope Scope) []string {
	in := slices.DeleteFunc(slices.Clone(c.Regions), func(code string) bool { return !scope.Has(code) })
	slices.Sort(in)
	return in
}
