package storetest

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
)

func testTasks(t *testing.T, setup setup) {
	byID := func(id string) func(workflow.Reader) (workflow.Task, error) {
		return func(r workflow.Reader) (workflow.Task, error) { return r.Task(id) }
	}

	t.Run("come back with every field", func(t *testing.T) {
		b := setup(t)
		want := b.seedTask()
		everyFieldSet(t, want)
		same(t, read(b, byID(want.ID)), want)
		same(t, read(b, func(r workflow.Reader) (workflow.Task, error) { return r.TaskByCode(want.Campaign, want.Code) }), want)
		b.update(func(tx workflow.Tx) error {
			locked, err := tx.LockTask(want.ID)
			same(t, locked.Task, want)
			return err
		})
		neverFound(b, "Task", workflow.Reader.Task)
		neverFound(b, "TaskByCode", func(r workflow.Reader, code string) (workflow.Task, error) { return r.TaskByCode("jm-2023", code) })
		neverFound(b, "TaskByCode of any campaign", func(r workflow.Reader, code string) (workflow.Task, error) {
			return r.TaskByCode(code, want.Code)
		})
		for _, stranger := range strangers {
			b.refused(workflow.ErrNoRow, func(tx workflow.Tx) error {
				_, err := tx.LockTask(stranger)
				return err
			})
		}
	})

	t.Run("hold texts of 20,000 characters and times in any zone", func(t *testing.T) {
		b := setup(t)
		b.seed()
		want := sampleTask(1)
		want.Subject, want.Requirement = strings.Repeat("𠮷", 20_000), strings.Repeat("'", 20_000)
		stored := want
		stored.CreatedAt = want.CreatedAt.Add(999).In(time.FixedZone("", 8*3600)) // nanoseconds are cut off
		b.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{stored}) })
		same(t, read(b, byID(want.ID)), want)
	})

	t.Run("have id, code and place once, and tell codes by case", func(t *testing.T) {
		for name, change := range map[string]func(task *workflow.Task){
			"id":    func(task *workflow.Task) { task.ID = id(1) },
			"code":  func(task *workflow.Task) { task.Code = "t-1" },
			"place": func(task *workflow.Task) { task.Seq = 1 },
		} {
			t.Run(name, func(t *testing.T) {
				b := setup(t)
				b.seed()
				b.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{plainTask(1, "440703")}) })
				second := plainTask(2, "440703")
				second.Code = "T-1"
				b.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{second}) })
				third := plainTask(3, "440703")
				change(&third)
				b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{third}) })
				same(t, len(allTasks(b, workflow.TaskFilter{})), 2)
			})
		}
	})

	t.Run("are inserted by the thousand", func(t *testing.T) {
		b := setup(t)
		b.seed()
		tasks := make([]workflow.Task, 7_000)
		for i := range tasks {
			tasks[i] = plainTask(i+1, "440703")
			tasks[i].Requirement = strings.Repeat("要求", 200)
		}
		b.update(func(tx workflow.Tx) error { return tx.InsertTasks(tasks) })
		same(t, allTasks(b, workflow.TaskFilter{}), tasks)
		same(t, b.start(workflow.Ahead{Campaign: "jm-2023"}), &workflow.Start{CampaignVersion: sampleCampaign().Version, LastSeq: 7_000})
	})

	t.Run("are not stored by halves when one of thousands is a duplicate", func(t *testing.T) {
		b := setup(t)
		b.seed()
		tasks := make([]workflow.Task, 2_000)
		for i := range tasks {
			tasks[i] = plainTask(i+1, "440703")
		}
		tasks[1_999].Code = "t-1"
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error {
			_ = tx.InsertTasks(tasks) // even when the verb would go on
			return nil
		})
		same(t, len(allTasks(b, workflow.TaskFilter{})), 0)
	})

	t.Run("are saved only from the version and state that were read", func(t *testing.T) {
		b := setup(t)
		old := b.seedTask()
		changed := old
		changed.State, changed.Period, changed.Verdict, changed.Version = workflow.Reported, "2023-9m", assess.Nearly, 5
		changed.ReportID, changed.FlagID, changed.UpdatedAt, changed.Due = id(903), "", after(time.Hour), date("2023-10-10")
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveTask(changed, 3, workflow.Assigned) })
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveTask(changed, 4, workflow.Reported) })
		same(t, read(b, byID(old.ID)), old)
		given := changed
		given.Subject, given.Code, given.Measures = "x", "x", nil // what a save does not write
		b.update(func(tx workflow.Tx) error { return tx.SaveTask(given, 4, workflow.Assigned) })
		same(t, read(b, byID(old.ID)), changed)
	})
}

