package api

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// How a body must arrive: within bodyGrace, and a large one at bodyRate at least. A
// caller that is slower holds a connection for nothing; one that is steady may take
// as long as its body is large.
const (
	bodyGrace = 4 * time.Second
	bodyRate  = 32 << 10 // bytes in a second
)

// streamKey is where an operation being declared holds the largest body in bytes
// that its handler reads by itself.
const streamKey = "duban:stream"

// streamed lets the handler read the body itself, as it arrives, from requestOf(ctx).stream:
// at most limit bytes of one of the media types. Reading fails with the refusal to
// answer with: body.too_large, body.timeout or body.incomplete. The handler's input
// must have no Body. Idempotency-Key covers method and path then, not the content.
func (o operation) streamed(limit int64, kinds ...string) operation {
	o = o.noted(streamKey, limit)
	content := map[string]*huma.MediaType{}
	for _, kind := range kinds {
		content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	o.RequestBody = &huma.RequestBody{Required: true, Content: content}
	return o
}

// arriving is the body of a request on its way in: limited in size and in time.
type arriving struct {
	body    io.Reader
	control *http.ResponseController
	limit   int64 // in bytes
	got     int64
	waited  time.Duration // for the caller; what the handler does meanwhile is not his fault
}

// arriving returns the body of the request, of at most limit bytes.
func (r *request) arriving(limit int64) *arriving {
	return &arriving{body: r.http.Body, control: r.control, limit: limit}
}

// Read implements io.Reader. The deadline moves with what has arrived, and is lifted
// when nothing is left to come: a handler may then wait for a lock.
func (a *arriving) Read(p []byte) (int, error) {
	patience, begun := bodyGrace+time.Duration(a.got)*time.Second/bodyRate, time.Now()
	// Not every connection has deadlines: that of a test has none.
	_ = a.control.SetReadDeadline(begun.Add(patience - a.waited))
	n, err := a.body.Read(p[:min(int64(len(p)), a.limit-a.got+1)])
	a.waited += time.Since(begun)
	if a.got += int64(n); a.got > a.limit {
		return 0, tooLarge(a.limit)
	}
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		_ = a.control.SetReadDeadline(time.Time{})
		return n, err
	}
	if wait, ok := errors.AsType[net.Error](err); ok && wait.Timeout() {
		return n, refuse(http.StatusRequestTimeout, "body.timeout",
			fmt.Sprintf("请求正文没有及时送达：须在 %d 秒内，或不慢于每秒 %d KiB", bodyGrace/time.Second, bodyRate>>10),
			fmt.Sprintf("The request body did not arrive in time: within %d seconds, or at %d KiB in a second", bodyGrace/time.Second, bodyRate>>10))
	}
	return n, refuse(http.StatusBadRequest, "body.incomplete", "请求正文不完整", "The request body is incomplete")
}

func tooLarge(limit int64) *refusal {
	return refuse(http.StatusRequestEntityTooLarge, "body.too_large",
		fmt.Sprintf("请求正文超过 %d MiB", limit>>20), fmt.Sprintf("The request body is larger than %d MiB", limit>>20))
}
