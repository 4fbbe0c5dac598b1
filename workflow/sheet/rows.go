package sheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Limits of one sheet.
const (
	mostColumn = 16_384 // of a workbook
	// farColumn is the last column that may hold something. What is only formatted may
	// stand anywhere.
	farColumn = 1_024
	mostCells = 4_000_000
	mostMerge = 100_000
)

// Kind is what a cell holds.
type Kind byte

// The kinds of cells.
const (
	Text    Kind = iota // Text is as it stands there
	Figure              // Text is as the file writes it: "1.5", "4.5107E4"
	Truth               // Text is "TRUE" or "FALSE"
	Failure             // Text is an error such as "#N/A"
)

// Cell is one cell that holds something.
type Cell struct {
	Text    string
	Column  int // from 1
	Kind    Kind
	Format  Format // of a Figure
	Formula bool   // Text is what some program computed once
}

// Row is one row that holds something.
type Row struct {
	Number int // from 1
	Hidden bool
	Cells  []Cell // by Column
}

// Range is a rectangle of cells that were merged into one.
type Range struct{ Left, Top, Right, Bottom int }

// Rows gives the rows of a sheet that hold something to each, in their order; the
// row is only valid during the call. It returns the merged cells. The error is that
// of each, or a *Refusal.
func (b *Book) Rows(sheet Sheet, each func(Row) error) ([]Range, error) {
	r := &rowReader{book: b, part: sheet.part, each: each}
	if err := b.scan(sheet.part, mostSheet, r.tag); err != nil {
		return nil, err
	}
	return r.merged, nil
}

type rowReader struct {
	book   *Book
	part   string
	each   func(Row) error
	inData bool
	row    Row
	column int // of the last cell
	cells  int
	merged []Range
}

func (r *rowReader) tag(s *scanner) error {
	switch s.name {
	case "sheetData":
		r.inData = s.open && !s.empty
	case "row":
		if !r.inData {
			return nil
		}
		if s.open {
			if err := r.begin(s); err != nil || !s.empty {
				return err
			}
		}
		return r.flush()
	case "c":
		if s.open && r.inData {
			return r.cell(s)
		}
	case "mergeCell":
		if s.open {
			return r.merge(s.attr("ref"))
		}
	}
	return nil
}

func (r *rowReader) begin(s *scanner) error {
	number := r.row.Number + 1
	if given := s.attr("r"); given != "" {
		n, err := strconv.Atoi(given)
		if err != nil || n < number || n > lastRow {
			return refused("reference", "行号 "+shown(given)+" 不合法", "there is no row "+shown(given)+" here")
		}
		number = n
	}
	hidden := s.attr("hidden")
	r.row = Row{Number: number, Hidden: hidden == "1" || hidden == "true", Cells: r.row.Cells[:0]}
	r.column = 0
	return nil
}

func (r *rowReader) flush() error {
	if len(r.row.Cells) == 0 {
		return nil
	}
	return r.each(r.row)
}

func (r *rowReader) cell(s *scanner) error {
	if r.cells++; r.cells > mostCells {
		return tooLarge("单元格超过 400 万个")
	}
	column := r.column + 1
	if ref := s.attr("r"); ref != "" {
		c, row, ok := place(ref)
		if !ok || row != r.row.Number || c < column {
			return refused("reference", "单元格 "+shown(ref)+" 的位置不合法", "cell "+shown(ref)+" cannot stand there")
		}
		column = c
	}
	if column > mostColumn {
		return refused("reference", "一行中的单元格过多", "a row has more cells than there are columns")
	}
	r.column = column
	if s.empty {
		return nil
	}
	c := Cell{Column: column, Kind: Figure}
	kind, style := s.attr("t"), s.attr("s")
	filled, err := r.content(s, &c, kind)
	if err != nil || !filled {
		return err
	}
	if column > farColumn {
		return refused("reference", fmt.Sprintf("第 %d 行第 %d 列有内容，超出可读范围", r.row.Number, column), fmt.Sprintf("row %d has something in column %d, which is too far", r.row.Number, column))
	}
	if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(r.book.formats) {
		c.Format = r.book.formats[n]
	}
	r.row.Cells = append(r.row.Cells, c)
	return nil
}

// content reads what is in the cell just opened, up to its end.
func (r *rowReader) content(s *scanner, c *Cell, kind string) (filled bool, err error) {
	for outer := s.depth; ; {
		if err := s.next(); err != nil {
			return false, cut(err)
		}
		switch {
		case s.depth < outer:
			return filled, nil
		case !s.open:
		case s.name == "f":
			c.Formula, filled = true, true
			if err := s.end(); err != nil {
				return false, err
			}
		case s.name == "is":
			c.Kind, filled = Text, true
			if c.Text, err = s.runs(); err != nil {
				return false, err
			}
			c.Text = plainText(c.Text)
		case s.name == "v":
			value, err := s.text()
			if err != nil {
				return false, err
			}
			if err := r.value(c, kind, value); err != nil {
				return false, err
			}
			filled = filled || c.Text != ""
		}
	}
}

func (r *rowReader) value(c *Cell, kind, value string) error {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(r.book.strings) {
			return damaged(r.part)
		}
		c.Kind, c.Text = Text, plainText(r.book.strings[i])
	case "str", "inlineStr":
		c.Kind, c.Text = Text, plainText(value)
	case "d":
		c.Kind, c.Text = Text, value
	case "b":
		c.Kind, c.Text = Truth, "FALSE"
		if value == "1" {
			c.Text = "TRUE"
		}
	case "e":
		c.Kind, c.Text = Failure, value
	case "n", "":
		c.Text = strings.TrimSpace(value)
	default:
		return damaged(r.part)
	}
	return nil
}

// plainText takes out the carriage returns that Excel writes as _x000D_.
func plainText(s string) string {
	if !strings.ContainsAny(s, "_\r") {
		return s
	}
	return strings.NewReplacer("_x000D_", "", "\r", "").Replace(s)
}

func (r *rowReader) merge(ref string) error {
	from, to, two := strings.Cut(ref, ":")
	if !two {
		to = from
	}
	left, top, ok1 := place(from)
	right, bottom, ok2 := place(to)
	if !ok1 || !ok2 || left > right || top > bottom {
		return refused("reference", "合并单元格 "+shown(ref)+" 不合法", "merged cells "+shown(ref)+" are none")
	}
	if len(r.merged) == mostMerge {
		return tooLarge("合并单元格超过 10 万处")
	}
	r.merged = append(r.merged, Range{left, top, right, bottom})
	return nil
}

// shown is a piece of a file as messages may repeat it.
func shown(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		s = string(runes[:40]) + "…"
	}
	return strconv.Quote(s)
}

// Name returns the letters of a column: 28 is AB.
func Name(column int) string {
	name := ""
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// Day returns the day that a figure is where it is formatted as one; from1904 is
// that of the book. False where there is none from 1900 on.
func Day(figure string, from1904 bool) (time.Time, bool) {
	n, err := strconv.ParseFloat(figure, 64)
	if err != nil || math.IsNaN(n) {
		return time.Time{}, false
	}
	if from1904 {
		n += 1462
	}
	// Day 60 is 29 February 1900, which never was; nobody reports of that year.
	if n < 61 || n >= 2_958_466 {
		return time.Time{}, false
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)), true
}
