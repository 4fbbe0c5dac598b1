// Package rbac is the policy in force: casbin behind workflow.Authorizer. The
// policy is one readable file, policy.csv; which role may do which event comes
// from the workflow definition, so that it stands in one place.
package rbac

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"duban/workflow"
)

//go:embed model.conf
var modelText string

//go:embed policy.csv
var policyText string

// Reaches of a policy line.
const (
	reachOwn = "own" // the region of the grant
	reachAll = "all" // everywhere, and things of no region
)

// eventsMacro stands for the events that the definition gives the role.
const eventsMacro = "@events"

// Policy decides by casbin. It implements workflow.Authorizer and is safe for
// parallel use: it never changes after New. That is why each question needs to be
// put to casbin only once.
type Policy struct {
	enforcer *casbin.Enforcer
	answers  sync.Map // question -> bool
}

// question is all that a decision depends on: there are a few hundred of them,
// whatever regions exist.
type question struct {
	role  workflow.Role
	perm  workflow.Permission
	place place
}

// place says where something is in relation to the region of a grant.
type place int

const (
	nowhere   place = iota // in no particular region
	own                    // in the grant's region
	elsewhere              // in another region
)

func placeOf(g workflow.Grant, region string) place {
	switch region {
	case "":
		return nowhere
	case g.Region:
		return own
	default:
		return elsewhere
	}
}

var _ workflow.Authorizer = (*Policy)(nil)

// New returns the built-in policy for a workflow definition. An unknown role,
// reach or permission in the policy is an error that names its line.
func New(def *workflow.Definition) (*Policy, error) { return parse(policyText, def) }

func parse(text string, def *workflow.Definition) (*Policy, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("reading the casbin model: %w", err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("starting casbin: %w", err)
	}
	e.AddFunction("grants", func(args ...any) (any, error) {
		return strings.Contains(args[0].(string), " "+args[1].(string)+" "), nil
	})
	e.AddFunction("reaches", func(args ...any) (any, error) {
		reach, own, region := args[0].(string), args[1].(string), args[2].(string)
		return reach == reachAll || region != "" && region == own, nil
	})
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		rule, err := parseLine(line, def)
		if err != nil {
			return nil, fmt.Errorf("policy.csv:%d: %w", n+1, err)
		}
		if _, err := e.AddPolicy(rule); err != nil {
			return nil, fmt.Errorf("policy.csv:%d: %w", n+1, err)
		}
	}
	return &Policy{enforcer: e}, nil
}

// parseLine reads "p, role, reach, permissions" and fills in the events.
// Permissions end up with a space on either side, which is what grants looks
// for.
func parseLine(line string, def *workflow.Definition) ([]string, error) {
	parts := strings.Split(line, ",")
	if len(parts) != 4 || strings.TrimSpace(parts[0]) != "p" {
		return nil, fmt.Errorf("%q is not of the form: p, role, reach, permissions", line)
	}
	role, reach := strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])
	if !slices.ContainsFunc(def.Roles, func(r workflow.RoleDef) bool { return string(r.Name) == role }) {
		return nil, fmt.Errorf("the workflow definition has no role %q", role)
	}
	if reach != reachOwn && reach != reachAll {
		return nil, fmt.Errorf("reach is %q, not own or all", reach)
	}
	var perms []string
	for _, p := range strings.Fields(parts[3]) {
		switch {
		case p == eventsMacro:
			for _, e := range def.EventsBy(workflow.Role(role)) {
				perms = append(perms, string(workflow.EventPermission(e)))
			}
		case slices.Contains(workflow.Permissions, workflow.Permission(p)):
			perms = append(perms, p)
		default:
			return nil, fmt.Errorf("unknown permission %q", p)
		}
	}
	return []string{role, reach, " " + strings.Join(perms, " ") + " "}, nil
}

// May implements workflow.Authorizer.
func (p *Policy) May(a workflow.Actor, perm workflow.Permission, region string) (workflow.Grant, bool) {
	for _, g := range a.Grants {
		if p.allows(g, perm, region) {
			return g, true
		}
	}
	return workflow.Grant{}, false
}

// Scope implements workflow.Authorizer.
func (p *Policy) Scope(a workflow.Actor, perm workflow.Permission) workflow.Scope {
	var s workflow.Scope
	for _, g := range a.Grants {
		switch {
		case p.allows(g, perm, ""):
			return workflow.Scope{All: true}
		case g.Region != "" && p.allows(g, perm, g.Region) && !slices.Contains(s.Regions, g.Region):
			s.Regions = append(s.Regions, g.Region)
		}
	}
	return s
}

// allows asks casbin, or remembers what it said. An error of the enforcer is a
// defect of the model, which the tests would show; it never allows.
func (p *Policy) allows(g workflow.Grant, perm workflow.Permission, region string) bool {
	q := question{g.Role, perm, placeOf(g, region)}
	if answer, known := p.answers.Load(q); known {
		return answer.(bool)
	}
	ok, err := p.enforcer.Enforce(string(g.Role), g.Region, string(perm), region)
	if err != nil {
		return false
	}
	p.answers.Store(q, ok)
	return ok
}
