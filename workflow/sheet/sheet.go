// Package sheet writes rows of text as files that spreadsheets open: CSV and XLSX.
// Whatever the texts are, no cell is ever a formula.
package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Writer takes the rows of a file, one after the other. Close ends the file; it
// does not close what the file is written to.
type Writer interface {
	Row(cells []string) error
	Close() error
}

// FileFormat is a format of files.
type FileFormat string

// The formats.
const (
	CSVFile  FileFormat = "csv"
	XLSXFile FileFormat = "xlsx"
)

// Write writes a whole file with the rows that fill gives it; a workbook's sheet has
// the name. Nothing of the file may be handed out when there is an error.
func Write(w io.Writer, f FileFormat, name string, header []string, fill func(row func(cells []string) error) error) error {
	begin := func() (Writer, error) { return CSV(w, header) }
	if f == XLSXFile {
		begin = func() (Writer, error) { return XLSX(w, name, header) }
	}
	file, err := begin()
	if err != nil {
		return err
	}
	err = fill(file.Row)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// byteOrderMark makes Excel read the file as UTF-8.
const byteOrderMark = "\ufeff"

// CSV begins a file in UTF-8 with a byte order mark. A cell that could be taken
// for a formula gets an apostrophe before it, lines of a cell stay lines.
func CSV(w io.Writer, header []string) (Writer, error) {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return nil, err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	c := csvWriter{out}
	return c, c.Row(header)
}

type csvWriter struct{ out *csv.Writer }

func (c csvWriter) Row(cells []string) error {
	safe := make([]string, len(cells))
	for i, text := range cells {
		safe[i] = inert(text)
	}
	return c.out.Write(safe)
}

func (c csvWriter) Close() error {
	c.out.Flush()
	return c.out.Error()
}

// inert puts an apostrophe before what a spreadsheet would run as a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// mostUnits is how much a cell of a workbook can hold, in units of UTF-16.
const mostUnits = excelize.TotalCellChars

// XLSX begins a workbook of one named sheet, whose header row is bold and stays in
// sight. Every cell is a text. A text that no cell can hold is an error.
func XLSX(w io.Writer, name string, header []string) (Writer, error) {
	file := excelize.NewFile()
	x := &xlsxWriter{to: w, file: file}
	if err := x.begin(name, header); err != nil {
		_ = file.Close() // there is nothing in it
		return nil, fmt.Errorf("beginning the workbook: %w", err)
	}
	return x, nil
}

type xlsxWriter struct {
	to   io.Writer
	file *excelize.File
	out  *excelize.StreamWriter
	rows int
}

func (x *xlsxWriter) begin(name string, header []string) error {
	if err := x.file.SetSheetName(x.file.GetSheetName(0), name); err != nil {
		return err
	}
	bold, err := x.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if x.out, err = x.file.NewStreamWriter(name); err != nil {
		return err
	}
	if err := x.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return x.row(header, bold)
}

func (x *xlsxWriter) Row(cells []string) error { return x.row(cells, 0) }

func (x *xlsxWriter) row(cells []string, style int) error {
	x.rows++
	row := make([]any, len(cells))
	for i, text := range cells {
		if n := len(utf16.Encode([]rune(text))); n > mostUnits {
			return fmt.Errorf("row %d, column %d: a cell cannot hold %d characters", x.rows, i+1, n)
		}
		row[i] = excelize.Cell{StyleID: style, Value: text}
	}
	return x.out.SetRow(fmt.Sprintf("A%d", x.rows), row)
}

func (x *xlsxWriter) Close() error {
	err := x.out.Flush()
	if err == nil {
		err = x.file.Write(x.to)
	}
	if closed := x.file.Close(); err == nil {
		err = closed
	}
	return err
}
