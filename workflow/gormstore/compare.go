package gormstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duban/workflow"
)

// cell is a stored value as text, whatever its type. It is scanned into again and
// again.
type cell struct {
	text []byte
	null bool
}

// Scan is that of sql.Scanner.
func (c *cell) Scan(from any) error {
	c.null = false
	switch v := from.(type) {
	case nil:
		c.text, c.null = c.text[:0], true
	case string:
		c.text = append(c.text[:0], v...)
	case []byte:
		c.text = append(c.text[:0], v...)
	case int64:
		c.text = strconv.AppendInt(c.text[:0], v, 10)
	case time.Time:
		c.text = v.UTC().AppendFormat(c.text[:0], momentLayout)
	default:
		c.text = fmt.Append(c.text[:0], v)
	}
	return nil
}

// set makes the cell what a value becomes that is inserted.
func (c *cell) set(value any) {
	c.null = false
	switch v := value.(type) {
	case moment:
		c.text, c.null = append(c.text[:0], v...), v == ""
	case bool:
		c.text = append(c.text[:0], '0')
		if v {
			c.text[0] = '1'
		}
	case int:
		c.text = strconv.AppendInt(c.text[:0], int64(v), 10)
	default:
		_ = c.Scan(value)
	}
}

func (c *cell) equal(other *cell) bool {
	return c.null == other.null && bytes.Equal(c.text, other.text)
}

// String shows the cell to people.
func (c *cell) String() string {
	if c.null {
		return "NULL"
	}
	return string(c.text)
}

// sameness compares a stored text that is not, byte by byte, the one wanted, and
// says how to show it.
type sameness func(stored, want string) (shown string, same bool)

// sameDigest compares a text with a digest of what it should be, which may have a
// key. Neither the text nor the key is shown.
func sameDigest(stored, want string) (string, bool) {
	key, digest, _ := strings.Cut(strings.TrimPrefix(want, digestMark), digestOf)
	sum := sha256.Sum256([]byte(key + stored))
	return digestMark + hex.EncodeToString(sum[:]), hex.EncodeToString(sum[:]) == digest
}

// What is wanted of a column of which only a digest is told: the mark, the key, "=",
// and the digest.
const (
	digestMark = "sha-256 "
	digestOf   = "="
)

// sameFigure compares figures by value: the events of earlier versions have 0.7
// where 0.70 is stored.
func sameFigure(stored, want string) (string, bool) {
	a, err := decimal.NewFromString(stored)
	b, wantErr := decimal.NewFromString(want)
	return stored, err == nil && wantErr == nil && a.Equal(b)
}

// sameContent compares JSON by what it says to the program, all of which must be
// known to it: an earlier version may have written it in another way.
func sameContent[T any](stored, want string) (string, bool) {
	var is T
	d := json.NewDecoder(strings.NewReader(stored))
	d.DisallowUnknownFields()
	if err := d.Decode(&is); err != nil {
		return stored, false
	}
	_, err := d.Token()
	return stored, err == io.EOF && toJSON(is) == want
}

// header says where the columns of a query are in the columns of a table.
type header struct {
	table table
	at    []int // for each column of the query its place in the table, or unknown
	cells []cell
	want  cell
}

const unknownColumn = -1 // as slices.Index has it

// headerOf reads a query's columns and tells found of those that the table should
// not have, and of those that it lacks.
func headerOf(t table, columns []string, found func(workflow.Difference)) *header {
	h := &header{table: t, at: make([]int, len(columns)), cells: make([]cell, len(columns))}
	there := make([]bool, len(t.columns))
	for i, name := range columns {
		if h.at[i] = slices.Index(t.columns, name); h.at[i] == unknownColumn {
			found(workflow.Difference{Kind: workflow.ColumnUnknown, Table: t.name, Column: name})
			continue
		}
		there[h.at[i]] = true
	}
	for j, name := range t.columns {
		if !there[j] {
			found(workflow.Difference{Kind: workflow.RowMissing, Table: t.name, Column: name})
		}
	}
	return h
}

// targets are what a row is scanned into.
func (h *header) targets(before ...any) []any {
	for i := range h.cells {
		before = append(before, &h.cells[i])
	}
	return before
}

// cell returns the scanned value of a column of the table, nil when the query has
// no such column.
func (h *header) cell(column int) *cell {
	for i, at := range h.at {
		if at == column {
			return &h.cells[i]
		}
	}
	return nil
}

// key returns the identity of the scanned row.
func (h *header) key() string {
	var key []byte
	for i := range h.table.keys {
		if c := h.cell(i); c != nil {
			key = appendKey(key, h.table.columns[i], c)
		}
	}
	return string(key)
}

// keyOf returns the identity of a row that is wanted.
func (h *header) keyOf(values []any) string {
	var key []byte
	for i := range h.table.keys {
		h.want.set(values[i])
		key = appendKey(key, h.table.columns[i], &h.want)
	}
	return string(key)
}

func appendKey(key []byte, column string, c *cell) []byte {
	if len(key) > 0 {
		key = append(key, ", "...)
	}
	key = append(append(key, column...), '=')
	return append(key, c.text...)
}

// compare holds the scanned row against the values that it should have.
func (h *header) compare(values []any, found func(workflow.Difference)) {
	for i, at := range h.at {
		if at == unknownColumn {
			continue
		}
		is := &h.cells[i]
		if h.want.set(values[at]); is.equal(&h.want) {
			continue
		}
		column, shown, wanted := h.table.columns[at], is.String(), h.want.String()
		if same := h.table.same[column]; same != nil && !is.null && !h.want.null {
			text, ok := same(shown, wanted)
			if ok {
				continue
			}
			shown = text
			if i := strings.LastIndex(wanted, digestOf); strings.HasPrefix(wanted, digestMark) && i >= 0 {
				wanted = digestMark + wanted[i+len(digestOf):]
			}
		}
		found(workflow.Difference{Kind: workflow.RowChanged, Table: h.table.name, Key: h.key(), Column: column, Is: shown, Want: wanted})
	}
}
