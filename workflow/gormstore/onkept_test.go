package gormstore_test

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"duban/migrations"
	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// pastTheProduct opens the database by itself.
func pastTheProduct(t *testing.T, cfg gormstore.Config) *sql.DB {
	t.Helper()
	driver, source := "sqlite", "file:"+cfg.Path+"?_pragma=busy_timeout(10000)"
	if cfg.Dialect == migrations.MySQL {
		driver, source = "mysql", cfg.DSN
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// stage is a campaign with tasks, for one test.
type stage struct {
	t     *testing.T
	cfg   gormstore.Config
	store *gormstore.Store
	n     int // of things made
}

const campaignCode, regionCode = "jm-2023", "440703"

func newStage(t *testing.T, cfg gormstore.Config) *stage {
	s := &stage{t: t, cfg: cfg, store: dbtest.Open(t, cfg)}
	s.update(func(tx workflow.Tx) error {
		return errors.Join(
			tx.InsertUser(workflow.User{ID: "u", Login: "u", Name: "人", Version: 1, CreatedAt: moment}),
			tx.InsertRegion(workflow.Region{Code: regionCode, Name: "区", Version: 1}),
			tx.InsertCampaign(workflow.Campaign{
				Code: campaignCode, Title: "专项工作", Starts: calendar.New(2023, 1, 1), Regions: []string{regionCode},
				Params: assess.Params{Version: 1}, Periods: []workflow.Period{{Code: "h1", Label: "1-6月", Cutoff: calendar.New(2023, 6, 30), ReportBy: calendar.New(2023, 7, 10)}},
				OpenPeriod: "h1", Version: 1, CreatedAt: moment,
			}),
		)
	})
	return s
}

func (s *stage) update(fn func(workflow.Tx) error) {
	s.t.Helper()
	if err := s.store.Update(s.t.Context(), fn); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) id() string {
	s.n++
	return fmt.Sprintf("0198c0de-0000-7000-8000-%012d", s.n)
}

// task is the n-th task.
func (s *stage) task(n int) workflow.Task {
	return workflow.Task{
		ID: s.id(), Campaign: campaignCode, Code: fmt.Sprint("t-", n), Seq: n, Region: regionCode, Subject: "任务",
		State: workflow.Assigned, Period: "h1", Version: 1, CreatedAt: moment, UpdatedAt: moment.Add(time.Hour),
	}
}

// began is a step that writes, and tells what it began with when it was stored, and how
// often it ran.
func (s *stage) began(ahead workflow.Ahead) (began workflow.Start, runs int) {
	s.t.Helper()
	if err := s.store.Step(s.t.Context(), ahead, func(tx workflow.StepTx, start *workflow.Start) error {
		runs++
		if began = *start; ahead.Campaign != "" {
			return tx.InsertTasks([]workflow.Task{s.task(start.LastSeq + 1)})
		}
		return goOn(tx, start.Task)
	}); err != nil {
		s.t.Fatal(err)
	}
	return began, runs
}

func goOn(tx workflow.StepTx, t workflow.Task) error {
	next := t
	next.Version, next.UpdatedAt = t.Version+1, t.UpdatedAt.Add(time.Minute)
	return tx.SaveTask(next, t.Version, t.State)
}

// TestWhatAStepBeginsWithIsProved: whatever happens to a task or campaign past the server
// that keeps what its last step left, the next step that is stored began with what is
// stored then. On MySQL it first runs on what is kept, and in vain.
func TestWhatAStepBeginsWithIsProved(t *testing.T) {
	dbtest.EachConfig(t, func(t *testing.T, _ string, cfg gormstore.Config) {
		s := newStage(t, cfg)
		db := pastTheProduct(t, cfg)
		task := s.task(1)
		s.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{task}) })
		onTask, onCampaign := workflow.Ahead{TaskID: task.ID}, workflow.Ahead{Campaign: campaignCode}
		for _, c := range []struct {
			ahead workflow.Ahead
			past  string // what happens
			want  func(*workflow.Start)
			read  bool // what was there before is not kept
		}{
			{onTask, "UPDATE tasks SET version = version + 5", func(s *workflow.Start) { s.Task.Version += 5 }, false},
			{onTask, "UPDATE tasks SET state = 'reported'", func(s *workflow.Start) { s.Task.State = workflow.Reported }, false},
			{onTask, "UPDATE tasks SET updated_at = created_at", func(s *workflow.Start) { s.Task.UpdatedAt = moment }, false},
			{onTask, "UPDATE tasks SET report_id = 'gone'", func(s *workflow.Start) { s.Task.ReportID = "gone" }, false},
			{onTask, "UPDATE tasks SET report_id = ''", func(s *workflow.Start) { s.Task.ReportID = "" }, true},
			{onTask, "UPDATE tasks SET flag_id = 'gone'", func(s *workflow.Start) { s.Task.FlagID = "gone" }, false},
			{onTask, "UPDATE tasks SET flag_id = ''", func(s *workflow.Start) { s.Task.FlagID = "" }, true},
			{onTask, "UPDATE campaigns SET version = version + 1", func(s *workflow.Start) { s.CampaignVersion++ }, false},
			{onTask, "INSERT INTO report_drafts (task_id, user_id, period, content, revision, saved_at) SELECT id, 'u', 'h1', '{}', 1, created_at FROM tasks WHERE code = 't-1'",
				func(s *workflow.Start) { s.Drafted = true }, false},
			{onTask, "DELETE FROM report_drafts", func(s *workflow.Start) { s.Drafted = false }, false},
			{onCampaign, "UPDATE campaigns SET version = version + 1", func(s *workflow.Start) { s.CampaignVersion++ }, false},
			{onCampaign, "UPDATE tasks SET seq = seq + 100 WHERE code <> 't-1'", func(s *workflow.Start) { s.LastSeq += 100 }, false},
			{onCampaign, "UPDATE regions SET retired = 1", func(s *workflow.Start) { s.Retired = []string{regionCode} }, false},
			{onCampaign, "UPDATE regions SET retired = 0", func(s *workflow.Start) { s.Retired = nil }, true},
		} {
			t.Run(c.past, func(t *testing.T) {
				s.began(c.ahead)
				want, runs := s.began(c.ahead) // on what the one before left
				if runs != 1 && !c.read {
					t.Errorf("where nothing happened it ran %d times", runs)
				}
				if c.ahead == onTask {
					want.Task.Version, want.Task.UpdatedAt = want.Task.Version+1, want.Task.UpdatedAt.Add(time.Minute)
				} else {
					want.LastSeq++
				}
				c.want(&want)
				if _, err := db.ExecContext(t.Context(), c.past); err != nil {
					t.Fatal(err)
				}
				got, runs := s.began(c.ahead)
				if first := cfg.Dialect == migrations.MySQL && !c.read; first && runs < 2 {
					t.Errorf("it ran %d times: not first on what was kept", runs)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("it began with\n%+v, but stored is\n%+v", got, want)
				}
			})
		}
	})
}

