package workflow

import (
	"fmt"
	"strings"

	"duban/workflow/assess"
	"duban/workflow/wording"
)

// finished finds words that say that all is done while the figures do not: 全部完成
// below the last target, 已完成 with nothing done.
func (w *warner) finished() {
	for j, m := range w.task.Measures {
		v, _ := w.value(m)
		given := figuresOf(v)
		if m.Kind != assess.Cumulative || len(given) == 0 || w.enough(m, given[0]) {
			continue
		}
		for _, t := range w.told {
			for _, c := range t.Clauses {
				if c.Denied || !c.Done && !c.All {
					continue
				}
				nothing := given[0].IsZero() && c.Done && w.names[j].In(wording.PairsOf(c.Text)) >= nameInText
				all := c.All && (len(w.task.Measures) == 1 || w.names[j].In(wording.PairsOf(t.Text)) >= nameInText)
				if !nothing && !all {
					continue
				}
				shown := assess.Exact(given[0]) + unitOf(m)
				w.add(WarnDone, "values."+m.Code, c.Text, "", shown,
					fmt.Sprintf("进展情况写“%s”，“%s”填报 %s", c.Text, m.Name, shown), fmt.Sprintf("the narrative has “%s”, the value of “%s” is %s", c.Text, m.Name, shown))
			}
		}
	}
}

// enough reports a value that is the last target, or the last target due: 界桩已于6月
// 底前全部设置.
func (w *warner) enough(m assess.Measure, given assess.Decimal) bool {
	due := assess.Whole(0)
	for _, t := range m.Targets {
		if due.IsZero() || !t.Due.After(w.cutoff) {
			due = t.Value
		}
	}
	if m.Of != nil {
		due = due.Mul(assess.Whole(m.Of.Count)).Div(assess.Whole(100))
	}
	return !given.IsZero() && given.GreaterThanOrEqual(due)
}

// stages compares what the narrative says of a stage with its value.
func (w *warner) stages() {
	for _, m := range w.task.Measures {
		v, ok := w.value(m)
		if m.Kind != assess.Stages || !ok {
			continue
		}
		for _, s := range m.Stages {
			pairs := wording.PairsOf(s.Name)
			done := !v.Stages[s.Code].DoneOn.IsZero()
			for _, t := range w.told {
				for _, c := range t.Clauses {
					if !c.Done || pairs.In(wording.PairsOf(c.Text)) < nameInStage {
						continue
					}
					place := "values." + m.Code + "." + s.Code
					switch notYet := strings.Contains(c.Text, "未") || strings.Contains(c.Text, "没有"); {
					case !done && !c.Denied:
						w.add(WarnStage, place, c.Text, "", "", fmt.Sprintf("进展情况写“%s”，“%s”没有填报完成日期", c.Text, s.Name), fmt.Sprintf("the narrative has “%s”, “%s” has no day on which it was done", c.Text, s.Name))
					case done && notYet && !strings.Contains(c.Text, "未能按"):
						day := v.Stages[s.Code].DoneOn.String()
						w.add(WarnStage, place, c.Text, "", day, fmt.Sprintf("进展情况写“%s”，“%s”填报 %s 完成", c.Text, s.Name, day), fmt.Sprintf("the narrative has “%s”, “%s” was done on %s", c.Text, s.Name, day))
					}
				}
			}
		}
	}
}

// nameInStage is how much of a stage's name a clause has that speaks of it.
const nameInStage = 0.7

// A measure is spoken of when so much of its name is in the narrative.
const spokenOf = 0.3

// missing finds measures that are due, stations and numbered parts that a narrative
// leaves out, where it speaks of others.
func (w *warner) missing() {
	if len(w.told) == 0 {
		return
	}
	text := wording.Normal(w.report.Narrative)
	pairs := wording.PairsOf(text)
	silent, spoken := []int{}, 0
	var all []wording.Said
	for _, t := range w.told {
		all = append(all, t.Figures...)
	}
	for j, m := range w.task.Measures {
		if m.Station != "" || !w.due(m) {
			continue
		}
		names := w.names[j]
		for _, s := range m.Stages {
			names = names.With(s.Name)
		}
		v, _ := w.value(m)
		given := figuresOf(v)
		if names.In(pairs) >= spokenOf || len(given) > 0 && mentioned(m, given[0], all) {
			spoken++
		} else {
			silent = append(silent, j)
		}
	}
	if spoken > 0 {
		for _, j := range silent {
			m := w.task.Measures[j]
			w.add(WarnMissing, "values."+m.Code, "", "", "", "进展情况没有说到“"+m.Name+"”", "the narrative does not speak of “"+m.Name+"”")
		}
	}
	w.stationsMissing(text)
	w.partsMissing()
}

// due reports a measure that the report has to give a figure for.
func (w *warner) due(m assess.Measure) bool {
	switch m.Kind {
	case assess.Cumulative:
		for _, t := range m.Targets {
			if !t.Due.After(w.cutoff) {
				return true
			}
		}
	case assess.Stages:
		for _, s := range m.Stages {
			if !s.Due.After(w.cutoff) {
				return true
			}
		}
	case assess.Ceiling:
		return true
	case assess.Qualitative:
	}
	return false
}

func (w *warner) stationsMissing(text string) {
	var silent []string
	seen, spoken := map[string]bool{}, false
	for _, m := range w.task.Measures {
		if m.Station == "" || seen[m.Station] {
			continue
		}
		seen[m.Station] = true
		if speaksOfStation(text, m.Station) {
			spoken = true
		} else {
			silent = append(silent, m.Station)
		}
	}
	if spoken {
		for _, station := range silent {
			w.add(WarnMissing, "narrative", station, "", "", "进展情况没有说到站点“"+station+"”", "the narrative does not speak of the station “"+station+"”")
		}
	}
}

var stationWords = strings.NewReplacer("空气质量", "", "自动", "", "监测", "", "子站", "", "站点", "")

// speaksOfStation reports a station's name in a text, in full or short: 东湖 for 蓬江
// 区东湖空气质量自动监测子站.
func speaksOfStation(text, station string) bool {
	name := wording.Normal(station)
	if strings.Contains(text, name) {
		return true
	}
	short := []rune(stationWords.Replace(name))
	return len(short) >= 2 && strings.Contains(text, string(short[len(short)-2:]))
}

func hasWord(text, word string) bool {
	return strings.Contains(strings.ToUpper(text), strings.ToUpper(wording.Normal(word)))
}

// partsMissing compares the numbers of a numbered narrative with those of the
// requirement: a narrative that goes by numbers leaves none out.
func (w *warner) partsMissing() {
	told := map[string]bool{}
	for _, t := range w.told {
		if t.Number != "" {
			told[t.Number] = true
		}
	}
	parts, alike := wording.Parts(w.task.Requirement), 0
	for _, p := range parts {
		if told[p.Number] {
			alike++
		}
	}
	if alike < 2 { // by other numbers, or none
		return
	}
	for _, p := range parts {
		if p.Number != "" && !told[p.Number] && len(w.task.Measures) > 0 && w.task.Measures[0].Station == "" {
			w.add(WarnMissing, "narrative", p.Number, "", "", "进展情况没有第"+p.Number+"部分："+brief(p.Text), "the narrative has no part "+p.Number+": "+brief(p.Text))
		}
	}
}

// brief is the beginning of a text.
func brief(text string) string {
	if rs := []rune(text); len(rs) > 30 {
		return string(rs[:30]) + "…"
	}
	return text
}
