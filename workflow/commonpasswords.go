package workflow

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// commonText lists what common passwords are made of, one in a line: words, keyboard
// rows, pinyin of surnames, greetings and this office. It was put together for Duban;
// a line that begins with # is a comment.
//
//go:embed commonpasswords.txt
var commonText string

// commonParts is the list as a set, and the length of its longest part.
var commonParts = sync.OnceValues(func() (parts map[string]bool, longest int) {
	parts = map[string]bool{}
	for line := range strings.Lines(commonText) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		parts[line] = true
		longest = max(longest, utf8.RuneCountInString(line))
	}
	return parts, longest
})

// leastOwn is how many characters a password must have that no common part, sequence
// or repetition explains.
const leastOwn = 5

// guessable reports whether hardly anything of a password is its own: whoever guesses
// puts common parts together, with a name or a year and an exclamation mark. A list
// of whole passwords would let most of those through.
func guessable(password, login, name string) bool {
	for _, text := range []string{folded(password, nil), folded(password, leet)} {
		if own(text, login, name) < leastOwn {
			return true
		}
	}
	return false
}

// leet are the characters that stand in for letters.
var leet = map[rune]rune{'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', '$': 's', '!': 'i'}

// folded is a password without case, signs and, by the table, disguise.
func folded(password string, disguise map[rune]rune) string {
	return strings.Map(func(r rune) rune {
		if plain, ok := disguise[r]; ok {
			r = plain
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, password)
}

// own counts the characters of a folded password that are part of nothing common, in
// the way of taking it apart that leaves the fewest.
func own(text, login, name string) int {
	parts, longest := commonParts()
	personal := map[string]bool{}
	for _, word := range append(strings.FieldsFunc(strings.ToLower(login), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), folded(login, nil), folded(name, nil)) {
		if n := utf8.RuneCountInString(word); n >= 2 {
			personal[word] = true
			longest = max(longest, n)
		}
	}
	runes := []rune(text)
	least := make([]int, len(runes)+1) // of the first i characters
	for i := 1; i <= len(runes); i++ {
		least[i] = least[i-1] + 1
		for j := i - 1; j >= 0; j-- {
			if least[j] >= least[i] {
				continue
			}
			part := string(runes[j:i])
			if i-j <= longest && (parts[part] || personal[part]) || sequence(runes[j:i]) || repeats(runes[:j], runes[j:i]) {
				least[i] = least[j]
			}
		}
	}
	return least[len(runes)]
}

// sequence reports whether at least three characters follow one another (abc, 987,
// 000), or are a date's digits.
func sequence(part []rune) bool {
	if len(part) < 3 {
		return false
	}
	step := part[1] - part[0]
	even := step >= -1 && step <= 1
	for i := 2; even && i < len(part); i++ {
		even = part[i]-part[i-1] == step
	}
	return even || date(part)
}

// date reports whether digits are a year (1940 to 2049) or a year with month and day.
func date(part []rune) bool {
	if len(part) != 4 && len(part) != 6 && len(part) != 8 {
		return false
	}
	n := 0
	for _, r := range part {
		if r < '0' || r > '9' {
			return false
		}
		n = 10*n + int(r-'0')
	}
	year, month, day := n, 1, 1
	switch len(part) {
	case 6:
		year, month = n/100, n%100
	case 8:
		year, month, day = n/10_000, n/100%100, n%100
	}
	return year >= 1940 && year < 2050 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// repeats reports whether at least two characters stood in the password before.
func repeats(before, part []rune) bool {
	return len(part) >= 3 && len(before) >= len(part) && strings.Contains(string(before), string(part))
}
