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
	moment   []byte     // at
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
	if !read(formatField, &f.id) || !read(`,"at":`, &f.moment) || !isMoment(f.moment) || !read(`,"outcome":`, &f.outcome) ||
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
	var at time.Time
	if err := at.UnmarshalText(f.moment); err != nil {
		panic("audit: " + err.Error()) // a moment that isMoment takes
	}
	text := textOf
	raw := func(b []byte) json.RawMessage { return b[:len(b):len(b)] }
	return Event{
		Format: Format, ID: text(f.id), At: at, Outcome: Outcome(f.outcome), Name: text(f.name),
		Subject: text(f.subject), SubjectID: text(f.subjectID), Version: int(f.version),
		ActorID: text(f.texts[0]), ActorRole: text(f.texts[1]), Channel: text(f.texts[2]), Address: text(f.texts[3]),
		RequestID: text(f.texts[4]), RequestKey: text(f.texts[5]), RequestHash: text(f.texts[6]),
		Campaign: text(f.texts[7]), Region: text(f.texts[8]), Period: text(f.texts[9]), From: text(f.texts[10]), To: text(f.texts[11]), Reason: text(f.texts[12]),
		Before: raw(f.raws[0]), After: raw(f.raws[1]), canonical: canonical,
	}
}

// isMoment reports whether b is a moment as Seal writes it: RFC 3339 in UTC, to the
// microsecond at most, without zeros at the end.
func isMoment(b []byte) bool {
	const second = len("2006-01-02T15:04:05")
	if len(b) <= second || b[len(b)-1] != 'Z' || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return false
	}
	year, ok := digits(b[0:4])
	month, ok1 := digits(b[5:7])
	day, ok2 := digits(b[8:10])
	hour, ok3 := digits(b[11:13])
	minute, ok4 := digits(b[14:16])
	seconds, ok5 := digits(b[17:second])
	if !ok || !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || seconds > 59 {
		return false
	}
	if day > 28 && day > time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return false
	}
	fraction := b[second : len(b)-1]
	if len(fraction) == 0 {
		return true
	}
	_, ok = digits(fraction[1:])
	return ok && fraction[0] == '.' && 1 < len(fraction) && len(fraction) <= 7 && fraction[len(fraction)-1] != '0'
}

// digits is the number that a text of digits alone is.
func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}
