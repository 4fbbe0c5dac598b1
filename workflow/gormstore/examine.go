package gormstore

import (
	"slices"
	"strings"

	"gorm.io/gorm"

	"duban/workflow"
	"duban/workflow/audit"
)

// foundEventRow is an event with the columns that find it.
type foundEventRow struct {
	ID        string
	At        moment
	Outcome   string
	Name      string
	Subject   string
	SubjectID string
	ActorID   string
	Campaign  string
	Region    string
	Period    string
	Canonical []byte
}

func (foundEventRow) TableName() string { return "audit_events" }

// examine reads the events at places until f.Limit of them are what is searched.
func (u *unit) examine(f workflow.EventSearch, places []eventPlace) (workflow.EventsFound, error) {
	var found workflow.EventsFound
	for some := range slices.Chunk(places, block) {
		rows, err := u.rowsAt(some)
		if err != nil {
			return found, err
		}
		kept, err := u.kept(f, some, rows)
		if err != nil {
			return found, err
		}
		for _, e := range kept {
			if len(found.Events) == f.Limit {
				last := workflow.CursorOf(found.Events[f.Limit-1])
				found.Next = &last
				return found, nil
			}
			found.Events = append(found.Events, e)
		}
	}
	if len(places) == mostExamined { // there may be others behind
		var d decoder
		last := places[len(places)-1]
		found.Next = &workflow.EventCursor{At: d.time(last.At), ID: last.ID}
		return found, u.readable("looking for events", d.err)
	}
	return found, nil
}

// rowsAt reads the events at up to a block of places. The statement is always of
// one length, so that it is prepared once.
func (u *unit) rowsAt(places []eventPlace) (map[string]foundEventRow, error) {
	ids := make([]string, block)
	for i := range ids {
		ids[i] = places[min(i, len(places)-1)].ID
	}
	var rows []foundEventRow
	if _, err := u.run("reading events", func(db *gorm.DB) *gorm.DB { return db.Where("id IN ?", ids).Find(&rows) }); err != nil {
		return nil, err
	}
	byID := make(map[string]foundEventRow, len(rows))
	for _, r := range rows {
		byID[r.ID] = r
	}
	return byID, nil
}

// kept returns the events that are what is searched, in the order of places.
func (u *unit) kept(f workflow.EventSearch, places []eventPlace, rows map[string]foundEventRow) ([]audit.Event, error) {
	var d decoder
	var kept []audit.Event
	for _, p := range places {
		r := rows[p.ID]
		if !f.Keeps(audit.Event{
			ID: r.ID, At: d.time(r.At), Outcome: audit.Outcome(r.Outcome), Name: r.Name, Subject: r.Subject, SubjectID: r.SubjectID,
			ActorID: r.ActorID, Campaign: r.Campaign, Region: r.Region, Period: r.Period,
		}) {
			continue
		}
		kept = append(kept, storedEventRow{r.Canonical}.event(&d))
	}
	if f.Text == "" || d.err != nil || len(kept) == 0 {
		return kept, u.readable("reading events", d.err)
	}
	named, err := u.tasksNamed(f.Text, kept)
	if err != nil {
		return nil, err
	}
	text := workflow.FoldText(f.Text)
	return slices.DeleteFunc(kept, func(e audit.Event) bool {
		return !(e.Subject == workflow.SubjectTask && named[e.SubjectID]) &&
			!slices.ContainsFunc(workflow.EventTexts(e), func(t string) bool { return strings.Contains(workflow.FoldText(t), text) })
	}), nil
}

// tasksNamed returns the tasks of events that have a text in code, subject or
// requirement.
func (u *unit) tasksNamed(text string, events []audit.Event) (map[string]bool, error) {
	ids := make([]string, block)
	for i := range ids {
		ids[i] = events[min(i, len(events)-1)].SubjectID
	}
	var rows []struct{ ID string }
	_, err := u.run("searching tasks of events", func(db *gorm.DB) *gorm.DB {
		return db.Table("tasks").Select("id").Where("id IN ? AND search LIKE ? ESCAPE '!'", ids, likeText(text)).Scan(&rows)
	})
	named := map[string]bool{}
	for _, r := range rows {
		named[r.ID] = true
	}
	return named, err
}
