// Package calendar holds civil dates: days on the wall calendar of the office,
// without a clock and without a zone. All due dates of the domain are such days
// and are inclusive: "6月底前" ends with 2023-06-30 24:00 in Asia/Shanghai.
package calendar

import (
	"cmp"
	"fmt"
	"time"
)

// layout is the only accepted notation (GB/T 7408 / ISO 8601 calendar date, extended format).
const layout = "2006-01-02"

// Zone is the zone in which a moment falls on a civil date: China Standard
// Time, UTC+8 all year. It is fixed so that a machine without a zone database
// gives the same dates.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is a day of the Gregorian calendar. The zero value means "no date" and
// is printed as the empty string. Dates are comparable with ==.
type Date struct {
	year  int
	month time.Month
	day   int
}

// New returns the given day. Days outside a month roll over as in time.Date;
// foreign input goes through Parse, which refuses them.
func New(year int, month time.Month, day int) Date {
	return on(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// Of returns the civil date of a moment in Zone.
func Of(t time.Time) Date { return on(t.In(Zone)) }

func on(t time.Time) Date {
	y, m, d := t.Date()
	return Date{year: y, month: m, day: d}
}

// Parse reads "2023-06-30". A day that does not exist, such as 2023-02-31, is
// an error.
func Parse(s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1900 {
		return Date{}, fmt.Errorf("%q is not a date of the form 2023-06-30", s)
	}
	return on(t), nil
}

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d == Date{} }

// Year returns the year, 0 for no date.
func (d Date) Year() int { return d.year }

// String returns "2023-06-30", or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.midnight().Format(layout)
}

// Compare orders two dates: -1, 0 or +1.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.year, e.year), cmp.Compare(d.month, e.month), cmp.Compare(d.day, e.day))
}

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// DaysSince returns the number of days from e to d.
func (d Date) DaysSince(e Date) int {
	return int(d.midnight().Sub(e.midnight()) / (24 * time.Hour))
}

// AddDays returns the day so many days later.
func (d Date) AddDays(n int) Date { return New(d.year, d.month, d.day+n) }

// Start returns the first moment of the day in Zone.
func (d Date) Start() time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, Zone)
}

// End returns the first moment after the day in Zone: "by d" means before End.
func (d Date) End() time.Time {
	return time.Date(d.year, d.month, d.day+1, 0, 0, 0, 0, Zone)
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what Parse reads; the empty text is no date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := Parse(string(b))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func (d Date) midnight() time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC)
}
