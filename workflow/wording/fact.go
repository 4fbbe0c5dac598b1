package wording

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

type factKind int

const (
	figureFact  factKind = iota // a figure to be reached, or not to be passed
	doneFact                    // finished by a day, of what was spoken of before
	deliverable                 // a thing to be done by a day
	duty                        // something to be done, without figure and day
	lineFact                    // below a watch line
)

// fact is one thing that a text asks for.
type fact struct {
	kind     factKind
	part     int // of the text, from 0
	sentence int // of the text, from 0
	due      calendar.Date
	open     string // words of a deadline that no calendar knows
	sense    sense
	value    assess.Decimal
	exact    bool
	unit     string
	noun     string // what is counted, without verbs
	name     string // what is counted, as it is shown
	station  string
	linked   bool // a share of the figure before it
	words    string
	source   Source
}

// reader collects what a text says.
type reader struct {
	year  int
	cell  Cell
	facts []fact
	marks []Mark
	part  int
	count int    // sentences
	whole string // the sentence that is being read
}

// text reads all parts of a normal text.
func (r *reader) text(text string) {
	for i, p := range parts(text) {
		r.part = i
		for _, whole := range sentences(p.Text) {
			if len(whole) > longest || len(r.facts) > mostFacts {
				r.marks = append(r.marks, markOf("too_long", "", "句子过长，没有读取", "a sentence is too long and was not read"))
				continue
			}
			r.whole = whole
			s := scan(whole, &r.year)
			r.marks = append(r.marks, s.marks...)
			r.sentence(s)
			r.count++
		}
	}
}

// mostFacts is how many facts of a text are read: a task has at most 200 measures.
const mostFacts = 300

// longest is the length of a sentence that is read, in bytes.
const longest = 2400

// span collects the facts of one sentence.
type spanner struct {
	*reader
	s       *sentence
	first   int // index of the sentence's first fact
	due     calendar.Date
	open    string
	used    bool  // the leading deadline has had its figure or thing
	dated   bool  // due or open is set
	pending []int // facts that wait for a deadline
	context string
	station string
}

func (r *reader) sentence(s *sentence) {
	sp := &spanner{reader: r, s: s, first: len(r.facts)}
	if sp.respectively() {
		return
	}
	list := s.clauses()
	for i, c := range list {
		sp.clause(c, i == len(list)-1)
	}
	if sp.dated && !sp.used && sp.open == "" && len(sp.pending) > 0 {
		sp.settle()
	}
	if sp.dated && !sp.used && sp.open != "" {
		sp.settle()
		sp.openMark()
	}
	if s.line {
		r.add(fact{kind: lineFact, name: trimmed(sp.plain(0, len(s.text))), unit: "%"})
	}
	if len(r.facts) == sp.first && len(s.marks) == 0 && strings.TrimSpace(s.text) != "" && !sp.dated {
		r.add(fact{kind: duty, name: strings.Trim(sp.plain(0, len(s.text)), "，、：")})
	}
}

func (r *reader) add(f fact) {
	f.part, f.sentence = r.part, r.count
	f.source = Source{Cell: r.cell, Part: r.part, Text: strings.TrimSpace(r.whole)}
	r.facts = append(r.facts, f)
}

func (sp *spanner) openMark() {
	sp.marks = append(sp.marks, markOf("due", sp.open, "期限“"+sp.open+"”没有确定的日期", "the deadline “"+sp.open+"” names no day"))
}

// plain is the text of a stretch without tokens.
func (sp *spanner) plain(from, to int) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '|' {
			return -1
		}
		return r
	}, sp.s.text[from:to])
}

// trimmed takes away what says nothing about what is counted.
func trimmed(text string) string {
	for range 4 {
		short := text
		for _, at := range compiled[empty].whole().FindAllStringIndex(short, -1) {
			if at[0] == 0 && at[1] < len(short) || at[1] == len(short) && at[0] > 0 {
				if at[0] == 0 {
					short = short[at[1]:]
				} else {
					short = short[:at[0]]
				}
				break
			}
			if at[0] == 0 && at[1] == len(short) {
				return ""
			}
		}
		if short == text {
			break
		}
		text = short
	}
	return text
}

