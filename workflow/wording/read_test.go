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
