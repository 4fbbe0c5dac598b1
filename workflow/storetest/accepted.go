package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/audit"
)

// past is an event of a subject of a campaign, made at a microsecond.
func past(t *testing.T, n int, subject, subjectID string, version, micro int, change ...func(*audit.Event)) audit.Event {
	t.Helper()
	e := sealed(t, n, subjectID, version, audit.Accepted)
	e.Subject, e.At = subject, after(time.Duration(micro)*time.Microsecond)
	for _, f := range change {
		f(&e)
	}
	if err := e.Seal(); err != nil {
		t.Fatal(err)
	}
	return e
}

func testAccepted(t *testing.T, setup setup) {
	in := func(campaign, region string) func(*audit.Event) {
		return func(e *audit.Event) { e.Campaign, e.Region = campaign, region }
	}
	refused := func(e *audit.Event) { e.Outcome = audit.Refused }
	everywhere := workflow.Scope{All: true}

	// seed stores events in no order and returns what gives those numbered in one.
	seed := func(t *testing.T) (*bundle, func(n ...int) []string) {
		b := setup(t)
		events := []audit.Event{
			past(t, 1, "task", "b", 2, 12), past(t, 2, "task", "a", 10, 19), past(t, 3, "task", "a", 9, 18), past(t, 4, "task", "b", 1, 11),
			past(t, 5, "campaign", "jm-2023", 2, 20, in("jm-2023", "")), past(t, 6, "campaign", "jm-2023", 1, 10, in("jm-2023", "")),
			past(t, 7, "task", "c", 1, 10, in("JM-2023", "440703")), past(t, 8, "campaign", "JM-2023", 1, 10, in("JM-2023", "")),
			past(t, 9, "task", "d", 1, 13, in("jm-2023", "440704")), past(t, 10, "task", "b", 2, 12, refused),
			// Of e the second was made, by its clock, after the third.
			past(t, 11, "task", "e", 1, 11), past(t, 12, "task", "e", 2, 15), past(t, 13, "task", "e", 3, 14),
			past(t, 14, "region", "440703", 1, 10, in("", "440703")),
		}
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents(events) })
		return b, func(n ...int) []string {
			canonical := []string{}
			for _, n := range n {
				canonical = append(canonical, string(events[n-1].Canonical()))
			}
			return canonical
		}
	}
	accepted := func(b *bundle, f workflow.AcceptedFilter) []string {
		b.t.Helper()
		return read(b, func(r workflow.Reader) ([]string, error) {
			canonical := []string{}
			return canonical, r.Accepted(f, func(e audit.Event) error {
				canonical = append(canonical, string(e.Canonical()))
				return nil
			})
		})
	}

	t.Run("are those of the campaign and its tasks, one subject after the other", func(t *testing.T) {
		b, of := seed(t)
		for name, c := range map[string]struct {
			filter workflow.AcceptedFilter
			want   []int
		}{
			"of a campaign":                            {workflow.AcceptedFilter{Campaign: "jm-2023", Scope: everywhere}, []int{6, 5, 3, 2, 4, 1, 9, 11, 12, 13}},
			"of one region":                            {workflow.AcceptedFilter{Campaign: "jm-2023", Scope: workflow.Scope{Regions: []string{"440704", "440799"}}}, []int{6, 5, 9}},
			"of no region":                             {workflow.AcceptedFilter{Campaign: "jm-2023"}, []int{6, 5}},
			"of a task":                                {workflow.AcceptedFilter{Subject: "task", SubjectID: "b"}, []int{4, 1}},
			"of every campaign":                        {workflow.AcceptedFilter{Subject: "campaign"}, []int{8, 6, 5}},
			"of every region":                          {workflow.AcceptedFilter{Subject: "region"}, []int{14}},
			"of nothing":                               {workflow.AcceptedFilter{Scope: everywhere}, nil},
			"of an unknown task":                       {workflow.AcceptedFilter{Subject: "task", SubjectID: "B"}, nil},
			"of an unknown campaign":                   {workflow.AcceptedFilter{Campaign: "jm-2023 ", Scope: everywhere}, nil},
			"before a moment":                          {workflow.AcceptedFilter{Campaign: "jm-2023", Scope: everywhere, Before: after(12 * time.Microsecond)}, []int{6, 4, 11}},
			"before a nanosecond on":                   {workflow.AcceptedFilter{Campaign: "jm-2023", Scope: everywhere, Before: after(12*time.Microsecond + 1)}, []int{6, 4, 1, 11}},
			"before the first of all":                  {workflow.AcceptedFilter{Campaign: "jm-2023", Scope: everywhere, Before: after(10 * time.Microsecond)}, nil},
			"without what followed what was not known": {workflow.AcceptedFilter{Subject: "task", SubjectID: "e", Before: after(15 * time.Microsecond)}, []int{11}},
			"with it once that is known":               {workflow.AcceptedFilter{Subject: "task", SubjectID: "e", Before: after(16 * time.Microsecond)}, []int{11, 12, 13}},
		} {
			t.Run(name, func(t *testing.T) { same(t, accepted(b, c.filter), of(c.want...)) })
		}
	})

	t.Run("end with the reader's error, and can be read again", func(t *testing.T) {
		b, of := seed(t)
		enough := errors.New("enough")
		if err := b.store.View(t.Context(), func(r workflow.Reader) error {
			if err := r.Accepted(workflow.AcceptedFilter{Campaign: "jm-2023", Scope: everywhere}, func(audit.Event) error { return enough }); !errors.Is(err, enough) {
				t.Errorf("got error %v", err)
			}
			n := 0
			err := r.Accepted(workflow.AcceptedFilter{Subject: "task", SubjectID: "b"}, func(audit.Event) error { n++; return nil })
			same(t, n, len(of(4, 1)))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("come by the thousand, in order", func(t *testing.T) {
		b := setup(t)
		var events []audit.Event
		for n := range 3_000 {
			events = append(events, past(t, n+1, "task", fmt.Sprintf("%04d", n/10), n%10+1, n))
		}
		backward := slices.Clone(events)
		slices.Reverse(backward)
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents(backward) })
		got := accepted(b, workflow.AcceptedFilter{Campaign: "jm-2023", Scope: everywhere})
		same(t, len(got), len(events))
		for i, e := range events {
			same(t, got[i], string(e.Canonical()))
		}
	})
}
