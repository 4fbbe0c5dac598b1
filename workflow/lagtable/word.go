package lagtable

import (
	"archive/zip"
	"bufio"
	"embed"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
)

// wordParts are the parts of a Word document that are always the same.
//
//go:embed word
var wordParts embed.FS

// wordSpace is the namespace of WordprocessingML (ECMA-376 part 1).
const wordSpace = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
	`<w:%s xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">`

// wordFile writes a Word document: a ZIP file of XML parts. The same content gives
// the same bytes: no part has a time or an identity of its own. The first error
// ends the writing; close returns it.
type wordFile struct {
	zip *zip.Writer
	out *bufio.Writer
	err error
}

func newWordFile(w io.Writer) *wordFile { return &wordFile{zip: zip.NewWriter(w)} }

// part begins the next part of the file.
func (f *wordFile) part(name string) {
	f.flush()
	if f.err != nil {
		return
	}
	// The first moment that the directory of a ZIP file can tell: 1980-01-01.
	to, err := f.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, ModifiedDate: 1<<5 | 1})
	if err != nil {
		f.err = err
		return
	}
	f.out = bufio.NewWriter(to)
}

// fixed writes a part that is always the same.
func (f *wordFile) fixed(name, from string) {
	content, err := wordParts.ReadFile("word/" + from)
	if err != nil && f.err == nil {
		f.err = err
	}
	f.part(name)
	f.raw(string(content))
}

// begin begins a part with its root element, end ends it.
func (f *wordFile) begin(name, root string) {
	f.part(name)
	f.raw(strings.Replace(wordSpace, "%s", root, 1))
}

func (f *wordFile) end(root string) { f.raw("</w:" + root + ">") }

func (f *wordFile) flush() {
	if f.err == nil && f.out != nil {
		f.err = f.out.Flush()
	}
}

func (f *wordFile) close() error {
	f.flush()
	if f.err == nil {
		f.err = f.zip.Close()
	}
	return f.err
}

// raw writes markup.
func (f *wordFile) raw(parts ...string) {
	for _, p := range parts {
		if f.err == nil {
			_, f.err = f.out.WriteString(p)
		}
	}
}

// text writes a text. Line breaks and tabs stay what they are; every other
// character that XML does not have becomes U+FFFD.
func (f *wordFile) text(s string) {
	f.raw("<w:r>")
	for i, line := range strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n") {
		if i > 0 {
			f.raw("<w:br/>")
		}
		for j, piece := range strings.Split(line, "\t") {
			if j > 0 {
				f.raw("<w:tab/>")
			}
			f.raw(`<w:t xml:space="preserve">`)
			if f.err == nil {
				f.err = xml.EscapeText(f.out, []byte(piece))
			}
			f.raw("</w:t>")
		}
	}
	f.raw("</w:r>")
}

// paragraph writes one paragraph of a style.
func (f *wordFile) paragraph(style, text string) {
	f.raw(`<w:p><w:pPr><w:pStyle w:val="`, style, `"/></w:pPr>`)
	if text != "" {
		f.text(text)
	}
	f.raw("</w:p>")
}

// pageNumber writes the paragraph of the page number, "— 1 —".
func (f *wordFile) pageNumber(style string) {
	f.raw(`<w:p><w:pPr><w:pStyle w:val="`, style, `"/></w:pPr>`)
	f.text("— ")
	f.raw(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>`,
		`<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`)
	f.text(" —")
	f.raw("</w:p>")
}

// merging says how a cell is merged with the one above it.
type merging string

// The ways of merging.
const (
	unmerged  merging = ""
	mergeHead merging = `<w:vMerge w:val="restart"/>`
	mergeBody merging = `<w:vMerge/>`
)

// table begins a table of columns with the given widths, in twentieths of a point,
// and a header that is repeated on every page.
func (f *wordFile) table(widths []int, header []string) {
	total := 0
	for _, w := range widths {
		total += w
	}
	f.raw(`<w:tbl><w:tblPr><w:tblW w:w="`, strconv.Itoa(total), `" w:type="dxa"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		f.raw("<w:", side, ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
	}
	f.raw(`</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		f.raw(`<w:gridCol w:w="`, strconv.Itoa(w), `"/>`)
	}
	f.raw("</w:tblGrid>")
	f.row(true)
	for i, text := range header {
		f.cell(widths[i], unmerged, "LagHeader", text)
	}
	f.endRow()
}

func (f *wordFile) endTable() { f.raw("</w:tbl>") }

// row begins a row that no page break cuts, as long as it fits on a page.
func (f *wordFile) row(header bool) {
	f.raw("<w:tr><w:trPr><w:cantSplit/>")
	if header {
		f.raw("<w:tblHeader/>")
	}
	f.raw("</w:trPr>")
}

func (f *wordFile) endRow() { f.raw("</w:tr>") }

// cell writes a cell with a paragraph for each line; a cell without lines has an
// empty one.
func (f *wordFile) cell(width int, m merging, style string, lines ...string) {
	middle := ""
	if style != "LagCell" { // long texts begin at the top, so that a row reads from one line on
		middle = `<w:vAlign w:val="center"/>`
	}
	f.raw(`<w:tc><w:tcPr><w:tcW w:w="`, strconv.Itoa(width), `" w:type="dxa"/>`, string(m), middle, `</w:tcPr>`)
	if len(lines) == 0 {
		lines = []string{""}
	}
	for _, line := range lines {
		f.paragraph(style, line)
	}
	f.raw("</w:tc>")
}
