package power

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"duban/cmd/workload"
	"duban/migrations"
	"duban/workflow"
	"duban/workflow/gormstore"
)

// images is how many images are made of the recording at synchronous=FULL;
// DUBAN_IMAGES asks for more. DUBAN_SEED repeats a run's choices, as far as a
// recording is like another.
const images = 360

func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s must be a number from 1 on, not %q", variable, text)
	}
	return n
}

// outcome is what the images of one recording had to say together.
type outcome struct {
	images, cuts, steps int
	checked             int // acknowledged steps looked for, over all images
	lost                int // of them not there
	losing              int // images that lost a step
	broken              []string
	first               string // the first loss
}

// TestNoAcknowledgedStepIsLostWithThePower: at synchronous=FULL every image has
// every step that was acknowledged before the cut, and nothing in it is half
// done. The same search finds lost steps at NORMAL and damage at OFF: it would
// find them at FULL.
func TestNoAcknowledgedStepIsLostWithThePower(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Fatal("strace is missing: make tools installs it (apt-get install strace)")
	}
	n := number(t, "DUBAN_IMAGES", images)
	load := Load{Clients: 4, Lives: 30 + n/40, Kills: 3 + n/400}
	seed := uint64(number(t, "DUBAN_SEED", 1))

	full := search(t, "FULL", load, n, seed)
	normal := search(t, "NORMAL", Load{Clients: 4, Lives: 24, Kills: 1}, min(n/3, 600), seed)
	off := search(t, "OFF", Load{Clients: 4, Lives: 36, Kills: 1}, min(n/3, 600), seed)

	if full.lost > 0 || len(full.broken) > 0 {
		t.Errorf("at FULL %d acknowledged steps are lost (%s) and %d images are broken: %s", full.lost, full.first, len(full.broken), strings.Join(full.broken, "\n"))
	}
	if normal.lost == 0 {
		t.Error("at NORMAL no step is lost: this harness cannot fail")
	}
	if len(normal.broken) > 0 {
		t.Errorf("at NORMAL a cut may lose steps and not break anything: %s", strings.Join(normal.broken, "\n"))
	}
	if len(off.broken) == 0 {
		t.Error("at OFF no image is broken: this harness cannot see damage")
	}
}

// search records the program with a setting and looks at n images.
func search(t *testing.T, synchronous string, load Load, n int, seed uint64) outcome {
	t.Helper()
	recording := record(t, synchronous, load)
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	cuts := recording.Cuts((n+Images-1)/Images, random)
	cuts[0] = recording.End
	type job struct {
		cut, kind int
		seed      uint64
	}
	jobs := make(chan job)
	o := outcome{images: len(cuts) * Images, cuts: len(cuts), steps: len(recording.Acks)}
	var mu sync.Mutex
	var working sync.WaitGroup
	for range 2 {
		working.Go(func() {
			for j := range jobs {
				f, err := try(t, recording, j.cut, j.kind, j.seed)
				mu.Lock()
				if err != nil {
					t.Error(err)
				}
				o.add(f, fmt.Sprintf("cut %d, kind %d", j.cut, j.kind))
				mu.Unlock()
			}
		})
	}
	for _, cut := range cuts {
		for kind := range Images {
			jobs <- job{cut, kind, random.Uint64()}
		}
	}
	close(jobs)
	working.Wait()
	fmt.Printf("power loss, synchronous=%s: %d images of %d cuts in %d steps acknowledged (%d kills); %d steps looked for, %d lost in %d images; %d images broken\n",
		synchronous, o.images, o.cuts, o.steps, load.Kills, o.checked, o.lost, o.losing, len(o.broken))
	return o
}

func (o *outcome) add(f Finding, where string) {
	o.checked += f.Acknowledged
	o.lost += len(f.Lost)
	if len(f.Lost) > 0 {
		if o.losing++; o.first == "" {
			o.first = fmt.Sprintf("%s: %+v", where, f.Lost[0])
		}
	}
	if f.Broken != nil {
		o.broken = append(o.broken, fmt.Sprintf("%s: %v", where, f.Broken))
	}
}

func try(t *testing.T, r *Recording, cut, kind int, seed uint64) (Finding, error) {
	dir, err := os.MkdirTemp("", "duban-power-")
	if err != nil {
		return Finding{}, err
	}
	defer os.RemoveAll(dir)
	return r.Try(t.Context(), dir, cut, kind, rand.New(rand.NewPCG(seed, 0)))
}

// record builds the program, gives it a database with people and records it.
func record(t *testing.T, synchronous string, load Load) *Recording {
	t.Helper()
	program, err := Build("../..", t.TempDir(), synchronous)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cfg := gormstore.Config{Dialect: migrations.SQLite, Path: filepath.Join(dir, DatabaseName)}
	environ := []string{"DUBAN_DATA_DIR=" + t.TempDir(), "DUBAN_DATABASE_DIALECT=sqlite", "DUBAN_DATABASE_PATH=" + cfg.Path,
		"DUBAN_LISTEN=127.0.0.1:0", "DUBAN_LANG=en", "DUBAN_LOG_LEVEL=warn"}
	duban := func(args ...string) string {
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), environ...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("duban %s: %v", strings.Join(args, " "), err)
		}
		return strings.TrimSpace(string(out))
	}
	duban("migrate")
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	err = store.Update(t.Context(), func(tx workflow.Tx) error {
		return tx.InsertRegion(workflow.Region{Code: region, Name: "蓬江区"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	person := func(role string) workload.Client {
		login := strings.Split(role, ":")[0]
		duban("user", "add", login, "--name", login, "--role", role)
		return workload.Client{Token: duban("user", "token", login)}
	}
	recording, err := Record(t.Context(), program, dir, environ, workload.People{
		Region: region, Supervisor: person("supervisor"), Reporter: person("reporter:" + region), Reviewer: person("reviewer"),
	}, load)
	if err != nil {
		t.Fatal(err)
	}
	return recording
}
