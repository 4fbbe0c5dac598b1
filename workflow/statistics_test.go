package workflow_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/gormstore/dbtest"
)

// populate makes tasks of both districts and lets random things happen to them
// over half a year, periods opening in between.
func (w *world) populate(r *rand.Rand) []string {
	w.t.Helper()
	var ids []string
	assign := func(n int) {
		for range n {
			region := []string{"440703", "440704"}[r.IntN(2)]
			task, err := w.Assign(w.ctx(), by(supervisor), campaignCode, newTask(fmt.Sprint(region, "-", len(ids)), region))
			if err != nil {
				w.t.Fatal(err)
			}
			ids = append(ids, task.ID)
		}
	}
	reporters := []workflow.Actor{reporter, stranger}
	happened := 0
	for _, period := range []string{"", "q3", "q3", "fy"} {
		if period != "" {
			if _, err := w.OpenPeriod(w.ctx(), by(supervisor), campaignCode, period, true); err != nil {
				w.t.Fatal(err)
			}
		}
		assign(6)
		for range 300 {
			w.now.Add(r.Int64N(4 * 3600))
			today := calendar.Of(time.Unix(w.now.Load(), 0))
			soon := calendar.New(today.Start().AddDate(0, 0, 1+r.IntN(10)).In(calendar.Zone).Date())
			id, call := ids[r.IntN(len(ids))], by(reviewer)
			var err error
			switch r.IntN(10) {
			case 0, 1, 2:
				_, err = w.Report(w.ctx(), by(reporters[r.IntN(2)]), id, km(int64(6+r.IntN(16))))
			case 3, 4:
				_, err = w.Approve(w.ctx(), call, id, workflow.Input{})
			case 5, 6:
				_, err = w.Flag(w.ctx(), call, id, workflow.Input{Verdict: []assess.Verdict{assess.Nearly, assess.Behind}[r.IntN(2)], Reason: "滞后", RectifyBy: soon})
			case 7:
				_, err = w.ConfirmRectified(w.ctx(), call, id, workflow.Input{})
			case 8:
				_, err = w.RejectRectification(w.ctx(), call, id, workflow.Input{Reason: "未到位", RectifyBy: soon})
			default:
				switch r.IntN(6) {
				case 0:
					_, err = w.Cancel(w.ctx(), by(supervisor), id, because)
				case 1, 2:
					_, err = w.Return(w.ctx(), call, id, because)
				default:
					_, err = w.Withdraw(w.ctx(), by(reporters[r.IntN(2)]), id, workflow.Input{})
				}
			}
			if k := workflow.KindOf(err); k == workflow.Internal || k == workflow.Unavailable {
				w.t.Fatal(err)
			}
			if err == nil {
				happened++
			}
		}
	}
	w.on("2024-01-15")
	if happened < 100 {
		w.t.Fatalf("only %d of the things that were tried happened", happened)
	}
	return ids
}

// told is what statistics must say, from the audit events alone.
type told struct {
	tasks, overdue              int
	verdicts                    map[string]int
	states                      map[string]int
	toReport, toReview, rectify []time.Duration
	late                        []string
}

func (w *world) tell(ids []string, region, period string) told {
	w.t.Helper()
	out := told{verdicts: map[string]int{}, states: map[string]int{}}
	c := campaign()
	today := calendar.Of(time.Unix(w.now.Load()+1, 0))
	for _, id := range ids {
		events, err := w.TaskEvents(w.ctx(), supervisor, id, 0, 0)
		if err != nil {
			w.t.Fatal(err)
		}
		if region != "" && events[0].Region != region {
			continue
		}
		var entered, submitted, opened time.Time
		var verdict, rectifyBy string
		reported := false
		for _, e := range events {
			var left struct {
				Review struct{ Verdict string }
				Flag   struct {
					RectifyBy string `json:"rectify_by"`
				}
			}
			if err := json.Unmarshal(e.After, &left); err != nil {
				w.t.Fatal(err)
			}
			if left.Flag.RectifyBy != "" {
				rectifyBy = left.Flag.RectifyBy
			}
			in := e.Period == period
			if in && (e.Name == "assign" || e.Name == "open_period") {
				entered = e.At
			}
			switch e.Name {
			case "report":
				if submitted = (time.Time{}); !in {
					break
				}
				submitted = e.At
				if !reported && e.From == "assigned" {
					out.toReport = append(out.toReport, e.At.Sub(entered))
				}
				reported = true
			case "withdraw":
				submitted = time.Time{}
			case "approve", "return", "flag", "confirm_rectified", "reject_rectification":
				if !submitted.IsZero() {
					out.toReview = append(out.toReview, e.At.Sub(submitted))
				}
				submitted = time.Time{}
				if in && left.Review.Verdict != "" {
					verdict = left.Review.Verdict
				}
			}
			switch e.Name {
			case "flag":
				if opened = (time.Time{}); in {
					opened = e.At
				}
			case "confirm_rectified":
				if !opened.IsZero() {
					out.rectify = append(out.rectify, e.At.Sub(opened))
				}
			}
		}
		last := events[len(events)-1]
		out.states[last.To]++
		if last.To != "cancelled" {
			out.tasks++
			out.verdicts[verdict]++
		}
		p, _ := c.Period(last.Period)
		due := map[string]string{"assigned": p.ReportBy.String(), "flagged_lagging": rectifyBy}[last.To]
		if due != "" && due < today.String() {
			out.overdue++
			out.late = append(out.late, fmt.Sprintf("%s %s %d", last.SubjectID, due, today.DaysSince(day(due))))
		}
	}
	return out
}

