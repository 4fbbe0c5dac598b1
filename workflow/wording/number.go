package wording

import (
	"strings"

	"github.com/shopspring/decimal"
)

var cnDigits = map[rune]int64{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

var cnPlaces = map[rune]int64{'十': 10, '百': 100, '千': 1000}

// chinese reads a Chinese numeral up to the thousands of 亿: 八百六十, 十二, 两千,
// 五千万. false for what is none.
func chinese(s string) (decimal.Decimal, bool) {
	if strings.IndexAny(s, "万亿百千") == 0 {
		return decimal.Decimal{}, false // 万元GDP: no count
	}
	var total, section, digit int64
	digit = -1
	for _, r := range s {
		if d, ok := cnDigits[r]; ok {
			if digit > 0 {
				return decimal.Decimal{}, false // 二〇二四 is a year, not a count
			}
			digit = d
			continue
		}
		if p, ok := cnPlaces[r]; ok {
			section += max(digit, 1) * p
			digit = -1
			if section > 1e8 {
				return decimal.Decimal{}, false
			}
			continue
		}
		switch r {
		case '万':
			total += (section + max(digit, 0)) * 1e4
		case '亿':
			total = (total + section + max(digit, 0)) * 1e8
		default:
			return decimal.Decimal{}, false
		}
		section, digit = 0, -1
		if total > 1e15 || total < 0 {
			return decimal.Decimal{}, false
		}
	}
	return decimal.NewFromInt(total + section + max(digit, 0)), s != ""
}

// number reads digits or a Chinese numeral; more than 12 digits are none.
func number(s string) (decimal.Decimal, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return chinese(s)
	}
	whole, _, _ := strings.Cut(s, ".")
	if len(whole) > 12 || len(s)-len(whole) > 9 {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(s)
	return d, err == nil
}

// fraction reads 一半, 七成, 八成五, 百分之四十五 and 四分之三 as percent. false for
// a fraction that no decimal is exactly.
func fraction(s string) (decimal.Decimal, bool) {
	hundred := decimal.NewFromInt(100)
	if s == "一半" || s == "半数" {
		return decimal.NewFromInt(50), true
	}
	if tens, rest, ok := strings.Cut(s, "成"); ok {
		a, okA := number(tens)
		b, okB := decimal.Decimal{}, true
		if rest != "" {
			b, okB = number(rest)
		}
		return a.Mul(decimal.NewFromInt(10)).Add(b), okA && okB
	}
	of, part, ok := strings.Cut(s, "分之")
	if !ok {
		return decimal.Decimal{}, false
	}
	p, okP := number(strings.ReplaceAll(part, "点", "."))
	if of == "百" {
		return p, okP
	}
	whole, okW := number(of)
	if !okP || !okW || whole.Sign() <= 0 {
		return decimal.Decimal{}, false
	}
	q, rest := p.Mul(hundred).QuoRem(whole, 4)
	return shortest(q), rest.IsZero()
}
