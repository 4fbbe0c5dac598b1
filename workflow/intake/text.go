package intake

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"duban/workflow/ooxml"
)

// mostTextFile is the largest plain text that is read, in bytes.
const mostTextFile = 4 << 20

// readText reads the plain text that one gets by copying a table: cells between
// tabs, from Word (a cell's lines unquoted) or from Excel (quoted); or, without any
// tab, a line for every paragraph.
func readText(data []byte) (*document, error) {
	if len(data) > mostTextFile {
		return nil, refusal(&ooxml.Refusal{Code: "too_large", ZH: "文字超过 4 MB", EN: "the text has more than 4 MB"})
	}
	text, err := decoded(data)
	if err != nil {
		return nil, err
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	if !strings.Contains(text, "\t") {
		return readLines(strings.Split(text, "\n"))
	}
	return readTabs(text)
}

// decoded is a text in UTF-8, UTF-16 with its mark, or GB 18030.
func decoded(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		var order binary.ByteOrder = binary.LittleEndian
		if data[0] == 0xfe {
			order = binary.BigEndian
		}
		var units []uint16
		for rest := data[2:]; len(rest) >= 2; rest = rest[2:] {
			units = append(units, order.Uint16(rest))
		}
		return string(utf16.Decode(units)), nil
	}
	if utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 {
		return string(data), nil
	}
	if bytes.IndexByte(data, 0) < 0 {
		if text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data); err == nil && !bytes.Contains(text, []byte("\ufffd")) {
			return string(text), nil
		}
	}
	return "", refusal(&ooxml.Refusal{Code: "encoding", ZH: "不是 UTF-8、UTF-16 或 GB 18030 编码的文字", EN: "not text in UTF-8, UTF-16 or GB 18030"})
}

// tabbed collects the rows of a text with tabs.
type tabbed struct {
	columns int // of the header; 0 before it
	record  []string
	doc     document
	table   grid
	count   counter
}

func readTabs(text string) (*document, error) {
	t := &tabbed{}
	for _, line := range unquoted(text) {
		if err := t.line(line); err != nil {
			return nil, err
		}
	}
	if err := t.flush(); err != nil {
		return nil, err
	}
	t.doc.grids = append(t.doc.grids, t.table)
	return &t.doc, nil
}

// unquoted cuts a text into lines; a line break within a quoted cell becomes \v.
func unquoted(text string) []string {
	var lines []string
	var b strings.Builder
	quoted, start := false, true
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '"' && i+1 < len(text) && text[i+1] == '"':
			b.WriteByte('"')
			i++
		case quoted && c == '"':
			quoted = false
		case quoted && c == '\n':
			b.WriteByte('\v')
		case start && c == '"' && closes(text[i+1:]):
			quoted = true
		case c == '\n':
			lines = append(lines, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
		start = !quoted && (c == '\t' || c == '\n')
	}
	return append(lines, b.String())
}

// closes reports that a quote opened before text is closed at the end of a cell.
func closes(text string) bool {
	text = text[:min(len(text), mostCell)]
	for {
		at := strings.IndexByte(text, '"')
		if at < 0 {
			return false
		}
		rest := text[at+1:]
		if strings.HasPrefix(rest, `"`) {
			text = rest[1:]
			continue
		}
		return rest == "" || rest[0] == '\t' || rest[0] == '\n'
	}
}

// line adds a line to the cell that is open, or begins the next row.
func (t *tabbed) line(line string) error {
	cells := strings.Split(line, "\t")
	if len(cells) > mostColumns {
		return tooWide("")
	}
	if t.columns == 0 {
		if !isHeader(cells) {
			if text := cellText(line); text != "" && len(t.doc.before) < 40 {
				t.doc.before = append(t.doc.before, text)
			}
			return nil
		}
		t.columns = len(cells)
		t.record = cells
		return nil
	}
	if len(t.record) > 0 && len(t.record)+len(cells)-1 <= t.columns && (len(cells) == 1 || len(t.record) < t.columns) {
		last := len(t.record) - 1
		if t.record[last] += "\n" + cells[0]; len(t.record[last]) > mostCell {
			return tooLong("")
		}
		t.record = append(t.record, cells[1:]...)
		return nil
	}
	if err := t.flush(); err != nil {
		return err
	}
	t.record = cells
	return nil
}

func (t *tabbed) flush() error {
	if len(t.record) == 0 {
		return nil
	}
	if err := t.count.row(); err != nil {
		return err
	}
	row := make([]cell, len(t.record))
	for i, text := range t.record {
		row[i].text = cellText(text)
	}
	t.table.rows, t.record = append(t.table.rows, row), nil
	return t.count.cell(len(row))
}
