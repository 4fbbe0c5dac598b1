package wording

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// A finder finds what its expression finds, in any text made of the characters of
// the grammar.
func TestAFinderFindsWhatItsExpressionFinds(t *testing.T) {
	var letters []rune
	for _, p := range grammar {
		letters = append(letters, []rune(Normal(p.example))...)
	}
	letters = append(letters, []rune("年月日底前后内每警戒线成分之百分半一二三0123456789至到-，。（）()、个家公里%吨已未全部完成共计其中 \n")...)
	tried := map[string]*finder{
		"denied": denied, "done": doneWord, "all done": allDone, "planned": planned, "total": totalWord, "which": whichParts, "plan day": planDay,
	}
	for g, f := range compiled {
		tried[string(g)] = f
	}
	fast := 0
	for _, f := range tried {
		if f.forms() != nil {
			fast++
		}
	}
	if fast < 15 {
		t.Fatalf("only %d of %d expressions are looked for by their beginnings", fast, len(tried))
	}
	examples := make([]string, len(grammar))
	for i, p := range grammar {
		examples[i] = Normal(p.example)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(examples).Draw(t, "example") + rapid.StringOfN(rapid.SampledFrom(letters), 0, 60, -1).Draw(t, "text")
		if n := rapid.IntRange(0, 8).Draw(t, "cut"); n < len(text) {
			text = text[n:] // within a character too
		}
		for name, f := range tried {
			var got [][]int
			for _, at := range f.all(text) {
				if at[0] < at[1] {
					got = append(got, at)
				}
			}
			var want [][]int
			for _, at := range f.whole().FindAllStringIndex(text, -1) {
				if at[0] < at[1] {
					want = append(want, at)
				}
			}
			if !reflect.DeepEqual(got, want) || f.in(text) != f.whole().MatchString(text) {
				t.Fatalf("%s in %q: %v, want %v", name, text, got, want)
			}
		}
	})
}
