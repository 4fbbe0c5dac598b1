package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/audit"
)

// start returns what a step finds that begins like this.
func (b *bundle) start(ahead workflow.Ahead) *workflow.Start {
	b.t.Helper()
	var found *workflow.Start
	if err := b.store.Step(b.t.Context(), ahead, func(_ workflow.StepTx, start *workflow.Start) error {
		found = start
		return nil
	}); err != nil {
		b.t.Fatalf("Step: %v", err)
	}
	return found
}

// testSteps: a step finds what the single reads give, and those that share a
// transaction fare as if each had been alone.
func testSteps(t *testing.T, setup setup) {
	version := sampleCampaign().Version
	t.Run("begin with what the single reads give", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		earlier, newest, flag := sampleReport(task.ID, 1), sampleReport(task.ID, 2), sampleFlag(task.ID, 2)
		newest.ID, flag.ID = task.ReportID, task.FlagID
		b.update(func(tx workflow.Tx) error {
			return errors.Join(tx.InsertReport(earlier), tx.InsertReport(newest), tx.InsertFlag(flag))
		})
		same(t, b.start(workflow.Ahead{TaskID: task.ID}), &workflow.Start{Task: task, Report: &newest, Flag: &flag, LastReport: 2, CampaignVersion: version})
		same(t, b.start(workflow.Ahead{Campaign: task.Campaign}), &workflow.Start{CampaignVersion: version, LastSeq: task.Seq})
	})
	t.Run("leave out what is not there", func(t *testing.T) {
		b := setup(t)
		b.seed()
		same(t, b.start(workflow.Ahead{Campaign: "jm-2023"}), &workflow.Start{CampaignVersion: version})
		bare := plainTask(1, "440703")
		b.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{bare}) })
		same(t, b.start(workflow.Ahead{TaskID: bare.ID, ActorID: id(1), Key: "k"}), &workflow.Start{Task: bare, CampaignVersion: version})
		for _, stranger := range strangers {
			same(t, b.start(workflow.Ahead{TaskID: stranger}), (*workflow.Start)(nil))
			same(t, b.start(workflow.Ahead{Campaign: stranger}), (*workflow.Start)(nil))
		}
	})
	t.Run("are given what is kept for their key instead of keeping more", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		kept := requested(t, sealed(t, 1, task.ID, 1, audit.Accepted), "k")
		b.update(func(tx workflow.Tx) error { return tx.AppendEvents([]audit.Event{kept}) })
		var found *workflow.Replay
		sameError(t, b.store.Step(t.Context(), workflow.Ahead{TaskID: task.ID, ActorID: kept.ActorID, Key: "k"}, func(tx workflow.StepTx, start *workflow.Start) error {
			if found = start.Replay; found != nil {
				return nil
			}
			return tx.AppendEvents([]audit.Event{requested(t, sealed(t, 2, task.ID, 2, audit.Accepted), "k")})
		}), nil)
		if found == nil {
			t.Fatal("the step was not given what is kept")
		}
		same(t, found.Event, &kept)
	})
	t.Run("that share a transaction fare as if alone", testCompany(setup))
	t.Run("are stored together however long they are", func(t *testing.T) {
		b := setup(t)
		b.seed()
		var tasks []workflow.Task
		for n := range 40 {
			tasks = append(tasks, plainTask(n+1, "440703"))
		}
		b.update(func(tx workflow.Tx) error { return tx.InsertTasks(append(holders(), tasks...)) })
		var wait sync.WaitGroup
		release := b.holdUp(&wait)
		long := strings.Repeat("长", 15_000) // 32 of them are more than goes in one piece
		for n, task := range tasks {
			wait.Go(func() {
				report := sampleReport(task.ID, n+1)
				report.Narrative = long
				if err := b.store.Step(t.Context(), workflow.Ahead{TaskID: task.ID}, func(tx workflow.StepTx, _ *workflow.Start) error {
					return tx.InsertReport(report)
				}); err != nil {
					t.Error(err)
				}
			})
		}
		release()
		wait.Wait()
		for _, task := range tasks {
			reports := read(b, func(r workflow.Reader) ([]workflow.Report, error) { return r.Reports(task.ID) })
			if len(reports) != 1 || reports[0].Narrative != long {
				t.Errorf("of task %s %d reports are stored", task.ID, len(reports))
			}
		}
	})
	t.Run("on one task run one after the other", func(t *testing.T) {
		b := setup(t)
		task := b.seedTask()
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				for range 10 {
					if err := b.store.Step(t.Context(), workflow.Ahead{TaskID: task.ID}, func(tx workflow.StepTx, start *workflow.Start) error {
						next := start.Task
						next.Version++
						return tx.SaveTask(next, start.Task.Version, start.Task.State)
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		same(t, read(b, func(r workflow.Reader) (workflow.Task, error) { return r.Task(task.ID) }).Version, task.Version+80)
	})
}

// testCompany runs steps of every kind and fate at once, again and again.
func testCompany(setup setup) func(t *testing.T) {
	return func(t *testing.T) {
		no := errors.New("no")
		// each writes everything a step can, then fares in its way.
		every := []struct {
			name string
			then func(tx workflow.StepTx) error
			want string // in the error; stored when empty
		}{
			{"stored", func(workflow.StepTx) error { return nil }, ""},
			{"also stored", func(workflow.StepTx) error { return nil }, ""},
			{"refused", func(workflow.StepTx) error { return no }, "no"},
			{"panicking", func(workflow.StepTx) error { panic("no") }, "panic: no"},
			{"duplicate", func(tx workflow.StepTx) error {
				return tx.AppendEvents([]audit.Event{requested(t, sealed(t, 300_000, "elsewhere", 2, audit.Accepted), "taken")})
			}, workflow.ErrDuplicate.Error()},
			{"changed", func(tx workflow.StepTx) error {
				return tx.SaveTask(workflow.Task{ID: id(9), Version: 2, UpdatedAt: noon}, 99, "none")
			}, workflow.ErrChanged.Error()},
			{"broken", func(tx workflow.StepTx) error {
				return tx.InsertTasks([]workflow.Task{{ID: "t", Campaign: "none", CreatedAt: noon, UpdatedAt: noon}})
			}, "store.internal"},
			{"stored at last", func(workflow.StepTx) error { return nil }, ""},
		}
		b := setup(t)
		b.seed()
		b.update(func(tx workflow.Tx) error {
			return tx.InsertTasks(holders())
		})
		b.update(func(tx workflow.Tx) error {
			return tx.AppendEvents([]audit.Event{requested(t, sealed(t, 300_001, "elsewhere", 1, audit.Accepted), "taken")})
		})
		for round := range 10 {
			ways := every
			switch round % 3 {
			case 1: // without those that make everybody run alone
				ways = every[:3]
			case 2: // what only the number of rows tells
				ways = slices.Concat(every[:2], every[5:6])
			}
			tasks, errs := make([]workflow.Task, len(ways)), make([]error, len(ways))
			for i := range ways {
				n := round*len(every) + i + 1
				tasks[i] = plainTask(n, "440703")
				tasks[i].ReportID = id(100_000 + n)
			}
			b.update(func(tx workflow.Tx) error {
				all := []error{tx.InsertTasks(tasks)}
				for i, task := range tasks {
					first := sampleReport(task.ID, round*len(every)+i+1)
					first.ID, first.Number = task.ReportID, 1
					all = append(all, tx.InsertReport(first))
				}
				return errors.Join(all...)
			})
			var wait sync.WaitGroup
			release := b.holdUp(&wait)
			for i, way := range ways {
				wait.Go(func() {
					defer func() {
						if p := recover(); p != nil {
							errs[i] = fmt.Errorf("panic: %v", p)
						}
					}()
					errs[i] = b.store.Step(t.Context(), workflow.Ahead{TaskID: tasks[i].ID}, func(tx workflow.StepTx, start *workflow.Start) error {
						return errors.Join(wholeStep(t, tx, start.Task, round*len(every)+i), way.then(tx))
					})
				})
			}
			release()
			wait.Wait()
			for i, way := range ways {
				if err := errs[i]; (err == nil) != (way.want == "") || err != nil && !strings.Contains(err.Error(), way.want) {
					t.Errorf("%s: %v, want %q", way.name, err, way.want)
				}
				want := 0
				if way.want == "" {
					want = 1
				}
				got := leftOf(b, tasks[i])
				if got != [...]int{want, want, want, want, want, want} {
					t.Fatalf("%s: version, status, reports, reviews, flags, events: %v", way.name, got)
				}
			}
		}
	}
}

// holders are the tasks that holdUp needs: one for a worker of the store, and enough for
// another to come.
func holders() (tasks []workflow.Task) {
	for n := range 5 {
		tasks = append(tasks, plainTask(90_000+n, "440703"))
	}
	return tasks
}

// holdUp lets steps wait in their transactions, so that what is asked for meanwhile waits
// too, and then goes together.
func (b *bundle) holdUp(wait *sync.WaitGroup) (release func()) {
	b.t.Helper()
	begun, end := make(chan struct{}), make(chan struct{})
	begin := sync.OnceFunc(func() { close(begun) })
	for n, task := range holders() {
		wait.Go(func() {
			if err := b.store.Step(b.t.Context(), workflow.Ahead{TaskID: task.ID}, func(workflow.StepTx, *workflow.Start) error {
				begin()
				<-end
				return nil
			}); err != nil {
				b.t.Error(err)
			}
		})
		if n == 0 {
			<-begun // and the others wait together
		}
	}
	time.Sleep(20 * time.Millisecond) // for them to come
	return func() {
		time.Sleep(20 * time.Millisecond) // for the others to come
		close(end)
	}
}

// wholeStep writes to every table that a step writes to.
func wholeStep(t *testing.T, tx workflow.StepTx, task workflow.Task, n int) error {
	report, review, flag := sampleReport(task.ID, 200_000+n), sampleReview(task.ID, 200_000+n), sampleFlag(task.ID, 200_000+n)
	report.Number = 2
	next := task
	next.Version, next.FlagID = task.Version+1, flag.ID
	cleared := flag
	cleared.ClearedBy, cleared.ClearedAt = id(1), noon
	return errors.Join(
		tx.SaveReportStatus(task.ReportID, workflow.Returned), tx.InsertReport(report), tx.InsertFlag(flag), tx.SaveFlag(cleared), tx.InsertReview(review),
		tx.SaveTask(next, task.Version, task.State),
		tx.AppendEvents([]audit.Event{requested(t, sealed(t, 200_000+n, task.ID, next.Version, audit.Accepted), task.ID)}),
	)
}

// leftOf counts what wholeStep left of a task.
func leftOf(b *bundle, task workflow.Task) (n [6]int) {
	b.t.Helper()
	n[0] = read(b, func(r workflow.Reader) (workflow.Task, error) { return r.Task(task.ID) }).Version - task.Version
	reports := read(b, func(r workflow.Reader) ([]workflow.Report, error) { return r.Reports(task.ID) })
	if reports[0].Status == workflow.Returned {
		n[1] = 1
	}
	n[2] = len(reports) - 1
	n[3] = len(read(b, func(r workflow.Reader) ([]workflow.Review, error) { return r.Reviews(task.ID) }))
	for _, f := range read(b, func(r workflow.Reader) ([]workflow.Flag, error) { return r.Flags(task.ID) }) {
		if f.ClearedBy == id(1) {
			n[4]++
		}
	}
	n[5] = len(read(b, func(r workflow.Reader) ([]audit.Event, error) {
		return r.Events(workflow.EventFilter{Subject: "task", SubjectID: task.ID})
	}))
	return n
}

// testIdentity: a credential with its user in one look, outside any unit.
func testIdentity(t *testing.T, setup setup) {
	b := setup(t)
	user := sampleUser()
	credential := workflow.Credential{
		Hash: "c0ffee", UserID: user.ID, Kind: workflow.TokenCredential, Label: "数据对接", CreatedAt: noon, LastSeen: after(1000), ExpiresAt: after(2000),
	}
	b.update(func(tx workflow.Tx) error {
		return errors.Join(tx.InsertUser(user), tx.InsertCredential(credential))
	})
	// A deputyship counts on its days, while it was not ended and the grantor has the
	// role and may sign in.
	deputy := user
	deputy.ID, deputy.Login, deputy.Disabled = id(2), "wang.wu", false
	own := workflow.Credential{Hash: "deb0", UserID: deputy.ID, Kind: workflow.SessionCredential, CreatedAt: noon, LastSeen: noon, ExpiresAt: noon}
	good := workflow.Delegation{ID: id(50), Grantor: id(3), Deputy: deputy.ID, Role: workflow.Reviewer, From: date("2023-08-01"), To: date("2023-08-02"), Version: 1, CreatedAt: noon}
	b.update(func(tx workflow.Tx) error {
		grantor := user
		grantor.ID, grantor.Login, grantor.Disabled, grantor.Grants = id(3), "li.si", false, []workflow.Grant{{Role: workflow.Reviewer}}
		gone := grantor
		gone.ID, gone.Login, gone.Disabled = id(4), "zhao.liu", true
		notHeld, ended, byGone := good, good, good
		notHeld.ID, notHeld.Role, notHeld.Region = id(51), workflow.Reporter, "440703"
		ended.ID, ended.Version, ended.EndedAt = id(52), 2, noon
		ended.Grantor, byGone.Grantor = id(1), id(4)
		byGone.ID = id(53)
		return errors.Join(tx.InsertUser(deputy), tx.InsertUser(grantor), tx.InsertUser(gone), tx.InsertCredential(own),
			tx.InsertDelegation(good), tx.InsertDelegation(notHeld), tx.InsertDelegation(ended), tx.InsertDelegation(byGone))
	})
	for day, count := range map[string]int{"2023-07-31": 0, "2023-08-01": 1, "2023-08-02": 1, "2023-08-03": 0} {
		want := deputy
		if count == 1 {
			want.Grants = append(slices.Clone(deputy.Grants), workflow.Grant{Role: workflow.Reviewer, OnBehalf: id(3)})
		}
		_, u, err := b.store.Identity(t.Context(), own.Hash, date(day))
		sameError(t, err, nil)
		same(t, u, want)
	}
	for range 2 { // the second time the statement may be prepared
		c, u, err := b.store.Identity(t.Context(), credential.Hash, date("2023-08-01"))
		sameError(t, err, nil)
		same(t, c, credential)
		same(t, u, user)
	}
	for _, stranger := range append([]string{"C0FFEE"}, strangers...) {
		_, _, err := b.store.Identity(t.Context(), stranger, date("2023-08-01"))
		sameError(t, err, workflow.ErrNoRow)
	}
}

// testCallersLeave: whoever stops waiting to be identified, at whatever moment, is told
// so, and nothing breaks that others would notice.
func testCallersLeave(t *testing.T, setup setup) {
	b := setup(t)
	var said bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&said, nil)))
	defer slog.SetDefault(before)
	user := sampleUser()
	b.update(func(tx workflow.Tx) error { return tx.InsertUser(user) })
	var hashes []string
	var c workflow.Credential
	for i := range 8 {
		c = workflow.Credential{Hash: fmt.Sprintf("beef%d", i), UserID: user.ID, Kind: workflow.SessionCredential, CreatedAt: noon, LastSeen: noon, ExpiresAt: after(2000)}
		b.update(func(tx workflow.Tx) error { return tx.InsertCredential(c) })
		hashes = append(hashes, c.Hash)
	}
	random := rand.New(rand.NewPCG(1, 2))
	took := 300 * time.Microsecond // what an answer took lately: around that time rows are read
	for i := range 6000 {
		if i%4 == 0 { // so that what is kept in memory does not answer everybody
			b.update(func(tx workflow.Tx) error { return tx.SaveCredential(c) })
		}
		ctx, cancel := context.WithCancel(t.Context())
		wait := time.Duration(random.Int64N(int64(took) * 5 / 4))
		if i%8 == 0 {
			wait = time.Minute // stays
		}
		timer := time.AfterFunc(wait, cancel)
		hash := hashes[random.IntN(len(hashes))]
		begun := time.Now()
		c, u, err := b.store.Identity(ctx, hash, date("2023-08-01"))
		timer.Stop()
		cancel()
		if err != nil {
			var refused *workflow.Error
			if !errors.As(err, &refused) || refused.Code != "store.stopped" {
				t.Errorf("%v", err)
			}
			continue
		}
		if i%8 == 0 {
			took = (15*took + time.Since(begun)) / 16
		}
		same(t, c.Hash, hash)
		same(t, u, user)
	}
	if said.Len() > 0 {
		t.Errorf("it was logged: %s", said.String())
	}
}
