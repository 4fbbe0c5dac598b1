package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"duban/workflow/ooxml"
)

// Limits bounds what a workbook may hold. Columns and Rows are where a value may
// stand at the furthest, Cells how many cells there may be, empty ones included.
type Limits struct {
	ooxml.Limits
	Columns, Rows, Cells, Merges int
}

// Usual are the limits for the workbooks of an office.
var Usual = Limits{Limits: ooxml.Usual, Columns: 256, Rows: 20_100, Cells: 400_000, Merges: 10_000}

// Extent is what the guard saw in a workbook.
type Extent struct {
	Sheets  int // worksheets
	Rows    int // the last row of any worksheet with a value, from 1
	Columns int // the furthest column with a cell, from 1
	Cells   int // of all worksheets
}

// Guard scans an XLSX file from outside before a library opens it, in constant
// memory: the sizes of its parts when inflated, DTDs, macros, contents elsewhere
// (package ooxml), and where cells and merged areas claim to be, for a cell in
// column XFD or a merged area of a million rows makes libraries fill what lies
// between. Formatted rows without values do no harm wherever they are. The error
// is an *ooxml.Refusal.
func Guard(data []byte, l Limits) (Extent, error) {
	var all Extent
	p, err := ooxml.Open(data, l.Limits)
	if err != nil {
		return all, err
	}
	if _, err := p.Part("xl/workbook.xml"); err != nil {
		return all, &ooxml.Refusal{Code: "not_workbook", ZH: "不是 Excel 工作簿（.xlsx）", EN: "not an Excel workbook (.xlsx)"}
	}
	err = p.Check(func(part string) func(ooxml.Element) error {
		if !strings.HasPrefix(part, "xl/worksheets/") || strings.Contains(part, "_rels/") {
			return nil
		}
		all.Sheets++
		g := guard{Limits: l, all: &all, part: part}
		return g.see
	})
	return all, err
}

// guard follows the cells of one worksheet.
type guard struct {
	Limits
	all         *Extent
	part        string
	row, column int // where the next cell without a reference is
	merges      int
}

func (g *guard) see(e ooxml.Element) error {
	switch e.Name {
	case "row":
		g.row, g.column = g.row+1, 0
		if r := e.Attr("r"); r != "" {
			n, err := strconv.Atoi(r)
			if err != nil || n < 1 || n > lastRow {
				return g.outside("row " + r)
			}
			g.row = n
		}
	case "c":
		return g.cell(e.Attr("r"))
	case "v", "is", "f": // a value, an inline text, a formula: the cell is not empty
		if g.row > g.Rows {
			return &ooxml.Refusal{Code: "too_many_rows", Part: g.part, ZH: fmt.Sprintf("第 %d 行有内容，最多 %d 行", g.row, g.Rows),
				EN: fmt.Sprintf("row %d has a value, at most %d rows are allowed", g.row, g.Rows)}
		}
		g.all.Rows = max(g.all.Rows, g.row)
	case "mergeCell":
		return g.merge(e.Attr("ref"))
	}
	return nil
}

// lastRow is the last row that a worksheet can have.
const lastRow = 1_048_576

func (g *guard) cell(ref string) error {
	g.column++
	if ref != "" {
		column, row, ok := place(ref)
		if !ok {
			return g.outside(ref)
		}
		g.column, g.row = column, row
	}
	if g.column > g.Columns {
		return g.outside(ref)
	}
	g.all.Columns = max(g.all.Columns, g.column)
	if g.all.Cells++; g.all.Cells > g.Cells {
		return &ooxml.Refusal{Code: "too_many_cells", Part: g.part, ZH: fmt.Sprintf("单元格超过 %d 个", g.Cells), EN: fmt.Sprintf("there are more than %d cells", g.Cells)}
	}
	return nil
}

func (g *guard) merge(ref string) error {
	if g.merges++; g.merges > g.Merges {
		return &ooxml.Refusal{Code: "too_many_merges", Part: g.part, ZH: fmt.Sprintf("合并区域超过 %d 个", g.Merges), EN: fmt.Sprintf("there are more than %d merged areas", g.Merges)}
	}
	from, to, _ := strings.Cut(ref, ":")
	for _, corner := range []string{from, to} {
		if corner == "" {
			continue
		}
		if column, row, ok := place(corner); !ok || column > g.Columns || row > g.Rows {
			return g.outside(ref)
		}
	}
	return nil
}

func (g *guard) outside(ref string) error {
	return &ooxml.Refusal{Code: "cell_outside", Part: g.part,
		ZH: fmt.Sprintf("单元格 %s 超出 %d 列、%d 行的范围", ref, g.Columns, g.Rows),
		EN: fmt.Sprintf("cell %s lies outside of %d columns and %d rows", ref, g.Columns, g.Rows)}
}

// place reads a reference such as "AB12".
func place(ref string) (column, row int, ok bool) {
	ref = strings.ReplaceAll(ref, "$", "")
	letters := strings.IndexFunc(ref, func(r rune) bool { return r < 'A' || r > 'Z' })
	if letters < 1 || letters > 3 {
		return 0, 0, false
	}
	for _, c := range ref[:letters] {
		column = column*26 + int(c-'A') + 1
	}
	row, err := strconv.Atoi(ref[letters:])
	return column, row, err == nil && row >= 1 && row <= lastRow
}
