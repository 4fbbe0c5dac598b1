package assess_test

import (
	"math/rand/v2"
	"testing"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

func on(t *testing.T, s string) calendar.Date {
	t.Helper()
	if s == "" {
		return calendar.Date{}
	}
	d, err := calendar.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func number(t *testing.T, s string) *assess.Decimal {
	t.Helper()
	if s == "" {
		return nil
	}
	d, err := assess.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

func TestWhenTheNextTargetWillBeMet(t *testing.T) {
	targets := []assess.Target{{Due: on(t, "2023-06-30"), Value: *number(t, "10")}, {Due: on(t, "2023-12-31"), Value: *number(t, "100")}}
	for name, c := range map[string]struct {
		of                         *assess.Count
		atCutoff, latest, latestOn string
		today                      string
		want                       assess.Outlook
		due, metOn                 string
		late                       int
	}{
		// 180 days from 1 January to 30 June.
		"every target met":                 {atCutoff: "100", want: assess.OutlookMet},
		"just enough":                      {atCutoff: "50", want: assess.OutlookOnTime, due: "2023-12-31", metOn: "2023-12-27"}, // 100 × 180 / 50 = 360 days
		"one day late":                     {atCutoff: "49.316", want: assess.OutlookLate, due: "2023-12-31", metOn: "2024-01-01", late: 1},
		"the day itself is on time":        {atCutoff: "49.46", want: assess.OutlookOnTime, due: "2023-12-31", metOn: "2023-12-31"},
		"half of what was due":             {atCutoff: "5", want: assess.OutlookLate, due: "2023-06-30", metOn: "2023-12-27", late: 180},
		"a later figure counts":            {atCutoff: "5", latest: "70", latestOn: "2023-08-20", want: assess.OutlookOnTime, due: "2023-12-31", metOn: "2023-11-27"},
		"not one that is not known yet":    {atCutoff: "5", latest: "60", latestOn: "2023-09-01", want: assess.OutlookLate, due: "2023-06-30", metOn: "2023-12-27", late: 180},
		"nothing yet":                      {atCutoff: "0", today: "2023-08-31", want: assess.OutlookNone, due: "2023-06-30", late: 62},
		"nothing yet, and nothing due":     {atCutoff: "0", today: "2023-06-01", want: assess.OutlookNone, due: "2023-06-30"},
		"no report":                        {today: "2023-07-01", want: assess.OutlookNone, due: "2023-06-30", late: 1},
		"longer than a hundred years":      {atCutoff: "0.001", today: "2023-06-30", want: assess.OutlookNone, due: "2023-06-30"},
		"whole units of a count":           {of: &assess.Count{Count: 8, Unit: "座"}, atCutoff: "1", want: assess.OutlookLate, due: "2023-12-31", metOn: "2026-12-11", late: 1076},
		"a count whose first is not there": {of: &assess.Count{Count: 8, Unit: "座"}, atCutoff: "0", today: "2023-06-30", want: assess.OutlookNone, due: "2023-06-30"},
	} {
		t.Run(name, func(t *testing.T) {
			p := assess.Prospect{
				Measures: []assess.Measure{{Code: "m", Kind: assess.Cumulative, Of: c.of, Targets: targets}, {Code: "q", Kind: assess.Qualitative}},
				Starts:   on(t, "2023-01-01"), Cutoff: on(t, "2023-06-30"), EvidenceDate: on(t, "2023-08-31"), Today: on(t, c.today),
			}
			if c.today == "" {
				p.Today = p.EvidenceDate
			}
			if c.atCutoff != "" {
				p.Values = assess.Values{"m": {AtCutoff: number(t, c.atCutoff), Latest: number(t, c.latest), LatestOn: on(t, c.latestOn)}}
			}
			all := p.Forecasts()
			if len(all) != 1 {
				t.Fatalf("%d forecasts, want one: other kinds have no pace", len(all))
			}
			if f := all[0]; f.Outlook != c.want || f.Due.String() != c.due || f.MetOn.String() != c.metOn || f.DaysLate != c.late {
				t.Errorf("%s by %s on %s, %d days late; want %s by %s on %s, %d", f.Outlook, f.Due, f.MetOn, f.DaysLate, c.want, c.due, c.metOn, c.late)
			}
		})
	}
}

// The day is the first on which the straight line through the start and the figure is
// not below the target, and more work is never forecast to be later.
func TestAForecastIsTheFirstDayOnTheLine(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	start := on(t, "2023-01-01")
	met := 0
	for range 20_000 {
		elapsed, value := int64(1+r.IntN(400)), assess.Whole(int64(1+r.IntN(100_000))).Shift(-3)
		required := value.Add(assess.Whole(int64(1 + r.IntN(100_000))).Shift(-3))
		day := start.AddDays(int(elapsed))
		ask := func(v assess.Decimal) assess.Forecast {
			return assess.Prospect{
				Measures: []assess.Measure{{Code: "m", Kind: assess.Cumulative, Targets: []assess.Target{{Due: start.AddDays(r.IntN(800)), Value: required}}}},
				Values:   assess.Values{"m": {AtCutoff: &v}}, Starts: start, Cutoff: day, EvidenceDate: day, Today: day,
			}.Forecasts()[0]
		}
		f := ask(value)
		if f.MetOn.IsZero() {
			continue
		}
		met++
		n := int64(f.MetOn.DaysSince(start))
		line := func(n int64) bool { // value × n / elapsed ≥ required
			return !value.Mul(assess.Whole(n)).LessThan(required.Mul(assess.Whole(elapsed)))
		}
		if !line(n) || line(n-1) {
			t.Fatalf("%s in %d days for %s: day %d is not the first", value, elapsed, required, n)
		}
		if !f.MetOn.After(day) {
			t.Fatalf("%s for %s is met on %s, before there was less", value, required, f.MetOn)
		}
		if late := f.MetOn.DaysSince(f.Due); (f.Outlook == assess.OutlookLate) != (late > 0) || f.DaysLate != max(0, late) {
			t.Fatalf("met on %s, due %s: %s, %d days late", f.MetOn, f.Due, f.Outlook, f.DaysLate)
		}
		more := ask(value.Add(assess.Whole(1).Shift(-3)))
		if more.Outlook != assess.OutlookMet && more.MetOn.After(f.MetOn) {
			t.Fatalf("with more work it is later: %s, then %s", f.MetOn, more.MetOn)
		}
	}
	if met < 10_000 {
		t.Errorf("only %d forecasts had a pace", met)
	}
}
