package gormstore

import (
	"duban/workflow"
	"duban/workflow/audit"
)

// draft is what one step of a group writes, kept until all of them have run. It
// reads from the group's transaction.
type draft struct {
	workflow.Reader
	// ahead is what the step begins with and began how it was found, if that is not
	// locked and has to be proved; began is else nil.
	ahead    workflow.Ahead
	began    *workflow.Start
	tasks    []workflow.Task
	saved    []savedTask
	reports  []workflow.Report
	statuses []reportStatus
	reviews  []workflow.Review
	flags    []workflow.Flag
	cleared  []workflow.Flag
	sent     []sentDraft
	events   []audit.Event
}

var _ workflow.StepTx = (*draft)(nil)

// savedTask is a task with what it must still be when it is saved.
type savedTask struct {
	task       workflow.Task
	wasVersion int
	wasState   workflow.State
}

type reportStatus struct {
	id     string
	status workflow.ReportStatus
}

func (d *draft) InsertTasks(tasks []workflow.Task) error {
	d.tasks = append(d.tasks, tasks...)
	return nil
}

func (d *draft) SaveTask(t workflow.Task, wasVersion int, wasState workflow.State) error {
	d.saved = append(d.saved, savedTask{t, wasVersion, wasState})
	return nil
}

func (d *draft) InsertReport(r workflow.Report) error {
	d.reports = append(d.reports, r)
	return nil
}

func (d *draft) SaveReportStatus(id string, status workflow.ReportStatus) error {
	d.statuses = append(d.statuses, reportStatus{id, status})
	return nil
}

func (d *draft) InsertReview(r workflow.Review) error {
	d.reviews = append(d.reviews, r)
	return nil
}

func (d *draft) InsertFlag(f workflow.Flag) error {
	d.flags = append(d.flags, f)
	return nil
}

func (d *draft) SaveFlag(f workflow.Flag) error {
	d.cleared = append(d.cleared, f)
	return nil
}

// sentDraft is what a person had typed of a report that is sent.
type sentDraft struct{ userID, taskID string }

func (d *draft) DeleteReportDraft(userID, taskID string) error {
	d.sent = append(d.sent, sentDraft{userID, taskID})
	return nil
}

func (d *draft) AppendEvents(events []audit.Event) error {
	d.events = append(d.events, events...)
	return nil
}

type drafts []*draft

// write stores what the drafts hold, the rows of each table together. What others
// refer to comes first, and what is locked before that. Any error means that none of
// it may be committed.
func (u *unit) write(all drafts) error {
	for _, store := range []func() error{
		func() error { return each(all, u.claim) },
		func() error { return u.InsertTasks(gathered(all, func(d *draft) []workflow.Task { return d.tasks })) },
		func() error {
			return u.insertReports(gathered(all, func(d *draft) []workflow.Report { return d.reports }))
		},
		func() error {
			return u.saveReportStatuses(gathered(all, func(d *draft) []reportStatus { return d.statuses }))
		},
		func() error { return u.insertFlags(gathered(all, func(d *draft) []workflow.Flag { return d.flags })) },
		func() error {
			return each(gathered(all, func(d *draft) []workflow.Flag { return d.cleared }), u.SaveFlag)
		},
		func() error {
			return u.insertReviews(gathered(all, func(d *draft) []workflow.Review { return d.reviews }))
		},
		func() error {
			return each(gathered(all, func(d *draft) []sentDraft { return d.sent }), func(s sentDraft) error { return u.DeleteReportDraft(s.userID, s.taskID) })
		},
		func() error { return u.AppendEvents(gathered(all, func(d *draft) []audit.Event { return d.events })) },
	} {
		if err := store(); err != nil {
			return err
		}
	}
	if u.packet != nil {
		return u.send()
	}
	return nil
}

func gathered[T any](all drafts, of func(*draft) []T) []T {
	var list []T
	for _, d := range all {
		list = append(list, of(d)...)
	}
	return list
}

func each[T any](list []T, do func(T) error) error {
	for _, one := range list {
		if err := do(one); err != nil {
			return err
		}
	}
	return nil
}
