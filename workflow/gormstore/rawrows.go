package gormstore

import (
	"bytes"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"duban/workflow"
	"duban/workflow/audit"
)

// expected are the rows of a table that should be there, of the subjects of a range.
type expected struct {
	table  table
	column string // that names the subject
	rows   [][]any
}

// CompareRows reads every row of the range, of each table that keeps something of
// its subjects.
func (u *unit) CompareRows(told workflow.Told, found func(workflow.Difference)) error {
	for _, e := range expectedOf(told) {
		if err := u.compareRange(e, told, found); err != nil {
			return err
		}
	}
	return nil
}

// expectedOf returns the rows in which the store would have kept what is told.
func expectedOf(told workflow.Told) []expected {
	switch told.Subject {
	case workflow.SubjectRegion:
		return []expected{{regionsTable, "code", valuesOf(told.Regions, regionValues)}}
	case workflow.SubjectDelegation:
		return []expected{{delegationsTable, "id", valuesOf(told.Delegations, delegationValues)}}
	case workflow.SubjectLink:
		return []expected{{linksTable, "id", valuesOf(told.Links, linkValues)}}
	case workflow.SubjectUser:
		users, grants := expected{table: usersTable, column: "id"}, expected{table: grantsTable, column: "user_id"}
		for _, p := range told.Users {
			user := p.User
			user.Login, user.Name = digestMark+p.DigestKey+digestOf+p.LoginDigest, digestMark+p.DigestKey+digestOf+p.NameDigest
			user.PasswordHash = digestMark + digestOf + p.PasswordDigest
			if p.TOTPDigest != "" {
				user.TOTP = digestMark + digestOf + p.TOTPDigest
			}
			users.rows = append(users.rows, userValues(user))
			grants.rows = append(grants.rows, grantValues(user)...)
		}
		return []expected{users, grants}
	case workflow.SubjectCampaign:
		campaigns, regions := expected{table: campaignsTable, column: "code"}, expected{table: campaignRegionsTable, column: "campaign"}
		periods, params := expected{table: periodsTable, column: "campaign"}, expected{table: paramsTable, column: "campaign"}
		for _, p := range told.Campaigns {
			campaigns.rows = append(campaigns.rows, campaignValues(p.Campaign))
			regions.rows = append(regions.rows, campaignRegionValues(p.Campaign)...)
			periods.rows = append(periods.rows, periodValues(p.Campaign)...)
			for _, version := range p.Params {
				params.rows = append(params.rows, paramsValues(p.Code, version))
			}
		}
		return []expected{campaigns, regions, periods, params}
	case workflow.SubjectTask:
		tasks, reports := expected{table: tasksTable, column: "id"}, expected{table: reportsTable, column: "task_id"}
		reviews, flags := expected{table: reviewsTable, column: "task_id"}, expected{table: flagsTable, column: "task_id"}
		for _, p := range told.Tasks {
			tasks.rows = append(tasks.rows, taskValues(p.Task))
			reports.rows = append(reports.rows, valuesOf(p.Reports, reportValues)...)
			reviews.rows = append(reviews.rows, valuesOf(p.Reviews, reviewValues)...)
			flags.rows = append(flags.rows, valuesOf(p.Flags, flagValues)...)
		}
		return []expected{tasks, reports, reviews, flags}
	case workflow.SubjectEdition:
		editions, rows := expected{table: editionsTable, column: "id"}, expected{table: editionRowsTable, column: "edition_id"}
		for _, p := range told.Editions {
			editions.rows = append(editions.rows, editionValues(p.Edition))
			for i, digest := range p.RowDigests {
				rows.rows = append(rows.rows, []any{p.ID, i + 1, digestMark + digestOf + digest})
			}
		}
		return []expected{editions, rows}
	case workflow.SubjectNarrative:
		return []expected{{narrativeEditsTable, "id", valuesOf(told.Edits, narrativeEditValues)}}
	case workflow.SubjectEvidence:
		uploads := expected{table: evidenceTable, column: "id"}
		for _, p := range told.Evidence {
			if p.Dropped {
				continue
			}
			e := p.Evidence
			e.Name = digestMark + p.DigestKey + digestOf + p.NameDigest
			uploads.rows = append(uploads.rows, evidenceValues(e))
		}
		return []expected{uploads}
	}
	return nil
}

