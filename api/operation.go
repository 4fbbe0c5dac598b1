package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"duban/workflow"
)

// Tags group the operations in the documentation.
const (
	tagSession   = "登录 Sign-in"
	tagFrame     = "基础数据 Frame"
	tagCampaigns = "专项工作 Campaigns"
	tagTasks     = "任务 Tasks"
	tagMoves     = "流程事件 Workflow events"
	tagAccounts  = "账号与授权 Accounts"
	tagOwn       = "本人的页面 One's own page"
	tagAudit     = "审计与会议查询 Audit and meeting queries"
)

// operation is one route while it is being declared.
type operation struct{ huma.Operation }

func get(path, id, tag, zh, en string) operation {
	return declare(http.MethodGet, path, id, tag, zh, en)
}

func post(path, id, tag, zh, en string) operation {
	return declare(http.MethodPost, path, id, tag, zh, en)
}

func put(path, id, tag, zh, en string) operation {
	return declare(http.MethodPut, path, id, tag, zh, en)
}

func del(path, id, tag, zh, en string) operation {
	return declare(http.MethodDelete, path, id, tag, zh, en)
}

func declare(method, path, id, tag, zh, en string) operation {
	o := operation{huma.Operation{
		Method: method, Path: base + path, OperationID: id, Tags: []string{tag}, Summary: zh + " / " + en,
		Security: []map[string][]string{{"session": {}}, {"bearer": {}}},
		// admit has read the body already. A deadline set now would only cut off a
		// handler that waits for a lock.
		MaxBodyBytes: -1, BodyReadTimeout: -1,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	}}
	if method != http.MethodGet {
		o.Errors = append(o.Errors, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return o
}

// inForms documents an answer that comes as JSON of the given type, or as text or
// a file of other media types.
func (s *server) inForms(o operation, body reflect.Type, others ...string) operation {
	content := map[string]*huma.MediaType{"application/json": {Schema: s.api.OpenAPI().Components.Schemas.Schema(body, true, "")}}
	for _, kind := range others {
		content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	o.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: content}}
	return o
}

// noted keeps something about the operation for those who handle its requests.
func (o operation) noted(key string, value any) operation {
	if o.Metadata == nil {
		o.Metadata = map[string]any{}
	}
	o.Metadata[key] = value
	return o
}

func (o operation) status(code int) operation {
	o.DefaultStatus = code
	return o
}

func (o operation) described(text string) operation {
	o.Description = text
	return o
}

// repeatable documents Idempotency-Key. Every write takes one, except signing in
// and out.
func (o operation) repeatable() operation {
	return o.header(headerKey, "重复同一请求时用同一个键：得到与第一次逐字节相同的响应，不会执行两次。/ "+
		"Use the same key to repeat the same request: the answer is byte for byte the first one, and nothing happens twice.", http.StatusConflict)
}

// polledKey is where an operation being declared says that it is polled.
const polledKey = "duban:polled"

// polled is for what the page asks by itself while it is open: it does not keep a
// session from being idle.
func (o operation) polled() operation { return o.noted(polledKey, true) }

// counted documents that failures count, and that too many from an address are
// refused.
func (o operation) counted() operation {
	o.Errors = append(o.Errors, http.StatusTooManyRequests)
	return o
}

// versioned documents If-Match.
func (o operation) versioned() operation {
	return o.header(headerMatch, "只在版本仍为 \"N\" 时执行，否则 412；`*` 为任意版本。/ "+
		"Do it only while the version is still \"N\", otherwise 412; `*` is any version.", http.StatusPreconditionFailed)
}

func (o operation) header(name, text string, failure int) operation {
	o.Parameters = append(o.Parameters, &huma.Param{Name: name, In: "header", Description: text, Schema: &huma.Schema{Type: huma.TypeString}})
	o.Errors = append(o.Errors, failure)
	return o
}

// read registers an operation that changes nothing. The handler gets who asks.
func read[I, O any](s *server, o operation, handle func(context.Context, workflow.Actor, *I) (*O, error)) {
	huma.Register(s.api, s.admits(o, false), func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, requestOf(ctx).actor, in)
		if err != nil {
			return nil, s.service.RefusedRead(ctx, requestOf(ctx).actor, o.OperationID, err)
		}
		return out, nil
	})
}

// write registers an operation that changes something. The handler gets who asks,
// for which version and with which idempotency key.
func write[I, O any](s *server, o operation, handle func(context.Context, workflow.Call, *I) (*O, error)) {
	huma.Register(s.api, s.admits(o, true), func(ctx context.Context, in *I) (*O, error) {
		call, err := requestOf(ctx).call()
		if err != nil {
			return nil, err
		}
		return handle(ctx, call, in)
	})
}

// list is the shape of every answer that is a list.
type list[T any] struct {
	Items []T `json:"items"`
}

type listOut[T any] struct {
	Body list[T]
}

// listed turns domain nouns into a list of wire shapes; an empty list is [].
func listed[D, W any](all []D, wire func(D) W) *listOut[W] {
	return &listOut[W]{Body: list[W]{Items: mapped(all, wire)}}
}

func mapped[D, W any](all []D, wire func(D) W) []W {
	out := make([]W, len(all))
	for i, d := range all {
		out[i] = wire(d)
	}
	return out
}
