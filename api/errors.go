package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"duban/workflow"
)

// statuses is the only map from kinds of errors to HTTP.
var statuses = map[workflow.Kind]int{
	workflow.Invalid:         http.StatusUnprocessableEntity,
	workflow.Unauthenticated: http.StatusUnauthorized,
	workflow.Forbidden:       http.StatusForbidden,
	workflow.NotFound:        http.StatusNotFound,
	workflow.Conflict:        http.StatusConflict,
	workflow.Stale:           http.StatusPreconditionFailed,
	workflow.KeyReused:       http.StatusUnprocessableEntity,
	workflow.TooMany:         http.StatusTooManyRequests,
	workflow.Unavailable:     http.StatusServiceUnavailable,
	workflow.Internal:        http.StatusInternalServerError,
}

// titles name the kinds of problems for people.
var titles = map[int]workflow.Text{
	http.StatusBadRequest:            {ZH: "请求无法读取", EN: "Unreadable request"},
	http.StatusUnauthorized:          {ZH: "未登录", EN: "Not signed in"},
	http.StatusForbidden:             {ZH: "无权执行", EN: "Not allowed"},
	http.StatusNotFound:              {ZH: "未找到", EN: "Not found"},
	http.StatusMethodNotAllowed:      {ZH: "不支持的方法", EN: "Method not allowed"},
	http.StatusRequestTimeout:        {ZH: "请求超时", EN: "Request timed out"},
	http.StatusConflict:              {ZH: "与当前状态冲突", EN: "Conflict with the current state"},
	http.StatusPreconditionFailed:    {ZH: "版本已过期", EN: "Stale version"},
	http.StatusRequestEntityTooLarge: {ZH: "请求过大", EN: "Request too large"},
	http.StatusUnsupportedMediaType:  {ZH: "不支持的内容类型", EN: "Unsupported content type"},
	http.StatusUnprocessableEntity:   {ZH: "内容不符合要求", EN: "Invalid input"},
	http.StatusTooManyRequests:       {ZH: "尝试过多", EN: "Too many attempts"},
	http.StatusInternalServerError:   {ZH: "系统内部错误", EN: "Internal error"},
	http.StatusServiceUnavailable:    {ZH: "暂时不可用", EN: "Temporarily unavailable"},
}

// problem is the one shape of every refusal: RFC 9457 with a stable code.
type problem struct {
	ProblemBody
	RequestID string    `json:"request_id" doc:"报告问题时请附上 / Quote it when reporting a problem"`
	Draft     *draftOut `json:"draft,omitempty" doc:"409 draft.changed：另一窗口保存的草稿 / What another window saved"`
	headers   map[string]string
}

// ProblemBody is what a refusal says whichever request it answers: a row of a request
// about several tasks has it too.
type ProblemBody struct {
	Type       string         `json:"type" format:"uri" example:"urn:duban:error:task.stale" doc:"稳定的 URN / Stable URN"`
	Title      string         `json:"title" example:"版本已过期"`
	Status     int            `json:"status" example:"412"`
	Detail     string         `json:"detail" doc:"给人看的说明，按 Accept-Language 的语言 / For people, in the language of Accept-Language"`
	Code       string         `json:"code" example:"task.stale" doc:"给程序用的稳定代码 / Stable code for programs"`
	Errors     []fieldOut     `json:"errors,omitempty" doc:"每处不符合要求的内容 / Each broken rule"`
	LastChange *lastChangeOut `json:"last_change,omitempty" doc:"409、412：任务最近的变更：谁、何时、做了什么、现为何状态 / What happened to the task meanwhile: who did what, when, and the state it is in now"`
}

type fieldOut struct {
	Field   string `json:"field" example:"values.stations.at_cutoff"`
	Rule    string `json:"rule" example:"required"`
	Message string `json:"message"`
}

type lastChangeOut struct {
	State   string `json:"state"`
	Version int    `json:"version"`
	Event   string `json:"event"`
	ActorID string `json:"actor_id"`
	Actor   string `json:"actor_name" example:"李审核" doc:"该人的姓名 / The name of that person"`
	At      string `json:"at" format:"date-time"`
}

