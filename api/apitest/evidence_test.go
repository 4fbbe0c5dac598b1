package apitest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
)

// evidenceText is the file of every report of a realm.
const evidenceText = "现场核查记录\n"

var evidenceDigest = digestOf(evidenceText)

func digestOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// uploadFile sends a file.
func (w *world) uploadFile(who, task, name, content string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+"/api/v1/tasks/"+task+"/evidence?name="+url.QueryEscape(name), strings.NewReader(content))
	must(w.t, err)
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Authorization", "Bearer "+w.tokens[who])
	return w.send(req)
}

const pixels = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"

// A reporter uploads files and names them in a report; whoever may see the report gets
// them, as downloads that can do nothing, whole or in part.
func TestFilesOfAReport(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := w.ids["440703-01"]
	picture := w.uploadFile("pengjiang", task, "现场 1.png", pixels)
	if picture.status != http.StatusCreated || picture.at("kind") != "png" || picture.at("size") != float64(len(pixels)) || picture.at("sha256") != digestOf(pixels) {
		t.Fatalf("the picture: %d %s", picture.status, picture.raw)
	}
	w.uploadFile("pengjiang", task, "记录.csv", evidenceText)
	if again := w.uploadFile("pengjiang", task, "记录.txt", evidenceText); again.status != http.StatusCreated || again.at("name") != "记录.txt" {
		t.Errorf("the same content under another name: %s", again.raw)
	}
	if list := w.do("pengjiang", "GET", "/api/v1/tasks/"+task+"/evidence", ""); strings.Count(list.raw, `"sha256"`) != 2 {
		t.Errorf("own uploads: %s", list.raw)
	}
	own := "/api/v1/tasks/" + task + "/evidence/" + digestOf(pixels)
	if got := w.do("pengjiang", "GET", own, ""); got.raw != pixels {
		t.Errorf("the own upload: %d %q", got.status, got.raw)
	}
	body := func(digests ...string) string {
		return strings.Replace(reportStations, "{", `{"evidence":["`+strings.Join(digests, `","`)+`"],`, 1)
	}
	report := "/api/v1/tasks/" + task + "/report"
	if got := w.do("pengjiang", "POST", report, body(digestOf(pixels), digestOf("x"), digestOf(pixels))); got.status != 422 ||
		!slices.Equal(got.fields(), []string{"evidence.1:unknown", "evidence.2:repeated"}) {
		t.Errorf("unknown and repeated: %d %v", got.status, got.fields())
	}
	out := w.do("pengjiang", "POST", report, body(digestOf(evidenceText), digestOf(pixels)))
	files, _ := out.at("report.evidence").([]any)
	if out.status != 200 || len(files) != 2 || files[1].(map[string]any)["name"] != "现场 1.png" {
		t.Fatalf("the report: %d %s", out.status, out.raw)
	}

	at := "/api/v1/tasks/" + task + "/reports/1/evidence/"
	got := w.do("reviewer", "GET", at+digestOf(pixels), "")
	for name, want := range map[string]string{
		"Content-Type": "image/png", "Content-Length": fmt.Sprint(len(pixels)), "X-Content-Type-Options": "nosniff", "Accept-Ranges": "bytes",
		"Content-Disposition": `attachment; filename="__ 1.png"; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%201.png`,
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
		}
	}
	if got.status != 200 || got.raw != pixels || !strings.HasPrefix(got.header.Get("Content-Security-Policy"), "sandbox;") {
		t.Errorf("the download: %d %q %s", got.status, got.raw, got.header)
	}
	part := w.do("reviewer", "GET", at+digestOf(pixels), "", "Range", "bytes=1-3")
	if part.status != 206 || part.raw != "PNG" || part.header.Get("Content-Range") != fmt.Sprintf("bytes 1-3/%d", len(pixels)) {
		t.Errorf("a part: %d %q %s", part.status, part.raw, part.header)
	}
	if shown := w.do("reviewer", "GET", at+digestOf(pixels)+"?inline=1", ""); !strings.HasPrefix(shown.header.Get("Content-Disposition"), "inline;") {
		t.Errorf("a picture to be shown: %s", shown.header)
	}
	if text := w.do("reviewer", "GET", at+digestOf(evidenceText)+"?inline=1", ""); text.raw != evidenceText || !strings.HasPrefix(text.header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("text to be shown: %s", text.header)
	}
	before := len(w.readings())
	w.do("reviewer", "GET", at+digestOf(pixels), "")
	w.do("auditor", "GET", at+digestOf(pixels), "")
	if after := w.readings(); len(after) != before+1 {
		t.Errorf("a reviewer and an auditor read a file: events %v", after)
	}
}

