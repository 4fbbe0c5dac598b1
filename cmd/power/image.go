package power

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"duban/migrations"
	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/audit"
	"duban/workflow/gormstore"
)

// Finding is what one image has to say about one power cut.
type Finding struct {
	Acknowledged int   // steps, before the cut
	Lost         []Ack // those of them that are not there
	Broken       error // nil: it opens and nothing in it is half done
}

// Cuts returns n moments: two in three at random places of what happened to the
// files, the others at the instant in which an answer went out.
func (r *Recording) Cuts(n int, random *rand.Rand) []int {
	cuts := make([]int, n)
	for i := range cuts {
		if i%3 == 0 {
			cuts[i] = r.Acks[random.IntN(len(r.Acks))].Moment
		} else {
			cuts[i] = r.changes[random.IntN(len(r.changes))]
		}
	}
	return cuts
}

// Images returns the kinds of images that are made of one cut.
const Images = int(fates)

// Try makes an image of the cut in dir, opens it as the program would and says
// what it finds. kind is one of Images; random decides which image of its kind.
func (r *Recording) Try(ctx context.Context, dir string, cut, kind int, random *rand.Rand) (Finding, error) {
	for name, data := range r.disk.image(cut, fate(kind), random) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return Finding{}, fmt.Errorf("writing an image: %w", err)
		}
	}
	known := map[step]Ack{}
	for _, a := range r.Acks {
		if a.Moment <= cut {
			known[step{a.TaskID, a.Version}] = a
		}
	}
	f := Finding{Acknowledged: len(known)}
	is, err := openImage(ctx, filepath.Join(dir, DatabaseName))
	if err != nil {
		f.Broken = err
		return f, nil
	}
	f.Broken = is.whole()
	for s, e := range is.events {
		if !bytes.Equal(e.Canonical(), r.history[s].Canonical()) {
			f.Broken = errors.Join(f.Broken, fmt.Errorf("event %v never was", s))
		}
	}
	for _, s := range slices.SortedFunc(maps.Keys(known), func(a, b step) int { return known[a].Moment - known[b].Moment }) {
		e, there := is.events[s]
		if !there || is.tasks[s.task].Version < s.version || is.answers[r.keys[s]] != s {
			f.Lost = append(f.Lost, known[s])
		} else if e.To != known[s].State {
			f.Broken = errors.Join(f.Broken, fmt.Errorf("step %v was acknowledged as %s and is %s", s, known[s].State, e.To))
		}
	}
	return f, nil
}

// DatabaseName is the name of the database file in its folder.
const DatabaseName = "duban.db"

// content is everything about tasks that is in a database.
type content struct {
	tasks   map[string]workflow.Task // what events change, no more
	events  map[step]audit.Event
	answers map[string]step // by request key
	// rows are the reports, reviews and flags as text, by id.
	rows map[string]string
}

