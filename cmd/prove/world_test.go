package prove

import (
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // to look into the file, not to serve from it

	"duban/cmd/workload"
	"duban/workflow/gormstore/dbtest"
)

// random returns a number below n. Kills and cuts need not repeat: what they find
// is in the database afterwards.
func random(n int) int { return rand.IntN(n) }

const (
	campaign = "load"
	region   = "440703"
)

// frame is what lives happen in.
const frame = `campaign: {code: load, title: 负载, starts: 2023-01-01, assessment: {version: 1, nearly_ratio: "0.70", pace_ratio: "0.70"}}
periods: [{code: h1, label: 1-6月, cutoff: 2023-06-30, report_by: 2023-07-10}]
regions: [{code: "440703", name: 蓬江区}]
`

// world is a server with people, and a way to look into its database past it.
type world struct {
	t      *testing.T
	server *server
	people workload.People
	look   *sql.DB
	file   string // of SQLite
	// confined is the folder of a file that can only be looked into as a copy.
	confined string
	isMy     bool
}

// sqliteWorld runs the program on a SQLite file.
func sqliteWorld(t *testing.T) *world {
	t.Helper()
	w := sqliteIn(t, t.TempDir())
	w.openToLook(w.file)
	return w
}

// sqliteIn does the same with the file in a folder, and does not look into it.
func sqliteIn(t *testing.T, folder string) *world {
	t.Helper()
	file := filepath.Join(folder, "duban.db")
	w := &world{t: t, file: file, server: newServer(t, "DUBAN_DATABASE_DIALECT=sqlite", "DUBAN_DATABASE_PATH="+file)}
	w.settle()
	return w
}

// openToLook opens a SQLite file past the program.
func (w *world) openToLook(file string) {
	w.t.Helper()
	look, err := sql.Open("sqlite", "file:"+file+"?mode=ro&_busy_timeout=10000")
	must(w.t, err)
	// A connection kept while the server is dead would be the one to recover.
	look.SetMaxIdleConns(0)
	w.look = look
	w.t.Cleanup(func() { _ = look.Close() })
}

// mariadbWorld runs the program on a server of the test's own.
func mariadbWorld(t *testing.T) (*world, *dbtest.Server) {
	t.Helper()
	db := dbtest.NewServer(t, nil)
	return onMariaDB(t, db, ""), db
}

// viaProxy does the same with a proxy between the two.
func viaProxy(t *testing.T, p *proxy) (*world, *dbtest.Server) {
	t.Helper()
	db := dbtest.NewServer(t, nil)
	p.forward(db.Socket())
	return onMariaDB(t, db, p.listener.Addr().String()), db
}

// onMariaDB makes a database, and an account that owns it and nothing else.
// through, if not empty, is the TCP address at which the program finds it.
func onMariaDB(t *testing.T, db *dbtest.Server, through string) *world {
	t.Helper()
	dsn, err := db.Create()
	must(t, err)
	cfg, err := mysql.ParseDSN(dsn)
	must(t, err)
	for _, statement := range []string{
		"CREATE USER duban@localhost IDENTIFIED BY 'duban'", "GRANT ALL ON " + cfg.DBName + ".* TO duban@localhost",
	} {
		_, err := db.Admin().Exec(statement)
		must(t, err)
	}
	cfg.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(cfg)
	must(t, err)
	cfg = cfg.Clone()
	cfg.User, cfg.Passwd = "duban", "duban"
	if through != "" {
		cfg.Net, cfg.Addr = "tcp", through
	}
	w := &world{t: t, server: newServer(t, "DUBAN_DATABASE_DIALECT=mysql", "DUBAN_DATABASE_DSN="+cfg.FormatDSN()), isMy: true, look: sql.OpenDB(connector)}
	t.Cleanup(func() { _ = w.look.Close() })
	_, err = w.server.run(t.Context(), "migrate")
	must(t, err)
	w.settle()
	return w
}

// settle makes the frame and the people through the command line, as an
// installation would.
func (w *world) settle() {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "frame.yaml")
	must(w.t, os.WriteFile(file, []byte(frame), 0o600))
	w.duban("import", file)
	http := workload.NewHTTP(32, time.Minute)
	as := func(login, role string) workload.Client {
		w.duban("user", "add", login, "--name", login, "--role", role)
		return workload.Client{Base: "http://" + w.server.address, Token: w.duban("user", "token", login), HTTP: http}
	}
	w.people = workload.People{Region: region,
		Supervisor: as("supervisor", "supervisor"), Reporter: as("reporter", "reporter:"+region), Reviewer: as("reviewer", "reviewer")}
}

func (w *world) duban(args ...string) string {
	w.t.Helper()
	out, err := w.server.run(w.t.Context(), args...)
	must(w.t, err)
	return out
}

// serve starts the server and waits for it.
func (w *world) serve() {
	w.t.Helper()
	must(w.t, w.server.start())
	must(w.t, w.server.awaitReady())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
