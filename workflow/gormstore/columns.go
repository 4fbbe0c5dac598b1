package gormstore

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// moment is a point in time as both dialects store it: UTC, to the microsecond,
// in a notation whose order as text is that of time. MySQL takes it for
// DATETIME(6). Empty is NULL.
type moment string

const momentLayout = "2006-01-02 15:04:05.000000"

func toMoment(t time.Time) moment {
	if t.IsZero() {
		return ""
	}
	return moment(t.UTC().Format(momentLayout))
}

// appendMoment appends what is stored of a moment in the notation of JSON (RFC 3339)
// in UTC, to the microsecond at most; ok is false for any other, and for the zero time,
// which is not stored.
func appendMoment(to, text []byte) (_ []byte, ok bool) {
	const day, second, micros = len("2006-01-02"), len("2006-01-02T15:04:05"), 6
	end := len(text) - 1
	if end < second || text[end] != 'Z' || text[day] != 'T' || end == second+1 || end > second+1+micros || string(text) == "0001-01-01T00:00:00Z" {
		return to, false
	}
	to = append(append(append(to, text[:day]...), ' '), text[day+1:second]...)
	to = append(append(to, '.'), "000000"...)
	copy(to[len(to)-micros:], text[min(second+1, end):end])
	return to, true
}

// upTo returns the bound for stored moments before t: what happened at a
// microsecond that t has begun was before t when t is past its start.
func upTo(t time.Time) moment {
	if truncated := t.Truncate(time.Microsecond); !truncated.Equal(t) {
		t = truncated.Add(time.Microsecond)
	}
	return toMoment(t)
}

// Value is that of driver.Valuer.
func (m moment) Value() (driver.Value, error) {
	if m == "" {
		return nil, nil
	}
	return string(m), nil
}

// Scan is that of sql.Scanner.
func (m *moment) Scan(from any) error {
	switch v := from.(type) {
	case nil:
		*m = ""
	case string:
		*m = moment(v)
	case []byte:
		*m = moment(v)
	case time.Time:
		*m = toMoment(v)
	default:
		return fmt.Errorf("a time cannot be read from %T", from)
	}
	return nil
}

// decoder reads columns and keeps the first error, so that a mapping is one
// expression.
type decoder struct{ err error }

func (d *decoder) keep(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *decoder) time(m moment) time.Time {
	if m == "" {
		return time.Time{}
	}
	t, err := time.Parse(momentLayout, string(m))
	if err != nil {
		d.keep(fmt.Errorf("stored time: %w", err))
	}
	return t.UTC()
}

func (d *decoder) date(s string) calendar.Date {
	var date calendar.Date
	if err := date.UnmarshalText([]byte(s)); err != nil {
		d.keep(fmt.Errorf("stored date: %w", err))
	}
	return date
}

func (d *decoder) decimal(s string) assess.Decimal {
	var value assess.Decimal
	if err := value.UnmarshalText([]byte(s)); err != nil {
		d.keep(fmt.Errorf("stored decimal: %w", err))
	}
	return value
}

func (d *decoder) json(s string, into any) {
	if err := json.Unmarshal([]byte(s), into); err != nil {
		d.keep(fmt.Errorf("stored JSON: %w", err))
	}
}

// toJSON writes a structured part of a noun. The types it is given hold nothing
// that JSON cannot.
func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("gormstore: %T as JSON: %v", v, err))
	}
	return string(b)
}

// findable reports whether an identity can be that of a row. MySQL ignores
// spaces at the end when it compares and refuses invalid UTF-8; no identity has
// either, so the question is not put to it.
func findable(identities ...string) bool {
	for _, id := range identities {
		if id == "" || strings.HasSuffix(id, " ") || !utf8.ValidString(id) {
			return false
		}
	}
	return true
}
