package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"duban/workflow/audit"
)

// of returns the first events of one subject, as they are in the log.
func (l *log) of(t testing.TB, subject [2]string, most int) []audit.Logged {
	var events []audit.Logged
	for _, leaf := range l.leaves {
		e, err := audit.Parse(leaf.Canonical)
		if err != nil {
			t.Fatal(err)
		}
		if e.Subject == subject[0] && e.SubjectID == subject[1] && len(events) < most {
			events = append(events, audit.Logged{Index: leaf.Index, Event: e})
		}
	}
	return events
}

// sign signs the log as it is.
func (l *log) sign(t testing.TB) (checkpoint []byte, public string) {
	private, public := newKey(t, origin, 1)
	checkpoint, err := audit.Sign(private, l.checkpoint(len(l.leaves)))
	if err != nil {
		t.Fatal(err)
	}
	return checkpoint, public
}

// TestBundlesProveWhatWasLogged: the events of any subject, up to any, are read
// back from the file and the public key alone.
func TestBundlesProveWhatWasLogged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := history(rapid.IntRange(1, 70).Draw(rt, "size"), rapid.Uint64().Draw(rt, "seed"))
		checkpoint, public := l.sign(t)
		signed, err := audit.Open(checkpoint, public)
		if err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(0, 9).Draw(rt, "later") {
			l.add(canonical(len(l.leaves), other, 0, audit.Refused, "later"))
		}
		for _, s := range subjects {
			events := slices.DeleteFunc(l.of(t, s, rapid.IntRange(1, 20).Draw(rt, "events")), func(e audit.Logged) bool { return e.Index >= signed.Size })
			if len(events) == 0 {
				continue
			}
			file, err := l.tree().Bundle(checkpoint, public, events)
			if err != nil {
				rt.Fatal(err)
			}
			want := audit.Checked{Checkpoint: signed, Subject: s[0], SubjectID: s[1], Events: events}
			for _, e := range events {
				if e.Event.Outcome == audit.Accepted {
					want.Version++
				}
			}
			if got, err := audit.CheckBundle(file, public); err != nil || !reflect.DeepEqual(got, want) {
				rt.Fatalf("%+v, %v, want %+v", got, err, want)
			}
		}
	})
}

// example is a small log with the file about its first task, which has an
// accepted event, a refused attempt and another accepted event.
func example(t testing.TB) (l *log, checkpoint []byte, public string, events []audit.Logged, file []byte) {
	l = &log{}
	for n, e := range []struct {
		subject [2]string
		version int
		outcome audit.Outcome
	}{{other, 1, audit.Accepted}, {subjects[0], 1, audit.Accepted}, {subjects[0], 1, audit.Refused}, {other, 2, audit.Accepted}, {subjects[0], 2, audit.Accepted}} {
		l.add(canonical(n, e.subject, e.version, e.outcome, "滞后\n"))
	}
	checkpoint, public = l.sign(t)
	events = l.of(t, subjects[0], 9)
	file, err := l.tree().Bundle(checkpoint, public, events)
	if err != nil {
		t.Fatal(err)
	}
	return l, checkpoint, public, events, file
}

// TestEveryByteOfABundleCounts: no other file says the same, and what is found is
// found in the event in which it is.
func TestEveryByteOfABundleCounts(t *testing.T) {
	_, _, public, _, file := example(t)
	starts := regexp.MustCompile(`\n    \{`).FindAllIndex(file, -1)
	if len(starts) != 3 {
		t.Fatalf("%d events in the file", len(starts))
	}
	changes(file, func(what string, at int, changed []byte) {
		_, err := audit.CheckBundle(changed, public)
		number := 0
		for _, s := range starts {
			if s[0] <= at {
				number++
			}
		}
		if number > 0 {
			wantFault(t, err, what, fmt.Sprintf("event %d", number))
			return
		}
		wantFault(t, err, what)
		// Of what stands before the events only the subject can be at odds with one.
		var fault *audit.Fault
		if errors.As(err, &fault) && strings.HasPrefix(fault.Place, "event") && !bytes.Contains(file[:at], []byte(`"subject`)) {
			t.Errorf("%s: found in %q: %v", what, fault.Place, err)
		}
	})
}

// TestBundlesOfOtherEventsAreRefused: what does not prove the beginning of one
// subject's history is neither made nor taken.
func TestBundlesOfOtherEventsAreRefused(t *testing.T) {
	l, checkpoint, public, events, _ := example(t)
	pick := func(from ...int) (picked []audit.Logged) {
		for _, i := range from {
			picked = append(picked, events[i])
		}
		return picked
	}
	at := func(index int64, e audit.Logged) audit.Logged { return audit.Logged{Index: index, Event: e.Event} }
	parsed := func(canonical []byte) audit.Logged {
		e, err := audit.Parse(canonical)
		if err != nil {
			t.Fatal(err)
		}
		return audit.Logged{Index: 1, Event: e}
	}
	for name, c := range map[string]struct {
		events []audit.Logged
		place  string
	}{
		"the first left out":          {pick(2), "event 1"},
		"two swapped":                 {pick(0, 2, 1), "event 3"},
		"one twice":                   {pick(0, 1, 1), "event 3"},
		"an event of another subject": {append(pick(0, 1), l.of(t, other, 1)[0]), "event 3"},
		"the last at another index":   {append(pick(0, 1), at(3, events[2])), "event 3"},
		"an event that was changed":   {[]audit.Logged{parsed(bytes.Replace(events[0].Event.Canonical(), []byte(`"u"`), []byte(`"v"`), 1))}, "event 1"},
		"an event in another form":    {[]audit.Logged{parsed(append(events[0].Event.Canonical(), '\n'))}, "event 1"},
		"an event that is not sealed": {[]audit.Logged{{Index: 1, Event: audit.Event{Subject: "task"}}}, "event 1"},
	} {
		_, err := l.tree().Bundle(checkpoint, public, c.events)
		wantFault(t, err, name, c.place)
	}
	for name, c := range map[string][]audit.Logged{"no events": nil, "an index beyond": {at(5, events[0])}, "an index below": {at(-1, events[0])}} {
		if _, err := l.tree().Bundle(checkpoint, public, c); err == nil {
			t.Errorf("%s: made", name)
		}
	}
	for i := range l.rows {
		tampered := l.clone()
		tampered.rows[i].Hash[0] ^= 1
		if file, err := tampered.tree().Bundle(checkpoint, public, events); err == nil {
			if _, err := audit.CheckBundle(file, public); err != nil {
				t.Errorf("row %d changed: a file is made that is refused: %v", i, err)
			}
		} else {
			wantFault(t, err, fmt.Sprintf("row %d changed", i))
		}
	}
}

