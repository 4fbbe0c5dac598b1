// Package wording reads the Chinese of official tables: deadlines, figures with
// their units, and the measures that a requirement speaks of. What it does not
// understand it marks; it never guesses. The grammar is the table in grammar.go.
// It is a leaf: texts in, values out, in time that grows with the text.
package wording

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// sameWriting are other ways to write the same thing.
var sameWriting = strings.NewReplacer(
	"㎡", "平方米", "㎥", "立方米", "㎞", "公里", "㎝", "厘米", "m³", "立方米", "m3", "立方米", "m²", "平方米", "m2", "平方米",
	"μg/", "微克/", "µg/", "微克/", "ug/", "微克/", "mg/L", "毫克/升", "mg/l", "毫克/升", "mg/", "毫克/", "dB(A)", "分贝", "dB", "分贝",
	"微克每立方米", "微克/立方米", "毫克每升", "毫克/升", "/天", "/日", "/d", "/日", "/月·平方公里", "/平方公里·月",
	"km", "公里", "千米", "公里", "KM", "公里", "kWh", "千瓦时", "MW", "兆瓦", "kW", "千瓦", "≧", "≥", "≦", "≤", ">=", "≥", "<=", "≤",
	"₂", "2", "₃", "3", "₅", "5", "₁", "1", "₀", "0", ".₅", ".5", "—", "-", "–", "-", "~", "-", "～", "-", "至少", "不少于",
	"「", "“", "」", "”", "〔", "(", "〕", ")", "[", "(", "]", ")",
)

// Normal returns a text as the patterns have it: half-width digits, letters,
// brackets, percent signs and slashes, full-width commas and stops between words,
// one writing of each unit, no spaces.
func Normal(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\u2028':
			b.WriteByte('\n')
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
		default:
			b.WriteRune(narrow(r))
		}
	}
	return stops(sameWriting.Replace(b.String()))
}

// narrow gives the half-width form of what has one, except of marks that end
// clauses.
func narrow(r rune) rune {
	switch r {
	case '，', '。', '；', '：', '、', '！', '？':
		return r
	case '﹪':
		return '%'
	}
	if n := width.LookupRune(r).Narrow(); n != 0 && n < 0x7F {
		return n
	}
	return r
}

// stops makes commas, semicolons, colons and full stops between words full-width
// and takes the commas out of 1,250.
func stops(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	rs := []rune(text)
	digit := func(i int) bool { return i >= 0 && i < len(rs) && rs[i] >= '0' && rs[i] <= '9' }
	for i, r := range rs {
		switch r {
		case ',', '，':
			if digit(i-1) && digit(i+1) && digit(i+2) && digit(i+3) && !digit(i+4) && r == ',' {
				continue
			}
			b.WriteRune('，')
		case ';':
			b.WriteRune('；')
		case ':':
			b.WriteRune('：')
		case '.':
			if digit(i-1) && digit(i+1) || i+1 < len(rs) && digit(i-1) {
				b.WriteRune('.')
			} else {
				b.WriteRune('。')
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
