package workbook_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"
)

// hostile is a file that means harm, or that no program for spreadsheets writes.
type hostile struct {
	name string
	want string // rule of the refusal; empty: it is read, and does no harm
	data []byte
}

// parts are the parts of a workbook, by name, that can be exchanged.
type parts map[string]string

const (
	formPart    = "xl/worksheets/sheet1.xml"
	factsPart   = "xl/worksheets/sheet3.xml"
	stringsPart = "xl/sharedStrings.xml"
	stylesPart  = "xl/styles.xml"
	bookPart    = "xl/workbook.xml"
	relsPart    = "xl/_rels/workbook.xml.rels"
)

func unpacked(t testing.TB, data []byte) parts {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	p := parts{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		text, err := io.ReadAll(r)
		must(t, err)
		p[f.Name] = string(text)
	}
	return p
}

// with is a file with some parts exchanged: name, content, name, content.
func (p parts) with(t testing.TB, changes ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	names := []string{}
	for name := range p {
		names = append(names, name)
	}
	slices.Sort(names)
	add := func(name, content string) {
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, content)
		must(t, err)
	}
	for _, name := range names {
		if i := slices.Index(changes, name); i < 0 || i%2 != 0 {
			add(name, p[name])
		}
	}
	for i := 0; i < len(changes); i += 2 {
		add(changes[i], changes[i+1])
	}
	must(t, z.Close())
	return b.Bytes()
}

// rows are the form with other rows after its own.
func (p parts) rows(t testing.TB, xml string) []byte {
	return p.with(t, formPart, strings.Replace(p[formPart], "</sheetData>", xml+"</sheetData>", 1))
}

