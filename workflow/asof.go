package workflow

import (
	"fmt"
	"time"

	"duban/workflow/calendar"
)

// AsOf says whose knowledge a view shows: what was recorded by the end of a day,
// or before an exact moment. The zero value is now.
type AsOf struct {
	day calendar.Date
	at  time.Time
}

// EndOf is the end of a day in calendar.Zone; no date is now.
func EndOf(day calendar.Date) AsOf { return AsOf{day: day} }

// At is an exact moment: what happened at it is not known yet.
func At(t time.Time) AsOf { return AsOf{at: t} }

// ParseAsOf reads a day ("2023-08-31", its end) or a moment of RFC 3339
// ("2023-08-31T09:00:00+08:00"). The empty text is now.
func ParseAsOf(s string) (AsOf, error) {
	if s == "" {
		return AsOf{}, nil
	}
	if day, err := calendar.Parse(s); err == nil {
		return EndOf(day), nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil || at.Year() < 1900 {
		return AsOf{}, fmt.Errorf("%q is neither a day such as 2023-08-31 nor a moment such as 2023-08-31T09:00:00+08:00", s)
	}
	return At(at), nil
}

// IsZero reports whether a is now.
func (a AsOf) IsZero() bool { return a.day.IsZero() && a.at.IsZero() }

// String returns what ParseAsOf reads, moments in calendar.Zone.
func (a AsOf) String() string {
	if a.at.IsZero() {
		return a.day.String()
	}
	return a.at.In(calendar.Zone).Format(time.RFC3339Nano)
}

// includes reports whether what happened at t is known as of a.
func (a AsOf) includes(t time.Time) bool {
	switch {
	case !a.at.IsZero():
		return t.Before(a.at)
	case !a.day.IsZero():
		return t.Before(a.day.End())
	}
	return true
}

// until returns the moment before which things are known as of a. Nothing is
// known of the future; the day that has begun is known up to now.
func (s *Service) until(a AsOf) (time.Time, error) {
	now := s.now()
	if a.day.After(calendar.Of(now)) || a.at.After(now) {
		var p Problems
		p.Add("as_of", "order", "不得晚于现在："+a.String(), "must not be after now: "+a.String())
		return now, p.Err()
	}
	known := now.Add(time.Microsecond) // what happens at this very moment included
	switch {
	case !a.at.IsZero():
		return a.at, nil
	case !a.day.IsZero() && a.day.End().Before(known):
		return a.day.End(), nil
	}
	return known, nil
}
