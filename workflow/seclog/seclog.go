// Package seclog writes the security log: one JSON object a line, with the field names
// of the Elastic Common Schema 8.17, which Elastic, OpenSearch, Splunk, Graylog and
// rsyslog read as it is. It holds opaque ids, never a login, a name, a credential or
// anything that somebody typed.
package seclog

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"duban/workflow/audit"
)

// schema is the version of ECS that the names are taken from.
const schema = "8.17.0"

// Log is a security log. One that is nil writes nothing.
type Log struct{ log *slog.Logger }

// New returns a log that writes to w, each line with one Write.
func New(w io.Writer) *Log {
	handler := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: named})
	return &Log{slog.New(handler).With("ecs.version", schema, "service.name", "duban", "event.kind", "event", "event.dataset", "duban.security")}
}

// named gives what slog adds by itself the names of ECS, and takes the sting out of
// text: a control or formatting character could end a line, colour a terminal or turn
// the reading direction.
func named(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 {
		switch a.Key {
		case slog.TimeKey:
			return slog.Time("@timestamp", a.Value.Time().UTC())
		case slog.LevelKey:
			a.Key = "log.level"
			return slog.String(a.Key, strings.ToLower(a.Value.String()))
		case slog.MessageKey:
			a.Key = "message"
		}
	}
	if a.Value.Kind() == slog.KindString {
		a.Value = slog.StringValue(plain(a.Value.String()))
	}
	return a
}

// longest is the most that one field holds, in characters.
const longest = 256

func plain(text string) string {
	runes := []rune(text)
	if len(runes) > longest {
		runes = append(runes[:longest], '…')
	}
	for i, r := range runes {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			runes[i] = '�'
		}
	}
	return string(runes)
}

// business are the subjects whose accepted events are everyday work: they stand in the
// audit trail, and here only when refused.
var business = []string{"task", "campaign"}

// Event writes an audit event that concerns security: every refused attempt, and what
// was done to accounts, credentials, settings and the audit trail.
func (l *Log) Event(e audit.Event) {
	refused := e.Outcome == audit.Refused
	if l == nil || !refused && slices.Contains(business, e.Subject) && !strings.HasPrefix(e.Name, "audit.") {
		return
	}
	category, kind := classOf(e)
	attrs := append(place(e.Address), slog.Any("event.category", category), slog.Any("event.type", kind),
		slog.String("event.action", e.Name), slog.String("event.id", e.ID), slog.String("user.id", e.ActorID),
		slog.String("duban.channel", e.Channel), slog.String("duban.subject", e.Subject), slog.String("duban.subject_id", e.SubjectID))
	if e.RequestID != "" {
		attrs = append(attrs, slog.String("http.request.id", e.RequestID))
	}
	if e.Subject == "user" {
		attrs = append(attrs, slog.String("user.target.id", e.SubjectID))
	}
	level, outcome := slog.LevelInfo, "success"
	if refused {
		level, outcome = slog.LevelWarn, "failure"
	}
	attrs = append(append(attrs, slog.String("event.outcome", outcome)), about(e, refused)...)
	line := slog.NewRecord(e.At, level, e.Name+" "+outcome, 0)
	line.AddAttrs(attrs...)
	_ = l.log.Handler().Handle(context.Background(), line) // a full disk must not stop the work; the audit trail has it
}

// classOf returns category and type in the words of ECS.
func classOf(e audit.Event) (category, kind []string) {
	if e.Outcome == audit.Refused && !strings.HasPrefix(e.Name, "session.") {
		return []string{"web"}, []string{"access", "denied"}
	}
	group, verb, _ := strings.Cut(e.Name, ".")
	switch {
	case verb == "end" || verb == "revoke":
		kind = []string{"end"}
	case group == "session" || group == "credential":
		kind = []string{"start"}
	case verb == "create":
		kind = []string{"creation"}
	case group == "audit":
		kind = []string{"access"}
	default:
		kind = []string{"change"}
	}
	switch group {
	case "session", "credential":
		return []string{"authentication"}, kind
	case "settings":
		return []string{"configuration"}, kind
	case "audit":
		return []string{"database"}, kind
	default:
		return []string{"iam"}, kind
	}
}

// about picks from what an event tells the little that a collector needs: why it was
// refused, the roles and the state of an account.
func about(e audit.Event, refused bool) []slog.Attr {
	var told struct {
		Code     string `json:"code"`
		Hidden   bool   `json:"hidden"`
		Disabled *bool  `json:"disabled"`
		Kind     string `json:"kind"`
		Grants   []struct {
			Role   string `json:"role"`
			Region string `json:"region"`
		} `json:"grants"`
	}
	if json.Unmarshal(e.After, &told) != nil {
		return nil // an event without particulars
	}
	var out []slog.Attr
	switch {
	case refused:
		out = append(out, slog.String("event.reason", told.Code), slog.Bool("duban.hidden", told.Hidden))
	case e.Subject == "user" && told.Disabled != nil:
		roles := []string{}
		for _, g := range told.Grants {
			roles = append(roles, strings.TrimSuffix(g.Role+":"+g.Region, ":"))
		}
		out = append(out, slog.Any("user.target.roles", roles), slog.Bool("duban.disabled", *told.Disabled))
	case e.Subject == "credential" && told.Kind != "":
		out = append(out, slog.String("duban.credential", told.Kind))
	}
	return out
}

// place says where a caller is: a network address, or else the account of the operating
// system.
func place(address string) []slog.Attr {
	if ip, err := netip.ParseAddr(address); err == nil {
		return []slog.Attr{slog.String("source.ip", ip.String())}
	}
	if address == "" {
		return nil
	}
	return []slog.Attr{slog.String("source.address", address)}
}
