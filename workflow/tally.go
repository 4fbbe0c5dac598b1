package workflow

import (
	"cmp"
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

// TallyOf counts tasks by region, in the order of region codes; a region that is
// named has a Tally even without tasks. Of a task's reviews the newest of the
// period that counts gives its final verdict. A cancelled task has a state and no
// verdict, as in the lag table.
func TallyOf(period string, regions []string, tasks []Task, reviews []Review) []Tally {
	final := finalReviews(reviews, period)
	by := map[string]*Tally{}
	of := func(region string) *Tally {
		if by[region] == nil {
			by[region] = &Tally{Region: region, States: map[State]int{}, Verdicts: map[assess.Verdict]int{}}
		}
		return by[region]
	}
	for _, region := range regions {
		of(region)
	}
	for _, t := range tasks {
		n := of(t.Region)
		n.Tasks++
		n.States[t.State]++
		if t.State == Cancelled {
			continue
		}
		if v, judged := final[t.ID]; judged {
			n.Verdicts[v.Verdict]++
		} else {
			n.Open++
		}
	}
	list := make([]Tally, 0, len(by))
	for _, n := range by {
		list = append(list, *n)
	}
	slices.SortFunc(list, func(a, b Tally) int { return cmp.Compare(a.Region, b.Region) })
	return list
}

// Tally counts, as of a moment, the tasks that the actor may see, for each of the
// campaign's regions in the actor's scope.
func (s *Service) Tally(ctx context.Context, actor Actor, campaign, period string, asOf AsOf) ([]Tally, error) {
	p, err := s.picture(ctx, actor, look{campaign: campaign, period: period, asOf: asOf, permission: MayReadTasks})
	if err != nil {
		return nil, err
	}
	scope := s.auth.Scope(actor, MayReadTasks)
	regions := slices.DeleteFunc(slices.Clone(p.campaign.Regions), func(code string) bool { return !scope.Has(code) })
	return TallyOf(period, regions, p.tasks, p.reviews), nil
}
