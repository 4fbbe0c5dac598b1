package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"duban/configs"
	"duban/workflow/seclog"
)

// openSecurityLog opens the file of the security log, which commands write to as well
// as the server; nil when it is no file.
func openSecurityLog(c configs.Log) (*logFile, error) {
	if c.Security == configs.SecurityStderr || c.Security == configs.SecurityNone {
		return nil, nil
	}
	f := &logFile{path: c.Security}
	if err := f.reopen(); err != nil {
		return nil, fmt.Errorf("log.security: %w", err)
	}
	return f, nil
}

// securityLog is where the house tells what concerns security: the file, or with
// everything else that a server says; nil when nobody wants it.
func (h *house) securityLog(stderr io.Writer) *seclog.Log {
	switch {
	case h.securityFile != nil:
		return seclog.New(h.securityFile)
	case h.config.Log.Security == configs.SecurityStderr && stderr != nil:
		return seclog.New(stderr)
	default:
		return nil
	}
}

// logFile is a file that lines are added to, readable to its owner and group only. It
// is opened again on SIGHUP, for those who move it away (logrotate).
type logFile struct {
	path string
	mu   sync.Mutex
	file *os.File
}

func (f *logFile) reopen() error {
	fresh, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file != nil {
		err = f.file.Close()
	}
	f.file = fresh
	return err
}

// Write implements io.Writer.
func (f *logFile) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file.Write(p)
}

func (f *logFile) close() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file.Close()
}

// reopenOnHangup opens the file again at each SIGHUP until ctx is done. Without a file
// SIGHUP does nothing, instead of ending the server.
func reopenOnHangup(ctx context.Context, f *logFile, log *slog.Logger) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	go func() {
		defer signal.Stop(hangup)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
			}
			if f == nil {
				continue
			}
			if err := f.reopen(); err != nil {
				log.Error("the security log cannot be opened again; the file before is still written to", "error", err)
			}
		}
	}()
}
