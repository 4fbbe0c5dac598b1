package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"duban/workflow"
)

// Audience is who may call a route at all.
type Audience string

// The audiences.
const (
	Public    Audience = "public"    // anybody, without signing in
	SignedIn  Audience = "signed_in" // whoever is signed in: own things, and what is no secret among colleagues
	Permitted Audience = "permitted" // whoever the policy gives the permissions
)

// Object is what the permissions of a route are about. It decides where they must
// hold and what those who lack them are told.
type Object string

// The objects.
const (
	// No region: the permissions must hold everywhere, else 403.
	ofNothing Object = "none"
	// Whatever lies in the caller's regions: 403 when there is none, and nothing
	// outside them is shown or counted.
	ofScope Object = "scope"
	// The task that the path names: one that the caller may not see is answered like
	// one that is not there, 404; one that he may see and not do this to, 403.
	ofTask Object = "task"
	// The region that the body names, else 403.
	ofRegion Object = "region"
)

// Access is who may use one route. Every route has one: the server does not start
// without.
type Access struct {
	Method    string        // of HTTP
	Path      string        // with {parameters}
	Operation string        // operationId; empty for a page
	Label     workflow.Text // what it does
	Audience  Audience
	Of        Object // of those who are permitted
	// Needs must all hold, or one of them when Any is set. An API token must cover
	// them too, by their names or by a group: "read" is everything that does not
	// change anything, "write" is everything.
	Needs []workflow.Permission
	Any   bool
	// During are the needs of a session in which it may be used; "" is a session that
	// needs nothing. Nil is that alone.
	During  []workflow.Need
	Session bool // an API token will not do: it is for the person, by browser
	Changes bool // it changes something, beside writing down that it was asked
}

// accessKey is where an operation being declared, and the OpenAPI document, hold
// its Access.
const accessKey = "x-access"

// needs lets in whoever has all the permissions for the object.
func (o operation) needs(of Object, all ...workflow.Permission) operation {
	return o.access(Access{Audience: Permitted, Of: of, Needs: all})
}

// needsAny lets in whoever has one of the permissions for the object.
func (o operation) needsAny(of Object, one ...workflow.Permission) operation {
	return o.access(Access{Audience: Permitted, Of: of, Needs: one, Any: true})
}

// selfService lets in whoever is signed in, for own things and for what everybody
// here may know.
func (o operation) selfService() operation { return o.access(Access{Audience: SignedIn}) }

// public lets anybody in. An operation that names no security is public.
func (o operation) public() operation {
	o.Security = []map[string][]string{}
	return o.access(Access{Audience: Public})
}

// during lets in sessions only, of those that need one of the given things; "" is
// nothing.
func (o operation) during(needs ...workflow.Need) operation {
	a := o.Metadata[accessKey].(Access)
	a.During, a.Session = needs, true
	return o.access(a)
}

// anySession lets in whoever is signed in, whatever their session needs.
func (o operation) anySession() operation {
	return o.access(Access{Audience: SignedIn, During: []workflow.Need{"", workflow.NeedsTOTP, workflow.NeedsPassword, workflow.NeedsEnrol}})
}

// fits returns nil when the credential may be used for the route. What a session
// needs is held here, for every route at once; its actor has no grants besides.
func (a Access) fits(c workflow.Credential) error {
	during := a.During
	if during == nil {
		during = []workflow.Need{""}
	}
	switch {
	case a.Session && c.Kind != workflow.SessionCredential:
		return workflow.NewError(workflow.Forbidden, "session.only", "此操作只能在登录会话中进行，不能用 API 令牌", "This takes a session; an API token will not do")
	case slices.Contains(during, c.Needs):
		return nil
	case c.Needs == "":
		return workflow.NewError(workflow.Forbidden, "session.complete", "登录已完成，不需要这一步", "You are signed in already; this step is not needed")
	}
	return workflow.NewError(workflow.Forbidden, "session.needs_"+string(c.Needs), needTexts[c.Needs].ZH, needTexts[c.Needs].EN)
}

// needTexts say what a session needs.
var needTexts = map[workflow.Need]workflow.Text{
	workflow.NeedsTOTP:     {ZH: "请先输入动态口令的验证码（POST /session/totp）", EN: "Give the code of your second factor first (POST /session/totp)"},
	workflow.NeedsPassword: {ZH: "请先更改密码（POST /session/password）", EN: "Change your password first (POST /session/password)"},
	workflow.NeedsEnrol:    {ZH: "请先启用动态口令（POST /session/totp/enrolment）", EN: "Set your second factor up first (POST /session/totp/enrolment)"},
}

func (o operation) access(a Access) operation {
	return o.noted(accessKey, a)
}

// admits enters an operation into the table, and into the OpenAPI document, before
// it is registered. One that does not say who may use it is a defect.
func (s *server) admits(o operation, changes bool) huma.Operation {
	a, ok := o.Metadata[accessKey].(Access)
	if !ok || a.Audience == Permitted && (len(a.Needs) == 0 || slices.Contains(a.Needs, "")) {
		panic(fmt.Sprintf("%s %s does not say who may use it", o.Method, o.Path))
	}
	zh, en, _ := strings.Cut(o.Summary, " / ")
	a.Method, a.Path, a.Operation, a.Label, a.Changes = o.Method, o.Path, o.OperationID, workflow.Text{ZH: zh, EN: en}, changes
	s.table = append(s.table, a)
	o.Metadata[accessKey] = a
	o.Extensions = map[string]any{accessKey: accessOf(a)}
	return o.Operation
}

// page registers a route outside the operations, open to anybody.
func (s *server) page(e *echo.Echo, method, path, zh, en string, handle echo.HandlerFunc) {
	e.Add(method, path, handle)
	s.table = append(s.table, Access{Method: method, Path: bracketed(path), Label: workflow.Text{ZH: zh, EN: en}, Audience: Public, Changes: method != "GET"})
}

// complete panics when a route is not in the table.
func (s *server) complete(e *echo.Echo) {
	for _, r := range e.Routes() {
		path := bracketed(r.Path)
		if !slices.ContainsFunc(s.table, func(a Access) bool { return a.Method == r.Method && a.Path == path }) {
			panic(fmt.Sprintf("%s %s does not say who may use it", r.Method, path))
		}
	}
}

// bracketed writes the parameters of a path of Echo as OpenAPI does.
func bracketed(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

// AccessTable returns who may use which route, in the order of the routes. It needs
// no database.
func AccessTable(service *workflow.Service) []Access {
	s, _ := build(Options{Service: service})
	return s.table
}

// Reach returns how far a role may use the route by the policy in force.
func (a Access) Reach(s *workflow.Service, role workflow.Role) workflow.Reach {
	if a.Audience != Permitted {
		return workflow.Everywhere
	}
	order := []workflow.Reach{workflow.Nowhere, workflow.OwnRegion, workflow.Everywhere}
	far := make([]int, len(a.Needs))
	for i, p := range a.Needs {
		far[i] = slices.Index(order, s.Reach(role, p))
	}
	reach := order[slices.Min(far)]
	if a.Any {
		reach = order[slices.Max(far)]
	}
	if a.Of == ofNothing && reach != workflow.Everywhere {
		return workflow.Nowhere // what has no region lies in nobody's own
	}
	return reach
}