// allTasks lists tasks with every region in scope.
func allTasks(b *bundle, f workflow.TaskFilter) []workflow.Task {
	b.t.Helper()
	f.Scope.All = true
	return read(b, func(r workflow.Reader) ([]workflow.Task, error) { return r.Tasks(f) })
}

// seedList stores tasks of two campaigns and two regions that differ in all that
// a filter can ask for, and returns them in the order of the list.
func (b *bundle) seedList() []workflow.Task {
	b.t.Helper()
	other := b.seed()
	other.Code = "JM-2023" // before jm-2023
	states := []workflow.State{workflow.Assigned, workflow.Reported, workflow.Closed}
	verdicts := []assess.Verdict{"", assess.Nearly, assess.Behind, assess.OnSchedule}
	var tasks []workflow.Task
	for _, campaign := range []string{"JM-2023", "jm-2023"} {
		for _, region := range []string{"440703", "440704"} {
			for range 12 {
				n := len(tasks)
				task := plainTask(n+1, region)
				task.Campaign, task.Key, task.State, task.Verdict = campaign, n%5 == 0, states[n%3], verdicts[n%4]
				if task.State == workflow.Assigned {
					task.Due = date("2023-07-01").AddDays(n * 7 % 22)
				}
				tasks = append(tasks, task)
			}
		}
	}
	b.update(func(tx workflow.Tx) error {
		if err := tx.InsertCampaign(other); err != nil {
			return err
		}
		backward := slices.Clone(tasks)
		slices.Reverse(backward)
		return tx.InsertTasks(backward)
	})
	return tasks
}

