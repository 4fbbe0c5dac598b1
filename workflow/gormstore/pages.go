package gormstore

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"duban/migrations"
)

// pageRows reads every row of a table of SQLite in the order of its row numbers, from
// the pages of its b-tree (https://sqlite.org/fileformat2.html) as the unit of work sees
// them. Going by the SQL engine from row to row and from column to column takes four
// times as long, which is most of what verifying costs. It knows just what
// SQLite writes of our tables: for anything else it fails with errNotPlain, and the
// table is to be read by a query.
type pageRows struct {
	u        *unit
	columns  []string
	unsaid   []cell   // of each column what a row says that was stored before the column was there
	numbered bool     // the first column is the row's number, and empty in its record
	usable   int      // bytes of a page
	leaves   []uint32 // that were not read yet
	pages    [][]byte // read, and not gone over yet
	cell     int      // of pages[0], the next one
	row      int64    // number of the row
	cells    []cell   // its columns; their texts stay as they are
}

// errNotPlain says that a table is not stored as pageRows knows it.
var errNotPlain = errors.New("not a plain table")

// pagesAtOnce is how many pages are read at once.
const pagesAtOnce = 256

// longestRecord is how long a record may be: no row of ours comes near it.
const longestRecord = 1 << 26

// leastUsable is what SQLite uses of a page at least.
const leastUsable = 480

// Kinds of pages: where the tree of a table branches, and where its rows are.
const (
	interiorPage = 0x05
	leafPage     = 0x0d
)

// plainRows begins to read a table. numbered says that its first column is an INTEGER
// PRIMARY KEY.
func (u *unit) plainRows(table string, numbered bool) (*pageRows, error) {
	if u.dialect != migrations.SQLite {
		return nil, errNotPlain
	}
	p := &pageRows{u: u, numbered: numbered}
	plain := true
	if err := u.stream("reading the columns of "+table, "SELECT name, hidden, dflt_value FROM pragma_table_xinfo(?) ORDER BY cid", []any{table}, func(rows *sql.Rows) error {
		var name string
		var hidden int
		var literal cell
		err := rows.Scan(&name, &hidden, &literal)
		unsaid, known := valueOf(literal)
		p.columns, p.unsaid, plain = append(p.columns, name), append(p.unsaid, unsaid), plain && hidden == 0 && known
		return err
	}); err != nil {
		return nil, err
	}
	var root uint32
	if err := u.stream("looking for "+table, "SELECT rootpage, sql FROM sqlite_schema WHERE type = 'table' AND name = ?", []any{table}, func(rows *sql.Rows) error {
		var made string
		err := rows.Scan(&root, &made)
		plain = plain && (!numbered || strings.Contains(made, p.columns[0]+" INTEGER PRIMARY KEY"))
		return err
	}); err != nil {
		return nil, err
	}
	first, err := p.read([]uint32{1})
	if err != nil {
		return nil, err
	}
	const reserved, encoding, utf8 = 20, 56, 1
	if root < 2 || !plain || binary.BigEndian.Uint32(first[0][encoding:]) != utf8 {
		return nil, errNotPlain
	}
	p.usable, p.cells = len(first[0])-int(first[0][reserved]), make([]cell, len(p.columns))
	if p.usable < leastUsable {
		return nil, errNotPlain
	}
	p.leaves, err = p.find(root)
	return p, err
}

// read reads pages in the given order.
func (p *pageRows) read(numbers []uint32) ([][]byte, error) {
	list, err := json.Marshal(numbers)
	if err != nil {
		return nil, err
	}
	pages := make([][]byte, 0, len(numbers))
	var all []byte
	err = p.u.stream("reading pages", "SELECT p.data FROM json_each(?) n CROSS JOIN sqlite_dbpage p ON p.pgno = n.value", []any{string(list)}, func(rows *sql.Rows) error {
		var page sql.RawBytes
		if err := rows.Scan(&page); err != nil {
			return err
		}
		if all == nil {
			all = make([]byte, 0, len(numbers)*len(page))
		}
		from := len(all)
		all = append(all, page...)
		pages = append(pages, all[from:len(all):len(all)])
		return nil
	})
	if err == nil && len(pages) != len(numbers) {
		err = errNotPlain
	}
	return pages, err
}

// find returns the leaves of a tree in order. All are equally deep.
func (p *pageRows) find(root uint32) ([]uint32, error) {
	for level := []uint32{root}; ; {
		first, err := p.read(level[:1])
		if err != nil || first[0][0] == leafPage {
			return level, err
		}
		var below []uint32
		for len(level) > 0 {
			some := level[:min(pagesAtOnce, len(level))]
			level = level[len(some):]
			pages, err := p.read(some)
			if err != nil {
				return nil, err
			}
			for _, page := range pages {
				if below, err = p.branches(below, page); err != nil {
					return nil, err
				}
			}
		}
		level = below
	}
}

// branches adds the pages that an interior page leads to.
func (p *pageRows) branches(to []uint32, page []byte) ([]uint32, error) {
	const header = 12
	n := int(binary.BigEndian.Uint16(page[3:]))
	if page[0] != interiorPage || header+2*n > p.usable {
		return nil, errNotPlain
	}
	for i := range n {
		at := int(binary.BigEndian.Uint16(page[header+2*i:]))
		if at+4 > p.usable {
			return nil, errNotPlain
		}
		to = append(to, binary.BigEndian.Uint32(page[at:]))
	}
	return append(to, binary.BigEndian.Uint32(page[8:])), nil
}

