package wording_test

import (
	"testing"

	"duban/workflow/wording"
)

// TestOtherOffices: the sentences of offices_test.go are read as people read them.
func TestOtherOffices(t *testing.T) {
	hits := 0
	for _, o := range offices {
		year := o.year
		if year == 0 {
			year = 2024
		}
		if wrong := wording.Misread(wording.ReadTask(o.subject, o.text, wording.Context{Year: year}), o.want); wrong != "" {
			t.Errorf("%s%s\n      %s", o.subject, o.text, wrong)
			continue
		}
		hits++
	}
	t.Logf("%d of %d", hits, len(offices))
}

// TestUnseenSentences: most sentences that the patterns were not made for are read
// all the same; what is missed is shown.
func TestUnseenSentences(t *testing.T) {
	hits := 0
	for _, o := range more {
		year := o.year
		if year == 0 {
			year = 2024
		}
		if wrong := wording.Misread(wording.ReadTask(o.subject, o.text, wording.Context{Year: year}), o.want); wrong != "" {
			t.Logf("%s%s\n      %s", o.subject, o.text, wrong)
			continue
		}
		hits++
	}
	t.Logf("%d of %d", hits, len(more))
	if hits*10 < len(more)*9 {
		t.Errorf("only %d of %d", hits, len(more))
	}
}
