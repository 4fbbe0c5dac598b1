// Build makes the program with its pages: the packages of the page, types from the
// program's own OpenAPI document, type check, page, program. `go build ./cmd/duban`
// alone makes a program without pages.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

const ui = "api/web/ui"

// oldestNode is the oldest Node, by its major version, that the build's tools run on.
const oldestNode = 20

func main() {
	version := flag.String("version", "dev", "version of the program")
	out := flag.String("out", "bin/duban", "where to put the program; empty: only the pages")
	flag.Parse()
	if err := build(*version, *out); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func build(version, out string) error {
	if err := node(); err != nil {
		return err
	}
	if err := packages(); err != nil {
		return err
	}
	document, err := output("go", "run", "./cmd/duban", "openapi")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(ui, "openapi.json"), document, 0o644); err != nil {
		return err
	}
	for _, script := range []string{"types", "check", "build"} {
		if err := run("npm", "run", "--silent", "--prefix", ui, script); err != nil {
			return err
		}
	}
	if out == "" {
		return nil
	}
	return run("go", "build", "-trimpath", "-ldflags", "-X main.version="+version, "-o", out, "./cmd/duban")
}

// node says in one sentence what to install where Node is missing or too old.
func node() error {
	missing := fmt.Errorf("the pages need Node %d or later with npm: install it (apt-get install nodejs npm, or https://nodejs.org) and try again", oldestNode)
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			return missing
		}
	}
	said, err := output("node", "--version")
	if err != nil {
		return err
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(string(said)), "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < oldestNode {
		return fmt.Errorf("%w (here is %s)", missing, bytes.TrimSpace(said))
	}
	return nil
}

// packages brings the packages that the lock file names, unless they are there already.
func packages() error {
	lock, err := os.ReadFile(filepath.Join(ui, "package-lock.json"))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(lock)
	want := hex.EncodeToString(sum[:])
	stamp := filepath.Join(ui, "node_modules", ".duban-lock")
	if has, err := os.ReadFile(stamp); err == nil && string(has) == want {
		return nil
	}
	if err := run("npm", "ci", "--prefix", ui, "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return fmt.Errorf("bringing the packages of the page: %w", err)
	}
	return os.WriteFile(stamp, []byte(want), 0o644)
}

func run(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

func output(name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err), errors.New(said.String()))
	}
	return out.Bytes(), nil
}
