package wording

import (
	"regexp"
	"testing"
)

// TestEveryPatternHasAnExample that it fits, and which is read as the table says.
func TestEveryPatternHasAnExample(t *testing.T) {
	for _, p := range grammar {
		form := regexp.MustCompile(macros.Replace(p.form))
		if p.example == "" {
			continue
		}
		if p.form[len(p.form)-1] != '$' && p.form[0] != '^' && !form.MatchString(Normal(p.example)) {
			t.Errorf("%s %s does not fit its example %s", p.group, p.form, p.example)
		}
		if wrong := Misread(ReadTask("", p.example, Context{Year: 2024}), p.means); wrong != "" {
			t.Errorf("%s: %s: %s", p.group, p.example, wrong)
		}
	}
}