// after are the form with something after its rows.
func (p parts) after(t testing.TB, xml string) []byte {
	return p.with(t, formPart, strings.Replace(p[formPart], "</sheetData>", "</sheetData>"+xml, 1))
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>`

// raw is a package of one part whose header says what it is told to say.
func raw(t testing.TB, name, content string, change func(*zip.FileHeader)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(content)), CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content))}
	change(h)
	w, err := z.CreateRaw(h)
	must(t, err)
	_, err = io.WriteString(w, content)
	must(t, err)
	must(t, z.Close())
	return b.Bytes()
}

// overlapping lets the last entry of the list of parts begin where the first does.
func overlapping(data []byte) []byte {
	out := bytes.Clone(data)
	entry := bytes.LastIndex(out, []byte("PK\x01\x02"))
	first := bytes.Index(out, []byte("PK\x01\x02"))
	copy(out[entry+42:entry+46], out[first+42:first+46])
	return out
}

// claiming changes what the list of parts says of the size of a part.
func claiming(data []byte, name string, size uint32) []byte {
	out := bytes.Clone(data)
	for at := 0; ; {
		i := bytes.Index(out[at:], []byte("PK\x01\x02"))
		if i < 0 {
			return out
		}
		at += i
		length := int(binary.LittleEndian.Uint16(out[at+28:]))
		if string(out[at+46:at+46+length]) == name {
			binary.LittleEndian.PutUint32(out[at+24:], size)
		}
		at += 46 + length
	}
}

// many are the changes that add a number of parts.
func many(n int) []string {
	var changes []string
	for i := range n {
		changes = append(changes, fmt.Sprintf("xl/media/%d.png", i), "")
	}
	return changes
}

// hostiles are made from a workbook that is all right.
func hostiles(t testing.TB, clean []byte) []hostile {
	p := unpacked(t, clean)
	cell := func(ref string) string { return `<row r="20"><c r="` + ref + `"><v>1</v></c></row>` }
	laughs := `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`
	strangers := func(xml string) []byte { return p.with(t, stringsPart, xmlHead+"<sst>"+xml+"</sst>") }
	styles := func(xml string) []byte { return p.with(t, stylesPart, xmlHead+"<styleSheet>"+xml+"</styleSheet>") }
	mega := func(s string, n int) string { return strings.Repeat(s, n<<20/len(s)) }
	return slices.Concat([]hostile{
		{"a cell in the last column", "reference", p.rows(t, cell("XFD20"))},
		{"a cell past the last column", "reference", p.rows(t, cell("XFE20"))},
		{"a column of four letters", "reference", p.rows(t, cell("ZZZZ20"))},
		{"a cell in another row", "reference", p.rows(t, cell("A1048576"))},
		{"a row past the last", "reference", p.rows(t, `<row r="1048577"><c><v>1</v></c></row>`)},
		{"a row of 2^32", "reference", p.rows(t, `<row r="4294967297"><c><v>1</v></c></row>`)},
		{"a negative row", "reference", p.rows(t, `<row r="-1"><c><v>1</v></c></row>`)},
		{"rows that go back", "reference", p.rows(t, `<row r="9"/><row r="1"/>`)},
		{"a cell twice", "reference", p.rows(t, `<row r="20"><c r="A20"><v>1</v></c><c r="A20"><v>2</v></c></row>`)},
		{"cells that go back", "reference", p.rows(t, `<row r="20"><c r="B20"/><c r="A20"/></row>`)},
		{"a reference without a row", "reference", p.rows(t, cell("A"))},
		{"a reference of 60 KB", "reference", p.rows(t, cell(strings.Repeat("A", 60_000)))},
		{"cells without end", "reference", p.rows(t, `<row r="20">`+strings.Repeat("<c/>", 20_000)+`</row>`)},
		{"8 million empty cells", "too_large", p.rows(t, strings.Repeat("<row>"+strings.Repeat("<c/>", 100)+"</row>", 80_000))},
		{"a million rows that say something", "too_many_rows", p.rows(t, strings.Repeat(`<row><c r=""/><c/><c/><c/><c/><c/><c/><c/><c><v>1</v></c></row>`, 900_000))},
		{"a sheet of a hundred thousand formatted rows", "", p.rows(t, strings.Repeat("<row>"+strings.Repeat(`<c s="1"/>`, 18)+"</row>", 100_000))},
		{"a merged area of everything", "", p.after(t, `<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>`)},
		{"200 thousand merged areas", "too_large", p.after(t, `<mergeCells>`+strings.Repeat(`<mergeCell ref="A1:XFD1048576"/>`, 200_000)+`</mergeCells>`)},
		{"a merged area inside out", "reference", p.after(t, `<mergeCells><mergeCell ref="B2:A1"/></mergeCells>`)},
		{"a merged area past the end", "reference", p.after(t, `<mergeCells><mergeCell ref="A1:XFE1048577"/></mergeCells>`)},
	}, []hostile{
		{"80 MB of nothing in a sheet", "too_large", p.rows(t, mega(" ", 80))},
		{"a text of 50 MB", "large_tag", p.rows(t, `<row r="20"><c t="inlineStr"><is><t>`+mega("长长长", 50)+`</t></is></c></row>`)},
		{"a text of a million runs", "large_tag", p.rows(t, `<row r="20"><c t="inlineStr"><is>`+strings.Repeat("<r><t>x</t></r>", 1_000_000)+`</is></c></row>`)},
		{"a tag of 1 MB", "large_tag", p.rows(t, `<row r="20" x="`+mega("x", 1)+`"/>`)},
		{"a tag of 100 thousand attributes", "large_tag", p.rows(t, `<row r="20" `+strings.Repeat(`a="" `, 100_000)+`/>`)},
		{"ten thousand elements deep", "depth", p.rows(t, strings.Repeat("<a>", 10_000)+strings.Repeat("</a>", 10_000))},
		{"entities of entities in a sheet", "doctype", p.with(t, formPart, xmlHead+laughs+`<worksheet><sheetData><row><c t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>`)},
		{"an entity from outside", "doctype", p.with(t, bookPart, xmlHead+`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`+p[bookPart][strings.Index(p[bookPart], "<workbook"):])},
		{"entities in the texts", "doctype", p.with(t, stringsPart, xmlHead+laughs+`<sst><si><t>&c;</t></si></sst>`)},
		{"entities in the styles", "doctype", p.with(t, stylesPart, xmlHead+laughs+`<styleSheet/>`)},
		{"a sheet in UTF-16", "damaged", p.with(t, formPart, "\xff\xfe<\x00w\x00/\x00>\x00")},
		{"a sheet in GBK", "encoding", p.with(t, formPart, `<?xml version="1.0" encoding="gbk"?>`+p[formPart][strings.Index(p[formPart], "<worksheet"):])},
		{"a text that is not UTF-8", "encoding", p.rows(t, "<row><c t=\"inlineStr\"><is><t>\xff\xfe</t></is></c></row>")},
		{"a comment without end", "damaged", p.rows(t, "<!-- "+mega("-", 1))},
		{"a CDATA section of 20 MB", "large_tag", p.rows(t, `<row><c t="str"><v><![CDATA[`+mega("x", 20)+`]]></v></c></row>`)},
		{"a CDATA section without end", "large_tag", p.rows(t, `<row><c t="str"><v><![CDATA[`)},
		{"elements that never end", "damaged", p.with(t, formPart, strings.TrimSuffix(p[formPart], "</worksheet>"))},
		{"more ends than elements", "damaged", p.with(t, formPart, p[formPart]+"</worksheet></worksheet>")},
		{"a million formulas", "", p.rows(t, strings.Repeat("<row><c><f>1+1</f></c></row>", 900_000))},
		{"a cell of no type", "damaged", p.rows(t, `<row><c t="zzz"><v>1</v></c></row>`)},
		{"an element within a figure", "damaged", p.rows(t, `<row><c><v><x/></v></c></row>`)},
		{"references to no character", "", p.rows(t, `<row r="20"><c r="I20" t="inlineStr"><is><t>&#0;&#x110000;&#xFFFFFFFFF;&nope;&</t></is></c></row>`)},
	}, []hostile{
		{"60 MB of texts", "too_large", strangers(strings.Repeat("<si><t>"+strings.Repeat("长", 1_000)+"</t></si>", 20_000))},
		{"4 million empty texts", "too_large", strangers(strings.Repeat("<si/>", 4_000_000))},
		{"a text that is not there", "damaged", p.rows(t, `<row><c t="s"><v>999999</v></c></row>`)},
		{"a text before the first", "damaged", p.rows(t, `<row><c t="s"><v>-1</v></c></row>`)},
		{"10 MB of styles", "too_large", styles(mega("<x/>", 10))},
		{"200 thousand styles", "too_large", styles("<cellXfs>" + strings.Repeat("<xf/>", 200_000) + "</cellXfs>")},
		{"100 thousand number formats", "", styles("<numFmts>" + strings.Repeat(`<numFmt numFmtId="1"/>`, 100_000) + "</numFmts>")},
		{"ten thousand sheets", "too_large", p.with(t, bookPart, xmlHead+"<workbook><sheets>"+strings.Repeat(`<sheet name="x"/>`, 10_000)+"</sheets></workbook>")},
		{"no sheet", "damaged", p.with(t, bookPart, xmlHead+"<workbook/>")},
		{"a sheet that is the workbook itself", "header", p.with(t, relsPart, strings.ReplaceAll(p[relsPart], "worksheets/sheet1.xml", "workbook.xml"))},
		{"a sheet outside the package", "part_missing", p.with(t, relsPart, strings.ReplaceAll(p[relsPart], "worksheets/sheet1.xml", "../../../etc/passwd"))},
		{"a sheet elsewhere", "part_missing", p.with(t, relsPart, strings.ReplaceAll(p[relsPart], `Target="worksheets/sheet1.xml"`, `Target="http://x/" TargetMode="External"`))},
		{"100 thousand relationships", "too_large", p.with(t, relsPart, xmlHead+"<Relationships>"+strings.Repeat(`<Relationship Id="r" Target="some/place/far/away.xml"/>`, 100_000)+"</Relationships>")},
		{"facts of a million rows", "not_template", p.with(t, factsPart, xmlHead+"<worksheet><sheetData>"+strings.Repeat(`<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>`, 900_000)+"</sheetData></worksheet>")},
	}, []hostile{
		{"five thousand parts", "too_many_parts", p.with(t, many(5_000)...)},
		{"a part twice", "part_twice", p.with(t, "XL/Workbook.xml", "x")},
		{"a part that claims 4 GB", "too_large", claiming(clean, formPart, 4<<30-1)},
		{"a part that is larger than it claims", "damaged", claiming(p.rows(t, mega(" ", 60)), formPart, 10)},
		{"parts that overlap", "overlap", overlapping(clean)},
		{"a package in the package", "embedded", p.with(t, "xl/embeddings/oleObject1.bin", string(clean))},
		{"a ZIP file among the pictures", "embedded", p.with(t, "xl/media/image1.zip", string(clean))},
		{"a ZIP file of 90 MB of nothing as a picture", "", p.with(t, "xl/media/image1.png", mega("\x00", 90))},
		{"200 MB of pictures", "too_large", p.with(t, "xl/media/1.png", mega("\x00", 70), "xl/media/2.png", mega("\x00", 70))},
		{"macros", "macros", p.with(t, "xl/vbaProject.bin", "x")},
		{"macros of Excel 4", "macros", p.with(t, "xl/macrosheets/sheet1.xml", "x")},
		{"a binary workbook", "xlsb", parts{"xl/workbook.bin": "x", "[Content_Types].xml": "x"}.with(t)},
		{"a Word document", "docx", parts{"word/document.xml": "x", "[Content_Types].xml": "x"}.with(t)},
		{"an ODF table", "ods", parts{"mimetype": "x", "content.xml": "x"}.with(t)},
		{"a package of something else", "not_workbook", parts{"a.txt": "x"}.with(t)},
		{"a part with a password", "encrypted", raw(t, "xl/workbook.xml", "x", func(h *zip.FileHeader) { h.Flags |= 1 })},
		{"a way of compressing that nobody knows", "not_workbook", raw(t, "xl/x.xml", "x", func(h *zip.FileHeader) { h.Method = 99 })},
		{"half a file", "not_zip", clean[:len(clean)/2]},
		{"the end of a file", "not_xlsx", clean[len(clean)/2:]},
		{"an old workbook", "xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 512))},
		{"a workbook with a password", "encrypted", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")},
		{"CSV", "not_xlsx", []byte("任务,数值\r\n440703-01,1\r\n")},
		{"a web page", "xml", []byte("<html><table><tr><td>1</table>")},
		{"PDF", "pdf", []byte("%PDF-1.7")},
		{"nothing", "empty", nil},
		{"11 MB", "too_large", append(bytes.Clone(clean), make([]byte, 11<<20)...)},
		{"noise", "not_xlsx", []byte(fmt.Sprint(slices.Repeat([]int{7, 99, 3}, 2_000)))},
	})
}
