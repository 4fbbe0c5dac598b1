package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"duban/workflow"
)

func testReports(t *testing.T, setup setup) {
	byID := func(id string) func(workflow.Reader) (workflow.Report, error) {
		return func(r workflow.Reader) (workflow.Report, error) { return r.Report(id) }
	}

	t.Run("come back with every field", func(t *testing.T) {
		b := setup(t)
		want := sampleReport(b.seedTask().ID, 1)
		everyFieldSet(t, want)
		b.update(func(tx workflow.Tx) error { return tx.InsertReport(want) })
		same(t, read(b, byID(want.ID)), want)
		neverFound(b, "Report", workflow.Reader.Report)
	})

	t.Run("are listed by number, which a task has once", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		first, second := sampleReport(task.ID, 9), sampleReport(task.ID, 10)
		b.update(func(tx workflow.Tx) error { return tx.InsertReport(second) })
		b.update(func(tx workflow.Tx) error { return tx.InsertReport(first) })
		same(t, read(b, func(r workflow.Reader) ([]workflow.Report, error) { return r.Reports(task.ID) }), []workflow.Report{first, second})
		again := sampleReport(task.ID, 10)
		again.ID = id(199)
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertReport(again) })
		same(t, len(read(b, func(r workflow.Reader) ([]workflow.Report, error) { return r.Reports("") })), 0)
	})

	t.Run("change nothing but their status", func(t *testing.T) {
		b := setup(t)
		want := sampleReport(b.seedTask().ID, 1)
		b.update(func(tx workflow.Tx) error { return tx.InsertReport(want) })
		b.update(func(tx workflow.Tx) error { return tx.SaveReportStatus(want.ID, workflow.Returned) })
		want.Status = workflow.Returned
		same(t, read(b, byID(want.ID)), want)
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveReportStatus("", workflow.Accepted) })
	})

	t.Run("are read by the thousand", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		var want []workflow.Report
		ids := []string{"no-such"}
		for n := 1; n <= 1_100; n++ {
			r := sampleReport(task.ID, n)
			r.ID = id(10_000 + n)
			want, ids = append(want, r), append(ids, r.ID)
		}
		b.update(func(tx workflow.Tx) error {
			for _, r := range want {
				if err := tx.InsertReport(r); err != nil {
					return err
				}
			}
			return nil
		})
		got := read(b, func(r workflow.Reader) ([]workflow.Report, error) { return r.ReportsOf(ids) })
		slices.SortFunc(got, func(a, b workflow.Report) int { return strings.Compare(a.ID, b.ID) })
		same(t, got, want)
		same(t, len(read(b, func(r workflow.Reader) ([]workflow.Report, error) { return r.ReportsOf(nil) })), 0)
	})
}

func testReviews(t *testing.T, setup setup) {
	t.Run("come back with every field, by time", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		first, second := sampleReview(task.ID, 2), sampleReview(task.ID, 1)
		everyFieldSet(t, first)
		second.Assessment, second.ReportID, second.At = nil, "", after(time.Microsecond)
		b.update(func(tx workflow.Tx) error { return tx.InsertReview(second) })
		b.update(func(tx workflow.Tx) error { return tx.InsertReview(first) })
		same(t, read(b, func(r workflow.Reader) ([]workflow.Review, error) { return r.Reviews(task.ID) }), []workflow.Review{first, second})
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertReview(first) })
	})

	t.Run("count when they are a task's newest with a verdict", func(t *testing.T) {
		b := setup(t)
		one := b.seedTask()
		two, foreign := plainTask(2, "440704"), plainTask(3, "440703")
		foreign.Campaign = "other"
		other := sampleCampaign()
		other.Code = "other"
		n := 0
		review := func(task workflow.Task, period, verdict string, at time.Time) workflow.Review {
			n++
			r := sampleReview(task.ID, n)
			r.Period, r.Verdict, r.At = period, "", at
			if verdict != "" {
				r.Verdict = sampleReview(task.ID, n).Verdict
			}
			return r
		}
		micro := time.Microsecond
		old := review(one, "2023-h1", "counts", after(-time.Hour))
		newer := review(one, "2023-h1", "counts", noon)
		returned := review(one, "2023-h1", "", after(3*micro))
		newest := review(one, "2023-h1", "counts", after(2*micro))
		tied := review(one, "2023-h1", "counts", after(2*micro))
		later := review(one, "2023-9m", "counts", after(-2*time.Hour))
		second := review(two, "2023-h1", "counts", after(-time.Minute))
		elsewhere := review(foreign, "2023-h1", "counts", after(-time.Minute))
		b.update(func(tx workflow.Tx) error {
			if err := tx.InsertCampaign(other); err != nil {
				return err
			}
			if err := tx.InsertTasks([]workflow.Task{two, foreign}); err != nil {
				return err
			}
			for _, r := range []workflow.Review{tied, old, newest, newer, returned, later, second, elsewhere} {
				if err := tx.InsertReview(r); err != nil {
					return err
				}
			}
			return nil
		})
		for name, c := range map[string]struct {
			campaign, period string
			want             []workflow.Review
		}{
			"returns do not, the later id decides a tie": {"jm-2023", "2023-h1", []workflow.Review{tied, second}},
			"another period":   {"jm-2023", "2023-9m", []workflow.Review{later}},
			"another campaign": {"other", "2023-h1", []workflow.Review{elsewhere}},
			"no campaign":      {"", "2023-h1", nil},
		} {
			t.Run(name, func(t *testing.T) {
				got := read(b, func(r workflow.Reader) ([]workflow.Review, error) { return r.CountingReviews(c.campaign, c.period) })
				slices.SortFunc(got, func(a, b workflow.Review) int { return strings.Compare(a.TaskID, b.TaskID) })
				if len(got)+len(c.want) > 0 {
					same(t, got, c.want)
				}
			})
		}
	})
}

func testFlags(t *testing.T, setup setup) {
	t.Run("come back with every field, by the time they were opened", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		first, second := sampleFlag(task.ID, 2), sampleFlag(task.ID, 1)
		everyFieldSet(t, first)
		second.OpenedAt, second.ClearedBy, second.ClearedAt = after(time.Microsecond), "", time.Time{}
		b.update(func(tx workflow.Tx) error { return tx.InsertFlag(second) })
		b.update(func(tx workflow.Tx) error { return tx.InsertFlag(first) })
		same(t, read(b, func(r workflow.Reader) ([]workflow.Flag, error) { return r.Flags(task.ID) }), []workflow.Flag{first, second})
		same(t, read(b, func(r workflow.Reader) (workflow.Flag, error) { return r.Flag(second.ID) }), second)
		neverFound(b, "Flag", workflow.Reader.Flag)
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertFlag(first) })
	})

	t.Run("get a new day or an end, nothing else", func(t *testing.T) {
		b := setup(t)
		want := sampleFlag(b.seedTask().ID, 1)
		want.ClearedBy, want.ClearedAt = "", time.Time{}
		b.update(func(tx workflow.Tx) error { return tx.InsertFlag(want) })
		want.RectifyBy, want.ClearedBy, want.ClearedAt = date("2023-10-31"), id(7), after(time.Hour)
		given := want
		given.Reason, given.OpenedBy = "x", "x"
		b.update(func(tx workflow.Tx) error { return tx.SaveFlag(given) })
		same(t, read(b, func(r workflow.Reader) (workflow.Flag, error) { return r.Flag(want.ID) }), want)
		given.ID = id(999)
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveFlag(given) })
	})
}
