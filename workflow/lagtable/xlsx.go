package lagtable

import (
	"io"

	"duban/workflow/sheet"
)

// XLSX writes the table as a workbook that prints on A4 landscape: title and
// header, region cells merged, lines of a cell as line breaks. No cell is a
// formula. The same table gives the same bytes. A cell above 32,767 characters is
// an error.
func (t Table) XLSX(w io.Writer) error {
	p := sheet.Printed{
		Sheet: "进度滞后情况表", Title: t.Title, Notes: t.Notes(), Header: t.Header, Widths: []float64{10, 34, 44, 42},
		After: t.After(), Foot: t.Foot(),
	}
	for _, r := range t.Rows {
		region := ""
		if r.Span > 0 {
			region = r.Region
		}
		p.Rows = append(p.Rows, []string{region, cell(r.Task), cell(r.Requirement), cell(r.Progress)})
		p.Spans = append(p.Spans, r.Span)
	}
	return p.Print(w)
}
