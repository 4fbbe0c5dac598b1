package lagtable

import (
	"io"
	"slices"
)

// The page of GB/T 9704-2012, 5.2: A4, margins 37/28/35/26 mm (top, left, bottom,
// right), turned to landscape with its head on the binding side, so that they are
// 28/35/26/37 mm. In twentieths of a point.
const (
	pageOfTable = `<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:footerReference w:type="even" r:id="rId4"/>` +
		`<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>` +
		`<w:pgMar w:top="1587" w:right="2098" w:bottom="1474" w:left="1984" w:header="851" w:footer="454" w:gutter="0"/></w:sectPr>`
	widthOfTable = 16838 - 2098 - 1984
)

// columns are the widths of the four columns, in twentieths of a point.
var columns = []int{1020, 3317, 4337, widthOfTable - 1020 - 3317 - 4337}

// DOCX writes the table as a Word document: the page and the fonts of GB/T
// 9704-2012 (title 二号 小标宋, table 小四 仿宋, page number 四号; named, none
// embedded), region cells merged, header on every page, rows in one piece. The same
// table gives the same bytes. Every text survives; a control character becomes
// U+FFFD.
func (t Table) DOCX(w io.Writer) error {
	f := newWordFile(w)
	f.fixed("[Content_Types].xml", "content_types.xml")
	f.fixed("_rels/.rels", "package.rels")
	f.begin("word/document.xml", "document")
	f.raw("<w:body>")
	t.body(f)
	f.raw(pageOfTable, "</w:body>")
	f.end("document")
	f.fixed("word/_rels/document.xml.rels", "document.rels")
	f.fixed("word/styles.xml", "styles.xml")
	f.fixed("word/settings.xml", "settings.xml")
	// GB/T 9704-2012, 7.5: on the right of odd pages, on the left of even ones.
	for name, style := range pairs("word/footer1.xml", "LagPageRight", "word/footer2.xml", "LagPageLeft") {
		f.begin(name, "ftr")
		f.pageNumber(style)
		f.paragraph("LagFoot", t.Foot())
		f.end("ftr")
	}
	return f.close()
}

// pairs goes through pairs of texts in their order.
func pairs(texts ...string) func(yield func(a, b string) bool) {
	return func(yield func(a, b string) bool) {
		for pair := range slices.Chunk(texts, 2) {
			if !yield(pair[0], pair[1]) {
				return
			}
		}
	}
}

func (t Table) body(f *wordFile) {
	f.paragraph("LagTitle", t.Title)
	for _, note := range t.Notes() {
		f.paragraph("LagNote", note)
	}
	f.table(columns, t.Header)
	for _, r := range t.Rows {
		m := mergeBody
		region := []string{}
		if r.Span > 0 {
			m, region = mergeHead, []string{r.Region}
		}
		f.row(false)
		f.cell(columns[0], m, "LagRegion", region...)
		f.cell(columns[1], unmerged, "LagCell", r.Task...)
		f.cell(columns[2], unmerged, "LagCell", r.Requirement...)
		f.cell(columns[3], unmerged, "LagCell", r.Progress...)
		f.endRow()
	}
	f.endTable()
	for _, note := range t.After() {
		f.paragraph("LagAfter", note)
	}
	f.paragraph("LagFoot", "") // Word wants a paragraph after a table
}
