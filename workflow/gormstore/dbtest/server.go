package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
)

// server is a MariaDB of this process alone, on a Unix socket in a folder of its
// own that disappears with it.
type server struct {
	dir   string
	admin *sql.DB
	stop  func()

	mu        sync.Mutex
	databases int
}

// startLimit is how long the server may take to answer; it takes well under a
// second where nothing else runs.
const startLimit = 90 * time.Second

var (
	startOnce sync.Once
	running   *server
	startErr  error
)

// started returns the server of this process and starts it the first time.
func started() (*server, error) {
	startOnce.Do(func() { running, startErr = start() })
	return running, startErr
}

func start() (*server, error) {
	mariadbd, err := program("mariadbd")
	if err != nil {
		return nil, err
	}
	template, err := templateFolder(mariadbd)
	if err != nil {
		return nil, fmt.Errorf("preparing MariaDB's data folder: %w", err)
	}
	// Directly under the temporary folder: the path of a socket is at most 107 bytes.
	dir, err := os.MkdirTemp("", "duban-mariadb-")
	if err != nil {
		return nil, fmt.Errorf("making MariaDB's data folder: %w", err)
	}
	s := &server{dir: dir}
	if err := os.CopyFS(s.path("data"), os.DirFS(template)); err != nil {
		return nil, errors.Join(fmt.Errorf("copying MariaDB's data folder: %w", err), os.RemoveAll(dir))
	}
	log, err := os.Create(s.path("log"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("making MariaDB's log: %w", err), os.RemoveAll(dir))
	}
	defer log.Close()
	cmd := exec.Command(mariadbd, append(options(),
		"--datadir="+s.path("data"), "--socket="+s.path("s"), "--pid-file="+s.path("pid"),
		"--skip-networking", "--max-connections=300",
		"--innodb-flush-log-at-trx-commit=1", // what Duban requires, so what is tested
		"--innodb-buffer-pool-dump-at-shutdown=OFF", "--innodb-buffer-pool-load-at-startup=OFF",
	)...)
	cmd.Stdout, cmd.Stderr = log, log
	ended, err := startTied(cmd)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", mariadbd, err), os.RemoveAll(dir))
	}
	release, err := removeAfterDeath(dir, cmd.Process.Pid)
	if err != nil {
		_ = cmd.Process.Kill()
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.stop = sync.OnceFunc(func() {
		if s.admin != nil {
			_ = s.admin.Close()
		}
		_ = cmd.Process.Kill() // nothing of it is kept
		<-ended
		_ = os.RemoveAll(dir)
		release()
	})
	if err := s.await(ended); err != nil {
		said, _ := os.ReadFile(s.path("log"))
		s.stop()
		return nil, fmt.Errorf("MariaDB did not start: %w\n%s", err, said)
	}
	return s, nil
}

// await connects as soon as the server answers.
func (s *server) await(ended <-chan struct{}) error {
	connector, err := mysql.NewConnector(s.config(""))
	if err != nil {
		return err
	}
	s.admin = sql.OpenDB(connector)
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	for {
		err := s.admin.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) path(name string) string { return filepath.Join(s.dir, name) }

func (s *server) config(database string) *mysql.Config {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Net, cfg.Addr, cfg.DBName = "root", "unix", s.path("s"), database
	cfg.Logger = &mysql.NopLogger{} // while the server starts, refused connections are normal
	return cfg
}

// create makes an empty database and returns its DSN.
func (s *server) create() (dsn string, err error) {
	s.mu.Lock()
	s.databases++
	name := "duban_" + strconv.Itoa(s.databases)
	s.mu.Unlock()
	if _, err := s.admin.Exec("CREATE DATABASE " + name + " CHARACTER SET utf8mb4"); err != nil {
		return "", fmt.Errorf("creating database %s: %w", name, err)
	}
	return s.config(name).FormatDSN(), nil
}

// options are those that both the preparation and the server run with. All
// buffers are small: several packages test at once.
func options() []string {
	o := []string{
		"--no-defaults",
		"--innodb-buffer-pool-size=24M", "--innodb-log-file-size=8M", "--innodb-undo-tablespaces=0",
		"--innodb-data-file-path=ibdata1:4M:autoextend", "--innodb-temp-data-file-path=ibtmp1:4M:autoextend",
		"--key-buffer-size=64K", "--aria-pagecache-buffer-size=1M", "--performance-schema=OFF", "--skip-log-bin",
	}
	if os.Geteuid() == 0 {
		o = append(o, "--user=root") // it refuses to run as root unless told so
	}
	return o
}

// templateFolder returns a freshly installed data folder, made once for each
// version of the server and set of options and kept in the user's cache.
func templateFolder(mariadbd string) (string, error) {
	version, err := exec.Command(mariadbd, "--no-defaults", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("asking %s for its version: %w", mariadbd, err)
	}
	cache, err := os.UserCacheDir()
	if err != nil { // no home folder
		cache = filepath.Join(os.TempDir(), "cache-"+strconv.Itoa(os.Geteuid()))
	}
	key := sha256.Sum256([]byte(string(version) + strings.Join(options(), " ")))
	folder := filepath.Join(cache, "duban", fmt.Sprintf("mariadb-%x", key[:6]))
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	install, err := program("mariadb-install-db")
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return "", fmt.Errorf("making the cache folder: %w", err)
	}
	making, err := os.MkdirTemp(filepath.Dir(folder), "making-")
	if err != nil {
		return "", fmt.Errorf("making the cache folder: %w", err)
	}
	defer os.RemoveAll(making)
	data := filepath.Join(making, "data")
	out, err := exec.Command(install, append(options(), "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("running %s: %w\n%s", install, err, out)
	}
	// Another package may have been faster; its folder is as good.
	if err := os.Rename(data, folder); err != nil {
		if _, statErr := os.Stat(folder); statErr != nil {
			return "", fmt.Errorf("keeping the data folder: %w", err)
		}
	}
	return folder, nil
}

// program finds a program of the server, which Debian keeps outside the PATH of
// ordinary users.
func program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	path := filepath.Join("/usr/sbin", name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("these tests need a real MariaDB, and %s is not there: install mariadb-server or use `make test`", name)
	}
	return path, nil
}
