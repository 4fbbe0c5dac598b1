package assess

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"duban/workflow/calendar"
)

// Input is everything an assessment depends on.
type Input struct {
	Measures     []Measure
	Values       Values        // checked against Measures by the caller
	Starts       calendar.Date // the campaign's start, for the pace
	Cutoff       calendar.Date // decides what is due; inclusive
	EvidenceDate calendar.Date // decides what is known; inclusive
	Params       Params
	Without      []string // codes of measures to leave out: their values are still missing
}

// Assess judges a task. The task's verdict is the worst of its measures. When no
// dated target or stage of the task is due by the cutoff, its dated measures are
// judged by their pace; otherwise those that are not due yet are left out of
// account (RuleNotDue): an early success on a later target buys nothing.
func Assess(in Input) Assessment {
	a := Assessment{
		Verdict: OnSchedule, Cutoff: in.Cutoff, EvidenceDate: in.EvidenceDate, ParamsVersion: in.Params.Version,
		Measures: make([]Judged, 0, len(in.Measures)),
	}
	pace := ByPace(in.Measures, in.Cutoff)
	for _, m := range in.Measures {
		if slices.Contains(in.Without, m.Code) {
			continue
		}
		j := in.judge(m, in.Values[m.Code], pace)
		j.Code = m.Code
		for i := range j.Items {
			j.Items[i].Code = m.Code
		}
		a.Measures = append(a.Measures, j)
		a.Verdict = a.Verdict.Worse(j.Verdict)
	}
	return a
}

// ByPace reports whether a task with these measures is judged by its pace: it
// has dated targets or stages, and none of them is due by the cutoff.
func ByPace(measures []Measure, cutoff calendar.Date) bool {
	dated := false
	for _, m := range measures {
		if first := m.firstDue(); !first.IsZero() {
			dated = true
			if !first.After(cutoff) {
				return false
			}
		}
	}
	return dated
}

// Due reports whether a report for a period with this cutoff gives a value for
// the measure: undated kinds always, dated ones when something of theirs is due
// or when the task is judged by its pace.
func (m Measure) Due(cutoff calendar.Date, byPace bool) bool {
	first := m.firstDue()
	return first.IsZero() || byPace || !first.After(cutoff)
}

// firstDue returns the earliest due date, zero for undated kinds.
func (m Measure) firstDue() calendar.Date {
	var first calendar.Date
	for _, due := range m.dues() {
		if first.IsZero() || due.Before(first) {
			first = due
		}
	}
	return first
}

func (m Measure) dues() []calendar.Date {
	var dues []calendar.Date
	for _, t := range m.Targets {
		dues = append(dues, t.Due)
	}
	for _, s := range m.Stages {
		dues = append(dues, s.Due)
	}
	return dues
}

func (in Input) judge(m Measure, v Value, pace bool) Judged {
	switch m.Kind {
	case Cumulative:
		return in.cumulative(m, v, pace)
	case Stages:
		return in.stages(m, v, pace)
	case Ceiling:
		return ceiling(m, v)
	default:
		return qualitative(v)
	}
}

// cumulative judges dated targets: reached at the cutoff, reached since, or by
// the ratio of what is reached.
func (in Input) cumulative(m Measure, v Value, pace bool) Judged {
	due, next := splitTargets(m.Targets, in.Cutoff)
	if pace {
		return in.pace(RulePace, *v.AtCutoff, m.Required(*next), next.Due)
	}
	if due == nil {
		return Judged{Verdict: OnSchedule, Rule: RuleNotDue, Required: Exact(m.Required(*next)), Due: next.Due}
	}
	required, atCutoff, latest := m.Required(*due), *v.AtCutoff, in.known(v)
	j := Judged{Required: Exact(required), Actual: Exact(latest), Due: due.Due}
	switch {
	case atCutoff.GreaterThanOrEqual(required):
		j.Verdict, j.Rule, j.Actual = OnSchedule, RuleAtCutoff, Exact(atCutoff)
	case latest.GreaterThanOrEqual(required):
		j.Verdict, j.Rule, j.DoneOn = Nearly, RuleReachedLate, v.LatestOn
	default:
		in.ratio(&j, RuleRatio, latest, required)
	}
	return j
}

// known returns the newest figure that is known on the evidence date.
func (in Input) known(v Value) Decimal {
	if v.Latest == nil || v.LatestOn.After(in.EvidenceDate) || v.LatestOn.Before(in.Cutoff) {
		return *v.AtCutoff
	}
	return *v.Latest
}

// Required returns the figure that reaches the target, in the unit in which
// values are reported: for a share of a count whole units, rounded up (10 % of
// 8 stations is 1 station).
func (m Measure) Required(t Target) Decimal {
	if m.Of == nil {
		return t.Value
	}
	return t.Value.Mul(decimal.NewFromInt(m.Of.Count)).Shift(-2).Ceil()
}

// splitTargets returns the latest target due by the cutoff and the first one
// due after it; either may be nil.
func splitTargets(targets []Target, cutoff calendar.Date) (due, next *Target) {
	for i := range targets {
		t := &targets[i]
		if !t.Due.After(cutoff) {
			if due == nil || t.Due.After(due.Due) {
				due = t
			}
		} else if next == nil || t.Due.Before(next.Due) {
			next = t
		}
	}
	return due, next
}

