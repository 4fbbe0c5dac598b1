package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"duban/workflow"
)

// request is what becomes known about one HTTP request on its way to a handler.
type request struct {
	id     string
	lang   workflow.Lang
	log    *slog.Logger
	actor  workflow.Actor // without UserID until somebody is signed in
	secret string         // of the credential in use
	http   *http.Request
	body   []byte    // as received
	stream io.Reader // the body of an operation that is streamed

	refusal       string // code of what the caller was told; empty for none
	refusedSecret bool   // a session or token was shown that is none any more, or never was
	started       time.Time
	control       *http.ResponseController
}

type requestKey struct{}

// requestOf returns the request that begin put into the context.
func requestOf(ctx context.Context) *request { return ctx.Value(requestKey{}).(*request) }

// begin is the outermost step: it names the request, fixes its language, turns
// errors and panics into problems and writes the access log.
func (s *server) begin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := &request{
			id: newRequestID(), lang: languageOf(c.Request().Header.Get("Accept-Language")),
			started: time.Now(), control: http.NewResponseController(c.Response()),
		}
		r.log = s.log.With("request_id", r.id)
		r.actor = workflow.Actor{Channel: "http", Address: c.RealIP(), RequestID: r.id, Agent: agentOf(c.Request().UserAgent())}
		c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), requestKey{}, r)))
		r.http = c.Request()
		if r.http.Body != http.NoBody {
			// Also for a body that nobody reads: the server waits for it before the next request.
			_ = r.control.SetReadDeadline(r.started.Add(bodyGrace))
		}
		head := c.Response().Header()
		s.secure(head, r.http)
		head.Set("X-Request-Id", r.id)
		head.Set("Content-Language", string(r.lang))

		r.run(c, next)

		s.guarded(r, c.Path(), c.Response().Status)
		s.log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request",
			slog.String("method", c.Request().Method), slog.String("route", c.Path()), slog.Int("status", c.Response().Status),
			slog.Duration("duration", time.Since(r.started)), slog.String("user_id", r.actor.UserID),
			slog.String("address", r.actor.Address), slog.String("request_id", r.id))
		return nil
	}
}

// run calls the handler and answers for it when it fails or panics.
func (r *request) run(c echo.Context, next echo.HandlerFunc) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p)
		}
		r.log.Error("panic", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		if !c.Response().Committed {
			writeProblem(c, r.problem(internalError))
		}
	}()
	if err := next(c); err != nil {
		c.Error(err)
	}
}

// newRequestID never takes one from outside: the id stands in the audit log.
func newRequestID() string { return uuid.Must(uuid.NewV7()).String() }