// TestAGroupWaitsForNobody: a task that somebody has locked does not hold up those whose
// steps go together with its own.
func TestAGroupWaitsForNobody(t *testing.T) {
	s := newStage(t, dbtest.MariaDBConfig(t))
	var tasks []workflow.Task
	for n := range 4 {
		tasks = append(tasks, s.task(n+1))
	}
	s.update(func(tx workflow.Tx) error { return tx.InsertTasks(tasks) })
	for range 2 { // first what is stored is read, then what was left is kept
		for _, task := range tasks {
			s.began(workflow.Ahead{TaskID: task.ID})
		}
		locked, err := pastTheProduct(t, s.cfg).Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := locked.ExecContext(t.Context(), "SELECT id FROM tasks WHERE id = '"+tasks[1].ID+"' FOR UPDATE"); err != nil {
			t.Fatal(err)
		}
		// The first holds its group up until the others wait, and they go together.
		hold, held := make(chan struct{}), make(chan struct{})
		var all, free sync.WaitGroup
		step := func(task workflow.Task, then func()) {
			if err := s.store.Step(t.Context(), workflow.Ahead{TaskID: task.ID}, func(tx workflow.StepTx, start *workflow.Start) error {
				then()
				return goOn(tx, start.Task)
			}); err != nil {
				t.Error(err)
			}
		}
		all.Go(func() { step(tasks[0], sync.OnceFunc(func() { close(held); <-hold })) })
		<-held
		all.Go(func() { step(tasks[1], func() {}) })
		for _, task := range tasks[2:] {
			free.Go(func() { step(task, func() {}) })
		}
		time.Sleep(50 * time.Millisecond) // for them to come
		close(hold)
		begun := time.Now()
		free.Wait()
		if waited := time.Since(begun); waited > 8*time.Second { // a lock is waited for ten
			t.Errorf("the others waited %v", waited)
		}
		if err := locked.Rollback(); err != nil {
			t.Fatal(err)
		}
		all.Wait()
	}
}
