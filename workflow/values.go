package workflow

import (
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

var (
	one     = decimal.NewFromInt(1)
	hundred = decimal.NewFromInt(100)
)

// RuleRequired is the FieldError rule of a value that is not there yet. A form
// that is still being filled in has such problems and no others.
const RuleRequired = "required"

// CheckValues returns the broken rules of reported values: a value for every
// measure that is due, none for others or for unknown ones, each of the shape of
// its kind, nothing dated after the evidence date.
func CheckValues(measures []assess.Measure, values assess.Values, cutoff, evidence calendar.Date) Problems {
	p := append(CheckShape(measures, values), CheckPresent(measures, values, cutoff)...)
	pace := assess.ByPace(measures, cutoff)
	for _, m := range measures {
		v, given := values[m.Code]
		at := "values." + m.Code
		switch due := m.Due(cutoff, pace); {
		case given && !due:
			p.Add(at, "not_due", "本报告期（截至 "+cutoff.String()+"）此指标没有到期的目标，不填报数值", "this measure has no target due by the cutoff "+cutoff.String()+": give no value")
		case given:
			checkKnown(&p, at, v, evidence)
		case due && m.Kind == assess.Stages:
			p.Add(at, RuleRequired, "缺少到期指标的填报值", "a value is required for this measure: it is due")
		}
	}
	return p
}

// CheckPresent returns a problem for every measure that is due and cannot be
// judged without a figure that is missing. Stages of which nothing is said are
// not done, and qualitative measures on schedule, so they can be judged.
func CheckPresent(measures []assess.Measure, values assess.Values, cutoff calendar.Date) Problems {
	var p Problems
	pace := assess.ByPace(measures, cutoff)
	for _, m := range measures {
		_, given := values[m.Code]
		needed := m.Kind == assess.Cumulative || m.Kind == assess.Ceiling
		if needed && !given && m.Due(cutoff, pace) {
			p.Add("values."+m.Code, RuleRequired, "缺少到期指标的填报值", "a value is required for this measure: it is due")
		}
	}
	return p
}

// CheckShape returns the broken rules of values that do not depend on dates:
// unknown measures, and fields that do not fit a measure's kind.
func CheckShape(measures []assess.Measure, values assess.Values) Problems {
	var p Problems
	byCode := map[string]assess.Measure{}
	for _, m := range measures {
		byCode[m.Code] = m
	}
	for _, code := range slices.Sorted(maps.Keys(values)) {
		m, ok := byCode[code]
		at := "values." + code
		if !ok {
			p.Add(at, "unknown", "任务没有指标 "+code, "the task has no measure "+code)
			continue
		}
		p.Under(at, checkShape(m, values[code]))
	}
	return p
}

func checkShape(m assess.Measure, v assess.Value) Problems {
	var p Problems
	refuse := p.refuserFor(m.Kind)
	refuse("at_cutoff", v.AtCutoff != nil && m.Kind != assess.Cumulative)
	refuse("latest", v.Latest != nil && m.Kind != assess.Cumulative)
	refuse("latest_on", !v.LatestOn.IsZero() && m.Kind != assess.Cumulative)
	refuse("value", v.Value != nil && m.Kind != assess.Ceiling)
	refuse("stages", v.Stages != nil && m.Kind != assess.Stages)
	refuse("verdict", v.Verdict != "" && m.Kind != assess.Qualitative)
	switch m.Kind {
	case assess.Cumulative:
		checkCumulative(&p, m, v)
	case assess.Stages:
		checkStageValues(&p, m, v)
	case assess.Ceiling:
		checkFigure(&p, "value", v.Value, false, true)
	case assess.Qualitative:
		if !v.Verdict.Valid() {
			p.Add("verdict", "one_of", "须为 on_schedule、nearly、lagging、behind 之一", "must be one of on_schedule, nearly, lagging, behind")
		}
	}
	return p
}

func checkCumulative(p *Problems, m assess.Measure, v assess.Value) {
	units := m.Of != nil
	checkFigure(p, "at_cutoff", v.AtCutoff, units, true)
	checkFigure(p, "latest", v.Latest, units, false)
	if v.Latest != nil && v.LatestOn.IsZero() {
		p.Add("latest_on", RuleRequired, "缺少最新值的日期，例如 2023-08-31", "the day of the latest value is required, for example 2023-08-31")
	}
	if v.Latest == nil && !v.LatestOn.IsZero() {
		p.Add("latest", RuleRequired, "有日期而缺少最新值", "a day is given, the latest value is missing")
	}
	if units {
		for _, f := range []*assess.Decimal{v.AtCutoff, v.Latest} {
			if f != nil && f.GreaterThan(decimal.NewFromInt(m.Of.Count)) {
				p.Add("at_cutoff", "range", "超过总数 "+decimal.NewFromInt(m.Of.Count).String()+m.Of.Unit, "is above the whole of "+decimal.NewFromInt(m.Of.Count).String()+" "+m.Of.Unit)
				break
			}
		}
	}
}

func checkFigure(p *Problems, field string, f *assess.Decimal, wholeUnits, required bool) {
	switch {
	case f == nil:
		if required {
			p.Add(field, RuleRequired, "缺少数值", "a figure is required")
		}
	case f.Sign() < 0:
		p.Add(field, "range", "不得为负", "must not be negative")
	case wholeUnits && !f.IsInteger():
		p.Add(field, "whole", "须按整数单位填报", "is reported in whole units")
	}
}

func checkStageValues(p *Problems, m assess.Measure, v assess.Value) {
	for _, code := range slices.Sorted(maps.Keys(v.Stages)) {
		s := v.Stages[code]
		at := "stages." + code
		if !slices.ContainsFunc(m.Stages, func(def assess.Stage) bool { return def.Code == code }) {
			p.Add(at, "unknown", "指标没有阶段 "+code, "the measure has no stage "+code)
			continue
		}
		switch {
		case s.Share != nil && !s.DoneOn.IsZero():
			p.Add(at, "one_of", "完成日期与完成比例只能填一个", "give done_on or share, not both")
		case s.Share == nil && s.DoneOn.IsZero():
			p.Add(at, RuleRequired, "须填完成日期 done_on，或未完成时的完成比例 share", "give done_on, or share while it is not done")
		case s.Share != nil && (s.Share.Sign() < 0 || s.Share.GreaterThanOrEqual(one)):
			p.Add(at+".share", "range", "完成比例须不小于 0 且小于 1；已完成请填 done_on", "must be at least 0 and below 1; give done_on when it is done")
		}
	}
}

// checkKnown refuses facts that are dated after the day whose knowledge the
// report gives.
func checkKnown(p *Problems, at string, v assess.Value, evidence calendar.Date) {
	late := func(field string, day calendar.Date) {
		if day.After(evidence) {
			p.Add(at+"."+field, "order", "日期晚于证据日期 "+evidence.String(), "is after the evidence date "+evidence.String())
		}
	}
	late("latest_on", v.LatestOn)
	for _, code := range slices.Sorted(maps.Keys(v.Stages)) {
		late("stages."+code+".done_on", v.Stages[code].DoneOn)
	}
}
