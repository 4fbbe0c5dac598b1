package audit_test

import (
	"encoding/json"
	"iter"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"duban/workflow/audit"
)

type mood string

type figure struct {
	Code  string            `json:"code"`
	Mood  mood              `json:"mood,omitempty"`
	Small int32             `json:"small,omitempty"`
	Big   int64             `json:"big"`
	Ok    bool              `json:"ok,omitempty"`
	At    time.Time         `json:"at,omitzero"`
	By    map[string]figure `json:"by,omitempty"`
	Of    *figure           `json:"of,omitempty"`
	Items []figure          `json:"items,omitempty"`
	Names []string          `json:"names"`
	Key   string            `json:"-"`
}

func drawFigure(t *rapid.T, depth int) figure {
	f := figure{
		Code: rapid.String().Draw(t, "code"), Mood: mood(rapid.SampledFrom([]string{"", "glad", "“<&>”", "\u2028"}).Draw(t, "mood")),
		Small: rapid.Int32().Draw(t, "small"), Big: rapid.Int64Range(-1<<40, 1<<40).Draw(t, "big"), Ok: rapid.Bool().Draw(t, "ok"),
		Names: rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "names"),
	}
	if rapid.Bool().Draw(t, "when") {
		f.At = time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "at")).UTC()
	}
	if depth == 0 {
		return f
	}
	for range rapid.IntRange(0, 2).Draw(t, "items") {
		f.Items = append(f.Items, drawFigure(t, depth-1))
	}
	for range rapid.IntRange(0, 2).Draw(t, "by") {
		if f.By == nil {
			f.By = map[string]figure{}
		}
		f.By[rapid.String().Draw(t, "key")] = drawFigure(t, depth-1)
	}
	if rapid.Bool().Draw(t, "of") {
		of := drawFigure(t, depth-1)
		f.Of = &of
	}
	return f
}

// spoiled is a picture as encoding/json writes it, and with more and more bytes changed.
func spoiled(t *rapid.T) iter.Seq[[]byte] {
	b, err := json.Marshal(drawFigure(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func([]byte) bool) {
		more := yield(b)
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			if len(b) == 0 || !more {
				return
			}
			i := rapid.IntRange(0, len(b)-1).Draw(t, "where")
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				b[i] = rapid.SampledFrom([]byte(`"\{}[]:,0-9.e ntf`+"\x00\xff")).Draw(t, "byte")
			case 1:
				b = append(b[:i:i], b[i+1:]...)
			case 2:
				j := rapid.IntRange(i, len(b)).Draw(t, "to")
				b = append(b[:j:j], b[i:]...)
			}
			more = len(b) == 0 || yield(b)
		}
	}
}

// A picture is read as encoding/json reads it, also where bytes of it were changed:
// the same value, or refused with the same words.
func TestAPictureIsReadAsJSON(t *testing.T) {
	same := func(t *rapid.T, b []byte) {
		var got, want figure
		err, wantErr := audit.Picture(b, &got), json.Unmarshal(b, &want)
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s\nis read as %+v, %v\n    want %+v, %v", b, got, err, want, wantErr)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for b := range spoiled(t) {
			same(t, b)
		}
	})
	var n, m figure
	for _, text := range []string{
		`{"code":"a","code":"b"}`, `{"Code":"a"}`, `{"big":1,"code":"a"}`, `{"names":null}`, ` {}`, `{} `, `{"big":007}`, `{"big":-0}`, `{"by":{"b":{},"a":{}}}`, `{"by":{"a":{},"a":{"code":"x"}}}`,
		`{"of":null}`, `{"small":2147483648}`, `{"code":"\ud800"}`, `{"other":1}`, `{"at":"2023-01-01T24:00:00Z"}`, `null`, `[]`,
	} {
		n, m = figure{}, figure{}
		if err, wantErr := audit.Picture([]byte(text), &n), json.Unmarshal([]byte(text), &m); (err == nil) != (wantErr == nil) || !reflect.DeepEqual(n, m) {
			t.Errorf("%s is read as %+v, %v, want %+v, %v", text, n, err, m, wantErr)
		}
	}
}
