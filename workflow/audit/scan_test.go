package audit

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// whole returns an event with every field set, whatever fields there are.
func whole(t *testing.T) Event {
	var e Event
	v := reflect.ValueOf(&e).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		switch field := v.Field(i).Addr().Interface().(type) {
		case *int:
			*field = i + 1
		case *string:
			*field = "the " + f.Name
		case *time.Time:
			*field = time.Date(2023, 8, 31, 9, 0, 0, 120_000, time.UTC)
		case *Outcome:
			*field = Refused
		case *json.RawMessage:
			*field = json.RawMessage(`{"` + f.Name + `":[-1.5e+3,0,true,false,null,"\u4e00\/",{},[]]}`)
		default:
			t.Fatalf("field %s is of a kind that this test does not know", f.Name)
		}
	}
	return e
}

// TestEveryFieldIsScanned: with all fields set, and with each of them left out,
// an event is sealed and read back field for field, except that it must have an
// outcome. A field that is added to Event but not to scan shows here.
func TestEveryFieldIsScanned(t *testing.T) {
	all := whole(t)
	v := reflect.ValueOf(&all).Elem()
	for _, f := range append([]reflect.StructField{{}}, reflect.VisibleFields(v.Type())...) {
		e := all
		if f.IsExported() && f.Name != "" {
			reflect.ValueOf(&e).Elem().FieldByIndex(f.Index).SetZero()
		}
		if err := e.Seal(); (err == nil) != (f.Name != "Outcome") {
			t.Errorf("left out %q: %v, %s", f.Name, err, e.Canonical())
		}
		if f.Name == "Outcome" {
			continue
		}
		if read, err := Parse(e.Canonical()); err != nil || !reflect.DeepEqual(read, e) {
			t.Errorf("left out %q: read back as %+v, %v; want %+v", f.Name, read, err, e)
		}
	}
}

// mostly draws what is proper, and sometimes what is not.
func mostly[T any](proper *rapid.Generator[T], improper ...T) *rapid.Generator[T] {
	return rapid.Custom(func(t *rapid.T) T {
		if rapid.IntRange(0, 40).Draw(t, "improper") == 40 {
			return rapid.SampledFrom(improper).Draw(t, "value")
		}
		return proper.Draw(t, "value")
	})
}

// texts are texts that JSON may be at odds with.
var texts = mostly(rapid.OneOf(rapid.String(), rapid.StringMatching("[<>&\"\\\\/\x00-\x20\x7f\u2027-\u202a\ufffdé界😀]{0,6}")), "\xff", "a\xe2\x80", "\xed\xa0\x80")

// values are JSON values as they may be given to an event.
func values(depth int) *rapid.Generator[string] {
	simple := mostly(rapid.OneOf(
		rapid.SampledFrom([]string{"null", "true", "0", "-0.0", "1e-7", "12345678901234567890", "{}", "[]", `"\ud800"`, `"\/<&\u2028"`, " {\n} "}),
		rapid.Map(rapid.String(), func(s string) string { b, _ := json.Marshal(s); return string(b) }),
	), "01", "nul", `"\x"`, "\"\xff\"", "")
	if depth == 0 {
		return simple
	}
	return rapid.Custom(func(t *rapid.T) string {
		inner := rapid.SliceOfN(values(depth-1), 1, 3).Draw(t, "inner")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return "[" + strings.Join(inner, ",") + "]"
		case 1:
			return `{"a":` + strings.Join(inner, `,"a" : `) + "}"
		}
		return simple.Draw(t, "value")
	})
}

