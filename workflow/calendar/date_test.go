package calendar_test

import (
	"testing"
	"time"

	"duban/workflow/calendar"
)

// TestOnlyRealDaysAreRead: one notation, and days that exist.
func TestOnlyRealDaysAreRead(t *testing.T) {
	for in, ok := range map[string]bool{
		"2023-06-30": true, "2024-02-29": true, "2023-02-29": false, "2023-02-31": false, "2023-6-30": false,
		"2023/06/30": false, "2023-06-30T00:00:00Z": false, "": false, "0001-01-01": false, "２０２３-06-30": false,
	} {
		d, err := calendar.Parse(in)
		if (err == nil) != ok || ok && d.String() != in {
			t.Errorf("%q: %s, %v", in, d, err)
		}
	}
}

// TestADayEndsAtMidnightInShanghai: "by 2023-06-30" includes the whole day there,
// wherever the server stands.
func TestADayEndsAtMidnightInShanghai(t *testing.T) {
	d := calendar.New(2023, time.June, 30)
	end := time.Date(2023, time.June, 30, 16, 0, 0, 0, time.UTC)
	if !d.End().Equal(end) || calendar.Of(end.Add(-time.Microsecond)) != d || calendar.Of(end) != calendar.New(2023, time.July, 1) {
		t.Errorf("the day ends at %s", d.End())
	}
	if n := calendar.New(2023, time.December, 10).DaysSince(calendar.New(2023, time.January, 1)); n != 343 {
		t.Errorf("%d days", n)
	}
}
