package intake

import (
	"errors"
	"fmt"

	"duban/workflow"
	"duban/workflow/ooxml"
)

// grid is a table as it stands in a file: its rows with the texts of their cells.
// The lines of a cell are its paragraphs.
type grid struct {
	rows [][]cell
}

// cell is one cell. One that continues a merged cell from above has no text.
type cell struct {
	text string
	down bool // continues the cell above
}

// document is what a file holds: tables, and the paragraphs outside of them.
type document struct {
	before []string // paragraphs before the first table
	grids  []grid
}

// Limits of the tables that are read.
const (
	mostRows    = 5000
	mostCells   = 60_000
	mostColumns = 64
	mostCell    = 20_000 // bytes of one cell
)

// tables counts what was read, against the limits.
type counter struct{ rows, cells int }

func (c *counter) row() error {
	if c.rows++; c.rows > mostRows {
		return refusal(&ooxml.Refusal{Code: "too_many_rows", ZH: fmt.Sprintf("表格超过 %d 行", mostRows), EN: fmt.Sprintf("the tables have more than %d rows", mostRows)})
	}
	return nil
}

func (c *counter) cell(n int) error {
	if c.cells += n; c.cells > mostCells {
		return refusal(&ooxml.Refusal{Code: "too_many_cells", ZH: fmt.Sprintf("单元格超过 %d 个", mostCells), EN: fmt.Sprintf("there are more than %d cells", mostCells)})
	}
	return nil
}

func tooWide(part string) error {
	return refusal(&ooxml.Refusal{Code: "cell_outside", Part: part, ZH: fmt.Sprintf("表格超过 %d 列", mostColumns), EN: fmt.Sprintf("a table has more than %d columns", mostColumns)})
}

func tooLong(part string) error {
	return refusal(&ooxml.Refusal{Code: "too_long", Part: part, ZH: fmt.Sprintf("一个单元格超过 %d 字节", mostCell), EN: fmt.Sprintf("a cell has more than %d bytes", mostCell)})
}

// refusal makes an error of kind Invalid of a refused file.
func refusal(err error) error {
	r, ok := errors.AsType[*ooxml.Refusal](err)
	if !ok {
		return err
	}
	zh, en := r.ZH, r.EN
	if r.Part != "" {
		zh, en = r.Part+"："+zh, r.Part+": "+en
	}
	return workflow.NewError(workflow.Invalid, "file."+r.Code, "文件不予读取："+zh, "The file is not read: "+en)
}
