package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// Ids of what can be wrong with a body before any schema is looked at.
const (
	jsonSyntax   = "duban:json_syntax"
	jsonEncoding = "duban:json_encoding"
	jsonRepeated = "duban:json_repeated"
	jsonType     = "duban:json_type"
)

// jsonFormat writes without HTML escapes and reads strictly.
var jsonFormat = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: readJSON}

// readJSON decodes a body. huma calls it twice: into an any, which is held against
// the schema, and then into the input type. What encoding/json would let pass is
// refused: bytes that are not UTF-8, and a field that is given twice.
func readJSON(data []byte, v any) error {
	if _, first := v.(*any); first {
		if !utf8.Valid(data) {
			return errors.New(jsonEncoding)
		}
		if !json.Valid(data) {
			return syntaxError(data)
		}
		if name, ok := repeatedField(data); ok {
			return errors.New(jsonRepeated + sep + name)
		}
	}
	err := json.Unmarshal(data, v)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return errors.New(jsonType + sep + wrong.Field)
	}
	return err
}

func syntaxError(data []byte) error {
	at := int64(len(data))
	if wrong, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(data, new(any))); ok {
		at = wrong.Offset
	}
	return errors.New(jsonSyntax + sep + strconv.FormatInt(at, 10))
}

// repeatedField finds a name that occurs twice in one object of valid JSON.
func repeatedField(data []byte) (string, bool) {
	type scope struct {
		names map[string]bool // nil in an array
		value bool            // in an object: a value comes next
	}
	var open []scope
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				panic(fmt.Sprintf("reading valid JSON again: %v", err))
			}
			return "", false
		}
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open); n > 0 && open[n-1].names != nil {
			in := &open[n-1]
			if in.value = !in.value; in.value {
				name := token.(string)
				if in.names[name] {
					return name, true
				}
				in.names[name] = true
				continue
			}
		}
		switch token {
		case json.Delim('{'):
			open = append(open, scope{names: map[string]bool{}})
		case json.Delim('['):
			open = append(open, scope{})
		}
	}
}