// Error implements error for huma.
func (p *problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// refusal is an error of HTTP itself, made before the domain is asked.
type refusal struct {
	status int
	why    *workflow.Error
}

// Error returns the text of the reason, for logs.
func (r *refusal) Error() string { return r.why.Error() }

func refuse(status int, code, zh, en string) *refusal {
	return &refusal{status, workflow.NewError(workflow.Invalid, code, zh, en)}
}

var internalError = workflow.AsError(errors.New("hidden"))

// problem turns any error into what is sent.
func (r *request) problem(err error) *problem {
	refused := r.refusalOf(err)
	r.refusal = refused.why.Code
	p := &problem{ProblemBody: r.problemBody(refused), RequestID: r.id, headers: map[string]string{}}
	if e := refused.why; e.Draft != nil {
		if d, err := draftOf(*e.Draft); err == nil {
			p.Draft = &d
		}
	}
	switch refused.status {
	case http.StatusUnauthorized:
		p.headers["WWW-Authenticate"] = `Bearer realm="duban"`
	case http.StatusServiceUnavailable:
		p.headers["Retry-After"] = "5"
	case http.StatusTooManyRequests:
		p.headers["Retry-After"] = "900"
	}
	return p
}

// refusalOf finds out what the caller may know of an error. Causes are only logged.
func (r *request) refusalOf(err error) *refusal {
	refused, ok := errors.AsType[*refusal](err)
	if !ok {
		e := workflow.AsError(err)
		refused = &refusal{statuses[e.Kind], e}
	}
	switch refused.why.Kind {
	case workflow.Internal:
		r.log.Error("internal error", "error", err)
		return &refusal{refused.status, internalError}
	case workflow.Unavailable:
		level := slog.LevelWarn
		if code := refused.why.Code; r.http.Context().Err() != nil && (code == "store.stopped" || code == "not_ready") {
			level = slog.LevelDebug // whoever asked has left: nothing is amiss
		}
		r.log.Log(r.http.Context(), level, "unavailable", "error", err)
	default:
		r.log.Log(r.http.Context(), slog.LevelDebug, "refused", "code", refused.why.Code)
	}
	return refused
}

// problemBody puts a refusal into the caller's language.
func (r *request) problemBody(refused *refusal) ProblemBody {
	e := refused.why
	p := ProblemBody{
		Type: "urn:duban:error:" + e.Code, Title: titles[refused.status].In(r.lang), Status: refused.status,
		Detail: e.Text.In(r.lang), Code: e.Code, Errors: r.fields(e.Fields),
	}
	if l := e.Last; l != nil {
		p.LastChange = &lastChangeOut{State: string(l.State), Version: l.Version, Event: l.Event, ActorID: l.ActorID, Actor: l.Actor, At: l.At}
	}
	return p
}

// fields puts broken rules into the caller's language.
func (r *request) fields(list []workflow.FieldError) []fieldOut {
	out := make([]fieldOut, len(list))
	for i, f := range list {
		out[i] = fieldOut{Field: f.Field, Rule: f.Rule, Message: f.Text.In(r.lang)}
	}
	return out
}

// huma makes its errors through two package variables. The first is only asked
// for the type, for the OpenAPI document.
func init() {
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError {
		return &problem{ProblemBody: ProblemBody{Status: status}}
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		p := requestOf(ctx.Context()).problem(humaError(status, msg, errs))
		for name, value := range p.headers {
			ctx.SetHeader(name, value)
		}
		return p
	}
}

// humaError finds out what huma means: an error of a handler, or a request that
// does not fit the schema.
func humaError(status int, msg string, errs []error) error {
	var fields []workflow.FieldError
	for _, err := range errs {
		detail, ok := errors.AsType[*huma.ErrorDetail](err)
		if !ok {
			return err
		}
		fields = append(fields, translated(detail))
	}
	switch {
	case status == http.StatusBadRequest && len(fields) == 0:
		return refuse(status, "body.required", "缺少请求正文", "A request body is required")
	case status == http.StatusBadRequest:
		r := refuse(status, "body.malformed", "请求正文不是有效的 JSON", "The request body is not valid JSON")
		r.why.Fields = fields
		return r
	case len(fields) == 0:
		return errors.New(msg)
	}
	slices.SortStableFunc(fields, func(a, b workflow.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return workflow.Problems(fields).Err()
}

// echoError answers what never reaches an operation: unknown paths, methods, and
// errors of pages.
func (s *server) echoError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch he.Code {
		case http.StatusNotFound:
			err = refuse(he.Code, "route.not_found", "没有此路径", "There is no such path")
		case http.StatusMethodNotAllowed:
			err = refuse(he.Code, "route.method", "此路径不支持该方法，可用方法见 Allow", "This path does not know the method; Allow lists those it does")
		}
	}
	writeProblem(c, requestOf(c.Request().Context()).problem(err))
}

func writeProblem(c echo.Context, p *problem) {
	for name, value := range p.headers {
		c.Response().Header().Set(name, value)
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = nil // a problem is made of strings only
	}
	_ = c.Blob(p.Status, p.ContentType(""), body) // the caller may be gone
}