func testTaskList(t *testing.T, setup setup) {
	yes, no := true, false
	today := date("2023-07-12")
	lit := func(lights ...workflow.Light) workflow.TaskFilter {
		return workflow.TaskFilter{Lights: lights, Today: today}
	}

	t.Run("by due date has what is due, in pages of any length", func(t *testing.T) {
		b := setup(t)
		all := slices.DeleteFunc(b.seedList(), func(t workflow.Task) bool { return t.Due.IsZero() })
		slices.SortFunc(all, func(a, b workflow.Task) int {
			return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.Campaign, b.Campaign), strings.Compare(a.Region, b.Region), a.Seq-b.Seq)
		})
		for name, f := range map[string]workflow.TaskFilter{"all": {}, "a region": {Regions: []string{"440704"}}, "a campaign": {Campaign: "JM-2023"}, "key": {Key: &yes}} {
			want := slices.DeleteFunc(slices.Clone(all), func(t workflow.Task) bool {
				f := f
				f.Scope.All = true
				return !f.Selects(t)
			})
			if len(want) < 2 {
				t.Fatalf("%s: too few to tell", name)
			}
			for _, limit := range []int{1, 2, 5, 100} {
				f := f
				f.ByDue, f.Limit = true, limit
				var paged []workflow.Task
				for {
					page := allTasks(b, f)
					paged = append(paged, page...)
					if len(page) < limit {
						break
					}
					last := page[limit-1]
					f.After = &workflow.TaskCursor{Due: last.Due.String(), Campaign: last.Campaign, Region: last.Region, Seq: last.Seq}
				}
				same(t, paged, want)
			}
		}
		same(t, len(read(b, func(r workflow.Reader) ([]workflow.WaitingTask, error) {
			return r.Waiting(workflow.Scope{All: true}, 5)
		})), 5)
		own := read(b, func(r workflow.Reader) ([]workflow.WaitingTask, error) {
			return r.Waiting(workflow.Scope{Regions: []string{"440704"}}, 100)
		})
		same(t, len(own), 8)
		same(t, own[0].Due.After(own[7].Due), false)
	})

	t.Run("by how long they wait has the longest first, in pages of any length", func(t *testing.T) {
		b := setup(t)
		b.seedList()
		f := workflow.TaskFilter{States: []workflow.State{workflow.Reported}}
		want := allTasks(b, f)
		b.update(func(tx workflow.Tx) error {
			for i := range want {
				was := want[i].Version
				want[i].Version++
				want[i].UpdatedAt = after(time.Duration(i*5%7) * time.Hour) // some at the same moment
				if err := tx.SaveTask(want[i], was, want[i].State); err != nil {
					return err
				}
			}
			return nil
		})
		slices.SortFunc(want, func(a, b workflow.Task) int {
			return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), strings.Compare(a.ID, b.ID))
		})
		for _, limit := range []int{1, 3, 100} {
			f.ByWait, f.Limit, f.After = true, limit, nil
			var paged []workflow.Task
			for {
				page := allTasks(b, f)
				paged = append(paged, page...)
				if len(page) < limit {
					break
				}
				f.After = &workflow.TaskCursor{Since: page[limit-1].UpdatedAt, ID: page[limit-1].ID}
			}
			same(t, paged, want)
		}
	})

	t.Run("gives what every condition of the filter allows, in order", func(t *testing.T) {
		b := setup(t)
		tasks := b.seedList()
		for name, c := range map[string]struct {
			filter workflow.TaskFilter
			allows func(workflow.Task) bool
		}{
			"nothing asked": {workflow.TaskFilter{}, func(workflow.Task) bool { return true }},
			"campaign":      {workflow.TaskFilter{Campaign: "jm-2023"}, func(t workflow.Task) bool { return t.Campaign == "jm-2023" }},
			"regions":       {workflow.TaskFilter{Regions: []string{"440704", "440799"}}, func(t workflow.Task) bool { return t.Region == "440704" }},
			"states": {workflow.TaskFilter{States: []workflow.State{workflow.Closed, workflow.Assigned}}, func(t workflow.Task) bool {
				return t.State != workflow.Reported
			}},
			"verdicts": {workflow.TaskFilter{Verdicts: []assess.Verdict{assess.Behind}}, func(t workflow.Task) bool { return t.Verdict == assess.Behind }},
			"key":      {workflow.TaskFilter{Key: &yes}, func(t workflow.Task) bool { return t.Key }},
			"not key":  {workflow.TaskFilter{Key: &no}, func(t workflow.Task) bool { return !t.Key }},
			"together": {workflow.TaskFilter{Campaign: "JM-2023", Regions: []string{"440703"}, Key: &yes}, func(t workflow.Task) bool {
				return t.Campaign == "JM-2023" && t.Region == "440703" && t.Key
			}},
			"unknown": {workflow.TaskFilter{Campaign: "Jm-2023"}, func(workflow.Task) bool { return false }},
			"period":  {workflow.TaskFilter{Period: "2023-h1"}, func(workflow.Task) bool { return true }},
			"flagged": {workflow.TaskFilter{Flagged: &yes}, func(workflow.Task) bool { return false }},
			"overdue": {workflow.TaskFilter{Overdue: true, Today: today}, func(t workflow.Task) bool { return !t.Due.IsZero() && t.Due.Before(today) }},
			"red":     {lit(workflow.Red), func(t workflow.Task) bool { return t.Light(today) == workflow.Red }},
			"yellow":  {lit(workflow.Yellow), func(t workflow.Task) bool { return t.Light(today) == workflow.Yellow }},
			"green":   {lit(workflow.Green), func(t workflow.Task) bool { return t.Light(today) == workflow.Green }},
			"ended, or red": {lit(workflow.Unlit, workflow.Red), func(t workflow.Task) bool {
				return t.Light(today) == workflow.Unlit || t.Light(today) == workflow.Red
			}},
		} {
			t.Run(name, func(t *testing.T) {
				var want []workflow.Task
				for _, task := range tasks {
					if c.allows(task) {
						want = append(want, task)
					}
				}
				counted := c.filter
				counted.Scope.All = true
				for _, most := range []int{3, 1000} {
					if n := read(b, func(r workflow.Reader) (int, error) { return r.CountTasks(counted, most) }); n != min(len(want), most) {
						t.Errorf("counted %d of %d up to %d", n, len(want), most)
					}
				}
				got := allTasks(b, c.filter)
				if len(got) != len(want) || len(want) > 0 && !slices.EqualFunc(got, want, func(a, b workflow.Task) bool { return a.ID == b.ID }) {
					t.Fatalf("got %d tasks, want %d: %v", len(got), len(want), got)
				}
			})
		}
	})

	t.Run("stays inside the scope", func(t *testing.T) {
		b := setup(t)
		b.seedList()
		count := func(f workflow.TaskFilter) int {
			return len(read(b, func(r workflow.Reader) ([]workflow.Task, error) { return r.Tasks(f) }))
		}
		same(t, count(workflow.TaskFilter{}), 0)
		same(t, count(workflow.TaskFilter{Regions: []string{"440703"}}), 0)
		own := workflow.Scope{Regions: []string{"440704"}}
		same(t, count(workflow.TaskFilter{Scope: own}), 24)
		same(t, count(workflow.TaskFilter{Scope: own, Regions: []string{"440703", "440704"}}), 24)
		same(t, count(workflow.TaskFilter{Scope: own, Regions: []string{"440703"}}), 0)
	})

	t.Run("is the same in pages of any length", func(t *testing.T) {
		b := setup(t)
		b.seedList()
		whole := allTasks(b, workflow.TaskFilter{})
		for limit := 1; limit <= len(whole)+1; limit++ {
			var paged []workflow.Task
			f := workflow.TaskFilter{Limit: limit}
			for {
				page := allTasks(b, f)
				if len(page) > limit {
					t.Fatalf("a page of at most %d has %d tasks", limit, len(page))
				}
				paged = append(paged, page...)
				if len(page) < limit {
					break
				}
				last := page[len(page)-1]
				f.After = &workflow.TaskCursor{Campaign: last.Campaign, Region: last.Region, Seq: last.Seq}
			}
			same(t, paged, whole)
		}
	})
}

