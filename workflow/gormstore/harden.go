package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	driver "github.com/go-sql-driver/mysql"

	"duban/migrations"
	"duban/workflow"
)

// Account is an account of a MySQL server.
type Account struct{ Name, Host string }

func (a Account) String() string { return quoted(a.Name) + "@" + quoted(a.Host) }

func quoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// appendOnly are the tables to which nobody but the administrator of the database
// does anything but add.
var appendOnly = []string{"audit_events", "audit_log", "audit_hashes", "audit_checkpoints", "audit_archives"}

// versionTable is kept by the migrations.
const versionTable = "goose_db_version"

// rightsOn are what the account that Duban runs as needs on a table.
func rightsOn(table string) []string {
	switch {
	case table == versionTable:
		return []string{"SELECT"}
	case slices.Contains(appendOnly, table):
		return []string{"SELECT", "INSERT"}
	}
	return []string{"SELECT", "INSERT", "UPDATE", "DELETE"}
}

// administered is a MySQL database, connected to as somebody who may grant.
type administered struct {
	*Store
	name   string
	tables []string
}

func administer(ctx context.Context, cfg Config, account Account) (*administered, error) {
	if cfg.Dialect != migrations.MySQL {
		return nil, unavailable("store.harden", "SQLite 没有账号：由触发器保证只增不改", "SQLite has no accounts: there triggers keep the trail from being changed")
	}
	s, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	a := &administered{Store: s}
	var self string
	err = s.checkSchema(ctx)
	if err == nil {
		err = s.writer.pool.QueryRowContext(ctx, "SELECT DATABASE(), CURRENT_USER()").Scan(&a.name, &self)
	}
	if err == nil && self == account.Name+"@"+account.Host {
		err = unavailable("store.harden_self", "账号 "+self+" 正在执行此命令，不能收回自己的权限：请以数据库管理员的账号执行",
			"The account "+self+" is the one that does this and cannot give up its own rights: do it as the administrator of the database")
	}
	if err == nil {
		a.tables, err = a.list(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return a, nil
}

func (a *administered) list(ctx context.Context) (tables []string, err error) {
	rows, err := a.writer.pool.QueryContext(ctx, `SELECT table_name FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name`)
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("listing tables: %w", err)
		}
		tables = append(tables, name)
	}
	return tables, rows.Err()
}

// statements leave the account what Duban needs and nothing else.
func (a *administered) statements(account Account) []string {
	list := []string{"REVOKE ALL PRIVILEGES, GRANT OPTION FROM " + account.String()}
	for _, table := range a.tables {
		list = append(list, fmt.Sprintf("GRANT %s ON `%s`.`%s` TO %s",
			strings.Join(rightsOn(table), ", "), strings.ReplaceAll(a.name, "`", "``"), strings.ReplaceAll(table, "`", "``"), account))
	}
	return list
}

// Harden returns the statements that leave an account, which is there and is not
// the one connected as, the rights that Duban needs on this schema and no other;
// with apply it also executes them. After a step of the schema it must be done
// again.
func Harden(ctx context.Context, cfg Config, account Account, apply bool) (statements []string, err error) {
	a, err := administer(ctx, cfg, account)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	statements = a.statements(account)
	if !apply {
		return statements, nil
	}
	for _, statement := range statements {
		if _, err := a.writer.pool.ExecContext(ctx, statement); err != nil {
			return statements, fmt.Errorf("%s: %w", statement, err)
		}
	}
	return statements, nil
}

// attempt is a statement that changes nothing, and whether the account may do it.
type attempt struct {
	statement string
	may       bool
}

// nowhere is a table that is not there: a server says who may not before it says so.
const nowhere = "duban_harden_try"

func (a *administered) attempts(ctx context.Context) ([]attempt, error) {
	list := []attempt{
		{"CREATE TABLE " + nowhere + " (n INT)", false}, {"DROP TABLE " + nowhere, false}, {"ALTER TABLE " + nowhere + " COMMENT = ''", false},
	}
	for _, table := range a.tables {
		var column string
		if err := a.writer.pool.QueryRowContext(ctx, `SELECT column_name FROM information_schema.columns
			WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position LIMIT 1`, table).Scan(&column); err != nil {
			return nil, fmt.Errorf("looking at table %s: %w", table, err)
		}
		rights := rightsOn(table)
		for right, statement := range map[string]string{
			"SELECT": "SELECT 1 FROM `" + table + "` WHERE FALSE", "INSERT": "INSERT INTO `" + table + "` SELECT * FROM `" + table + "` WHERE FALSE",
			"UPDATE": "UPDATE `" + table + "` SET `" + column + "` = `" + column + "` WHERE FALSE", "DELETE": "DELETE FROM `" + table + "` WHERE FALSE",
		} {
			list = append(list, attempt{statement, slices.Contains(rights, right)})
		}
	}
	return list, nil
}

// TryHardened tries, as the account, what it must and what it must not be able to
// do, with statements that change nothing, and returns how many it tried. It fails
// with an error that names those that did not go as they should.
func TryHardened(ctx context.Context, cfg Config, account Account, password string) (tried int, err error) {
	a, err := administer(ctx, cfg, account)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	attempts, err := a.attempts(ctx)
	if err != nil {
		return 0, err
	}
	dsn, err := forceDSN(cfg.DSN)
	if err != nil {
		return 0, err
	}
	dsn.User, dsn.Passwd = account.Name, password
	connector, err := driver.NewConnector(dsn)
	if err != nil {
		return 0, fmt.Errorf("preparing the connection of %s: %w", account, err)
	}
	pool := sql.OpenDB(connector)
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := pool.PingContext(ctx); err != nil {
		_, failed := translate(ctx, err)
		return 0, failed
	}
	var wrong []string
	for _, t := range attempts {
		_, err := pool.ExecContext(ctx, t.statement)
		e, answered := errors.AsType[*driver.MySQLError](err)
		if err != nil && !answered {
			_, failed := translate(ctx, err)
			return 0, failed
		}
		if denied := err != nil && (e.Number == 1142 || e.Number == 1044); denied == t.may {
			wrong = append(wrong, t.statement)
		}
		if err == nil && !t.may && strings.HasPrefix(t.statement, "CREATE") {
			_, _ = pool.ExecContext(ctx, "DROP TABLE "+nowhere) // said to be wrong already
		}
	}
	if len(wrong) > 0 {
		list := strings.Join(wrong, "; ")
		return len(attempts), workflow.NewError(workflow.Conflict, "store.harden_rights",
			"账号 "+account.String()+" 的权限不是应有的："+list, "The account "+account.String()+" has not the rights that it should have: "+list)
	}
	return len(attempts), nil
}
