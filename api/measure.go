package api

import (
	"maps"
	"slices"

	"duban/workflow"
	"duban/workflow/assess"
)

// measureBody is a measure on the wire, in both directions; which fields it has
// depends on its kind.
type measureBody struct {
	Code            string       `json:"code"`
	Kind            string       `json:"kind" enum:"cumulative,stages,ceiling,qualitative"`
	Name            string       `json:"name,omitempty"`
	Unit            string       `json:"unit,omitempty"`
	Of              *countBody   `json:"of,omitempty" doc:"累计指标：占总数的百分比 / Cumulative: a share of a count"`
	Targets         []targetBody `json:"targets,omitempty" doc:"累计指标 / Cumulative"`
	Stages          []stageBody  `json:"stages,omitempty" doc:"阶段指标 / Stages"`
	Station         string       `json:"station,omitempty" doc:"上限指标：监测站点 / Ceiling: the monitoring station"`
	Decimals        int32        `json:"decimals,omitempty" doc:"上限指标：修约的小数位数 / Ceiling: places to round to"`
	Target          decimalText  `json:"target,omitempty"`
	Fallback        decimalText  `json:"fallback,omitempty"`
	FallbackAssumed bool         `json:"fallback_assumed,omitempty" doc:"基准值不在来源文件中 / The fallback is not in the source document"`
}

type countBody struct {
	Count int64  `json:"count"`
	Unit  string `json:"unit"`
}

type targetBody struct {
	Due   dateText    `json:"due"`
	Value decimalText `json:"value"`
}

type stageBody struct {
	Code string   `json:"code"`
	Name string   `json:"name"`
	Due  dateText `json:"due"`
}

func (b measureBody) measure(p *workflow.Problems, at string) assess.Measure {
	m := assess.Measure{
		Code: b.Code, Kind: assess.Kind(b.Kind), Name: b.Name, Unit: b.Unit, Station: b.Station, Decimals: b.Decimals,
		Target: b.Target.parse(p, at+".target"), Fallback: b.Fallback.parse(p, at+".fallback"), FallbackAssumed: b.FallbackAssumed,
	}
	if b.Of != nil {
		m.Of = &assess.Count{Count: b.Of.Count, Unit: b.Of.Unit}
	}
	for i, t := range b.Targets {
		of := indexed(at+".targets", i)
		m.Targets = append(m.Targets, assess.Target{Due: t.Due.parse(p, of+".due"), Value: t.Value.or0(p, of+".value")})
	}
	for i, s := range b.Stages {
		m.Stages = append(m.Stages, assess.Stage{Code: s.Code, Name: s.Name, Due: s.Due.parse(p, indexed(at+".stages", i)+".due")})
	}
	return m
}

func measureOf(m assess.Measure) measureBody {
	b := measureBody{
		Code: m.Code, Kind: string(m.Kind), Name: m.Name, Unit: m.Unit, Station: m.Station, Decimals: m.Decimals,
		Target: decimalOut(m.Target), Fallback: decimalOut(m.Fallback), FallbackAssumed: m.FallbackAssumed,
	}
	if m.Of != nil {
		b.Of = &countBody{Count: m.Of.Count, Unit: m.Of.Unit}
	}
	for _, t := range m.Targets {
		b.Targets = append(b.Targets, targetBody{Due: dateOut(t.Due), Value: decimalOut(&t.Value)})
	}
	for _, s := range m.Stages {
		b.Stages = append(b.Stages, stageBody{Code: s.Code, Name: s.Name, Due: dateOut(s.Due)})
	}
	return b
}

// valueBody is what a report says about one measure, in both directions; which
// fields it has depends on the measure's kind.
type valueBody struct {
	AtCutoff decimalText               `json:"at_cutoff,omitempty" doc:"累计指标：截止日期时的数值 / Cumulative: the figure at the cutoff"`
	Latest   decimalText               `json:"latest,omitempty" doc:"累计指标：最新数值 / Cumulative: the newest figure"`
	LatestOn dateText                  `json:"latest_on,omitempty"`
	Value    decimalText               `json:"value,omitempty" doc:"上限指标：监测值 / Ceiling: the measured figure"`
	Stages   map[string]stageValueBody `json:"stages,omitempty" doc:"阶段指标：阶段代码到进展 / Stages: by stage code"`
	Verdict  verdictText               `json:"verdict,omitempty"`
}

type stageValueBody struct {
	DoneOn dateText    `json:"done_on,omitempty"`
	Share  decimalText `json:"share,omitempty" doc:"未完成时的完成比例，0 到 1（不含）/ Share done while it is not, from 0 up to 1"`
}

type valuesBody map[string]valueBody

// values reads the figures of a report. No field at all stays nil: the definition
// decides whether they are needed.
func (b valuesBody) values(p *workflow.Problems) assess.Values {
	if b == nil {
		return nil
	}
	values := make(assess.Values, len(b))
	for _, code := range slices.Sorted(maps.Keys(b)) {
		v, at := b[code], "values."+code
		value := assess.Value{
			AtCutoff: v.AtCutoff.parse(p, at+".at_cutoff"), Latest: v.Latest.parse(p, at+".latest"), LatestOn: v.LatestOn.parse(p, at+".latest_on"),
			Value: v.Value.parse(p, at+".value"), Verdict: assess.Verdict(v.Verdict),
		}
		if v.Stages != nil {
			value.Stages = make(map[string]assess.StageValue, len(v.Stages))
		}
		for _, stage := range slices.Sorted(maps.Keys(v.Stages)) {
			s, of := v.Stages[stage], at+".stages."+stage
			value.Stages[stage] = assess.StageValue{DoneOn: s.DoneOn.parse(p, of+".done_on"), Share: s.Share.parse(p, of+".share")}
		}
		values[code] = value
	}
	return values
}

func valuesOf(values assess.Values) valuesBody {
	b := make(valuesBody, len(values))
	for code, v := range values {
		out := valueBody{
			AtCutoff: decimalOut(v.AtCutoff), Latest: decimalOut(v.Latest), LatestOn: dateOut(v.LatestOn),
			Value: decimalOut(v.Value), Verdict: verdictText(v.Verdict),
		}
		for stage, s := range v.Stages {
			if out.Stages == nil {
				out.Stages = make(map[string]stageValueBody, len(v.Stages))
			}
			out.Stages[stage] = stageValueBody{DoneOn: dateOut(s.DoneOn), Share: decimalOut(s.Share)}
		}
		b[code] = out
	}
	return b
}
