//go:build !linux

package dbtest

import "os/exec"

// StartTied starts a command; removeAfterDeath kills it when this process dies.
// The channel closes when the command ends.
func StartTied(cmd *exec.Cmd) (ended <-chan struct{}, err error) {
	done := make(chan struct{})
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // it ends by being killed
		close(done)
	}()
	return done, nil
}
