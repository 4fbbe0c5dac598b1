package lagtable_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"duban/workflow"
	"duban/workflow/lagtable"
)

func written(t rapid.TB, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkDocuments holds the Word document and the workbook of a table against it,
// cell by cell. survives says what a text of the table is in a file.
func checkDocuments(t rapid.TB, table lagtable.Table, survives func(string) string) {
	t.Helper()
	lines := func(texts []string) []string {
		out := make([]string, len(texts))
		for i, text := range texts {
			out[i] = survives(text)
		}
		return out
	}
	word := readWord(t, written(t, table.DOCX))
	book, err := excelize.OpenReader(bytes.NewReader(written(t, table.XLSX)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	name := book.GetSheetName(0)
	cells, err := book.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	const before = 3 // title, note, header
	if word.paragraphs[0] != survives(table.Title) || cells[0][0] != survives(table.Title) {
		t.Errorf("the title is %q and %q, want %q", word.paragraphs[0], cells[0][0], table.Title)
	}
	if len(word.tables) != 1 || len(word.tables[0]) != len(table.Rows)+1 || len(cells) < len(table.Rows)+before {
		t.Fatalf("%d tables with %d rows, a sheet with %d, want %d", len(word.tables), len(word.tables[0]), len(cells), len(table.Rows))
	}
	rows := word.tables[0]
	for i, name := range table.Header {
		if got := rows[0][i].lines[0]; got != name || cells[before-1][i] != name {
			t.Errorf("column %d is %q and %q, want %q", i, got, cells[before-1][i], name)
		}
	}
	merged := map[string]string{}
	all, err := book.GetMergeCells(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		merged[m.GetStartAxis()] = m.GetEndAxis()
	}
	for i, want := range table.Rows {
		got, region, merge := rows[i+1], []string{""}, "continue"
		if want.Span > 0 {
			region, merge = []string{survives(want.Region)}, "restart"
		}
		if got[0].merge != merge || !slices.Equal(got[0].lines, region) {
			t.Errorf("row %d: the region is %q (%s), want %q (%s)", i, got[0].lines, got[0].merge, region, merge)
		}
		for j, text := range [][]string{want.Task, want.Requirement, want.Progress} {
			if !slices.Equal(got[j+1].lines, lines(text)) {
				t.Errorf("Word, row %d, column %d: %q, want %q", i, j+1, got[j+1].lines, lines(text))
			}
			in := ""
			if at := cells[i+before]; len(at) > j+1 {
				in = at[j+1]
			}
			if want := survives(strings.Join(text, "\n")); in != want {
				t.Errorf("sheet, row %d, column %d: %q, want %q", i, j+1, in, want)
			}
		}
		first, _ := excelize.CoordinatesToCellName(1, i+before+1)
		last, _ := excelize.CoordinatesToCellName(1, i+before+want.Span)
		if want.Span > 1 && merged[first] != last {
			t.Errorf("sheet, row %d: %s is merged to %q, want %s", i, first, merged[first], last)
		}
	}
	if !word.header[0] || slices.Contains(word.header[1:], true) {
		t.Errorf("rows that are repeated on each page: %v", word.header)
	}
	if slices.Contains(word.whole, false) {
		t.Errorf("rows that may be cut: %v", word.whole)
	}
	foot := word.sources["word/footer1.xml"] + word.sources["word/footer2.xml"]
	if !strings.Contains(foot, " PAGE ") || table.Signed != nil && strings.Count(foot, table.Signed.Short()) != 2 {
		t.Errorf("the foot of the page is %s", foot)
	}
}

// kept is what a text is in a file of XML: line breaks are "\n", and characters
// that XML does not have are U+FFFD.
func kept(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, s)
}

// TestEveryTextSurvivesInDocuments: whatever people type comes out of the Word
// document and of the workbook as they typed it, and is no markup and no formula
// there.
func TestEveryTextSurvivesInDocuments(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(
			rapid.SampledFrom([]string{"<w:t>&amp;</w:t>]]>", "=1+1", "𠀀𠮷𪚥", "第一行\n第二行", "a\tb", " 前后 ", "坏\x01字\x1f符\x00", "_x0041_", "\r\n", "￾", "\"引'号", "%％", ""}),
			rapid.StringOf(rapid.Rune()),
		)
		var table lagtable.Table
		table.Title, table.Header = "表"+text.Draw(rt, "title"), []string{"区域", "主要任务", "工作内容及要求", "工作进展情况"}
		span := rapid.IntRange(1, 4).Draw(rt, "rows")
		for i := range span {
			row := lagtable.Row{N: i + 1, Region: "蓬江区"}
			for _, cell := range []*[]string{&row.Task, &row.Requirement, &row.Progress} {
				*cell = rapid.SliceOfN(text, 1, 3).Draw(rt, "cell")
			}
			table.Rows = append(table.Rows, row)
		}
		table.Rows[0].Span = span
		checkDocuments(rt, table, kept)
	})
}

// TestTheSameTableGivesTheSameBytes in every format.
func TestTheSameTableGivesTheSameBytes(t *testing.T) {
	var entries []workflow.LagEntry
	for range 20 {
		entries = append(entries, workflow.LagEntry{Task: task("任务"), Review: workflow.Review{Verdict: "behind"}, Report: &workflow.Report{Narrative: "第一行\n第二行"}})
	}
	table := lagtable.Build(data(entries...))
	for _, f := range lagtable.Formats {
		first := written(t, func(w io.Writer) error { return f.Write(table, w) })
		for range 3 {
			if !bytes.Equal(first, written(t, func(w io.Writer) error { return f.Write(table, w) })) {
				t.Errorf("%s: the same table, other bytes", f.Name)
			}
		}
	}
}
