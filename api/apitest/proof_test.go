package apitest

import (
	"archive/zip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
)

// signing gives the world's log a key and returns the public one.
func (w *world) signing() string {
	w.t.Helper()
	private, public, err := audit.NewKey(rand.Reader, "duban/test")
	must(w.t, err)
	w.service.WithLogKey(workflow.LogKey{Private: private, Public: public})
	return public
}

func (w *world) sequence() {
	w.t.Helper()
	_, err := w.service.Sequence(w.t.Context())
	must(w.t, err)
}

func TestAProofIsAFileThatSaysHowFarItGoes(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	key := w.signing()
	const path = "/api/v1/tasks/{440703-01}/proof"
	if a := w.do("pengjiang", "GET", path, ""); a.status != 503 || a.at("code") != "proof.not_yet" || a.header.Get("Retry-After") == "" {
		t.Errorf("before anything is signed: %d %s", a.status, a.raw)
	}
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
	w.sequence()
	w.ok("reviewer", "/api/v1/tasks/{440703-01}/flag", flagBehind)
	proof := w.do("pengjiang", "GET", path, "")
	checked, err := audit.CheckBundle([]byte(proof.raw), key)
	if err != nil || proof.status != 200 {
		t.Fatalf("%d %s: %v", proof.status, proof.raw, err)
	}
	head := func(name string) string { return proof.header.Get(name) }
	if head("Proof-Version") != "2" || head("Proof-Task-Version") != "3" || head("Proof-Checkpoint") != checked.Checkpoint.Short() || checked.Version != 2 ||
		head("Content-Type") != "application/json" || head("Content-Disposition") != `attachment; filename="proof-440703-01.json"` {
		t.Errorf("version %d, headers %v", checked.Version, proof.header)
	}
	if again := w.do("auditor", "GET", path, ""); again.raw != proof.raw {
		t.Error("the same proof has other bytes for somebody else")
	}
}

func TestCheckpointsAndTheirConsistencyAreGiven(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	key := w.signing()
	if a := w.do("pengjiang", "GET", "/api/v1/audit/checkpoint", ""); a.status != 404 {
		t.Errorf("before anything is signed: %d %s", a.status, a.raw)
	}
	newest := func() audit.Checkpoint {
		w.sequence()
		a := w.do("pengjiang", "GET", "/api/v1/audit/checkpoint", "")
		c, err := audit.Open([]byte(a.raw), key)
		if err != nil || a.header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Fatalf("%v: %s", err, a.raw)
		}
		return c
	}
	older := newest()
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
	newer := newest()
	a := w.do("auditor", "GET", fmt.Sprintf("/api/v1/audit/consistency?from=%d&to=%d", older.Size, newer.Size), "")
	p, err := audit.ReadConsistency([]byte(a.raw))
	must(t, err)
	must(t, p.Check(older, newer))
	w.play(t, []scenario{
		{name: "beyond the log", who: "auditor", method: "GET", path: fmt.Sprintf("/api/v1/audit/consistency?from=1&to=%d", newer.Size+1), status: 422, code: "invalid", fields: []string{"to:range"}},
		{name: "backwards", who: "auditor", method: "GET", path: "/api/v1/audit/consistency?from=2&to=1", status: 422, code: "invalid", fields: []string{"from:order"}},
		{name: "without sizes", who: "auditor", method: "GET", path: "/api/v1/audit/consistency", status: 422, code: "invalid", fields: []string{"from:required", "to:required"}},
	})
	table := w.do("reviewer", "GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/lag-table", "")
	page := w.do("reviewer", "GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/lag-table?format=html", "")
	if table.at("checkpoint") != newer.Short() || !strings.Contains(page.raw, "审计检查点 "+newer.Short()) {
		t.Errorf("the lag table has checkpoint %v", table.at("checkpoint"))
	}
}

