package workflow_test

import (
	"reflect"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
)

func TestReadingAsOf(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "2023-08-31": "2023-08-31", "2023-08-31T01:00:00Z": "2023-08-31T09:00:00+08:00", "2023-08-31T09:00:00.5+08:00": "2023-08-31T09:00:00.5+08:00",
	} {
		if a, err := workflow.ParseAsOf(text); err != nil || a.String() != want || a.IsZero() != (text == "") {
			t.Errorf("%q is %q, %v", text, a, err)
		}
	}
	for _, text := range []string{"2023-02-31", "yesterday", "2023-08-31T09:00:00", "2023-08-31T09:00:00 08:00", "0001-01-01T00:00:00Z", " 2023-08-31"} {
		if a, err := workflow.ParseAsOf(text); err == nil {
			t.Errorf("%q is taken for %s", text, a)
		}
	}
}

// TestATallyCountsEveryTaskOnce: by its state, and by the verdict that the lag
// table goes by.
func TestATallyCountsEveryTaskOnce(t *testing.T) {
	at := time.Unix(0, 0)
	day := calendar.Of(at)
	counted := workflow.NewCounted()
	count := func(id, region string, state workflow.State, reviews ...workflow.Review) {
		counted.Add(workflow.TaskPast{Task: workflow.Task{ID: id, Region: region, State: state}, Reviews: reviews}, workflow.Campaign{}, day)
	}
	review := func(id, task, period string, verdict assess.Verdict, later int) workflow.Review {
		return workflow.Review{ID: id, TaskID: task, Period: period, Verdict: verdict, At: at.Add(time.Duration(later))}
	}
	count("a", "440703", workflow.Reviewed,
		review("2", "a", "h1", assess.OnSchedule, 2), review("1", "a", "h1", assess.Behind, 1), review("3", "a", "h1", "", 3), review("4", "a", "q3", assess.Behind, 4))
	count("b", "440703", workflow.Flagged, review("6", "b", "h1", assess.Nearly, 1), review("5", "b", "h1", assess.Behind, 1))
	count("c", "440703", workflow.Assigned)
	count("d", "440703", workflow.Cancelled, review("7", "d", "h1", assess.Behind, 1))
	count("e", "440704", workflow.Flagged, review("8", "e", "h1", assess.Behind, 1))
	count("f", "440799", workflow.Flagged, review("9", "f", "h1", assess.Behind, 1))
	got := counted.Tallies("h1", []string{"440703", "440704", "440705"})
	want := []workflow.Tally{
		{Region: "440703", Tasks: 4, Open: 1, States: map[workflow.State]int{workflow.Reviewed: 1, workflow.Flagged: 1, workflow.Assigned: 1, workflow.Cancelled: 1},
			Verdicts: map[assess.Verdict]int{assess.OnSchedule: 1, assess.Nearly: 1}},
		{Region: "440704", Tasks: 1, States: map[workflow.State]int{workflow.Flagged: 1}, Verdicts: map[assess.Verdict]int{assess.Behind: 1}},
		{Region: "440705", States: map[workflow.State]int{}, Verdicts: map[assess.Verdict]int{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
