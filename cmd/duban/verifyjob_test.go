package main

import (
	"testing"
	"time"
)

func TestTheNightIsTheLastOneThatBegan(t *testing.T) {
	for _, c := range []struct {
		hour      int
		now, want string
	}{
		{3, "2023-08-31T03:00:00+08:00", "2023-08-31T03:00:00+08:00"},
		{3, "2023-08-31T02:59:59+08:00", "2023-08-30T03:00:00+08:00"},
		{0, "2023-09-01T00:00:01+08:00", "2023-09-01T00:00:00+08:00"},
		{23, "2023-08-31T16:00:00Z", "2023-08-31T23:00:00+08:00"},
		{-1, "2023-08-31T16:00:00Z", "0001-01-01T00:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := lastNight(c.hour, now); got.Format(time.RFC3339) != c.want {
			t.Errorf("%d o'clock before %s: %s, want %s", c.hour, c.now, got.Format(time.RFC3339), c.want)
		}
	}
}
