package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	testName   = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`")
	testFunc   = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9_]+)\(`)
	makeTarget = regexp.MustCompile("`make ([a-z-]+)`")
	lineOfASVS = regexp.MustCompile(`(?m)^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$`)
)

// Whatever docs/security.md says is tested by something is tested by something that
// is there; what it announces is not there yet.
func TestSecurityNamesRealTests(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllSubmatch(source, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	claims, announcement, _ := strings.Cut(string(text), "\n## Announced\n")
	var announced []string
	for _, m := range testName.FindAllStringSubmatch(announcement, -1) {
		announced = append(announced, m[1])
		if there[m[1]] {
			t.Errorf("%s is there and is still announced", m[1])
		}
	}
	for _, m := range testName.FindAllStringSubmatch(claims, -1) {
		if !there[m[1]] && !slices.Contains(announced, m[1]) {
			t.Errorf("there is no %s", m[1])
		}
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range makeTarget.FindAllStringSubmatch(string(text), -1) {
		if !strings.Contains(string(makefile), "\n"+m[1]+": ") {
			t.Errorf("there is no make %s", m[1])
		}
	}
}

// Each requirement stands once, with one of four answers.
func TestSecurityAnswersEachRequirementOnce(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range lineOfASVS.FindAllStringSubmatch(string(text), -1) {
		if seen[m[1]] {
			t.Errorf("%s stands twice", m[1])
		}
		seen[m[1]] = true
		if !slices.Contains([]string{"met", "partly", "not met", "yours"}, m[3]) || strings.TrimSpace(m[4]) == "" || strings.TrimSpace(m[5]) == "" {
			t.Errorf("%s is answered %q, %q, %q", m[1], m[3], m[4], m[5])
		}
	}
	if len(seen) != 194 {
		t.Errorf("%d requirements are answered, and 194 of 253 apply", len(seen))
	}
}
