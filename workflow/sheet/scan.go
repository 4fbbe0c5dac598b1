package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of what scanner reads. No program that writes workbooks comes near them.
const (
	mostDepth = 64      // elements within elements
	mostTag   = 1 << 16 // bytes of one tag with its attributes
	mostText  = 1 << 17 // bytes of the text of one element: what a cell can hold, in UTF-8
)

// scanner reads the XML of a part of a workbook from one end to the other, in the
// memory of one tag. It knows what workbooks use of XML: no document types, so no
// entities of one's own, and no encoding but UTF-8. Prefixes of names are dropped.
type scanner struct {
	r     *bufio.Reader
	depth int
	tag   []byte // the last tag, without its angles; valid until the next one
	name  string // local name of the last tag
	open  bool   // it opens an element
	empty bool   // it also closes it
}

// scanError is why a part is not read to its end.
type scanError struct{ code, zh, en string }

// Error returns the English text.
func (e *scanError) Error() string { return e.en }

// Reasons of a part that is no XML as workbooks have it.
var (
	errNotXML   = &scanError{"damaged", "文件已损坏", "the file is damaged"}
	errDocType  = &scanError{"doctype", "文件含 DTD 或实体定义，不予读取", "the file has a DTD or entities, which are not read"}
	errEncoding = &scanError{"encoding", "文件内容须为 UTF-8 编码", "the parts of the file must be encoded as UTF-8"}
	errTooDeep  = &scanError{"depth", "文件嵌套过深", "the file is nested too deep"}
	errTooLong  = &scanError{"large_tag", "文件中有过长的标记或文字", "the file has a tag or text that is too long"}
)

// cut is what a part that ends too early is: the end is no error of its own.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return errNotXML
	}
	return err
}

func newScanner(r io.Reader) *scanner { return &scanner{r: bufio.NewReaderSize(r, mostTag)} }

// next reads up to the next tag; texts before it are passed over. It returns
// io.EOF after the end of the last element.
func (s *scanner) next() error {
	for {
		if err := s.pass('<'); err != nil {
			if errors.Is(err, io.EOF) && s.depth > 0 {
				return errNotXML
			}
			return err
		}
		if again, err := s.readTag(); err != nil || !again {
			return err
		}
	}
}

