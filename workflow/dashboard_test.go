package workflow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
)

// Ranks follow the rule of rank, ties share one, and the next is as many places on.
func TestDistrictsThatStandTheSameShareARank(t *testing.T) {
	district := func(onSchedule, nearly, lagging, behind, overdue, open, cancelled int) workflow.DistrictStanding {
		return workflow.DistrictStanding{
			Tally: workflow.Tally{
				Tasks: onSchedule + nearly + lagging + behind + open + cancelled, Open: open, States: map[workflow.State]int{workflow.Cancelled: cancelled},
				Verdicts: map[assess.Verdict]int{assess.OnSchedule: onSchedule, assess.Nearly: nearly, assess.Lagging: lagging, assess.Behind: behind},
			}, Overdue: overdue,
		}
	}
	for name, c := range map[string]struct {
		districts []workflow.DistrictStanding
		want      []int
	}{
		"1 2 2 4":                                {[]workflow.DistrictStanding{district(1, 0, 0, 1, 0, 0, 0), district(2, 0, 0, 0, 0, 0, 0), district(2, 0, 0, 2, 0, 0, 0), district(1, 1, 0, 0, 0, 0, 0)}, []int{3, 1, 4, 2}},
		"equal shares of different sizes":        {[]workflow.DistrictStanding{district(1, 2, 0, 0, 0, 0, 0), district(2, 2, 0, 0, 0, 2, 0), district(5, 0, 0, 0, 0, 0, 0)}, []int{2, 2, 1}},
		"fewer behind, then lagging":             {[]workflow.DistrictStanding{district(1, 0, 0, 1, 0, 0, 0), district(1, 0, 1, 0, 0, 0, 0), district(1, 1, 0, 0, 0, 0, 0)}, []int{3, 2, 1}},
		"fewer overdue":                          {[]workflow.DistrictStanding{district(1, 0, 0, 0, 1, 1, 0), district(1, 0, 0, 0, 0, 1, 0)}, []int{2, 1}},
		"what has no verdict is not on schedule": {[]workflow.DistrictStanding{district(1, 0, 0, 0, 0, 1, 0), district(3, 1, 0, 0, 0, 0, 0)}, []int{2, 1}},
		"a cancelled task counts for nothing":    {[]workflow.DistrictStanding{district(1, 0, 0, 0, 0, 0, 9), district(1, 0, 0, 0, 0, 0, 0)}, []int{1, 1}},
		"no tasks, no rank":                      {[]workflow.DistrictStanding{district(0, 0, 0, 0, 0, 0, 0), district(0, 0, 0, 1, 0, 0, 0), district(0, 0, 0, 0, 0, 0, 1)}, []int{0, 1, 0}},
	} {
		workflow.Rank(c.districts)
		var got []int
		for _, d := range c.districts {
			got = append(got, d.Rank)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: ranks %v, want %v", name, got, c.want)
		}
	}
}

// The mean is over all tasks that wait, and the longest is one of them.
func TestHowLongTasksWait(t *testing.T) {
	now := time.Date(2023, 8, 31, 8, 0, 0, 0, time.UTC)
	s, day := workflow.NewCounted(), day("2023-08-31")
	for i, hours := range []int{12, 36, 60, 25} {
		task := workflow.Task{ID: fmt.Sprint(i), Region: "440703", State: workflow.Reported, UpdatedAt: now.Add(-time.Duration(hours) * time.Hour)}
		s.Add(workflow.TaskPast{Task: task}, workflow.Campaign{}, day)
	}
	w := s.States[workflow.RegionState{Region: "440703", State: workflow.Reported}]
	if mean, _ := w.Mean(now); w.Tasks != 4 || mean.StringFixed(1) != "1.4" || w.Longest(now) != 2 { // 133 hours / 4 = 1.385 days
		t.Errorf("%d tasks, mean %s, longest %d", w.Tasks, mean, w.Longest(now))
	}
}
