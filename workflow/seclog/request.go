package seclog

import (
	"context"
	"log/slog"
)

// Request is something about a request over HTTP that no audit event tells: it was
// refused before anybody was asked, or it came from a place not seen before.
type Request struct {
	Action  string // "request.refused", "token.new_address"
	Reason  string // code of the refusal; empty for none
	ID      string // of the request
	Method  string
	Route   string // the pattern, not what stood in its place; empty when it does not matter
	Status  int    // of the answer; 0 when there is none yet
	Address string
	UserID  string // empty: nobody is known
}

// Request writes it down.
func (l *Log) Request(r Request) {
	if l == nil {
		return
	}
	attrs := append(place(r.Address), slog.String("event.action", r.Action), slog.String("http.request.id", r.ID),
		slog.String("http.request.method", r.Method))
	if r.Route != "" {
		attrs = append(attrs, slog.String("duban.route", r.Route))
	}
	level := slog.LevelInfo
	if r.Reason == "" {
		attrs = append(attrs, slog.Any("event.category", []string{"authentication"}), slog.Any("event.type", []string{"info"}), slog.String("event.outcome", "success"))
	} else {
		level = slog.LevelWarn
		attrs = append(attrs, slog.Any("event.category", []string{"web"}), slog.Any("event.type", []string{"access", "denied"}),
			slog.String("event.outcome", "failure"), slog.String("event.reason", r.Reason), slog.Int("http.response.status_code", r.Status))
	}
	if r.UserID != "" {
		attrs = append(attrs, slog.String("user.id", r.UserID))
	}
	l.log.LogAttrs(context.Background(), level, r.Action, attrs...)
}
