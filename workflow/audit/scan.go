package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// head is what the chain of a subject needs of an event. The slices are parts
// of the scanned bytes, still in their JSON form.
type head struct {
	outcome   []byte
	subject   []byte
	subjectID []byte
	version   int64
}

func (h head) accepted() bool { return string(h.outcome) == string(Accepted) }

// id returns the subject's identity as it is in Event.SubjectID.
func (h head) id() string {
	if bytes.IndexByte(h.subjectID, '\\') < 0 {
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
// form that Seal makes, to the byte: these keys, each once, in this order, no
// white space, no empty optional field, of the ways to write a text that of
// encoding/json. So the head is the only reading of the bytes (a JSON decoder
// takes the last of two equal keys and ignores case), one subject has one
// spelling, and what is scanned decodes. It runs over every event of a log,
// hence by hand.
func scan(canonical []byte) (head, error) {
	s := scanner{b: canonical}
	var h head
	var ok bool
	read := func(key string, into *[]byte) bool {
		if !s.literal(key) {
			return false
		}
		*into, ok = s.text(false)
		return ok
	}
	var skipped, at []byte
	if !read(formatField, &skipped) || !read(`,"at":`, &at) || !isMoment(at) || !read(`,"outcome":`, &h.outcome) ||
		!h.accepted() && string(h.outcome) != string(Refused) || !read(`,"name":`, &skipped) ||
		!read(`,"subject":`, &h.subject) || bytes.IndexByte(h.subject, '\\') >= 0 ||
		!read(`,"subject_id":`, &h.subjectID) || !s.literal(`,"version":`) || !s.version(&h.version) {
		return head{}, s.refuse()
	}
	if h.accepted() && h.version == 0 {
		return head{}, errors.New("an accepted event has no version")
	}
	for _, f := range textFields {
		switch {
		case s.field(f.key):
			if text, ok := s.text(false); !ok || len(text) == 0 && !f.always {
				return head{}, s.refuse()
			}
		case f.always:
			return head{}, s.refuse()
		}
	}
	for _, key := range rawFields {
		if s.field(key) && !s.value(1) {
			return head{}, s.refuse()
		}
	}
	if !s.is('}') || s.i != len(s.b) {
		return head{}, s.refuse()
	}
	if !utf8.Valid(canonical) {
		return head{}, errors.New("not UTF-8")
	}
	return h, nil
}

// isMoment reports whether b is a moment as Seal writes it.
func isMoment(b []byte) bool {
	var t time.Time
	if err := t.UnmarshalText(b); err != nil {
		return false
	}
	var form [len(time.RFC3339Nano)]byte
	return bytes.Equal(t.UTC().Truncate(time.Microsecond).AppendFormat(form[:0], time.RFC3339Nano), b)
}