// What is not one's own is answered byte for byte as what is not there, in words and in
// what may be named in a report.
func TestFilesOfOthersAreNotThere(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task, other := w.ids["440703-01"], w.ids["440703-02"]
	w.uploadFile("pengjiang", task, "a.png", pixels)
	unknown := digestOf("unknown")
	same := func(what, who, method, a, b, bodyA, bodyB string) {
		t.Helper()
		x, y := w.do(who, method, a, bodyA), w.do(who, method, b, bodyB)
		if x.status != y.status || x.status < 400 || redacted(x) != redacted(y) {
			t.Errorf("%s: %d %s\n%d %s", what, x.status, x.raw, y.status, y.raw)
		}
	}
	files := func(id, digest string) string { return "/api/v1/tasks/" + id + "/evidence/" + digest }
	same("of another task", "pengjiang", "GET", files(other, digestOf(pixels)), files(other, unknown), "", "")
	same("of another region", "jianghai", "GET", files(task, digestOf(pixels)), files("0198c0de-0000-7000-8000-000000000000", unknown), "", "")
	same("not in the report yet", "reviewer", "GET", "/api/v1/tasks/"+task+"/reports/1/evidence/"+digestOf(pixels), "/api/v1/tasks/"+task+"/reports/7/evidence/"+unknown, "", "")
	named := func(digest string) string {
		return strings.Replace(reportStations, "{", `{"evidence":["`+digest+`"],`, 1)
	}
	same("named for another task", "pengjiang", "POST", "/api/v1/tasks/"+other+"/report", "/api/v1/tasks/"+other+"/report", named(digestOf(pixels)), named(unknown))
	if got := w.uploadFile("jianghai", task, "a.png", pixels); got.status != 404 {
		t.Errorf("uploading for another region: %d", got.status)
	}
	if got := w.uploadFile("reviewer", task, "a.png", pixels); got.status != 403 {
		t.Errorf("uploading as a reviewer: %d", got.status)
	}
}

func redacted(a answer) string {
	return strings.ReplaceAll(a.raw, fmt.Sprint(a.at("request_id")), "")
}

func TestFilesThatAreRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := w.ids["440703-01"]
	for name, c := range map[string]struct {
		file, content string
		status        int
		fields        []string
	}{
		"a page":           {"a.txt", "<!DOCTYPE html><script>alert(1)</script>", 422, []string{"content:kind"}},
		"a picture's name": {"a.jpg", pixels, 422, []string{"name:ending"}},
		"a program's name": {"a.png.exe", pixels, 422, []string{"name:ending"}},
		"a path":           {"../a.png", pixels, 422, []string{"name:path"}},
		"another order":    {"a\u202egnp.png", pixels, 422, []string{"name:characters"}},
		"nothing":          {"a.png", "", 422, []string{"content:empty"}},
		"too much":         {"a.txt", strings.Repeat("x", 50<<20+1), 413, nil},
	} {
		got := w.uploadFile("pengjiang", task, c.file, c.content)
		if got.status != c.status || !slices.Equal(got.fields(), c.fields) {
			t.Errorf("%s: %d %v %s", name, got.status, got.fields(), got.raw)
		}
	}
	if got := w.do("pengjiang", "GET", "/api/v1/tasks/"+task+"/evidence", ""); strings.Contains(got.raw, "sha256") {
		t.Errorf("something was kept: %s", got.raw)
	}
}

// readings are the events of files that were read.
func (w *world) readings() []audit.Event {
	all, _ := w.listed("auditor", "name=evidence.read")
	return all
}
