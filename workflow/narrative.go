package workflow

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duban/workflow/audit"
)

// NarrativeEdit is the printed narrative of a row as a supervisor put it, with the
// reason (改稿). It holds for the report that it is of, and for no other; the report
// itself stays as it is. The newest of a report counts.
type NarrativeEdit struct {
	ID       string    `json:"id"` // UUID version 7
	Campaign string    `json:"campaign"`
	Period   string    `json:"period"`
	TaskID   string    `json:"task_id"`
	ReportID string    `json:"report_id"`
	Original string    `json:"original"` // the report's narrative
	Text     string    `json:"text"`     // what is printed; Original: the edit is taken back
	Reason   string    `json:"reason"`
	Editor   string    `json:"editor"` // user id
	At       time.Time `json:"at"`
}

// Undone reports whether the edit puts the report's own narrative back.
func (e NarrativeEdit) Undone() bool { return e.Text == e.Original }

// NarrativeInput is what a supervisor gives.
type NarrativeInput struct {
	Campaign  string
	Period    string
	Task      string // code or id
	Narrative string // as it is to be printed, 1 to 10,000 characters; the report's own takes edits back
	Reason    string // 1 to 2,000 characters
}

const eventEditNarrative = "narrative.edit"

// EditNarrative changes the narrative that is printed for a task. Verdict, key mark
// and the lines of stations are made from what is stored and cannot be edited; nor
// may the text gain a figure or a verdict that the report does not have.
func (s *Service) EditNarrative(ctx context.Context, call Call, in NarrativeInput) (NarrativeEdit, error) {
	var p Problems
	checkText(&p, "narrative", in.Narrative, 1, maxNarrative)
	checkText(&p, "reason", in.Reason, 1, maxReason)
	if err := p.Err(); err != nil {
		return NarrativeEdit{}, err
	}
	return write(ctx, s, call.to(eventEditNarrative, SubjectCampaign, in.Campaign), func(u *desk) (NarrativeEdit, error) {
		role, err := u.mayOnTable(MayIssueLagTable)
		if err != nil {
			return NarrativeEdit{}, err
		}
		if _, err := lockCampaign(u.Tx, in.Campaign); err != nil {
			return NarrativeEdit{}, err
		}
		entry, err := u.editable(in)
		if err != nil {
			return NarrativeEdit{}, err
		}
		if err := checkEdited(entry.Report.Narrative, in.Narrative).Err(); err != nil {
			return NarrativeEdit{}, err
		}
		e := NarrativeEdit{
			ID: newID(), Campaign: in.Campaign, Period: in.Period, TaskID: entry.Task.ID, ReportID: entry.Report.ID,
			Original: entry.Report.Narrative, Text: in.Narrative, Reason: in.Reason, Editor: u.call.Actor.UserID, At: u.now,
		}
		if err := u.InsertNarrativeEdit(e); err != nil {
			return e, fmt.Errorf("inserting an edit of task %s: %w", entry.Task.Code, err)
		}
		return e, u.logNarrative(role, entry.Task, e)
	})
}

// editable returns the entry of the table whose narrative is asked for.
func (u *desk) editable(in NarrativeInput) (LagEntry, error) {
	data, err := u.dataToIssue(IssueInput{Campaign: in.Campaign, Period: in.Period})
	if err != nil {
		return LagEntry{}, err
	}
	named := func(t Task) bool { return t.Code == in.Task || t.ID == in.Task }
	i := slices.IndexFunc(data.Entries, func(e LagEntry) bool { return named(e.Task) })
	switch {
	case i < 0 && slices.ContainsFunc(data.Gaps, func(g LagGap) bool { return named(g.Task) }):
		return LagEntry{}, NewError(Conflict, "narrative.no_verdict", "任务 "+in.Task+" 尚无最终评定，表中没有它的文字", "Task "+in.Task+" has no final verdict yet: the table has no text of it")
	case i < 0:
		return LagEntry{}, errNoTask()
	case data.Entries[i].Report == nil:
		return LagEntry{}, NewError(Conflict, "narrative.no_report", "任务 "+in.Task+" 逾期未报，没有可改的进展文字", "Task "+in.Task+" was not reported: there is no narrative to edit")
	case data.Entries[i].Figures():
		return LagEntry{}, NewError(Conflict, "narrative.figures", "任务 "+in.Task+" 的进展由监测数值生成，不能改稿", "The progress of task "+in.Task+" is made of figures and cannot be edited")
	}
	return data.Entries[i], nil
}

func (u *desk) logNarrative(role Role, t Task, e NarrativeEdit) error {
	is, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return u.log(audit.Event{
		Name: eventEditNarrative, Subject: SubjectNarrative, SubjectID: e.ID, Version: 1, ActorRole: string(role),
		Campaign: e.Campaign, Region: t.Region, Period: e.Period, Reason: e.Reason, After: is,
	})
}

// NarrativeView is an edit with what its reader would look up.
type NarrativeView struct {
	NarrativeEdit
	Task   Task
	Person string // the editor's name, or the id where there is no account
	// Status says what becomes of it in the next edition.
	Status NarrativeStatus
}

// NarrativeStatus is what becomes of an edit.
type NarrativeStatus string

// What becomes of edits.
const (
	EditPrinted  NarrativeStatus = "printed"  // the next edition has it
	EditReplaced NarrativeStatus = "replaced" // a later edit of the same report counts, or took it back
	EditStale    NarrativeStatus = "stale"    // another report counts by now
)

// NarrativeEdits lists the edits of a campaign and period that the actor may see,
// oldest first.
func (s *Service) NarrativeEdits(ctx context.Context, actor Actor, campaign, period string) ([]NarrativeView, error) {
	l := lagLook(campaign, period, AsOf{})
	scope := s.auth.Scope(actor, l.permission)
	if scope.Empty() {
		return nil, forbidden()
	}
	return read(ctx, s, func(r Reader) ([]NarrativeView, error) {
		p, err := pictureOf(r, l, scope, time.Time{})
		if err != nil {
			return nil, err
		}
		return narrativeViews(r, p)
	})
}

func narrativeViews(r Reader, p picture) ([]NarrativeView, error) {
	tasks, people := map[string]Task{}, []string{}
	for _, t := range p.tasks {
		tasks[t.ID] = t
	}
	for _, e := range p.edits {
		people = append(people, e.Editor)
	}
	names, err := namesOf(r, people)
	if err != nil {
		return nil, err
	}
	final, newest := finalReviews(p.reviews, p.period.Code), newestEdits(p.edits)
	views := []NarrativeView{}
	for _, e := range p.edits {
		task, seen := tasks[e.TaskID]
		if !seen {
			continue
		}
		v := NarrativeView{NarrativeEdit: e, Task: task, Person: names(e.Editor), Status: EditPrinted}
		switch {
		case final[e.TaskID].ReportID != e.ReportID:
			v.Status = EditStale
		case newest[e.ReportID].ID != e.ID || e.Undone():
			v.Status = EditReplaced
		}
		views = append(views, v)
	}
	return views, nil
}

// newestEdits returns the edit that counts, by report.
func newestEdits(edits []NarrativeEdit) map[string]NarrativeEdit {
	newest := map[string]NarrativeEdit{}
	for _, e := range edits {
		old, there := newest[e.ReportID]
		if !there || cmp.Or(e.At.Compare(old.At), cmp.Compare(e.ID, old.ID)) > 0 {
			newest[e.ReportID] = e
		}
	}
	return newest
}
