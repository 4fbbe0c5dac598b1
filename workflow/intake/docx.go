package intake

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"duban/workflow/ooxml"
)

// docxLimits are those for Word files: text is small, and XML is read token by token.
var docxLimits = ooxml.Limits{Parts: 500, Part: 12 << 20, Total: 40 << 20, Depth: 64}

// readDOCX reads the tables of a Word file (ECMA-376 part 1, 17.4). Of tracked
// changes it takes the text as it is after they are accepted. A table within a
// cell gives its lines to the cell.
func readDOCX(data []byte) (*document, error) {
	p, err := ooxml.Open(data, docxLimits)
	if err != nil {
		return nil, refusal(err)
	}
	if err := p.Check(nil); err != nil {
		return nil, refusal(err)
	}
	part, err := p.Part("word/document.xml")
	if err != nil {
		return nil, refusal(&ooxml.Refusal{Code: "not_document", ZH: "不是 Word 文档（.docx）", EN: "not a Word document (.docx)"})
	}
	defer part.Close()
	w := wordReader{tokens: xml.NewDecoder(part), doc: &document{}}
	if err := w.read(); err != nil {
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) {
			return nil, refusal(&ooxml.Refusal{Code: "damaged", Part: "word/document.xml", ZH: "文件已损坏", EN: "the file is damaged"})
		}
		return nil, refusal(err)
	}
	return w.doc, nil
}

// wordReader follows the elements of a document.
type wordReader struct {
	tokens *xml.Decoder
	doc    *document
	count  counter

	tables int // how deep: 1 in a table, 2 in a table within its cell
	skip   int // how deep in what is not read
	table  grid
	row    []cell
	inRow  bool // in the properties of a row
	gone   bool // the row was deleted
	span   int  // columns of the cell
	down   bool
	absent bool // the cell was deleted
	text   strings.Builder
	inText bool
}

// unread are the elements whose content is not part of the text: deleted runs,
// where moved text came from, the old way of drawing what is drawn already, and
// the properties as they were before a change.
var unread = map[string]bool{"moveFrom": true, "Fallback": true, "rPrChange": true, "pPrChange": true, "tcPrChange": true, "trPrChange": true, "tblPrChange": true, "sectPrChange": true}

func (w *wordReader) read() error {
	for {
		token, err := w.tokens.RawToken()
		if errors.Is(err, io.EOF) {
			w.outside()
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = w.start(t)
		case xml.EndElement:
			err = w.end(t.Name.Local)
		case xml.CharData:
			if w.inText && w.skip == 0 {
				w.text.Write(t)
			}
		}
		if err != nil {
			return err
		}
		if w.text.Len() > mostCell {
			return tooLong("word/document.xml")
		}
	}
}

func (w *wordReader) start(e xml.StartElement) error {
	name := e.Name.Local
	if w.skip > 0 || unread[name] || name == "del" && !w.inRow {
		w.skip++
		return nil
	}
	switch name {
	case "tbl":
		if w.tables++; w.tables == 1 {
			w.outside()
			w.table = grid{}
		}
	case "tr":
		if w.tables == 1 {
			w.row, w.gone = nil, false
			return w.count.row()
		}
	case "trPr":
		w.inRow = true
	case "del", "cellDel":
		w.gone = w.gone || w.inRow && w.tables == 1
		w.absent = w.absent || name == "cellDel" && w.tables == 1
	case "gridBefore":
		if w.tables == 1 {
			return w.blank(value(e))
		}
	case "tc":
		if w.tables == 1 {
			w.span, w.down, w.absent = 1, false, false
			w.text.Reset()
		}
	case "gridSpan":
		if n, err := strconv.Atoi(value(e)); w.tables == 1 && err == nil && n >= 1 {
			w.span = n
		} else if err != nil {
			return tooWide("word/document.xml")
		}
	case "vMerge":
		w.down = w.tables == 1 && value(e) != "restart" || w.down && w.tables > 1
	case "t":
		w.inText = true
	case "tab", "ptab":
		w.text.WriteByte(' ')
	case "br", "cr":
		w.text.WriteByte('\n')
	case "noBreakHyphen", "softHyphen":
		w.text.WriteByte('-')
	}
	return nil
}

// blank adds empty cells.
func (w *wordReader) blank(number string) error {
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n+len(w.row) > mostColumns {
		return tooWide("word/document.xml")
	}
	w.row = append(w.row, make([]cell, n)...)
	return nil
}

func (w *wordReader) end(name string) error {
	if w.skip > 0 {
		w.skip--
		return nil
	}
	switch name {
	case "tbl":
		if w.tables--; w.tables == 0 {
			w.doc.grids = append(w.doc.grids, w.table)
			w.text.Reset()
		}
	case "tr":
		if w.tables == 1 && !w.gone {
			w.table.rows = append(w.table.rows, w.row)
		}
	case "trPr":
		w.inRow = false
	case "tc":
		if w.tables == 1 {
			return w.endCell()
		}
	case "p":
		w.text.WriteByte('\n')
		if w.tables == 0 {
			w.outside()
		}
	case "t":
		w.inText = false
	}
	return nil
}

func (w *wordReader) endCell() error {
	if w.absent {
		return nil
	}
	if w.span+len(w.row) > mostColumns {
		return tooWide("word/document.xml")
	}
	if err := w.count.cell(w.span); err != nil {
		return err
	}
	w.row = append(w.row, cell{text: cellText(w.text.String()), down: w.down})
	return w.blank(strconv.Itoa(w.span - 1))
}

// outside keeps a paragraph before the first table.
func (w *wordReader) outside() {
	if text := cellText(w.text.String()); text != "" && len(w.doc.grids) == 0 && len(w.doc.before) < 40 {
		w.doc.before = append(w.doc.before, text)
	}
	w.text.Reset()
}

// value is the w:val attribute.
func value(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "val" {
			return a.Value
		}
	}
	return ""
}

// cellText is a cell's lines without blanks at their ends and without empty lines.
func cellText(text string) string {
	var lines []string
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '\v' }) {
		if line = strings.TrimSpace(printable(line)); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// printable drops characters that no text of an office has.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\u00a0':
			return ' '
		case r < ' ', r == '\u007f', r == '\ufeff', r == '\ufffd', r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= 0x80 && r < 0xa0:
			return -1
		}
		return r
	}, line)
}
