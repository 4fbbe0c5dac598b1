package storetest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/audit"
)

// The values from which random events and random searches are made: few, so that
// they meet.
var (
	searchCampaigns = []string{"jm-2023", "jm-2024", ""}
	searchRegions   = []string{"440703", "440704", "440705", ""}
	searchPeriods   = []string{"2023-h1", "2023-9m", ""}
	searchActors    = []string{id(2), "operator", "actor-3"}
	searchNames     = []string{"approve", "report", "user.create", "open_period"}
	searchTexts     = []string{"已核实", "VOCs＜ok>治理", "催报", ""}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// randomEvents returns sealed events in the order of time. Some happen at the same
// moment, and some later have the smaller id.
func randomEvents(t *testing.T, r *rand.Rand, n int) []audit.Event {
	t.Helper()
	events := make([]audit.Event, n)
	for i := range events {
		e := audit.Event{
			ID: id(1_000 + i ^ 1), At: after(time.Duration(i/3) * time.Second), Outcome: audit.Accepted, Name: pick(r, searchNames),
			Subject: pick(r, []string{"task", "user"}), SubjectID: id(r.IntN(6)), Version: i + 1,
			ActorID: pick(r, searchActors), Channel: "http", Campaign: pick(r, searchCampaigns), Region: pick(r, searchRegions), Period: pick(r, searchPeriods),
			Reason: pick(r, searchTexts),
		}
		if r.IntN(4) == 0 {
			e.Outcome = audit.Refused
		}
		if r.IntN(3) == 0 {
			narrative, err := json.Marshal(pick(r, searchTexts))
			if err != nil {
				t.Fatal(err)
			}
			e.After = json.RawMessage(`{"task":{},"report":{"narrative":` + string(narrative) + `}}`)
		}
		if err := e.Seal(); err != nil {
			t.Fatal(err)
		}
		events[i] = e
	}
	return events
}

// randomSearch returns a search of none to all conditions.
func randomSearch(r *rand.Rand) workflow.EventSearch {
	f := workflow.EventSearch{Scope: workflow.Scope{All: true}, Limit: 1 + r.IntN(40)}
	sometimes := func(set func()) {
		if r.IntN(4) == 0 {
			set()
		}
	}
	sometimes(func() { f.Scope = workflow.Scope{Regions: searchRegions[:1+r.IntN(2)]} })
	sometimes(func() { f.Subject, f.SubjectID = "task", id(r.IntN(7)) })
	sometimes(func() { f.Campaign = pick(r, searchCampaigns) })
	sometimes(func() { f.Regions = searchRegions[r.IntN(2) : 2+r.IntN(2)] })
	sometimes(func() { f.Period = pick(r, searchPeriods) })
	sometimes(func() { f.ActorID = pick(r, searchActors) })
	sometimes(func() { f.Names = searchNames[r.IntN(2) : 1+r.IntN(3)] })
	sometimes(func() { f.Outcome = pick(r, []audit.Outcome{audit.Accepted, audit.Refused}) })
	sometimes(func() { f.From = after(time.Duration(r.IntN(60)) * time.Second) })
	sometimes(func() { f.Until = after(time.Duration(r.IntN(60)) * time.Second) })
	sometimes(func() { f.Text = pick(r, []string{"核实", "vocs<OK", "加油站", "催报2", "没有"}) })
	if len(f.Names) == 0 {
		f.Names = nil
	}
	return f
}

// wanted filters events one by one, newest first: what a search is held against.
func wanted(events []audit.Event, f workflow.EventSearch, named map[string]bool) []audit.Event {
	var list []audit.Event
	for _, e := range events {
		in := func(value string, values []string) bool { return len(values) == 0 || slices.Contains(values, value) }
		is := func(value, want string) bool { return want == "" || value == want }
		says := func(text string) bool {
			return strings.Contains(strings.ToLower(strings.ReplaceAll(text, "＜", "<")), strings.ToLower(f.Text))
		}
		var left struct{ Report struct{ Narrative string } }
		_ = json.Unmarshal(e.After, &left) // none where there is none
		if (f.Scope.All || len(f.Scope.Regions) > 0 && in(e.Region, f.Scope.Regions)) &&
			(f.SubjectID == "" || e.Subject == f.Subject && e.SubjectID == f.SubjectID) &&
			is(e.Campaign, f.Campaign) && in(e.Region, f.Regions) && is(e.Period, f.Period) && is(e.ActorID, f.ActorID) && in(e.Name, f.Names) &&
			is(string(e.Outcome), string(f.Outcome)) &&
			(f.From.IsZero() || !e.At.Before(f.From)) && (f.Until.IsZero() || e.At.Before(f.Until)) &&
			(f.Text == "" || says(e.Reason) || says(left.Report.Narrative) || f.Text == "加油站" && e.Subject == "task" && named[e.SubjectID]) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b audit.Event) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	return list
}

// searched reads a search to its end, page by page.
func searched(b *bundle, f workflow.EventSearch) []audit.Event {
	b.t.Helper()
	var list []audit.Event
	for range 10_000 {
		page := read(b, func(r workflow.Reader) (workflow.EventsFound, error) { return r.SearchEvents(f) })
		if len(page.Events) > f.Limit {
			b.t.Fatalf("a page of at most %d has %d events", f.Limit, len(page.Events))
		}
		list = append(list, page.Events...)
		if page.Next == nil {
			return list
		}
		f.Before = page.Next
	}
	b.t.Fatalf("the search %+v does not end", f)
	return nil
}

func sameEvents(t *testing.T, what any, got, want []audit.Event) {
	t.Helper()
	ids := func(list []audit.Event) string {
		var b strings.Builder
		for _, e := range list {
			fmt.Fprintf(&b, "%s %s\n", e.ID, e.Canonical())
		}
		return b.String()
	}
	if ids(got) != ids(want) {
		t.Fatalf("%+v:\ngot %d events\n%s\nwant %d\n%s", what, len(got), ids(got), len(want), ids(want))
	}
}

func testEventSearch(t *testing.T, setup setup) {
	everything := workflow.EventSearch{Scope: workflow.Scope{All: true}, Limit: 50}

	t.Run("finds what every condition allows, alone and together, in pages of any length", func(t *testing.T) {
		b := setup(t)
		b.seed()
		task := plainTask(3, "440703")
		task.Requirement = "8座加油站"
		b.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{task}) })
		r := rand.New(rand.NewPCG(1, 2))
		events := randomEvents(t, r, 180)
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents(events) })
		some := 0
		for range 400 {
			f := randomSearch(r)
			want := wanted(events, f, map[string]bool{task.ID: true})
			sameEvents(t, f, searched(b, f), want)
			if len(want) > 0 {
				some++
			}
		}
		if some < 150 {
			t.Errorf("only %d of the searches had something to find", some)
		}
	})

	t.Run("stays inside the scope", func(t *testing.T) {
		b := setup(t)
		events := randomEvents(t, rand.New(rand.NewPCG(3, 4)), 60)
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents(events) })
		f := everything
		f.Scope = workflow.Scope{}
		same(t, len(searched(b, f)), 0)
		f.Regions = []string{"440703", ""}
		same(t, len(searched(b, f)), 0)
		f.Scope = workflow.Scope{Regions: []string{"440704"}}
		same(t, len(searched(b, f)), 0)
		f.Regions = []string{"440703", "440704", ""}
		own := searched(b, f)
		for _, e := range own {
			same(t, e.Region, "440704")
		}
		f.Regions = nil
		sameEvents(t, f, searched(b, f), own)
	})

	t.Run("goes on where it stopped when little matches much", func(t *testing.T) {
		b := setup(t)
		events := make([]audit.Event, 5_000)
		for i := range events {
			e := sealed(t, i+1, fmt.Sprint(i), 1, audit.Accepted)
			e.Reason = ""
			if e.Name, e.ActorID = "report", id(2); i%7 == 0 {
				e.Name = "flag"
			}
			if i%400 == 6 {
				e.Reason = "找到了"
			}
			if err := e.Seal(); err != nil {
				t.Fatal(err)
			}
			events[i] = e
		}
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents(events) })
		f := everything
		f.Text, f.Campaign = "找到了", "jm-2023"
		first := read(b, func(r workflow.Reader) (workflow.EventsFound, error) { return r.SearchEvents(f) })
		if first.Next == nil || len(first.Events) != 1 {
			t.Fatalf("a search of 5,000 events ended at once with %d found and next %v: it looked at all of them", len(first.Events), first.Next)
		}
		sameEvents(t, f, searched(b, f), wanted(events, f, nil))
		f.Names, f.From = []string{"flag"}, after(2_500*time.Microsecond) // 357 events: one look is enough
		if one := read(b, func(r workflow.Reader) (workflow.EventsFound, error) { return r.SearchEvents(f) }); one.Next != nil {
			t.Errorf("a search that has an index with few events did not use it: it stopped at %v", one.Next)
		}
	})

	t.Run("loses and doubles nothing while events are appended", func(t *testing.T) {
		b := setup(t)
		events := randomEvents(t, rand.New(rand.NewPCG(5, 6)), 300)
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents(events) })
		stop, stopped := make(chan struct{}), sync.WaitGroup{}
		var failed error
		stopped.Go(func() {
			for n := 0; failed == nil; n++ {
				select {
				case <-stop:
					return
				default:
				}
				// Some are older than what is read already, as if a slow unit had committed.
				e := sealed(t, 900_000+n, fmt.Sprint("new-", n), 1, audit.Accepted)
				e.At = after(time.Duration(n%200) * time.Second)
				if failed = e.Seal(); failed == nil {
					failed = b.store.Update(t.Context(), func(tx workflow.Tx) error { return tx.AppendEvents([]audit.Event{e}) })
				}
			}
		})
		for range 3 {
			f := everything
			f.Limit = 7
			seen := map[string]int{}
			for _, e := range searched(b, f) {
				if seen[e.ID]++; seen[e.ID] > 1 {
					t.Errorf("event %s is listed twice", e.ID)
				}
			}
			for _, e := range events {
				if seen[e.ID] != 1 {
					t.Errorf("event %s is lost", e.ID)
				}
			}
		}
		close(stop)
		stopped.Wait()
		if failed != nil {
			t.Fatal(failed)
		}
	})

	t.Run("finds nothing for values that no event has", func(t *testing.T) {
		b := setup(t)
		b.update(func(tx workflow.Tx) error {
			return tx.AppendEvents([]audit.Event{sealed(t, 1, "a", 1, audit.Accepted)})
		})
		for _, s := range strangers[1:] { // empty is no condition
			for name, set := range map[string]func(f *workflow.EventSearch){
				"campaign": func(f *workflow.EventSearch) { f.Campaign = s }, "region": func(f *workflow.EventSearch) { f.Regions = []string{s} },
				"period": func(f *workflow.EventSearch) { f.Period = s }, "actor": func(f *workflow.EventSearch) { f.ActorID = s },
				"name": func(f *workflow.EventSearch) { f.Names = []string{s} }, "subject": func(f *workflow.EventSearch) { f.Subject, f.SubjectID = "task", s },
				"text": func(f *workflow.EventSearch) { f.Text = s },
			} {
				f := everything
				set(&f)
				if name == "text" && s == " " {
					continue // is in the reason
				}
				if found := searched(b, f); len(found) != 0 {
					t.Errorf("%s %q finds %v", name, s, found)
				}
			}
		}
	})
}
