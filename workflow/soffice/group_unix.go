//go:build unix

package soffice

import (
	"os/exec"
	"syscall"
)

// wholeGroup makes the end of the command that of the processes it started, too.
func wholeGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
