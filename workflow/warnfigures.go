package workflow

import (
	"fmt"
	"slices"

	"duban/workflow/assess"
	"duban/workflow/wording"
)

// A figure of a narrative speaks of a measure when at least so much of the
// measure's name stands around it, or so much of what stands around it is in the
// name.
const (
	nameInText = 0.5
	textInName = 0.8
)

// mostFigures is how many figures of a narrative are compared.
const mostFigures = 200

// figures compares the figures of the narrative with the values. A value that the
// narrative has anywhere is never contradicted by it.
func (w *warner) figures() {
	var all []wording.Said
	var stations []string
	for _, t := range w.told {
		station := ""
		for _, m := range w.task.Measures {
			if m.Station != "" && speaksOfStation(t.Text, m.Station) {
				station = m.Station
			}
		}
		if station == "" && len(stations) > 0 && t.Number == "" {
			station = stations[len(stations)-1] // the second pollutant of the same station
		}
		for _, f := range t.Figures {
			all, stations = append(all, f), append(stations, station)
		}
	}
	if len(all) > mostFigures {
		all = all[:mostFigures]
	}
	spoken := map[int][]wording.Said{}
	for i, f := range all {
		if j := w.speaksOf(f, stations[i]); j >= 0 && !f.Planned {
			spoken[j] = append(spoken[j], f)
		}
	}
	for j, m := range w.task.Measures {
		v, ok := w.value(m)
		given := figuresOf(v)
		if !ok || len(given) == 0 || mentioned(m, given[0], all) {
			continue
		}
		for _, f := range spoken[j] {
			if agrees(m, f, given) {
				continue
			}
			w.differs(m, f, given[0])
			break
		}
	}
}

// speaksOf finds the measure that a figure is about, -1 for none or for several.
func (w *warner) speaksOf(f wording.Said, station string) int {
	_, dim, ok := wording.Scale(f.Unit)
	if !ok {
		return -1
	}
	about := wording.PairsOf(tail(f.About))
	best, at, twice := 0.0, -1, false
	for j, m := range w.task.Measures {
		if m.Kind != assess.Cumulative && m.Kind != assess.Ceiling || !comparable(m, f.Unit, dim) {
			continue
		}
		score := max(w.names[j].In(about)/nameInText, about.In(w.names[j])/textInName)
		if m.Station != "" {
			score = 0
			if station == m.Station && hasWord(f.About, m.Name) {
				score = 1
			}
		}
		switch {
		case score < 1:
		case score > best:
			best, at, twice = score, j, false
		case score == best:
			twice = true
		}
	}
	if twice {
		return -1
	}
	return at
}

// comparable reports a figure that can be the measure's: of its dimension, or a
// percentage of its count.
func comparable(m assess.Measure, unit, dim string) bool {
	_, want, ok := wording.Scale(unitOf(m))
	return ok && want == dim || m.Of != nil && unit == "%"
}

// tail keeps the end of a text, where a figure stands.
func tail(text string) string {
	if rs := []rune(text); len(rs) > 80 {
		return string(rs[len(rs)-80:])
	}
	return text
}

// agrees reports a figure that is one of the values, a target, or the whole.
func agrees(m assess.Measure, f wording.Said, given []assess.Decimal) bool {
	for _, g := range given {
		if same(m, f, g) {
			return true
		}
	}
	if m.Of != nil && f.Unit != "%" && f.Value.Equal(assess.Whole(m.Of.Count)) {
		return true
	}
	for _, t := range m.Targets {
		if m.Of == nil && same(m, f, t.Value) {
			return true
		}
	}
	return m.Target != nil && same(m, f, *m.Target) || m.Fallback != nil && same(m, f, *m.Fallback)
}

// same compares a figure with a value, in the unit of the value; of a share of a
// count also as a percentage, as it may be rounded.
func same(m assess.Measure, f wording.Said, given assess.Decimal) bool {
	if m.Of != nil && f.Unit == "%" {
		part := assess.RoundQuotient(given.Mul(assess.Whole(100)), assess.Whole(m.Of.Count), max(0, -f.Value.Exponent()))
		return part.Equal(f.Value)
	}
	a, dim, ok := wording.Scale(f.Unit)
	b, want, okGiven := wording.Scale(unitOf(m))
	if !ok || !okGiven || dim != want {
		return false
	}
	said := f.Value.Mul(a)
	if said.Equal(given.Mul(b)) {
		return true
	}
	return m.Kind == assess.Ceiling && a.Equal(b) && assess.Round(given, m.Decimals).Equal(assess.Round(f.Value, m.Decimals))
}

// mentioned reports that the newest value stands in the narrative.
func mentioned(m assess.Measure, given assess.Decimal, all []wording.Said) bool {
	return slices.ContainsFunc(all, func(f wording.Said) bool { return same(m, f, given) })
}

// differs warns of a figure, naming the unit when the number is the same.
func (w *warner) differs(m assess.Measure, f wording.Said, given assess.Decimal) {
	shown := assess.Exact(given) + unitOf(m)
	if f.Value.Equal(given) {
		w.add(WarnUnit, "values."+m.Code, f.Words, f.Words, shown,
			fmt.Sprintf("进展情况写“%s”，“%s”填报 %s：单位不一致", f.Words, m.Name, shown), fmt.Sprintf("the narrative has “%s”, the value of “%s” is %s: the units differ", f.Words, m.Name, shown))
		return
	}
	w.add(WarnFigure, "values."+m.Code, f.Words, f.Words, shown,
		fmt.Sprintf("进展情况写“%s”，“%s”填报 %s", f.Words, m.Name, shown), fmt.Sprintf("the narrative has “%s”, the value of “%s” is %s", f.Words, m.Name, shown))
}
