package sheet

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Printed is a table that is made for paper: a title over it, its header on each
// page, and cells of the first column merged.
type Printed struct {
	Sheet  string // name
	Title  string
	Notes  []string // lines between title and table
	Header []string
	Widths []float64 // of the columns, in characters
	Rows   [][]string
	Spans  []int    // of each row: how many rows its first cell covers; 0: covered by one above
	After  []string // lines after the table
	Foot   string   // at the foot of each page, beside its number
}

// printedStyles are what the cells of a printed table look like.
type printedStyles struct{ title, note, header, first, cell, after int }

// Print writes the table as a workbook that prints on A4 landscape. Every cell is a
// text. A text that no cell can hold is an error. The same table gives the same
// bytes.
func (p Printed) Print(w io.Writer) error {
	file := excelize.NewFile()
	err := p.fill(file)
	if err == nil {
		err = file.Write(w)
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}

func (p Printed) fill(file *excelize.File) error {
	if err := file.SetSheetName(file.GetSheetName(0), p.Sheet); err != nil {
		return err
	}
	styles, err := newPrintedStyles(file)
	if err != nil {
		return err
	}
	headerRow := 2 + len(p.Notes)
	if err := p.page(file, headerRow); err != nil {
		return err
	}
	out, err := file.NewStreamWriter(p.Sheet)
	if err != nil {
		return err
	}
	for i, width := range p.Widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	top := fmt.Sprintf("A%d", headerRow+1)
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: headerRow, TopLeftCell: top, ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	s := &printing{out: out, columns: len(p.Header), widths: p.Widths}
	s.wide(p.Title, styles.title, titleSize)
	for _, note := range p.Notes {
		s.wide(note, styles.note, textSize)
	}
	s.row(p.Header, slices.Repeat([]int{styles.header}, s.columns), 0, 0)
	looks := slices.Repeat([]int{styles.cell}, s.columns)
	looks[0] = styles.first
	for i, row := range p.Rows {
		s.row(row, looks, p.Spans[i], s.fitting(row))
	}
	for _, text := range p.After {
		s.wide(text, styles.after, textSize)
	}
	if s.err != nil {
		return s.err
	}
	return out.Flush()
}

// page sets up how the sheet prints. What stands before the cells in the file must
// be set before they are written.
func (p Printed) page(file *excelize.File, headerRow int) error {
	fit, a4, landscape, one, any := true, 9, "landscape", 1, 0
	if err := file.SetSheetProps(p.Sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := file.SetPageLayout(p.Sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &one, FitToHeight: &any}); err != nil {
		return err
	}
	// GB/T 9704-2012, 5.2.1, turned to landscape; in inches.
	top, right, bottom, left, foot := 28/25.4, 37/25.4, 26/25.4, 35/25.4, 10/25.4
	if err := file.SetPageMargins(p.Sheet, &excelize.PageLayoutMarginsOptions{Top: &top, Right: &right, Bottom: &bottom, Left: &left, Footer: &foot}); err != nil {
		return err
	}
	odd := "&L&9" + escapeFoot(p.Foot) + "&R&14— &P —"
	if err := file.SetHeaderFooter(p.Sheet, &excelize.HeaderFooterOptions{OddFooter: odd}); err != nil {
		return err
	}
	row := strconv.Itoa(headerRow)
	return file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: p.Sheet, RefersTo: "'" + p.Sheet + "'!$" + row + ":$" + row,
	})
}

// escapeFoot keeps a text from being read as commands of a footer.
func escapeFoot(s string) string {
	var out []rune
	for _, r := range s {
		if r == '&' {
			out = append(out, '&')
		}
		out = append(out, r)
	}
	// A digit after the size would belong to it.
	return " " + string(out)
}

func newPrintedStyles(file *excelize.File) (s printedStyles, err error) {
	border := func() (all []excelize.Border) {
		for _, side := range []string{"left", "top", "right", "bottom"} {
			all = append(all, excelize.Border{Type: side, Color: "000000", Style: 1})
		}
		return all
	}()
	for _, look := range []struct {
		into       *int
		family     string
		size       float64
		horizontal string
		border     []excelize.Border
	}{
		{&s.title, "方正小标宋简体", titleSize, "center", nil},
		{&s.note, "仿宋_GB2312", textSize, "right", nil},
		{&s.header, "黑体", textSize, "center", border},
		{&s.first, "仿宋_GB2312", textSize, "center", border},
		{&s.cell, "仿宋_GB2312", textSize, "left", border},
		{&s.after, "仿宋_GB2312", textSize, "left", nil},
	} {
		*look.into, err = file.NewStyle(&excelize.Style{
			Font:      &excelize.Font{Family: look.family, Size: look.size},
			Alignment: &excelize.Alignment{Horizontal: look.horizontal, Vertical: "center", WrapText: true},
			Border:    look.border,
			NumFmt:    49, // text
		})
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// Sizes of texts, in points: 二号 and 小四.
const (
	titleSize = 22.0
	textSize  = 12.0
)