// next reads the next row into cells; false: there is none.
func (p *pageRows) next() (bool, error) {
	const header = 8
	for {
		if len(p.pages) == 0 {
			if len(p.leaves) == 0 {
				return false, nil
			}
			some := p.leaves[:min(pagesAtOnce, len(p.leaves))]
			pages, err := p.read(some)
			if err != nil {
				return false, err
			}
			p.leaves, p.pages, p.cell = p.leaves[len(some):], pages, 0
		}
		page := p.pages[0]
		n := int(binary.BigEndian.Uint16(page[3:]))
		if page[0] != leafPage || header+2*n > p.usable {
			return false, errNotPlain
		}
		if p.cell == n {
			p.pages, p.cell = p.pages[1:], 0
			continue
		}
		at := int(binary.BigEndian.Uint16(page[header+2*p.cell:]))
		p.cell++
		if at >= p.usable {
			return false, errNotPlain
		}
		record, err := p.record(page[at:p.usable])
		if err == nil && !p.parse(record) {
			err = errNotPlain
		}
		return err == nil, err
	}
}

// record returns the record of a cell and reads its row number. What does not fit the page
// is on others, one after the other.
func (p *pageRows) record(b []byte) (record []byte, err error) {
	size, n := varint(b)
	row, m := varint(b[n:])
	b, p.row = b[n+m:], row
	most, least := int64(p.usable-35), int64((p.usable-12)*32/255-23)
	if n == 0 || m == 0 || size < 0 || size > longestRecord {
		return nil, errNotPlain
	}
	if size <= most {
		if int64(len(b)) < size {
			return nil, errNotPlain
		}
		return b[:size:size], nil
	}
	local := least + (size-least)%int64(p.usable-4)
	if local > most {
		local = least
	}
	if int64(len(b)) < local+4 {
		return nil, errNotPlain
	}
	record = append(make([]byte, 0, min(size, 1<<20)), b[:local]...)
	for at := binary.BigEndian.Uint32(b[local:]); int64(len(record)) < size; {
		if at == 0 {
			return nil, errNotPlain
		}
		pages, err := p.read([]uint32{at})
		if err != nil {
			return nil, err
		}
		at = binary.BigEndian.Uint32(pages[0])
		record = append(record, pages[0][4:4+min(int64(p.usable-4), size-int64(len(record)))]...)
	}
	return record, nil
}

// valueOf is what a literal of SQL is: NULL, a text without quotes in it, or a whole
// number. known is false for any other.
func valueOf(literal cell) (value cell, known bool) {
	text := literal.text
	if literal.null || string(text) == "NULL" {
		return cell{null: true}, true
	}
	if n := len(text); n > 1 && text[0] == '\'' && text[n-1] == '\'' {
		return cell{text: text[1 : n-1]}, !bytes.Contains(text[1:n-1], []byte("'"))
	}
	_, err := strconv.ParseUint(string(text), 10, 63)
	return cell{text: text}, err == nil && (len(text) == 1 || text[0] != '0')
}

// parse reads the columns of a record; false when it has more values, or a kind of value
// that none of our columns has.
func (p *pageRows) parse(record []byte) bool {
	size, n := varint(record)
	if n == 0 || size < int64(n) || size > int64(len(record)) {
		return false
	}
	kinds, values := record[n:size], record[size:]
	for i := range p.cells {
		if len(kinds) == 0 && i > 0 {
			p.cells[i] = p.unsaid[i]
			continue
		}
		kind, n := varint(kinds)
		if n == 0 {
			return false
		}
		kinds = kinds[n:]
		c := &p.cells[i]
		c.null = kind == 0
		width, whole := int64(0), int64(0)
		switch {
		case kind == 0:
			c.text = nil
			continue
		case p.numbered && i == 0:
			return false
		case kind >= 12:
			width = (kind - 12) / 2
		case kind <= 4:
			width = kind
		case kind == 5:
			width = 6
		case kind == 6:
			width = 8
		case kind == 8 || kind == 9:
			whole = kind - 8
		default:
			return false
		}
		if width > int64(len(values)) {
			return false
		}
		value := values[:width:width]
		values = values[width:]
		if kind >= 12 {
			c.text = value
			continue
		}
		for i, b := range value {
			if i == 0 {
				whole = int64(int8(b))
			} else {
				whole = whole<<8 | int64(b)
			}
		}
		c.text = smallNumber(whole)
	}
	return len(kinds) == 0 && len(values) == 0
}

// smallNumber is a number as text; of small ones, which most are, there is one.
func smallNumber(n int64) []byte {
	if 0 <= n && n < int64(len(smallNumbers)) {
		return smallNumbers[n]
	}
	return strconv.AppendInt(nil, n, 10)
}

var smallNumbers = func() (texts [1 << 10][]byte) {
	for n := range texts {
		texts[n] = []byte(strconv.Itoa(n))
	}
	return texts
}()

// varint reads a number of SQLite's variable length, and how long it is; 0: it is cut.
func varint(b []byte) (n int64, length int) {
	for i, c := range b {
		if i == 8 {
			return n<<8 | int64(c), 9
		}
		n = n<<7 | int64(c&0x7f)
		if c < 0x80 {
			return n, i + 1
		}
	}
	return 0, 0
}
