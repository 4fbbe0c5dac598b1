package workflow_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/filestore"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/meetingpack"
)

// cabinet is a world whose files the test can get at.
type cabinet struct {
	*world
	folder string
	store  workflow.EvidenceStore
}

func newCabinet(t *testing.T, scanner workflow.Scanner, rules workflow.EvidenceRules) *cabinet {
	t.Helper()
	c := &cabinet{world: newWorld(t, dbtest.SQLite(t)), folder: t.TempDir()}
	store, err := filestore.OpenFolder(c.folder)
	if err != nil {
		t.Fatal(err)
	}
	c.store = store
	c.WithEvidence(store, scanner, rules)
	return c
}

func (c *cabinet) upload(task, content string) (workflow.Evidence, error) {
	return c.Upload(c.ctx(), by(reporter), task, "a.txt", strings.NewReader(content))
}

func (c *cabinet) must(task, content string) workflow.Evidence {
	c.t.Helper()
	e, err := c.upload(task, content)
	if err != nil {
		c.t.Fatal(err)
	}
	return e
}

func (c *cabinet) path(e workflow.Evidence) string {
	return filepath.Join(c.folder, e.SHA256[:2], e.SHA256[2:])
}

// faults are what the check finds, as "fault of digest".
func (c *cabinet) faults() map[string]workflow.EvidenceFault {
	c.t.Helper()
	report, err := c.CheckEvidence(c.ctx(), time.Now().Add(time.Hour))
	if err != nil {
		c.t.Fatal(err)
	}
	found := map[string]workflow.EvidenceFault{}
	for _, f := range report.Faults {
		found[f.SHA256] = f.Fault
	}
	return found
}

