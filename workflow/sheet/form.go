package sheet

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Entry is what people may enter in a column of a form. Spreadsheet programs refuse
// what does not fit while it is typed.
type Entry byte

// The entries.
const (
	NoEntry   Entry = iota
	AnyText         // a text
	AnyFigure       // a figure, not negative
	AnyDay          // a day from 2000 to 2099
	AnyShare        // a part of a whole, shown in percent: 0 up to, not including, 1
	OneOf           // one of Choices
)

// FormColumn is one column of a form.
type FormColumn struct {
	Title   string
	Width   float64 // in characters
	Hidden  bool
	Entry   Entry
	Choices []string // of OneOf: together at most 255 characters
	Hint    string   // shown at a cell that is being filled in, at most 255 characters
	Refusal string   // shown where something else is entered, at most 255 characters
}

// Form is a workbook for filling in: a protected sheet with a header that stays in
// sight, in which only open cells can be changed; a sheet that explains it; and a
// hidden sheet of facts for the program that reads it again.
type Form struct {
	Name    string   // of the sheet
	Head    []string // lines above the header
	Columns []FormColumn
	Frozen  int // columns that stay in sight
	Guide   string
	Lines   []string    // of the guide
	Facts   [][2]string // name and value, on the sheet that is called FactsSheet
}

// FactsSheet is the name of the hidden sheet.
const FactsSheet = "_duban"

// FormCell is one cell of a form.
type FormCell struct {
	Text   string    // unless one of the next two is set
	Figure *float64  // a figure or share
	Day    time.Time // a day
	Open   bool      // may be changed
	Shut   bool      // there is nothing to fill in
	Wrong  bool      // in the colour of mistakes
	First  bool      // begins a group of rows: a line stands above it
}

// WriteForm writes a workbook; rows are given one after the other. The bytes depend
// on nothing but what is given.
func WriteForm(w io.Writer, f Form, rows func(yield func([]FormCell) bool)) (err error) {
	file := excelize.NewFile()
	defer func() { _ = file.Close() }() // nothing of it is kept
	form := &formWriter{Form: f, file: file, styles: map[style]int{}}
	count := 0
	for range rows {
		count++
	}
	for _, step := range []func() error{
		func() error { return file.SetSheetName(file.GetSheetName(0), f.Name) },
		form.guide, form.facts,
		func() error { return form.frame(count) },
		func() error { return form.fill(rows) },
		func() error { return file.Write(w) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("writing the form: %w", err)
		}
	}
	return nil
}

type formWriter struct {
	Form
	file   *excelize.File
	styles map[style]int
}

// style is what a cell looks like.
type style struct {
	entry                           Entry
	open, shut, wrong, first, plain bool
	bold, centred                   bool
}

// Colours of cells.
const (
	colourOpen   = "FFF9DB"
	colourShut   = "EDEDED"
	colourWrong  = "F8CBAD"
	colourHeader = "D9E2EC"
)

