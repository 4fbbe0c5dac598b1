package workflow

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/workflow/assess"
)

func indexed(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

func checkCode(p *Problems, field, code string) {
	if !codeForm.MatchString(code) {
		p.Add(field, "form", "代码须为 1 到 64 个字母、数字、点、下划线或连字符，以字母或数字开头", "must be 1 to 64 letters, digits, dots, underscores or hyphens, starting with a letter or digit")
	}
}

// checkText refuses text that is too short or too long (in characters), is not
// UTF-8, or has control characters other than line breaks and tabs.
func checkText(p *Problems, field, text string, least, most int) {
	n := utf8.RuneCountInString(strings.TrimSpace(text))
	switch {
	case n < least:
		p.Add(field, "required", "不能为空", "must not be empty")
	case n > most:
		p.Add(field, "too_long", fmt.Sprintf("有 %d 个字，最多 %d 个", n, most), fmt.Sprintf("has %d characters, at most %d are allowed", n, most))
	case !utf8.ValidString(text) || strings.ContainsFunc(text, isControl):
		p.Add(field, "characters", "含有控制字符或无效编码", "has control characters or is not valid UTF-8")
	}
}

func isControl(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
}

func checkRatio(p *Problems, field string, r assess.Decimal) {
	if r.Sign() <= 0 || r.GreaterThan(one) || -r.Exponent() > 4 {
		p.Add(field, "range", "比例须大于 0、不大于 1，最多四位小数，例如 \"0.70\"", "must be above 0, at most 1, with at most four decimals, for example \"0.70\"")
	}
}