// TestWhatIsSealedReadsBack: an event is sealed if, and only if, every text is
// UTF-8 and every value one that the form has. Whatever is sealed, Parse gives
// back as it was and scan reads the same head.
func TestWhatIsSealedReadsBack(t *testing.T) {
	kind := reflect.TypeFor[Event]()
	rapid.Check(t, func(t *rapid.T) {
		var e Event
		proper := true
		v := reflect.ValueOf(&e).Elem()
		for _, f := range reflect.VisibleFields(kind) {
			if !f.IsExported() {
				continue
			}
			switch field := v.FieldByIndex(f.Index).Addr().Interface().(type) {
			case *string:
				if *field = texts.Draw(t, f.Name); f.Name == "Subject" {
					*field = mostly(rapid.SampledFrom([]string{"task", "专项", ""}), "a<b", `a\b`).Draw(t, "subject")
				}
				proper = proper && utf8.ValidString(*field)
			case *json.RawMessage:
				*field = json.RawMessage(values(2).Draw(t, f.Name))
				proper = proper && (len(*field) == 0 || json.Valid(*field) && utf8.Valid(*field))
			}
		}
		e.Outcome = mostly(rapid.SampledFrom([]Outcome{Accepted, Refused}), "", "other").Draw(t, "outcome")
		e.Version = mostly(rapid.OneOf(rapid.IntRange(1, 99), rapid.Just(1<<31-1)), -1, 0, 1<<31).Draw(t, "version")
		seconds := mostly(rapid.Int64Range(-62_167_219_200, 253_402_300_799), -62_167_219_201, 253_402_300_800).Draw(t, "seconds")
		zone := time.FixedZone("", rapid.IntRange(-50_000, 50_000).Draw(t, "zone"))
		e.At = time.Unix(seconds, rapid.Int64Range(0, 1e9-1).Draw(t, "nanoseconds")).In(zone)
		proper = proper && !strings.ContainsAny(e.Subject, `<\`) && e.At.UTC().Year() >= 0 && e.At.UTC().Year() <= 9999 && (e.Outcome == Accepted || e.Outcome == Refused) &&
			0 <= e.Version && e.Version < 1<<31 && (e.Version > 0 || e.Outcome == Refused)

		given := e
		if err := e.Seal(); (err == nil) != proper {
			t.Fatalf("proper: %v, but %v: %+v", proper, err, given)
		} else if err != nil {
			return
		}
		h, err := scan(e.Canonical())
		if err != nil || string(h.outcome) != string(e.Outcome) || string(h.subject) != e.Subject || h.id() != e.SubjectID || h.version != int64(e.Version) {
			t.Fatalf("scanned as %s %s %s %d, %v: %s", h.outcome, h.subject, h.id(), h.version, err, e.Canonical())
		}
		read, err := Parse(e.Canonical())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range reflect.VisibleFields(kind) {
			got, want := reflect.ValueOf(read).FieldByIndex(f.Index), reflect.ValueOf(given).FieldByIndex(f.Index)
			if f.Type.Kind() == reflect.String && got.String() != want.String() {
				t.Fatalf("%s was %q, is read back as %q", f.Name, want, got)
			}
		}
		if !read.At.Equal(given.At.Truncate(time.Microsecond)) || read.Version != given.Version {
			t.Fatalf("read back as %+v, was %+v", read, given)
		}
		if err := read.Seal(); err != nil || !bytes.Equal(read.Canonical(), e.Canonical()) {
			t.Fatalf("sealed again: %s, %v; was %s", read.Canonical(), err, e.Canonical())
		}
	})
}

// TestOtherFormsAreRefused: of the many texts with the content of one event only
// that which Seal makes is scanned.
func TestOtherFormsAreRefused(t *testing.T) {
	e := whole(t)
	e.Outcome = Accepted
	if err := e.Seal(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"white space before a key":        {`,"name"`, `, "name"`},
		"white space after a key":         {`"name":`, `"name": `},
		"white space in a value":          {`[-1.5e+3,0`, `[-1.5e+3, 0`},
		"a new line at the end":           {`}}`, "}}\n"},
		"keys swapped":                    {`"channel":"the Channel","address":"the Address"`, `"address":"the Address","channel":"the Channel"`},
		"a key twice":                     {`"from":"the From"`, `"from":"the From","from":"the From"`},
		"a key of the head twice":         {`"version":`, `"version":1,"version":`},
		"a key in other case":             {`"subject"`, `"Subject"`},
		"a key escaped":                   {`"subject"`, `"\u0073ubject"`},
		"an unknown key":                  {`,"before"`, `,"why":"x","before"`},
		"a key left out":                  {`"channel":"the Channel",`, ``},
		"an empty optional field":         {`"reason":"the Reason"`, `"reason":""`},
		"another format":                  {`"format":1`, `"format":2`},
		"another outcome":                 {`"accepted"`, `"other"`},
		"another zone":                    {`00:00.00012Z`, `00:00.00012+00:00`},
		"another form of the fraction":    {`.00012Z`, `.000120Z`},
		"nanoseconds":                     {`.00012Z`, `.000120001Z`},
		"no such day":                     {`2023-08-31`, `2023-02-31`},
		"version with a leading zero":     {`"version":`, `"version":0`},
		"version below zero":              {`"version":`, `"version":-`},
		"version beyond an INT":           {`"version":`, `"version":21474836480`},
		"version as a text":               {`"version":8`, `"version":"8"`},
		"accepted without a version":      {`"version":8`, `"version":0`},
		"a text escaped without need":     {`the Name`, `the\u0020Name`},
		"a digit of an escape in capital": {`the Name`, `the\u003CName`},
		"an escape by number":             {`the Name`, `the\u000aName`},
		"a lone surrogate":                {`the Name`, `the\ud800Name`},
		"a text not escaped":              {`the Name`, `the<Name`},
		"a line separator":                {`the Name`, "the\u2028Name"},
		"a paragraph separator":           {`the Name`, "the\u2029Name"},
		"a version just beyond an INT":    {`"version":8`, `"version":2147483648`},
		"a control character":             {`the Name`, "the\x01Name"},
		"bad UTF-8":                       {`the Name`, "the\xffName"},
		"bad UTF-8 in a value":            {`\u4e00`, "\xe4\xb8"},
		"an escape that is none":          {`\u4e00`, `\u4e0g`},
		"half an escape":                  {`\u4e00\/`, `\u4e`},
		"a value that is none":            {`true`, `truth`},
		"a number that is none":           {`-1.5e+3`, `-1.e+3`},
		"a number with a leading zero":    {`-1.5e+3`, `-01.5e+3`},
		"a comma too many":                {`null,`, `null,,`},
		"brackets of two kinds":           {`{},[]]`, `{},[]}`},
		"brackets left open":              {`{},[]]`, `{},[`},
	} {
		b := bytes.Replace(e.Canonical(), []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(b, e.Canonical()) {
			t.Errorf("%s: nothing was changed", name)
		}
		if _, err := scan(b); err == nil {
			t.Errorf("%s: scanned: %s", name, b)
		}
	}
	for n := range e.Canonical() {
		if _, err := scan(e.Canonical()[:n]); err == nil {
			t.Errorf("the first %d bytes are scanned", n)
		}
	}
}

// TestDepthIsBounded: brackets are followed as deep as the bound and no deeper,
// so that what is scanned never exhausts the stack or the decoder.
func TestDepthIsBounded(t *testing.T) {
	seal := func(depth int) error {
		e := whole(t)
		e.After = json.RawMessage(strings.Repeat("[", depth) + strings.Repeat("]", depth))
		return e.Seal()
	}
	if err := seal(maxDepth - 1); err != nil {
		t.Error(err)
	}
	if seal(maxDepth) == nil || seal(9_999) == nil {
		t.Error("sealed beyond the bound")
	}
}

// FuzzScan: what is scanned decodes to an event that is sealed to the same
// bytes, with the same head; and whatever else decodes to such an event is
// scanned.
func FuzzScan(f *testing.F) {
	for _, e := range []Event{
		{Outcome: Refused},
		{Outcome: Accepted, Subject: "task", SubjectID: "<\"\\\u2028界", Version: 1<<31 - 1, After: json.RawMessage(`{"a":[1,-2.5e-3,"\ud800\/"],"b":{}}`)},
		{Outcome: Accepted, ID: "i", At: time.Unix(1693472400, 123456000), Version: 7, Reason: "滞后\x00\n", Before: json.RawMessage("null")},
	} {
		if err := e.Seal(); err != nil {
			f.Fatal(err)
		}
		f.Add(e.Canonical())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, scanned := scan(data)
		var e Event
		decoded := json.Unmarshal(data, &e)
		again, err := json.Marshal(e)
		own := decoded == nil && err == nil && e.Format == Format && bytes.Equal(again, data)
		switch {
		case scanned != nil && own && e.Seal() == nil:
			t.Fatalf("sealed, but not scanned: %v", scanned)
		case scanned != nil:
			return
		case !own:
			t.Fatalf("scanned, but decoded as %+v (%v), which is %s (%v)", e, decoded, again, err)
		case string(h.outcome) != string(e.Outcome) || string(h.subject) != e.Subject || h.id() != e.SubjectID || h.version != int64(e.Version):
			t.Fatalf("scanned as %s %s %s %d", h.outcome, h.subject, h.id(), h.version)
		}
	})
}

// TestAMomentHasOneNotation: that in which Go writes a moment in UTC, to the microsecond.
func TestAMomentHasOneNotation(t *testing.T) {
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d", rapid.IntRange(0, 2400).Draw(t, "year"), rapid.IntRange(0, 13).Draw(t, "month"),
			rapid.IntRange(0, 32).Draw(t, "day"), rapid.IntRange(0, 24).Draw(t, "hour"), rapid.IntRange(0, 60).Draw(t, "minute"), rapid.IntRange(0, 60).Draw(t, "second")))
		text = append(text, rapid.SampledFrom([]string{"", ".", ".0", ".5", ".50", ".000001", ".1234567", ",5", ".x"}).Draw(t, "fraction")...)
		text = append(text, rapid.SampledFrom([]string{"Z", "Z", "Z", "", "z", "+08:00"}).Draw(t, "zone")...)
		if rapid.IntRange(0, 9).Draw(t, "spoil") == 0 {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "where")] = rapid.SampledFrom([]byte("0-T:Z. x")).Draw(t, "byte")
		}
		at, err := time.Parse(time.RFC3339Nano, string(text))
		want := err == nil && at.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano) == string(text)
		if got := isMoment(text); got != want {
			t.Fatalf("%s: %v, want %v", text, got, want)
		}
		if want {
			taken++
		}
	})
	if taken == 0 {
		t.Fatal("no moment was drawn")
	}
}

// TestEightBytesAreLookedAtAtOnce as each is by itself.
func TestEightBytesAreLookedAtAtOnce(t *testing.T) {
	for at := range 8 {
		for c := range 256 {
			for _, others := range []byte{'a', 0xE5, 0xFF, ' '} {
				b := bytes.Repeat([]byte{others}, 8)
				b[at] = byte(c)
				if got := allPlain(binary.LittleEndian.Uint64(b)); got != plain[c] {
					t.Fatalf("%x: %v", b, got)
				}
			}
		}
	}
}