// A file that is not what its digest says is given to nobody, and the check names it.
func TestAChangedFileIsNotGiven(t *testing.T) {
	c := newCabinet(t, nil, workflow.EvidenceRules{})
	task := c.assign()
	changed, missing, good := c.must(task.ID, "甲"), c.must(task.ID, "乙"), c.must(task.ID, "丙")
	if found := c.faults(); len(found) > 0 {
		t.Fatalf("an alarm without a cause: %v", found)
	}
	if err := errors.Join(os.WriteFile(c.path(changed), []byte("丁"), 0o600), os.Remove(c.path(missing))); err != nil {
		t.Fatal(err)
	}
	stray := strings.Repeat("ab", 32)
	if err := errors.Join(os.MkdirAll(filepath.Join(c.folder, "ab"), 0o700), os.WriteFile(filepath.Join(c.folder, "ab", stray[2:]), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	found := c.faults()
	for digest, want := range map[string]workflow.EvidenceFault{
		changed.SHA256: workflow.EvidenceChanged, missing.SHA256: workflow.EvidenceMissing, good.SHA256: "", stray: workflow.EvidenceOrphan,
	} {
		if found[digest] != want {
			t.Errorf("%s: found %q, want %q", digest, found[digest], want)
		}
	}
	for e, code := range map[workflow.Evidence]string{changed: "evidence.changed", missing: "evidence.missing"} {
		_, err := c.OpenUpload(c.ctx(), reporter, task.ID, e.SHA256)
		kind(t, err, workflow.Internal, code)
	}
	file, err := c.OpenUpload(c.ctx(), reporter, task.ID, good.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Content.Close()
	if content, err := io.ReadAll(file.Content); err != nil || string(content) != "丙" {
		t.Errorf("the good one: %q %v", content, err)
	}
	if e := c.must(task.ID, "甲"); e.ID != changed.ID {
		t.Error("the same content again is another upload")
	}
	if found := c.faults(); found[changed.SHA256] != "" {
		t.Error("uploading the content again does not mend the file")
	}
}

// What a report names stays, what none names goes in time, with its file and an event.
func TestSweepingTakesWhatNobodyUses(t *testing.T) {
	c := newCabinet(t, nil, workflow.EvidenceRules{Keep: 24 * time.Hour})
	task := c.assign()
	used, shared, unused := c.must(task.ID, "甲"), c.must(task.ID, "乙"), c.must(task.ID, "丙")
	in := km(6)
	in.Evidence = []string{used.SHA256}
	if _, err := c.Report(c.ctx(), by(reporter), task.ID, in); err != nil {
		t.Fatal(err)
	}
	c.now.Add(25 * 3600)
	c.must(c.assign().ID, "乙") // the same file, by a young upload
	swept, err := c.SweepEvidence(c.ctx(), by(operator), time.Now().Add(time.Hour), false)
	if err != nil || swept.Uploads != 2 || swept.Files != 1 {
		t.Fatalf("swept %+v, %v", swept, err)
	}
	for e, want := range map[workflow.Evidence]bool{used: true, shared: true, unused: false} {
		if _, err := os.Stat(c.path(e)); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", e.Name, err == nil, want)
		}
	}
	if found := c.faults(); len(found) > 0 {
		t.Errorf("after sweeping: %v", found)
	}
	in.Evidence = []string{unused.SHA256}
	_, err = c.Report(c.ctx(), by(reporter), c.assign().ID, in)
	kind(t, err, workflow.Invalid, "")
}

// More files without an upload than a crash leaves are not removed unasked.
func TestSweepingDoesNotEmptyTheStoreOfAnotherDatabase(t *testing.T) {
	c := newCabinet(t, nil, workflow.EvidenceRules{})
	task := c.assign()
	for n := range 101 {
		c.must(task.ID, strings.Repeat("字", n+1))
	}
	other := newWorld(t, dbtest.SQLite(t)).WithEvidence(c.store, nil, workflow.EvidenceRules{})
	swept, err := other.SweepEvidence(c.ctx(), by(operator), time.Now().Add(time.Hour), false)
	if err != nil || swept.Left != 101 || swept.Files != 0 || len(c.faults()) > 0 {
		t.Fatalf("swept %+v, %v", swept, err)
	}
}

// racing is a store on which somebody sweeps between the file and its record.
type racing struct {
	workflow.EvidenceStore
	between func()
}

func (r *racing) Draft() (workflow.EvidenceDraft, error) {
	d, err := r.EvidenceStore.Draft()
	return &racingDraft{d, r}, err
}

type racingDraft struct {
	workflow.EvidenceDraft
	of *racing
}

func (d *racingDraft) Keep(ctx context.Context, sha256 string) error {
	err := d.EvidenceDraft.Keep(ctx, sha256)
	d.of.between()
	return err
}

// An upload whose file was swept before it was recorded is not acknowledged, also when
// somebody else is storing the same file again.
func TestAnUploadIsNotRecordedWithoutItsFile(t *testing.T) {
	c := newCabinet(t, nil, workflow.EvidenceRules{})
	task, other := c.assign(), c.assign()
	sweep := func() {
		swept, err := c.SweepEvidence(c.ctx(), by(operator), time.Now().Add(time.Hour), false)
		if err != nil || swept.Files != 1 {
			t.Errorf("swept %+v, %v", swept, err)
		}
	}
	twice := false
	r := &racing{EvidenceStore: c.store}
	r.between = func() {
		sweep()
		if !twice {
			twice = true
			_, err := c.Upload(c.ctx(), by(colleague), other.ID, "b.txt", strings.NewReader("甲"))
			kind(t, err, workflow.Unavailable, "evidence.store")
			r.between = func() {}
			if _, err := c.Upload(c.ctx(), by(colleague), other.ID, "b.txt", strings.NewReader("甲")); err != nil {
				t.Error(err)
			}
		}
	}
	c.WithEvidence(r, nil, workflow.EvidenceRules{})
	_, err := c.upload(task.ID, "甲")
	kind(t, err, workflow.Unavailable, "evidence.store")
	if found := c.faults(); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

// verdictOf answers like a scanner.
type verdictOf func(content []byte) (string, error)

func (v verdictOf) Scan(_ context.Context, file io.Reader) (string, error) {
	content, err := io.ReadAll(file)
	if err != nil {
		return "", err
	}
	return v(content)
}

func TestWhatTheScannerDoesNotPassIsNotTaken(t *testing.T) {
	scanner := verdictOf(func(content []byte) (string, error) {
		switch {
		case bytes.Contains(content, []byte("infected")):
			return "Test.Signature", nil
		case bytes.Contains(content, []byte("silent")):
			return "", errors.New("no answer")
		}
		return "", nil
	})
	c := newCabinet(t, scanner, workflow.EvidenceRules{PerTask: 12})
	task := c.assign()
	_, err := c.upload(task.ID, "infected")
	if e := kind(t, err, workflow.Invalid, ""); e.Fields[0].Rule != "infected" || !strings.Contains(e.Fields[0].Text.ZH, "Test.Signature") {
		t.Errorf("refused with %v", e)
	}
	_, err = c.upload(task.ID, "silent")
	kind(t, err, workflow.Unavailable, "evidence.scanner")
	c.must(task.ID, "clean")
	_, err = c.upload(task.ID, "too much")
	kind(t, err, workflow.Conflict, "evidence.quota")
	if found := c.faults(); len(found) > 1 { // the last one's file waits to be swept
		t.Errorf("found %v", found)
	}
}

func TestNamesOfFiles(t *testing.T) {
	for name, rule := range map[string]string{
		"现场 照片（1）.jpg": "", "a..b.pdf": "", "console.txt": "",
		"": "required", "a/b.pdf": "path", `a\b.pdf`: "path", "C:a.pdf": "path", "a?.pdf": "path", "\xff.pdf": "encoding",
		"a\n.pdf": "characters", "a\x00.pdf": "characters", "a\u202efdp.pdf": "characters", "a\u200b.pdf": "characters", "a\u2028.pdf": "characters", "a\ue000.pdf": "characters",
		"..": "edges", ".pdf": "edges", "a.pdf.": "edges", "a.pdf ": "edges", "　a.pdf": "edges",
		"CON": "reserved", "con.pdf": "reserved", "LPT1.tar.pdf": "reserved", "COM¹.pdf": "reserved",
		strings.Repeat("字", 67) + ".pdf": "too_long", strings.Repeat("字", 65) + ".pdf": "",
	} {
		got := ""
		if p := workflow.CheckFileName(name); len(p) > 0 {
			got = p[0].Rule
		}
		if got != rule {
			t.Errorf("%q breaks %q, want %q", name, got, rule)
		}
	}
}

// The files of a report are told wherever the report is: in the task's history, in what
// was known on a day, and in the pack for the meeting.
func TestFilesAreToldWithTheReport(t *testing.T) {
	h := newSaga(newWorld(t, dbtest.SQLite(t)), 1)
	task := h.assign()
	e, err := h.Upload(h.ctx(), by(reporter), task.ID, "现场.txt", strings.NewReader("甲"))
	if err != nil {
		t.Fatal(err)
	}
	in := km(6)
	in.Evidence = []string{e.SHA256}
	if _, err := h.Report(h.ctx(), by(reporter), task.ID, in); err != nil {
		t.Fatal(err)
	}
	if _, err := h.do(reviewer, workflow.EventFlag, task.ID); err != nil {
		t.Fatal(err)
	}
	line, err := h.Timeline(h.ctx(), reviewer, task.ID)
	if err != nil {
		t.Fatal(err)
	}
	told := ""
	for _, c := range line.Entries[1].Changes {
		if c.Field == "report.evidence" {
			told = c.After.Text.ZH
		}
	}
	if want := "现场.txt (3 B, SHA-256 " + e.SHA256 + ")"; told != want {
		t.Errorf("the history tells %q, want %q", told, want)
	}
	h.sequence()
	pack, err := meetingpack.Export(h.ctx(), h.Service, supervisor, campaignCode, "h1", workflow.AsOf{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := pack.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	page, err := fs.ReadFile(z, "证据/01-T1.html")
	if err != nil || !bytes.Contains(page, []byte("现场.txt")) || !bytes.Contains(page, []byte(e.SHA256)) {
		t.Errorf("the page of the pack does not have the file: %v\n%s", err, page)
	}
	if report := h.verify(); !report.Clean() {
		t.Errorf("verifying finds %+v", report.Findings)
	}
}

// Whoever reports names what he uploaded himself, for this task; the digest of a report,
// which approvals are bound to, has its files.
func TestAReportNamesOwnFilesOnly(t *testing.T) {
	c := newCabinet(t, nil, workflow.EvidenceRules{PerReport: 1})
	task, other := c.assign(), c.assign()
	own, elsewhere := c.must(task.ID, "甲"), c.must(other.ID, "乙")
	colleagues, err := c.Upload(c.ctx(), by(colleague), task.ID, "a.txt", strings.NewReader("丙"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c2 := range map[string]struct {
		digests []string
		rule    string
	}{
		"of another task": {[]string{elsewhere.SHA256}, "unknown"}, "of a colleague": {[]string{colleagues.SHA256}, "unknown"},
		"unknown": {[]string{strings.Repeat("0", 64)}, "unknown"}, "empty": {[]string{""}, "unknown"}, "too many": {[]string{own.SHA256, own.SHA256}, "too_many"},
	} {
		in := km(6)
		in.Evidence = c2.digests
		_, err := c.Report(c.ctx(), by(reporter), task.ID, in)
		if e := kind(t, err, workflow.Invalid, ""); e.Fields[0].Rule != c2.rule {
			t.Errorf("%s: refused with %v", name, e)
		}
	}
	in := km(6)
	in.Evidence = []string{own.SHA256}
	out, err := c.Report(c.ctx(), by(reporter), task.ID, in)
	if err != nil {
		t.Fatal(err)
	}
	without := *out.Report
	without.Evidence = nil
	if without.Digest() == out.Report.Digest() {
		t.Error("a report without its file has the same digest")
	}
}
