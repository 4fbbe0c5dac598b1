package dbtest

import (
	"fmt"
	"os/exec"
	"strconv"
)

// clean waits until the test process is gone (its end of the pipe closes,
// however it died), makes sure that the server is gone too, and removes the
// folder. After an orderly stop there is neither server nor folder.
const clean = `cat >/dev/null
[ -d "$1" ] || exit 0
kill -9 "$2" 2>/dev/null
while kill -0 "$2" 2>/dev/null; do sleep 0.1; done
rm -rf -- "$1"`

// removeAfterDeath leaves somebody behind who removes the server's folder when
// this process dies; release sends them away.
func removeAfterDeath(dir string, pid int) (release func(), err error) {
	janitor := exec.Command("/bin/sh", "-c", clean, "sh", dir, strconv.Itoa(pid))
	pipe, err := janitor.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("making the janitor's pipe: %w", err)
	}
	if err := janitor.Start(); err != nil {
		return nil, fmt.Errorf("starting the janitor: %w", err)
	}
	return func() {
		_ = pipe.Close()
		_ = janitor.Wait()
	}, nil
}
