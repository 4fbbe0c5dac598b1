package bench

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"duban/migrations"
	"duban/workflow/gormstore"
)

// ceiling is the least SQL that a step needs, straight on the driver and on the
// product's own tables: lock the task, change it, insert a report and an event,
// commit.
type ceiling struct {
	db      *sql.DB
	lock    string
	tasks   []string
	numbers []int // of the next report of each task
	bodies  bodies
}

// bodies are as long as those of the product's own steps.
type bodies struct{ narrative, figures, assessment, event string }

func openCeiling(ctx context.Context, c gormstore.Config, tasks []string) (*ceiling, error) {
	l := &ceiling{tasks: tasks, numbers: make([]int, len(tasks)), bodies: bodies{
		narrative:  "已完成10公里，其余正在施工，预计按期完成。",
		figures:    `{"km":{"at_cutoff":"10"},"word":{"verdict":"on_schedule"}}`,
		assessment: strings.Repeat("评", 130),
		event:      strings.Repeat("e", 1500),
	}}
	source, driver := c.DSN, "mysql"
	l.lock = "SELECT id, campaign, code, seq, region, key_task, subject, requirement, measures, state, period, report_id, flag_id, verdict, version, created_at, updated_at FROM tasks WHERE id = ? FOR UPDATE"
	if c.Dialect == migrations.SQLite {
		q := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"}}
		source, driver = "file:"+c.Path+"?"+q.Encode(), "sqlite"
		l.lock = strings.TrimSuffix(l.lock, " FOR UPDATE")
	} else {
		joiner := "?"
		if strings.Contains(source, "?") {
			joiner = "&"
		}
		source += joiner + "interpolateParams=true&clientFoundRows=true"
	}
	var err error
	if l.db, err = sql.Open(driver, source); err != nil {
		return nil, err
	}
	if c.Dialect == migrations.SQLite {
		l.db.SetMaxOpenConns(1)
	}
	l.db.SetMaxIdleConns(64)
	return l, l.db.PingContext(ctx)
}

func (l *ceiling) close() { _ = l.db.Close() }

// measure runs steps with several clients at once, each on tasks of its own.
func (l *ceiling) measure(ctx context.Context, clients int, slice time.Duration) (Figures, error) {
	times := make([][]time.Duration, clients)
	began := time.Now()
	err := atOnce(clients, func(i int) error {
		for n := i; time.Since(began) < slice; n += clients {
			start := time.Now()
			if err := l.step(ctx, i+n/clients*clients%(len(l.tasks)/clients*clients)); err != nil {
				return err
			}
			times[i] = append(times[i], time.Since(start))
		}
		return nil
	})
	return figures(slices.Concat(times...), time.Since(began)), err
}

func (l *ceiling) step(ctx context.Context, task int) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	row := make([]any, 17)
	into := make([]any, len(row))
	for i := range row {
		into[i] = &row[i]
	}
	if err := tx.QueryRowContext(ctx, l.lock, l.tasks[task]).Scan(into...); err != nil {
		return fmt.Errorf("locking: %w", err)
	}
	version, err := number(row[14])
	if err != nil {
		return err
	}
	l.numbers[task]++
	now := time.Now().UTC().Format("2006-01-02 15:04:05.000000")
	id := l.tasks[task]
	report, event := uuid.Must(uuid.NewV7()).String(), uuid.Must(uuid.NewV7()).String()
	for _, s := range []struct {
		text string
		args []any
	}{
		{"UPDATE tasks SET state = ?, report_id = ?, version = ?, updated_at = ? WHERE id = ? AND version = ?", []any{"assigned", report, version + 1, now, id, version}},
		{"INSERT INTO reports (id, task_id, number, period, flag_id, author, evidence_date, narrative, figures, assessment, status, submitted_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
			[]any{report, id, l.numbers[task], "h1", "", id, "2023-06-30", l.bodies.narrative, l.bodies.figures, l.bodies.assessment, "waiting", now}},
		{"INSERT INTO audit_events (id, at, outcome, name, subject, subject_id, version, accepted_version, actor_id, campaign, region, period, canonical) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
			[]any{event, now, "accepted", "report", "task", id, version + 1, version + 1, id, "ceiling", region, "h1", []byte(l.bodies.event)}},
	} {
		if _, err := tx.ExecContext(ctx, s.text, s.args...); err != nil {
			return fmt.Errorf("%s: %w", s.text[:20], err)
		}
	}
	return tx.Commit()
}

// number reads an integer column as either driver gives it.
func number(v any) (int, error) {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	var n int
	_, err := fmt.Sscan(fmt.Sprint(v), &n)
	return n, err
}
