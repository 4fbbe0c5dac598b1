package gormstore

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"duban/migrations"
)

// pagesOf is a unit of work on a database with a table that was made by statements.
func pagesOf(t *testing.T, statements ...string) (*Store, *unit) {
	t.Helper()
	cfg := Config{Dialect: migrations.SQLite, Path: filepath.Join(t.TempDir(), "pages.db")}
	if _, err := Migrate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	store, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	for _, statement := range statements {
		if _, err := store.pools[0].ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	u, err := store.begin(t.Context(), store.reader, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.end)
	return store, u
}

// TestPagesHoldWhatAQueryFinds: rows of all sizes, also larger than a page, numbers of
// all widths, what is left where rows were deleted and changed, partly not yet moved
// from the write-ahead log, and columns that came later than rows.
func TestPagesHoldWhatAQueryFinds(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	sizes := []int{0, 1, 40, 500, 1500, 3990, 4020, 4050, 4060, 4061, 4062, 4070, 8140, 8160, 9000, 60_000}
	value := func() string {
		size := sizes[random.IntN(len(sizes))]
		if random.IntN(3) > 0 {
			size = random.IntN(300)
		}
		return strings.Repeat(string(rune('a'+random.IntN(26))), size)
	}
	number := func() any {
		if random.IntN(5) == 0 {
			return nil
		}
		return (random.Int64() >> random.IntN(64)) * int64(1-2*random.IntN(2))
	}
	store, none := pagesOf(t, "CREATE TABLE plain (n INTEGER PRIMARY KEY, a TEXT, b BLOB, c INTEGER)")
	none.end()
	exec := func(query string, args ...any) {
		if _, err := store.pools[0].ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	later := []string{"d TEXT", "e TEXT NOT NULL DEFAULT ''", "f INTEGER NOT NULL DEFAULT 0", "g TEXT NOT NULL DEFAULT 'x'"}
	for round := range 4 {
		for range 700 {
			exec("INSERT OR REPLACE INTO plain (n, a, b, c) VALUES (?, ?, ?, ?)", random.Int64N(1<<(8+random.IntN(40)))-100, value(), []byte(value()), number())
		}
		exec("DELETE FROM plain WHERE abs(n) % 5 = ?", round)
		exec("UPDATE plain SET a = b, c = ? WHERE abs(n) % 7 = ?", number(), round)
		exec("ALTER TABLE plain ADD COLUMN " + later[round])
		u, err := store.begin(t.Context(), store.reader, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := u.plainRows("plain", true)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		if err := u.stream("", "SELECT * FROM plain ORDER BY n", nil, func(rows *sql.Rows) error {
			row := make([]cell, 5+round)
			targets := make([]any, len(row))
			for i := range row {
				targets[i] = &row[i]
			}
			err := rows.Scan(targets...)
			want = append(want, shown(row))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		met := 0
		for {
			more, err := rows.next()
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			rows.cells[0] = cell{text: fmt.Append(nil, rows.row)}
			if got := shown(rows.cells); met >= len(want) || got != want[met] {
				t.Fatalf("row %d differs", met)
			}
			met++
		}
		if met != len(want) || met < 400 {
			t.Fatalf("%d rows of %d", met, len(want))
		}
		u.end()
	}
}

func shown(row []cell) string {
	var b strings.Builder
	for _, c := range row {
		b.WriteString(c.String() + "|")
	}
	return b.String()
}

// TestWhatIsNotPlainIsLeftToQueries: columns that records do not have, other kinds of
// tables, and bytes that are no pages of a table.
func TestWhatIsNotPlainIsLeftToQueries(t *testing.T) {
	for made, numbered := range map[string]bool{
		"CREATE VIEW odd AS SELECT 1 AS n, 2 AS a":                                                                    false,
		"CREATE TABLE odd (n INTEGER PRIMARY KEY, a TEXT) WITHOUT ROWID; INSERT INTO odd VALUES (1, 'a')":             true,
		"CREATE TABLE odd (n INTEGER, a TEXT); INSERT INTO odd VALUES (1, 'a')":                                       true,
		"CREATE TABLE odd (n INTEGER, a AS (n + 1))":                                                                  false,
		"CREATE TABLE odd (n INTEGER, a REAL); INSERT INTO odd VALUES (1, 1.5)":                                       false,
		"CREATE TABLE odd (n INTEGER); INSERT INTO odd VALUES (1); ALTER TABLE odd ADD COLUMN a TEXT DEFAULT 'it''s'": false,
		"CREATE TABLE odd (n INTEGER); INSERT INTO odd VALUES (1); ALTER TABLE odd ADD COLUMN a DEFAULT 1.5":          false,
	} {
		_, u := pagesOf(t, strings.Split(made, "; ")...)
		rows, err := u.plainRows("odd", numbered)
		for err == nil {
			var more bool
			if more, err = rows.next(); !more && err == nil {
				break
			}
		}
		if !errors.Is(err, errNotPlain) {
			t.Errorf("%s: %v", made, err)
		}
	}
	_, u := pagesOf(t)
	p := pageRows{u: u, usable: leastUsable, cells: make([]cell, 2), unsaid: make([]cell, 2)}
	for range 20_000 {
		b := make([]byte, rand.IntN(200))
		for i := range b {
			b[i] = byte(rand.IntN(256) >> rand.IntN(8))
		}
		record, err := p.record(b)
		if err != nil && !errors.Is(err, errNotPlain) {
			t.Fatal(err)
		}
		if err == nil && p.parse(record) && len(p.cells[0].text)+len(p.cells[1].text) > len(record)+40 {
			t.Fatalf("%x has columns longer than it", record)
		}
	}
}
