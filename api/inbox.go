package api

import (
	"context"
	"net/http"
	"time"

	"duban/workflow"
)

const aboutInbox = `与本人有关的事：区县填报员——本区县任务的交办、开启报告期、退回、挂牌、审核通过、销号、整改不通过、办结、撤销；审核员——上报、撤回；督查员——挂牌、销号、整改不通过。不含本人所为。` +
	`各计数到 100 为止，100 表示“99+”；填报员的计数看最紧迫的 500 项任务，审核员的看 500 份待审核的报告。轮询此接口不算操作，不延长会话。/ ` +
	`What concerns the caller: for reporters, their district's tasks assigned, periods opened, reports returned, flags, approvals, rectifications confirmed or rejected, tasks closed or cancelled; ` +
	`for reviewers, reports handed in or withdrawn; for supervisors, flags, rectifications confirmed or rejected. What the caller did is left out. ` +
	`Counts go up to 100, which stands for 99+; those of reporters look at the 500 most urgent tasks, those of reviewers at 500 reports that wait. Polling this does not keep a session from being idle.`

type inboxIn struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"30"`
	Cursor string `query:"cursor" maxLength:"400" doc:"上一页的 next_cursor / next_cursor of the page before"`
}

type inboxBody struct {
	Counts     inboxCounts `json:"counts" doc:"等待本人处理的；对本人的角色没有意义的不出现 / What waits for the caller; those that make no sense for their roles are absent"`
	Unread     int         `json:"unread" maximum:"100" doc:"未读的事；100 表示 99+；只在第一页 / Unread items; 100 stands for 99+; on the first page only"`
	ReadUntil  *time.Time  `json:"read_until,omitempty" doc:"在此之前的已读；没有则从未标记 / What happened until then was read; absent where nothing was"`
	Items      []inboxItem `json:"items" doc:"最近的在前 / Newest first"`
	NextCursor string      `json:"next_cursor,omitempty" doc:"没有则为最后一页；每页查看的事件数有上限，有 next_cursor 时本页可能不满 / Absent on the last page; a page looks at a bounded number of events and may not be full"`
}

type inboxCounts struct {
	ToReport  *int `json:"to_report,omitempty" maximum:"100" doc:"待上报 / Tasks to report on"`
	Returned  *int `json:"returned,omitempty" maximum:"100" doc:"其中被退回的 / Of those, sent back"`
	Flagged   *int `json:"flagged,omitempty" maximum:"100" doc:"待整改 / Wait for rectification"`
	DueSoon   *int `json:"due_soon,omitempty" maximum:"100" doc:"七天内到期 / Due within seven days"`
	Overdue   *int `json:"overdue,omitempty" maximum:"100" doc:"已逾期 / Overdue"`
	ToReview  *int `json:"to_review,omitempty" maximum:"100" doc:"待审核，不含本人上报的 / Reports to review, without the caller's own"`
	ToConfirm *int `json:"to_confirm,omitempty" maximum:"100" doc:"待销号的整改报告，不含本人上报的 / Rectification reports to confirm, without the caller's own"`
}

type inboxItem struct {
	ID         string      `json:"id" format:"uuid" doc:"审计事件的编号 / Of the audit event"`
	At         time.Time   `json:"at"`
	Event      string      `json:"event" example:"return"`
	Label      textOut     `json:"label"`
	By         string      `json:"by" doc:"何人 / Who did it"`
	Reason     string      `json:"reason,omitempty"`
	Verdict    verdictText `json:"verdict,omitempty"`
	RectifyBy  dateText    `json:"rectify_by,omitempty"`
	TaskID     string      `json:"task_id" format:"uuid"`
	Campaign   string      `json:"campaign" example:"jm-2023"`
	Code       string      `json:"code" example:"440703-01"`
	Subject    string      `json:"subject"`
	Region     string      `json:"region" example:"440703"`
	RegionName string      `json:"region_name" example:"蓬江区"`
	Period     string      `json:"period" example:"2023-h1"`
	State      string      `json:"state" example:"assigned" doc:"任务现在的状态 / The state that the task is in now"`
	Unread     bool        `json:"unread"`
}

type inboxOut struct{ Body inboxBody }

func (s *server) inboxRoutes() {
	read(s, get("/inbox", "getInbox", tagOwn, "与我有关：计数与最近的事", "My inbox: counts, and what happened").needs(ofScope, workflow.MayReadTasks).described(aboutInbox).polled(), s.inbox)
	write(s, post("/inbox/read", "readInbox", tagOwn, "标记已读", "Mark my inbox as read").needs(ofScope, workflow.MayReadTasks).status(http.StatusNoContent).repeatable(), s.readInbox)
}

func (s *server) inbox(ctx context.Context, who workflow.Actor, in *inboxIn) (*inboxOut, error) {
	var p workflow.Problems
	before := readCursor[workflow.EventCursor](&p, in.Cursor)
	if err := p.Err(); err != nil {
		return nil, err
	}
	box, err := s.service.Inbox(ctx, who, before, in.Limit)
	if err != nil {
		return nil, err
	}
	body := inboxBody{Counts: inboxCounts(box.Counts), Unread: box.Unread, Items: mapped(box.Items, s.inboxItem)}
	if !box.ReadUntil.IsZero() {
		body.ReadUntil = &box.ReadUntil
	}
	body.NextCursor, err = writeNext(box.Next)
	return &inboxOut{Body: body}, err
}

func (s *server) inboxItem(i workflow.InboxItem) inboxItem {
	e, t := i.Event, i.Task
	return inboxItem{
		ID: e.ID, At: e.At.UTC(), Event: e.Name, Label: textOf(s.service.Definition().EventLabel(e.Name)), By: i.By, Reason: e.Reason,
		Verdict: verdictText(i.Verdict), RectifyBy: dateOut(i.RectifyBy), TaskID: t.ID, Campaign: t.Campaign, Code: t.Code, Subject: t.Subject,
		Region: t.Region, RegionName: i.Region, Period: e.Period, State: string(t.State), Unread: i.Unread,
	}
}

type readInboxIn struct {
	Body *struct {
		Until *time.Time `json:"until,omitempty" doc:"读到的那件事的 at，原样给出；默认为现在。只会向后 / The at of the item read up to, as it was given; now by default. It never goes back"`
	}
}

func (s *server) readInbox(ctx context.Context, call workflow.Call, in *readInboxIn) (*struct{}, error) {
	var until time.Time
	if in.Body != nil && in.Body.Until != nil {
		until = *in.Body.Until
	}
	return nil, s.service.ReadInbox(ctx, call, until)
}
