package dbtest

import (
	"os/exec"
	"runtime"
	"syscall"
)

// StartTied starts a command that the kernel kills when this process dies in
// whatever way. The channel closes when the command ends.
//
// The kernel watches the thread that started the command, so that thread waits
// for its end and is not given back to Go before.
func StartTied(cmd *exec.Cmd) (ended <-chan struct{}, err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	done := make(chan struct{})
	began := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		began <- err
		if err == nil {
			_ = cmd.Wait() // it ends by being killed
		}
		close(done)
	}()
	return done, <-began
}
