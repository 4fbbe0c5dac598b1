package workbook_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"duban/workflow/gormstore/dbtest"
	"duban/workflow/workbook"
)

// mostMemory is what reading a hostile file may take in all, the program included.
const mostMemory = 64 << 20

// readAlone reads one file in a process that does nothing else, and prints what came
// of it.
func readAlone(name string) {
	data, err := os.ReadFile(name)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	begun := time.Now()
	_, err = workbook.Read(data)
	took := time.Since(begun)
	status, _ := os.ReadFile("/proc/self/status")
	_, most, _ := strings.Cut(string(status), "VmHWM:")
	most, _, _ = strings.Cut(most, "kB")
	fmt.Printf("%s\n%s\n%s\n", strings.Join(rules(err), " "), took.Round(time.Millisecond), strings.TrimSpace(most))
}

// TestHostileFilesAreRefusedByName, each in a process of its own, within the memory
// that one may take.
func TestHostileFilesAreRefusedByName(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	file := filepath.Join(t.TempDir(), "hostile.xlsx")
	list := hostiles(t, w.download(pengjiang))
	var most int64
	var slowest time.Duration
	var slow string
	for _, h := range list {
		must(t, os.WriteFile(file, h.data, 0o600))
		cmd := exec.Command(os.Args[0])
		// One processor, so that how far the collector lags behind is the file's doing and not
		// that of whatever else runs.
		cmd.Env = append(os.Environ(), "DUBAN_TEST_READ="+file, "GOMEMLIMIT=48MiB", "GOMAXPROCS=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", h.name, err, out)
			continue
		}
		lines := strings.Split(string(out), "\n")
		got, took := lines[0], lines[1]
		if got != h.want {
			t.Errorf("%s: %q, want %q", h.name, got, h.want)
		}
		// Not ru_maxrss: it counts the process from which this one was forked.
		memory, err := strconv.ParseInt(lines[2], 10, 64)
		must(t, err)
		memory <<= 10
		if memory > mostMemory {
			t.Errorf("%s takes %d MB", h.name, memory>>20)
		}
		most = max(most, memory)
		if d, err := time.ParseDuration(took); err == nil && d > slowest {
			slowest, slow = d, h.name
		}
		t.Logf("%-50s %-14s %8s %4d MB", h.name, got, took, memory>>20)
	}
	if len(list) < 50 {
		t.Errorf("only %d kinds", len(list))
	}
	t.Logf("%d hostile files: at most %d MB, the slowest %s (%s)", len(list), most>>20, slowest, slow)
}
