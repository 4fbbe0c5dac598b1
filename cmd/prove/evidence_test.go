package prove

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duban/cmd/workload"
)

// TestKillsLoseAndOrphanNoFile: clients upload files and report with them while the
// server is killed. Whatever was acknowledged is there afterwards, byte for byte; every
// row has its file, and after sweeping every file a row.
func TestKillsLoseAndOrphanNoFile(t *testing.T) {
	kills := count(t, "DUBAN_KILLS", 10)
	w := sqliteWorld(t)
	o := &office{world: w, folder: t.TempDir(), stop: make(chan struct{}), acked: map[upload]bool{}}
	w.server.environ = append(w.server.environ, "DUBAN_EVIDENCE_DIR="+o.folder, "DUBAN_EVIDENCE_PARALLEL=64")
	w.serve()
	began := time.Now()
	for n := range clients {
		o.wait.Go(func() { o.work(n) })
	}
	for range kills {
		o.strike()
	}
	close(o.stop)
	o.wait.Wait()
	for _, p := range o.problems {
		t.Error(p)
	}
	w.server.kill() // what is swept now was left by kills only
	o.swept += len(o.orphans())
	w.serve()
	for until := time.Now().Add(startLimit); len(o.orphans()) > 0 && time.Now().Before(until); {
		time.Sleep(20 * time.Millisecond)
	}
	lost, rows, files := o.judge()
	for _, args := range [][]string{{"evidence", "check"}, {"audit", "verify"}} {
		if said, err := w.server.run(t.Context(), args...); err != nil {
			t.Errorf("%v: %v\n%s", args, err, said)
		}
	}
	report(t, "%d kills: %d uploads and %d reports acknowledged, %d requests without an answer or refused with 503; %d uploads lost, %d files missing, %d orphans of %d files, %d that kills left were swept; %s",
		kills, len(o.acked), o.reports, o.unknown.Load(), lost, rows, len(o.orphans()), files, o.swept, time.Since(began).Round(time.Second))
	if len(o.acked) < kills {
		t.Errorf("only %d uploads were acknowledged during %d kills: there was no load", len(o.acked), kills)
	}
}

// upload is a file of a task that the server said it has.
type upload struct {
	task, digest string
	size         int64
}

// office is clients that upload and report.
type office struct {
	*world
	folder string
	stop   chan struct{}
	wait   sync.WaitGroup

	sending atomic.Bool // an upload is under way
	unknown atomic.Int64
	swept   int // files that kills left without a row

	mu       sync.Mutex
	acked    map[upload]bool
	reports  int
	problems []string
}

func (o *office) complain(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.problems = append(o.problems, fmt.Sprintf(format, args...))
}

// strike kills the server at any moment, or while a file is on its way, and starts it.
func (o *office) strike() {
	time.Sleep(time.Duration(random(300)) * time.Millisecond)
	if random(3) > 0 {
		o.sending.Store(false)
		for until := time.Now().Add(time.Second); !o.sending.Load() && time.Now().Before(until); {
			time.Sleep(50 * time.Microsecond)
		}
		time.Sleep(time.Duration(random(15_000)) * time.Microsecond)
	}
	o.server.kill()
	o.swept += len(o.orphans())
	must(o.t, o.server.start())
	must(o.t, o.server.awaitReady())
}

// work takes one task after another through uploads and a report.
func (o *office) work(client int) {
	for n := 0; ; n++ {
		life := workload.Life(campaign, region, 1_000_000*client+2*n)
		assigned, ok := o.step(life[0], "", nil)
		if !ok {
			return
		}
		var named []string
		for range 1 + random(3) {
			u, ok := o.upload(assigned.Task.ID, content())
			if !ok {
				return
			}
			if !slices.Contains(named, u.digest) {
				named = append(named, u.digest)
			}
		}
		answer, ok := o.step(life[1], assigned.Task.ID, named)
		if !ok {
			return
		}
		var said struct {
			Report struct {
				Evidence []struct {
					SHA256 string `json:"sha256"`
				} `json:"evidence"`
			} `json:"report"`
		}
		if err := json.Unmarshal(answer.Body, &said); err != nil || len(said.Report.Evidence) != len(named) {
			o.complain("a report with %d files was answered with %s", len(named), answer.Body)
		}
		o.mu.Lock()
		o.reports++
		o.mu.Unlock()
	}
}

// content is a file: small or some megabytes, and sometimes one that others upload as
// well.
func content() []byte {
	if random(3) == 0 {
		return fmt.Appendf(nil, "共用的文件 %d\n", random(5))
	}
	raw := make([]byte, []int{30, 3_000, 300_000, 3_000_000}[random(4)])
	for i := range raw {
		raw[i] = byte(rand.IntN(256))
	}
	return []byte(base64.StdEncoding.EncodeToString(raw))
}

// ended reports whether the clients are to go home.
func (o *office) ended() bool {
	select {
	case <-o.stop:
		return true
	default:
		return false
	}
}

