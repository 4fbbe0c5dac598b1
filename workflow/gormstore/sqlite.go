package gormstore

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"gorm.io/driver/sqlite"
	_ "modernc.org/sqlite" // the driver "sqlite", without cgo
)

// oldestSQLite is the first release without the WAL-reset bug, which could
// corrupt a database with more than one connection.
const oldestSQLite = "3.51.3"

// synchronousFull is the value of PRAGMA synchronous from which on a commit
// outlives a loss of power.
const synchronousFull = 2

// connectSQLite opens two pools: a single connection that writes, so that
// writers queue in Go instead of polling for the file lock, and several that can
// only read.
func (s *Store) connectSQLite(ctx context.Context) error {
	file, params, err := parsePath(s.cfg.Path)
	if err != nil {
		return err
	}
	// Created here because SQLite would make it readable to everybody.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return unavailable("store.file", "无法打开 SQLite 数据库文件 "+file, "The SQLite database file "+file+" cannot be opened").Because(err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("closing %s: %w", file, err)
	}
	writing, reading := dsn(file, params, false), dsn(file, params, true)
	for _, source := range []string{writing, reading} {
		pool, err := sql.Open("sqlite", source)
		if err != nil {
			return fmt.Errorf("opening %s: %w", file, err)
		}
		s.pools = append(s.pools, pool)
	}
	s.pools[0].SetMaxOpenConns(1)
	s.pools[1].SetMaxOpenConns(s.cfg.MaxConns)
	s.pools[1].SetMaxIdleConns(s.cfg.MaxConns)
	for _, pool := range s.pools {
		if err := retry(ctx, func() (cost int, failed error) { return checkSQLite(ctx, pool) }); err != nil {
			return err
		}
	}
	if err := syncLog(ctx, s.pools[0]); err != nil {
		return err
	}
	s.steps.free, s.looks.free = 1, s.cfg.MaxConns // who reads waits for nobody
	if s.writer, err = newSide(s.pools[0], sqlite.New(sqlite.Config{DriverName: "sqlite", Conn: s.pools[0]})); err != nil {
		return err
	}
	s.reader, err = newSide(s.pools[1], sqlite.New(sqlite.Config{DriverName: "sqlite", Conn: s.pools[1]}))
	return err
}

// syncLog makes sure that what is read from the write-ahead log is on disk. A
// process that was killed between writing a commit and syncing it leaves one that
// is read as done; a repeated request would be answered from it without a write,
// and the next loss of power could take it back. A checkpoint syncs the log
// before anything else.
func syncLog(ctx context.Context, pool *sql.DB) error {
	if _, err := pool.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		_, failed := translate(ctx, err)
		return failed
	}
	return nil
}

// parsePath splits a path or file: URI into the file and its parameters.
func parsePath(path string) (file string, params url.Values, err error) {
	file = path
	if uri, ok := strings.CutPrefix(path, "file:"); ok {
		var query string
		uri, query, _ = strings.Cut(uri, "?")
		if params, err = url.ParseQuery(query); err == nil {
			file, err = url.PathUnescape(uri)
		}
	}
	if err != nil || file == "" || strings.HasPrefix(file, ":memory:") || params.Get("mode") == "memory" {
		return "", nil, unavailable("store.path",
			fmt.Sprintf("SQLite 数据库路径 %q 不可用：须为磁盘文件的路径", path),
			fmt.Sprintf("The SQLite path %q cannot be used: it must be that of a file", path))
	}
	return file, params, nil
}

// dsn returns the driver's name of a file. The user's parameters are kept
// except where they contradict what the store rests on; a synchronous setting
// of the user's stays, and is refused by checkSQLite when it is too weak.
func dsn(file string, params url.Values, readOnly bool) string {
	q := url.Values{}
	for k, v := range params {
		q[k] = v
	}
	for _, unwanted := range []string{
		"_timeout", "_journal", "_fk", // aliases that would win
		"_time_format", "_timezone", "_texttotime", "_inttotime", // would turn dates into times
	} {
		q.Del(unwanted)
	}
	q.Set("_busy_timeout", "10000") // before anything else that may meet a lock; the driver sees to that
	q.Set("_journal_mode", "WAL")
	q.Set("_foreign_keys", "1")
	q.Set("_txlock", "immediate")
	setsSynchronous := func(pragma string) bool {
		return strings.HasPrefix(strings.ToLower(strings.TrimSpace(pragma)), "synchronous")
	}
	if !q.Has("_synchronous") && !q.Has("_sync") && !slices.ContainsFunc(q["_pragma"], setsSynchronous) {
		q.Set("_synchronous", "FULL")
	}
	if readOnly {
		q.Set("_query_only", "1")
	}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + q.Encode()
}

// checkSQLite refuses versions and settings that endanger what is stored. Where
// two programs turn a new file into a write-ahead log at once, one is told that
// it is busy without having waited, so another attempt costs little.
func checkSQLite(ctx context.Context, pool *sql.DB) (cost int, failed error) {
	var version, journal string
	var synchronous, foreignKeys int
	for pragma, into := range map[string]any{
		"SELECT sqlite_version()": &version,
		"PRAGMA journal_mode":     &journal,
		"PRAGMA synchronous":      &synchronous,
		"PRAGMA foreign_keys":     &foreignKeys,
	} {
		if err := pool.QueryRowContext(ctx, pragma).Scan(into); err != nil {
			cost, failed := translate(ctx, err)
			return min(cost, afterDeadlock), failed
		}
	}
	switch {
	case olderThan(version, oldestSQLite):
		return noRetry, unavailable("store.sqlite_version",
			"SQLite "+version+" 有损坏数据库的缺陷：须用 "+oldestSQLite+" 或更新的版本",
			"SQLite "+version+" has a defect that corrupts databases: "+oldestSQLite+" or later is needed")
	case synchronous < synchronousFull:
		return noRetry, unavailable("store.unsafe_synchronous",
			fmt.Sprintf("SQLite 的 synchronous 为 %d，断电会丢失已确认的提交：请设为 FULL（2）", synchronous),
			fmt.Sprintf("SQLite's synchronous is %d, a loss of power would lose confirmed commits: set it to FULL (2)", synchronous))
	case journal != "wal" || foreignKeys != 1:
		return noRetry, unavailable("store.unsafe_sqlite",
			"SQLite 数据库须能使用 journal_mode=WAL 和 foreign_keys=1：请检查数据库路径的参数和所在文件系统",
			"The SQLite database must allow journal_mode=WAL and foreign_keys=1: check the parameters of its path and its file system")
	}
	return noRetry, nil
}

// olderThan compares dotted version numbers.
func olderThan(version, than string) bool {
	parse := func(v string) (parts []int) {
		for part := range strings.SplitSeq(v, ".") {
			n, _ := strconv.Atoi(part)
			parts = append(parts, n)
		}
		return parts
	}
	return slices.Compare(parse(version), parse(than)) < 0
}
