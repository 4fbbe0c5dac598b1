package workflow

import (
	"fmt"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// Limits of a task's measures.
const (
	maxMeasures = 200
	maxDates    = 60 // targets or stages of one measure
	maxDecimals = 6
)

// checkMeasures returns the broken rules of a task's measures.
func checkMeasures(measures []assess.Measure, starts calendar.Date) Problems {
	var p Problems
	if n := len(measures); n == 0 || n > maxMeasures {
		p.Add("measures", "count", fmt.Sprintf("须有 1 到 %d 项考核指标", maxMeasures), fmt.Sprintf("1 to %d measures are required", maxMeasures))
	}
	seen := map[string]bool{}
	for i, m := range measures {
		at := indexed("measures", i)
		p.Under(at, checkMeasure(m, starts))
		if seen[m.Code] {
			p.Add(at+".code", "duplicate", "指标代码 "+m.Code+" 重复", "measure code "+m.Code+" is used twice")
		}
		seen[m.Code] = true
	}
	return p
}

func checkMeasure(m assess.Measure, starts calendar.Date) Problems {
	var p Problems
	checkCode(&p, "code", m.Code)
	checkText(&p, "name", m.Name, 0, 200)
	checkText(&p, "unit", m.Unit, 0, 30)
	checkText(&p, "station", m.Station, 0, 100)
	refuse := p.refuserFor(m.Kind)
	cumulative, stages, ceiling := m.Kind == assess.Cumulative, m.Kind == assess.Stages, m.Kind == assess.Ceiling
	refuse("of", m.Of != nil && !cumulative)
	refuse("targets", len(m.Targets) > 0 && !cumulative)
	refuse("stages", len(m.Stages) > 0 && !stages)
	refuse("target", m.Target != nil && !ceiling)
	refuse("fallback", m.Fallback != nil && !ceiling)
	refuse("fallback_assumed", m.FallbackAssumed && !ceiling)
	refuse("station", m.Station != "" && !ceiling)
	refuse("decimals", m.Decimals != 0 && !ceiling)
	switch m.Kind {
	case assess.Cumulative:
		checkTargets(&p, m, starts)
	case assess.Stages:
		checkStages(&p, m, starts)
	case assess.Ceiling:
		checkCeiling(&p, m)
	case assess.Qualitative:
	default:
		p.Add("kind", "one_of", "指标类型须为 cumulative、stages、ceiling、qualitative 之一", "must be one of cumulative, stages, ceiling, qualitative")
	}
	return p
}

// refuserFor returns a check that refuses fields which measures of the kind do
// not have.
func (p *Problems) refuserFor(kind assess.Kind) func(field string, present bool) {
	return func(field string, present bool) {
		if present {
			p.Add(field, "not_for_kind", "指标类型 "+string(kind)+" 没有此项", "a measure of kind "+string(kind)+" has no "+field)
		}
	}
}

func checkTargets(p *Problems, m assess.Measure, starts calendar.Date) {
	if n := len(m.Targets); n == 0 || n > maxDates {
		p.Add("targets", "required", fmt.Sprintf("累计指标须有 1 到 %d 个带期限的目标", maxDates), fmt.Sprintf("a cumulative measure needs 1 to %d dated targets", maxDates))
	}
	if m.Of != nil {
		if m.Of.Count < 1 || m.Of.Count > 1_000_000_000 {
			p.Add("of.count", "range", "总数须为 1 到 10 亿的整数", "must be a whole number from 1 to 1,000,000,000")
		}
		checkText(p, "of.unit", m.Of.Unit, 1, 30)
	}
	seen := map[calendar.Date]bool{}
	for i, t := range m.Targets {
		at := indexed("targets", i)
		checkDue(p, at+".due", t.Due, starts, seen)
		if t.Value.Sign() <= 0 {
			p.Add(at+".value", "range", "目标值须大于 0", "must be above 0")
		}
		if m.Of != nil && t.Value.GreaterThan(hundred) {
			p.Add(at+".value", "range", "占比目标不得超过 100（%）", "a share cannot be above 100 (%)")
		}
	}
}

func checkStages(p *Problems, m assess.Measure, starts calendar.Date) {
	if n := len(m.Stages); n == 0 || n > maxDates {
		p.Add("stages", "required", fmt.Sprintf("阶段指标须有 1 到 %d 个阶段", maxDates), fmt.Sprintf("a stages measure needs 1 to %d stages", maxDates))
	}
	codes := map[string]bool{}
	for i, s := range m.Stages {
		at := indexed("stages", i)
		checkCode(p, at+".code", s.Code)
		checkText(p, at+".name", s.Name, 1, 200)
		checkDue(p, at+".due", s.Due, starts, nil)
		if codes[s.Code] {
			p.Add(at+".code", "duplicate", "阶段代码 "+s.Code+" 重复", "stage code "+s.Code+" is used twice")
		}
		codes[s.Code] = true
	}
}

func checkDue(p *Problems, field string, due, starts calendar.Date, seen map[calendar.Date]bool) {
	switch {
	case due.IsZero():
		p.Add(field, "required", "缺少期限，例如 2023-06-30", "a due date is required, for example 2023-06-30")
	case due.Before(starts):
		p.Add(field, "order", fmt.Sprintf("期限 %s 早于专项工作开始日期 %s", due, starts), fmt.Sprintf("the due date %s is before the campaign's start %s", due, starts))
	case seen[due]:
		p.Add(field, "duplicate", "同一期限 "+due.String()+" 有两个目标", "two targets are due on "+due.String())
	}
	if seen != nil {
		seen[due] = true
	}
}

func checkCeiling(p *Problems, m assess.Measure) {
	if m.Target == nil {
		p.Add("target", "required", "上限指标须有目标值", "a ceiling measure needs a target")
	} else if m.Target.Sign() < 0 {
		p.Add("target", "range", "目标值不得为负", "must not be negative")
	}
	if m.Fallback != nil && m.Fallback.Sign() < 0 {
		p.Add("fallback", "range", "基准值不得为负", "must not be negative")
	}
	if m.Decimals < 0 || m.Decimals > maxDecimals {
		p.Add("decimals", "range", fmt.Sprintf("小数位数须为 0 到 %d", maxDecimals), fmt.Sprintf("must be 0 to %d", maxDecimals))
	}
}
