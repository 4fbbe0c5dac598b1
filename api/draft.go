package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"duban/workflow"
)

// ownPage are the routes to what the page keeps for one person: nobody else ever
// sees it.
func (s *server) ownPage() {
	mayReport := workflow.EventPermission(workflow.EventReport)
	s.inboxRoutes()
	read(s, get("/drafts", "listDrafts", tagOwn, "本人的报告草稿", "My drafts of reports").needs(ofScope, mayReport), s.drafts)
	read(s, get("/tasks/{id}/draft", "getDraft", tagOwn, "本人为此任务写的草稿", "My draft for a task").needs(ofTask, mayReport).described(aboutDraft), s.draft)
	write(s, put("/tasks/{id}/draft", "saveDraft", tagOwn, "保存草稿", "Save my draft for a task").needs(ofTask, mayReport).described(aboutDraft).repeatable(), s.saveDraft)
	write(s, del("/tasks/{id}/draft", "deleteDraft", tagOwn, "删除草稿", "Delete my draft for a task").needs(ofTask, mayReport).status(http.StatusNoContent).repeatable().versioned(), s.deleteDraft)
	read(s, get("/session/preferences", "getPreferences", tagOwn, "本人的偏好", "My preferences").selfService(), s.preferences)
	write(s, put("/session/preferences", "savePreferences", tagOwn, "保存本人的偏好", "Save my preferences").selfService().repeatable(), s.savePreferences)
}

const aboutDraft = `草稿只有本人能看到，不必填全，填到一半的数字照原样保存，最多 64 KiB；上报成功后自动删除。保存时给出所依据的 revision（没有草稿时为 0）：` +
	`另一窗口已保存过则 409 draft.changed，并给出那一份。报告期已变的草稿仍在，period 为写草稿时的报告期。/ ` +
	`A draft is seen by its author alone; nothing in it is required, half-typed figures stay as typed, 64 KiB at most; it goes when the report is accepted. ` +
	`Give the revision that it goes on from (0 where there is no draft): where another window has saved, the answer is 409 draft.changed with what that one saved. ` +
	`After a new period was opened the draft stays, with the period for which it was typed.`

// DraftContent is what is typed of a report: the fields of reportIn, of which none
// is read before the report is sent.
type DraftContent struct {
	EvidenceDate dateText   `json:"evidence_date,omitempty"`
	Narrative    string     `json:"narrative,omitempty"`
	Values       valuesBody `json:"values,omitempty" doc:"指标代码到填报值，照输入原样 / By measure code, as typed"`
	Evidence     []string   `json:"evidence,omitempty"`
}

var _ = DraftContent(reportIn{}) // a report must have a place for all of it

// DraftPeriod says what a draft is typed for.
type DraftPeriod struct {
	Period string `json:"period,omitempty" maxLength:"64" example:"2023-h1" doc:"写草稿时的报告期；默认为任务现在的报告期 / The period that it is typed for; by default the one that the task is in"`
}

type draftOut struct {
	DraftContent
	DraftPeriod
	TaskID   string    `json:"task_id" format:"uuid"`
	Revision int       `json:"revision" doc:"保存的次数 / Counts how often it was saved"`
	SavedAt  time.Time `json:"saved_at"`
}

// draftOf shows a stored draft.
func draftOf(d workflow.ReportDraft) (draftOut, error) {
	out := draftOut{TaskID: d.TaskID, Revision: d.Revision, SavedAt: d.SavedAt.UTC()}
	if err := json.Unmarshal(d.Content, &out.DraftContent); err != nil {
		return out, fmt.Errorf("reading the draft for task %s: %w", d.TaskID, err)
	}
	out.Period = d.Period
	return out, nil
}

type draftView struct {
	Draft      *draftOut `json:"draft,omitempty" doc:"没有则无草稿 / Absent where there is none"`
	TaskPeriod string    `json:"task_period" doc:"任务现在的报告期 / The period that the task is in"`
}

type draftViewOut struct {
	ETag string `header:"ETag" doc:"草稿的 revision，用于删除时的 If-Match / The draft's revision, for If-Match when deleting"`
	Body draftView
}

func draftViewOf(v workflow.DraftView, err error) (*draftViewOut, error) {
	if err != nil {
		return nil, err
	}
	out := &draftViewOut{Body: draftView{TaskPeriod: v.Task.Period}}
	if v.Draft == nil {
		return out, nil
	}
	d, err := draftOf(*v.Draft)
	out.ETag, out.Body.Draft = etag(d.Revision), &d
	return out, err
}

func (s *server) draft(ctx context.Context, who workflow.Actor, in *struct{ TaskPath }) (*draftViewOut, error) {
	return draftViewOf(s.service.ReportDraft(ctx, who, in.ID))
}

type saveDraftIn struct {
	TaskPath
	Body struct {
		DraftContent
		DraftPeriod
		Revision int `json:"revision,omitempty" minimum:"0" doc:"所依据的草稿；0 为尚无草稿 / The draft that it goes on from; 0: there was none"`
	}
}

func (s *server) saveDraft(ctx context.Context, call workflow.Call, in *saveDraftIn) (*draftViewOut, error) {
	content, err := json.Marshal(in.Body.DraftContent)
	if err != nil {
		return nil, fmt.Errorf("writing a draft: %w", err)
	}
	return draftViewOf(s.service.SaveReportDraft(ctx, call, workflow.ReportDraft{
		TaskID: in.ID, Period: in.Body.Period, Content: content, Revision: in.Body.Revision,
	}))
}

func (s *server) deleteDraft(ctx context.Context, call workflow.Call, in *struct{ TaskPath }) (*struct{}, error) {
	return nil, s.service.DeleteReportDraft(ctx, call, in.ID)
}

// draftRow is a draft in the list of one's drafts.
type draftRow struct {
	TaskID     string    `json:"task_id" format:"uuid"`
	Campaign   string    `json:"campaign" example:"jm-2023"`
	Code       string    `json:"code" example:"440703-01"`
	Subject    string    `json:"subject"`
	Region     string    `json:"region" example:"440703"`
	State      string    `json:"state" example:"assigned"`
	Period     string    `json:"period" doc:"写草稿时的报告期 / The period that it was typed for"`
	TaskPeriod string    `json:"task_period" doc:"任务现在的报告期 / The period that the task is in"`
	Revision   int       `json:"revision"`
	SavedAt    time.Time `json:"saved_at"`
}

func draftRowOf(v workflow.DraftView) draftRow {
	t, d := v.Task, v.Draft
	return draftRow{
		TaskID: t.ID, Campaign: t.Campaign, Code: t.Code, Subject: t.Subject, Region: t.Region, State: string(t.State),
		Period: d.Period, TaskPeriod: t.Period, Revision: d.Revision, SavedAt: d.SavedAt.UTC(),
	}
}

func (s *server) drafts(ctx context.Context, who workflow.Actor, _ *struct{}) (*listOut[draftRow], error) {
	all, err := s.service.ReportDrafts(ctx, who)
	if err != nil {
		return nil, err
	}
	return listed(all, draftRowOf), nil
}
