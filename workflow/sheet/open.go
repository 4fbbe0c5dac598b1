package sheet

import (
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"duban/workflow/ooxml"
)

// Limits of a workbook that is read.
const (
	// MostBytes is how large a file may be.
	MostBytes   = 10 << 20
	mostParts   = 2_000    // files in the package
	mostOpened  = 96 << 20 // bytes of all parts together
	mostSheet   = 64 << 20 // bytes of one sheet
	mostSmall   = 4 << 20  // bytes of styles, and of what says where the sheets are
	mostStrings = 12 << 20 // bytes of the texts that cells share
	mostTexts   = 400_000  // of these texts
	mostSheets  = 100
)

func refused(code, zh, en string) *ooxml.Refusal {
	return &ooxml.Refusal{Code: code, ZH: zh, EN: en}
}

func damaged(part string) *ooxml.Refusal {
	return &ooxml.Refusal{Code: "damaged", Part: part, ZH: "文件已损坏或不是 Excel 工作簿（.xlsx），请用 Excel 或 WPS 另存为 .xlsx 后再试",
		EN: "the file is damaged or no workbook (.xlsx); save it again as .xlsx"}
}

func tooLarge(what string) *ooxml.Refusal {
	return refused("too_large", "文件内容过大（"+what+"），不予读取", "the file opens to more than is read: "+what)
}

// Book is a workbook that is being read. Of what it holds only sheets, texts and
// formats are looked at: what else is in the file is never opened.
type Book struct {
	// Sheets are in their order.
	Sheets []Sheet
	// From1904: days are counted from 1904 on, as old Macintosh programs did.
	From1904 bool
	parts    *ooxml.Package
	strings  []string
	formats  []Format // by style
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool
	part   string
}

// Open looks a file over, in memory and time that do not depend on what it claims
// to hold, and reads what its cells refer to. The error is an *ooxml.Refusal.
func Open(data []byte) (*Book, error) {
	parts, err := unpack(data)
	if err != nil {
		return nil, err
	}
	b := &Book{parts: parts}
	for _, read := range []func() error{b.readSheets, b.readFormats, b.readStrings} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// unpack looks at the directory of the package.
func unpack(data []byte) (*ooxml.Package, error) {
	if len(data) > MostBytes {
		return nil, tooLarge("10 MB")
	}
	if r := foreign(data); r != nil {
		return nil, r
	}
	p, err := ooxml.Open(data, ooxml.Limits{Parts: mostParts, Part: mostSheet, Total: mostOpened, Depth: mostDepth})
	if err != nil {
		return nil, err
	}
	claim, err := p.Claim()
	switch {
	case err != nil:
		return nil, err
	case claim.Bytes > mostOpened:
		return nil, tooLarge("96 MB")
	case claim.Overlap:
		return nil, refused("overlap", "文件的部件互相重叠，不予读取", "the parts of the file overlap")
	}
	return p, otherKind(p.Names())
}

// foreign names files that are no package at all.
func foreign(data []byte) *ooxml.Refusal {
	switch {
	case len(data) == 0:
		return refused("empty", "文件是空的", "the file is empty")
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if bytes.Contains(data, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
			return refused("encrypted", "文件已加密，请取消密码后再上传", "the file is encrypted: take the password off first")
		}
		return refused("xls", "这是旧格式 .xls（或其他旧版 Office 文件），请另存为 .xlsx", "this is the old format .xls or another old Office file: save it as .xlsx")
	case bytes.HasPrefix(data, []byte("%PDF")):
		return refused("pdf", "这是 PDF 文件，请上传 .xlsx", "this is a PDF file: send the .xlsx")
	case bytes.HasPrefix(data, []byte("<")) || bytes.HasPrefix(data, []byte("\xef\xbb\xbf<")):
		return refused("xml", "这是网页或 XML 文件，不是 .xlsx，请另存为 .xlsx", "this is a web page or XML file, no .xlsx: save it as .xlsx")
	case !bytes.HasPrefix(data, []byte("PK")):
		return refused("not_xlsx", "这不是 Excel 工作簿（.xlsx）；CSV 或文本文件请在 Excel 中另存为 .xlsx", "this is no workbook (.xlsx); save CSV or text files as .xlsx")
	}
	return nil
}

// otherKind names packages that are no plain workbook.
func otherKind(names []string) error {
	has := func(part string) bool { return slices.Contains(names, part) }
	for _, name := range names {
		switch ext := path.Ext(name); {
		case strings.Contains(name, "macrosheets/"):
			return refused("macros", "文件含宏，请另存为不含宏的 .xlsx", "the file has macros: save it as .xlsx without them")
		case strings.HasPrefix(name, "xl/embeddings/"), slices.Contains([]string{".zip", ".7z", ".rar", ".gz", ".xlsx", ".docx", ".exe"}, ext):
			return refused("embedded", "文件中嵌有其他文件（"+path.Base(name)+"），请删除后再上传", "another file is embedded ("+path.Base(name)+"): take it out first")
		}
	}
	switch {
	case has("xl/workbook.bin"):
		return refused("xlsb", "这是二进制格式 .xlsb，请另存为 .xlsx", "this is the binary format .xlsb: save it as .xlsx")
	case has("word/document.xml"):
		return refused("docx", "这是 Word 文档，请上传 .xlsx", "this is a Word document: send the .xlsx")
	case has("mimetype") && has("content.xml"):
		return refused("ods", "这是 ODF 表格 .ods，请另存为 .xlsx", "this is an ODF file (.ods): save it as .xlsx")
	case !has("[content_types].xml") || !has("xl/workbook.xml"):
		return refused("not_workbook", "压缩包中没有工作簿，不是 .xlsx 文件", "there is no workbook in the package: this is no .xlsx")
	}
	return nil
}

// scan reads a part of at most the given bytes with each, called after each tag.
// What it returns is an *ooxml.Refusal or what each returned.
func (b *Book) scan(name string, most int64, each func(*scanner) error) error {
	r, err := b.parts.Part(name)
	if err != nil {
		return err
	}
	defer r.Close()
	limited := &io.LimitedReader{R: whole{r, name}, N: most}
	s := newScanner(limited)
	for {
		if err = s.next(); err == nil {
			err = each(s)
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errNotXML) && limited.N == 0:
			return tooLarge(name)
		case errors.Is(err, errNotXML):
			return damaged(name)
		default:
			if e, ok := errors.AsType[*scanError](err); ok {
				return refused(e.code, e.zh, e.en)
			}
			return err
		}
	}
}

