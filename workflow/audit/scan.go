package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// head is what the chain of a subject needs of an event. The slices are parts
// of the scanned bytes, still in their JSON form.
type head struct {
	outcome   []byte
	subject   []byte
	subjectID []byte
	escaped   bool // subjectID holds escapes
	version   int64
}

func (h head) accepted() bool { return string(h.outcome) == string(Accepted) }

// id returns the subject's identity as it is in Event.SubjectID.
func (h head) id() string {
	if !h.escaped {
		return string(h.subjectID)
	}
	var s string
	if err := json.Unmarshal(append(append([]byte{'"'}, h.subjectID...), '"'), &s); err != nil {
		return string(h.subjectID)
	}
	return s
}

// The canonical form after the head: these fields, in this order, of which only
// some are always there.
var (
	textFields = []struct {
		key    string
		always bool
	}{
		{`"actor_id":`, true}, {`"actor_role":`, false}, {`"channel":`, true}, {`"address":`, false},
		{`"request_id":`, false}, {`"request_key":`, false}, {`"request_hash":`, false},
		{`"campaign":`, false}, {`"region":`, false}, {`"period":`, false}, {`"from":`, false}, {`"to":`, false}, {`"reason":`, false},
	}
	rawFields = []string{`"before":`, `"after":`}
)

var formatField = fmt.Sprintf(`{"format":%d,"id":`, Format)

// scan reads the head of canonical bytes and checks that the whole is in the
// form that Seal makes: these keys, each once, in this order, no white space.
// That every key has one place is what makes the head the only reading of the
// bytes; a JSON decoder takes the last of two equal keys and ignores case. It
// runs over every event of a log, hence by hand.
func scan(canonical []byte) (head, error) {
	s := scanner{b: canonical}
	var h head
	var ok bool
	read := func(key string, into *[]byte) bool {
		if !s.literal(key) {
			return false
		}
		*into, ok = s.text()
		return ok
	}
	var skipped []byte
	if !read(formatField, &skipped) || !read(`,"at":`, &skipped) || !read(`,"outcome":`, &h.outcome) || !read(`,"name":`, &skipped) ||
		!read(`,"subject":`, &h.subject) || bytes.IndexByte(h.subject, '\\') >= 0 ||
		!read(`,"subject_id":`, &h.subjectID) || !s.literal(`,"version":`) || !s.number(&h.version) {
		return head{}, s.refuse()
	}
	h.escaped = bytes.IndexByte(h.subjectID, '\\') >= 0
	for _, f := range textFields {
		switch {
		case s.field(f.key):
			if _, ok := s.text(); !ok {
				return head{}, s.refuse()
			}
		case f.always:
			return head{}, s.refuse()
		}
	}
	for _, key := range rawFields {
		if s.field(key) && !s.value() {
			return head{}, s.refuse()
		}
	}
	if !s.literal("}") || s.i != len(s.b) {
		return head{}, s.refuse()
	}
	if !utf8.Valid(canonical) {
		return head{}, errors.New("not UTF-8")
	}
	return h, nil
}

// scanner walks compact JSON.
type scanner struct {
	b []byte
	i int
}

func (s *scanner) refuse() error { return fmt.Errorf("not the canonical form, from byte %d", s.i) }

func (s *scanner) literal(l string) bool {
	if len(s.b)-s.i < len(l) || string(s.b[s.i:s.i+len(l)]) != l {
		return false
	}
	s.i += len(l)
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

// text steps over a string and returns what is between its quotes.
func (s *scanner) text() ([]byte, bool) {
	if s.i >= len(s.b) || s.b[s.i] != '"' {
		return nil, false
	}
	b, from := s.b, s.i+1
	for i := from; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			s.i = i + 1
			return b[from:i], true
		case c == '\\':
			i++
		case c < ' ':
			return nil, false
		}
	}
	return nil, false
}

// number steps over a version: digits without a leading zero, at most what a
// database keeps as INT.
func (s *scanner) number(n *int64) bool {
	from := s.i
	for s.i < len(s.b) && '0' <= s.b[s.i] && s.b[s.i] <= '9' && s.i-from < 11 {
		*n = *n*10 + int64(s.b[s.i]-'0')
		s.i++
	}
	return s.i > from && *n <= math.MaxInt32 && (s.b[from] != '0' || s.i == from+1)
}

// value steps over any JSON value by its brackets and strings.
func (s *scanner) value() bool {
	from, depth := s.i, 0
	for s.i < len(s.b) {
		switch c := s.b[s.i]; c {
		case '"':
			if _, ok := s.text(); !ok {
				return false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']', ',':
			if depth == 0 {
				return s.i > from
			}
			if c != ',' {
				depth--
			}
		default:
			if c <= ' ' {
				return false
			}
		}
		s.i++
	}
	return false
}
