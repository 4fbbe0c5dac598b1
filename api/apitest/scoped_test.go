package apitest

import (
	"slices"
	"strings"
	"testing"

	"duban/api"
	"duban/workflow"
)

// scopes are those that each role has a token of, by the name of the credential.
var scopes = map[string][]workflow.Scoped{
	"token to read":         {"read"},
	"token to do it all":    {"write"},
	"token for tasks":       {"task.read"},
	"token for regions":     {"region.read"},
	"token for one event":   {"task.read", "task.approve"},
	"token blind to events": {"task.report", "lagtable.read"},
}

// scoped makes a role's tokens with scopes.
func (r *realm) scoped(g workflow.Grant) []credential {
	r.t.Helper()
	var out []credential
	for name, list := range scopes {
		out = append(out, credential{name, "Authorization", r.token(holder[g.Role], 0, list...)})
	}
	return out
}

// reaches reports whether scopes, as they are written, include a permission.
func reaches(list []workflow.Scoped, p workflow.Permission) bool {
	return slices.Contains(list, "write") || slices.Contains(list, workflow.Scoped(p)) ||
		slices.Contains(list, "read") && strings.HasSuffix(string(p), ".read")
}

// within is the policy for a token: what both say.
func (w written) within(list []workflow.Scoped) written {
	out := written{}
	for role, permissions := range w {
		out[role] = map[workflow.Permission]string{}
		for p, reach := range permissions {
			if reaches(list, p) {
				out[role][p] = reach
			}
		}
	}
	return out
}

// scopedAnswer is what a token with scopes is told: which of them a route needs does
// not depend on the object, so that nothing is told of it.
func (w written) scopedAnswer(t *testing.T, a api.Access, g workflow.Grant, o object, list []workflow.Scoped) string {
	t.Helper()
	reached := 0
	for _, p := range a.Needs {
		if reaches(list, p) {
			reached++
		}
	}
	whole := slices.Contains(list, "write")
	switch {
	case a.Audience == api.Public:
		return allowed
	case a.Session:
		return "403 session.only"
	case a.Audience == api.SignedIn && a.Changes && a.Operation != "signOut" && !whole,
		a.Audience == api.Permitted && !a.Any && reached < len(a.Needs), a.Any && reached == 0:
		return "403 token.scope"
	}
	return w.within(list).answers(t, a, g, o)
}
