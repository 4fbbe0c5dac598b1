package workflow

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// normalPassword is the form in which passwords are compared: NFKC, so that one typed
// with full-width digits, or with an accent in two parts, is the same one (SP
// 800-63B-4, 3.1.1.2). Spaces count and nothing is trimmed.
func normalPassword(password string) string { return norm.NFKC.String(password) }

// checkPassword adds the broken rules of a new password of an account to p.
func (r SignInRules) checkPassword(p *Problems, field string, u User, password string) {
	if len(password) > 8*maxPassword {
		password = strings.Repeat("x", maxPassword+1) // too long in any form
	}
	password = normalPassword(password)
	least := r.minPassword(u.Grants)
	if n := utf8.RuneCountInString(password); n < least || n > maxPassword {
		p.Add(field, "length", fmt.Sprintf("密码须为 %d 到 %d 个字符", least, maxPassword), fmt.Sprintf("must be %d to %d characters", least, maxPassword))
		return
	}
	if strings.ContainsFunc(password, unicode.IsControl) || !utf8.ValidString(password) {
		p.Add(field, "form", "密码不得含控制字符", "must not have control characters")
	}
	if r.Profile == Dengbao3 && kindsOf(password) < dengbaoCharacters {
		p.Add(field, "kinds", "密码须含大写字母、小写字母、数字、其他字符四类中的至少三类（GB/T 22239-2019 8.1.4.1）",
			"must have at least three of: capitals, small letters, digits, other characters (GB/T 22239-2019 8.1.4.1)")
	}
	if guessable(password, u.Login, u.Name) {
		p.Add(field, "common", "密码过于常见：由常用密码、姓名、登录名、键盘或数字序列、日期拼成。请用几个互不相干的词",
			"is too common: it is made of common passwords, the name or login, keyboard or number sequences or dates; use several unrelated words")
	}
}

// kindsOf counts the kinds of characters.
func kindsOf(password string) int {
	var upper, lower, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return upper + lower + digit + other
}
