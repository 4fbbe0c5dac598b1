package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"duban/workflow"
)

// testPeriodReads tests what statistics read: everything of a campaign and period,
// nothing of another.
func testPeriodReads(t *testing.T, setup setup) {
	b := setup(t)
	one := b.seedTask()
	two, foreign := plainTask(2, "440704"), plainTask(3, "440703")
	foreign.Campaign = "other"
	other := sampleCampaign()
	other.Code = "other"
	var reports []workflow.Report
	var reviews []workflow.Review
	var flags []workflow.Flag
	for i, task := range []workflow.Task{one, two, foreign} {
		for n, period := range []string{"2023-h1", "2023-9m", "2023-h1"} {
			place := 10*i + n
			report, review, flag := sampleReport(task.ID, n+1), sampleReview(task.ID, place), sampleFlag(task.ID, place+10)
			report.ID, report.Period, review.Period, flag.Period = id(300+place), period, period, period
			review.At, flag.OpenedAt = after(time.Duration(n)*time.Second), after(time.Duration(n)*time.Second)
			reports, reviews, flags = append(reports, report), append(reviews, review), append(flags, flag)
		}
	}
	b.update(func(tx workflow.Tx) error {
		if err := tx.InsertCampaign(other); err != nil {
			return err
		}
		if err := tx.InsertTasks([]workflow.Task{two, foreign}); err != nil {
			return err
		}
		for i := len(reports) - 1; i >= 0; i-- {
			if err := tx.InsertReport(reports[i]); err != nil {
				return err
			}
			if err := tx.InsertReview(reviews[i]); err != nil {
				return err
			}
			if err := tx.InsertFlag(flags[i]); err != nil {
				return err
			}
		}
		return nil
	})
	in := func(period string, tasks ...workflow.Task) func(taskID, of string) bool {
		return func(taskID, of string) bool {
			return of == period && slices.ContainsFunc(tasks, func(t workflow.Task) bool { return t.ID == taskID })
		}
	}
	for name, c := range map[string]struct {
		campaign, period string
		keeps            func(taskID, period string) bool
	}{
		"first period":     {"jm-2023", "2023-h1", in("2023-h1", one, two)},
		"second period":    {"jm-2023", "2023-9m", in("2023-9m", one, two)},
		"another campaign": {"other", "2023-h1", in("2023-h1", foreign)},
		"no campaign":      {"", "2023-h1", in("")},
		"no period":        {"jm-2023", "", in("")},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, read(b, func(r workflow.Reader) ([]workflow.Report, error) { return r.ReportsIn(c.campaign, c.period) }),
				keep(reports, func(r workflow.Report) bool { return c.keeps(r.TaskID, r.Period) }))
			same(t, read(b, func(r workflow.Reader) ([]workflow.Review, error) { return r.ReviewsIn(c.campaign, c.period) }),
				keep(reviews, func(r workflow.Review) bool { return c.keeps(r.TaskID, r.Period) }))
			same(t, read(b, func(r workflow.Reader) ([]workflow.Flag, error) { return r.FlagsIn(c.campaign, c.period) }),
				keep(flags, func(f workflow.Flag) bool { return c.keeps(f.TaskID, f.Period) }))
		})
	}
	t.Run("tasks by id", func(t *testing.T) {
		got := read(b, func(r workflow.Reader) ([]workflow.Task, error) {
			return r.TasksOf([]string{foreign.ID, one.ID, foreign.ID, "no-such"})
		})
		slices.SortFunc(got, func(a, b workflow.Task) int { return strings.Compare(a.ID, b.ID) })
		same(t, got, []workflow.Task{one, foreign})
	})
	t.Run("users by id", func(t *testing.T) {
		first, second := sampleUser(), sampleUser()
		second.ID, second.Login = id(2), "other"
		b.update(func(tx workflow.Tx) error {
			if err := tx.InsertUser(first); err != nil {
				return err
			}
			return tx.InsertUser(second)
		})
		same(t, read(b, func(r workflow.Reader) ([]workflow.User, error) { return r.UsersOf([]string{"operator", second.ID}) }), []workflow.User{second})
		same(t, len(read(b, func(r workflow.Reader) ([]workflow.User, error) { return r.UsersOf(nil) })), 0)
	})
}

func keep[N any](all []N, keeps func(N) bool) []N {
	kept := []N{}
	for _, n := range all {
		if keeps(n) {
			kept = append(kept, n)
		}
	}
	return kept
}
