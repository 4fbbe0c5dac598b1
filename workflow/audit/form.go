package audit

import (
	"bytes"
	"encoding"
	"encoding/json"
	"hash/maphash"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Form finds the parts of pictures (Before, After) of a type, without making a value
// of it: what Read takes is read by Picture as well, and by no other path. It runs
// over every event of a log. It is not for concurrent use.
type Form struct {
	places map[string]int // of the parts, by path: "report.values"
	whole  shape
	spans  []span
	shapes map[reflect.Type]*shape // of which no parts are told

	scanner scanner // of the picture that is read
}

// span is where a part is, without the quotes of a text; the zero span is nowhere.
type span struct{ from, to int }

// shape steps over a value and notes where its parts are.
type shape func(d *scanner, spans []span) bool

// FormOf is the form of a type that encoding/json writes field by field.
func FormOf[T any]() *Form {
	f := &Form{places: map[string]int{}, shapes: map[reflect.Type]*shape{}}
	f.whole = f.parts("", reflect.TypeFor[T](), nil)
	f.spans = make([]span, len(f.places))
	return f
}

// At is the place of a part, named by the keys that lead to it. It panics when the
// type has no such part.
func (f *Form) At(path string) int {
	place, ok := f.places[path]
	if !ok {
		panic("audit: there is no part " + path)
	}
	return place
}

// Read reads a picture. It returns false when encoding/json would have written it in
// another way, or could not read it. The parts are those until the next call.
func (f *Form) Read(picture []byte) (Parts, bool) {
	d := scanner{b: picture}
	parts, ok := f.read(&d)
	return parts, ok && d.i == len(picture) && utf8.Valid(picture)
}

// read steps over a picture.
func (f *Form) read(s *scanner) (Parts, bool) {
	clear(f.spans)
	f.scanner = *s
	ok := f.whole(&f.scanner, f.spans)
	s.i = f.scanner.i
	return Parts{s.b, f.spans}, ok
}

// Parts are the parts of one picture.
type Parts struct {
	around []byte // the picture, and what it stands in
	spans  []span
}

// Text is a part as it stands in the picture, a text without its quotes; nil when it
// is not there.
func (p Parts) Text(place int) []byte {
	if s := p.spans[place]; s.to > 0 {
		return p.around[s.from:s.to:s.to]
	}
	return nil
}

// Between is what stands between the end of a part and the beginning of another.
func (p Parts) Between(after, before int) []byte {
	return p.around[p.spans[after].to:p.spans[before].from]
}

// UpTo is what stands from the beginning of a part to that of another in it.
func (p Parts) UpTo(whole, part int) []byte {
	return p.around[p.spans[whole].from:p.spans[part].from]
}

// parts is the shape of a type whose parts are told, unless it is one of those that it
// is within.
func (f *Form) parts(path string, t reflect.Type, within []reflect.Type) shape {
	if t.Kind() == reflect.Pointer {
		return f.parts(path, t.Elem(), within)
	}
	if fields, ok := fieldsOf(t); ok && !slices.Contains(within, t) {
		within = append(slices.Clip(within), t)
		type part struct {
			place int
			read  shape
		}
		list, keys := make([]part, len(fields)), keysOf(fields)
		for i, field := range fields {
			at := path + field.name
			list[i] = part{place: len(f.places)}
			f.places[at] = list[i].place
			list[i].read = f.parts(at+".", field.of, within)
		}
		return func(d *scanner, spans []span) bool {
			return d.fields(keys, func(next int) bool {
				from := d.i
				if !list[next].read(d, spans) {
					return false
				}
				to := d.i
				if d.b[from] == '"' {
					from, to = from+1, to-1
				}
				spans[list[next].place] = span{from, to}
				return true
			})
		}
	}
	return *f.shapeOf(t)
}

// fields steps over what encoding/json writes of a struct: of the keys some, in order.
// value steps over that of a key.
func (s *scanner) fields(keys []string, value func(next int) bool) bool {
	if !s.is('{') {
		return false
	}
	if s.is('}') {
		return true
	}
	for next := 0; ; next++ {
		for next < len(keys) && !s.literal(keys[next]) {
			next++
		}
		if next == len(keys) || !value(next) {
			return false
		}
		if !s.is(',') {
			return s.is('}')
		}
	}
}

// shapeOf is the shape of a type of which only the whole is told.
func (f *Form) shapeOf(t reflect.Type) *shape {
	if s, ok := f.shapes[t]; ok {
		return s
	}
	s := new(shape)
	f.shapes[t] = s // types may hold themselves
	*s = f.newShape(t)
	return s
}

func (f *Form) newShape(t reflect.Type) shape {
	at := reflect.PointerTo(t)
	switch {
	case t.Kind() == reflect.Pointer:
		of := f.shapeOf(t.Elem())
		return func(d *scanner, spans []span) bool { return (*of)(d, spans) }
	case t == reflect.TypeFor[time.Time]():
		return func(d *scanner, _ []span) bool {
			text, ok := d.text(false)
			return ok && isMoment(text)
		}
	case at.Implements(jsonReader) && t.Kind() == reflect.Struct:
		return decoding(func(text []byte) bool {
			return reflect.New(t).Interface().(json.Unmarshaler).UnmarshalJSON(append(append([]byte{'"'}, text...), '"')) == nil
		})
	case at.Implements(textReader) && t.Kind() == reflect.Struct:
		return decoding(func(text []byte) bool {
			return !hasEscape(text) && reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText(text) == nil
		})
	case at.Implements(jsonReader) || at.Implements(textReader):
		return never
	}
	switch t.Kind() {
	case reflect.Struct:
		return f.structShape(t)
	case reflect.Slice:
		return f.sliceShape(t)
	case reflect.Map:
		return f.mapShape(t)
	case reflect.String:
		return func(d *scanner, _ []span) bool {
			_, ok := d.text(false)
			return ok
		}
	case reflect.Bool:
		return func(d *scanner, _ []span) bool { return d.literal("true") || d.literal("false") }
	case reflect.Int, reflect.Int32, reflect.Int64:
		return func(d *scanner, _ []span) bool {
			_, ok := d.integer()
			return ok
		}
	}
	return never
}

func never(*scanner, []span) bool { return false }

// decoding is the shape of a text that a type reads itself. Those that it could read
// lately are not read once more: dates and figures mostly come again.
func decoding(reads func(text []byte) bool) shape {
	var lately [1 << 8]string
	return func(d *scanner, _ []span) bool {
		text, ok := d.text(false)
		if !ok {
			return false
		}
		known := &lately[maphash.Bytes(seed, text)%uint64(len(lately))]
		if *known == string(text) && len(text) > 0 {
			return true
		}
		if !reads(text) {
			return false
		}
		*known = string(text)
		return true
	}
}

func (f *Form) structShape(t reflect.Type) shape {
	fields, ok := fieldsOf(t)
	if !ok {
		return never
	}
	keys, of := keysOf(fields), make([]*shape, len(fields))
	for i, field := range fields {
		of[i] = f.shapeOf(field.of)
	}
	return func(d *scanner, spans []span) bool {
		return d.fields(keys, func(next int) bool { return (*of[next])(d, spans) })
	}
}

func (f *Form) sliceShape(t reflect.Type) shape {
	if t.Elem().Kind() == reflect.Uint8 {
		return never
	}
	of := f.shapeOf(t.Elem())
	return func(d *scanner, spans []span) bool {
		if !d.is('[') {
			return false
		}
		if d.is(']') {
			return true
		}
		for {
			if !(*of)(d, spans) {
				return false
			}
			if !d.is(',') {
				return d.is(']')
			}
		}
	}
}

func (f *Form) mapShape(t reflect.Type) shape {
	if t.Key().Kind() != reflect.String || reflect.PointerTo(t.Key()).Implements(textReader) {
		return never
	}
	of := f.shapeOf(t.Elem())
	return func(d *scanner, spans []span) bool {
		if !d.is('{') {
			return false
		}
		if d.is('}') {
			return true
		}
		for last := []byte(nil); ; {
			key, ok := d.text(false)
			if !ok || hasEscape(key) || !d.is(':') || last != nil && string(key) <= string(last) || !(*of)(d, spans) { // keys are sorted
				return false
			}
			if last = key; !d.is(',') {
				return d.is('}')
			}
		}
	}
}

// AppendText appends what a text says that a Form read.
func AppendText(to, text []byte) []byte {
	for {
		n := bytes.IndexByte(text, '\\')
		if n < 0 {
			return append(to, text...)
		}
		to = append(to, text[:n]...)
		c := text[n+1]
		text = text[n+2:]
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u': // never a half of a pair: encoding/json writes those as they are
			r, _ := strconv.ParseUint(string(text[:4]), 16, 16)
			to, text = utf8.AppendRune(to, rune(r)), text[4:]
			continue
		}
		to = append(to, c)
	}
}
