package gormstore

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"time"

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
)

// forcedVariables are the session variables that Duban rests on, whatever the
// server or the DSN says.
var forcedVariables = map[string]string{
	// An overlong text is an error, not a truncated text.
	"sql_mode":           "'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
	"autocommit":         "1",
	"foreign_key_checks": "1",
	"unique_checks":      "1",
	"time_zone":          "'+00:00'",
	// The default of 50 s is longer than anybody waits for an answer.
	"innodb_lock_wait_timeout": "10",
	// Regions of a campaign are read with GROUP_CONCAT; the default of 1 KiB would cut them off.
	"group_concat_max_len": "1048576",
}

func (s *Store) connectMySQL(ctx context.Context) error {
	cfg, err := forceDSN(s.cfg.DSN)
	if err != nil {
		return unavailable("store.dsn", "无法解析 MySQL 的 DSN：形如 user:password@tcp(host:3306)/duban",
			"The MySQL DSN cannot be read: it has the form user:password@tcp(host:3306)/duban").Because(err)
	}
	pool, err := s.poolMySQL(cfg, max(2, s.cfg.MaxConns)) // migrating takes two
	if err != nil {
		return err
	}

	var flush int
	if err := pool.QueryRowContext(ctx, "SELECT @@innodb_flush_log_at_trx_commit").Scan(&flush); err != nil {
		_, failed := translate(ctx, err)
		return failed
	}
	if flush != 1 {
		return unavailable("store.unsafe_flush",
			fmt.Sprintf("数据库的 innodb_flush_log_at_trx_commit 为 %d，断电会丢失已确认的提交：请设为 1", flush),
			fmt.Sprintf("The server's innodb_flush_log_at_trx_commit is %d, a loss of power would lose confirmed commits: set it to 1", flush))
	}
	if s.writer, err = newSideMySQL(pool); err != nil {
		return err
	}
	// Only groups send several statements at once, whose texts are all in this package.
	cfg = cfg.Clone()
	cfg.MultiStatements = true
	if pool, err = s.poolMySQL(cfg, mysqlGroups, waitForNobody...); err != nil {
		return err
	}
	s.groups, err = newSideMySQL(pool)
	s.reader, s.looks.free = s.writer, 1
	s.steps.free, s.steps.workers, s.steps.crowd, s.steps.company = mysqlGroups, mysqlGroups, crowd, company
	return err
}

// waitForNobody are settings of which the first that the server takes counts: MySQL
// knows no lock wait of less than a second.
var waitForNobody = []string{"SET SESSION innodb_lock_wait_timeout = 0", "SET SESSION innodb_lock_wait_timeout = 1"}

// poolMySQL returns a pool that is closed with the store.
func (s *Store) poolMySQL(cfg *driver.Config, conns int, settings ...string) (*sql.DB, error) {
	connector, err := driver.NewConnector(cfg)
	if err != nil {
		return nil, fmt.Errorf("preparing the MySQL connection: %w", err)
	}
	pool := sql.OpenDB(readCommitted{connector, settings})
	s.pools = append(s.pools, pool)
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	// Below the idle limits of servers and of the proxies in front of them.
	pool.SetConnMaxIdleTime(time.Minute)
	pool.SetConnMaxLifetime(30 * time.Minute)
	return pool, nil
}

func newSideMySQL(pool *sql.DB) (*side, error) {
	return newSide(pool, mysql.New(mysql.Config{Conn: pool, SkipInitializeWithVersion: true}))
}

// readCommitted makes connections whose transactions are READ COMMITTED unless
// they ask for something else. The driver would otherwise say so again before
// every BEGIN, a round trip of its own; and as a variable the level has another
// name on MySQL than on MariaDB.
type readCommitted struct {
	sqldriver.Connector
	settings []string // of which the first that is taken counts
}

// Connect is that of driver.Connector.
func (c readCommitted) Connect(ctx context.Context) (sqldriver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	set := func(text string) error {
		_, err := conn.(sqldriver.ExecerContext).ExecContext(ctx, text, nil)
		return err
	}
	err = set("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
	if err == nil {
		for _, text := range c.settings {
			if err = set(text); err == nil {
				break
			}
		}
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// forceDSN reads a DSN and sets what Duban rests on: ClientFoundRows for
// compare-and-set, UTC times, interpolation, utf8mb4 (which makes interpolation
// safe) and the session variables.
func forceDSN(dsn string) (*driver.Config, error) {
	cfg, err := driver.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the DSN: %w", err)
	}
	if cfg.DBName == "" {
		return nil, fmt.Errorf("reading the DSN: it names no database")
	}
	cfg.ClientFoundRows = true
	cfg.InterpolateParams = true
	cfg.ParseTime = true
	cfg.Loc = time.UTC
	cfg.MultiStatements = false
	cfg.ColumnsWithAlias = false
	cfg.AllowAllFiles = false
	cfg.Logger = &driver.NopLogger{}
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Params == nil {
		cfg.Params = map[string]string{}
	}
	maps.Copy(cfg.Params, forcedVariables)
	if err := cfg.Apply(driver.Charset("utf8mb4", "utf8mb4_bin")); err != nil {
		return nil, fmt.Errorf("setting the character set: %w", err)
	}
	return cfg, nil
}
