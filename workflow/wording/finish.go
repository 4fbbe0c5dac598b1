package wording

import (
	"slices"
	"strings"

	"duban/workflow/assess"
)

// finish gives the facts that something is finished to what was spoken of before.
func (a *assembly) finish() {
	for _, d := range a.done {
		a.finished(d)
	}
	// 12月底前建成通车 after 6月底前完成工程量50%
	if s := a.onlyProgress(); s != nil && len(a.stages) > 0 {
		for i, f := range a.stages {
			if last := s.last(); isDone(f.words) && f.due.After(last.due) && last.value.LessThan(assess.Whole(100)) {
				s.facts = append(s.facts, fact{due: f.due, value: assess.Whole(100), exact: true, words: f.words, source: f.source})
				a.stages = slices.Delete(a.stages, i, i+1)
				break
			}
		}
	}
	for _, s := range a.series {
		a.total(s)
	}
}

func (a *assembly) finished(d fact) {
	hundred := assess.Whole(100)
	if s := a.onlyProgress(); s != nil {
		if last := s.last(); last.value.LessThan(hundred) {
			s.facts = append(s.facts, fact{due: d.due, value: hundred, exact: true, words: d.words, source: d.source})
		}
		return
	}
	if s := a.onlySeries(); s != nil {
		if s.undated() {
			s.date(d)
			return
		}
		last := s.last()
		for _, f := range a.subject {
			if f.kind == figureFact && f.unit == s.unit && f.value.GreaterThan(last.value) {
				f.due = d.due
				s.facts = append(s.facts, f)
				return
			}
		}
		a.marks = append(a.marks, markOf("total", d.words, "全部完成是多少没有写明", "how much “all of it” is, is not given"))
		return
	}
	if len(a.series) > 0 && len(a.stages) == 0 && !slices.ContainsFunc(a.series, func(s *series) bool { return !s.gone && !s.undated() }) {
		for _, s := range a.series { // one deadline for all of them
			s.date(d)
		}
		return
	}
	name := "完成"
	if len(a.stages) == 0 && len(a.series) > 0 {
		a.marks = append(a.marks, markOf("total", d.words, "完成的是哪一项不明确", "it is not clear what is finished by then"))
		return
	}
	if len(a.stages) == 0 {
		a.places = append(a.places, place{kind: deliverable})
	}
	a.stages = append(a.stages, fact{kind: deliverable, due: d.due, name: name, words: d.words, source: d.source})
}

// onlyProgress is the one series of percent that says how far a work is.
func (a *assembly) onlyProgress() *series {
	var found *series
	for _, s := range a.series {
		if s.gone || s.unit != "%" || s.changed || s.of == nil && rateLike(s.noun) {
			continue
		}
		if found != nil {
			return nil
		}
		found = s
	}
	return found
}

func (a *assembly) onlySeries() *series {
	var found *series
	for _, s := range a.series {
		if s.gone {
			continue
		}
		if found != nil {
			return nil
		}
		found = s
	}
	return found
}

// last is the figure with the latest day.
func (s *series) last() fact {
	return slices.MaxFunc(s.facts, func(a, b fact) int { return a.due.Compare(b.due) })
}

func (s *series) undated() bool {
	return !slices.ContainsFunc(s.facts, func(f fact) bool { return !f.due.IsZero() })
}

// date gives a deadline to every figure, and its sentence to the sources.
func (s *series) date(d fact) {
	for i := range s.facts {
		s.facts[i].due = d.due
	}
	s.dated = d
}

// total takes out a figure without a day that is what the last dated one says: 打造
// 基站1800座，…年底前累计建成1800座.
func (a *assembly) total(s *series) {
	if len(s.facts) < 2 || s.undated() {
		return
	}
	last := s.last()
	s.facts = slices.DeleteFunc(s.facts, func(f fact) bool {
		return f.due.IsZero() && f.open == "" && !f.value.GreaterThan(last.value)
	})
}

// list is the measures in the order of the text.
func (a *assembly) list() []Measure {
	var list []Measure
	for _, p := range a.places {
		switch p.kind {
		case figureFact:
			if s := a.series[p.index]; !s.gone {
				list = append(list, a.cumulative(s))
			}
		case deliverable:
			if len(a.stages) > 0 {
				list = append(list, a.chain())
			}
		default:
			list = append(list, a.rest[p.index])
		}
	}
	return list
}

func (a *assembly) cumulative(s *series) Measure {
	m := Measure{Measure: assess.Measure{Kind: assess.Cumulative, Name: shortened(s.name), Unit: s.unit, Of: s.of}, Sources: sourcesOf(append(slices.Clone(s.facts), s.dated, s.counted)...)}
	if m.Name == "" {
		m.Name = shortened(a.thing(s.unit))
	}
	slices.SortStableFunc(s.facts, func(a, b fact) int { return a.due.Compare(b.due) })
	for _, f := range s.facts {
		if !f.exact {
			a.marks = append(a.marks, markOf("figure", f.words, "“"+f.words+"”不是有限小数，目标值没有填写", "“"+f.words+"” is no finite decimal; the target was left out"))
			continue
		}
		if f.due.IsZero() && f.open == "" {
			a.marks = append(a.marks, markOf("due", f.words, "目标“"+strings.TrimSpace(f.words)+"”没有写明期限", "no deadline is given for the target “"+f.words+"”"))
		}
		m.Targets = append(m.Targets, assess.Target{Due: f.due, Value: f.value})
	}
	return m
}

// thing is what the subject speaks of: the name of its figure in the unit, or of its
// first.
func (a *assembly) thing(unit string) string {
	for _, f := range a.subject {
		if f.unit == unit && f.name != "" {
			return f.name
		}
	}
	for _, f := range a.subject {
		if name := trimmed(f.name); name != "" {
			return name
		}
	}
	return ""
}

func (a *assembly) chain() Measure {
	m := Measure{Measure: assess.Measure{Kind: assess.Stages}, Sources: sourcesOf(a.stages...)}
	for _, f := range a.stages {
		m.Stages = append(m.Stages, assess.Stage{Name: shortened(f.name), Due: f.due})
	}
	m.Name = m.Stages[0].Name
	return m
}
