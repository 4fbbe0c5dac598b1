package workflow

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// FoldText makes texts alike that differ only in case or in the width of letters,
// digits and signs (％ and %), as people expect of a search. It is done here
// because databases disagree on it.
func FoldText(s string) string {
	return strings.Map(foldRune, strings.ToValidUTF8(s, "\uFFFD"))
}

func foldRune(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + ('a' - 'A')
	case r < 0x80 || 0x4E00 <= r && r <= 0x9FFF: // ideographs, most of what is folded
		return r
	}
	if folded := width.LookupRune(r).Folded(); folded != 0 {
		r = folded
	}
	return unicode.ToLower(r)
}

// between separates the searched texts. It is a control character that no text
// may contain, so that nothing is found across the seam.
const between = "\x1f"

// SearchText is what TaskFilter.Text is looked for in, folded.
func (t Task) SearchText() string {
	return FoldText(strings.Join([]string{t.Code, t.Subject, t.Requirement}, between))
}

// Selects reports whether the filter selects a task: what a store answers by a
// query, for tasks that are in no table. Limit is not its business.
func (f TaskFilter) Selects(t Task) bool {
	return f.Scope.Has(t.Region) &&
		(f.Campaign == "" || f.Campaign == t.Campaign) &&
		(len(f.Regions) == 0 || slices.Contains(f.Regions, t.Region)) &&
		(len(f.States) == 0 || slices.Contains(f.States, t.State)) &&
		(len(f.Verdicts) == 0 || slices.Contains(f.Verdicts, t.Verdict)) &&
		(f.Key == nil || *f.Key == t.Key) &&
		(f.Period == "" || f.Period == t.Period) &&
		(f.Flagged == nil || *f.Flagged == (t.FlagID != "")) &&
		(!f.Overdue || !t.Due.IsZero() && t.Due.Before(f.Today)) &&
		(len(f.Lights) == 0 || slices.Contains(f.Lights, t.Light(f.Today))) &&
		(f.After == nil || f.After.compare(cursorOf(t)) < 0) &&
		(f.Text == "" || strings.Contains(t.SearchText(), FoldText(f.Text)))
}
