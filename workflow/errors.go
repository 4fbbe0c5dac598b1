package workflow

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is the closed set of ways in which Duban says no. Every adapter maps
// kinds, never texts.
type Kind string

// The kinds of errors.
const (
	Invalid         Kind = "invalid"         // the input breaks a rule; Fields say which
	Unauthenticated Kind = "unauthenticated" // nobody is signed in
	Forbidden       Kind = "forbidden"       // may see it, may not do it
	NotFound        Kind = "not_found"       // is not there, or may not be seen: the same answer
	Conflict        Kind = "conflict"        // the state does not allow it, or somebody was faster
	Stale           Kind = "stale"           // the caller's If-Match names another version
	KeyReused       Kind = "key_reused"      // the Idempotency-Key was used for another request
	TooMany         Kind = "too_many"        // tried too often; later it may be tried again
	Unavailable     Kind = "unavailable"     // the database cannot answer now; nothing is known to be written
	Internal        Kind = "internal"        // a defect of Duban
)

// Error is what every verb returns when it refuses. Code is stable and meant
// for programs ("task.not_found"); Text is for people.
type Error struct {
	Kind   Kind
	Code   string
	Text   Text
	Fields []FieldError // Invalid: one for each broken rule
	Last   *LastChange  // Conflict, Stale: what happened to the task meanwhile
	Draft  *ReportDraft // Conflict: what another window of the same person has saved
	hidden *Task        // NotFound: it is there, and the caller may not know
	cause  error
}

// FieldError names one field, the rule it breaks and what would be right.
type FieldError struct {
	Field string // path in the input: "values.stations.at_cutoff"
	Rule  string // stable: "required", "date", "too_long"
	Text  Text
}

// concerns reports whether the error is about the field at path or a part of it.
func (f FieldError) concerns(path string) bool {
	return f.Field == path || strings.HasPrefix(f.Field, path+".")
}

// LastChange tells the loser of a race what the winner did.
type LastChange struct {
	State   State  `json:"state"`
	Version int    `json:"version"`
	Event   string `json:"event"`
	ActorID string `json:"actor_id"`
	Actor   string `json:"actor"` // the name of that person
	At      string `json:"at"`    // RFC 3339
}

// Error returns the English text with the code and the fields, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Text.EN)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Field, f.Text.EN)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

// Unwrap returns what caused the error, for logs only.
func (e *Error) Unwrap() error { return e.cause }

// Because returns a copy of e that carries a cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// NewError returns an error of the given kind with its text in both languages.
func NewError(kind Kind, code, zh, en string) *Error {
	return &Error{Kind: kind, Code: code, Text: Text{ZH: zh, EN: en}}
}

// AsError finds the *Error in err's chain. A lost compare-and-set is a Conflict,
// everything else Internal.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, ErrChanged) {
		return NewError(Conflict, "changed", "内容刚被他人修改，请刷新后重试", "Somebody changed this meanwhile; look again and retry").Because(err)
	}
	return NewError(Internal, "internal", "系统内部错误，请把请求编号告诉管理员", "Internal error; tell the administrator the request id").Because(err)
}

// KindOf returns the kind of err: Internal when it is not an *Error, empty for
// no error.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	return AsError(err).Kind
}

// NotFoundError is the one answer for what is not there and for what the
// caller may not see.
func NotFoundError(what Text) *Error {
	return NewError(NotFound, "not_found", what.ZH+"不存在，或不在您的权限范围内", what.EN+" does not exist or is outside your scope")
}

// Problems collects broken rules, so that one answer names them all.
type Problems []FieldError

// Add records one broken rule of one field.
func (p *Problems) Add(field, rule, zh, en string) {
	*p = append(*p, FieldError{Field: field, Rule: rule, Text: Text{ZH: zh, EN: en}})
}

// Under records the problems of a part of the input below the given path.
func (p *Problems) Under(path string, part Problems) {
	for _, f := range part {
		f.Field = path + "." + f.Field
		*p = append(*p, f)
	}
}

// Err returns nil when nothing is broken, otherwise an Invalid error.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	e := NewError(Invalid, "invalid",
		fmt.Sprintf("提交的内容有 %d 处不符合要求", len(p)),
		fmt.Sprintf("The input breaks %d rule(s)", len(p)))
	e.Fields = p
	return e
}
