package prove

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// findings is what a look into the database found.
type findings struct {
	tasks, events, lost, doubled int
	broken                       []string // where version, events, replay or rows disagree
}

// bad counts one contradiction.
func (f *findings) bad(format string, args ...any) {
	f.broken = append(f.broken, fmt.Sprintf(format, args...))
}

// picture is the part of a task that events change. It and what follows are
// written down here once more on purpose: the check must not share the program's
// mistakes.
type picture struct {
	State    string `json:"state"`
	Period   string `json:"period"`
	ReportID string `json:"report_id"`
	FlagID   string `json:"flag_id"`
	Verdict  string `json:"verdict"`
	Version  int    `json:"version"`
}

// event is the part of an audit event that replaying goes by.
type event struct {
	Name    string   `json:"name"`
	Version int      `json:"version"`
	Outcome string   `json:"outcome"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Before  *picture `json:"before"`
	After   struct {
		Task   picture `json:"task"`
		Report *made   `json:"report"`
		Review *made   `json:"review"`
		Flag   *made   `json:"flag"`
	} `json:"after"`
}

// made is a row that an event says it made or changed.
type made struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

// row is a task as it is stored.
type row struct {
	id, code string
	is       picture
}

// rows are the identities that a task has in another table, with a status where
// there is one.
type rows map[string]map[string]string

// snapshot is the database at one moment.
type snapshot struct {
	tasks                   []row
	events                  map[string][]event // by task
	reports, reviews, flags rows               // by task
	keys                    []string           // of requests
}

// check looks into the database at one moment and compares it with itself and
// with what is known from outside.
func (w *world) check(ctx context.Context, c *crowd) (findings, error) {
	least := c.acknowledged()
	s, err := w.snapshot(ctx)
	if err != nil {
		return findings{}, fmt.Errorf("looking into the database: %w", err)
	}
	most := c.attempted()
	f := findings{tasks: len(s.tasks)}
	seen := map[int]int{}
	kept := 0
	for _, t := range s.tasks {
		events := s.events[t.id]
		f.events += len(events)
		var n int
		if _, err := fmt.Sscanf(t.code, "L%d", &n); err != nil || n >= len(most) || n < 0 {
			f.bad("nobody asked for task %s", t.code)
			continue
		}
		if _, twice := seen[n]; twice {
			f.doubled++
		}
		seen[n] = t.is.Version
		f.doubled += max(0, t.is.Version-most[n], len(events)-max(t.is.Version, 0))
		c.lives[n].compare(&f, t, events)
		s.compareRows(&f, t, events)
		for k := range events {
			if _, ok := slices.BinarySearch(s.keys, c.lives[n].key(k)); ok {
				kept++
			} else {
				f.bad("%s has event %d without the key of its request", t.code, k+1)
			}
		}
		delete(s.events, t.id)
	}
	if kept != len(s.keys) {
		f.bad("%d events with a request key, %d of them of a step", len(s.keys), kept)
	}
	for id := range s.events {
		f.bad("%d events of task %s, which is not there", len(s.events[id]), id)
	}
	for n, steps := range least {
		f.lost += max(0, steps-seen[n])
	}
	return f, nil
}

// judge checks while the server is up and fails the test for what is wrong.
func (w *world) judge(c *crowd, when string) findings {
	w.t.Helper()
	if w.confined != "" {
		copied := w.t.TempDir()
		must(w.t, os.CopyFS(copied, os.DirFS(w.confined)))
		w.openToLook(filepath.Join(copied, filepath.Base(w.file)))
	}
	f, err := w.check(w.t.Context(), c)
	must(w.t, err)
	if f.lost+f.doubled+len(f.broken) > 0 {
		w.t.Errorf("%s: %d steps lost, %d doubled, %d contradictions", when, f.lost, f.doubled, len(f.broken))
		for _, b := range f.broken[:min(5, len(f.broken))] {
			w.t.Error(b)
		}
	}
	return f
}

// compare holds the events of a task against its row and against the steps that
// were asked for.
func (l *life) compare(f *findings, t row, events []event) {
	if len(events) != t.is.Version {
		f.bad("%s is at version %d and has %d events", t.code, t.is.Version, len(events))
	}
	was := picture{}
	for i, e := range events {
		if e.Version != i+1 || e.Outcome != "accepted" || e.From != was.State || e.To != e.After.Task.State || i > 0 && (e.Before == nil || *e.Before != was) {
			f.bad("event %d of %s does not follow from the one before: %+v after %+v", i+1, t.code, e, was)
		}
		if i >= len(l.steps) || e.Name != l.steps[i].Path[strings.LastIndex(l.steps[i].Path, "/")+1:] && i > 0 || e.To != l.steps[i].To {
			f.bad("event %d of %s is %s to %s, which nobody asked for", i+1, t.code, e.Name, e.To)
		}
		was = e.After.Task
	}
	if was != t.is {
		f.bad("%s is %+v, replaying its events gives %+v", t.code, t.is, was)
	}
}

// compareRows holds the other tables against what the events say was made.
func (s *snapshot) compareRows(f *findings, t row, events []event) {
	reports, reviews, flags := map[string]string{}, map[string]string{}, map[string]string{}
	for _, e := range events {
		if r := e.After.Report; r != nil {
			reports[r.ID] = r.Status
		}
		if r := e.After.Review; r != nil {
			reviews[r.ID] = ""
		}
		if r := e.After.Flag; r != nil {
			flags[r.ID] = ""
		}
	}
	for name, both := range map[string][2]map[string]string{
		"reports": {reports, s.reports[t.id]}, "reviews": {reviews, s.reviews[t.id]}, "flags": {flags, s.flags[t.id]},
	} {
		if want, is := both[0], both[1]; len(want)+len(is) > 0 && !reflect.DeepEqual(want, is) {
			f.doubled += max(0, len(is)-len(want))
			f.bad("%s of %s are %v, its events say %v", name, t.code, is, want)
		}
	}
}

// snapshot reads everything in one transaction.
func (w *world) snapshot(ctx context.Context) (*snapshot, error) {
	options := &sql.TxOptions{}
	if w.isMy {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := w.look.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	s := &snapshot{events: map[string][]event{}, reports: rows{}, reviews: rows{}, flags: rows{}}
	err = each(ctx, tx, "SELECT id, code, state, period, report_id, flag_id, verdict, version FROM tasks WHERE campaign = '"+campaign+"'", func(scan scanner) error {
		var t row
		err := scan(&t.id, &t.code, &t.is.State, &t.is.Period, &t.is.ReportID, &t.is.FlagID, &t.is.Verdict, &t.is.Version)
		s.tasks = append(s.tasks, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = each(ctx, tx, "SELECT subject_id, canonical FROM audit_events WHERE subject = 'task' ORDER BY subject_id, version, id", func(scan scanner) error {
		var id string
		var canonical []byte
		var e event
		if err := scan(&id, &canonical); err != nil {
			return err
		}
		err := json.Unmarshal(canonical, &e)
		s.events[id] = append(s.events[id], e)
		return err
	})
	if err != nil {
		return nil, err
	}
	for query, into := range map[string]rows{
		"SELECT task_id, id, status FROM reports": s.reports, "SELECT task_id, id, '' FROM reviews": s.reviews, "SELECT task_id, id, '' FROM flags": s.flags,
	} {
		if err := each(ctx, tx, query, func(scan scanner) error {
			var task, id, status string
			err := scan(&task, &id, &status)
			if into[task] == nil {
				into[task] = map[string]string{}
			}
			into[task][id] = status
			return err
		}); err != nil {
			return nil, err
		}
	}
	err = each(ctx, tx, "SELECT request_key FROM audit_events WHERE request_key LIKE 'L%'", func(scan scanner) error {
		var key string
		err := scan(&key)
		s.keys = append(s.keys, key)
		return err
	})
	slices.Sort(s.keys)
	return s, err
}

type scanner func(into ...any) error

// each runs fn on every row that a query finds.
func each(ctx context.Context, tx *sql.Tx, query string, fn func(scanner) error) error {
	found, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		if err := fn(found.Scan); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return found.Err()
}
