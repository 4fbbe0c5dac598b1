package audit

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"
)

// document is what is written in a bundle. Its file is JSON, but read and
// written here: of the many JSON texts for the same content one is valid, so
// that the file has no byte without meaning, and which one it is does not
// depend on a library's version.
type document struct {
	origin     string
	checkpoint string
	subject    string
	subjectID  string
	events     []proved
}

type proved struct {
	index     int64
	canonical string
	proof     []Hash
}

// The text between the values of a bundle.
const (
	bundleOpening    = "{\n  \"format\": \"duban-proof\",\n  \"version\": 1,\n  \"origin\": "
	bundleCheckpoint = ",\n  \"checkpoint\": "
	bundleSubject    = ",\n  \"subject\": "
	bundleSubjectID  = ",\n  \"subject_id\": "
	bundleEvents     = ",\n  \"events\": ["
	bundleIndex      = "\n    {\n      \"index\": "
	bundleEvent      = ",\n      \"event\": "
	bundleProof      = ",\n      \"proof\": ["
	bundleHash       = "\n        "
	bundleProofEnd   = "\n      ]"
	bundleEventEnd   = "\n    }"
	bundleEnd        = "\n  ]\n}\n"
)

func (d document) encode() []byte {
	b := appendQuoted([]byte(bundleOpening), d.origin)
	b = appendQuoted(append(b, bundleCheckpoint...), d.checkpoint)
	b = appendQuoted(append(b, bundleSubject...), d.subject)
	b = appendQuoted(append(b, bundleSubjectID...), d.subjectID)
	b = append(b, bundleEvents...)
	for i, e := range d.events {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, bundleIndex...), e.index, 10)
		b = appendQuoted(append(b, bundleEvent...), e.canonical)
		b = append(b, bundleProof...)
		for j, h := range e.proof {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendQuoted(append(b, bundleHash...), h.String())
		}
		if len(e.proof) > 0 {
			b = append(b, bundleProofEnd...)
		} else {
			b = append(b, ']')
		}
		b = append(b, bundleEventEnd...)
	}
	return append(b, bundleEnd...)
}

// appendQuoted writes a JSON string, escaping only what must be escaped.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c < ' ':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// parseDocument reads a bundle in its only form; every error is a *Fault.
func parseDocument(data []byte) (document, error) {
	p := &bundleParser{data: data}
	d, ok := p.document()
	if at := min(p.i, validUTF8(data)); !ok || at < len(data) {
		return document{}, p.fault(at)
	}
	if at := firstDifference(d.encode(), data); at >= 0 {
		return document{}, p.fault(at)
	}
	return d, nil
}

// validUTF8 returns how many bytes are UTF-8 before the first that is not.
func validUTF8(data []byte) (n int) {
	for n < len(data) {
		r, size := utf8.DecodeRune(data[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return n
}

// bundleParser walks a bundle. Where it stops, i is the place.
type bundleParser struct {
	data   []byte
	i      int
	starts []int // of the events
}

func (p *bundleParser) document() (d document, ok bool) {
	ok = p.literal(bundleOpening) && p.text(&d.origin) && p.literal(bundleCheckpoint) && p.text(&d.checkpoint) &&
		p.literal(bundleSubject) && p.text(&d.subject) && p.literal(bundleSubjectID) && p.text(&d.subjectID) && p.literal(bundleEvents)
	for ok {
		p.starts = append(p.starts, p.i)
		var e proved
		if !p.event(&e) {
			return d, false
		}
		d.events = append(d.events, e)
		if !p.has(",") {
			break
		}
		p.i++
	}
	return d, ok && p.literal(bundleEnd) && p.i == len(p.data)
}

func (p *bundleParser) event(e *proved) bool {
	if !p.literal(bundleIndex) || !p.number(&e.index) || !p.literal(bundleEvent) || !p.text(&e.canonical) || !p.literal(bundleProof) {
		return false
	}
	for p.has(bundleHash) {
		p.i += len(bundleHash)
		from := p.i
		var s string
		if !p.text(&s) {
			return false
		}
		h, err := tlog.ParseHash(s)
		if err != nil {
			p.i = from
			return false
		}
		e.proof = append(e.proof, h)
		if p.has(",") {
			p.i++
			continue
		}
		if !p.literal("\n      ") {
			return false
		}
		break
	}
	return p.literal("]") && p.literal(bundleEventEnd)
}

func (p *bundleParser) has(l string) bool { return bytes.HasPrefix(p.data[p.i:], []byte(l)) }

// literal steps over l, or as far as the data are l.
func (p *bundleParser) literal(l string) bool {
	for k := range len(l) {
		if p.i == len(p.data) || p.data[p.i] != l[k] {
			return false
		}
		p.i++
	}
	return true
}

func (p *bundleParser) number(n *int64) bool {
	from := p.i
	for p.i < len(p.data) && '0' <= p.data[p.i] && p.data[p.i] <= '9' {
		p.i++
	}
	v, err := strconv.ParseUint(string(p.data[from:p.i]), 10, 63)
	*n = int64(v)
	return err == nil
}

func (p *bundleParser) text(s *string) bool {
	if !p.literal(`"`) {
		return false
	}
	var out strings.Builder
	for ; p.i < len(p.data); p.i++ {
		switch c := p.data[p.i]; {
		case c == '"':
			p.i++
			*s = out.String()
			return true
		case c < ' ':
			return false
		case c != '\\':
			out.WriteByte(c)
		case p.has(`\"`) || p.has(`\\`):
			p.i++
			out.WriteByte(p.data[p.i])
		case p.has(`\n`):
			p.i++
			out.WriteByte('\n')
		case p.has(`\u00`) && len(p.data)-p.i > 6:
			v, err := strconv.ParseUint(string(p.data[p.i+4:p.i+6]), 16, 8)
			if err != nil {
				return false
			}
			p.i += 5
			out.WriteByte(byte(v))
		default:
			return false
		}
	}
	return false
}

// fault says that the file is not in its form at the given byte.
func (p *bundleParser) fault(at int) *Fault {
	line := 1 + bytes.Count(p.data[:at], []byte("\n"))
	number := 0
	for number < len(p.starts) && p.starts[number] <= at {
		number++
	}
	zh := fmt.Sprintf("第 %d 行（第 %d 字节起）不是证明文件的格式", line, at)
	en := fmt.Sprintf("line %d, from byte %d: not in the form of a bundle", line, at)
	if number > 0 {
		return eventFault(number, zh, en)
	}
	return &Fault{Place: fmt.Sprintf("line %d", line), Text: Text{ZH: zh, EN: en}}
}
