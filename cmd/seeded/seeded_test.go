//go:build seeded

package seeded

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// patience is for one run of tests. A mistake that makes them hang is not caught.
const patience = "3m"

// TestEverySeededBugIsCaught first runs the tests on the product, where they must
// pass, and then on each mistake, where one must fail: not by a hang, and not
// because the mistake does not compile. It prints a table.
func TestEverySeededBugIsCaught(t *testing.T) {
	t.Run("the tests pass without a mistake", func(t *testing.T) {
		patterns := map[string][]string{}
		for _, b := range bugs {
			if !slices.Contains(patterns[b.pkg], b.run) {
				patterns[b.pkg] = append(patterns[b.pkg], b.run)
			}
		}
		for pkg, runs := range patterns {
			for _, run := range runs {
				if out, err := command("test", "-count=1", "-timeout="+patience, "-run="+run, "-v", "./"+pkg); err != nil || !strings.Contains(out, "--- PASS: ") {
					t.Errorf("%s, %s: %v\n%s", pkg, run, err, out)
				}
			}
		}
	})
	if t.Failed() {
		t.Fatal("what fails without a mistake says nothing about mistakes")
	}
	var table strings.Builder
	tried, caught := 0, 0
	for _, b := range bugs {
		before, by := tried, ""
		t.Run(b.name, func(t *testing.T) {
			tried++
			by = b.try(t)
		})
		if tried == before { // -run left it out
			continue
		}
		if by == "" {
			by = "NOT CAUGHT"
		} else {
			caught++
		}
		fmt.Fprintf(&table, "%-68s  %s\n", b.name, by)
	}
	t.Logf("\n%s%d of %d caught", &table, caught, tried)
}

// try runs the tests on the mistake and returns the test that failed.
func (b bug) try(t *testing.T) (caughtBy string) {
	source, ok := b.seeded(t)
	if !ok {
		return ""
	}
	file, err := filepath.Abs(filepath.Join(root, b.file))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	wrong, overlay := filepath.Join(dir, filepath.Base(b.file)), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{file: wrong}})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{wrong: source, overlay: string(replace)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := command("build", "-overlay="+overlay, "./"+filepath.Dir(b.file)); err != nil {
		t.Fatalf("the mistake does not compile: %v\n%s", err, out)
	}
	out, err := command("test", "-overlay="+overlay, "-count=1", "-timeout="+patience, "-vet=off", "-run="+b.run, "./"+b.pkg)
	failed := failure.FindStringSubmatch(out)
	if err == nil || failed == nil {
		t.Errorf("not caught by %s in %s: %v\n%s", b.run, b.pkg, err, out)
		return ""
	}
	return failed[1]
}

// failure is how go test names a test that failed.
var failure = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// command runs go in the module's folder and returns what it prints.
func command(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}
