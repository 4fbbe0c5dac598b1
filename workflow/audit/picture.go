package audit

import (
	"bytes"
	"encoding"
	"encoding/json"
	"hash/maphash"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// Picture reads what an event found or left (Before, After) into a variable that is
// zero, as json.Unmarshal does. What encoding/json wrote of a value of the same type
// it reads several times as fast: the keys in order, each at most once, none that is
// not known, no white space and no null. Anything else is left to json.Unmarshal, and so is
// saying what is wrong with it.
func Picture[T any](b []byte, into *T) error {
	d := pictureReader{scanner{b: b}}
	if v := reflect.ValueOf(into).Elem(); utf8.Valid(b) && planOf(v.Type()).read(&d, v) && d.i == len(b) {
		return nil
	}
	var none T
	*into = none
	return json.Unmarshal(b, into)
}

type pictureReader struct{ scanner }

// plan is how values of a type are read; nil: not here.
type plan struct {
	read func(d *pictureReader, into reflect.Value) bool
}

var plans sync.Map // of *plan by reflect.Type

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{} // types may hold themselves: it is there before it is whole
	p.read = func(d *pictureReader, into reflect.Value) bool { return planFor(t)(d, into) }
	plans.Store(t, p)
	whole := &plan{planFor(t)}
	plans.Store(t, whole)
	return whole
}

var (
	textReader = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonReader = reflect.TypeFor[json.Unmarshaler]()
)

func planFor(t reflect.Type) func(*pictureReader, reflect.Value) bool {
	switch at := reflect.PointerTo(t); {
	case t.Kind() == reflect.Pointer:
		return pointerPlan(t)
	case at.Implements(jsonReader) && t.Kind() == reflect.Struct: // a moment or a figure
		return func(d *pictureReader, into reflect.Value) bool {
			from := d.i
			_, ok := d.text(false)
			return ok && into.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(d.b[from:d.i]) == nil
		}
	case at.Implements(textReader) && t.Kind() == reflect.Struct: // a date
		return func(d *pictureReader, into reflect.Value) bool {
			text, ok := d.text(false)
			return ok && !hasEscape(text) && into.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(text) == nil
		}
	case at.Implements(jsonReader) || at.Implements(textReader):
		return func(*pictureReader, reflect.Value) bool { return false }
	}
	switch t.Kind() {
	case reflect.Struct:
		return structPlan(t)
	case reflect.Slice:
		return slicePlan(t)
	case reflect.Map:
		return mapPlan(t)
	case reflect.String:
		return func(d *pictureReader, into reflect.Value) bool {
			text, ok := d.text(false)
			if ok {
				into.SetString(textOf(text))
			}
			return ok
		}
	case reflect.Bool:
		return func(d *pictureReader, into reflect.Value) bool {
			if d.literal("true") {
				into.SetBool(true)
				return true
			}
			return d.literal("false")
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return readInt
	}
	return func(*pictureReader, reflect.Value) bool { return false }
}

func hasEscape(text []byte) bool { return bytes.IndexByte(text, '\\') >= 0 }

func readInt(d *pictureReader, into reflect.Value) bool {
	value, ok := d.integer()
	if ok {
		into.SetInt(value)
	}
	return ok
}

// integer reads a whole number of at most nine digits.
func (s *scanner) integer() (value int64, ok bool) {
	negative := s.is('-')
	from := s.i
	if n := s.digits(); n == 0 || n > 9 || n > 1 && s.b[from] == '0' || negative && s.b[from] == '0' {
		return 0, false
	}
	for _, c := range s.b[from:s.i] {
		value = value*10 + int64(c-'0')
	}
	if negative {
		value = -value
	}
	return value, true
}

func pointerPlan(t reflect.Type) func(*pictureReader, reflect.Value) bool {
	of := planOf(t.Elem())
	return func(d *pictureReader, into reflect.Value) bool {
		at := reflect.New(t.Elem())
		into.Set(at)
		return of.read(d, at.Elem())
	}
}

func slicePlan(t reflect.Type) func(*pictureReader, reflect.Value) bool {
	if t.Elem().Kind() == reflect.Uint8 {
		return func(*pictureReader, reflect.Value) bool { return false }
	}
	of := planOf(t.Elem())
	return func(d *pictureReader, into reflect.Value) bool {
		if !d.is('[') {
			return false
		}
		list := reflect.MakeSlice(t, 0, 2)
		into.Set(list) // an empty list is not nil
		if d.is(']') {
			return true
		}
		for n := 0; ; n++ {
			if n == into.Cap() {
				into.Grow(1)
			}
			into.SetLen(n + 1)
			if !of.read(d, into.Index(n)) {
				return false
			}
			if !d.is(',') {
				return d.is(']')
			}
		}
	}
}

func mapPlan(t reflect.Type) func(*pictureReader, reflect.Value) bool {
	if t.Key().Kind() != reflect.String || reflect.PointerTo(t.Key()).Implements(textReader) {
		return func(*pictureReader, reflect.Value) bool { return false }
	}
	of := planOf(t.Elem())
	return func(d *pictureReader, into reflect.Value) bool {
		if !d.is('{') {
			return false
		}
		into.Set(reflect.MakeMap(t))
		if d.is('}') {
			return true
		}
		for last := ""; ; {
			text, ok := d.text(false)
			if !ok || !d.is(':') {
				return false
			}
			key, value := textOf(text), reflect.New(t.Elem()).Elem()
			if into.Len() > 0 && key <= last || !of.read(d, value) { // keys are sorted
				return false
			}
			into.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), value)
			if last = key; !d.is(',') {
				return d.is('}')
			}
		}
	}
}

// namedField is a field of a struct that JSON has.
type namedField struct {
	name  string
	index int
	of    reflect.Type
}

// fieldsOf are the fields of a struct that encoding/json writes one by one under the
// names in their tags; ok is false for any other type.
func fieldsOf(t reflect.Type) (fields []namedField, ok bool) {
	if at := reflect.PointerTo(t); t.Kind() != reflect.Struct || at.Implements(jsonReader) || at.Implements(textReader) {
		return nil, false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" && options == "" || !f.IsExported() && !f.Anonymous:
			continue
		case f.Anonymous || name == "" || strings.Contains(options, "string"):
			return nil, false
		}
		fields = append(fields, namedField{name, i, f.Type})
	}
	return fields, true
}

// keysOf are the keys of fields, with quotes and colon.
func keysOf(fields []namedField) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = `"` + f.name + `":`
	}
	return keys
}

func structPlan(t reflect.Type) func(*pictureReader, reflect.Value) bool {
	fields, ok := fieldsOf(t)
	if !ok {
		return func(*pictureReader, reflect.Value) bool { return false }
	}
	keys, of := keysOf(fields), make([]*plan, len(fields))
	for i, f := range fields {
		of[i] = planOf(f.of)
	}
	return func(d *pictureReader, into reflect.Value) bool {
		return d.fields(keys, func(next int) bool { return of[next].read(d, into.Field(fields[next].index)) })
	}
}

// textOf is the text of a JSON string. Of short ones, which mostly come again and
// again, the last are kept, so that they do not take up memory each time.
func textOf(raw []byte) string {
	if len(raw) > 40 || len(raw) == 0 || hasEscape(raw) {
		return unescaped(raw)
	}
	place := &lately[maphash.Bytes(seed, raw)%uint64(len(lately))]
	if kept := place.Load(); kept != nil && *kept == string(raw) {
		return *kept
	}
	text := string(raw)
	place.Store(&text)
	return text
}

var (
	seed   = maphash.MakeSeed()
	lately [1024]atomic.Pointer[string]
)
