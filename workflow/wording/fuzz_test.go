package wording_test

import (
	"testing"
	"unicode/utf8"

	"duban/workflow/assess"
	"duban/workflow/wording"
)

// FuzzReadRequirement: no text crashes the reader, and every measure that it gives
// has its figures and days, or its mark.
func FuzzReadRequirement(f *testing.F) {
	for _, o := range offices {
		f.Add(o.subject, o.text)
	}
	f.Fuzz(func(t *testing.T, subject, requirement string) {
		if len(subject)+len(requirement) > 20_000 {
			return
		}
		r := wording.ReadTask(subject, requirement, wording.Context{Year: 2024})
		marked := map[string]bool{}
		for _, m := range r.Marks {
			marked[m.Code] = true
		}
		for _, m := range r.Measures {
			if !utf8.ValidString(m.Name) && utf8.ValidString(requirement+subject) {
				t.Errorf("name %q", m.Name)
			}
			for _, target := range m.Targets {
				if target.Due.IsZero() && !marked["due"] {
					t.Errorf("a target without a day and mark: %+v", m)
				}
			}
			if m.Kind == assess.Cumulative && len(m.Targets) == 0 && !marked["figure"] || m.Kind == assess.Ceiling && m.Target == nil && !marked["line"] {
				t.Errorf("a measure without figure and mark: %+v", m)
			}
		}
	})
}
