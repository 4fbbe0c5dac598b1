package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
)

// unpacked returns the files of a pack by name, and their order.
func unpacked(t *testing.T, file string) (files map[string]string, names []string, times []time.Time) {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.NonUTF8 || strings.ContainsAny(f.Name, `<>:"\|?*`) {
			t.Errorf("Windows does not open %q", f.Name)
		}
		files[f.Name], names, times = string(data), append(names, f.Name), append(times, f.Modified)
	}
	return files, names, times
}

var link = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// TestTheRealMeetingPack: the 25 tasks of the real half-year, each with timeline,
// evidence and proof, in pages whose every link leads to a file of the pack.
func TestTheRealMeetingPack(t *testing.T) {
	both(t, func(t *testing.T, environ []string) {
		mustDuban(t, environ, "demo")
		file := filepath.Join(t.TempDir(), "pack.zip")
		said := mustDuban(t, environ, "pack", "--campaign", "jm-2023", "--period", "2023-h1", "--as-known-on", "2023-08-31", "--out", file)
		sum := sha256.Sum256(read(t, file))
		if !strings.Contains(said, "25 tasks, SHA-256 "+hex.EncodeToString(sum[:])) {
			t.Errorf("it says %q", said)
		}
		files, names, times := unpacked(t, file)
		if !slices.IsSorted(names) || len(names) != 3*25+9 {
			t.Errorf("%d files: %q", len(names), names)
		}
		for i, at := range times {
			if !at.Equal(time.Date(2023, 8, 31, 15, 59, 59, 0, time.UTC)) {
				t.Errorf("%s is of %s", names[i], at)
			}
		}
		reached := links(t, files, "index.html")
		for name := range files {
			if !reached[name] {
				t.Errorf("no link leads to %s", name)
			}
		}
		key := strings.TrimSpace(files["审计/公钥.txt"])
		signed, err := audit.Open([]byte(files["审计/检查点.txt"]), key)
		if err != nil || key != strings.TrimSpace(mustDuban(t, environ, "audit", "key")) {
			t.Errorf("the checkpoint in the pack: %v", err)
		}
		for name, data := range files {
			if !strings.HasPrefix(name, "证明/") {
				continue
			}
			checked, err := audit.CheckBundle([]byte(data), key)
			if err != nil || checked.Checkpoint != signed {
				t.Errorf("%s: %v", name, err)
			}
			timeline := files["经过/"+strings.TrimSuffix(path.Base(name), ".json")+".html"]
			for _, e := range checked.Events {
				if !strings.Contains(timeline, e.Event.ActorID) || !strings.Contains(timeline, e.Event.At.In(time.FixedZone("", 8*60*60)).Format("2006-01-02 15:04:05")) {
					t.Errorf("%s is not told in the timeline", e.Event.ID)
				}
			}
		}
		if want := mustDuban(t, environ, "lagtable", "--campaign", "jm-2023", "--period", "2023-h1", "--as-known-on", "2023-08-31"); files["进度滞后情况表.json"] != want {
			t.Error("the table in the pack is another one")
		}
		if !strings.Contains(files["进度滞后情况表.html"], signed.Short()) || !strings.Contains(files["index.html"], "440703-S3") {
			t.Error("the checkpoint or the unreported task is missing")
		}
		if funds := files["证据/03-440703-03.html"]; !strings.Contains(funds, "9.25%") || !strings.Contains(funds, "资金暂未支出") {
			t.Error("the evidence of 440703-03 lacks its figures or its narrative")
		}
	})
}

// links follows the links of a page and of those it leads to, and returns every
// file that is reached. None leaves the pack.
func links(t *testing.T, files map[string]string, from string) map[string]bool {
	t.Helper()
	reached := map[string]bool{}
	for next := []string{from}; len(next) > 0; {
		page := next[0]
		next = next[1:]
		if reached[page] {
			continue
		}
		reached[page] = true
		if !strings.HasSuffix(page, ".html") {
			continue
		}
		if strings.Contains(files[page], "<script") {
			t.Errorf("%s has a script", page)
		}
		for _, l := range link.FindAllStringSubmatch(files[page], -1) {
			u, err := url.Parse(l[1])
			if err != nil || u.IsAbs() || u.Host != "" {
				t.Errorf("%s leads to %s: %v", page, l[1], err)
				continue
			}
			to := path.Join(path.Dir(page), u.Path)
			if _, ok := files[to]; !ok {
				t.Errorf("%s leads to %s, which is not there", page, l[1])
			}
			next = append(next, to)
		}
	}
	return reached
}

// TestThePackHasTheNewestEdition as it was issued, with its number.
func TestThePackHasTheNewestEdition(t *testing.T) {
	environ := environment(t, dbtest.EmptySQLite(t))
	table := []string{"--campaign", "jm-2023", "--period", "2023-h1"}
	mustDuban(t, environ, "demo")
	for range 2 {
		mustDuban(t, environ, append([]string{"lagtable", "issue", "--accept-gap", "440703-S3"}, table...)...)
	}
	file := filepath.Join(t.TempDir(), "pack.zip")
	mustDuban(t, environ, append([]string{"pack", "--out", file}, table...)...)
	files, names, _ := unpacked(t, file)
	want := mustDuban(t, environ, append([]string{"lagtable", "editions", "--number", "2"}, table...)...)
	if files["印发稿/进度滞后情况表（第2期）.json"] != want || !strings.Contains(want, `"edition": 2`) {
		t.Errorf("the newest edition is not in the pack: %q", names)
	}
	if reached := links(t, files, "index.html"); !reached["印发稿/进度滞后情况表（第2期）.docx"] {
		t.Error("no link leads to the edition")
	}
	out, _, code := duban(t, environ, "audit", "verify")
	if code != 0 {
		t.Errorf("audit verify: %d %s", code, out)
	}
}
