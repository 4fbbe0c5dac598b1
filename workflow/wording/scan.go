package wording

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// sense is what a figure's words say of it.
type sense int

const (
	reach   sense = iota // at least
	notOver              // at most
	changed              // by so much
)

// token is a deadline or a figure in a sentence.
type token struct {
	from, to int // bytes of the sentence
	date     bool
	words    string
	day      calendar.Date // of a deadline; zero: no calendar knows it

	value  assess.Decimal
	exact  bool // value is what the words say
	unit   string
	linked bool // a share of the figure before it: 15家…中的60%
}

// sentence is one sentence in which everything that is understood stands as a
// token, and blanks in its place in text.
type sentence struct {
	whole  string
	text   string
	tokens []token
	marks  []Mark
	line   bool // speaks of a watch line
}

// blanked puts blanks in place of text[from:to].
func blanked(text string, from, to int) string {
	return text[:from] + strings.Repeat(" ", to-from) + text[to:]
}

// each calls do for every match of a group and blanks what do accepts. do may
// accept less than the match.
func (s *sentence) each(g group, do func(words string, from, to int) int) {
	for _, at := range compiled[g].all(s.text) {
		if at[0] == at[1] {
			continue
		}
		if end := do(s.text[at[0]:at[1]], at[0], at[1]); end > at[0] {
			s.text = blanked(s.text, at[0], end)
		}
	}
}

// scan reads one sentence of normal text. year is carried from sentence to
// sentence.
func scan(text string, year *int) *sentence {
	s := &sentence{whole: text, text: text}
	if compiled[criterion].in(text) {
		s.text = strings.Repeat(" ", len(text))
		return s
	}
	all := func(_ string, _, to int) int { return to }
	s.each(notDate, all)
	s.each(openDate, func(words string, from, to int) int {
		s.tokens = append(s.tokens, token{from: from, to: to, date: true, words: words})
		return to
	})
	s.each(recurring, func(words string, _, to int) int {
		if !strings.ContainsAny(words, "0123456789一二两三四五六七八九十") {
			return 0
		}
		if strings.HasPrefix(words, "每") && !strings.ContainsAny(words, "次场轮篇期遍") {
			return 0
		}
		s.mark("recurring", words, "按周期重复的要求，不能用累计、阶段或上限指标表示", "a duty that recurs is no cumulative, stages or ceiling measure")
		return to
	})
	s.each(deadline, func(words string, from, to int) int {
		if lastWord.MatchString(words) && bareYear.MatchString(words) {
			to = from + len(bareYear.FindString(words))
			words = s.text[from:to]
		}
		day, own, ok := resolve(words, *year)
		if own && ok {
			*year = day.Year()
		}
		s.tokens = append(s.tokens, token{from: from, to: to, date: true, words: words, day: day})
		return to
	})
	s.ownYear(*year)
	s.line = compiled[watchLine].in(s.text)
	s.each(watchLine, all)
	s.each(interval, func(words string, _, to int) int {
		s.mark("range", words, "是一个区间，不是一个目标值", "is a range, not one target")
		return to
	})
	s.each(portion, func(words string, from, to int) int {
		value, exact := fraction(strings.TrimSuffix(words, "以"))
		s.tokens = append(s.tokens, token{from: from, to: to, words: words, value: value, exact: exact, unit: "%"})
		return to
	})
	s.each(attribute, func(words string, _, to int) int {
		if strings.HasSuffix(words, "以上") || strings.HasSuffix(words, "以下") {
			if next, _ := utf8.DecodeRuneInString(s.text[to:]); !unicode.Is(unicode.Han, next) {
				return 0 // 70%以上, nothing after it: a figure
			}
		}
		return to
	})
	s.each(quantity, s.figure)
	s.sort()
	s.brackets()
	return s
}

// ownYear takes a year at the beginning as its last day when it is the one in hand
// and no other deadline stands in the sentence: 2024年货运量增长8%.
func (s *sentence) ownYear(year int) {
	at := compiled[yearOnly].whole().FindStringIndex(s.text)
	if at == nil || len(s.tokens) > 0 || strings.HasPrefix(s.text[at[1]:], "度") {
		return
	}
	if day, _, ok := resolve(s.text[:at[1]], year); ok && day.Year() == year {
		s.tokens = append(s.tokens, token{from: 0, to: at[1], date: true, words: s.text[:at[1]], day: day})
		s.text = blanked(s.text, 0, at[1])
	}
}

