package sheet

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"

	"duban/workflow/ooxml"
)

// Shown is a worksheet as it is shown: dates, percentages and numbers as their
// formats have them, formulas as the values that were last computed.
type Shown struct {
	Name   string
	Rows   [][]string // from row 1; short where the last cells are empty
	Merges []Merge
}

// Merge is a merged area, from 0, both ends included.
type Merge struct{ FirstRow, FirstColumn, LastRow, LastColumn int }

// Read reads the visible worksheets of a file from outside, after Guard has seen
// it. Rows without values are empty. The error of a file that is refused is an
// *ooxml.Refusal.
func Read(data []byte, l Limits) ([]Shown, error) {
	extent, err := Guard(data, l)
	if err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: l.Total + 1, UnzipXMLSizeLimit: l.Part + 1})
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close()
	var all []Shown
	for _, name := range f.GetSheetList() {
		if shown, err := f.GetSheetVisible(name); err != nil || !shown {
			continue
		}
		s, err := readSheet(f, name, extent.Rows)
		if err != nil {
			return nil, unreadable(err)
		}
		all = append(all, s)
	}
	return all, nil
}

func readSheet(f *excelize.File, name string, last int) (s Shown, err error) {
	defer func() {
		if r := recover(); r != nil { // the library does on some files that no program writes
			err = fmt.Errorf("the library gave up: %v", r)
		}
	}()
	s.Name = name
	rows, err := f.Rows(name)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	for len(s.Rows) < last && rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return s, err
		}
		s.Rows = append(s.Rows, cells)
	}
	merges, err := f.GetMergeCells(name)
	if err != nil {
		return s, err
	}
	for _, m := range merges {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 == nil && err2 == nil {
			s.Merges = append(s.Merges, Merge{r1 - 1, c1 - 1, r2 - 1, c2 - 1})
		}
	}
	return s, rows.Error()
}

func unreadable(err error) error {
	return &ooxml.Refusal{Code: "damaged", ZH: "工作簿无法读取：" + err.Error(), EN: "the workbook cannot be read: " + err.Error()}
}
