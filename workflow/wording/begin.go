package wording

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode/utf8"
)

// finder finds what one of some forms matches, as their alternation would. An
// expression is slow to look for, mostly where there is nothing; so a form is only
// tried in a text that has the characters that it needs, and where one stands
// with which it can begin. Both are made when they are first asked for: few programs
// that start read any text.
type finder struct {
	whole func() *regexp.Regexp // the alternation
	forms func() []form         // nil: one of them looks at what is before it, or may begin with anything
}

type form struct {
	anchored *regexp.Regexp
	begins   map[rune]bool
	needs    need
}

// mostBegins is how many characters are worth looking for.
const mostBegins = 400

func newFinder(forms ...string) *finder {
	return &finder{
		whole: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(strings.Join(forms, "|")) }),
		forms: sync.OnceValue(func() []form { return formsOf(forms) }),
	}
}

func formsOf(texts []string) (list []form) {
	for _, text := range texts {
		tree, err := syntax.Parse(text, syntax.Perl)
		if err != nil {
			panic("wording: " + err.Error())
		}
		tree = tree.Simplify()
		one := form{begins: map[rune]bool{}, needs: needOf(tree)}
		if empty, ok := one.begin(tree); empty || !ok {
			return nil
		}
		one.anchored = regexp.MustCompile(`\A(?:` + text + `)`)
		list = append(list, one)
	}
	return list
}

// begin notes the characters with which a match of an expression can begin. It
// reports whether one can be empty; ok is false where it looks around, or where
// the characters are too many.
func (f *form) begin(e *syntax.Regexp) (empty, ok bool) {
	switch e.Op {
	case syntax.OpEmptyMatch:
		return true, true
	case syntax.OpLiteral:
		f.begins[e.Rune[0]] = true
		return false, e.Flags&syntax.FoldCase == 0
	case syntax.OpCharClass:
		for i := 0; i < len(e.Rune); i += 2 {
			if int(e.Rune[i+1]-e.Rune[i])+len(f.begins) > mostBegins {
				return false, false
			}
			for r := e.Rune[i]; r <= e.Rune[i+1]; r++ {
				f.begins[r] = true
			}
		}
		return false, true
	case syntax.OpCapture, syntax.OpPlus:
		return f.begin(e.Sub[0])
	case syntax.OpStar, syntax.OpQuest:
		_, ok := f.begin(e.Sub[0])
		return true, ok
	case syntax.OpConcat:
		for _, part := range e.Sub {
			if empty, ok := f.begin(part); !ok || !empty {
				return false, ok
			}
		}
		return true, true
	case syntax.OpAlternate:
		for _, way := range e.Sub {
			one, ok := f.begin(way)
			if !ok {
				return false, false
			}
			empty = empty || one
		}
		return empty, true
	}
	return false, false
}

// need says which characters a text must have, wherever, so that an expression can
// match: one of some (any), or all that some need. The zero value is satisfied.
type need struct {
	any   []rune
	all   []need
	oneOf []need
}

func needOf(e *syntax.Regexp) need {
	var n need
	switch e.Op {
	case syntax.OpLiteral:
		if e.Flags&syntax.FoldCase == 0 {
			for _, r := range e.Rune {
				n.all = append(n.all, need{any: []rune{r}})
			}
		}
	case syntax.OpCharClass:
		for i := 0; i < len(e.Rune); i += 2 {
			if int(e.Rune[i+1]-e.Rune[i])+len(n.any) > mostNeeds {
				return need{}
			}
			for r := e.Rune[i]; r <= e.Rune[i+1]; r++ {
				n.any = append(n.any, r)
			}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needOf(e.Sub[0])
	case syntax.OpConcat:
		for _, part := range e.Sub {
			if of := needOf(part); !of.none() {
				n.all = append(n.all, of)
			}
		}
	case syntax.OpAlternate:
		for _, way := range e.Sub {
			of := needOf(way)
			if of.none() {
				return need{}
			}
			n.oneOf = append(n.oneOf, of)
		}
	}
	return n
}

// mostNeeds is how many characters of a class are told apart.
const mostNeeds = 40

func (n need) none() bool { return n.any == nil && n.all == nil && n.oneOf == nil }

// met reports whether the characters of a text may be enough.
func (n need) met(by *letters) bool {
	for _, of := range n.all {
		if !of.met(by) {
			return false
		}
	}
	return (n.any == nil || by.anyOf(n.any)) && (n.oneOf == nil || by.satisfy(n.oneOf))
}

// letters are the characters of a text; now and then it seems to have one more.
type letters [16]uint64

func lettersOf(text string) *letters {
	var l letters
	for _, r := range text {
		l[r>>6&15] |= 1 << (r & 63)
	}
	return &l
}

func (l *letters) anyOf(some []rune) bool {
	for _, r := range some {
		if l[r>>6&15]>>(r&63)&1 == 1 {
			return true
		}
	}
	return false
}

func (l *letters) satisfy(one []need) bool {
	for _, n := range one {
		if n.met(l) {
			return true
		}
	}
	return false
}

// all returns where the matches are, one after the other, none of them empty.
func (f *finder) all(text string) (list [][]int) {
	if f.forms() == nil {
		return f.whole().FindAllStringIndex(text, -1)
	}
	f.each(text, func(from, to int) bool {
		list = append(list, []int{from, to})
		return true
	})
	return list
}

// in reports whether a text has a match.
func (f *finder) in(text string) (there bool) {
	if f.forms() == nil {
		return f.whole().MatchString(text)
	}
	f.each(text, func(int, int) bool {
		there = true
		return false
	})
	return there
}

// each calls do for every match, until do has enough.
func (f *finder) each(text string, do func(from, to int) bool) {
	by := lettersOf(text)
	var room [16]*form
	forms := room[:0]
	of := f.forms()
	for i := range of {
		if one := &of[i]; one.needs.met(by) {
			forms = append(forms, one)
		}
	}
	if len(forms) == 0 {
		return
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		for _, one := range forms {
			if !one.begins[r] {
				continue
			}
			if at := one.anchored.FindStringIndex(text[i:]); at != nil {
				if !do(i, i+at[1]) {
					return
				}
				size = at[1]
				break
			}
		}
		i += size
	}
}
