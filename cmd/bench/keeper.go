package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"duban/migrations"
	"duban/workflow/gormstore"
)

// keeper stores copies straight into the tables of a database that nobody else has
// open, without regard to loss of power.
type keeper interface {
	// template reads what is there to be copied.
	template(ctx context.Context) (*template, error)
	// keep stores the rows of one table for each copy.
	keep(ctx context.Context, t table, copies []names) error
	// settle leaves the database as time would have: written out, with statistics,
	// and what people work with read lately.
	settle(ctx context.Context) error
	close() error
}

func newKeeper(ctx context.Context, c gormstore.Config) (keeper, error) {
	if c.Dialect == migrations.MySQL {
		return newMySQLKeeper(ctx, c.DSN)
	}
	return newSQLiteKeeper(ctx, c.Path)
}

// readThrough reads every table but that of the events, and all indexes of each, so
// that what is in memory does not depend on what was generated last. indexes lists those
// of a table, through counts a table by one of them.
func readThrough(ctx context.Context, conn *sql.Conn, indexes, through string) error {
	read := func(query string, args ...any) (first []string, err error) {
		rows, err := conn.QueryContext(ctx, query, args...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", query, err)
		}
		columns, err := rows.Columns()
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		for rows.Next() {
			if len(columns) > 1 {
				continue
			}
			var text string
			if err := rows.Scan(&text); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			first = append(first, text)
		}
		return first, errors.Join(rows.Err(), rows.Close())
	}
	for _, s := range stored {
		if s.table == "audit_events" {
			continue
		}
		if _, err := read("SELECT * FROM " + s.table); err != nil {
			return err
		}
		names, err := read(indexes, s.table)
		if err != nil {
			return err
		}
		for _, name := range names {
			if _, err := read(fmt.Sprintf(through, s.table, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

type sqliteKeeper struct {
	path       string
	db         *sql.DB
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// The product makes the journal a write-ahead log again when it opens the file.
const carelessly = "?_pragma=journal_mode(DELETE)&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=locking_mode(EXCLUSIVE)&_pragma=cache_size(-2000000)"

func newSQLiteKeeper(ctx context.Context, path string) (*sqliteKeeper, error) {
	db, err := sql.Open("sqlite", "file:"+path+carelessly)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), db.Close())
	}
	return &sqliteKeeper{path: path, db: db, conn: conn, statements: map[string]*sql.Stmt{}}, nil
}

func (k *sqliteKeeper) template(ctx context.Context) (*template, error) {
	return readTemplate(ctx, k.conn)
}

func (k *sqliteKeeper) keep(ctx context.Context, t table, copies []names) error {
	insert := k.statements[t.name]
	if insert == nil {
		var err error
		insert, err = k.conn.PrepareContext(ctx, "INSERT INTO "+t.name+" ("+strings.Join(t.columns, ", ")+") VALUES (?"+strings.Repeat(", ?", len(t.columns)-1)+")")
		if err != nil {
			return err
		}
		k.statements[t.name] = insert
	}
	if _, err := k.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	args := make([]any, len(t.columns))
	each := context.WithoutCancel(ctx) // the driver starts a goroutine for a context that may end
	for _, row := range t.rows {
		for _, n := range copies {
			for i, c := range row {
				switch {
				case len(c.names) == 0:
					args[i] = c.value
				case c.binary:
					args[i] = c.appendTo(nil, n)
				default:
					args[i] = string(c.appendTo(nil, n))
				}
			}
			if _, err := insert.ExecContext(each, args...); err != nil {
				return err
			}
		}
	}
	_, err := k.conn.ExecContext(ctx, "COMMIT")
	return err
}

func (k *sqliteKeeper) settle(ctx context.Context) error {
	// Events lie between the rows in the file and are read along with them: what the
	// system takes for used often, and keeps, is only what is read again.
	for range 3 {
		if err := readThrough(ctx, k.conn, "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?", `SELECT COUNT(*) FROM %s INDEXED BY "%s"`); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(k.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

func (k *sqliteKeeper) close() error {
	var errs []error
	for _, s := range k.statements {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, k.conn.Close(), k.db.Close())...)
}
