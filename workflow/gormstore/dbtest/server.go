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
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Server is a MariaDB on a Unix socket in a folder of its own that disappears
// with it. It can be killed and started again on the same data.
type Server struct {
	dir, mariadbd string
	wrap          []string
	admin         *sql.DB
	began         func(pid int) error
	process       *os.Process
	ended         <-chan struct{}
	stop          func()

	mu        sync.Mutex
	databases int
}

// startLimit is how long the server may take to answer; it takes well under a
// second where nothing else runs.
const startLimit = 90 * time.Second

var (
	startOnce sync.Once
	running   *Server
	startErr  error
)

// started returns the server of this process and starts it the first time.
func started() (*Server, error) {
	startOnce.Do(func() { running, startErr = newServer(nil) })
	return running, startErr
}

// NewServer starts a server that belongs to one test and ends with it. wrap, if
// not nil, gives what comes before the command that starts it, which must end in
// that command: for tests that confine the server. It is told the data folder.
func NewServer(t testing.TB, wrap func(data string) []string) *Server {
	t.Helper()
	s, err := newServer(wrap)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	return s
}

func newServer(wrap func(data string) []string) (*Server, error) {
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
	s := &Server{dir: dir, mariadbd: mariadbd}
	if wrap != nil {
		s.wrap = wrap(s.path("data"))
	}
	if err := os.CopyFS(s.path("data"), os.DirFS(template)); err != nil {
		return nil, errors.Join(fmt.Errorf("copying MariaDB's data folder: %w", err), os.RemoveAll(dir))
	}
	began, release, err := removeAfterDeath(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.began = began
	s.stop = sync.OnceFunc(func() {
		if s.admin != nil {
			_ = s.admin.Close()
		}
		s.Kill() // nothing of it is kept
		_ = os.RemoveAll(dir)
		release()
	})
	connector, err := mysql.NewConnector(s.config(""))
	if err == nil {
		s.admin = sql.OpenDB(connector)
		err = s.Start()
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// Start starts the server, on the data that an earlier run left, and returns when
// it answers.
func (s *Server) Start() error {
	log, err := os.Create(s.path("log"))
	if err != nil {
		return fmt.Errorf("making MariaDB's log: %w", err)
	}
	defer log.Close()
	command := slices.Concat(s.wrap, []string{s.mariadbd}, options(), []string{
		"--datadir=" + s.path("data"), "--socket=" + s.Socket(), "--pid-file=" + s.path("pid"),
		"--skip-networking", "--max-connections=300",
		"--innodb-flush-log-at-trx-commit=1", // what Duban requires, so what is tested
		"--innodb-buffer-pool-dump-at-shutdown=OFF", "--innodb-buffer-pool-load-at-startup=OFF",
		// A server that starts removes every #sql file from its temporary folder, also
		// those of other servers that share it.
		"--tmpdir=" + s.dir,
	})
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = log, log
	ended, err := StartTied(cmd)
	if err != nil {
		return fmt.Errorf("starting %s: %w", command[0], err)
	}
	s.process, s.ended = cmd.Process, ended
	err = s.began(cmd.Process.Pid)
	if err == nil {
		err = s.await()
	}
	if err != nil {
		said, _ := os.ReadFile(s.path("log"))
		return fmt.Errorf("MariaDB did not start: %w\n%s", err, said)
	}
	return nil
}

// Kill ends the server as a crash would and returns when it is gone.
func (s *Server) Kill() {
	if s.process == nil {
		return
	}
	_ = s.process.Kill() // it may be gone already
	<-s.ended
}

// Admin is a connection pool of the server's root.
func (s *Server) Admin() *sql.DB { return s.admin }

// Socket is the path of the server's Unix socket.
func (s *Server) Socket() string { return s.path("s") }

// Process is the running server.
func (s *Server) Process() *os.Process { return s.process }

// await returns as soon as the server answers.
func (s *Server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	for {
		err := s.admin.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

func (s *Server) config(database string) *mysql.Config {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Net, cfg.Addr, cfg.DBName = "root", "unix", s.Socket(), database
	cfg.Logger = &mysql.NopLogger{} // while the server starts, refused connections are normal
	return cfg
}

// Create makes an empty database and returns its DSN.
func (s *Server) Create() (dsn string, err error) {
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
	out, err := exec.Command(install, append(options(), "--datadir="+data, "--tmpdir="+making, "--auth-root-authentication-method=normal", "--skip-test-db")...).CombinedOutput()
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
