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
func (h head) id() string { return unescaped(h.subjectID) }

// unescaped is the text that stands between the quotes of a JSON string.
func unescaped(text []byte) string {
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text)
	}
	var s string
	if err := json.Unmarshal(append(append([]byte{'"'}, text...), '"'), &s); err != nil {
		return string(text)
	}
	return s
}

// fields are all of an event, as parts of the scanned bytes like those of head.
type fields struct {
	head
	id, name []byte
	moment   []byte // at, as it stands there
	at       time.Time
	texts    [13][]byte // in the order of textFields
	raws     [2][]byte  // in the order of rawFields

	follower Follower // nil: none
	parts    Parts    // of after, for the follower
	formed   bool
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

const after = 1 // in rawFields

var formatField = fmt.Sprintf(`{"format":%d,"id":`, Format)

// scan reads the head of canonical bytes and checks that the whole is in the
// form that Seal makes, to the byte: these keys, each once, in this order, no
// white space, no empty optional field, of the ways to write a text that of
// encoding/json. So the head is the only reading of the bytes (a JSON decoder
// takes the last of two equal keys and ignores case), one subject has one
// spelling, and what is scanned decodes. It runs over every event of a log,
// hence by hand.
func scan(canonical []byte) (head, error) {
	var f fields
	if err := f.scan(canonical); err != nil {
		return head{}, err
	}
	return f.head, nil
}

func (f *fields) scan(canonical []byte) error {
	s := scanner{b: canonical}
	var ok bool
	read := func(key string, into *[]byte) bool {
		if !s.literal(key) {
			return false
		}
		*into, ok = s.text(false)
		return ok
	}
	if !read(formatField, &f.id) || !read(`,"at":`, &f.moment) || !isMoment(f.moment, &f.at) || !read(`,"outcome":`, &f.outcome) ||
		!f.accepted() && string(f.outcome) != string(Refused) || !read(`,"name":`, &f.name) ||
		!read(`,"subject":`, &f.subject) || bytes.IndexByte(f.subject, '\\') >= 0 ||
		!read(`,"subject_id":`, &f.subjectID) || !s.literal(`,"version":`) || !s.version(&f.version) {
		return s.refuse()
	}
	if f.accepted() && f.version == 0 {
		return errors.New("an accepted event has no version")
	}
	for i, field := range textFields {
		switch {
		case s.field(field.key):
			if f.texts[i], ok = s.text(false); !ok || len(f.texts[i]) == 0 && !field.always {
				return s.refuse()
			}
		case field.always:
			return s.refuse()
		}
	}
	for i, key := range rawFields {
		if !s.field(key) {
			continue
		}
		from := s.i
		if f.formed = i == after && f.form(&s); !f.formed && !s.value(1) {
			return s.refuse()
		}
		f.raws[i] = canonical[from:s.i]
	}
	if !s.is('}') || s.i != len(s.b) {
		return s.refuse()
	}
	if !utf8.Valid(canonical) {
		return errors.New("not UTF-8")
	}
	return nil
}

// form steps over after if it has the form that the follower wants: then it is JSON.
func (f *fields) form(s *scanner) bool {
	if f.follower == nil {
		return false
	}
	form := f.follower.Form(f.subject, f.version)
	if form == nil {
		return false
	}
	from := s.i
	if f.parts, f.formed = form.read(s); !f.formed {
		s.i = from
	}
	return f.formed
}

// event returns the fields as an event with the canonical bytes, which it keeps.
func (f *fields) event(canonical []byte) Event {
	text := textOf
	raw := func(b []byte) json.RawMessage { return b[:len(b):len(b)] }
	return Event{
		Format: Format, ID: text(f.id), At: f.at, Outcome: Outcome(f.outcome), Name: text(f.name),
		Subject: text(f.subject), SubjectID: text(f.subjectID), Version: int(f.version),
		ActorID: text(f.texts[0]), ActorRole: text(f.texts[1]), Channel: text(f.texts[2]), Address: text(f.texts[3]),
		RequestID: text(f.texts[4]), RequestKey: text(f.texts[5]), RequestHash: text(f.texts[6]),
		Campaign: text(f.texts[7]), Region: text(f.texts[8]), Period: text(f.texts[9]), From: text(f.texts[10]), To: text(f.texts[11]), Reason: text(f.texts[12]),
		Before: raw(f.raws[0]), After: raw(f.raws[1]), canonical: canonical,
	}
}

// isMoment reports whether b is a moment as Seal writes it, and reads it.
func isMoment(b []byte, t *time.Time) bool {
	if err := t.UnmarshalText(b); err != nil {
		return false
	}
	var form [len(time.RFC3339Nano)]byte
	return bytes.Equal(t.UTC().Truncate(time.Microsecond).AppendFormat(form[:0], time.RFC3339Nano), b)
}