// compareRange reads the rows of the range and holds each against the one with its
// key. What is not in the range may still be in the table, with another subject.
func (u *unit) compareRange(e expected, told workflow.Told, found func(workflow.Difference)) error {
	query, args := "SELECT * FROM "+e.table.name+" WHERE TRUE", []any{}
	if told.After != "" {
		query, args = query+" AND "+e.column+" > ?", append(args, told.After)
	}
	if told.UpTo != "" {
		query, args = query+" AND "+e.column+" <= ?", append(args, told.UpTo)
	}
	unknown := make(map[string]bool, len(told.Unknown))
	for _, id := range told.Unknown {
		unknown[id] = true
	}
	subject := slices.Index(e.table.columns, e.column)
	var wanted map[string][]any
	h, err := u.readRows(e.table, query, args, found, func(h *header) {
		if wanted == nil {
			wanted = byKey(h, e.rows)
		}
		if c := h.cell(subject); c != nil && unknown[string(c.text)] {
			return
		}
		key := h.key()
		values, ok := wanted[key]
		if !ok {
			found(workflow.Difference{Kind: workflow.RowExtra, Table: e.table.name, Key: key})
			return
		}
		delete(wanted, key)
		h.compare(values, found)
	})
	if err != nil {
		return err
	}
	if wanted == nil {
		wanted = byKey(h, e.rows)
	}
	for _, values := range e.rows {
		if key := h.keyOf(values); wanted[key] != nil {
			if err := u.seek(e.table, key, values, found); err != nil {
				return err
			}
		}
	}
	return nil
}

func byKey(h *header, rows [][]any) map[string][]any {
	wanted := make(map[string][]any, len(rows))
	for _, values := range rows {
		wanted[h.keyOf(values)] = values
	}
	return wanted
}

// seek looks for a row by its key alone.
func (u *unit) seek(t table, key string, values []any, found func(workflow.Difference)) error {
	there := false
	where := strings.Join(t.columns[:t.keys], " = ? AND ") + " = ?"
	_, err := u.readRows(t, "SELECT * FROM "+t.name+" WHERE "+where, values[:t.keys], func(workflow.Difference) {}, func(h *header) {
		there = true
		h.compare(values, found)
	})
	if err == nil && !there {
		found(workflow.Difference{Kind: workflow.RowMissing, Table: t.name, Key: key})
	}
	return err
}

