package witness_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"duban/workflow/witness"
)

func note(n string) []byte {
	return []byte("duban/x\n" + n + "\nroot\ntime t\n\n— duban/x c2ln" + n + "\n")
}

func TestWhatWasAddedIsReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoints.log")
	f, err := witness.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if last, err := f.Last(); last != nil || err != nil {
		t.Fatalf("the last of none: %q, %v", last, err)
	}
	for _, some := range [][][]byte{{note("1")}, {note("2"), note("3")}, {}} {
		if err := f.Add(some...); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := witness.Notes(data); !slices.EqualFunc(got, [][]byte{note("1"), note("2"), note("3")}, bytes.Equal) {
		t.Errorf("read back: %q", got)
	}
	if last, err := f.Last(); !bytes.Equal(last, note("3")) || err != nil {
		t.Errorf("the last: %q, %v", last, err)
	}
}

// TestACrashWhileAddingLosesOnlyWhatWasBeingAdded: wherever the last one was cut off,
// the ones before stay and the next is whole.
func TestACrashWhileAddingLosesOnlyWhatWasBeingAdded(t *testing.T) {
	whole := slices.Concat(note("1"), []byte("\n"), note("2"), []byte("\n"))
	for cut := range len(note("3")) {
		path := filepath.Join(t.TempDir(), "checkpoints.log")
		if err := os.WriteFile(path, slices.Concat(whole, note("3")[:cut]), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := witness.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Add(note("4")); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := witness.Notes(data); !slices.EqualFunc(got, [][]byte{note("1"), note("2"), note("4")}, bytes.Equal) {
			t.Fatalf("cut after %d bytes: %q", cut, got)
		}
	}
}

func TestWhoListensGetsTheText(t *testing.T) {
	var got []byte
	status := http.StatusNoContent
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		got, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
	}))
	defer server.Close()
	if err := witness.Post(t.Context(), server.URL+"/moved", note("1")); err == nil || got != nil {
		t.Errorf("a redirect was followed, with %q: %v", got, err)
	}
	if err := witness.Post(t.Context(), server.URL, note("1")); err != nil || !bytes.Equal(got, note("1")) {
		t.Errorf("posted %q: %v", got, err)
	}
	status = http.StatusForbidden
	if err := witness.Post(t.Context(), server.URL, note("1")); err == nil {
		t.Error("a refusal is no error")
	}
}
