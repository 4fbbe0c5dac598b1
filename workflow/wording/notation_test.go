package wording

import (
	"fmt"
	"slices"
	"strings"

	"duban/workflow/assess"
)

// notation writes a reading as offices_test.go has it.
func notation(r Reading) (lines []string, names map[string]string) {
	names = map[string]string{}
	for _, m := range r.Measures {
		line := string(m.Kind)
		switch m.Kind {
		case assess.Cumulative:
			line += " " + m.Unit
			if m.Of != nil {
				line += fmt.Sprintf(" of %d%s", m.Of.Count, m.Of.Unit)
			}
			for _, t := range m.Targets {
				line += " " + t.Due.String() + "=" + assess.Exact(t.Value)
			}
		case assess.Stages:
			for _, s := range m.Stages {
				line += " " + s.Due.String()
			}
		case assess.Ceiling:
			line += " " + m.Unit
			if m.Target != nil {
				line += " <=" + assess.Exact(*m.Target)
			}
		}
		lines = append(lines, line)
		names[line] += m.Name + "@" + m.Station + "|"
	}
	for _, m := range r.Marks {
		if line := "mark " + m.Code; !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines, names
}

// Misread says how a reading differs from what is wanted, "" when it does not.
func Misread(r Reading, want string) string {
	got, names := notation(r)
	var wanted, wrong []string
	for line := range strings.Lines(want) {
		var kept []string
		var words []string
		for field := range strings.FieldsSeq(line) {
			if word, ok := strings.CutPrefix(field, "~"); ok {
				words = append(words, word)
			} else if word, ok := strings.CutPrefix(field, "@"); ok {
				words = append(words, word+"|")
			} else {
				kept = append(kept, field)
			}
		}
		line := strings.Join(kept, " ")
		wanted = append(wanted, line)
		for _, word := range words {
			if slices.Contains(got, line) && !strings.Contains(names[line], word) {
				wrong = append(wrong, fmt.Sprintf("%s is named %s, not %s", line, names[line], word))
			}
		}
	}
	slices.Sort(got)
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) {
		wrong = append(wrong, fmt.Sprintf("got %q, want %q", got, wanted))
	}
	return strings.Join(wrong, "; ")
}