// readRows calls each with every row of a query of all columns of a table.
func (u *unit) readRows(t table, query string, args []any, found func(workflow.Difference), each func(*header)) (*header, error) {
	var h *header
	var targets []any
	err := u.stream("reading the rows of "+t.name, query, args, func(rows *sql.Rows) error {
		if h == nil {
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			h = headerOf(t, columns, found)
			targets = h.targets()
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		each(h)
		return nil
	})
	if h == nil {
		h = headerOf(t, t.columns, found) // there are no rows
	}
	return h, err
}

func (u *unit) AcceptedPage(subject, after string, limit int) (events []workflow.SubjectEvent, more bool, err error) {
	read := func(where string, args ...any) error {
		return u.stream("reading the events of subjects", "SELECT id, subject_id, canonical FROM audit_events WHERE subject = ? AND "+where,
			append([]any{subject}, args...), func(rows *sql.Rows) error {
				var e workflow.SubjectEvent
				if err := rows.Scan(&e.ID, &e.SubjectID, &e.Canonical); err != nil {
					return err
				}
				events = append(events, e)
				return nil
			})
	}
	err = read("subject_id > ? AND accepted_version IS NOT NULL ORDER BY subject_id, accepted_version LIMIT ?", after, limit)
	if err != nil || len(events) < limit {
		return events, false, err
	}
	// The last subject may have more events: it comes with the next page, unless
	// it is the only one.
	last := events[len(events)-1].SubjectID
	if events[0].SubjectID == last {
		events = events[:0]
		return events, true, read("subject_id = ? AND accepted_version IS NOT NULL ORDER BY accepted_version", last)
	}
	end := len(events)
	for events[end-1].SubjectID == last {
		end--
	}
	return events[:end], true, nil
}

// canonical are the bytes of the scanned event, until the next one is scanned; nil when
// there are none.
func (h *header) canonical() []byte {
	c := h.cell(len(eventsTable.columns) - 1)
	if c == nil || c.null {
		return nil
	}
	return c.text
}

// leafOf holds the columns of a stored event against its bytes, which nobody else will
// change, and returns those. Bytes that are no event are found by who goes over the log.
func leafOf(index int64, h *header, canonical []byte, leaves *audit.LeafReader, found func(workflow.Difference)) audit.Leaf {
	if canonical == nil {
		return audit.Leaf{Index: index}
	}
	leaf, outline := leaves.Read(index, canonical)
	if outline != nil && h.outlined(outline) {
		return leaf
	}
	if e, err := audit.Parse(leaf.Canonical); err == nil {
		h.compare(eventValues(e), found)
	}
	return leaf
}

// outlined reports that every column is what the event says, but for the bytes,
// from which the outline is. Where it is false they may be the same all the same.
func (h *header) outlined(o *audit.Outline) bool {
	if !o.Plain {
		return false
	}
	for i, at := range h.at {
		is := &h.cells[i]
		if at == unknownColumn || eventColumns[at] == nil || !eventColumns[at](o, is, &h.want) {
			return false
		}
	}
	return true
}

// eventColumns compare the columns of eventsTable with an outline, by their places.
var eventColumns = func() []func(o *audit.Outline, is, room *cell) bool {
	text := func(of func(*audit.Outline) []byte) func(*audit.Outline, *cell, *cell) bool {
		return func(o *audit.Outline, is, _ *cell) bool { return !is.null && bytes.Equal(is.text, of(o)) }
	}
	accepted := []byte(audit.Accepted)
	by := map[string]func(o *audit.Outline, is, room *cell) bool{
		"id":         text(func(o *audit.Outline) []byte { return o.ID }),
		"outcome":    text(func(o *audit.Outline) []byte { return o.Outcome }),
		"name":       text(func(o *audit.Outline) []byte { return o.Name }),
		"subject":    text(func(o *audit.Outline) []byte { return o.Subject }),
		"subject_id": text(func(o *audit.Outline) []byte { return o.SubjectID }),
		"actor_id":   text(func(o *audit.Outline) []byte { return o.ActorID }),
		"campaign":   text(func(o *audit.Outline) []byte { return o.Campaign }),
		"region":     text(func(o *audit.Outline) []byte { return o.Region }),
		"period":     text(func(o *audit.Outline) []byte { return o.Period }),
		"at": func(o *audit.Outline, is, room *cell) bool {
			var ok bool
			room.text, ok = appendMoment(room.text[:0], o.At)
			return ok && !is.null && bytes.Equal(is.text, room.text)
		},
		"version": func(o *audit.Outline, is, room *cell) bool {
			room.text = strconv.AppendInt(room.text[:0], o.Version, 10)
			return !is.null && bytes.Equal(is.text, room.text)
		},
		"accepted_version": func(o *audit.Outline, is, room *cell) bool {
			if !bytes.Equal(o.Outcome, accepted) {
				return is.null
			}
			room.text = strconv.AppendInt(room.text[:0], o.Version, 10)
			return !is.null && bytes.Equal(is.text, room.text)
		},
		"request_key": func(o *audit.Outline, is, _ *cell) bool {
			return is.null == (len(o.RequestKey) == 0) && (is.null || bytes.Equal(is.text, o.RequestKey))
		},
		"canonical": func(*audit.Outline, *cell, *cell) bool { return true },
	}
	list := make([]func(*audit.Outline, *cell, *cell) bool, len(eventsTable.columns))
	for i, column := range eventsTable.columns {
		list[i] = by[column]
	}
	return list
}()
