package bench

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// template is a campaign as the product itself stored it. Its copies differ from it
// in nothing but the names of things and the moments at which they happened, so
// they are what the product would have stored, whatever its columns are.
type template struct {
	tables  []table
	ids     []uuid.UUID // of everything that belongs to the campaign, in the order of their making
	moments []string    // when it happened, to the second
}

// table holds the rows of one table that belong to the template.
type table struct {
	name    string
	columns []string
	rows    [][]cell
}

// cell is a stored value. Where something of the campaign is named in it, it is a
// text in pieces with a name between each two.
type cell struct {
	value  any      // where nothing is named
	pieces []string // one more than names
	names  []int    // places in the names of a copy
	binary bool     // the text is that of a BLOB
}

// names are those of one copy: its code, then its ids and its moments in the order
// of the template's.
type names [][]byte

// stored says which rows belong to the campaign of a database that has only one;
// each table comes after those that it refers to.
var stored = []struct{ table, rows string }{
	{"campaigns", ""}, {"campaign_regions", ""}, {"periods", ""}, {"assessment_params", ""},
	{"tasks", ""}, {"flags", ""}, {"reports", ""}, {"reviews", ""}, {"audit_events", " WHERE campaign <> ''"},
}

// campaignCode returns the code of a campaign of a generated site; the template is
// number 0. All are of one length, and in the order of their numbers.
func campaignCode(n int) string { return fmt.Sprintf("growth-%06d", n) }

var named = regexp.MustCompile(campaignCode(0) + `|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}`)

// moment reads what named finds of a moment; layout tells how it is written.
func moment(name string) (at time.Time, layout string, ok bool) {
	for _, layout = range []string{"2006-01-02T15:04:05", time.DateTime} {
		if at, err := time.Parse(layout, name); err == nil {
			return at, layout, true
		}
	}
	return at, "", false
}

// readTemplate reads the only campaign of a database. People do not belong to it.
func readTemplate(ctx context.Context, conn *sql.Conn) (*template, error) {
	_, users, err := readAll(ctx, conn, "SELECT id FROM users")
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	raw := make([][][]any, len(stored))
	t := &template{tables: make([]table, len(stored))}
	for i, s := range stored {
		t.tables[i].name = s.table
		if t.tables[i].columns, raw[i], err = readAll(ctx, conn, "SELECT * FROM "+s.table+s.rows+" ORDER BY 1"); err != nil {
			return nil, err
		}
		for _, row := range raw[i] {
			for _, v := range row {
				for _, name := range named.FindAllString(text(v), -1) {
					found[name] = true
				}
			}
		}
	}
	delete(found, campaignCode(0))
	for _, u := range users {
		delete(found, text(u[0]))
	}
	place := map[string]int{campaignCode(0): 0}
	sorted := slices.Sorted(maps.Keys(found))
	for _, name := range sorted {
		if _, _, ok := moment(name); !ok {
			t.ids = append(t.ids, uuid.MustParse(name))
			place[name] = len(t.ids)
		}
	}
	for _, name := range sorted {
		if _, _, ok := moment(name); ok {
			t.moments = append(t.moments, name)
			place[name] = len(t.ids) + len(t.moments)
		}
	}
	for i, rows := range raw {
		for _, row := range rows {
			cells := make([]cell, len(row))
			for j, v := range row {
				cells[j] = cellOf(v, place)
			}
			t.tables[i].rows = append(t.tables[i].rows, cells)
		}
	}
	return t, nil
}

func readAll(ctx context.Context, conn *sql.Conn, query string) (columns []string, list [][]any, err error) {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	if columns, err = rows.Columns(); err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", query, err)
		}
		list = append(list, row)
	}
	return columns, list, rows.Err()
}

// text returns the text of a stored value; numbers and NULL have none.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

func cellOf(v any, place map[string]int) cell {
	c := cell{value: v}
	_, c.binary = v.([]byte)
	whole, from := text(v), 0
	for _, at := range named.FindAllStringIndex(whole, -1) {
		if name, ours := place[whole[at[0]:at[1]]]; ours {
			c.pieces, c.names, from = append(c.pieces, whole[from:at[0]]), append(c.names, name), at[1]
		}
	}
	if len(c.names) > 0 {
		c.pieces = append(c.pieces, whole[from:])
	}
	return c
}

// appendTo appends the text of a cell in which something is named.
func (c cell) appendTo(b []byte, n names) []byte {
	for i, name := range c.names {
		b = append(append(b, c.pieces[i]...), n[name]...)
	}
	return append(b, c.pieces[len(c.names)]...)
}

// sideBySide is how many campaigns run at the same time: their rows lie between
// one another's, as their districts report in the same weeks.
const sideBySide = 50

// began is when the first copy's first id was made.
var began = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)

// ago is how long before the template copy n of so many campaigns happened: those
// side by side on one day, each set of them a day before the next.
func ago(n, campaigns int) time.Duration {
	return time.Duration((campaigns-1-n)/sideBySide+1)*24*time.Hour - time.Duration(n%sideBySide)*time.Second
}

// copyNames returns the names of copy n of so many campaigns. Ids of version 7 sort
// as if the campaigns that run side by side had taken each step together; other
// UUIDs are random.
func (t *template) copyNames(n, campaigns int) names {
	list := names{[]byte(campaignCode(n))}
	random := rand.New(rand.NewPCG(uint64(n), 0))
	for i, was := range t.ids {
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[:], random.Uint64())
		binary.BigEndian.PutUint64(id[8:], random.Uint64())
		if was.Version() == 7 {
			at := uint64(began.UnixMilli()) + uint64(n/sideBySide*len(t.ids)+i)
			binary.BigEndian.PutUint64(id[:], at<<16|uint64(n%sideBySide))
		}
		id[6], id[8] = id[6]&0x0f|byte(was.Version())<<4, id[8]&0x3f|0x80
		list = append(list, []byte(id.String()))
	}
	for _, name := range t.moments {
		at, layout, _ := moment(name)
		list = append(list, []byte(at.Add(-ago(n, campaigns)).Format(layout)))
	}
	return list
}

// multiply stores copies 1 to n-1 of the template, so that there are n campaigns.
func (t *template) multiply(ctx context.Context, into keeper, n int) error {
	for from := 1; from < n; {
		end := min(n, (from/sideBySide+1)*sideBySide)
		var copies []names
		for ; from < end; from++ {
			copies = append(copies, t.copyNames(from, n))
		}
		for _, rows := range t.tables {
			if err := into.keep(ctx, rows, copies); err != nil {
				return fmt.Errorf("filling %s: %w", rows.name, err)
			}
		}
	}
	return nil
}
