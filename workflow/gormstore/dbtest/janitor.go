package dbtest

import (
	"fmt"
	"os/exec"
)

// clean reads the server's process ids until the test process is gone (its end of
// the pipe closes, however it died), makes sure that the last server is gone too,
// and removes the folder. After an orderly stop there is neither server nor folder.
const clean = `while read -r line; do pid=$line; done
[ -d "$1" ] || exit 0
if [ -n "$pid" ]; then
	kill -9 "$pid" 2>/dev/null
	while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
fi
rm -rf -- "$1"`

// removeAfterDeath leaves somebody behind who removes the server's folder when
// this process dies. began says which process the server is now; release sends
// them away.
func removeAfterDeath(dir string) (began func(pid int) error, release func(), err error) {
	janitor := exec.Command("/bin/sh", "-c", clean, "sh", dir)
	pipe, err := janitor.StdinPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("making the janitor's pipe: %w", err)
	}
	if err := janitor.Start(); err != nil {
		return nil, nil, fmt.Errorf("starting the janitor: %w", err)
	}
	began = func(pid int) error {
		_, err := fmt.Fprintln(pipe, pid)
		return err
	}
	return began, func() {
		_ = pipe.Close()
		_ = janitor.Wait()
	}, nil
}
