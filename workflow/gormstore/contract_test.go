package gormstore_test

import (
	"os"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/storetest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

func TestStoreKeepsTheContract(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) workflow.Store { return dbtest.SQLite(t) })
	})
	t.Run("mariadb", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) workflow.Store { return dbtest.MariaDB(t) })
	})
}