func (f *formWriter) style(s style) (int, error) {
	if id, ok := f.styles[s]; ok {
		return id, nil
	}
	made := &excelize.Style{
		Font:       &excelize.Font{Family: "宋体", Size: 10, Bold: s.bold},
		Alignment:  &excelize.Alignment{WrapText: true, Vertical: "top"},
		Protection: &excelize.Protection{Locked: !s.open},
	}
	if s.centred {
		made.Alignment = &excelize.Alignment{WrapText: true, Vertical: "center", Horizontal: "center"}
	}
	colour := ""
	switch {
	case s.wrong:
		colour = colourWrong
	case s.open:
		colour = colourOpen
	case s.shut:
		colour = colourShut
	case s.bold && s.centred:
		colour = colourHeader
	}
	if colour != "" {
		made.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	if !s.plain {
		top := 1
		if s.first {
			top = 2
		}
		for _, side := range []string{"left", "right", "bottom"} {
			made.Border = append(made.Border, excelize.Border{Type: side, Color: "808080", Style: 1})
		}
		made.Border = append(made.Border, excelize.Border{Type: "top", Color: "808080", Style: top})
	}
	switch {
	case !s.open && !s.wrong:
	case s.entry == AnyDay:
		made.CustomNumFmt = ptr("yyyy-mm-dd")
	case s.entry == AnyShare:
		made.NumFmt = 9
	case s.entry == AnyText || s.entry == OneOf:
		made.NumFmt = 49 // a text stays what was typed
	}
	id, err := f.file.NewStyle(made)
	f.styles[s] = id
	return id, err
}

func ptr[T any](v T) *T { return &v }

// guide writes the sheet that explains the form.
func (f *formWriter) guide() error {
	if _, err := f.file.NewSheet(f.Guide); err != nil {
		return err
	}
	if err := f.file.SetColWidth(f.Guide, "A", "A", 110); err != nil {
		return err
	}
	for i, line := range f.Lines {
		id, err := f.style(style{plain: true, bold: i == 0})
		if err != nil {
			return err
		}
		at := "A" + strconv.Itoa(i+1)
		if err := f.file.SetCellStr(f.Guide, at, line); err != nil {
			return err
		}
		if err := f.file.SetCellStyle(f.Guide, at, at, id); err != nil {
			return err
		}
	}
	if err := f.file.SetPageLayout(f.Guide, &excelize.PageLayoutOptions{Size: ptr(9), FitToWidth: ptr(1), FitToHeight: ptr(0)}); err != nil {
		return err
	}
	return f.protect(f.Guide)
}

// facts writes the hidden sheet.
func (f *formWriter) facts() error {
	if _, err := f.file.NewSheet(FactsSheet); err != nil {
		return err
	}
	for i, fact := range f.Facts {
		for j, text := range fact {
			if err := f.file.SetCellStr(FactsSheet, Name(j+1)+strconv.Itoa(i+1), text); err != nil {
				return err
			}
		}
	}
	if err := f.protect(FactsSheet); err != nil {
		return err
	}
	return f.file.SetSheetVisible(FactsSheet, false)
}

// protect keeps locked cells from being changed by accident; there is no password.
func (f *formWriter) protect(sheet string) error {
	return f.file.ProtectSheet(sheet, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true,
	})
}

