package filekind_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"duban/workflow/filekind"
)

const office = "application/vnd.openxmlformats-officedocument."

// part is a part of an archive; raw ones are stored as they are.
type part struct{ name, content string }

func archive(parts ...part) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = io.WriteString(w, p.content)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// officeFile is a small one with a main part and perhaps others.
func officeFile(main, mainType string, others ...part) string {
	types := `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/` + main + `" ContentType="` + mainType + `"/></Types>`
	return archive(append([]part{{"[Content_Types].xml", types}, {"_rels/.rels", "<Relationships/>"}, {main, "<x/>"}}, others...)...)
}

func encoded(encode func(io.Writer) error) string {
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		panic(err)
	}
	return b.String()
}

func box(kind, content string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(8+len(content)))) + kind + content
}

var (
	dot    = image.NewRGBA(image.Rect(0, 0, 2, 2))
	jpg    = encoded(func(w io.Writer) error { return jpeg.Encode(w, dot, nil) })
	pixels = encoded(func(w io.Writer) error { return png.Encode(w, dot) })
	pdf    = "%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n0\n%%EOF\n"
	webp   = "RIFF\x12\x00\x00\x00WEBPVP8L\x05\x00\x00\x00\x2f\x00\x00\x00\x00\x00"
	heic   = box("ftyp", "heic\x00\x00\x00\x00mif1heic") + box("mdat", strings.Repeat("x", 100))
	mp4    = box("ftyp", "isom\x00\x00\x02\x00isomiso2mp41") + box("mdat", strings.Repeat("x", 100)) + box("moov", "")
	docx   = officeFile("word/document.xml", office+"wordprocessingml.document.main+xml")
	xlsx   = officeFile("xl/workbook.xml", office+"spreadsheetml.sheet.main+xml")
	pptx   = officeFile("ppt/presentation.xml", office+"presentationml.presentation.main+xml")
	plain  = "区域,任务\r\n蓬江区,加油站\r\n"
)

func gb(text string) string {
	out, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return out
}

// bomb declares far more than it has.
func bomb() string {
	return officeFile("word/document.xml", office+"wordprocessingml.document.main+xml", part{"word/media/a", strings.Repeat("\x00", 20<<20)})
}

func of(content string) (string, error) {
	kind, err := filekind.Of(strings.NewReader(content), int64(len(content)))
	if refusal, ok := errors.AsType[*filekind.Refusal](err); ok {
		return "refused: " + refusal.Rule, nil
	}
	return string(kind), err
}

func TestKindsByContent(t *testing.T) {
	const program = "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
	for name, c := range map[string]struct{ content, want string }{
		"PDF": {pdf, "pdf"}, "JPEG": {jpg, "jpeg"}, "PNG": {pixels, "png"}, "WebP": {webp, "webp"}, "HEIC": {heic, "heic"}, "MP4": {mp4, "mp4"},
		"DOCX": {docx, "docx"}, "XLSX": {xlsx, "xlsx"}, "PPTX": {pptx, "pptx"},
		"CSV": {plain, "text"}, "CSV with a mark": {"\ufeff" + plain, "text"}, "CSV in GB18030": {gb(plain), "gb18030"}, "long text": {strings.Repeat("督办", 200_000), "text"},
		"a table that begins as bitmaps do": {"BM,MC\n440703,蓬江区\n", "text"}, "a text that begins as programs do": {"MZ-01 子站停运。", "text"}, "... in GB18030": {gb("FWS 防洪\n"), "gb18030"},
		"a bitmap": {"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00", "refused: kind"}, "a page in a program's clothes": {"MZ <script>", "refused: kind"}, "PostScript": {"%!PS-Adobe-3.0\nshowpage\n", "refused: kind"},

		"nothing":                             {"", "refused: empty"},
		"a program":                           {program + strings.Repeat("\x00", 500), "refused: kind"},
		"ELF":                                 {"\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 100), "refused: kind"},
		"a page":                              {"<!DOCTYPE html><p>", "refused: kind"},
		"a page, later":                       {strings.Repeat("文本\n", 40_000) + "<ScRiPt>", "refused: active"},
		"a page, cut by what is read at once": {strings.Repeat("x", 64<<10-3) + "<script>", "refused: active"},
		"SVG":                                 {`<svg xmlns="http://www.w3.org/2000/svg"/>`, "refused: kind"},
		"XML":                                 {`<?xml version="1.0"?><x/>`, "refused: kind"},
		"a script":                            {"#!/bin/x\n", "refused: script"},
		"RTF":                                 {`{\rtf1 \b x}`, "refused: kind"},
		"old Office":                          {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "refused: old_office"},
		"an archive":                          {archive(part{"a.txt", "x"}), "refused: kind"},
		"an applet":                           {archive(part{"META-INF/MANIFEST.MF", "x"}), "refused: kind"},
		"macros by name":                      {officeFile("word/document.xml", office+"wordprocessingml.document.main+xml", part{"word/vbaProject.bin", "x"}), "refused: macro"},
		"macros by type":                      {officeFile("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"), "refused: macro"},
		"a main part amiss":                   {archive(part{"[Content_Types].xml", `<Types><Override PartName="/word/document.xml" ContentType="` + office + `wordprocessingml.document.main+xml"/></Types>`}, part{"word/x", "x"}), "refused: kind"},
		"a bomb":                              {bomb(), "refused: bomb"},
		"GIF":                                 {"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "refused: kind"},
		"half a PNG":                          {pixels[:len(pixels)-4], "refused: broken"},
		"PNG with a tail":                     {pixels + "<script>", "refused: broken"},
		"JPEG and archive":                    {jpg + archive(part{"a", "x"}), "refused: polyglot"},
		"PDF and archive":                     {pdf + archive(part{"a", "x"}), "refused: polyglot"},
		"PDF not in front":                    {"x" + pdf, "refused: broken"},
		"half a PDF":                          {pdf[:20], "refused: broken"},
		"MP4 with a tail":                     {mp4 + "tail", "refused: broken"},
		"WebP with a tail":                    {webp + "xx", "refused: broken"},
		"text with a bell":                    {strings.Repeat("文本", 1_000) + "\x07", "refused: encoding"},
		"text in UTF-16":                      {"\xff\xfea\x00b\x00", "refused: encoding"},
		"Latin-1":                             {"caf\xe9", "refused: encoding"},
	} {
		got, err := of(c.content)
		if got != c.want || err != nil {
			t.Errorf("%s: %s, want %s (%v)", name, got, c.want, err)
		}
	}
}

func TestNamesGoWithKinds(t *testing.T) {
	for name, want := range map[string]bool{"a.JPG": true, "a.jpeg": true, "a.png": false, "jpg": false, "a.jpg.exe": false} {
		if filekind.JPEG.Named(name) != want {
			t.Errorf("%s is a name of a JPEG: %t", name, !want)
		}
	}
	for _, kind := range []filekind.Kind{filekind.Text, filekind.GB, filekind.DOCX, filekind.HEIC, filekind.MP4, "unknown"} {
		if kind.Inline() {
			t.Errorf("%s is shown in browsers", kind)
		}
	}
}

func FuzzOf(f *testing.F) {
	for _, content := range []string{pdf, jpg, pixels, webp, heic, mp4, docx, plain, gb(plain)} {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content string) {
		kind, err := of(content)
		if err != nil {
			t.Fatalf("neither a kind nor a refusal: %v", err)
		}
		if kind == "" {
			t.Fatal("no kind")
		}
	})
}
