package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// tampering is one change past the product.
type tampering struct {
	name string
	do   func()
	// where are the places of which one must be named: a table and the key of a row
	// in it, and the column where it is known.
	where []place
	// tables are what it touches.
	tables []string
}

type place struct{ table, key, column string }

// namedBy reports whether a finding is about the place.
func (p place) namedBy(f workflow.TrailFinding) bool {
	if f.Table != p.table || p.column != "" && f.Column != "" && f.Column != p.column {
		return false
	}
	if f.Key == p.key {
		return true
	}
	// A run of records names all of them.
	index, ok := strings.CutPrefix(p.key, "log_index=")
	span, of := strings.CutPrefix(f.Key, "log_index=")
	first, last, run := strings.Cut(span, "..")
	if !ok || !of || !run {
		return false
	}
	n, err := strconv.ParseInt(index, 10, 64)
	from, err1 := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	return err == nil && err1 == nil && err2 == nil && from <= n && n <= to
}

// untold are columns of covered tables that say nothing that an event could tell.
var untold = map[string]string{
	"audit_pending.n": "only the order in which events that wait enter the log",
}

// TestEveryTamperingIsFoundAndLocated: with a checkpoint kept outside, whatever
// somebody with every right does to what is covered is found, and the row is named.
// The columns are those that the database itself lists: a new one that nothing
// covers fails here. DUBAN_TAMPERS says how many more are tried at random.
func TestEveryTamperingIsFoundAndLocated(t *testing.T) {
	dbtest.EachConfig(t, func(t *testing.T, database string, cfg gormstore.Config) {
		c := newCrime(t, cfg)
		found := 0
		attempts := c.everyKind()
		for range number(t, "DUBAN_TAMPERS", 0) {
			attempts = append(attempts, c.anyKind())
		}
		for i, tampering := range attempts {
			if c.commit(tampering) {
				found++
			}
			if i%25 == 0 {
				if report := c.h.verify(); !report.Clean() {
					t.Fatalf("%s was not undone: %+v", tampering.name, report.Findings)
				}
			}
		}
		report := c.h.verify()
		t.Logf("%d of %d tamperings found and located on %s; window not covered: %d of %d events",
			found, len(attempts), database, report.Open(), report.Size+report.Pending)
	})
}

// crime is a trail with an attacker at it.
type crime struct {
	*attacker
	h       *saga
	covered []storedTable
}

// Names of the copies: of an older state, and of the newest.
const older, newest = "older_", "newest_"

func newCrime(t *testing.T, cfg gormstore.Config) *crime {
	t.Helper()
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	h := newSaga(newWorld(t, store), seed)
	h.people()
	h.deputies()
	for range 60 {
		h.act()
	}
	h.sequence()
	c := &crime{attacker: newAttacker(t, cfg, h.random), h: h}
	c.keep(older)
	h.parameters()
	h.files()
	for _, state := range []string{"reported", "reported+flag", "reviewed", "rectified", "closed", "cancelled"} {
		h.ids = append(h.ids, h.in(state).ID)
	}
	for range 100 {
		h.act()
	}
	h.issues()
	h.sequence()
	for range 3 {
		h.in("reviewed") // waits for the log
	}
	c.keep(newest)
	for _, table := range c.tables {
		if slices.Contains(workflow.NotCovered, table.name) {
			continue
		}
		if len(c.rowsOf(table)) < 2 {
			t.Fatalf("%s has less than two rows: nothing can be tried on it", table.name)
		}
		c.covered = append(c.covered, table)
	}
	if report := h.verify(); !report.Clean() {
		t.Fatalf("an alarm without a cause: %+v", report.Findings)
	}
	return c
}

// rowsOf are the rows that a checkpoint kept outside covers.
func (c *crime) rowsOf(table storedTable) [][]any {
	query := "SELECT * FROM " + table.name
	if table.name == "audit_events" {
		query += " WHERE id IN (SELECT event_id FROM audit_log)"
	}
	return c.rows(query)
}

func (c *crime) pick(table storedTable) []any {
	rows := c.rowsOf(table)
	return rows[c.random.IntN(len(rows))]
}

// commit tampers, verifies, and undoes it. It reports whether a finding named the
// place.
func (c *crime) commit(tampering tampering) bool {
	c.t.Helper()
	tampering.do()
	report := c.h.verify()
	located := slices.ContainsFunc(report.Findings, func(f workflow.TrailFinding) bool {
		return slices.ContainsFunc(tampering.where, func(p place) bool { return p.namedBy(f) })
	})
	if !located {
		c.t.Errorf("%s: want one of %v named, found %+v", tampering.name, tampering.where, report.Findings)
	}
	c.back(newest, tampering.tables...)
	return located
}

// everyKind is each kind of change once for every table and column that it fits.
func (c *crime) everyKind() (all []tampering) {
	for _, table := range c.covered {
		for _, column := range table.columns {
			if untold[table.name+"."+column.name] == "" {
				all = append(all, c.modify(table, column))
			}
		}
		all = append(all, c.remove(table), c.add(table), c.empty(table))
		if swap, ok := c.swap(table); ok {
			all = append(all, swap)
		}
	}
	for _, records := range []int{1, 2, 9} {
		all = append(all, c.cut(records))
	}
	for _, how := range []forgery{{}, {rows: true}, {rows: true, resigned: true}} {
		all = append(all, c.forge(how))
	}
	return append(all, c.restore())
}

