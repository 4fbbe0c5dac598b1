package apitest

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duban/migrations"
	"duban/workflow/gormstore"
)

// ledger looks at a database past the product: what is in it, and how many events.
type ledger struct {
	t      *testing.T
	db     *sql.DB
	tables []string
}

// unwatched tables hold the audit trail, which grows by refusals and by readings, and
// is counted instead, how often signing in was tried, and what goes up with when a
// credential was last seen.
var unwatched = regexp.MustCompile("^(audit_|attempts$|identity_version$|sqlite_)")

// restless columns change by being asked for.
var restless = []string{"last_seen"}

func newLedger(t *testing.T, cfg gormstore.Config) *ledger {
	t.Helper()
	driver, source, list := "sqlite", "file:"+cfg.Path+"?_pragma=busy_timeout(10000)", `SELECT name FROM sqlite_master WHERE type = 'table'`
	if cfg.Dialect == migrations.MySQL {
		driver, source, list = "mysql", cfg.DSN, `SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()`
	}
	db, err := sql.Open(driver, source)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	l := &ledger{t: t, db: db}
	for _, row := range l.query(list) {
		if !unwatched.MatchString(row[0]) {
			l.tables = append(l.tables, row[0])
		}
	}
	slices.Sort(l.tables)
	if !slices.Contains(l.tables, "tasks") {
		t.Fatalf("the tables are %v", l.tables)
	}
	return l
}

// query returns the rows of a query as text, without the restless columns.
func (l *ledger) query(query string) [][]string {
	l.t.Helper()
	rows, err := l.db.QueryContext(l.t.Context(), query)
	must(l.t, err)
	defer rows.Close()
	names, err := rows.Columns()
	must(l.t, err)
	var out [][]string
	for rows.Next() {
		cells, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		must(l.t, rows.Scan(into...))
		row := []string{}
		for i, c := range cells {
			if !slices.Contains(restless, names[i]) {
				row = append(row, fmt.Sprintf("%t:%s", c.Valid, c.String))
			}
		}
		if len(names) == 1 {
			row = []string{cells[0].String}
		}
		out = append(out, row)
	}
	must(l.t, rows.Err())
	return out
}

// state is what a database holds beside the trail.
type state struct {
	tables   map[string]string // to a digest of its rows
	accepted int
	refused  int
}

func (l *ledger) state() state {
	l.t.Helper()
	s := state{tables: map[string]string{}}
	for _, table := range l.tables {
		var rows []string
		for _, row := range l.query("SELECT * FROM " + table) {
			rows = append(rows, strings.Join(row, "\x00"))
		}
		slices.Sort(rows)
		s.tables[table] = fmt.Sprintf("%d rows %x", len(rows), sha256.Sum256([]byte(strings.Join(rows, "\x01"))))
	}
	for _, row := range l.query("SELECT outcome, COUNT(*) FROM audit_events GROUP BY outcome") {
		n := 0
		_, err := fmt.Sscanf(row[1], "true:%d", &n)
		must(l.t, err)
		if row[0] == "true:accepted" {
			s.accepted = n
		} else {
			s.refused += n
		}
	}
	return s
}

// changed names the tables that are not as they were.
func (s state) changed(was state) []string {
	var names []string
	for table, digest := range s.tables {
		if was.tables[table] != digest {
			names = append(names, table)
		}
	}
	slices.Sort(names)
	return names
}
