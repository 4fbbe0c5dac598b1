package sheet_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"duban/workflow/sheet"
)

var header = []string{"时间", "理由", "说明"}

// hostile are texts that a spreadsheet may take for something else.
var hostile = []string{
	"=HYPERLINK(\"http://x\",\"y\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x",
	"1e9", "00123", "TRUE", "2023-06-30", "", " ", "第一行\n第二行", "引号\"和,逗号", "<b>&amp;</b>", "'=1",
}

func written(t rapid.TB, begin func(io.Writer) (sheet.Writer, error), rows [][]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := begin(&b)
	for _, row := range rows {
		if err == nil {
			err = w.Row(row)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asCSV(w io.Writer) (sheet.Writer, error)  { return sheet.CSV(w, header) }
func asXLSX(w io.Writer) (sheet.Writer, error) { return sheet.XLSX(w, "审计记录", header) }

func tableOf(texts []string) [][]string {
	var rows [][]string
	for i, text := range texts {
		rows = append(rows, []string{text, "x", texts[len(texts)-1-i]})
	}
	return rows
}

// TestNoCellOfACSVFileIsAFormula, and apart from the apostrophe it says what was
// given.
func TestNoCellOfACSVFileIsAFormula(t *testing.T) {
	file := string(written(t, asCSV, tableOf(hostile)))
	text, marked := strings.CutPrefix(file, "\ufeff")
	if !marked {
		t.Error("no byte order mark")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !slices.Equal(rows[0], header) {
		t.Fatalf("%v, %v", rows, err)
	}
	for i, given := range tableOf(hostile) {
		for j, cell := range rows[i+1] {
			if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
				t.Errorf("%q could be run", cell)
			}
			if plain := strings.ReplaceAll(given[j], "\r", ""); strings.TrimPrefix(strings.ReplaceAll(cell, "\r", ""), "'") != strings.TrimPrefix(plain, "'") {
				t.Errorf("%q became %q", given[j], cell)
			}
		}
	}
}

// TestAWorkbookHasTheTextsThatWereGiven: every cell a text, none a formula, and
// the header stays in sight.
func TestAWorkbookHasTheTextsThatWereGiven(t *testing.T) {
	file, err := excelize.OpenReader(bytes.NewReader(written(t, asXLSX, tableOf(hostile))))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	name := file.GetSheetName(0)
	panes, err := file.GetPanes(name)
	if err != nil || name != "审计记录" || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("sheet %q, panes %+v, %v", name, panes, err)
	}
	for i, row := range append([][]string{header}, tableOf(hostile)...) {
		for j, want := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			got, valueErr := file.GetCellValue(name, at)
			formula, formulaErr := file.GetCellFormula(name, at)
			kind, kindErr := file.GetCellType(name, at)
			if valueErr != nil || formulaErr != nil || kindErr != nil || strings.ReplaceAll(got, "\r", "") != strings.ReplaceAll(want, "\r", "") || formula != "" || want != "" && kind != excelize.CellTypeInlineString {
				t.Errorf("%s is %q of type %v with formula %q, want the text %q", at, got, kind, formula, want)
			}
		}
	}
}

// TestBothFormatsSayTheSame for any texts.
func TestBothFormatsSayTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("审计a1=+-@'\",;<>&\n ")), 0, 12, -1), 1, 8).Draw(t, "texts")
		rows := tableOf(texts)
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(written(t, asCSV, rows)), "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		file, err := excelize.OpenReader(bytes.NewReader(written(t, asXLSX, rows)))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		book, err := file.GetRows(file.GetSheetName(0))
		if err != nil || len(book) != len(rows)+1 || len(lines) != len(rows)+1 {
			t.Fatalf("%d and %d rows of %d, %v", len(book), len(lines), len(rows), err)
		}
		for i, row := range rows {
			for j, want := range row {
				got := ""
				if j < len(book[i+1]) {
					got = book[i+1][j]
				}
				if line := lines[i+1][j]; got != want || line != want && line != "'"+want {
					t.Fatalf("%q is %q in the workbook and %q in the CSV file", want, got, line)
				}
			}
		}
	})
}

// TestATextThatNoCellCanHoldIsRefused rather than cut.
func TestATextThatNoCellCanHoldIsRefused(t *testing.T) {
	w, err := asXLSX(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Row([]string{strings.Repeat("长", 32_767)}); err != nil {
		t.Errorf("the longest text: %v", err)
	}
	for _, long := range []string{strings.Repeat("长", 32_768), strings.Repeat("𠮷", 16_384)} {
		if err := w.Row([]string{long}); err == nil {
			t.Error("a text that is too long was cut")
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