func testTaskSearch(t *testing.T, setup setup) {
	b := setup(t)
	b.seed()
	texts := []string{
		"完成率达到100%以上", "加油站_油气回收", "100户以上", "加油站油气回收", "NO2指标浓度", "VOCs治理", "叹号!反斜线\\'引号\"", "污水（雨水）管网", "100％覆盖",
	}
	tasks := make([]workflow.Task, len(texts))
	for i, text := range texts {
		tasks[i] = plainTask(i, "440703")
		if tasks[i].Subject = text; i%2 == 1 {
			tasks[i].Subject, tasks[i].Requirement = "其他", text
		}
	}
	b.update(func(tx workflow.Tx) error { return tx.InsertTasks(tasks) })
	for text, want := range map[string][]int{
		"油气":       {1, 3},
		"站_油":      {1},
		"100%":     {0, 8}, // ％ is % on input
		"１００":      {0, 2, 8},
		"%":        {0, 8},
		"_":        {1},
		"!反斜线\\'引": {6},
		"no2":      {4},
		"ＶＯＣＳ":     {5},
		"(雨水)":     {7},
		"T-3":      {3}, // in the code
		"8\x1f其":   {},
		"没有":       {},
		"' OR 1=1": {},
		"\xff":     {},
	} {
		t.Run("finds only what has "+text, func(t *testing.T) {
			found := []int{}
			for _, task := range allTasks(b, workflow.TaskFilter{Text: text}) {
				found = append(found, task.Seq)
			}
			same(t, found, want)
		})
	}
}
