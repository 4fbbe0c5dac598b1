package gormstore

import (
	"cmp"
	"slices"
	"strings"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
	"duban/workflow/audit"
)

// Bounds of one search. What it costs depends on them and not on how many events
// there are.
const (
	mostExamined = 500 // events that are read: each may lie on a page of its own
	mostValues   = 8   // of one condition that lead through an index
	block        = 100 // events that are read at once
)

// way is an index that gives the events with one of some values, newest first.
type way struct {
	index  string
	where  string
	values [][]any // arguments of where
}

// eventPlace is where an event stands in every index.
type eventPlace struct {
	ID string
	At moment
}

// newestFirst orders places.
func newestFirst(a, b eventPlace) int {
	return cmp.Or(strings.Compare(string(b.At), string(a.At)), strings.Compare(b.ID, a.ID))
}

// SearchEvents looks at the places that the most selective index gives, newest
// first, and reads what stands there until it has found enough or looked at
// mostExamined. Which index that is shows when all have been asked: the one that
// has least, or else the one whose places reach furthest back.
func (u *unit) SearchEvents(f workflow.EventSearch) (workflow.EventsFound, error) {
	var places []eventPlace
	for i, w := range waysOf(f) {
		found, err := u.along(w, f)
		if err != nil {
			return workflow.EventsFound{}, err
		}
		if i == 0 || reachesFurther(found, places) {
			places = found
		}
	}
	return u.examine(f, places)
}

// reachesFurther reports whether one way's places are fewer than another's, or,
// where both have more than may be examined, reach further back.
func reachesFurther(a, b []eventPlace) bool {
	if len(a) < mostExamined || len(b) < mostExamined {
		return len(a) < len(b)
	}
	return newestFirst(a[len(a)-1], b[len(b)-1]) > 0
}

// waysOf returns the indexes that lead to what is searched, none when there can be
// nothing.
func waysOf(f workflow.EventSearch) []way {
	regions := f.Regions
	if !f.Scope.All {
		if regions = f.Scope.Regions; len(f.Regions) > 0 {
			regions = slices.DeleteFunc(slices.Clone(f.Regions), func(r string) bool { return !slices.Contains(f.Scope.Regions, r) })
		}
		if len(regions) == 0 {
			return nil
		}
	}
	var ways []way
	// Each value, together with what always goes with it, is looked up by itself.
	add := func(index, where string, values []string, with ...string) {
		values = slices.Compact(slices.Sorted(slices.Values(values)))
		if n := len(values); n == 0 || n > mostValues {
			return
		}
		w := way{index: index, where: where}
		for _, v := range values {
			if identity := append([]string{v}, with...); findable(identity...) {
				w.values = append(w.values, arguments(identity))
			}
		}
		ways = append(ways, w)
	}
	if f.SubjectID != "" {
		add("audit_events_subject", "subject = ? AND subject_id = ?", given(f.Subject), f.SubjectID)
	}
	add("audit_events_campaign", "campaign = ?", given(f.Campaign))
	if f.Period == "" {
		add("audit_events_region", "region = ?", regions)
	} else {
		add("audit_events_region_period", "region = ? AND period = ?", regions, f.Period)
	}
	add("audit_events_actor", "actor_id = ?", given(f.ActorID))
	add("audit_events_name", "name = ?", f.Names)
	if f.Outcome == audit.Refused || len(ways) == 0 {
		outcomes := []string{string(audit.Accepted), string(audit.Refused)}
		if f.Outcome != "" {
			outcomes = []string{string(f.Outcome)}
		}
		add("audit_events_outcome", "outcome = ?", outcomes)
	}
	return ways
}

// given is a condition of one value, or none.
func given(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

func arguments(texts []string) []any {
	args := make([]any, len(texts))
	for i, t := range texts {
		args[i] = t
	}
	return args
}

// Moments before and after all that are stored.
const (
	earliest moment = "1000-01-01 00:00:00.000000"
	latest   moment = "9999-12-31 23:59:59.999999"
)

// along returns at most mostExamined places on a way, newest first, of those that
// the times and the cursor allow.
func (u *unit) along(w way, f workflow.EventSearch) ([]eventPlace, error) {
	from, to := earliest, eventPlace{At: latest}
	if !f.From.IsZero() {
		from = upTo(f.From)
	}
	if !f.Until.IsZero() {
		to = eventPlace{At: upTo(f.Until)}
	}
	if c := f.Before; c != nil {
		if before := (eventPlace{ID: c.ID, At: toMoment(c.At)}); newestFirst(before, to) > 0 {
			to = before
		}
	}
	query := "SELECT id, at FROM audit_events " + u.through(w.index) + " WHERE " + w.where +
		" AND at >= ? AND at <= ? AND (at < ? OR id < ?) ORDER BY at DESC, id DESC LIMIT ?"
	var places []eventPlace
	for _, values := range w.values {
		var found []eventPlace
		args := slices.Concat(values, []any{from, to.At, to.At, to.ID, mostExamined})
		if _, err := u.run("looking for events", func(db *gorm.DB) *gorm.DB { return db.Raw(query, args...).Scan(&found) }); err != nil {
			return nil, err
		}
		places = append(places, found...)
	}
	if len(w.values) > 1 {
		slices.SortFunc(places, newestFirst)
	}
	return places[:min(mostExamined, len(places))], nil
}

// through names the index that a query goes through. Its cost must not depend on
// what the database believes about its tables.
func (u *unit) through(index string) string {
	if u.dialect == migrations.SQLite {
		return "INDEXED BY " + index
	}
	return "FORCE INDEX (" + index + ")"
}