func (sp *spanner) clause(c clause, last bool) {
	var figures []token
	deadlines := 0
	for _, t := range c.tokens {
		if !t.date {
			figures = append(figures, t)
			continue
		}
		if deadlines++; deadlines > 1 && !t.day.IsZero() {
			continue // 11月底前完成全年造林…: the first says when
		}
		sp.lead(t)
	}
	rest := sp.plain(c.from, c.to)
	switch {
	case len(figures) > 0:
		sp.figures(c, figures)
	case deadlines > 0:
		sp.dateOnly(c, rest, last)
	default:
		sp.words(rest)
	}
}

// lead sets the deadline for what follows.
func (sp *spanner) lead(t token) {
	sp.due, sp.open, sp.used, sp.dated = t.day, "", false, true
	if t.day.IsZero() {
		sp.open = t.words
	}
}

// settle gives the deadline to the facts that wait for one.
func (sp *spanner) settle() {
	for _, i := range sp.pending {
		sp.facts[i].due, sp.facts[i].open = sp.due, sp.open
	}
	sp.pending, sp.used = nil, true
}

// dateOnly reads a clause with a deadline and no figure.
func (sp *spanner) dateOnly(c clause, rest string, last bool) {
	rest = strings.Trim(rest, "，、：")
	short := trimmed(rest)
	bare := short == "" || isDone(rest) || isDone(short)
	inBrackets := c.from > 0 && sp.s.text[c.from-1] == '|' && len(sp.facts) > sp.first
	switch {
	case bare && len(sp.pending) > 0:
		sp.settle()
		if sp.open != "" {
			sp.openMark()
		}
	case bare && inBrackets: // 六成以上（6月底前）、八成以上（12月底前）
		sp.facts[len(sp.facts)-1].due, sp.facts[len(sp.facts)-1].open = sp.due, sp.open
		sp.used = true
		if sp.open != "" {
			sp.openMark()
		}
	case rest == "" && !last: // 6月底前，…: it leads
	case bare && rest != "":
		sp.finish(fact{kind: doneFact, words: rest})
	case bare:
	default:
		sp.finish(fact{kind: deliverable, name: short, words: rest})
	}
}

// finish adds a fact that takes the deadline.
func (sp *spanner) finish(f fact) {
	sp.used = true
	if sp.open != "" {
		sp.openMark()
		return
	}
	f.due = sp.due
	sp.add(f)
}

var startsThing = regexp.MustCompile(`^(?:并)?(?:完成|建成|出台|制定|印发|编制|启动|开工|报送|提交|建立|取得|通过)`)

// words reads a clause without deadline and figure.
func (sp *spanner) words(rest string) {
	short := trimmed(rest)
	if short == "" && !isDone(rest) {
		return
	}
	if sp.dated && !sp.s.line && (!sp.used || startsThing.MatchString(rest) && !isDone(rest)) {
		if isDone(rest) || isDone(short) {
			sp.finish(fact{kind: doneFact, words: rest})
			return
		}
		if sp.used || startsThing.MatchString(rest) {
			sp.finish(fact{kind: deliverable, name: short, words: rest})
			return
		}
	}
	sp.context = rest
}

// isDone reports words that only say that something is finished.
func isDone(words string) bool {
	return words != "" && compiled[completion].whole().MatchString(words)
}

// respectively reads 6月底、9月底、12月底前分别完成10%、50%、100%.
func (sp *spanner) respectively() bool {
	at := strings.Index(sp.s.text, "分别")
	if at < 0 {
		return false
	}
	var days, figures []token
	for _, t := range sp.s.tokens {
		switch {
		case t.date && t.from < at && !t.day.IsZero():
			days = append(days, t)
		case !t.date && t.from > at:
			figures = append(figures, t)
		}
	}
	if len(days) < 2 || len(days) != len(figures) || len(days)+len(figures) != len(sp.s.tokens) {
		return false
	}
	noun := trimmed(sp.plain(0, figures[0].from))
	noun = strings.Trim(strings.ReplaceAll(strings.ReplaceAll(noun, "分别", ""), "、", ""), "，")
	noun = trimmed(noun)
	if noun == "" {
		noun = trimmed(sp.plain(figures[len(figures)-1].to, len(sp.s.text)))
	}
	for i, f := range figures {
		sp.add(fact{kind: figureFact, due: days[i].day, value: f.value, exact: f.exact, unit: f.unit, noun: noun, name: noun, words: f.words})
	}
	return true
}

// first rune of a text.
func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