func (in Input) ratio(j *Judged, rule Rule, actual, required Decimal) {
	j.Rule, j.Verdict = rule, Nearly
	if below(actual, required, in.Params.NearlyRatio) {
		j.Verdict = Behind
	}
	j.Ratio, j.Threshold = shownRatio(actual, required, in.Params.NearlyRatio), Exact(in.Params.NearlyRatio)
}

// pace holds what is reached at the cutoff against a straight line from the
// campaign's start to the next target.
func (in Input) pace(rule Rule, actual, target Decimal, due calendar.Date) Judged {
	j := Judged{Verdict: OnSchedule, Rule: rule, Required: Exact(target), Actual: Exact(actual), Due: due, Threshold: Exact(in.Params.PaceRatio)}
	elapsed := decimal.NewFromInt(int64(max(1, in.Cutoff.DaysSince(in.Starts))))
	whole := decimal.NewFromInt(int64(max(1, due.DaysSince(in.Starts))))
	a, b := actual.Mul(whole), target.Mul(elapsed)
	if below(a, b, in.Params.PaceRatio) {
		j.Verdict = Lagging
	}
	j.Ratio = shownRatio(a, b, in.Params.PaceRatio)
	return j
}

// stages judges each stage that is due and keeps the worst, the earliest of
// equals. Judged by pace, it looks at the next stage only.
func (in Input) stages(m Measure, v Value, pace bool) Judged {
	chain := slices.Clone(m.Stages)
	slices.SortStableFunc(chain, func(a, b Stage) int { return a.Due.Compare(b.Due) })
	if pace {
		s := chain[0]
		j := in.pace(RuleStagePace, in.shareDone(v.Stages[s.Code], in.Cutoff), whole, s.Due)
		j.Item = s.Code
		return j
	}
	var judged []Judged
	for _, s := range chain {
		if !s.Due.After(in.Cutoff) {
			judged = append(judged, in.stage(s, v.Stages[s.Code]))
		}
	}
	if len(judged) == 0 {
		return Judged{Verdict: OnSchedule, Rule: RuleNotDue, Item: chain[0].Code, Due: chain[0].Due}
	}
	worst := slices.MaxFunc(judged, func(a, b Judged) int { return cmp.Compare(a.Verdict.rank(), b.Verdict.rank()) })
	if len(judged) > 1 {
		worst.Items = judged
	}
	return worst
}

// whole is the share of a stage that is done.
var whole = decimal.NewFromInt(1)

// shareDone returns the share of a stage that is done on the given day; no word
// about a stage means that nothing is done.
func (in Input) shareDone(v StageValue, on calendar.Date) Decimal {
	switch {
	case !v.DoneOn.IsZero() && !v.DoneOn.After(on):
		return whole
	case v.Share != nil:
		return *v.Share
	default:
		return decimal.Zero
	}
}

func (in Input) stage(s Stage, v StageValue) Judged {
	j := Judged{Item: s.Code, Due: s.Due}
	known := !v.DoneOn.IsZero() && !v.DoneOn.After(in.EvidenceDate)
	switch {
	case known && !v.DoneOn.After(s.Due):
		j.Verdict, j.Rule, j.DoneOn = OnSchedule, RuleStageDone, v.DoneOn
	case known:
		j.Verdict, j.Rule, j.DoneOn = Nearly, RuleStageLate, v.DoneOn
	case v.Share != nil:
		j.Required, j.Actual = whole.String(), Exact(*v.Share)
		in.ratio(&j, RuleStageRatio, *v.Share, whole)
	default:
		j.Verdict, j.Rule = Behind, RuleStageOpen
	}
	return j
}

// ceiling judges a figure that should stay low. Equality passes.
func ceiling(m Measure, v Value) Judged {
	value := Round(*v.Value, m.Decimals)
	j := Judged{Required: Exact(*m.Target), Actual: value.StringFixed(m.Decimals)}
	if m.Fallback != nil {
		j.Threshold = Exact(*m.Fallback)
	}
	switch {
	case value.LessThanOrEqual(*m.Target):
		j.Verdict, j.Rule = OnSchedule, RuleTarget
	case m.Fallback != nil && value.LessThanOrEqual(*m.Fallback):
		j.Verdict, j.Rule = Nearly, RuleFallback
	default:
		j.Verdict, j.Rule = Behind, RuleAbove
	}
	return j
}

func qualitative(v Value) Judged {
	if v.Verdict == "" {
		return Judged{Verdict: OnSchedule, Rule: RuleNoWord}
	}
	return Judged{Verdict: v.Verdict, Rule: RuleWord}
}

// FinalTargetsMet reports whether everything the measures ask for, later targets
// included, is reached on the evidence date.
func FinalTargetsMet(in Input) bool {
	last := in.Cutoff
	for _, m := range in.Measures {
		for _, due := range m.dues() {
			if due.After(last) {
				last = due
			}
		}
	}
	for _, m := range in.Measures {
		v, known := in.Values[m.Code]
		switch m.Kind {
		case Cumulative:
			due, _ := splitTargets(m.Targets, last)
			if !known || in.known(v).LessThan(m.Required(*due)) {
				return false
			}
		case Stages:
			for _, s := range m.Stages {
				if !in.shareDone(v.Stages[s.Code], in.EvidenceDate).Equal(whole) {
					return false
				}
			}
		case Ceiling:
			if !known || ceiling(m, v).Verdict != OnSchedule {
				return false
			}
		case Qualitative:
			if qualitative(v).Verdict != OnSchedule {
				return false
			}
		}
	}
	return true
}