var (
	verbBefore = regexp.MustCompile(`(?:完成|新增|新建|建成|建设|改造|整治|达到|达|不低于|不少于|其中|其余|剩余|有|^)$`)
	figureForm = regexp.MustCompile(`^(` + digitsForm + `|` + cnForm + `?)(` + unitForm + `)$`)
	safeUnits  = regexp.MustCompile(`^(?:[百千]?[万亿])?(?:个|条|座|家|户|台|辆|套|项|处|件|宗|栋|幢|所|份|亩|公里|米|平方米|吨|人|名|次|根|间|张|株|人次|立方米|元|千瓦)(?:/日|/年)?$`)
)

// figure takes a number with its unit, unless it describes the thing after it.
func (s *sentence) figure(words string, from, to int) int {
	m := figureForm.FindStringSubmatch(words)
	if m == nil {
		return 0
	}
	digits, unit := m[1], m[2]
	if digits[0] > '9' && !safeUnits.MatchString(unit) {
		return 0
	}
	if digits[0] <= '9' && from > 0 && isLetter(s.text[from-1]) {
		return 0 // the digits of NO2, PM10
	}
	before, after := strings.TrimSpace(s.text[:from]), s.text[to:]
	if strings.HasPrefix(after, "的") && !verbBefore.MatchString(before) {
		return to
	}
	if u, _, ok := unitOf(unit); !ok || u.dim == span {
		return to
	}
	value, ok := number(digits)
	if !ok {
		return 0
	}
	s.tokens = append(s.tokens, token{from: from, to: to, words: words, value: value, exact: true, unit: unit})
	return to
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '.' }

func (s *sentence) sort() {
	slices.SortStableFunc(s.tokens, func(a, b token) int { return a.from - b.from })
}

// brackets makes what stands in brackets a clause of its own when there is a token
// in it, and nothing otherwise.
func (s *sentence) brackets() {
	for from := strings.IndexByte(s.text, '('); from >= 0; {
		size := strings.IndexByte(s.text[from:], ')')
		if size < 0 {
			return
		}
		to := from + size + 1
		if s.has(from, to) {
			s.text = s.text[:from] + "|" + s.text[from+1:to-1] + "|" + s.text[to:]
		} else {
			s.text = blanked(s.text, from, to)
		}
		next := strings.IndexByte(s.text[to:], '(')
		if next < 0 {
			return
		}
		from = to + next
	}
}

func (s *sentence) has(from, to int) bool {
	for _, t := range s.tokens {
		if t.from >= from && t.to <= to {
			return true
		}
	}
	return false
}

func (s *sentence) mark(code, words, zh, en string) {
	s.marks = append(s.marks, Mark{Code: code, Text: words, ZH: "“" + words + "”" + zh, EN: "“" + words + "” " + en})
}

// clause is a piece of a sentence between commas.
type clause struct {
	from, to int
	tokens   []token
}

// clauses cuts the sentence at its commas, and at 、 between tokens.
func (s *sentence) clauses() []clause {
	var cuts []int // where a piece ends
	for i, r := range s.text {
		switch r {
		case '，', '：', '|', '！', '？':
			cuts = append(cuts, i)
		case '、':
			if s.tokenBetween(lastCut(cuts), i) && s.tokenBetween(i, s.nextCut(i)) {
				cuts = append(cuts, i)
			}
		}
	}
	cuts = append(cuts, len(s.text))
	var list []clause
	from, next := 0, 0
	for _, to := range cuts {
		c := clause{from: from, to: to}
		for ; next < len(s.tokens) && s.tokens[next].from < to; next++ {
			c.tokens = append(c.tokens, s.tokens[next])
		}
		list = append(list, c)
		if to < len(s.text) {
			_, size := utf8.DecodeRuneInString(s.text[to:])
			from = to + size
		}
	}
	return list
}

func lastCut(cuts []int) int {
	if len(cuts) == 0 {
		return 0
	}
	return cuts[len(cuts)-1]
}

func (s *sentence) nextCut(from int) int {
	_, size := utf8.DecodeRuneInString(s.text[from:])
	if at := strings.IndexAny(s.text[from+size:], "，、|："); at >= 0 {
		return from + size + at
	}
	return len(s.text)
}

// tokenBetween reports a token that begins in text[from:to].
func (s *sentence) tokenBetween(from, to int) bool {
	for _, t := range s.tokens {
		if t.from >= from && t.from < to {
			return true
		}
	}
	return false
}
