package prove

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"duban/workflow/gormstore/dbtest"
)

// disk is a small file system that only one process and its test see. It goes
// when the process ends.
type disk struct{ folder string } // as the test finds it

// confined mounts the disk, with what the folder holds, in place of the folder.
const confined = `mkdir "$1.disk" && mount -t tmpfs -o size="$2" tmpfs "$1.disk" && cp -a "$1/." "$1.disk/" && mount --bind "$1.disk" "$1" || {
	echo "this test mounts a small tmpfs and may not: run it as root, or where users may make namespaces" >&2; exit 1; }
shift 2
exec setpriv --pdeathsig KILL -- "$@"`

// onSmallDisk is what comes before a command so that it finds the folder on a
// disk of the given size.
func onSmallDisk(folder, size string) []string {
	command := []string{"unshare", "--mount"}
	if os.Geteuid() != 0 {
		command = append(command, "--map-current-user", "--keep-caps")
	}
	return append(command, "sh", "-c", confined, "sh", folder, size)
}

// seen is the disk of a process.
func seen(process *os.Process, folder string) *disk {
	return &disk{filepath.Join("/proc", strconv.Itoa(process.Pid), "root", folder)}
}

func (d *disk) filler() string { return filepath.Join(d.folder, "filler") }

// fill leaves not a byte.
func (d *disk) fill(t *testing.T) {
	t.Helper()
	f, err := os.Create(d.filler())
	must(t, err)
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 {
		for err == nil {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("filling the disk: %v", err)
		}
		err = nil
	}
}

// empty frees what fill took.
func (d *disk) empty(t *testing.T) {
	t.Helper()
	must(t, os.Remove(d.filler()))
}

func mariadbOnSmallDisk(t *testing.T) (*world, *disk) {
	t.Helper()
	folder := ""
	db := dbtest.NewServer(t, func(data string) []string {
		folder = data
		return onSmallDisk(data, "200m")
	})
	return onMariaDB(t, db, ""), seen(db.Process(), folder)
}

func sqliteOnSmallDisk(t *testing.T) (*world, *disk) {
	t.Helper()
	folder := t.TempDir()
	w := sqliteIn(t, folder)
	w.server.wrap = onSmallDisk(folder, "16m")
	w.serve()
	return w, seen(w.server.process, folder)
}