// TestForgedBundlesAreRefused: files that nobody but a forger makes, each
// well-formed.
func TestForgedBundlesAreRefused(t *testing.T) {
	l, _, public, events, file := example(t)
	private, _ := newKey(t, origin, 1)
	head, e, tail := parts(file)
	late := l.clone() // a version 3 after version 1, which was logged
	late.add(canonical(5, subjects[0], 3, audit.Accepted, ""))
	gap, err := audit.Sign(private, late.checkpoint(6))
	if err != nil {
		t.Fatal(err)
	}
	_, err = late.tree().Bundle(gap, public, append(events[:2:2], late.of(t, subjects[0], 9)[3]))
	wantFault(t, err, "one left out in the middle", "event 3")

	odd := &log{} // signed, but no event
	odd.add([]byte(`{"format":1,"subject":"task"}`))
	checkpoint, err := audit.Sign(private, odd.checkpoint(1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = odd.tree().Bundle(checkpoint, public, odd.of(t, [2]string{"task", ""}, 1))
	wantFault(t, err, "logged and signed in another form", "event 1")

	replace := func(old, new string) string { return strings.Replace(string(file), old, new, 1) }
	for name, c := range map[string]struct{ file, place, text string }{
		"nothing":                    {"", "line 1", "not in the form"},
		"an index beyond":            {replace(`"index": 1`, `"index": 5`), "event 1", "index 5 is outside the 5 records"},
		"an index out of all bounds": {replace(`"index": 1`, `"index": 9223372036854775808`), "event 1", "not in the form"},
		"another origin":             {replace(`"origin": "duban/test"`, `"origin": "duban/other"`), "origin", "not that of the checkpoint"},
		"another subject":            {replace(`"subject": "task"`, `"subject": "user"`), "event 1", "is about task"},
		"two events swapped":         {head + e[1] + "," + e[0] + "," + e[2] + tail, "event 2", "out of order"},
		"a field more":               {replace(`"version": 1,`, `"version": 1,`+"\n"+`  "more": 1,`), "line 4", "not in the form"},
		"no events":                  {head + tail, "event 1", "not in the form"},
		"two files":                  {string(file) + string(file), "event 3", "not in the form"},
		"an event that is not UTF-8": {replace(`\"u\"`, "\\\"\xff\\\""), "event 1", "not in the form"},
	} {
		_, err := audit.CheckBundle([]byte(c.file), public)
		if wantFault(t, err, name, c.place); err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %q", name, err, c.text)
		}
	}
	if got, err := audit.CheckBundle([]byte(head+e[0]+","+e[1]+tail), public); err != nil || got.Version != 1 || len(got.Events) != 2 {
		t.Errorf("without the last event it is about the version before: %+v, %v", got, err)
	}
	_, foreign := newKey(t, origin, 2)
	_, err = audit.CheckBundle(file, foreign)
	wantFault(t, err, "another key", "checkpoint")
	var fault *audit.Fault
	if _, err := audit.CheckBundle(file, "no key"); err == nil || errors.As(err, &fault) {
		t.Errorf("an unusable key: %v; that is no fault of the file", err)
	}
}

// parts cuts a file into what stands before the events, each event, and the rest.
func parts(file []byte) (head string, events []string, tail string) {
	const begins = "\n    {"
	from, to := bytes.Index(file, []byte(begins)), bytes.LastIndex(file, []byte("\n  ]"))
	for _, e := range strings.Split(string(file[from+len(begins):to]), ","+begins) {
		events = append(events, begins+e)
	}
	return string(file[:from]), events, string(file[to:])
}

// FuzzCheckBundle: no file makes it panic; what is refused says where; what is
// taken is, to the byte, how encoding/json writes the same content.
func FuzzCheckBundle(f *testing.F) {
	l, checkpoint, public, events, file := example(f)
	f.Add(file)
	for _, some := range [][]audit.Logged{events[:1], events[1:2], l.of(f, other, 9)} {
		file, err := l.tree().Bundle(checkpoint, public, some)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := audit.CheckBundle(data, public); err != nil {
			wantFault(t, err, "refused")
			return
		}
		var content struct {
			Format     string `json:"format"`
			Version    int    `json:"version"`
			Origin     string `json:"origin"`
			Checkpoint string `json:"checkpoint"`
			Subject    string `json:"subject"`
			SubjectID  string `json:"subject_id"`
			Events     []struct {
				Index int64    `json:"index"`
				Event string   `json:"event"`
				Proof []string `json:"proof"`
			} `json:"events"`
		}
		if err := json.Unmarshal(data, &content); err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		e := json.NewEncoder(&again)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(content); err != nil || !bytes.Equal(again.Bytes(), data) {
			t.Fatalf("taken: %s\nwritten again: %s, %v", data, again.Bytes(), err)
		}
	})
}
