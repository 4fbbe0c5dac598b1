package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"github.com/go-sql-driver/mysql"

	"duban/migrations"
	"duban/workflow/gormstore"
)

// migratedMariaDB is what makes another database like the migrated one: its tables,
// and their rows.
type migratedMariaDB struct{ statements string }

// template migrates a database of this process's server, once, and reads it. To migrate
// each takes twice as long as to copy one.
var template = sync.OnceValues(func() (m migratedMariaDB, err error) {
	s, err := started()
	if err != nil {
		return m, err
	}
	dsn, err := s.Create()
	if err != nil {
		return m, err
	}
	if _, err := gormstore.Migrate(context.Background(), gormstore.Config{Dialect: migrations.MySQL, DSN: dsn}); err != nil {
		return m, err
	}
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return m, err
	}
	defer db.Close()
	var database string
	if err := db.QueryRow("SELECT DATABASE()").Scan(&database); err != nil {
		return m, err
	}
	rows, err := db.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
	if err != nil {
		return m, err
	}
	defer rows.Close()
	statements := []string{"SET foreign_key_checks = 0"}
	for rows.Next() {
		var table, text string
		if err := rows.Scan(&table); err != nil {
			return m, err
		}
		if err := db.QueryRow("SHOW CREATE TABLE "+table).Scan(&table, &text); err != nil {
			return m, err
		}
		statements = append(statements, text, fmt.Sprintf("INSERT INTO %s SELECT * FROM %s.%[1]s", table, database))
	}
	m.statements = strings.Join(statements, ";\n")
	return m, rows.Err()
})

// into makes an empty database like the template.
func (m migratedMariaDB) into(ctx context.Context, dsn string) error {
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		return err
	}
	cfg.MultiStatements = true
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	_, err = db.ExecContext(ctx, m.statements)
	return err
}
