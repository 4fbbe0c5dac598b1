package workflow_test

import (
	"reflect"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// taken is what a view showed, and how it is asked again.
type taken struct {
	name string
	ask  question
	then shown
	asOf workflow.AsOf
}

type question func(workflow.AsOf) (any, error)

// shown is a view's answer without what only a view of now has.
type shown struct {
	Answer any
	Error  string
}

// look keeps what views show now. The moment they are asked for later is the next
// one, or the end of the day, after which nothing else happens on that day.
func (s *story) look() {
	// Every reading of the clock moves it on by a second. Answers count days, so one
	// look must not reach over midnight.
	if end := calendar.Of(time.Unix(s.now.Load(), 0)).End().Unix(); end-s.now.Load() < 3600 {
		s.now.Store(end)
	}
	first := len(s.taken)
	who := pick(s.random, auditor, auditor, reporter, stranger)
	period := pick(s.random, "h1", "q3", "fy", "extra-3")
	s.take("lag table", func(asOf workflow.AsOf) (any, error) { return s.LagData(s.ctx(), who, s.code, period, asOf) })
	s.take("tally", func(asOf workflow.AsOf) (any, error) { return s.Tally(s.ctx(), who, s.code, period, asOf) })
	s.take("dashboard", func(asOf workflow.AsOf) (any, error) {
		d, err := s.Dashboard(s.ctx(), who, s.code, period, asOf)
		d.At = time.Time{} // of when it is asked
		return d, err
	})
	s.take("all tasks", s.pages(who, workflow.TaskFilter{Campaign: s.code, Limit: workflow.MaxPage}))
	s.take("some tasks", s.pages(who, s.filter()))
	for range min(3, len(s.ids)) {
		id := pick(s.random, s.ids...)
		s.take("task "+id, func(asOf workflow.AsOf) (any, error) { return s.TaskAsOf(s.ctx(), who, id, asOf) })
	}
	asOf := workflow.At(time.Unix(s.now.Load()+1, 0))
	if s.random.IntN(2) == 0 {
		today := calendar.Of(time.Unix(s.now.Load(), 0))
		asOf = workflow.EndOf(today)
		s.now.Store(today.End().Unix())
	}
	for i := first; i < len(s.taken); i++ {
		s.taken[i].asOf = asOf
	}
}

func (s *story) take(name string, v question) {
	s.taken = append(s.taken, taken{name: name, ask: v, then: ask(v, workflow.AsOf{})})
}

// filter asks for some tasks, in small pages and sometimes of every campaign.
func (s *story) filter() workflow.TaskFilter {
	f := workflow.TaskFilter{Campaign: s.code, Limit: 1 + s.random.IntN(4)}
	if s.random.IntN(8) == 0 {
		f.Campaign = ""
		f.Limit = 30
	}
	if s.random.IntN(3) == 0 {
		f.Regions = []string{pick(s.random, s.regions...)}
	}
	if s.random.IntN(3) == 0 {
		f.States = []workflow.State{workflow.Assigned, pick(s.random, workflow.Reported, workflow.Flagged, workflow.Cancelled)}
	}
	if s.random.IntN(3) == 0 {
		f.Verdicts = []assess.Verdict{assess.Behind, pick(s.random, assess.Verdicts...)}
	}
	if s.random.IntN(4) == 0 {
		key := s.random.IntN(2) == 0
		f.Key = &key
	}
	if s.random.IntN(3) == 0 {
		f.Text = pick(s.random, "ｔ1", "任务story-", "%", "没有")
	}
	return f
}

// pages is a view of a whole list, page after page.
func (s *story) pages(who workflow.Actor, f workflow.TaskFilter) question {
	return func(asOf workflow.AsOf) (any, error) {
		var pages []workflow.TaskPage
		for f := f; ; {
			page, err := s.TasksAsOf(s.ctx(), who, f, asOf)
			if err != nil {
				return nil, err
			}
			for i := range page.Standings {
				page.Standings[i].Allowed = nil // only now has it
			}
			if pages = append(pages, page); page.Next == nil {
				return pages, nil
			}
			f.After = page.Next
		}
	}
}

// ask asks a view and leaves out what only now has: what the reader may do.
func ask(v question, asOf workflow.AsOf) shown {
	answer, err := v(asOf)
	if err != nil {
		return shown{Error: err.Error()}
	}
	switch a := answer.(type) {
	case workflow.LagData:
		a.AsOf = workflow.AsOf{}
		answer = a
	case workflow.TaskView:
		a.Allowed, a.Standing.Allowed = nil, nil
		answer = a
	}
	return shown{Answer: answer}
}

// rebuilt holds what the events give against every row of the tables, and returns
// the number of events.
func (s *story) rebuilt() int {
	s.t.Helper()
	events := 0
	if err := s.store.View(s.ctx(), func(r workflow.Reader) error {
		var pasts []workflow.TaskPast
		c, err := workflow.Rebuild(r, workflow.AcceptedFilter{Campaign: s.code, Scope: workflow.Scope{All: true}}, func(p workflow.TaskPast) error {
			pasts = append(pasts, p)
			return nil
		})
		if err != nil {
			return err
		}
		if stored, err := r.Campaign(s.code); err != nil || !reflect.DeepEqual(c, stored) {
			s.t.Errorf("the events give %+v\nstored is %+v, %v", c, stored, err)
		}
		if len(pasts) != len(s.ids) {
			s.t.Errorf("the events give %d tasks of %d", len(pasts), len(s.ids))
		}
		for _, p := range pasts {
			events += p.Task.Version
			stored, err := storedPast(r, p.Task.ID)
			if err != nil {
				return err
			}
			if !reflect.DeepEqual(p, stored) {
				s.t.Errorf("the events give\n%+v\nstored is\n%+v", p, stored)
			}
		}
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return events
}

// storedPast reads from the tables what events tell of a task.
func storedPast(r workflow.Reader, id string) (p workflow.TaskPast, err error) {
	if p.Task, err = r.Task(id); err != nil {
		return p, err
	}
	if p.Reports, err = r.Reports(id); err != nil {
		return p, err
	}
	if p.Reviews, err = r.Reviews(id); err != nil {
		return p, err
	}
	if p.Flags, err = r.Flags(id); err != nil {
		return p, err
	}
	// A list without rows is not nil in a store.
	p.Reports, p.Reviews, p.Flags = orNil(p.Reports), orNil(p.Reviews), orNil(p.Flags)
	return p, nil
}

func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