// hostile is what somebody might write into any field.
const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>\u202e</td>`

// packed returns the files of a pack by name.
func packed(t *testing.T, a answer) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(a.raw), int64(len(a.raw)))
	must(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		data, err := io.ReadAll(r)
		must(t, err)
		files[f.Name] = string(data)
	}
	return files
}

// TestAMeetingPackIsTheSameForTheSameMoment, shows what people wrote as text, has
// what its reader may see, and is an event.
func TestAMeetingPackIsTheSameForTheSameMoment(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	key := w.signing()
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", strings.Replace(reportStations, "正在安装。", hostile, 1))
	w.ok("reviewer", "/api/v1/tasks/{440703-01}/flag", strings.Replace(flagBehind, "未启动", hostile, 1))
	w.sequence()
	history, err := w.service.TaskEvents(t.Context(), workflow.OperatorActor("test"), w.ids["440703-01"], 0, 0)
	must(t, err)
	moment := history[2].At.Add(time.Microsecond).Format(time.RFC3339Nano)
	const path = "/api/v1/campaigns/jm-2023/periods/2023-h1/meeting-pack"
	first := w.do("reviewer", "GET", path+"?as_of="+moment, "")
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations) // later
	second := w.do("reviewer", "GET", path+"?as_of="+moment, "")
	if first.status != 200 || first.raw != second.raw {
		t.Fatalf("%d, %d bytes; again %d bytes that are not the same", first.status, len(first.raw), len(second.raw))
	}
	if first.header.Get("Content-Type") != "application/zip" || first.header.Get("Content-Length") != strconv.Itoa(len(first.raw)) ||
		first.header.Get("Content-Disposition") != `attachment; filename="meeting-pack-jm-2023-2023-h1.zip"` {
		t.Errorf("headers %v", first.header)
	}
	files := packed(t, first)
	for _, name := range []string{"index.html", "进度滞后情况表.html", "经过/01-440703-01.html", "证据/01-440703-01.html"} {
		page := files[name]
		if page == "" || strings.Contains(page, "<script") || strings.Contains(page, "<img") {
			t.Errorf("%s runs what people wrote: %s", name, page)
		}
		if shown := strings.Count(page, "&lt;script&gt;alert(1)&lt;/script&gt;"); name != "index.html" && shown == 0 {
			t.Errorf("%s does not show what people wrote", name)
		}
	}
	checked, err := audit.CheckBundle([]byte(files["证明/01-440703-01.json"]), key)
	if err != nil || checked.Version != 3 {
		t.Errorf("its proof goes to version %d, %v", checked.Version, err)
	}
	if before := packed(t, w.do("reviewer", "GET", path+"?as_of="+history[2].At.Format(time.RFC3339Nano), "")); before["index.html"] == "" || before["证明/01-440703-01.json"] != "" {
		t.Error("the task was listed before it was flagged")
	}
	if other := packed(t, w.do("jianghai", "GET", path, "")); other["index.html"] == "" || other["证明/01-440703-01.json"] != "" {
		t.Error("the pack of another district has the task")
	}
	exported := w.exports()
	w.sequence()
	later := packed(t, w.do("reviewer", "GET", path+"?as_of="+moment, ""))
	if checked, err := audit.CheckBundle([]byte(later["证明/01-440703-01.json"]), key); err != nil || checked.Version != 3 || later["经过/01-440703-01.html"] == files["经过/01-440703-01.html"] {
		t.Errorf("with a newer checkpoint the proof goes to version %d, %v", checked.Version, err)
	}
	sum := sha256.Sum256([]byte(first.raw))
	if got, want := exported, `{"campaign":"jm-2023","period":"2023-h1","as_known_on":"`; len(got) != 4 || !strings.HasPrefix(got[0], want) ||
		!strings.HasSuffix(got[0], `","tasks":1,"sha256":"`+hex.EncodeToString(sum[:])+`"}`) || got[1] != got[0] {
		t.Errorf("the exports are recorded as %q", got)
	}
	if a := w.do("reviewer", "GET", path+"?as_of=2099-01-01", ""); a.status != 422 {
		t.Errorf("of the future: %d", a.status)
	}
}

// exports returns what the events tell of exported packs that wait for the log.
func (w *world) exports() (told []string) {
	w.t.Helper()
	must(w.t, w.store.View(w.t.Context(), func(r workflow.Reader) error {
		pending, err := r.PendingEvents(1_000)
		for _, p := range pending {
			e, err := audit.Parse(p.Canonical)
			must(w.t, err)
			if e.Name == "pack.export" {
				told = append(told, string(e.After))
			}
		}
		return err
	}))
	return told
}
