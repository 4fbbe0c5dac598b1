// Package power replays the loss of power on SQLite. The real program runs under
// strace, which writes down everything that reaches the files of the database
// and every answer that leaves, in one order. From that record it makes the
// files that a power cut at any moment could leave (see disk.image), opens them
// and looks for what had been acknowledged.
//
// What it takes for granted: a sector of 512 bytes is written whole or not at
// all; an fsync that returned has put its file's earlier writes, and its length,
// on the disk, and so has fdatasync; nothing else has. A new or removed name
// lasts from the fsync of its folder on. What was there when the recording began
// is on the disk. The wal-index (-shm) never is.
package power

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// weakenings are the places in the store that make SQLite sync every commit, and
// what stands there in a program that does not.
func weakenings(synchronous string) map[string]string {
	return map[string]string{
		"const synchronousFull = 2":     "const synchronousFull = 0",
		`q.Set("_synchronous", "FULL")`: fmt.Sprintf("q.Set(%q, %q)", "_synchronous", synchronous),
	}
}

// Build compiles the program into dir and returns its path. With a synchronous
// setting other than FULL the store's sources are replaced while compiling
// (go build -overlay); the project's own files stay as they are. root is the
// folder of go.mod.
func Build(root, dir, synchronous string) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "duban-"+strings.ToLower(synchronous))
	args := []string{"build", "-o", program}
	if synchronous != "FULL" {
		overlay, err := weakened(root, dir, synchronous)
		if err != nil {
			return "", err
		}
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.Command("go", append(args, "./cmd/duban")...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program with synchronous=%s: %w: %s", synchronous, err, out)
	}
	return program, nil
}

// weakened writes the replaced sources and returns the overlay that names them.
func weakened(root, dir, synchronous string) (string, error) {
	sources, err := filepath.Glob(filepath.Join(root, "workflow/gormstore/*.go"))
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	places := weakenings(synchronous)
	for _, source := range sources {
		is, err := os.ReadFile(source)
		if err != nil {
			return "", fmt.Errorf("reading the store: %w", err)
		}
		becomes := is
		for strong, weak := range places {
			if bytes.Count(is, []byte(strong)) == 1 {
				becomes = bytes.Replace(becomes, []byte(strong), []byte(weak), 1)
				delete(places, strong)
			}
		}
		if bytes.Equal(is, becomes) {
			continue
		}
		replace[source] = filepath.Join(dir, synchronous+"-"+filepath.Base(source))
		if err := os.WriteFile(replace[source], becomes, 0o600); err != nil {
			return "", fmt.Errorf("writing the weakened store: %w", err)
		}
	}
	if len(places) > 0 {
		return "", fmt.Errorf("workflow/gormstore no longer has %v: bring weakenings up to date", places)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, synchronous+".json")
	if err := os.WriteFile(path, overlay, 0o600); err != nil {
		return "", fmt.Errorf("writing the overlay: %w", err)
	}
	return path, nil
}
