package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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

// fewNames are compared with each other one by one.
const fewNames = 16

// repeatedField finds a name that occurs twice in one object of valid JSON.
func repeatedField(data []byte) (string, bool) {
	type scope struct {
		array bool
		first int             // of its names
		many  map[string]bool // its names, where they are many
	}
	var scopes [8]scope
	var room [32]string
	open, names := scopes[:0], room[:0] // names of all objects that are open, the innermost last
	name := false                       // a text is a name
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{':
			open, name = append(open, scope{first: len(names)}), true
		case '[':
			open, name = append(open, scope{array: true, first: len(names)}), false
		case '}', ']':
			names, open = names[:open[len(open)-1].first], open[:len(open)-1]
		case ',':
			name = !open[len(open)-1].array
		case '"':
			end, plain := i+1, true
			for ; data[end] != '"'; end++ {
				if data[end] == '\\' {
					end, plain = end+1, false
				}
			}
			if name {
				text := string(data[i+1 : end])
				if !plain {
					if err := json.Unmarshal(data[i:end+1], &text); err != nil {
						panic(fmt.Sprintf("reading valid JSON again: %v", err))
					}
				}
				in := &open[len(open)-1]
				if in.many[text] || in.many == nil && slices.Contains(names[in.first:], text) {
					return text, true
				}
				if names, name = append(names, text), false; in.many == nil && len(names)-in.first > fewNames {
					in.many = make(map[string]bool, 2*fewNames)
					for _, before := range names[in.first:] {
						in.many[before] = true
					}
				}
				if in.many != nil {
					in.many[text] = true
				}
			}
			i = end
		}
	}
	return "", false
}
