package audit

import (
	"encoding/binary"
	"fmt"
	"math"
)

// scanner walks JSON as encoding/json writes it: no white space, and in strings
// <, >, &, the control characters and the line separators of Unicode escaped.
type scanner struct {
	b []byte
	i int
}

// maxDepth is how deep the brackets of an event may be nested. encoding/json
// reads ten times as deep: what is scanned decodes.
const maxDepth = 1000

func (s *scanner) refuse() error { return fmt.Errorf("not the canonical form, from byte %d", s.i) }

func (s *scanner) literal(l string) bool {
	if len(s.b)-s.i < len(l) || string(s.b[s.i:s.i+len(l)]) != l {
		return false
	}
	s.i += len(l)
	return true
}

func (s *scanner) is(c byte) bool {
	if s.i >= len(s.b) || s.b[s.i] != c {
		return false
	}
	s.i++
	return true
}

// field steps over a comma and the key of a field that follows another.
func (s *scanner) field(key string) bool {
	if s.i >= len(s.b) || s.b[s.i] != ',' {
		return false
	}
	s.i++
	if s.literal(key) {
		return true
	}
	s.i--
	return false
}

// plain are the bytes of a string that stand for themselves.
var plain = func() (p [256]bool) {
	for c := range p {
		p[c] = c >= ' '
	}
	for _, c := range []byte{'"', '\\', '<', '>', '&', 0xE2} {
		p[c] = false
	}
	return p
}()

// allPlain reports whether eight bytes are all plain. Of each byte it looks whether the
// highest bit changes when one is taken from it: only then was it zero.
func allPlain(b uint64) bool {
	const each, highest = 0x0101010101010101, 0x8080808080808080
	quote := b&^(4*each) ^ '"'*each // or &
	angle := b&^(2*each) ^ '<'*each // or >
	backslash, separator := b^'\\'*each, b^0xE2*each
	return ((quote-each)&^quote|(angle-each)&^angle|(backslash-each)&^backslash|(separator-each)&^separator|(b-' '*each)&^b)&highest == 0
}

// text steps over a string and returns what is between its quotes. Only the
// values before and after may be loose, that is, hold escapes that are not needed:
// they are as they were given.
func (s *scanner) text(loose bool) ([]byte, bool) {
	if !s.is('"') {
		return nil, false
	}
	b, from := s.b, s.i
	for i := from; ; {
		for len(b)-i >= 8 && allPlain(binary.LittleEndian.Uint64(b[i:])) {
			i += 8
		}
		for i < len(b) && plain[b[i]] {
			i++
		}
		if i == len(b) {
			return nil, false
		}
		switch b[i] {
		case '"':
			s.i = i + 1
			return b[from:i], true
		case '\\':
			n := escape(b[i+1:], loose)
			if n == 0 {
				return nil, false
			}
			i += 1 + n
		case 0xE2:
			if len(b)-i > 2 && b[i+1] == 0x80 && (b[i+2] == 0xA8 || b[i+2] == 0xA9) {
				return nil, false // U+2028 and U+2029 are escaped
			}
			i++
		default:
			return nil, false
		}
	}
}

// escape returns the length of the escape that b begins with, the backslash not
// counted; 0 if there is none.
func escape(b []byte, loose bool) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] {
	case '"', '\\', 'b', 'f', 'n', 'r', 't':
		return 1
	case '/':
		if loose {
			return 1
		}
	case 'u':
		if len(b) >= 5 && (loose && isHex(b[1]) && isHex(b[2]) && isHex(b[3]) && isHex(b[4]) || needed(string(b[1:5]))) {
			return 5
		}
	}
	return 0
}

// needed reports whether encoding/json writes a character as \u and digits.
func needed(digits string) bool {
	switch digits {
	case "003c", "003e", "0026", "2028", "2029":
		return true
	case "0008", "0009", "000a", "000c", "000d":
		return false // have a letter
	}
	d := digits[3]
	return digits[:2] == "00" && (digits[2] == '0' || digits[2] == '1') && ('0' <= d && d <= '9' || 'a' <= d && d <= 'f')
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

// digits steps over digits and returns how many.
func (s *scanner) digits() int {
	from := s.i
	for s.i < len(s.b) && '0' <= s.b[s.i] && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i - from
}

// version steps over digits without a leading zero, at most what a database
// keeps as INT.
func (s *scanner) version(v *int64) bool {
	from := s.i
	if n := s.digits(); n == 0 || n > 10 || n > 1 && s.b[from] == '0' {
		return false
	}
	for _, c := range s.b[from:s.i] {
		*v = *v*10 + int64(c-'0')
	}
	return *v <= math.MaxInt32
}

// number steps over a JSON number.
func (s *scanner) number() bool {
	s.is('-')
	if !s.is('0') && s.digits() == 0 {
		return false
	}
	if s.is('.') && s.digits() == 0 {
		return false
	}
	if s.is('e') || s.is('E') {
		_ = s.is('+') || s.is('-')
		return s.digits() > 0
	}
	return true
}

// value steps over any JSON value.
func (s *scanner) value(depth int) bool {
	if s.i >= len(s.b) {
		return false
	}
	switch s.b[s.i] {
	case '"':
		_, ok := s.text(true)
		return ok
	case '{':
		return s.values('}', true, depth)
	case '[':
		return s.values(']', false, depth)
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	}
	return s.number()
}

// values steps over what stands between brackets.
func (s *scanner) values(closing byte, keys bool, depth int) bool {
	if s.i++; depth == maxDepth {
		return false
	}
	if s.is(closing) {
		return true
	}
	for {
		if keys {
			if _, ok := s.text(true); !ok || !s.is(':') {
				return false
			}
		}
		if !s.value(depth + 1) {
			return false
		}
		if !s.is(',') {
			return s.is(closing)
		}
	}
}
