package audit_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"duban/workflow/audit"
)

const origin = "duban/test"

// newKey returns a key pair that is the same in every run.
func newKey(t testing.TB, name string, seed byte) (private, public string) {
	private, public, err := audit.NewKey(rand.NewChaCha8([32]byte{seed}), name)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

// wantFault checks that err says where, for programs and in both languages.
func wantFault(t testing.TB, err error, what string, places ...string) {
	t.Helper()
	var fault *audit.Fault
	if !errors.As(err, &fault) {
		t.Errorf("%s: %v, which is no fault", what, err)
		return
	}
	if fault.Place == "" || fault.Text.ZH == "" || fault.Text.EN == "" {
		t.Errorf("%s: incomplete: %+v", what, fault)
	}
	for _, p := range places {
		if p == fault.Place {
			return
		}
	}
	if len(places) > 0 {
		t.Errorf("%s: found in %q, want %q: %v", what, fault.Place, places, err)
	}
}

// TestCheckpointsAreReadAsSigned: what is signed is opened as it was, in UTC to
// the microsecond, in one form of four lines.
func TestCheckpointsAreReadAsSigned(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.StringMatching(`[a-z/.界é-]{1,20}`).Draw(rt, "name")
		private, public := newKey(t, name, rapid.Byte().Draw(rt, "seed"))
		c := audit.Checkpoint{
			Origin: name, Size: rapid.Int64Range(0, 1<<48).Draw(rt, "size"),
			Root: audit.Hash(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "root")),
			Time: time.Unix(rapid.Int64Range(-62_167_219_200, 253_402_300_799).Draw(rt, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(rt, "nanoseconds")).In(time.FixedZone("", 8*3600)),
		}
		text, err := audit.Sign(private, c)
		if err != nil {
			rt.Fatal(err)
		}
		want := c
		want.Time = c.Time.UTC().Truncate(time.Microsecond)
		if got, err := audit.Open(text, public); err != nil || got != want {
			rt.Fatalf("%+v, %v, want %+v", got, err, want)
		}
		head := fmt.Sprintf("%s\n%d\n%s\ntime ", name, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
		if !bytes.HasPrefix(text, []byte(head)) {
			rt.Fatalf("%q does not begin with %q", text, head)
		}
		if short := fmt.Sprintf("%x/%d", c.Root[:6], c.Size); c.Short() != short {
			rt.Fatalf("short form %q, want %q", c.Short(), short)
		}
	})
}

// changes calls do with every text that differs from text in one byte: replaced
// by others, left out, written twice, or one put in. The byte at which it
// differs is given too.
func changes(text []byte, do func(what string, at int, changed []byte)) {
	for i := 0; i <= len(text); i++ {
		for _, c := range []byte("\x00\n\r \"0+A=\xff") {
			do(fmt.Sprintf("%q put in before byte %d", c, i), i, bytes.Join([][]byte{text[:i], text[i:]}, []byte{c}))
		}
		if i == len(text) {
			return
		}
		for _, c := range []byte{text[i] ^ 1, text[i] ^ 0x20, text[i] ^ 0x80, text[i] + 1, '\n', ' ', '0', 'A', '"', '\\'} {
			if c != text[i] {
				do(fmt.Sprintf("byte %d is %q", i, c), i, bytes.Join([][]byte{text[:i], text[i+1:]}, []byte{c}))
			}
		}
		do(fmt.Sprintf("byte %d is left out", i), i, bytes.Join([][]byte{text[:i], text[i+1:]}, nil))
	}
}

// TestEveryByteOfACheckpointCounts: no other text is the same checkpoint, neither
// in the lines nor in the signature.
func TestEveryByteOfACheckpointCounts(t *testing.T) {
	private, public := newKey(t, origin, 1)
	text, err := audit.Sign(private, audit.Checkpoint{Origin: origin, Size: 1200, Time: time.Unix(1693472400, 0)})
	if err != nil {
		t.Fatal(err)
	}
	changes(text, func(what string, _ int, changed []byte) {
		_, err := audit.Open(changed, public)
		wantFault(t, err, what, "checkpoint")
	})
	// Base64 may end in spare bits that a decoder ignores.
	last := bytes.LastIndexByte(text, '=') - 1
	for last > 0 && text[last] == '=' {
		last--
	}
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		if other := bytes.Clone(text); c != text[last] {
			other[last] = c
			_, err := audit.Open(other, public)
			wantFault(t, err, fmt.Sprintf("the signature ends in %q", c), "checkpoint")
		}
	}
}

