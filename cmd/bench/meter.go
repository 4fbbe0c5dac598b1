package bench

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"duban/migrations"
	"duban/workflow/gormstore"
)

// meter reads processor time and allocations of this process, and processor time
// of the database's where it runs on this machine.
type meter struct{ database int }

type reading struct {
	server, database time.Duration
	mallocs          uint64
}

func (r reading) minus(s reading) reading {
	return reading{r.server - s.server, r.database - s.database, r.mallocs - s.mallocs}
}

func newMeter(ctx context.Context, c gormstore.Config) meter {
	var m meter
	if c.Dialect != migrations.MySQL {
		return m
	}
	db, err := sql.Open("mysql", c.DSN)
	if err != nil {
		return m
	}
	defer db.Close()
	var file string
	if err := db.QueryRowContext(ctx, "SELECT @@pid_file").Scan(&file); err != nil {
		return m
	}
	if text, err := os.ReadFile(file); err == nil {
		_, _ = fmt.Sscan(string(text), &m.database)
	}
	return m
}

func (m meter) read() reading {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return reading{
		server:   time.Duration(usage.Utime.Nano() + usage.Stime.Nano()),
		database: processorTime(m.database),
		mallocs:  memory.Mallocs,
	}
}

// ticks is the unit of /proc/PID/stat on Linux: a hundredth of a second.
const ticks = 10 * time.Millisecond

// processorTime is user and system time of a process by /proc; 0 where that is
// not to be had.
func processorTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name, in brackets, may hold anything; fields are counted after it.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var user, system int64
	if len(fields) > 12 {
		_, _ = fmt.Sscan(fields[11], &user)
		_, _ = fmt.Sscan(fields[12], &system)
	}
	return time.Duration(user+system) * ticks
}
