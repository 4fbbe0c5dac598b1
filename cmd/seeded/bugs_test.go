// Package seeded is how we know that the tests work: known mistakes, each put
// into a copy of one source file, and the tests that must then fail. Nothing of
// them is in the product.
package seeded

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root is the module's folder as seen from this one.
const root = "../.."

// bug is one mistake: in file, the text right becomes wrong, and what that needs
// is added at the end. One of the tests of pkg that match run must fail then.
type bug struct {
	name         string
	file         string
	right, wrong string
	also         string
	pkg, run     string
}

// seeded returns the file with the mistake in it, and false unless the right text
// stands in it exactly once.
func (b bug) seeded(t *testing.T) (string, bool) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, b.file))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), b.right); n != 1 {
		t.Errorf("%s: %s has the text %d times, not once: bring the table up to date\n%s", b.name, b.file, n, b.right)
		return "", false
	}
	return strings.Replace(string(source), b.right, b.wrong, 1) + b.also, true
}

// TestEveryMistakeHasItsPlace keeps the table true while the code moves on; the
// mistakes themselves are tried by `make test-seeded`.
func TestEveryMistakeHasItsPlace(t *testing.T) {
	names := map[string]bool{}
	for _, b := range bugs {
		if names[b.name] {
			t.Errorf("%q stands twice", b.name)
		}
		names[b.name] = true
		b.seeded(t)
	}
}