// pass reads over everything up to and with a byte.
func (s *scanner) pass(until byte) error {
	for {
		_, err := s.r.ReadSlice(until)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// readTag reads a tag whose angle has been read. again: it was none of an element.
func (s *scanner) readTag() (again bool, err error) {
	first, err := s.r.Peek(1)
	if err != nil {
		return false, cut(err)
	}
	switch first[0] {
	case '!':
		return true, s.passMarkup()
	case '?':
		return true, s.passInstruction()
	}
	tag, err := s.r.ReadSlice('>')
	if errors.Is(err, bufio.ErrBufferFull) {
		return false, errTooLong
	}
	if err != nil {
		return false, cut(err)
	}
	s.tag = tag[:len(tag)-1]
	for bytes.Count(s.tag, []byte{'"'})%2 != 0 { // an angle in the value of an attribute
		kept := append(bytes.Clone(s.tag), '>')
		more, err := s.r.ReadSlice('>')
		if err != nil || len(kept)+len(more) > mostTag {
			return false, errTooLong
		}
		s.tag = append(kept, more[:len(more)-1]...)
	}
	return false, s.enter()
}

func (s *scanner) enter() error {
	tag := s.tag
	s.open = !bytes.HasPrefix(tag, []byte("/"))
	s.empty = s.open && bytes.HasSuffix(tag, []byte("/"))
	switch {
	case !s.open:
		tag = tag[1:]
		s.depth--
	case s.empty:
		tag = tag[:len(tag)-1]
		s.tag = tag
	default:
		s.depth++
	}
	if s.depth > mostDepth {
		return errTooDeep
	}
	if s.depth < 0 {
		return errNotXML
	}
	name := tag[:skip(tag, 0, false)]
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if len(name) == 0 {
		return errNotXML
	}
	s.name = common(name)
	return nil
}

// common returns the name without a new string where it is one of those that
// occur for each cell.
func common(name []byte) string {
	for _, known := range [...]string{"c", "v", "row", "is", "t", "si", "r", "rPr", "f", "xf"} {
		if string(name) == known {
			return known
		}
	}
	return string(name)
}

func (s *scanner) passMarkup() error {
	if start, err := s.r.Peek(3); err == nil && string(start) == "!--" {
		for dashes := 0; ; {
			b, err := s.r.ReadByte()
			if err != nil {
				return cut(err)
			}
			if b == '>' && dashes >= 2 {
				return nil
			}
			if dashes++; b != '-' {
				dashes = 0
			}
		}
	}
	return errDocType
}

func (s *scanner) passInstruction() error {
	text, err := s.r.ReadSlice('>')
	if err != nil {
		return errNotXML
	}
	lower := strings.ToLower(string(text))
	if _, encoding, ok := strings.Cut(lower, "encoding="); ok && strings.HasPrefix(lower, "?xml ") {
		if !strings.HasPrefix(strings.Trim(encoding, `"'`), "utf-8") {
			return errEncoding
		}
	}
	return nil
}

// attr returns the value of an attribute of the last tag, by its local name.
func (s *scanner) attr(name string) string {
	b := s.tag
	for i := skip(b, 0, false); ; {
		i = skip(b, i, true)
		begin := i
		for i < len(b) && b[i] != '=' && !isSpace(b[i]) {
			if i++; b[i-1] == ':' {
				begin = i
			}
		}
		key := b[begin:i]
		if i = skip(b, i, true); i >= len(b) || b[i] != '=' {
			return ""
		}
		if i = skip(b, i+1, true); i >= len(b) || b[i] != '"' && b[i] != '\'' {
			return ""
		}
		end := bytes.IndexByte(b[i+1:], b[i])
		if end < 0 {
			return ""
		}
		if string(key) == name {
			return unescaped(b[i+1 : i+1+end])
		}
		i += end + 2
	}
}

// skip returns where, from a place on, the first character is that is no space, or
// that is one.
func skip(b []byte, from int, spaces bool) int {
	for from < len(b) && isSpace(b[from]) == spaces {
		from++
	}
	return from
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// text reads the text of the element just opened, which has no elements in it, up
// to its end.
func (s *scanner) text() (string, error) {
	if s.empty {
		return "", nil
	}
	var b []byte
	for {
		part, err := s.r.ReadSlice('<')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return "", cut(err)
		}
		full := err != nil
		if !full {
			part = part[:len(part)-1]
		}
		if b = append(b, part...); len(b) > mostText {
			return "", errTooLong
		}
		if full {
			continue
		}
		if b, err = s.characters(b); err != nil {
			return "", err
		}
		again, err := s.readTag()
		switch {
		case err != nil:
			return "", err
		case again:
		case s.open:
			return "", errNotXML
		default:
			return checked(b)
		}
	}
}

// runs reads the texts (t) of the element just opened, a string item or an inline
// string: its runs in any format, without the marks of their pronunciation.
func (s *scanner) runs() (string, error) {
	if s.empty {
		return "", nil
	}
	var all []byte
	for outer := s.depth; ; {
		if err := s.next(); err != nil {
			return "", cut(err)
		}
		switch {
		case s.depth < outer:
			return string(all), nil
		case s.open && s.name == "t":
			part, err := s.text()
			if err != nil {
				return "", err
			}
			if all = append(all, part...); len(all) > mostText {
				return "", errTooLong
			}
		case s.open && s.name == "rPh":
			if err := s.end(); err != nil {
				return "", err
			}
		}
	}
}

// characters reads a CDATA section, whose angle has been read, as text.
func (s *scanner) characters(b []byte) ([]byte, error) {
	const begin, end = "![CDATA[", "]]>"
	for {
		start, err := s.r.Peek(len(begin))
		if err != nil || string(start) != begin {
			return b, nil
		}
		_, _ = s.r.Discard(len(begin)) // it was peeked at
		var raw []byte
		for !bytes.HasSuffix(raw, []byte(end)) {
			part, err := s.r.ReadSlice('>')
			if raw = append(raw, part...); err != nil || len(raw) > mostText {
				return nil, errTooLong
			}
		}
		raw = bytes.ReplaceAll(raw[:len(raw)-len(end)], []byte("&"), []byte("&amp;"))
		part, err := s.r.ReadSlice('<')
		if err != nil {
			return nil, errNotXML
		}
		if b = append(append(b, raw...), part[:len(part)-1]...); len(b) > mostText {
			return nil, errTooLong
		}
	}
}

func checked(b []byte) (string, error) {
	if !utf8.Valid(b) {
		return "", errEncoding
	}
	return unescaped(b), nil
}

// unescaped puts characters in the place of their references. One that is not
// known stays as it is written.
func unescaped(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	var out strings.Builder
	for len(b) > 0 {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			i = len(b)
		}
		out.Write(b[:i])
		if b = b[i:]; len(b) == 0 {
			break
		}
		end := bytes.IndexByte(b[:min(len(b), 12)], ';')
		r, ok := reference(b, end)
		if !ok {
			out.WriteByte('&')
			b = b[1:]
			continue
		}
		out.WriteRune(r)
		b = b[end+1:]
	}
	return out.String()
}

func reference(b []byte, end int) (rune, bool) {
	if end < 2 {
		return 0, false
	}
	name := string(b[1:end])
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || !strings.HasPrefix(name, "#") || n == 0 || n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true
}

// end reads up to the end of the last tag's element.
func (s *scanner) end() error {
	if s.empty || !s.open {
		return nil
	}
	for outer := s.depth; s.depth >= outer; {
		if err := s.next(); err != nil {
			return cut(err)
		}
	}
	return nil
}
