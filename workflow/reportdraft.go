package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ReportDraft is what a person has typed so far of a report on a task. It is theirs
// alone and says nothing yet: drafts are no part of the audit trail, which tells
// what was said to others and on what they decided. Half a figure that nobody has
// seen is neither, and an event for every pause in typing would bury those that
// count. A draft goes with the report that it becomes, in the same transaction.
//
// Drafts of an account that was disabled stay, for the account may be enabled
// again, and are shown to nobody: only who is signed in sees drafts, and only
// their own.
type ReportDraft struct {
	UserID   string
	TaskID   string
	Period   string // that it was typed for; the task may be in a later one by now
	Content  []byte // JSON, as typed: figures are texts and may be half
	Revision int    // counts the times it was saved, from 1
	SavedAt  time.Time
}

// MaxReportDraft is the largest content of a draft in bytes.
const MaxReportDraft = 64 << 10

// DraftView is a draft with its task.
type DraftView struct {
	Task  Task
	Draft *ReportDraft // nil: there is none
}

const (
	eventDraftSave   = "draft.save"
	eventDraftDelete = "draft.delete"
)

// ReportDraft returns the actor's own draft for a task on which they may report.
func (s *Service) ReportDraft(ctx context.Context, actor Actor, taskID string) (DraftView, error) {
	return read(ctx, s, func(r Reader) (DraftView, error) {
		task, err := s.reportable(r, actor, taskID)
		if err != nil {
			return DraftView{}, err
		}
		draft, err := ownDraft(r, actor, taskID)
		return DraftView{Task: task, Draft: draft}, err
	})
}

// reportable reads a task on which the actor may report at some time, whatever its
// state.
func (s *Service) reportable(r Reader, actor Actor, taskID string) (Task, error) {
	task, err := s.visibleTask(r, actor, taskID)
	if err != nil {
		return task, err
	}
	if _, ok := s.auth.May(actor, EventPermission(EventReport), task.Region); !ok {
		return task, forbidden()
	}
	return task, nil
}

func ownDraft(r Reader, actor Actor, taskID string) (*ReportDraft, error) {
	draft, err := r.ReportDraft(actor.UserID, taskID)
	if isNoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a draft for task %s: %w", taskID, err)
	}
	return &draft, nil
}

// ReportDrafts returns the actor's drafts, the newest first: those for tasks on
// which they may still report.
func (s *Service) ReportDrafts(ctx context.Context, actor Actor) ([]DraftView, error) {
	seen, scope := s.auth.Scope(actor, MayReadTasks), s.auth.Scope(actor, EventPermission(EventReport))
	if scope.Empty() {
		return nil, forbidden()
	}
	return read(ctx, s, func(r Reader) ([]DraftView, error) {
		drafts, err := r.ReportDrafts(actor.UserID)
		if err != nil {
			return nil, fmt.Errorf("listing drafts: %w", err)
		}
		ids := make([]string, len(drafts))
		for i, d := range drafts {
			ids[i] = d.TaskID
		}
		tasks, err := r.TasksOf(ids)
		if err != nil {
			return nil, fmt.Errorf("reading the tasks of drafts: %w", err)
		}
		byID := make(map[string]Task, len(tasks))
		for _, t := range tasks {
			byID[t.ID] = t
		}
		var views []DraftView
		for _, d := range drafts {
			if t := byID[d.TaskID]; seen.Has(t.Region) && scope.Has(t.Region) {
				views = append(views, DraftView{Task: t, Draft: &d})
			}
		}
		return views, nil
	})
}

// SaveReportDraft keeps what the actor has typed. Revision is that of the draft
// which it goes on from, 0 when there was none: where another window has saved
// meanwhile it is refused, and the error has what that one saved. An empty Period
// is the one that the task is in.
func (s *Service) SaveReportDraft(ctx context.Context, call Call, d ReportDraft) (DraftView, error) {
	if len(d.Content) > MaxReportDraft {
		var p Problems
		p.Add("draft", "max_bytes", fmt.Sprintf("草稿不得超过 %d KiB，现为 %d KiB；过长的内容请作为证据文件上传", MaxReportDraft>>10, len(d.Content)>>10+1),
			fmt.Sprintf("must be %d KiB at most and is %d KiB; upload long texts as evidence files", MaxReportDraft>>10, len(d.Content)>>10+1))
		return DraftView{}, p.Err()
	}
	return write(ctx, s, call.to(eventDraftSave, SubjectTask, d.TaskID), func(u *desk) (DraftView, error) {
		task, err := s.reportable(u, call.Actor, d.TaskID)
		if err != nil {
			return DraftView{}, err
		}
		if state, _ := s.def.State(task.State); state.Terminal {
			return DraftView{}, NewError(Conflict, "task.state", "任务已办结或撤销，不再接受报告", "The task has ended and takes no more reports")
		}
		old, err := ownDraft(u, call.Actor, d.TaskID)
		if err != nil {
			return DraftView{}, err
		}
		was := 0
		if old != nil {
			was = old.Revision
		}
		if d.Revision != was {
			return DraftView{}, errDraftChanged(old)
		}
		switch {
		case d.Period == "":
			d.Period = task.Period
		case d.Period != task.Period && (old == nil || d.Period != old.Period):
			var p Problems
			p.Add("period", "one_of", "任务现在的报告期是 "+task.Period, "the task is in period "+task.Period)
			return DraftView{}, p.Err()
		}
		d.UserID, d.Revision, d.SavedAt = call.Actor.UserID, was+1, u.now
		err = u.SaveReportDraft(d, was)
		if errors.Is(err, ErrDuplicate) || errors.Is(err, ErrChanged) {
			// Another window was faster by less than this transaction; what it saved is
			// seen by whoever looks again.
			return DraftView{}, errDraftChanged(nil)
		}
		if err != nil {
			return DraftView{}, fmt.Errorf("saving a draft for task %s: %w", d.TaskID, err)
		}
		return DraftView{Task: task, Draft: &d}, nil
	})
}

// errDraftChanged tells who goes on from another draft than the stored one what is
// stored.
func errDraftChanged(is *ReportDraft) *Error {
	e := NewError(Conflict, "draft.changed", "草稿已在别处改动、提交或删除", "The draft was changed, sent or deleted elsewhere meanwhile")
	if is != nil {
		at := ShownMoment(is.SavedAt)
		e = NewError(Conflict, "draft.changed",
			fmt.Sprintf("草稿已在另一窗口于 %s 保存为第 %d 版；请选择保留哪一份", at, is.Revision),
			fmt.Sprintf("The draft was saved in another window at %s as revision %d; choose which one to keep", at, is.Revision))
	}
	e.Draft = is
	return e
}

// DeleteReportDraft throws the actor's own draft for a task away. IfVersion of the
// call, when set, is the revision that it must have.
func (s *Service) DeleteReportDraft(ctx context.Context, call Call, taskID string) error {
	_, err := write(ctx, s, call.to(eventDraftDelete, SubjectTask, taskID), func(u *desk) (struct{}, error) {
		if _, err := s.reportable(u, call.Actor, taskID); err != nil {
			return struct{}{}, err
		}
		old, err := ownDraft(u, call.Actor, taskID)
		if err != nil || old == nil {
			return struct{}{}, err
		}
		if call.IfVersion != 0 && call.IfVersion != old.Revision {
			return struct{}{}, errDraftChanged(old)
		}
		return struct{}{}, u.DeleteReportDraft(call.Actor.UserID, taskID)
	})
	return err
}
