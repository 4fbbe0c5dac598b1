package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"duban/workflow"
)

func testOverdue(t *testing.T, setup setup) {
	// seeded stores n tasks in every state that can be late, and returns those that
	// are on a day, as looking at each of them one by one finds.
	seeded := func(b *bundle, n int) (late func(f workflow.OverdueFilter) []string) {
		b.seed()
		r := rand.New(rand.NewPCG(7, 8))
		var tasks []workflow.Task
		var flags []workflow.Flag
		due := map[string]string{} // by task
		for i := 1; i <= n; i++ {
			task := plainTask(i, pick(r, []string{"440703", "440704"}))
			task.State = pick(r, []workflow.State{workflow.Assigned, workflow.Reported, workflow.Flagged, workflow.Closed})
			task.Period = pick(r, []string{"2023-h1", "2023-9m"})
			if task.State == workflow.Flagged {
				f := sampleFlag(task.ID, i)
				f.RectifyBy, f.ClearedBy, f.ClearedAt = date(fmt.Sprintf("2023-09-%02d", 1+r.IntN(28))), "", time.Time{}
				task.FlagID, due[task.ID] = f.ID, f.RectifyBy.String()
				flags = append(flags, f)
			}
			if task.State == workflow.Assigned {
				due[task.ID] = map[string]string{"2023-h1": "2023-07-10", "2023-9m": "2023-10-10"}[task.Period]
			}
			tasks = append(tasks, task)
		}
		b.update(func(tx workflow.Tx) error {
			if err := tx.InsertTasks(tasks); err != nil {
				return err
			}
			for _, f := range flags {
				if err := tx.InsertFlag(f); err != nil {
					return err
				}
			}
			return nil
		})
		return func(f workflow.OverdueFilter) (list []string) {
			in := tasks[:0:0]
			for _, t := range tasks {
				if d := due[t.ID]; d != "" && d < f.Today.String() && (len(f.Regions) == 0 || slices.Contains(f.Regions, t.Region)) &&
					(f.Scope.All || slices.Contains(f.Scope.Regions, t.Region)) {
					in = append(in, t)
				}
			}
			slices.SortFunc(in, func(a, b workflow.Task) int {
				if a.Region != b.Region {
					return map[bool]int{true: -1, false: 1}[a.Region < b.Region]
				}
				return a.Seq - b.Seq
			})
			for _, t := range in {
				list = append(list, t.Code+" "+due[t.ID])
			}
			return list
		}
	}
	listed := func(b *bundle, f workflow.OverdueFilter) (list []string) {
		b.t.Helper()
		for range 1_000 {
			page := read(b, func(r workflow.Reader) (workflow.OverdueFound, error) { return r.Overdue(f) })
			if len(page.Tasks) > f.Limit {
				b.t.Fatalf("a page of at most %d has %d tasks", f.Limit, len(page.Tasks))
			}
			for _, o := range page.Tasks {
				list = append(list, o.Task.Code+" "+o.Due.String())
			}
			if page.Next == nil {
				return list
			}
			f.After = page.Next
		}
		b.t.Fatal("the list does not end")
		return nil
	}

	t.Run("are the tasks whose day has passed, in pages of any length, inside the scope", func(t *testing.T) {
		b := setup(t)
		late := seeded(b, 80)
		for _, today := range []string{"2023-07-10", "2023-07-11", "2023-09-15", "2023-10-11"} {
			for limit := 1; limit < 60; limit += 7 {
				for _, f := range []workflow.OverdueFilter{
					{Scope: workflow.Scope{All: true}}, {Scope: workflow.Scope{Regions: []string{"440704"}}}, {},
					{Scope: workflow.Scope{All: true}, Regions: []string{"440703"}, Campaign: "jm-2023"},
				} {
					f.Today, f.Limit = date(today), limit
					same(t, listed(b, f), late(f))
				}
			}
		}
		same(t, len(listed(b, workflow.OverdueFilter{Scope: workflow.Scope{All: true}, Campaign: "other", Today: date("2024-01-01"), Limit: 10})), 0)
	})

	t.Run("are all found where thousands wait that still have time", func(t *testing.T) {
		b := setup(t)
		late := seeded(b, 6_000)
		f := workflow.OverdueFilter{Scope: workflow.Scope{All: true}, Today: date("2023-09-03"), Limit: 200}
		same(t, listed(b, f), late(f))
	})
}
