package ooxml

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// Element is the start of an element, without its namespace.
type Element struct {
	Name string
	raw  []byte // what stands after the name
}

// Attr returns an attribute's value as it is written, "" when there is none.
func (e Element) Attr(name string) string {
	for rest := e.raw; ; {
		at := bytes.Index(rest, []byte(name+"="))
		if at < 0 || at+len(name)+1 >= len(rest) {
			return ""
		}
		quoted := rest[at+len(name)+1:]
		begins := at > 0 && bytes.IndexByte([]byte(" \t\r\n:"), rest[at-1]) >= 0
		if quote := quoted[0]; begins && (quote == '"' || quote == '\'') {
			if end := bytes.IndexByte(quoted[1:], quote); end >= 0 {
				return string(quoted[1 : 1+end])
			}
		}
		rest = quoted
	}
}

const (
	scanBuffer = 64 << 10
	largestTag = 64 << 10
	// mostElements is how many elements a part may have: 400,000 cells have a
	// million.
	mostElements = 1_500_000
)

// Scan goes once through an XML part in constant memory and refuses what no office
// program writes and what makes readers work without end: DTDs, encodings other
// than UTF-8, elements nested deeper than depth, tags of more than 64 KB. each is
// told of every element; what it returns ends the scan.
func Scan(r io.Reader, part string, depth int, each func(Element) error) error {
	s := scanner{r: bufio.NewReaderSize(r, scanBuffer), part: part, names: map[string]string{}}
	if head, _ := s.r.Peek(2); len(head) == 2 && (head[0] == 0xFE && head[1] == 0xFF || head[0] == 0xFF && head[1] == 0xFE || head[0] == 0 || head[1] == 0) {
		return s.encoding()
	}
	level, count := 0, 0
	for {
		more, err := s.toTag()
		if err != nil || !more {
			return err
		}
		tag, err := s.tag()
		if err != nil {
			return err
		}
		switch {
		case bytes.HasPrefix(tag, []byte("!DOCTYPE")), bytes.HasPrefix(tag, []byte("!ENTITY")):
			return refuse("doctype", part, "文件含 DTD 或实体定义，不予读取", "the file has a DTD or entities, which are not read")
		case tag[0] == '?':
			if label := (Element{raw: tag}).Attr("encoding"); label != "" && !strings.EqualFold(label, "utf-8") && !strings.EqualFold(label, "us-ascii") {
				return s.encoding()
			}
		case tag[0] == '!':
		case tag[0] == '/':
			level--
		default:
			if tag[len(tag)-1] != '/' {
				level++
			}
			if count++; count > mostElements {
				return refuse("too_many_elements", part, "文件中的元素超过 %d 个", "the file has more than %d elements", mostElements)
			}
			if level > depth {
				return refuse("depth", part, "文件嵌套过深（超过 %d 层）", "the file is nested deeper than %d levels", depth)
			}
			if err := each(s.element(tag)); err != nil {
				return err
			}
		}
	}
}

type scanner struct {
	r    *bufio.Reader
	part string
	buf  []byte
	// names are those of the elements so far
	names map[string]string
}

func (s *scanner) encoding() error {
	return refuse("encoding", s.part, "文件内容须为 UTF-8 编码", "the parts of the file must be encoded as UTF-8")
}

// toTag goes on to the next "<"; false at the end.
func (s *scanner) toTag() (bool, error) {
	for {
		_, err := s.r.ReadSlice('<')
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return false, nil
		default:
			return false, err
		}
	}
}

// tag reads what stands between "<" and ">", which may stand within quotes; it is
// valid until the next read. Comments and CDATA are read to their own ends and come
// out empty-handed.
func (s *scanner) tag() ([]byte, error) {
	piece, err := s.r.ReadSlice('>')
	full := errors.Is(err, bufio.ErrBufferFull)
	if err != nil && !full {
		return nil, damagedAt(err, s.part)
	}
	for _, long := range []struct{ begin, end string }{{"!--", "--"}, {"![CDATA[", "]]"}} {
		if rest, ok := bytes.CutPrefix(piece, []byte(long.begin)); ok {
			if !full && bytes.HasSuffix(rest[:len(rest)-1], []byte(long.end)) {
				return []byte("!"), nil
			}
			return s.skip(long.end + ">")
		}
	}
	if full {
		return nil, s.large()
	}
	body := piece[:len(piece)-1]
	if len(body) == 0 {
		return nil, damaged(s.part)
	}
	if body[0] == '!' || !open(body) {
		return body, nil
	}
	for s.buf = append(s.buf[:0], piece...); open(s.buf); {
		piece, err := s.r.ReadSlice('>')
		if s.buf = append(s.buf, piece...); len(s.buf) > largestTag || errors.Is(err, bufio.ErrBufferFull) {
			return nil, s.large()
		}
		if err != nil {
			return nil, damagedAt(err, s.part)
		}
	}
	return s.buf[:len(s.buf)-1], nil
}

func (s *scanner) large() error {
	return refuse("large_tag", s.part, "文件中有过长的标记", "the file has a tag of more than 64 KB")
}

// open reports a tag that ends within quotes.
func open(tag []byte) bool {
	for {
		at := bytes.IndexAny(tag, `"'`)
		if at < 0 {
			return false
		}
		end := bytes.IndexByte(tag[at+1:], tag[at])
		if end < 0 {
			return true
		}
		tag = tag[at+1+end+1:]
	}
}

// skip reads up to and with end.
func (s *scanner) skip(end string) ([]byte, error) {
	last := make([]byte, 0, len(end)+1)
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return nil, damagedAt(err, s.part)
		}
		if last = append(last, c); len(last) > len(end) {
			last = append(last[:0], last[1:]...)
		}
		if string(last) == end {
			return []byte("!"), nil
		}
	}
}

func damagedAt(err error, part string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged(part)
	}
	return err
}

// element is the start of an element; names are kept, for there are few.
func (s *scanner) element(tag []byte) Element {
	tag = bytes.TrimSuffix(tag, []byte("/"))
	name, rest := tag, []byte(nil)
	if at := bytes.IndexAny(tag, " \t\r\n"); at >= 0 {
		name, rest = tag[:at], tag[at:]
	}
	if at := bytes.LastIndexByte(name, ':'); at >= 0 {
		name = name[at+1:]
	}
	known, ok := s.names[string(name)]
	if !ok {
		known = string(name)
		if len(s.names) < 1000 {
			s.names[known] = known
		}
	}
	return Element{Name: known, raw: rest}
}
