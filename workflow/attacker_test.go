package workflow_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"duban/migrations"
	"duban/workflow/gormstore"
)

// attacker is somebody with every right in the database, past the product: no
// trigger and no foreign key is in the way.
type attacker struct {
	t      *testing.T
	db     *sql.DB
	random *rand.Rand
	tables []storedTable // by name
}

// storedTable is a table as the database itself describes it.
type storedTable struct {
	name    string
	columns []storedColumn
}

type storedColumn struct {
	name     string
	kind     string
	nullable bool
	key      bool
}

func newAttacker(t *testing.T, cfg gormstore.Config, random *rand.Rand) *attacker {
	t.Helper()
	driver, source, open := "sqlite", "file:"+cfg.Path+"?_busy_timeout=10000", []string{"PRAGMA foreign_keys = 0"}
	if cfg.Dialect == migrations.MySQL {
		driver, source, open = "mysql", cfg.DSN, []string{"SET FOREIGN_KEY_CHECKS = 0"}
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // the settings are those of the connection
	t.Cleanup(func() { _ = db.Close() })
	a := &attacker{t: t, db: db, random: random}
	for _, statement := range open {
		a.exec(statement)
	}
	a.describe(cfg.Dialect)
	return a
}

func (a *attacker) exec(query string, args ...any) {
	a.t.Helper()
	if _, err := a.db.Exec(query, args...); err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
}

// possible reports whether the database lets a statement pass; it is not done.
func (a *attacker) possible(query string, args ...any) bool {
	a.t.Helper()
	tx, err := a.db.Begin()
	if err != nil {
		a.t.Fatal(err)
	}
	_, err = tx.Exec(query, args...)
	if back := tx.Rollback(); back != nil {
		a.t.Fatal(back)
	}
	return err == nil
}

// describe asks the database for its tables, and drops its triggers.
func (a *attacker) describe(dialect migrations.Dialect) {
	columns := `SELECT table_name, column_name, data_type, is_nullable = 'YES', column_key = 'PRI' FROM information_schema.columns
		WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`
	if dialect == migrations.SQLite {
		columns = `SELECT m.name, c.name, lower(c.type), c."notnull" = 0 AND c.pk = 0, c.pk > 0 FROM sqlite_master m, pragma_table_info(m.name) c
			WHERE m.type = 'table' ORDER BY m.name, c.cid`
		for _, r := range a.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'") {
			a.exec("DROP TRIGGER " + text(r[0]))
		}
	}
	for _, r := range a.rows(columns) {
		name := text(r[0])
		if strings.HasPrefix(name, "goose") || strings.HasPrefix(name, "sqlite") {
			continue
		}
		if n := len(a.tables); n == 0 || a.tables[n-1].name != name {
			a.tables = append(a.tables, storedTable{name: name})
		}
		last := &a.tables[len(a.tables)-1]
		last.columns = append(last.columns, storedColumn{text(r[1]), text(r[2]), text(r[3]) == "1", text(r[4]) == "1"})
	}
}

func (a *attacker) table(name string) storedTable {
	a.t.Helper()
	i := slices.IndexFunc(a.tables, func(t storedTable) bool { return t.name == name })
	if i < 0 {
		a.t.Fatalf("there is no table %s", name)
	}
	return a.tables[i]
}

// rows returns what a query gives.
func (a *attacker) rows(query string, args ...any) (all [][]any) {
	a.t.Helper()
	rows, err := a.db.Query(query, args...)
	if err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	for err == nil && rows.Next() {
		row, targets := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			targets[i] = &row[i]
		}
		err = rows.Scan(targets...)
		all = append(all, row)
	}
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
	return all
}

// keep copies every table; back puts tables back to their copies.
func (a *attacker) keep(prefix string) {
	for _, t := range a.tables {
		a.exec("CREATE TABLE " + prefix + t.name + " AS SELECT * FROM " + t.name)
	}
}

func (a *attacker) back(prefix string, tables ...string) {
	a.t.Helper()
	for _, t := range tables {
		a.exec("DELETE FROM " + t)
		a.exec("INSERT INTO " + t + " SELECT * FROM " + prefix + t)
	}
}

// insertion inserts a row.
func (t storedTable) insertion() string {
	return "INSERT INTO " + t.name + " VALUES (?" + strings.Repeat(", ?", len(t.columns)-1) + ")"
}

// where finds a row by its key.
func (t storedTable) where(row []any) (where string, args []any) {
	for i, c := range t.columns {
		if c.key {
			where, args = where+" AND "+c.name+" = ?", append(args, row[i])
		}
	}
	return " WHERE " + where[len(" AND "):], args
}

// keyOf is the row's key as findings name it.
func (t storedTable) keyOf(row []any) string {
	var parts []string
	for i, c := range t.columns {
		if c.key {
			parts = append(parts, c.name+"="+text(row[i]))
		}
	}
	return strings.Join(parts, ", ")
}

func (t storedTable) place(column string) int {
	return slices.IndexFunc(t.columns, func(c storedColumn) bool { return c.name == column })
}

func text(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}

// other returns another value that the column can hold.
func (a *attacker) other(c storedColumn, v any) any {
	switch {
	case c.nullable && v != nil && a.random.IntN(3) == 0:
		return nil
	case strings.Contains(c.kind, "blob") || c.kind == "binary":
		b := slices.Clone(v.([]byte))
		b[a.random.IntN(len(b))] ^= 1 << a.random.IntN(8)
		return b
	case c.kind == "tinyint" || c.name == "key_task" || c.name == "disabled":
		return 1 - v.(int64)
	case strings.Contains(c.kind, "int"):
		n, _ := v.(int64) // 0 for NULL
		return n + 1_000
	case c.kind == "datetime" && v == nil:
		return "2023-01-01 00:00:00.000001"
	case c.kind == "datetime":
		s := []byte(text(v))
		s[len(s)-1] = '0' + (s[len(s)-1]-'0'+1)%10
		return string(s)
	case v == nil:
		return "x"
	}
	s := []byte(text(v))
	var places []int
	for i, b := range s {
		if 'a' <= b && b <= 'z' || '0' <= b && b <= '9' {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return text(v) + "x"
	}
	// Another letter or digit, never only another case of the same.
	switch i := places[a.random.IntN(len(places))]; s[i] {
	case 'z':
		s[i] = 'a'
	case '9':
		s[i] = '0'
	default:
		s[i]++
	}
	return string(s)
}
