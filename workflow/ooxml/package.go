package ooxml

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
)

// Limits bounds what a file may hold. Sizes are in bytes after inflating, counted
// while it is done: what the file says of itself is not believed.
type Limits struct {
	Parts int   // files in the container
	Part  int64 // one part
	Total int64 // all parts together
	Depth int   // elements within elements
}

// Usual are the limits for tables of an office.
var Usual = Limits{Parts: 500, Part: 24 << 20, Total: 40 << 20, Depth: 64}

// Package is a container whose parts can be read.
type Package struct {
	limits Limits
	parts  map[string]*zip.File
	names  []string
}

// compound begins the files of Office before 2007, and those with a password.
var compound = []byte{0xD0, 0xCF, 0x11, 0xE0}

// Open reads the list of parts. Nothing is inflated yet.
func Open(data []byte, l Limits) (*Package, error) {
	if bytes.HasPrefix(data, compound) {
		return nil, refuse("encrypted", "", "文件加了密码，或是旧格式（.doc、.xls）：请去掉密码，另存为 .docx 或 .xlsx",
			"the file has a password or is of an old kind (.doc, .xls): save it without one as .docx or .xlsx")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, refuse("not_zip", "", "不是 Word 或 Excel 文件（.docx、.xlsx），或文件已损坏", "not a Word or Excel file (.docx, .xlsx), or damaged")
	}
	if len(z.File) > l.Parts {
		return nil, refuse("too_many_parts", "", "文件内有 %d 个部件，最多 %d", "the file has %d parts, at most %d are allowed", len(z.File), l.Parts)
	}
	p := &Package{limits: l, parts: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name := strings.ToLower(path.Clean("/" + strings.ReplaceAll(f.Name, `\`, "/")))[1:]
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if p.parts[name] != nil {
			return nil, refuse("part_twice", f.Name, "部件 %s 出现两次", "part %s stands twice", f.Name)
		}
		if f.Flags&1 != 0 {
			return nil, refuse("encrypted", f.Name, "文件加了密码", "the file has a password")
		}
		if strings.HasSuffix(name, "vbaproject.bin") {
			return nil, refuse("macros", f.Name, "文件含宏：请另存为不含宏的文件", "the file has macros: save it without them")
		}
		p.parts[name] = f
		p.names = append(p.names, name)
	}
	return p, nil
}

// Names are the names of the parts in lower case, in the order of the file.
func (p *Package) Names() []string { return p.names }

// Part opens a part. Its reader fails with a Refusal at the limit.
func (p *Package) Part(name string) (io.ReadCloser, error) {
	f := p.parts[strings.ToLower(name)]
	if f == nil {
		return nil, refuse("part_missing", name, "文件中没有部件 %s", "the file has no part %s", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(name)
	}
	return &bounded{ReadCloser: r, name: name, left: p.limits.Part}, nil
}

// Check inflates every part once, within the limits, and scans those that are XML
// for what is not read: see Scan. see is told of every element of the parts whose
// name it wants; it may be nil.
func (p *Package) Check(see func(part string) func(Element) error) error {
	left := p.limits.Total
	for _, name := range p.names {
		r, err := p.Part(name)
		if err != nil {
			return err
		}
		within := &bounded{ReadCloser: r, name: name, left: left}
		if isXML(name) {
			err = p.scanned(within, name, see)
		} else {
			_, err = io.Copy(io.Discard, within)
		}
		left = within.left
		if closed := r.Close(); err == nil && closed != nil {
			err = closed
		}
		if err != nil {
			if refusal, named := errors.AsType[*Refusal](err); named {
				return refusal
			}
			return damaged(name)
		}
	}
	return nil
}

func (p *Package) scanned(r io.Reader, name string, see func(string) func(Element) error) error {
	each := func(Element) error { return nil }
	if see != nil {
		if wants := see(name); wants != nil {
			each = wants
		}
	}
	return Scan(r, name, p.limits.Depth, func(e Element) error {
		if e.Name == "Relationship" && e.Attr("TargetMode") == "External" && !strings.HasSuffix(e.Attr("Type"), "/hyperlink") {
			return refuse("external", name, "文件引用外部内容：%s", "the file refers to something outside: %s", e.Attr("Target"))
		}
		return each(e)
	})
}

func isXML(name string) bool {
	return strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") || strings.HasSuffix(name, ".vml")
}

func damaged(part string) error {
	return refuse("damaged", part, "文件已损坏", "the file is damaged")
}

// bounded stops at a number of bytes.
type bounded struct {
	io.ReadCloser
	name string
	left int64
}

func (b *bounded) Read(buf []byte) (int, error) {
	if b.left <= 0 {
		return 0, refuse("too_large", b.name, "文件解压后过大", "the file is too large when inflated")
	}
	n, err := b.ReadCloser.Read(buf[:min(int64(len(buf)), b.left)])
	b.left -= int64(n)
	return n, err
}
