package prove

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"duban/cmd/workload"
)

// recovery is how soon after its cause ended an outage must be over, without
// anybody touching the program.
const recovery = 5 * time.Second

// outage is a life in the middle of which something breaks.
type outage struct {
	*world
	crowd *crowd // nobody in it: steps are sent one by one
	life  *life
	began time.Time
}

// peaceful starts the server and assigns a task, before anything breaks.
func peaceful(w *world) *outage {
	w.t.Helper()
	w.serve()
	return assigned(w)
}

func assigned(w *world) *outage {
	w.t.Helper()
	o := &outage{world: w, crowd: gather(w, 0, nil)}
	o.life = o.crowd.begin()
	if !o.crowd.carryOut(o.life, 0) {
		w.t.Fatalf("before anything broke: %v", o.crowd.problems)
	}
	return o
}

// send sends the next step of the life once.
func (o *outage) send(lang string) workload.Answer {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), limit)
	defer cancel()
	k := len(o.life.answered)
	o.life.sent = k + 1
	a, err := o.life.steps[k].Send(ctx, o.speaking(lang), o.life.task, o.life.key(k))
	if err != nil {
		o.t.Errorf("the step was not answered: %v", err)
	}
	return a
}

func (o *outage) speaking(lang string) workload.People {
	p := o.people
	p.Supervisor.Lang, p.Reporter.Lang, p.Reviewer.Lang = lang, lang, lang
	return p
}

// refuses sends the next step in both languages: 503, a text, when to come back.
func (o *outage) refuses(codes ...string) {
	o.t.Helper()
	for _, lang := range []string{"zh", "en"} {
		o.refused(o.send(lang), lang, codes...)
	}
}

// refused holds an answer against what a refusal must be.
func (o *outage) refused(a workload.Answer, lang string, codes ...string) {
	o.t.Helper()
	var p struct{ Detail string }
	_ = json.Unmarshal(a.Body, &p) // without a text it is ""
	text := p.Detail
	switch {
	case a.Status != http.StatusServiceUnavailable || a.Header.Get("Content-Type") != "application/problem+json" || !slices.Contains(codes, codeOf(a)):
		o.t.Errorf("the step was answered with %d %s, want 503 and one of %v\n%s", a.Status, a.Body, codes, o.server.said())
	case a.Header.Get("Retry-After") == "":
		o.t.Errorf("the refusal does not say when to come back: %v", a.Header)
	case text == "" || strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) != (lang == "zh"):
		o.t.Errorf("the refusal says %q in %s", text, lang)
	}
	report(o.t, "refused with %d %s: %s", a.Status, codeOf(a), text)
}

// reads looks at the task over HTTP; it must work, or be refused with 503.
func (o *outage) reads(want bool) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), limit)
	defer cancel()
	a, err := o.people.Reviewer.Do(ctx, http.MethodGet, "/tasks/"+o.life.task, "", nil)
	must(o.t, err)
	if a.OK() != want || !want && a.Status != http.StatusServiceUnavailable {
		o.t.Errorf("reading was answered with %d %s, want it to work: %t", a.Status, a.Body, want)
	}
}

// isReady asks /readyz.
func (o *outage) isReady(want bool) {
	o.t.Helper()
	began := time.Now()
	if is := o.server.ready(); is != want {
		o.t.Errorf("/readyz is %t, want %t", is, want)
	}
	if took := time.Since(began); took > recovery-time.Second {
		o.t.Errorf("/readyz took %s to answer", took)
	}
}

// over marks the end of the cause.
func (o *outage) over() { o.began = time.Now() }

// recovers waits until the step that was refused is done and the server ready,
// and lets the life end.
func (o *outage) recovers() {
	o.t.Helper()
	stepped := o.crowd.carryOut(o.life, len(o.life.answered))
	step := time.Since(o.began)
	must(o.t, o.server.awaitReady())
	took := time.Since(o.began)
	for k := len(o.life.answered); stepped && k < len(o.life.steps); k++ {
		stepped = o.crowd.carryOut(o.life, k)
	}
	for k := range o.life.answered {
		o.crowd.again(o.life, k)
	}
	for _, p := range o.crowd.problems {
		o.t.Error(p)
	}
	o.judge(o.crowd, "after the outage")
	if took > recovery {
		o.t.Errorf("everything worked again %s after the cause had ended, want at most %s", took, recovery)
	}
	report(o.t, "recovered by itself: step done %s, ready %s after the cause had ended", step.Round(time.Millisecond), took.Round(time.Millisecond))
}

