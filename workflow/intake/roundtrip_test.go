package intake_test

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"duban/workflow/intake"
	"duban/workflow/lagtable"
)

// TestWhatIsIssuedIsReadBack: the lag table that Duban issues, as a Word file and as
// a workbook, is read with every cell as it was.
func TestWhatIsIssuedIsReadBack(t *testing.T) {
	p := realTable(t)
	table := lagtable.Table{Title: p.Title, Header: p.Header}
	first := 0
	for i, r := range p.Rows {
		table.Rows = append(table.Rows, lagtable.Row{N: i + 1, Region: r.Region, Task: r.Task, Requirement: r.Requirement, Progress: r.Progress})
		if r.Region != p.Rows[first].Region {
			first = i
		}
		table.Rows[first].Span++
	}
	for name, write := range map[string]func(io.Writer) error{"docx": table.DOCX, "xlsx": table.XLSX} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			read, err := intake.ReadTable("table", b.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if read.Title != p.Title || len(read.Rows) != len(p.Rows) {
				t.Fatalf("title %q, %d rows", read.Title, len(read.Rows))
			}
			for i, want := range table.Rows {
				got := read.Rows[i]
				if got.Region != want.Region || !slices.Equal(got.Subject, want.Task) || !slices.Equal(got.Requirement, want.Requirement) || !slices.Equal(got.Progress, want.Progress) {
					t.Errorf("row %d is %+v", i+1, got)
				}
			}
		})
	}
}
