package wording

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"duban/workflow/assess"
)

// Context is what a reader knows beside the texts.
type Context struct {
	Year int // taken where a deadline names none
	// Line is the figure of the watch line in percent, when it stands elsewhere in
	// the row, "" when it does not.
	Line string
}

// Reading is what was read from a task's texts.
type Reading struct {
	Measures []Measure
	Marks    []Mark
}

// Measure is a measure as it was read. A target without a day (Due is zero) and a
// ceiling without a figure (Target is nil) have their mark in the Reading.
type Measure struct {
	assess.Measure
	// Assumed are notes about what does not stand in the text.
	Assumed []Note
	// Sources are the sentences that it was read from, in the order of the text.
	Sources []Source
}

// Cell is the text that something was read from.
type Cell string

// The cells of a task.
const (
	Subject     Cell = "subject"     // 主要任务
	Requirement Cell = "requirement" // 工作内容及要求
)

// Source is a sentence in normal writing, and where it stands.
type Source struct {
	Cell Cell
	Part int // of the text, from 0: （1）, （2）…
	Text string
}

// sourcesOf are the sources of facts, each once.
func sourcesOf(facts ...fact) []Source {
	var list []Source
	for _, f := range facts {
		if f.source != (Source{}) && !slices.Contains(list, f.source) {
			list = append(list, f.source)
		}
	}
	slices.SortStableFunc(list, func(a, b Source) int {
		return cmp.Or(-cmp.Compare(a.Cell, b.Cell), cmp.Compare(a.Part, b.Part))
	})
	return list
}

// Note is a remark for people.
type Note struct{ ZH, EN string }

// mostText is how much of a text is read, in bytes.
const mostText = 64 << 10

// ReadTask reads the measures of a task from its subject (主要任务) and its
// requirement (工作内容及要求).
func ReadTask(subject, requirement string, c Context) Reading {
	if len(subject)+len(requirement) > mostText {
		return Reading{Marks: []Mark{markOf("too_long", "", "文字过长，没有读取", "the text is too long and was not read")}}
	}
	s, r := read(Subject, subject, c), read(Requirement, requirement, c)
	a := &assembly{context: c, subject: s.facts, whole: Normal(subject + "\n" + requirement)}
	facts := r.facts
	if !gives(facts) {
		facts = a.fromSubject(facts)
		a.marks = append(a.marks, s.marks...)
	}
	a.marks = append(a.marks, r.marks...)
	for i := range facts {
		a.take(&facts[i])
	}
	a.shares()
	a.finish()
	return Reading{Measures: a.list(), Marks: a.marks}
}

func read(cell Cell, text string, c Context) *reader {
	r := &reader{year: c.Year, cell: cell}
	r.text(Normal(text))
	return r
}

// gives reports facts that are measures by themselves.
func gives(facts []fact) bool {
	for _, f := range facts {
		if f.kind == figureFact || f.kind == deliverable || f.kind == lineFact {
			return true
		}
	}
	return false
}

// goesOn finds duties that have no end: 推进…, 加强….
var goesOn = compiled[steady].whole()

// fromSubject takes the subject's facts where the requirement only says by when:
// 新增61条…；2023年12月10日前完成。
func (a *assembly) fromSubject(of []fact) []fact {
	var dates, others []fact
	for _, f := range of {
		if f.kind == doneFact {
			dates = append(dates, f)
		} else {
			others = append(others, f)
		}
	}
	figures := false
	for _, f := range a.subject {
		figures = figures || f.kind == figureFact || f.kind == lineFact
	}
	var facts []fact
	if len(a.subject) == 0 {
		for i := range dates { // 年底前完成验收, of nothing else
			dates[i].kind, dates[i].name = deliverable, dates[i].words
		}
		return append(dates, others...)
	}
	for _, f := range a.subject {
		switch {
		case f.kind == figureFact && f.due.IsZero() && len(dates) > 0 && f.sense != notOver:
			f.due = dates[len(dates)-1].due
		case f.kind == duty && len(dates) > 0 && (!figures || !goesOn.MatchString(f.name)):
			f.kind, f.due = deliverable, dates[len(dates)-1].due
			f.name = trimmed(f.name)
		case f.kind == duty && len(dates) == 0 && len(others) > 0:
			continue // the requirement says it more exactly
		}
		facts = append(facts, f)
	}
	return append(facts, others...)
}

// assembly makes measures of facts.
type assembly struct {
	context Context
	subject []fact
	whole   string
	marks   []Mark
	series  []*series
	stages  []fact
	places  []place // the order of the measures
	done    []fact
	rest    []Measure // ceilings and qualitative measures
}

// place is where a measure stands: which of the series, the stages, or the rest.
type place struct {
	kind  factKind
	index int
}

