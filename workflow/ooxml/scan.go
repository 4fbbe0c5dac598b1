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
	raw  string // what stands after the name
}

// Attr returns an attribute's value as it is written, "" when there is none.
func (e Element) Attr(name string) string {
	for rest := e.raw; ; {
		at := strings.Index(rest, name+"=")
		if at < 0 || at+len(name)+1 >= len(rest) {
			return ""
		}
		quoted := rest[at+len(name)+1:]
		begins := at > 0 && strings.ContainsRune(" \t\r\n:", rune(rest[at-1]))
		if quote := quoted[0]; begins && (quote == '"' || quote == '\'') {
			if end := strings.IndexByte(quoted[1:], quote); end >= 0 {
				return quoted[1 : 1+end]
			}
		}
		rest = quoted
	}
}

const (
	scanBuffer = 64 << 10
	largestTag = 64 << 10
)

// Scan goes once through an XML part in constant memory and refuses what no office
// program writes and what makes readers work without end: DTDs, encodings other
// than UTF-8, elements nested deeper than depth, tags of more than 64 KB. each is
// told of every element; what it returns ends the scan.
func Scan(r io.Reader, part string, depth int, each func(Element) error) error {
	s := scanner{r: bufio.NewReaderSize(r, scanBuffer), part: part}
	if head, _ := s.r.Peek(2); len(head) == 2 && (head[0] == 0xFE && head[1] == 0xFF || head[0] == 0xFF && head[1] == 0xFE || head[0] == 0 || head[1] == 0) {
		return s.encoding()
	}
	level := 0
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
			if label := (Element{raw: string(tag)}).Attr("encoding"); label != "" && !strings.EqualFold(label, "utf-8") && !strings.EqualFold(label, "us-ascii") {
				return s.encoding()
			}
		case tag[0] == '!':
		case tag[0] == '/':
			level--
		default:
			if tag[len(tag)-1] != '/' {
				level++
			}
			if level > depth {
				return refuse("depth", part, "文件嵌套过深（超过 %d 层）", "the file is nested deeper than %d levels", depth)
			}
			if err := each(elementOf(tag)); err != nil {
				return err
			}
		}
	}
}

type scanner struct {
	r    *bufio.Reader
	part string
	buf  []byte
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

// tag reads what stands between "<" and ">", which may stand within quotes.
// Comments and CDATA are read to their own ends and come out empty-handed.
func (s *scanner) tag() ([]byte, error) {
	s.buf = s.buf[:0]
	var quote byte
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return nil, damagedAt(err, s.part)
		}
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			if len(s.buf) > 0 && s.buf[0] != '!' {
				quote = c
			}
		case c == '>':
			if len(s.buf) == 0 {
				return nil, damaged(s.part)
			}
			return s.buf, nil
		}
		if s.buf = append(s.buf, c); len(s.buf) > largestTag {
			return nil, refuse("large_tag", s.part, "文件中有过长的标记", "the file has a tag of more than 64 KB")
		}
		switch string(s.buf) {
		case "!--":
			return s.skip("-->")
		case "![CDATA[":
			return s.skip("]]>")
		}
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

func elementOf(tag []byte) Element {
	text := strings.TrimSuffix(string(tag), "/")
	name, rest := text, ""
	if at := strings.IndexAny(text, " \t\r\n"); at >= 0 {
		name, rest = text[:at], text[at:]
	}
	if at := strings.LastIndexByte(name, ':'); at >= 0 {
		name = name[at+1:]
	}
	return Element{Name: name, raw: rest}
}