// standsStill waits until every thread of a process that was told to stop has: until
// then some may still answer.
func standsStill(t *testing.T, pid int) {
	t.Helper()
	for until := time.Now().Add(recovery); time.Now().Before(until); time.Sleep(time.Millisecond) {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		must(t, err)
		if len(threads) > 0 && !slices.ContainsFunc(threads, func(thread string) bool {
			stat, err := os.ReadFile(thread)
			_, state, _ := strings.Cut(string(stat), ") ")
			return err != nil || !strings.HasPrefix(state, "T")
		}) {
			return
		}
	}
	t.Fatalf("process %d goes on", pid)
}

// TestOutagesOfMariaDB: the database is gone, hangs or takes no writes.
func TestOutagesOfMariaDB(t *testing.T) {
	t.Parallel()
	t.Run("stopped", func(t *testing.T) {
		w, db := mariadbWorld(t)
		o := peaceful(w)
		db.Kill()
		o.refuses("store.connection")
		o.reads(false)
		o.isReady(false)
		must(t, db.Start())
		o.over()
		o.recovers()
	})
	t.Run("hanging", func(t *testing.T) {
		w, db := mariadbWorld(t)
		o := peaceful(w)
		must(t, db.Process().Signal(syscall.SIGSTOP))
		standsStill(t, db.Process().Pid)
		o.isReady(false)
		must(t, db.Process().Signal(syscall.SIGCONT))
		o.over()
		o.recovers()
	})
	t.Run("read-only", func(t *testing.T) {
		w, db := mariadbWorld(t)
		o := peaceful(w)
		set := func(value string) {
			_, err := db.Admin().Exec("SET GLOBAL read_only = " + value)
			must(t, err)
		}
		set("ON")
		o.isReady(false)
		o.refuses("store.read_only")
		o.reads(true)
		o.isReady(false)
		set("OFF")
		o.over()
		o.recovers()
	})
	t.Run("disk full", func(t *testing.T) {
		w, disk := mariadbOnSmallDisk(t)
		w.serve()
		fullDisk(t, w, disk, "store.disk_full")
	})
}

// TestOutagesOfSQLite: the file cannot grow, or not be written.
func TestOutagesOfSQLite(t *testing.T) {
	t.Parallel()
	t.Run("disk full", func(t *testing.T) {
		w, disk := sqliteOnSmallDisk(t)
		fullDisk(t, w, disk, "store.disk_full", "store.commit_unknown")
	})
	t.Run("read-only", readOnlySQLite)
}

// fullDisk fills the disk, lets steps go on in the space that the database still
// has, and frees it again.
func fullDisk(t *testing.T, w *world, disk *disk, codes ...string) {
	o := assigned(w)
	disk.fill(t)
	for range 500 {
		if a := o.send("en"); !a.OK() {
			break
		}
		if !o.crowd.carryOut(o.life, len(o.life.answered)) { // its answer, once more
			t.Fatal(o.crowd.problems)
		}
		if len(o.life.answered) == len(o.life.steps) {
			o.life = o.crowd.begin()
		}
	}
	o.refuses(codes...)
	o.isReady(false)
	if o.life.task != "" {
		o.reads(true)
	}
	disk.empty(t)
	if w.look == nil { // SQLite finds no file by its path in another's file system
		w.confined = disk.folder
	}
	o.over()
	o.recovers()
}

// readOnlySQLite: a file that the program may only read. Permissions are looked at
// when a file is opened, so a server that has it open goes on saving whatever
// becomes of them; here it opens the file for reading.
func readOnlySQLite(t *testing.T) {
	w := sqliteWorld(t)
	path := "DUBAN_DATABASE_PATH=" + w.file
	w.server.environ = append(w.server.environ, strings.Replace(path, "=", "=file:", 1)+"?_query_only=1")
	must(t, w.server.start())
	w.server.awaitAnswers()
	o := &outage{world: w, crowd: gather(w, 0, nil)}
	o.life = o.crowd.begin()
	o.refuses("store.read_only")
	o.isReady(false)
	w.server.kill()
	w.server.environ = append(w.server.environ, path)
	o.over()
	must(t, w.server.start())
	o.recovers()
}
