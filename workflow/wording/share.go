package wording

import (
	"strings"

	"duban/workflow/assess"
)

// countable are the dimensions that come in whole units.
var countable = map[dimension]bool{counts: true, persons: true}

// shares makes a percentage of a count out of 8座加油站 and 完成10%加油站…; of what
// does not come in whole units the percentage becomes an amount: 40% of 30万千瓦.
func (a *assembly) shares() {
	for _, s := range a.series {
		if s.unit != "%" || s.changed || rateLike(s.noun) || s.gone {
			continue
		}
		count, from := a.countFor(s)
		if count == nil {
			continue
		}
		u, _, _ := unitOf(count.unit)
		switch total := count.value.Mul(bare(u)); {
		case countable[u.dim] && total.IsInteger() && total.Sign() > 0:
			s.of = &assess.Count{Count: total.IntPart(), Unit: u.word}
			if s.noun == "" {
				s.noun, s.name = count.noun, count.name
			}
			if !count.due.IsZero() && from != nil && !count.linked {
				hundred := *count
				hundred.value, hundred.unit = assess.Whole(100), "%"
				if !s.has(hundred) {
					s.facts = append(s.facts, hundred)
				}
			}
		case u.dim == money || u.dim == share:
			continue
		case s.noun == "":
			for i := range s.facts {
				s.facts[i].value = shortest(s.facts[i].value.Mul(count.value).Shift(-2))
			}
			s.noun, s.name, s.unit = count.noun, count.name, count.unit
			if !count.due.IsZero() {
				s.facts = append(s.facts, *count)
			}
		default:
			continue
		}
		s.counted = *count
		if from != nil {
			from.gone = true
		}
	}
}

// shortest drops zeros at the end: 12.00 is 12.
func shortest(d assess.Decimal) assess.Decimal {
	short, err := assess.ParseDecimal(d.String())
	if err != nil {
		return d
	}
	return short
}

// bare is how many of the bare unit a unit with 万 before it is.
func bare(u unit) assess.Decimal {
	base := units[u.word]
	return u.factor.Div(base.factor)
}

// countFor finds the count that a percentage is of: a series with one figure, or
// the one figure of the subject.
func (a *assembly) countFor(s *series) (*fact, *series) {
	for _, c := range a.series {
		if c == s || c.unit == "%" || c.gone || c.changed || len(c.facts) != 1 {
			continue
		}
		f := c.facts[0]
		linked := s.facts[0].linked && s.facts[0].sentence == f.sentence
		if linked {
			f.linked = true
			return &f, c
		}
		if belongs(s.noun, c.noun) && (s.noun != "" || f.due.IsZero() || !f.due.Before(s.facts[len(s.facts)-1].due)) {
			return &f, c
		}
	}
	var found *fact
	for i, f := range a.subject {
		if f.kind != figureFact || f.unit == "%" || f.sense != reach || !belongs(s.noun, f.noun) {
			continue
		}
		if found != nil {
			a.marks = append(a.marks, markOf("count", s.name, "百分比以哪个总数计算不明确", "it is not clear of which count this is a percentage"))
			return nil, nil
		}
		found = &a.subject[i]
	}
	return found, nil
}

// belongs reports that a percentage of share may be of the count of things: no noun
// of its own, or one that begins as the counted thing does.
func belongs(share, thing string) bool {
	if share == "" {
		return true
	}
	if strings.Contains(share, "工程量") || strings.Contains(share, "进度") || strings.Contains(share, "投资") {
		return false
	}
	a, b := []rune(stem.ReplaceAllString(share, "")), []rune(stem.ReplaceAllString(thing, ""))
	return len(a) >= 2 && len(b) >= 2 && string(a[:2]) == string(b[:2]) || strings.Contains(thing, share)
}