// anyKind is some change somewhere.
func (c *crime) anyKind() tampering {
	table := c.covered[c.random.IntN(len(c.covered))]
	for {
		switch c.random.IntN(12) {
		case 0:
			return c.remove(table)
		case 1:
			return c.add(table)
		case 2:
			return c.cut(1 + c.random.IntN(20))
		case 3:
			return c.forge(forgery{rows: c.random.IntN(2) == 0, resigned: c.random.IntN(2) == 0})
		case 4, 5:
			if swap, ok := c.swap(table); ok {
				return swap
			}
		default:
			column := table.columns[c.random.IntN(len(table.columns))]
			if untold[table.name+"."+column.name] == "" {
				return c.modify(table, column)
			}
		}
	}
}

func (c *crime) modify(table storedTable, column storedColumn) tampering {
	i := table.place(column.name)
	var row, changed, args []any
	statement := ""
	for statement == "" || !c.possible(statement, args...) {
		row = c.pick(table)
		changed = slices.Clone(row)
		changed[i] = c.other(column, row[i])
		statement, args = table.where(row)
		statement, args = "UPDATE "+table.name+" SET "+column.name+" = ?"+statement, append([]any{changed[i]}, args...)
	}
	p := place{table.name, table.keyOf(row), column.name}
	if column.key {
		p.column = ""
	}
	return tampering{
		name:  fmt.Sprintf("%s.%s of %s is %q instead of %q", table.name, column.name, table.keyOf(row), text(changed[i]), text(row[i])),
		do:    func() { c.exec(statement, args...) },
		where: []place{p}, tables: []string{table.name},
	}
}

func (c *crime) remove(table storedTable) tampering {
	row := c.pick(table)
	where, args := table.where(row)
	p := place{table: table.name, key: table.keyOf(row)}
	places := []place{p}
	if table.name == "audit_pending" { // the row is nowhere told of, the event is
		places = []place{{table: "audit_events", key: "id=" + text(row[table.place("event_id")])}}
	}
	return tampering{
		name: "deleted from " + p.table + ": " + p.key, do: func() { c.exec("DELETE FROM "+table.name+where, args...) },
		where: places, tables: []string{table.name},
	}
}

// alike are columns beside the key that no two rows may share.
var alike = map[string][]string{
	"tasks": {"code", "seq"}, "users": {"login"}, "reports": {"number"}, "evidence": {"uploader"}, "audit_log": {"event_id"},
	"audit_events": {"subject_id", "request_key"}, "editions": {"number"},
}

// add inserts a copy of a row under another key.
func (c *crime) add(table storedTable) tampering {
	var row []any
	for statement := table.insertion(); row == nil || !c.possible(statement, row...); {
		row = slices.Clone(c.pick(table))
		key := -1
		for i, column := range table.columns {
			if column.key {
				key = i
			}
			if slices.Contains(alike[table.name], column.name) && row[i] != nil {
				row[i] = text(row[i]) + "9"
			}
		}
		row[key] = c.other(table.columns[key], row[key])
	}
	p := place{table: table.name, key: table.keyOf(row)}
	return tampering{
		name: "inserted into " + p.table + ": " + p.key, do: func() { c.exec(table.insertion(), row...) },
		where: []place{p}, tables: []string{table.name},
	}
}

// empty deletes all rows.
func (c *crime) empty(table storedTable) tampering {
	undone := c.remove(table)
	undone.name, undone.do = "emptied: "+table.name, func() { c.exec("DELETE FROM " + table.name) }
	if table.name == "audit_hashes" || table.name == "audit_log" || table.name == "audit_events" { // more than are listed
		undone.where = []place{{table: "audit_hashes", key: "position=0"}, {table: "audit_log", key: "log_index=0"}}
	}
	return undone
}

// swap exchanges what two rows say. There may be no two that say different things.
func (c *crime) swap(table storedTable) (tampering, bool) {
	for range 20 {
		a, b := c.pick(table), c.pick(table)
		x, y := slices.Clone(a), slices.Clone(b)
		for i, column := range table.columns {
			if !column.key {
				x[i], y[i] = b[i], a[i]
			}
		}
		if fmt.Sprint(a) == fmt.Sprint(b) || fmt.Sprint(a) == fmt.Sprint(x) || table.name == "audit_pending" {
			continue
		}
		return tampering{
			name: fmt.Sprintf("exchanged in %s: %s and %s", table.name, table.keyOf(a), table.keyOf(b)),
			do: func() {
				for _, row := range [][]any{a, b} {
					where, args := table.where(row)
					c.exec("DELETE FROM "+table.name+where, args...)
				}
				for _, row := range [][]any{x, y} {
					c.exec(table.insertion(), row...)
				}
			},
			where: []place{{table: table.name, key: table.keyOf(a)}}, tables: []string{table.name},
		}, true
	}
	return tampering{}, false
}