// whole names the part that cannot be inflated, or is not what its header says.
type whole struct {
	io.Reader
	part string
}

// Read implements io.Reader.
func (w whole) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if _, named := errors.AsType[*ooxml.Refusal](err); err != nil && !named && !errors.Is(err, io.EOF) {
		err = damaged(w.part)
	}
	return n, err
}

// readSheets finds out which sheets there are and where.
func (b *Book) readSheets() error {
	targets := map[string]string{}
	err := b.scan("xl/_rels/workbook.xml.rels", mostSmall, func(s *scanner) error {
		if s.open && s.name == "Relationship" && s.attr("TargetMode") != "External" && len(targets) < mostParts {
			target := s.attr("Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[s.attr("Id")] = strings.TrimPrefix(path.Clean(target), "/")
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = b.scan("xl/workbook.xml", mostSmall, func(s *scanner) error {
		switch {
		case s.open && s.name == "workbookPr":
			on := s.attr("date1904")
			b.From1904 = on == "1" || on == "true"
		case s.open && s.name == "sheet":
			if len(b.Sheets) == mostSheets {
				return tooLarge("工作表超过 100 个")
			}
			state := s.attr("state")
			b.Sheets = append(b.Sheets, Sheet{Name: s.attr("name"), Hidden: state == "hidden" || state == "veryHidden", part: targets[s.attr("id")]})
		}
		return nil
	})
	if err == nil && len(b.Sheets) == 0 {
		err = damaged("xl/workbook.xml")
	}
	return err
}

// readStrings reads the texts that cells share.
func (b *Book) readStrings() error {
	if !slices.Contains(b.parts.Names(), "xl/sharedstrings.xml") {
		return nil
	}
	total := 0
	return b.scan("xl/sharedStrings.xml", mostSheet, func(s *scanner) error {
		if !s.open || s.name != "si" {
			return nil
		}
		text, err := s.runs()
		if err != nil {
			return err
		}
		if total += len(text); total > mostStrings || len(b.strings) == mostTexts {
			return tooLarge("文字超过 12 MB 或 40 万条")
		}
		b.strings = append(b.strings, text)
		return nil
	})
}
