package sheet

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// printing writes the rows of a printed table; the first error ends it.
type printing struct {
	out     *excelize.StreamWriter
	columns int
	widths  []float64
	rows    int
	err     error
}

// wide writes a row of one cell over all columns.
func (s *printing) wide(text string, look int, size float64) {
	cells := make([]string, s.columns)
	cells[0] = text
	all := 0.0
	for _, w := range s.widths {
		all += w
	}
	s.row(cells, slices.Repeat([]int{look}, s.columns), 0, heightOf(text, all, size))
	if s.err == nil && s.columns > 1 {
		last, err := excelize.CoordinatesToCellName(s.columns, s.rows)
		if err == nil {
			err = s.out.MergeCell(fmt.Sprintf("A%d", s.rows), last)
		}
		s.err = err
	}
}

// breaks makes the line breaks of other systems those of cells.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// row writes a row whose first cell covers span rows. A height of 0 is the program's.
func (s *printing) row(cells []string, looks []int, span int, height float64) {
	s.rows++
	row := make([]any, len(cells))
	for i, text := range cells {
		text = breaks.Replace(text)
		if n := len(utf16.Encode([]rune(text))); n > mostUnits && s.err == nil {
			s.err = fmt.Errorf("row %d, column %d: a cell cannot hold %d characters", s.rows, i+1, n)
		}
		row[i] = excelize.Cell{StyleID: looks[i], Value: text}
	}
	if s.err == nil {
		s.err = s.out.SetRow(fmt.Sprintf("A%d", s.rows), row, excelize.RowOpts{Height: height})
	}
	if s.err == nil && span > 1 {
		s.err = s.out.MergeCell(fmt.Sprintf("A%d", s.rows), fmt.Sprintf("A%d", s.rows+span-1))
	}
}

// fitting is the height of the row in points that shows its cells whole; programs
// do not all find it out by themselves. The first cell may cover other rows.
func (s *printing) fitting(cells []string) float64 {
	most := 0.0
	for i, text := range cells {
		if i > 0 {
			most = max(most, heightOf(text, s.widths[i], textSize))
		}
	}
	return most
}

// heightOf estimates the height of a text in a column of a width in characters.
func heightOf(text string, width, size float64) float64 {
	const (
		digit   = 5.25 // points: what a width counts, 7 of 96 pixels to the inch
		leading = 1.5
		padding = 4
	)
	room := width*digit - padding
	lines := 0.0
	for line := range strings.SplitSeq(text, "\n") {
		taken := 0.0
		for _, r := range line {
			if r < 0x2e80 {
				taken += size * 0.65
			} else {
				taken += size
			}
		}
		lines += max(1, math.Ceil(taken/room))
	}
	return min(math.Ceil(lines*size*leading)+padding, excelize.MaxRowHeight)
}
