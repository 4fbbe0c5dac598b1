package api

import (
	"bytes"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"duban/workflow"
)

// maxBody is the largest body in bytes, chunked or not, of an operation that is not
// streamed and does not say otherwise.
const maxBody = 1 << 20

// sizeKey is where an operation being declared holds another largest body in bytes.
const sizeKey = "duban:size"

// upTo lets the body have another number of bytes than maxBody.
func (o operation) upTo(limit int64) operation { return o.noted(sizeKey, limit) }

// admit refuses what huma would let pass: query strings that are half read,
// parameters given twice, bodies of an unknown type or where none belongs. It keeps
// the body as received, for the idempotency hash.
func (s *server) admit(ctx huma.Context, next func(huma.Context)) {
	r, op := requestOf(ctx.Context()), ctx.Operation()
	err := checkQuery(r.http.URL.RawQuery, op.Parameters)
	limit, streamed := op.Metadata[streamKey].(int64)
	switch {
	case err != nil || r.http.Method == http.MethodGet || r.http.Method == http.MethodHead:
	case streamed:
		err = r.openBody(limit, op.RequestBody.Content)
	default:
		size, given := op.Metadata[sizeKey].(int64)
		if !given {
			size = maxBody
		}
		err = r.readBody(op.RequestBody != nil, size)
	}
	if err != nil {
		_ = huma.WriteErr(s.api, ctx, 0, "", err)
		return
	}
	c := humaecho.Unwrap(ctx)
	c.Request().Body = io.NopCloser(bytes.NewReader(r.body))
	next(ctx)
}

func checkQuery(raw string, known []*huma.Param) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return refuse(http.StatusBadRequest, "query.malformed", "查询参数无法解析", "The query string cannot be read")
	}
	var p workflow.Problems
	for _, param := range known {
		values := query[param.Name]
		switch {
		case param.In != "query" || len(values) < 2:
		case param.Schema.Type != huma.TypeArray:
			p.Add(param.Name, "single", "只能给一次", "must be given once")
		case slices.Contains(values, ""): // huma drops the whole list when the first is empty
			p.Add(param.Name, "required", "列表中有空值", "has an empty value in the list")
		}
	}
	return p.Err()
}

// openBody lets the handler read the body as it arrives. One that says that it is too
// large is refused before any of it is read.
func (r *request) openBody(limit int64, kinds map[string]*huma.MediaType) error {
	kind, _, err := mime.ParseMediaType(r.http.Header.Get("Content-Type"))
	if err != nil || kinds[kind] == nil {
		known := strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")
		return refuse(http.StatusUnsupportedMediaType, "body.content_type", "请求正文须为 Content-Type: "+known, "The request body must be Content-Type: "+known)
	}
	if r.http.ContentLength > limit {
		return tooLarge(limit)
	}
	r.stream = r.arriving(limit)
	return nil
}

func (r *request) readBody(expected bool, limit int64) error {
	body, err := io.ReadAll(r.arriving(limit))
	switch {
	case err != nil:
		return err
	case len(body) == 0:
		return nil
	case !expected:
		return refuse(http.StatusBadRequest, "body.unexpected", "此操作没有请求正文", "This operation takes no request body")
	case !isPlainJSON(r.http.Header):
		return refuse(http.StatusUnsupportedMediaType, "body.content_type",
			"请求正文须为 Content-Type: application/json，UTF-8，不压缩", "The request body must be Content-Type: application/json, UTF-8, not compressed")
	}
	r.body = body
	return nil
}

func isPlainJSON(h http.Header) bool {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, given := params["charset"]
	encoded := slices.ContainsFunc(h.Values("Content-Encoding"), func(e string) bool { return !strings.EqualFold(e, "identity") })
	return err == nil && kind == "application/json" && (!given || strings.EqualFold(charset, "utf-8")) && !encoded
}
