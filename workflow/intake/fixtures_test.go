package intake_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"duban/workflow/sheet"
)

// printed is the lag table of the first half of 2023 as it was published.
type printed struct {
	Title  string
	Header []string
	Rows   []struct {
		Region                      string
		Cell                        string `json:"region_cell"` // as printed: empty where the cell is merged
		Task, Requirement, Progress []string
	}
}

func realTable(t testing.TB) printed {
	t.Helper()
	data, err := os.ReadFile("testdata/lag-table-2023-h1.json")
	if err != nil {
		t.Fatal(err)
	}
	var p printed
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// cells are the rows of the table with the lines of a cell joined.
func (p printed) cells() [][]string {
	var rows [][]string
	for _, r := range p.Rows {
		rows = append(rows, []string{r.Cell, strings.Join(r.Task, "\n"), strings.Join(r.Requirement, "\n"), strings.Join(r.Progress, "\n")})
	}
	return rows
}

// tabs is what one gets by copying the table from Word.
func (p printed) tabs() string {
	lines := []string{p.Title, strings.Join(p.Header, "\t")}
	for _, row := range p.cells() {
		lines = append(lines, strings.Join(row, "\t"))
	}
	return strings.Join(lines, "\r\n")
}

// quoted is what one gets by copying it from Excel.
func (p printed) quoted() string {
	lines := []string{p.Title, strings.Join(p.Header, "\t")}
	for _, row := range p.cells() {
		for i, text := range row {
			if strings.Contains(text, "\n") {
				row[i] = `"` + text + `"`
			}
		}
		lines = append(lines, strings.Join(row, "\t"))
	}
	return strings.Join(lines, "\n")
}

// lines has a line for every paragraph, without tabs.
func (p printed) lines() string {
	lines := append([]string{p.Title}, p.Header...)
	for i, r := range p.Rows {
		if i == 9 {
			lines = append(lines, p.Header...) // the next page
		}
		if r.Cell != "" {
			lines = append(lines, r.Cell)
		}
		lines = append(append(append(lines, r.Task...), r.Requirement...), r.Progress...)
	}
	return strings.Join(lines, "\n")
}

func (p printed) xlsx(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := sheet.XLSX(&b, "滞后表", []string{p.Title, "", "", ""})
	if err == nil {
		err = w.Row(p.Header)
	}
	for _, row := range p.cells() {
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

// paragraphs are w:p elements.
func paragraphs(lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(`<w:p><w:r><w:t xml:space="preserve">`)
		_ = xml.EscapeText(&b, []byte(line))
		b.WriteString(`</w:t></w:r></w:p>`)
	}
	return b.String()
}

// tc is a w:tc element.
func tc(properties string, lines ...string) string {
	return `<w:tc><w:tcPr>` + properties + `</w:tcPr>` + paragraphs(lines...) + `</w:tc>`
}

func tr(cells ...string) string { return `<w:tr>` + strings.Join(cells, "") + `</w:tr>` }

// body is the table in WordprocessingML: the region cells merged, the table broken
// before row 10 with its header repeated, a note under it.
func (p printed) body() string {
	var b strings.Builder
	header := tr(tc("", p.Header[0]), tc("", p.Header[1]), tc("", p.Header[2]), tc("", p.Header[3]))
	b.WriteString(paragraphs("附件1", p.Title) + `<w:tbl>` + header)
	for i, r := range p.Rows {
		if i == 9 {
			b.WriteString(`</w:tbl>` + paragraphs("") + `<w:tbl>` + header)
		}
		merge := `<w:vMerge/>`
		if r.Cell != "" {
			merge = `<w:vMerge w:val="restart"/>`
		}
		b.WriteString(tr(tc(merge, r.Cell), tc("", r.Task...), tc("", r.Requirement...), tc("", r.Progress...)))
	}
	b.WriteString(tr(tc(`<w:gridSpan w:val="4"/>`, "注：数据截至2023年8月底。")) + `</w:tbl>`)
	return b.String()
}

// docx packs the body of a document.
func docx(t testing.TB, body string) []byte {
	t.Helper()
	return packed(t, map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"word/document.xml":   `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `<w:sectPr/></w:body></w:document>`,
	})
}

func packed(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(fmt.Errorf("packing %s: %w", name, err))
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
