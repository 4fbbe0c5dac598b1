package lagtable_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"strings"

	"pgregory.net/rapid"
)

// wordCell is a cell of a table of a Word document: the texts of its paragraphs.
type wordCell struct {
	lines []string
	merge string // "", "restart" or "continue"
}

// wordDocument is what a reader sees of a Word document.
type wordDocument struct {
	paragraphs []string       // outside tables
	tables     [][][]wordCell // rows of cells
	header     []bool         // of each row of the first table: repeated on each page
	whole      []bool         // likewise: in one piece
	sources    map[string]string
}

// readWord reads a Word document with nothing but the standard library.
func readWord(t rapid.TB, file []byte) wordDocument {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	d := wordDocument{sources: map[string]string{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		d.sources[f.Name] = string(content)
	}
	d.read(t, d.sources["word/document.xml"])
	return d
}

func (d *wordDocument) read(t rapid.TB, document string) {
	t.Helper()
	var line strings.Builder
	var cell *wordCell
	inText := false
	for decoder := xml.NewDecoder(strings.NewReader(document)); ; {
		token, err := decoder.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "tbl":
				d.tables = append(d.tables, nil)
			case "tr":
				rows := &d.tables[len(d.tables)-1]
				*rows = append(*rows, nil)
				if len(d.tables) == 1 {
					d.header, d.whole = append(d.header, false), append(d.whole, false)
				}
			case "tblHeader":
				d.header[len(d.header)-1] = true
			case "cantSplit":
				d.whole[len(d.whole)-1] = true
			case "tc":
				cell = &wordCell{}
			case "vMerge":
				if cell.merge = "continue"; len(e.Attr) > 0 {
					cell.merge = e.Attr[0].Value
				}
			case "p":
				line.Reset()
			case "t":
				inText = true
			case "br":
				line.WriteByte('\n')
			case "tab":
				line.WriteByte('\t')
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "t":
				inText = false
			case "p":
				if cell != nil {
					cell.lines = append(cell.lines, line.String())
				} else {
					d.paragraphs = append(d.paragraphs, line.String())
				}
			case "tc":
				rows := d.tables[len(d.tables)-1]
				rows[len(rows)-1] = append(rows[len(rows)-1], *cell)
				cell = nil
			}
		case xml.CharData:
			if inText {
				line.Write(e)
			}
		}
	}
}