// frame sets everything of the sheet but its cells.
func (f *formWriter) frame(rows int) error {
	first := len(f.Head) + 2
	last := max(first, first+rows-1)
	for i, c := range f.Columns {
		if c.Entry == NoEntry {
			continue
		}
		v := excelize.NewDataValidation(true)
		v.SetSqref(fmt.Sprintf("%s%d:%s%d", Name(i+1), first, Name(i+1), last))
		if err := restrict(v, c); err != nil {
			return err
		}
		v.SetInput(c.Title, c.Hint)
		v.SetError(excelize.DataValidationErrorStyleStop, c.Title, c.Refusal)
		if err := f.file.AddDataValidation(f.Name, v); err != nil {
			return err
		}
	}
	for _, step := range []func() error{
		func() error {
			return f.file.SetSheetProps(f.Name, &excelize.SheetPropsOptions{FitToPage: ptr(true)})
		},
		func() error {
			return f.file.SetPageLayout(f.Name, &excelize.PageLayoutOptions{
				Size: ptr(9), Orientation: ptr("landscape"), FitToWidth: ptr(1), FitToHeight: ptr(0)})
		},
		func() error {
			return f.file.SetPageMargins(f.Name, &excelize.PageLayoutMarginsOptions{
				Left: ptr(0.4), Right: ptr(0.4), Top: ptr(0.5), Bottom: ptr(0.6), Header: ptr(0.3), Footer: ptr(0.3)})
		},
		func() error {
			return f.file.SetHeaderFooter(f.Name, &excelize.HeaderFooterOptions{OddFooter: "&C— &P —"})
		},
		func() error {
			header := len(f.Head) + 1
			return f.file.SetDefinedName(&excelize.DefinedName{
				Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", f.Name, header, header), Scope: f.Name})
		},
		func() error { return f.protect(f.Name) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func restrict(v *excelize.DataValidation, c FormColumn) error {
	switch c.Entry {
	case AnyFigure:
		return v.SetRange(0, 999_999_999_999_999, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween)
	case AnyDay:
		return v.SetRange(36_526, 73_050, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween)
	case AnyShare:
		return v.SetRange(0, 0.9999, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween)
	case OneOf:
		return v.SetDropList(c.Choices)
	default:
		return v.SetRange(0, 10_000, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween)
	}
}

// fill writes the cells.
func (f *formWriter) fill(rows func(yield func([]FormCell) bool)) error {
	out, err := f.file.NewStreamWriter(f.Name)
	if err != nil {
		return err
	}
	for i, c := range f.Columns {
		if err := out.SetColWidth(i+1, i+1, c.Width); err != nil {
			return err
		}
		if c.Hidden {
			if err := out.SetColVisible(i+1, i+1, false); err != nil {
				return err
			}
		}
	}
	header := len(f.Head) + 1
	pane := Name(f.Frozen+1) + strconv.Itoa(header+1)
	if err := out.SetPanes(&excelize.Panes{Freeze: true, XSplit: f.Frozen, YSplit: header, TopLeftCell: pane, ActivePane: "bottomRight"}); err != nil {
		return err
	}
	if err := f.head(out); err != nil {
		return err
	}
	number := header
	for cells := range rows {
		number++
		row := make([]any, len(cells))
		for i, c := range cells {
			id, err := f.style(style{entry: f.Columns[i].Entry, open: c.Open, shut: c.Shut, wrong: c.Wrong, first: c.First})
			if err != nil {
				return err
			}
			row[i] = excelize.Cell{StyleID: id, Value: c.value()}
			if n := len(utf16.Encode([]rune(c.Text))); n > mostUnits {
				return fmt.Errorf("row %d, column %d: a cell cannot hold %d characters", number, i+1, n)
			}
		}
		if err := out.SetRow("A"+strconv.Itoa(number), row, excelize.RowOpts{Height: f.height(cells)}); err != nil {
			return err
		}
	}
	return out.Flush()
}

// height is that of a row in which every text is seen, in points: not every program
// finds it out by itself. Excel stops at 409.
func (f *formWriter) height(cells []FormCell) float64 {
	const line = 14.5
	most := 1
	for i, c := range cells {
		if f.Columns[i].Hidden {
			continue
		}
		lines := 0
		for part := range strings.SplitSeq(c.Text, "\n") {
			lines += 1 + int(wide(part)/(f.Columns[i].Width-1))
		}
		most = max(most, lines)
	}
	return min(float64(most)*line+3, 409)
}

// wide is how much room a text takes, in characters such as digits.
func wide(s string) float64 {
	room := 0.0
	for _, r := range s {
		if room++; r > 0xff {
			room += 0.9
		}
	}
	return room
}

// head writes the lines above the header and the header.
func (f *formWriter) head(out *excelize.StreamWriter) error {
	wide := Name(max(1, len(f.Columns)))
	for i, line := range f.Head {
		id, err := f.style(style{plain: true, bold: i == 0})
		if err != nil {
			return err
		}
		at := strconv.Itoa(i + 1)
		lines := strings.Count(line, "\n") + 1
		if err := out.SetRow("A"+at, []any{excelize.Cell{StyleID: id, Value: line}}, excelize.RowOpts{Height: float64(6 + 14*lines)}); err != nil {
			return err
		}
		if err := out.MergeCell("A"+at, wide+at); err != nil {
			return err
		}
	}
	id, err := f.style(style{bold: true, centred: true})
	if err != nil {
		return err
	}
	row := make([]any, len(f.Columns))
	for i, c := range f.Columns {
		row[i] = excelize.Cell{StyleID: id, Value: c.Title}
	}
	return out.SetRow("A"+strconv.Itoa(len(f.Head)+1), row)
}

func (c FormCell) value() any {
	switch {
	case c.Figure != nil:
		return *c.Figure
	case !c.Day.IsZero():
		return int(c.Day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
	case c.Text == "":
		return nil
	}
	return c.Text
}
