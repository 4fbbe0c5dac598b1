package prove

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"duban/workflow/gormstore/dbtest"
)

func TestMain(m *testing.M) {
	code := dbtest.Main(m)
	if scratch != "" {
		_ = os.RemoveAll(scratch)
	}
	os.Exit(code)
}

// scratch is the folder of the built program.
var scratch string

// program builds the real binary, once.
var program = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("DUBAN_BINARY"); given != "" {
		return filepath.Abs(given)
	}
	dir, err := os.MkdirTemp("", "duban-prove-")
	if err != nil {
		return "", err
	}
	scratch = dir
	path := filepath.Join(dir, "duban")
	if out, err := exec.Command("go", "build", "-o", path, "duban/cmd/duban").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// count reads how often something is to be done.
func count(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is not a number of times", variable, text)
	}
	return n
}

// report prints a line of figures where it can be copied from, also when the
// test passes and nobody asked for its log.
func report(t *testing.T, format string, args ...any) {
	t.Helper()
	line := fmt.Sprintf(format, args...)
	t.Log(line)
	fmt.Println(t.Name()+":", line)
}