// signed is a note over any text, well signed by the key.
func signed(t testing.TB, text string, privates ...string) []byte {
	var signers []note.Signer
	for _, p := range privates {
		s, err := note.NewSigner(p)
		if err != nil {
			t.Fatal(err)
		}
		signers = append(signers, s)
	}
	b, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOnlyCheckpointsOfTheKeyAreOpened: a good signature is not enough: it must
// be the only one, by the key, over the one form of a checkpoint of its log.
func TestOnlyCheckpointsOfTheKeyAreOpened(t *testing.T) {
	private, public := newKey(t, origin, 1)
	foreign, _ := newKey(t, "another/log", 2)
	namesake, _ := newKey(t, origin, 3)
	root := strings.Repeat("A", 43) + "="
	lines := []string{origin, "1200", root, "time 2023-08-31T09:00:00.000000Z"}
	note := func(line int, text string) string {
		l := append([]string(nil), lines...)
		l[line-1] = text
		return strings.Join(l, "\n") + "\n"
	}
	good := note(1, origin)
	if _, err := audit.Open(signed(t, good, private), public); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text  []byte
		place string
	}{
		"another key":               {signed(t, good, foreign), "checkpoint"},
		"another key of that name":  {signed(t, good, namesake), "checkpoint"},
		"two signatures":            {signed(t, good, private, foreign), "checkpoint"},
		"the signature twice":       {append(signed(t, good, private), signed(t, good, private)[len(good)+1:]...), "checkpoint"},
		"no signature":              {[]byte(good + "\n"), "checkpoint"},
		"nothing":                   {nil, "checkpoint"},
		"a signature by itself":     {signed(t, good, private)[len(good):], "checkpoint"},
		"three lines":               {signed(t, strings.Join(lines[:3], "\n")+"\n", private), "checkpoint"},
		"five lines":                {signed(t, good+"more\n", private), "checkpoint"},
		"an empty line more":        {signed(t, good+"\n", private), "checkpoint"},
		"another origin":            {signed(t, note(1, "another/log"), private), "checkpoint line 1"},
		"no origin":                 {signed(t, note(1, ""), private), "checkpoint line 1"},
		"a size that is none":       {signed(t, note(2, "many"), private), "checkpoint line 2"},
		"a size below zero":         {signed(t, note(2, "-1"), private), "checkpoint line 2"},
		"a size too large":          {signed(t, note(2, "281474976710657"), private), "checkpoint line 2"},
		"a size out of all bounds":  {signed(t, note(2, "9223372036854775808"), private), "checkpoint line 2"},
		"a size with a sign":        {signed(t, note(2, "+1200"), private), "checkpoint line 2"},
		"a size with a zero before": {signed(t, note(2, "01200"), private), "checkpoint line 2"},
		"a root too short":          {signed(t, note(3, "AAAA"), private), "checkpoint line 3"},
		"a root in spare bits":      {signed(t, note(3, root[:42]+"B="), private), "checkpoint line 3"},
		"a time without its name":   {signed(t, note(4, "2023-08-31T09:00:00.000000Z"), private), "checkpoint line 4"},
		"a time to the second":      {signed(t, note(4, "time 2023-08-31T09:00:00Z"), private), "checkpoint line 4"},
		"a time to the nanosecond":  {signed(t, note(4, "time 2023-08-31T09:00:00.000000000Z"), private), "checkpoint line 4"},
		"a time with a comma":       {signed(t, note(4, "time 2023-08-31T09:00:00,000000Z"), private), "checkpoint line 4"},
		"no such day":               {signed(t, note(4, "time 2023-02-30T09:00:00.000000Z"), private), "checkpoint line 4"},
	} {
		_, err := audit.Open(c.text, public)
		wantFault(t, err, name, c.place)
	}
	var fault *audit.Fault
	if _, err := audit.Open(signed(t, good, private), "no key"); err == nil || errors.As(err, &fault) {
		t.Errorf("an unusable key: %v; that is no fault of the checkpoint", err)
	}
}

// TestNothingIsSignedThatIsNotOpened: what Open would refuse, Sign and NewKey do
// not make.
func TestNothingIsSignedThatIsNotOpened(t *testing.T) {
	private, _ := newKey(t, origin, 1)
	good := audit.Checkpoint{Origin: origin, Size: 7, Time: time.Unix(1693472400, 0)}
	for name, spoil := range map[string]func(c *audit.Checkpoint){
		"another origin":     func(c *audit.Checkpoint) { c.Origin = "another/log" },
		"a size below zero":  func(c *audit.Checkpoint) { c.Size = -1 },
		"a size too large":   func(c *audit.Checkpoint) { c.Size = 1<<48 + 1 },
		"the year 10000":     func(c *audit.Checkpoint) { c.Time = time.Unix(253_402_300_800, 0) },
		"a year before zero": func(c *audit.Checkpoint) { c.Time = time.Unix(-62_167_219_201, 0) },
	} {
		c := good
		spoil(&c)
		if text, err := audit.Sign(private, c); err == nil {
			t.Errorf("%s: signed: %s", name, text)
		}
	}
	if _, err := audit.Sign("no key", good); err == nil {
		t.Error("signed with an unusable key")
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb", "a\u2028b", "a\xffb", "a\x00b", "a\x1bb"} {
		if _, _, err := audit.NewKey(rand.NewChaCha8([32]byte{}), name); err == nil {
			t.Errorf("a key is made for the name %q", name)
		}
	}
	if _, _, err := audit.NewKey(strings.NewReader("too little"), origin); err == nil {
		t.Error("a key is made without randomness")
	}
}
