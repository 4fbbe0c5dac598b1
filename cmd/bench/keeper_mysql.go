package bench

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mysqlKeeper fills tables with LOAD DATA, for which a row is one text. The
// account must be allowed to set global variables.
type mysqlKeeper struct {
	db    *sql.DB
	conn  *sql.Conn
	undo  []string          // statements that set global variables back
	lines map[string][]cell // of each table, in the notation of LOAD DATA
}

// eased are the global variables that filling is quicker with.
var eased = []struct{ name, value string }{
	{"innodb_flush_log_at_trx_commit", "0"},
	{"innodb_io_capacity_max", "40000"},
	{"innodb_io_capacity", "20000"},
}

func newMySQLKeeper(ctx context.Context, dsn string) (*mysqlKeeper, error) {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the DSN: %w", err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connecting: %w", err), db.Close())
	}
	k := &mysqlKeeper{db: db, conn: conn, lines: map[string][]cell{}}
	if err := k.ease(ctx); err != nil {
		return nil, errors.Join(err, k.close())
	}
	return k, nil
}

func (k *mysqlKeeper) ease(ctx context.Context) error {
	for _, v := range eased {
		if err := k.setGlobal(ctx, v.name, v.value); err != nil {
			return err
		}
	}
	_, err := k.conn.ExecContext(ctx, "SET SESSION foreign_key_checks = 0, SESSION unique_checks = 0")
	return err
}

// setGlobal sets a global variable until close.
func (k *mysqlKeeper) setGlobal(ctx context.Context, name, value string) error {
	var was string
	err := k.conn.QueryRowContext(ctx, "SELECT @@GLOBAL."+name).Scan(&was)
	if err == nil {
		_, err = k.conn.ExecContext(ctx, "SET GLOBAL "+name+" = "+value)
	}
	if err != nil {
		return fmt.Errorf("setting %s: %w", name, err)
	}
	k.undo = append(k.undo, "SET GLOBAL "+name+" = "+was)
	return nil
}

func (k *mysqlKeeper) template(ctx context.Context) (*template, error) {
	return readTemplate(ctx, k.conn)
}

// escapes are those of LOAD DATA. Names need none.
var escapes = strings.NewReplacer("\\", "\\\\", "\t", "\\t", "\n", "\\n", "\x00", "\\0")

// line puts a row into the notation of LOAD DATA.
func line(row []cell) cell {
	var l cell
	var piece strings.Builder
	for i, c := range row {
		if i > 0 {
			piece.WriteByte('\t')
		}
		switch v := c.value.(type) {
		case nil:
			piece.WriteString("\\N")
			continue
		case []byte, string:
		default:
			fmt.Fprint(&piece, v)
			continue
		}
		if len(c.names) == 0 {
			piece.WriteString(escapes.Replace(text(c.value)))
			continue
		}
		for j, name := range c.names {
			piece.WriteString(escapes.Replace(c.pieces[j]))
			l.pieces, l.names = append(l.pieces, piece.String()), append(l.names, name)
			piece.Reset()
		}
		piece.WriteString(escapes.Replace(c.pieces[len(c.names)]))
	}
	piece.WriteByte('\n')
	l.pieces = append(l.pieces, piece.String())
	return l
}

func (k *mysqlKeeper) keep(ctx context.Context, t table, copies []names) error {
	lines := k.lines[t.name]
	if lines == nil {
		for _, row := range t.rows {
			lines = append(lines, line(row))
		}
		k.lines[t.name] = lines
	}
	var file []byte
	for _, l := range lines {
		for _, n := range copies {
			file = l.appendTo(file, n)
		}
	}
	const handler = "copies"
	mysql.RegisterReaderHandler(handler, func() io.Reader { return bytes.NewReader(file) })
	defer mysql.DeregisterReaderHandler(handler)
	_, err := k.conn.ExecContext(ctx, "LOAD DATA LOCAL INFILE 'Reader::"+handler+"' INTO TABLE "+t.name+" CHARACTER SET utf8mb4 ("+strings.Join(t.columns, ", ")+")")
	return err
}

// settle counts for the optimizer, reads, and waits until what was changed in memory is
// written to the tables: it would be while others measure.
func (k *mysqlKeeper) settle(ctx context.Context) error {
	for _, s := range stored {
		if _, err := k.conn.ExecContext(ctx, "ANALYZE TABLE "+s.table); err != nil {
			return fmt.Errorf("counting %s: %w", s.table, err)
		}
	}
	// A page that is read in passing would otherwise soon leave the buffer pool.
	if err := k.setGlobal(ctx, "innodb_old_blocks_time", "0"); err != nil {
		return err
	}
	if err := readThrough(ctx, k.conn, "SELECT DISTINCT index_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ?",
		"SELECT COUNT(*) FROM %s FORCE INDEX (`%s`)"); err != nil {
		return err
	}
	if err := k.setGlobal(ctx, "innodb_max_dirty_pages_pct", "0"); err != nil {
		return err
	}
	for {
		var name string
		var dirty int
		if err := k.conn.QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'").Scan(&name, &dirty); err != nil {
			return fmt.Errorf("looking for changed pages: %w", err)
		}
		if dirty < fewPages {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// fewPages may still be changed in memory when the database is at rest.
const fewPages = 100

func (k *mysqlKeeper) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var errs []error
	for _, statement := range slices.Backward(k.undo) {
		_, err := k.conn.ExecContext(ctx, statement)
		errs = append(errs, err)
	}
	return errors.Join(append(errs, k.conn.Close(), k.db.Close())...)
}
