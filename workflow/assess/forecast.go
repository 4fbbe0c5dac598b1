package assess

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"duban/workflow/calendar"
)

// Outlook says how a measure's next target will be met at today's pace.
type Outlook string

// The outlooks, from best to worst.
const (
	OutlookMet    Outlook = "met"     // 目标均已达到: no target is left
	OutlookOnTime Outlook = "on_time" // 预计按期达到
	OutlookLate   Outlook = "late"    // 预计逾期
	OutlookNone   Outlook = "no_pace" // 尚无进度: nothing to go by
)

// Outlooks lists every outlook from best to worst.
var Outlooks = []Outlook{OutlookMet, OutlookOnTime, OutlookLate, OutlookNone}

// Prospect is everything a forecast depends on: what a report says, and the day on
// which somebody asks.
type Prospect struct {
	Measures     []Measure
	Values       Values        // of the newest report; nil for none
	Starts       calendar.Date // of the campaign
	Cutoff       calendar.Date // of the report's period
	EvidenceDate calendar.Date // of the report
	Today        calendar.Date
}

// Forecast is when a cumulative measure will reach its next target.
type Forecast struct {
	Code     string
	Outlook  Outlook
	Due      calendar.Date // of the next target; none when every target is met
	Required Decimal       // by then, in the unit of values
	Actual   Decimal       // what is reached; 0 without a report
	On       calendar.Date // the day of that figure; none without a report
	MetOn    calendar.Date // the day on which the target will be met; none without a pace
	// DaysLate is how many days after Due that is; without a pace, how many have
	// passed since Due already. Never negative.
	DaysLate int
}

// farthest is how many days from the campaign's start a forecast looks ahead: what
// would take longer than a hundred years has no pace to speak of.
const farthest = 36_525

// Forecasts looks ahead for each cumulative measure, in their order; other kinds have
// no pace.
//
// The rule: let v be the newest figure that is known and d its day (the figure at the
// cutoff, or the latest one), s the start of the campaign. The next target is the one
// with the earliest due date that needs more than v. At the pace v/(d-s) a day it is
// met on s + ⌈required × (d-s) / v⌉, in exact decimals; that day against the due date
// says on_time (not after it) or late. With v = 0, or d not after s, there is no pace.
func (p Prospect) Forecasts() []Forecast {
	var list []Forecast
	for _, m := range p.Measures {
		if m.Kind == Cumulative {
			list = append(list, p.forecast(m))
		}
	}
	return list
}

func (p Prospect) forecast(m Measure) Forecast {
	f := Forecast{Code: m.Code}
	if v := p.Values[m.Code]; v.AtCutoff != nil {
		f.Actual, f.On = Input{Cutoff: p.Cutoff, EvidenceDate: p.EvidenceDate}.known(v), p.Cutoff
		if v.Latest != nil && f.Actual.Equal(*v.Latest) && v.LatestOn.After(p.Cutoff) && !v.LatestOn.After(p.EvidenceDate) {
			f.On = v.LatestOn
		}
	}
	next, found := m.nextTarget(f.Actual)
	if !found {
		f.Outlook = OutlookMet
		return f
	}
	f.Due, f.Required = next.Due, m.Required(next)
	f.Outlook, f.DaysLate = OutlookNone, max(0, p.Today.DaysSince(f.Due))
	elapsed := f.On.DaysSince(p.Starts)
	if f.On.IsZero() || f.Actual.Sign() <= 0 || elapsed <= 0 {
		return f
	}
	days, rest := f.Required.Mul(Whole(int64(elapsed))).QuoRem(f.Actual, 0)
	if rest.Sign() > 0 {
		days = days.Add(decimal.NewFromInt(1))
	}
	if days.GreaterThan(Whole(farthest)) {
		return f
	}
	f.MetOn = p.Starts.AddDays(int(days.IntPart()))
	f.Outlook, f.DaysLate = OutlookOnTime, 0
	if f.MetOn.After(f.Due) {
		f.Outlook, f.DaysLate = OutlookLate, f.MetOn.DaysSince(f.Due)
	}
	return f
}

// nextTarget is the earliest target that needs more than what is reached.
func (m Measure) nextTarget(actual Decimal) (Target, bool) {
	var open []Target
	for _, t := range m.Targets {
		if m.Required(t).GreaterThan(actual) {
			open = append(open, t)
		}
	}
	if len(open) == 0 {
		return Target{}, false
	}
	return slices.MinFunc(open, func(a, b Target) int { return a.Due.Compare(b.Due) }), true
}

// Worst is the forecast that speaks for a task: the one with the most days late, and
// of these the one with the worst outlook; false when there is none.
func Worst(list []Forecast) (Forecast, bool) {
	if len(list) == 0 {
		return Forecast{}, false
	}
	return slices.MaxFunc(list, Forecast.Compare), true
}

// Compare orders forecasts from best to worst.
func (f Forecast) Compare(g Forecast) int {
	return cmp.Or(f.DaysLate-g.DaysLate, slices.Index(Outlooks, f.Outlook)-slices.Index(Outlooks, g.Outlook))
}
