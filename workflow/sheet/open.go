package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Limits of a workbook that is read.
const (
	// MostBytes is how large a file may be.
	MostBytes   = 10 << 20
	mostParts   = 2_000    // files in the package
	mostOpened  = 96 << 20 // bytes of all parts together
	mostSheet   = 64 << 20 // bytes of one sheet
	mostSmall   = 4 << 20  // bytes of styles, and of what says where the sheets are
	mostStrings = 20 << 20 // bytes of the texts that cells share
	mostSheets  = 100
)

// Refusal says why a file is not read. Rule is stable, for programs; the texts are
// for people.
type Refusal struct {
	Rule   string // "encrypted", "xls", "macro", "bomb", ...
	ZH, EN string
	cause  error
}

// Error returns the English text.
func (r *Refusal) Error() string {
	if r.cause != nil {
		return r.EN + ": " + r.cause.Error()
	}
	return r.EN
}

// Unwrap returns what was wrong with the bytes.
func (r *Refusal) Unwrap() error { return r.cause }

func refused(rule, zh, en string) *Refusal { return &Refusal{Rule: rule, ZH: zh, EN: en} }

func damaged(cause error) *Refusal {
	return &Refusal{Rule: "damaged", ZH: "文件已损坏或不是 Excel 工作簿（.xlsx），请用 Excel 或 WPS 另存为 .xlsx 后再试",
		EN: "the file is damaged or no workbook (.xlsx); save it again as .xlsx", cause: cause}
}

func tooLarge(what string) *Refusal {
	return refused("too_large", "文件内容过大（"+what+"），不予读取", "the file opens to more than is read: "+what)
}

// Book is a workbook that is being read. Of what it holds only sheets, texts and
// formats are looked at: what else is in the file is never opened.
type Book struct {
	// Sheets are in their order.
	Sheets []Sheet
	// From1904: days are counted from 1904 on, as old Macintosh programs did.
	From1904 bool
	parts    map[string]*zip.File
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
// to hold, and reads what its cells refer to. The error is a *Refusal.
func Open(data []byte) (*Book, error) {
	parts, err := unpack(data)
	if err != nil {
		return nil, err
	}
	b := &Book{parts: parts}
	for _, read := range []func() error{b.readSheets, b.readFormats, b.readStrings} {
		if err := read(); err != nil {
			if r, ok := errors.AsType[*Refusal](err); ok {
				return nil, r
			}
			if errors.Is(err, errDocType) {
				return nil, refused("entities", "文件的 XML 中声明了实体，不予读取", "the XML of the file declares entities")
			}
			return nil, damaged(err)
		}
	}
	return b, nil
}

// unpack looks at the directory of the package.
func unpack(data []byte) (map[string]*zip.File, error) {
	if len(data) > MostBytes {
		return nil, tooLarge("10 MB")
	}
	if r := foreign(data); r != nil {
		return nil, r
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, damaged(err)
	}
	if len(z.File) > mostParts {
		return nil, tooLarge(fmt.Sprintf("%d 个部件", len(z.File)))
	}
	parts := map[string]*zip.File{}
	var opened uint64
	type span struct{ from, to int64 }
	var spans []span
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(f.Name, "/"))
		if parts[name] != nil {
			return nil, refused("damaged", "文件中有两个同名部件 "+f.Name, "two parts of the file are called "+f.Name)
		}
		parts[name] = f
		if f.Flags&1 != 0 {
			return nil, refused("encrypted", "文件已加密，请取消密码后再上传", "the file is encrypted: take the password off first")
		}
		// Each is below 2^63 alone only if so checked: the sum of a lie may wrap around.
		if f.UncompressedSize64 > mostOpened || f.CompressedSize64 > MostBytes {
			return nil, tooLarge(f.Name)
		}
		if opened += f.UncompressedSize64; opened > mostOpened {
			return nil, tooLarge("96 MB")
		}
		at, err := f.DataOffset()
		if err != nil {
			return nil, damaged(err)
		}
		spans = append(spans, span{at, at + int64(f.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return nil, refused("bomb", "文件的部件互相重叠，不予读取", "the parts of the file overlap")
		}
	}
	return parts, otherKind(parts)
}

// foreign names files that are no package at all.
func foreign(data []byte) *Refusal {
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
func otherKind(parts map[string]*zip.File) error {
	has := func(part string) bool { return parts[part] != nil }
	for name := range parts {
		if strings.HasSuffix(name, "vbaproject.bin") || strings.HasSuffix(name, ".xlm") || strings.Contains(name, "macrosheets/") {
			return refused("macro", "文件含宏，请另存为不含宏的 .xlsx", "the file has macros: save it as .xlsx without them")
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
		return refused("not_xlsx", "压缩包中没有工作簿，不是 .xlsx 文件", "there is no workbook in the package: this is no .xlsx")
	}
	return nil
}

// scan reads a part of at most the given bytes with each, called after each tag.
func (b *Book) scan(name string, most int64, each func(*scanner) error) error {
	f := b.parts[strings.ToLower(name)]
	if f == nil {
		return fmt.Errorf("there is no part %s", name)
	}
	if f.UncompressedSize64 > uint64(most) {
		return tooLarge(name)
	}
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return fmt.Errorf("part %s is compressed in another way", name)
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	s := newScanner(io.LimitReader(r, most+1))
	for {
		switch err := s.next(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := each(s); err != nil {
			if errors.Is(err, errStop) {
				return nil
			}
			return fmt.Errorf("%s: %w", name, err)
		}
	}
}

// errStop ends a scan that has what it wants.
var errStop = errors.New("enough")

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
		err = errors.New("there is no sheet")
	}
	return err
}

// readStrings reads the texts that cells share.
func (b *Book) readStrings() error {
	if b.parts["xl/sharedstrings.xml"] == nil {
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
		if total += len(text) + 16; total > mostStrings {
			return tooLarge("文字超过 20 MB")
		}
		b.strings = append(b.strings, text)
		return nil
	})
}