// openImage opens a database with the product's store, whose checks it has to
// pass, and with the bare driver, and reads all of it.
func openImage(ctx context.Context, path string) (is content, err error) {
	store, err := gormstore.Open(ctx, gormstore.Config{Dialect: migrations.SQLite, Path: path, MaxConns: 1})
	if err != nil {
		return is, fmt.Errorf("opening the image: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return is, fmt.Errorf("opening the image with the driver: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	is = content{tasks: map[string]workflow.Task{}, events: map[step]audit.Event{}, answers: map[string]step{}, rows: map[string]string{}}
	for _, q := range []struct {
		query string
		take  func(values []string) error
	}{
		{"PRAGMA integrity_check", is.takeCheck},
		{"SELECT 'row of ' || \"table\" || ' without what it refers to' FROM pragma_foreign_key_check", is.takeCheck},
		{"SELECT id, state, period, report_id, flag_id, verdict, version FROM tasks", is.takeTask},
		{"SELECT canonical FROM audit_events WHERE subject = 'task' AND accepted_version = version", is.takeEvent},
		{"SELECT request_key, canonical FROM audit_events WHERE subject = 'task' AND request_key IS NOT NULL", is.takeAnswer},
		{"SELECT id, 'report', task_id, number, period, flag_id, author, narrative, status FROM reports", is.takeRow},
		{"SELECT id, 'review', task_id, period, event, report_id, flag_id, verdict, reason, reviewer FROM reviews", is.takeRow},
		{"SELECT id, 'flag', task_id, period, verdict, reason, rectify_by, opened_by, cleared_by FROM flags", is.takeRow},
	} {
		if err := each(ctx, db, q.query, q.take); err != nil {
			return is, fmt.Errorf("%s: %w", q.query, err)
		}
	}
	return is, nil
}

// each gives every row of a query to take, as text.
func each(ctx context.Context, db *sql.DB, query string, take func([]string) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, into := make([]string, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := take(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (is content) takeCheck(v []string) error {
	if v[0] != "ok" {
		return errors.New(v[0])
	}
	return nil
}

func (is content) takeTask(v []string) error {
	t := workflow.Task{ID: v[0], State: workflow.State(v[1]), Period: v[2], ReportID: v[3], FlagID: v[4], Verdict: assess.Verdict(v[5])}
	_, err := fmt.Sscan(v[6], &t.Version)
	is.tasks[t.ID] = t
	return err
}

func (is content) takeEvent(v []string) error {
	e, err := audit.Parse([]byte(v[0]))
	is.events[step{e.SubjectID, e.Version}] = e
	return err
}

func (is content) takeAnswer(v []string) error {
	e, err := audit.Parse([]byte(v[1]))
	is.answers[v[0]] = step{e.SubjectID, e.Version}
	return err
}

func (is content) takeRow(v []string) error {
	is.rows[v[0]] = fmt.Sprintf("%q", v[1:])
	return nil
}

// whole reports what is half done: a task whose version is not the number of
// its events, a row that is not what the events left, an event without the
// answer that its request would get again.
func (is content) whole() error {
	var broken []error
	fail := func(format string, args ...any) { broken = append(broken, fmt.Errorf(format, args...)) }
	rows, versions := map[string]string{}, map[string]int{}
	for s := range is.events {
		versions[s.task]++
	}
	for id, n := range versions {
		if is.tasks[id].Version != n {
			fail("task %s is at version %d and has %d events", id, is.tasks[id].Version, n)
		}
		var left workflow.Task
		for version := 1; version <= n; version++ {
			e, there := is.events[step{id, version}]
			if !there {
				fail("task %s has %d events and none of version %d", id, n, version)
				break
			}
			var picture struct {
				Task   workflow.Task
				Report *workflow.Report
				Review *workflow.Review
				Flag   *workflow.Flag
			}
			if err := json.Unmarshal(e.After, &picture); err != nil {
				fail("event %s cannot be read: %w", e.ID, err)
				break
			}
			left = picture.Task
			if r := picture.Report; r != nil {
				rows[r.ID] = texts("report", r.TaskID, r.Number, r.Period, r.FlagID, r.Author, r.Narrative, r.Status)
			}
			if r := picture.Review; r != nil {
				rows[r.ID] = texts("review", r.TaskID, r.Period, r.Event, r.ReportID, r.FlagID, r.Verdict, r.Reason, r.Reviewer)
			}
			if f := picture.Flag; f != nil {
				rows[f.ID] = texts("flag", f.TaskID, f.Period, f.Verdict, f.Reason, f.RectifyBy, f.OpenedBy, f.ClearedBy)
			}
		}
		t := is.tasks[id]
		if texts(t.State, t.Period, t.ReportID, t.FlagID, t.Verdict, t.Version) != texts(left.State, left.Period, left.ReportID, left.FlagID, left.Verdict, left.Version) {
			fail("task %s is not what its last event left", id)
		}
	}
	if len(versions) != len(is.tasks) {
		fail("%d tasks, and events of %d", len(is.tasks), len(versions))
	}
	if !maps.Equal(rows, is.rows) {
		fail("the %d reports, reviews and flags are not the %d that the events left", len(is.rows), len(rows))
	}
	answered := map[step]bool{}
	for _, s := range is.answers {
		answered[s] = true
	}
	if len(answered) != len(is.events) || len(answered) != len(is.answers) {
		fail("%d events and %d request keys for %d of them", len(is.events), len(is.answers), len(answered))
	}
	return errors.Join(broken...)
}

func texts(values ...any) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return fmt.Sprintf("%q", out)
}
