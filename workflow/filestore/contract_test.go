package filestore_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/filestore"
)

// Every store keeps files as workflow.EvidenceStore says. S3 is spoken to a server: the one
// that DUBAN_S3_SERVER names (make test-s3), or one in this process.
func TestStores(t *testing.T) {
	for name, open := range map[string]func(*testing.T) (store workflow.EvidenceStore, drafts string){
		"folder": func(t *testing.T) (workflow.EvidenceStore, string) {
			folder := filepath.Join(t.TempDir(), "evidence")
			store, err := filestore.OpenFolder(folder)
			must(t, err)
			return store, folder
		},
		"S3": func(t *testing.T) (workflow.EvidenceStore, string) {
			folder := t.TempDir()
			store, err := filestore.OpenS3(server(t), folder)
			must(t, err)
			return store, folder
		},
	} {
		t.Run(name, func(t *testing.T) { testStore(t, open) })
	}
}

func testStore(t *testing.T, open func(*testing.T) (workflow.EvidenceStore, string)) {
	large := strings.Repeat("0123456789abcdef", 400_000) // more than a part of a multipart upload
	t.Run("what is kept comes back, whole and in part", func(t *testing.T) {
		store, folder := open(t)
		for _, content := range []string{"甲", large, "x"} {
			digest := keep(t, store, content)
			file, err := store.Open(t.Context(), digest)
			must(t, err)
			got, err := io.ReadAll(file)
			must(t, err)
			if string(got) != content {
				t.Errorf("%d bytes come back as %d", len(content), len(got))
			}
			if size, err := file.Seek(0, io.SeekEnd); err != nil || size != int64(len(content)) {
				t.Errorf("the end is at %d: %v", size, err)
			}
			if len(content) > 10 {
				_, err := file.Seek(5, io.SeekStart)
				must(t, err)
				part := make([]byte, 3)
				if _, err := io.ReadFull(file, part); err != nil || string(part) != content[5:8] {
					t.Errorf("a part is %q: %v", part, err)
				}
			}
			must(t, file.Close())
		}
		if left, err := os.ReadDir(filepath.Join(folder, "drafts")); err != nil || len(left) > 0 {
			t.Errorf("drafts are left: %v %v", left, err)
		}
	})

	t.Run("a draft can be read before it is kept, and given up", func(t *testing.T) {
		store, folder := open(t)
		d, err := store.Draft()
		must(t, err)
		_, err = io.WriteString(d, "content")
		must(t, err)
		part := make([]byte, 3)
		if _, err := d.ReadAt(part, 2); err != nil || string(part) != "nte" {
			t.Errorf("a part is %q: %v", part, err)
		}
		d.Discard()
		if _, err := store.Open(t.Context(), digestOf("content")); !errors.Is(err, workflow.ErrNoFile) {
			t.Errorf("opening it: %v", err)
		}
		if left, err := os.ReadDir(filepath.Join(folder, "drafts")); err != nil || len(left) > 0 {
			t.Errorf("drafts are left: %v %v", left, err)
		}
	})

	t.Run("files are listed, kept again and removed", func(t *testing.T) {
		store, _ := open(t)
		a, b := keep(t, store, "甲"), keep(t, store, "乙乙")
		keep(t, store, "甲")
		sizes := map[string]int64{}
		must(t, store.Each(t.Context(), func(f workflow.StoredFile) error {
			if age := time.Since(f.Stored); age > time.Minute || age < -time.Minute {
				t.Errorf("stored %s ago", age)
			}
			sizes[f.SHA256] = f.Size
			return nil
		}))
		if len(sizes) != 2 || sizes[a] != 3 || sizes[b] != 6 {
			t.Errorf("listed: %v", sizes)
		}
		stop := errors.New("stop")
		if err := store.Each(t.Context(), func(workflow.StoredFile) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("stopping: %v", err)
		}
		for range 2 { // the second time it is not there
			must(t, store.Remove(t.Context(), a))
		}
		if _, err := store.Open(t.Context(), a); !errors.Is(err, workflow.ErrNoFile) {
			t.Errorf("opening what was removed: %v", err)
		}
	})

	t.Run("only digests are names", func(t *testing.T) {
		store, _ := open(t)
		for _, name := range []string{"", "..", "../" + digestOf("x"), strings.ToUpper(digestOf("x")), digestOf("x")[:63] + "/"} {
			if _, err := store.Open(t.Context(), name); !errors.Is(err, workflow.ErrNoFile) {
				t.Errorf("opening %q: %v", name, err)
			}
			must(t, store.Remove(t.Context(), name))
			d, err := store.Draft()
			must(t, err)
			if err := d.Keep(t.Context(), name); err == nil {
				t.Errorf("%q was kept", name)
			}
			d.Discard()
		}
	})

	t.Run("drafts that nobody finished are tidied away in time", func(t *testing.T) {
		store, folder := open(t)
		d, err := store.Draft()
		must(t, err)
		defer d.Discard()
		for _, c := range []struct {
			since time.Duration
			want  int
		}{{-time.Hour, 1}, {time.Hour, 0}} {
			must(t, store.Tidy(time.Now().Add(c.since)))
			if left, err := os.ReadDir(filepath.Join(folder, "drafts")); err != nil || len(left) != c.want {
				t.Errorf("%d drafts are left, want %d: %v", len(left), c.want, err)
			}
		}
	})
}

func keep(t *testing.T, store workflow.EvidenceStore, content string) string {
	t.Helper()
	d, err := store.Draft()
	must(t, err)
	defer d.Discard()
	_, err = io.Copy(d, bytes.NewReader([]byte(content)))
	must(t, err)
	must(t, d.Keep(t.Context(), digestOf(content)))
	return digestOf(content)
}

func digestOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
