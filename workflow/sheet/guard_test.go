package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"duban/workflow/ooxml"
	"duban/workflow/sheet"
)

// repacked is a workbook of ours with parts changed or added.
func repacked(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	good := written(t, asXLSX, [][]string{{"一", "二", "三"}})
	z, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	put := func(name string, content io.Reader) {
		w, err := out.Create(name)
		if err == nil {
			_, err = io.Copy(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range z.File {
		if _, other := parts[f.Name]; other {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		put(f.Name, r)
	}
	for name, text := range parts {
		put(name, strings.NewReader(text))
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const sheet1 = "xl/worksheets/sheet1.xml"

func worksheet(rows string) map[string]string {
	return map[string]string{sheet1: `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`}
}

// TestTheGuardRefusesByName: each way to make a reader work without end is
// refused, and named.
func TestTheGuardRefusesByName(t *testing.T) {
	manyCells := strings.Repeat(`<row><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/></row>`, 41_000)
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"a cell in column XFD":           {repacked(t, worksheet(`<row r="1"><c r="XFD1"><v>1</v></c></row>`)), "cell_outside"},
		"a namespace before it":          {repacked(t, worksheet(`<x:row r="1"><x:c r="XFD1"><x:v>1</x:v></x:c></x:row>`)), "cell_outside"},
		"a reference that is none":       {repacked(t, worksheet(`<row r="1"><c r="A0"><v>1</v></c></row>`)), "cell_outside"},
		"a row that cannot be":           {repacked(t, worksheet(`<row r="99999999"/>`)), "cell_outside"},
		"a value in the last row":        {repacked(t, worksheet(`<row r="1048576"><c r="A1048576"><v>1</v></c></row>`)), "too_many_rows"},
		"400,000 cells":                  {repacked(t, worksheet(manyCells)), "too_many_cells"},
		"a merged area of all rows":      {repacked(t, worksheet(`</sheetData><mergeCells><mergeCell ref="A1:B1048576"/></mergeCells><sheetData>`)), "cell_outside"},
		"a million merged areas":         {repacked(t, worksheet(`</sheetData>`+strings.Repeat(`<mergeCell ref="A1:A2"/>`, 20_000)+`<sheetData>`)), "too_many_merges"},
		"a bomb":                         {repacked(t, map[string]string{"xl/media/image1.png": strings.Repeat("\x00", 200<<20)}), "too_large"},
		"many middling bombs":            {repacked(t, manyParts(10, strings.Repeat("<a/>", 5<<20))), "too_many_elements"},
		"ten parts of 20 MB":             {repacked(t, manyParts(10, strings.Repeat("a", 20<<20))), "too_large"},
		"a thousand parts":               {repacked(t, manyParts(1000, "<a/>")), "too_many_parts"},
		"entities that grow":             {repacked(t, map[string]string{"xl/sharedStrings.xml": `<!DOCTYPE a [<!ENTITY b "&c;&c;">]><sst>&b;</sst>`}), "doctype"},
		"entities after a comment":       {repacked(t, map[string]string{"xl/sharedStrings.xml": `<!-- > --><!DOCTYPE a><sst/>`}), "doctype"},
		"deep nesting":                   {repacked(t, map[string]string{"xl/styles.xml": strings.Repeat("<a>", 100_000)}), "depth"},
		"UTF-16":                         {repacked(t, map[string]string{"xl/styles.xml": "\xff\xfe<\x00a\x00"}), "encoding"},
		"another encoding":               {repacked(t, map[string]string{"xl/styles.xml": `<?xml version="1.0" encoding="GBK"?><a/>`}), "encoding"},
		"a tag of a megabyte":            {repacked(t, map[string]string{"xl/styles.xml": "<a b=\"" + strings.Repeat("x", 1<<20) + "\"/>"}), "large_tag"},
		"a link to another workbook":     {repacked(t, map[string]string{"xl/_rels/other.rels": `<Relationships><Relationship Type="http://x/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/></Relationships>`}), "external"},
		"macros":                         {repacked(t, map[string]string{"xl/vbaProject.bin": "x"}), "macros"},
		"a part twice":                   {repacked(t, map[string]string{"XL/workbook.xml": "<a/>"}), "part_twice"},
		"a password, or an old .xls":     {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "encrypted"},
		"a file that is no workbook":     {[]byte("区域,任务"), "not_zip"},
		"a Word file":                    {zipped(t, map[string]string{"word/document.xml": "<a/>"}), "not_workbook"},
		"a tag that does not end":        {repacked(t, map[string]string{"xl/styles.xml": "<a><b"}), "damaged"},
		"a part that cannot be inflated": {broken(t), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sheet.Guard(c.data, sheet.Usual)
			var r *ooxml.Refusal
			if !errors.As(err, &r) || r.Code != c.code || r.ZH == "" || r.EN == "" {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

func manyParts(n int, content string) map[string]string {
	parts := map[string]string{}
	for i := range n {
		parts[fmt.Sprintf("xl/a%d.xml", i)] = content
	}
	return parts
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := out.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// broken has a part whose bytes are not those that were deflated.
func broken(t testing.TB) []byte {
	data := zipped(t, map[string]string{"xl/workbook.xml": strings.Repeat("<a/>", 1000)})
	for i := 45; i < 60; i++ {
		data[i] ^= 0x5A
	}
	return data
}

// TestTheGuardLetsPass what an office sends: formatted rows without values to the
// end of the sheet, cells without references, 20,000 rows, a hyperlink.
func TestTheGuardLetsPass(t *testing.T) {
	var rows strings.Builder
	for i := 1; i <= 20_000; i++ {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="inlineStr"><is><t>第 %d 行 &lt;c r="XFD1"></t></is></c><c r="B%d"><v>1</v></c></row>`, i, i, i, i)
	}
	rows.WriteString(`<row r="1048576" s="1" customFormat="1"/>`)
	parts := worksheet(rows.String())
	parts["xl/worksheets/_rels/sheet1.xml.rels"] = `<Relationships><Relationship Type="http://x/hyperlink" Target="https://example.org" TargetMode="External"/></Relationships>`
	e, err := sheet.Guard(repacked(t, parts), sheet.Usual)
	if err != nil || e != (sheet.Extent{Sheets: 1, Rows: 20_000, Columns: 2, Cells: 40_000}) {
		t.Errorf("got %+v, %v", e, err)
	}
	e, err = sheet.Guard(repacked(t, worksheet(`<row><c><v>1</v></c><c/></row><row><!-- <c r="XFD1"/> --><c/><c/><c><v>2</v></c></row>`)), sheet.Usual)
	if err != nil || e != (sheet.Extent{Sheets: 1, Rows: 2, Columns: 3, Cells: 5}) {
		t.Errorf("got %+v, %v", e, err)
	}
}
