package workflow_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/width"

	"duban/workflow"
)

// TestEveryCharacterIsFolded as the tables of Unicode say: to one width, then to lower
// case. What is stored to be searched rests on it.
func TestEveryCharacterIsFolded(t *testing.T) {
	for r := range rune(utf8.MaxRune + 1) {
		s := string(r)
		if got, want := workflow.FoldText(s), strings.ToLower(width.Fold.String(s)); got != want {
			t.Fatalf("%U is folded to %q, want %q", r, got, want)
		}
	}
	for s, want := range map[string]string{"ＡＢｃ％（１）": "abc%(1)", "a\xff\xfeb": "a\uFFFDb", "完成第0段": "完成第0段", "": ""} {
		if got := workflow.FoldText(s); got != want {
			t.Errorf("%q is folded to %q, want %q", s, got, want)
		}
	}
}
