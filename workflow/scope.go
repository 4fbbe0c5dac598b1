package workflow

import (
	"slices"
	"strings"
)

// Scoped is one thing that a token may be used for: a permission by its name, or a
// group of them.
type Scoped string

// The groups.
const (
	ScopeRead  Scoped = "read"  // whatever only reads
	ScopeWrite Scoped = "write" // whatever the account may do
)

// ParseScopes reads scopes that are separated by spaces.
func ParseScopes(text string) []Scoped {
	var scopes []Scoped
	for name := range strings.FieldsSeq(text) {
		scopes = append(scopes, Scoped(name))
	}
	return scopes
}

// JoinScopes is the opposite of ParseScopes.
func JoinScopes(scopes []Scoped) string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	return strings.Join(names, " ")
}

// Covers reports whether the credential may be used for something: a session for
// everything, a token for what its scopes name.
func (c Credential) Covers(p Permission) bool {
	return c.Unbounded() || slices.Contains(c.Scopes, Scoped(p)) ||
		slices.Contains(c.Scopes, ScopeRead) && strings.HasSuffix(string(p), ".read")
}

// Unbounded reports whether the credential may be used for whatever the account may
// do.
func (c Credential) Unbounded() bool {
	return len(c.Scopes) == 0 || slices.Contains(c.Scopes, ScopeWrite)
}

// ErrScope is the answer to a token that must not be used for something.
func ErrScope() *Error {
	return NewError(Forbidden, "token.scope", "此令牌的使用范围不包括该操作", "The token's scopes do not include this")
}

// bounded is a policy that also asks what the actor's token may be used for: a
// token has the permissions that both its account and its scopes give.
type bounded struct{ Authorizer }

// May implements Authorizer.
func (b bounded) May(a Actor, p Permission, region string) (Grant, bool) {
	if !a.Credential.Covers(p) {
		return Grant{}, false
	}
	return b.Authorizer.May(a, p, region)
}

// Scope implements Authorizer.
func (b bounded) Scope(a Actor, p Permission) Scope {
	if !a.Credential.Covers(p) {
		return Scope{}
	}
	return b.Authorizer.Scope(a, p)
}

// checkScopes refuses scopes that nothing knows, and those twice.
func (s *Service) checkScopes(p *Problems, scopes []Scoped) {
	known := []Scoped{ScopeRead, ScopeWrite}
	for _, perm := range Permissions {
		known = append(known, Scoped(perm))
	}
	for _, e := range s.def.Events {
		known = append(known, Scoped(EventPermission(e.Name)))
	}
	for i, scope := range scopes {
		switch {
		case !slices.Contains(known, scope):
			p.Add(indexed("scopes", i), "unknown", "没有使用范围 "+string(scope)+"；可用："+strings.Join(strings.Fields(JoinScopes(known)), ", "),
				"there is no scope "+string(scope)+"; known are: "+strings.Join(strings.Fields(JoinScopes(known)), ", "))
		case slices.Contains(scopes[:i], scope):
			p.Add(indexed("scopes", i), "duplicate", "使用范围重复", "is listed twice")
		}
	}
}
