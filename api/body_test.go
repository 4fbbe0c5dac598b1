package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"duban/workflow"
)

// TestStreamedBody: a handler that reads by itself gets bodies of the declared kinds,
// up to the limit of its operation and not a byte more, announced or not.
func TestStreamedBody(t *testing.T) {
	const limit = 3 << 20
	o := post("/files", "upload", tagTasks, "上传", "Upload").streamed(limit, "application/octet-stream")
	for name, c := range map[string]struct {
		kind      string
		size      int
		announced bool
		code      string
	}{
		"at the limit":          {"application/octet-stream", limit, true, ""},
		"at the limit, chunked": {"application/octet-stream", limit, false, ""},
		"announced too large":   {"application/octet-stream", limit + 1, true, "body.too_large"},
		"found too large":       {"application/octet-stream", limit + 1, false, "body.too_large"},
		"of another kind":       {"text/html", 1, true, "body.content_type"},
		"empty":                 {"application/octet-stream", 0, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			req := httptest.NewRequest(http.MethodPost, "/files", strings.NewReader(strings.Repeat("x", c.size)))
			req.Header.Set("Content-Type", c.kind)
			if !c.announced {
				req.ContentLength = -1
			}
			r := &request{http: req, control: http.NewResponseController(echo.NewResponse(httptest.NewRecorder(), nil))}
			err := r.openBody(limit, o.RequestBody.Content)
			var n int64
			if err == nil {
				n, err = io.Copy(io.Discard, r.stream)
			}
			code := ""
			if refused, ok := err.(*refusal); ok {
				code = refused.why.Code
			} else if err != nil {
				t.Fatal(err)
			}
			if code != c.code || code == "" && n != int64(c.size) {
				t.Errorf("%d bytes, %q; want %q", n, code, c.code)
			}
		})
	}
	if got := tooLarge(50 << 20).why.Text; got != (workflow.Text{ZH: "请求正文超过 50 MiB", EN: "The request body is larger than 50 MiB"}) {
		t.Errorf("too large: %+v", got)
	}
}
