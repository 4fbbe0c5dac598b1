package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/go-sql-driver/mysql"

	"duban/migrations"
	"duban/workflow/gormstore"
)

// place finds room for a database of the site's own beside the one that is
// configured; what is there already is not touched.
func (g *grown) place(ctx context.Context, beside gormstore.Config) error {
	g.store = beside
	if beside.Dialect == migrations.SQLite {
		g.store.Path += "-growth-" + strconv.Itoa(g.tasks)
		file, err := os.OpenFile(g.store.Path, os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("making the database: %w", err)
		}
		g.closers = append(g.closers, func() error {
			return errors.Join(os.Remove(g.store.Path), os.RemoveAll(g.store.Path+"-wal"), os.RemoveAll(g.store.Path+"-shm"))
		})
		return file.Close()
	}
	cfg, err := mysql.ParseDSN(beside.DSN)
	if err != nil {
		return fmt.Errorf("reading the DSN: %w", err)
	}
	admin, err := sql.Open("mysql", beside.DSN)
	if err != nil {
		return fmt.Errorf("reading the DSN: %w", err)
	}
	cfg.DBName += "_growth_" + strconv.Itoa(g.tasks)
	cfg.ParseTime = false // copies are made of texts
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+cfg.DBName+" CHARACTER SET utf8mb4"); err != nil {
		return errors.Join(fmt.Errorf("making the database: %w", err), admin.Close())
	}
	g.store.DSN = cfg.FormatDSN()
	g.closers = append(g.closers, func() error {
		_, err := admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+cfg.DBName)
		return errors.Join(err, admin.Close())
	})
	return nil
}

// size returns the bytes that the database takes.
func (g *grown) size(ctx context.Context) (int64, error) {
	if g.store.Dialect == migrations.SQLite {
		info, err := os.Stat(g.store.Path)
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	}
	db, err := sql.Open("mysql", g.store.DSN)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	var bytes int64
	err = db.QueryRowContext(ctx, "SELECT SUM(data_length + index_length) FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&bytes)
	return bytes, err
}