// mean is the exact mean in days as text with one place, half to even.
func mean(of []time.Duration) string {
	if len(of) == 0 {
		return "-"
	}
	sum := new(big.Int)
	for _, d := range of {
		sum.Add(sum, big.NewInt(int64(d)))
	}
	tenths := new(big.Rat).SetFrac(new(big.Int).Mul(sum, big.NewInt(10)), new(big.Int).Mul(big.NewInt(int64(24*time.Hour)), big.NewInt(int64(len(of)))))
	whole := new(big.Int).Quo(tenths.Num(), tenths.Denom())
	rest := new(big.Rat).Sub(tenths, new(big.Rat).SetInt(whole))
	if c := rest.Cmp(big.NewRat(1, 2)); c > 0 || c == 0 && whole.Bit(0) == 1 {
		whole.Add(whole, big.NewInt(1))
	}
	tenth := new(big.Int)
	whole.QuoRem(whole, big.NewInt(10), tenth)
	return fmt.Sprintf("%s.%s of %d", whole, tenth, len(of))
}

func meanOf(a workflow.Average) string {
	days, ok := a.Days()
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%s of %d", days.StringFixed(1), a.Cases)
}

func sentence(d workflow.DistrictStatistics) string {
	verdicts, states := map[string]int{}, map[string]int{}
	for v, n := range d.Verdicts {
		verdicts[string(v)] = n
	}
	for s, n := range d.States {
		states[string(s)] = n
	}
	return fmt.Sprint(d.Tasks, d.Overdue, verdicts, states, " ", meanOf(d.ToReport), " ", meanOf(d.ToReview), " ", meanOf(d.ToRectify))
}

func (t told) String() string {
	return fmt.Sprint(t.tasks, t.overdue, t.verdicts, t.states, " ", mean(t.toReport), " ", mean(t.toReview), " ", mean(t.rectify))
}

// TestStatisticsAreWhatTheEventsTell: counted and measured again, event by event,
// over random histories.
func TestStatisticsAreWhatTheEventsTell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		r := rand.New(rand.NewPCG(11, 12))
		ids := w.populate(r)
		cases := 0
		for _, period := range []string{"h1", "q3", "fy"} {
			for _, who := range []workflow.Actor{auditor, stranger} {
				got, err := w.Statistics(w.ctx(), who, campaignCode, period)
				if err != nil {
					t.Fatal(err)
				}
				regions := []string{"440703", "440704"}
				if who.UserID == stranger.UserID {
					regions = regions[1:]
				}
				if len(got.Districts) != len(regions) {
					t.Fatalf("%s sees %d districts", who.UserID, len(got.Districts))
				}
				for i, region := range regions {
					if want := w.tell(ids, region, period).String(); got.Districts[i].Region.Code != region || got.Districts[i].Region.Name == "" || sentence(got.Districts[i]) != want {
						t.Errorf("%s in %s:\ngot  %s\nwant %s", region, period, sentence(got.Districts[i]), want)
					}
				}
				all := ""
				if len(regions) == 1 {
					all = regions[0]
				}
				want := w.tell(ids, all, period)
				if sentence(got.Total) != want.String() {
					t.Errorf("total of %s:\ngot  %s\nwant %s", period, sentence(got.Total), want)
				}
				cases += min(len(want.toReport), len(want.toReview), len(want.rectify))
				var late []string
				for _, o := range got.Overdue {
					late = append(late, fmt.Sprintf("%s %s %d", o.Task.ID, o.Due, o.Days))
				}
				if !sameSet(late, want.late) {
					t.Errorf("overdue:\ngot  %v\nwant %v", late, want.late)
				}
			}
		}
		if cases < 8 {
			t.Errorf("the histories have only %d cases of the rarest kind", cases)
		}
		_, err := w.Statistics(w.ctx(), systemAdmin, campaignCode, "h1")
		kind(t, err, workflow.Forbidden, "")
		_, err = w.Statistics(w.ctx(), auditor, campaignCode, "h2")
		kind(t, err, workflow.NotFound, "")
		_, err = w.Statistics(w.ctx(), auditor, "nothing", "h1")
		kind(t, err, workflow.NotFound, "")
	})
}

func sameSet(a, b []string) bool {
	count := map[string]int{}
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// TestOverdueIsWhatTheDistrictOwes, in pages, of the actor's scope.
func TestOverdueIsWhatTheDistrictOwes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.populate(rand.New(rand.NewPCG(13, 14)))
		whole, err := w.Statistics(w.ctx(), auditor, campaignCode, "h1")
		if err != nil {
			t.Fatal(err)
		}
		for _, who := range []workflow.Actor{auditor, reporter} {
			var got, want []string
			for f := (workflow.OverdueFilter{Limit: 2}); ; {
				page, err := w.Overdue(w.ctx(), who, f)
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range page.Tasks {
					got = append(got, fmt.Sprint(o.Task.Code, o.Due, o.Days))
				}
				if f.After = page.Next; f.After == nil {
					break
				}
			}
			for _, o := range whole.Overdue {
				if who.UserID == auditor.UserID || o.Task.Region == "440703" {
					want = append(want, fmt.Sprint(o.Task.Code, o.Due, o.Days))
				}
			}
			if strings.Join(got, ",") != strings.Join(want, ",") || len(want) < 2 {
				t.Errorf("%s:\ngot  %v\nwant %v", who.UserID, got, want)
			}
		}
		_, err = w.Overdue(w.ctx(), systemAdmin, workflow.OverdueFilter{Limit: 1})
		kind(t, err, workflow.Forbidden, "")
	})
}