// step sends a step, with evidence, until it is answered; false when the day is over.
func (o *office) step(step workload.Step, task string, evidence []string) (workload.Answer, bool) {
	body := map[string]any{}
	for name, value := range step.Body.(map[string]any) {
		body[name] = value
	}
	if len(evidence) > 0 {
		body["evidence"] = evidence
	}
	step.Body = body
	key := fmt.Sprintf("E%d", rand.Uint64())
	for !o.ended() {
		a, err := step.Send(context.Background(), o.people, task, key)
		if err == nil && a.OK() {
			return a, true
		}
		if err == nil && a.Status != http.StatusServiceUnavailable {
			o.complain("%s was answered with %d %s", step.Name, a.Status, a.Body)
			return a, false
		}
		o.unknown.Add(1)
		time.Sleep(time.Duration(1+random(15)) * time.Millisecond)
	}
	return workload.Answer{}, false
}

// upload sends a file until it is acknowledged.
func (o *office) upload(task string, content []byte) (upload, bool) {
	sum := sha256.Sum256(content)
	u := upload{task: task, digest: hex.EncodeToString(sum[:]), size: int64(len(content))}
	by := o.people.Reporter
	for !o.ended() {
		req, err := http.NewRequest(http.MethodPost, by.Base+"/api/v1/tasks/"+task+"/evidence?name=a.txt", &noticed{r: bytes.NewReader(content), sending: &o.sending})
		if err != nil {
			o.complain("%v", err)
			return u, false
		}
		req.ContentLength = u.size
		req.Header.Set("Content-Type", "application/octet-stream")
		req.Header.Set("Authorization", "Bearer "+by.Token)
		answer, err := by.HTTP.Do(req)
		if err == nil {
			said, readErr := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if err = readErr; err == nil && answer.StatusCode == http.StatusCreated {
				if !bytes.Contains(said, []byte(u.digest)) {
					o.complain("the upload of %s was answered with %s", u.digest, said)
				}
				o.mu.Lock()
				o.acked[u] = true
				o.mu.Unlock()
				return u, true
			}
			if err == nil && answer.StatusCode != http.StatusServiceUnavailable {
				o.complain("an upload was answered with %d %s", answer.StatusCode, said)
				return u, false
			}
		}
		o.unknown.Add(1)
		time.Sleep(time.Duration(1+random(15)) * time.Millisecond)
	}
	return u, false
}

// noticed tells when a file begins to be sent.
type noticed struct {
	r       io.Reader
	sending *atomic.Bool
}

func (n *noticed) Read(p []byte) (int, error) {
	n.sending.Store(true)
	return n.r.Read(p)
}

// stored are the uploads that the database has.
func (o *office) stored() map[upload]bool {
	o.t.Helper()
	tx, err := o.look.BeginTx(o.t.Context(), nil)
	must(o.t, err)
	defer func() { _ = tx.Rollback() }() // nothing was written
	all := map[upload]bool{}
	must(o.t, each(o.t.Context(), tx, "SELECT task_id, sha256, size FROM evidence", func(scan scanner) error {
		var u upload
		err := scan(&u.task, &u.digest, &u.size)
		all[u] = true
		return err
	}))
	return all
}

// files are all files below the folder, by path.
func (o *office) files() map[string]bool {
	o.t.Helper()
	all := map[string]bool{}
	must(o.t, filepath.WalkDir(o.folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all[path] = true
		}
		if os.IsNotExist(err) { // swept meanwhile
			return nil
		}
		return err
	}))
	return all
}

func (o *office) path(digest string) string { return filepath.Join(o.folder, digest[:2], digest[2:]) }

// orphans are files without a row, drafts that nobody finished among them.
func (o *office) orphans() []string {
	o.t.Helper()
	files := o.files()
	for u := range o.stored() {
		delete(files, o.path(u.digest))
	}
	var list []string
	for path := range files {
		list = append(list, path)
	}
	return list
}

// judge fails the test for what is lost or missing.
func (o *office) judge() (lost, missing, files int) {
	o.t.Helper()
	rows := o.stored()
	for u := range o.acked {
		if !rows[u] {
			lost++
			o.t.Errorf("an acknowledged upload is not there: %+v", u)
		}
	}
	for u := range rows {
		f, err := os.Open(o.path(u.digest))
		sum, size := sha256.New(), int64(0)
		if err == nil {
			size, err = io.Copy(sum, f)
			_ = f.Close()
		}
		if err != nil || size != u.size || hex.EncodeToString(sum.Sum(nil)) != u.digest {
			missing++
			o.t.Errorf("the file of %+v is not there, or not whole: %v", u, err)
		}
	}
	if left := o.orphans(); len(left) > 0 {
		o.t.Errorf("%d files without a row: %v", len(left), left[:min(5, len(left))])
	}
	return lost, missing, len(o.files())
}