// series are the figures of one cumulative measure.
type series struct {
	name, noun, unit string
	changed          bool
	facts            []fact
	of               *assess.Count
	gone             bool // it has become part of another
	dated, counted   fact // what gave a deadline to all of them, what the percentage is of
}

func (a *assembly) take(f *fact) {
	switch {
	case f.kind == figureFact && f.sense == notOver:
		a.ceiling(*f)
	case f.kind == figureFact:
		a.figure(*f)
	case f.kind == lineFact:
		a.line(*f)
	case f.kind == doneFact:
		a.done = append(a.done, *f)
	case f.kind == deliverable:
		if len(a.stages) == 0 {
			a.places = append(a.places, place{kind: deliverable})
		}
		a.stages = append(a.stages, *f)
	default:
		a.places = append(a.places, place{duty, len(a.rest)})
		a.rest = append(a.rest, Measure{Measure: assess.Measure{Kind: assess.Qualitative, Name: shortened(f.name)}, Sources: sourcesOf(*f)})
	}
}

// figure adds a figure to the series it goes on with, or begins one.
func (a *assembly) figure(f fact) {
	for i := len(a.series) - 1; i >= 0; i-- {
		s := a.series[i]
		last := s.facts[len(s.facts)-1]
		if s.unit == f.unit && sameNoun(s.noun, f.noun, s.changed) && s.changed == (f.sense == changed) && !s.has(f) && (f.noun != "" || last.part == f.part || len(a.series) == 1 || i == len(a.series)-1) {
			s.facts = append(s.facts, f)
			if s.noun == "" {
				s.noun, s.name = f.noun, f.name
			}
			return
		}
	}
	a.places = append(a.places, place{figureFact, len(a.series)})
	a.series = append(a.series, &series{name: f.name, noun: f.noun, unit: f.unit, changed: f.sense == changed, facts: []fact{f}})
}

// has reports a figure for the same day.
func (s *series) has(f fact) bool {
	for _, g := range s.facts {
		if g.due == f.due && !(g.due.IsZero() && g.sentence != f.sentence) {
			return true
		}
	}
	return false
}

var stem = regexp.MustCompile(`新增|新建|新开工|累计|建成|建设|完成|全面|全部|全年|年度|安装工作|工作|任务|的`)

// sameNoun reports that two figures count the same thing: equal, one contained in
// the other, or one unnamed.
func sameNoun(a, b string, strict bool) bool {
	x, y := stem.ReplaceAllString(a, ""), stem.ReplaceAllString(b, "")
	if a == "" || b == "" {
		return !strict
	}
	return x == y || len(x) >= 6 && strings.Contains(y, x) || len(y) >= 6 && strings.Contains(x, y)
}

func (a *assembly) ceiling(f fact) {
	value := f.value
	decimals := max(0, -value.Exponent())
	name := shortened(f.name)
	a.places = append(a.places, place{duty, len(a.rest)})
	a.rest = append(a.rest, Measure{Measure: assess.Measure{Kind: assess.Ceiling, Name: name, Station: f.station, Unit: f.unit, Decimals: decimals, Target: &value}, Sources: sourcesOf(f)})
	if strings.Contains(a.whole, "年均值") && !slices.ContainsFunc(a.marks, func(m Mark) bool { return m.Code == "fallback" }) {
		a.marks = append(a.marks, markOf("fallback", "年均值", "“基本完成”以上年年均值为准，表中没有该值：请给各项指标填写 fallback", "“nearly” depends on last year's mean, which is not in the table: give each measure its fallback"))
	}
}

// line makes the ceiling of a watch line. The basin's own fallback, full, is that of
// the campaign notice (domain.md, "ceiling").
func (a *assembly) line(f fact) {
	m := Measure{Measure: assess.Measure{Kind: assess.Ceiling, Name: shortened(f.name), Unit: f.unit}, Sources: sourcesOf(f)}
	if value, ok := number(a.context.Line); ok && a.context.Line != "" {
		m.Target = &value
		m.Assumed = append(m.Assumed, Note{ZH: "警戒线 " + a.context.Line + "% 取自进展情况", EN: "the line of " + a.context.Line + "% is taken from the progress cell"})
		if strings.Contains(a.whole, "渗滤液") || strings.Contains(a.whole, "调节池") {
			full := assess.Whole(100)
			m.Fallback = &full
			m.Assumed = append(m.Assumed, Note{ZH: "未超过池容（100%）为基本完成", EN: "not above the basin's volume (100%) is nearly"})
		}
	} else {
		a.marks = append(a.marks, markOf("line", f.name, "警戒线是多少没有写明", "the figure of the watch line is not given"))
	}
	a.places = append(a.places, place{duty, len(a.rest)})
	a.rest = append(a.rest, m)
}

// shortened keeps a name within what a measure may have.
func shortened(name string) string {
	if rs := []rune(name); len(rs) > 100 {
		return string(rs[:100])
	}
	return name
}
