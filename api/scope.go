package api

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"duban/workflow"
)

// covered refuses a token for what its scopes do not include, whatever the route:
// the permissions that the route needs, and anything of one's own that changes
// something, but for ending the token itself.
func (s *server) covered(ctx huma.Context, next func(huma.Context)) {
	r, o := requestOf(ctx.Context()), ctx.Operation()
	a, _ := o.Metadata[accessKey].(Access)
	if !a.coveredBy(r.actor.Credential) {
		err := s.service.RefusedRead(ctx.Context(), r.actor, o.OperationID, workflow.ErrScope())
		_ = huma.WriteErr(s.api, ctx, 0, "", err)
		return
	}
	next(ctx)
}

// signingOut is the one act that any token is good for.
const signingOut = "signOut"

func (a Access) coveredBy(c workflow.Credential) bool {
	switch {
	case a.Audience == Public || c.Unbounded():
		return true
	case a.Audience == SignedIn:
		return !a.Changes || a.Operation == signingOut
	case a.Any:
		return slices.ContainsFunc(a.Needs, c.Covers)
	default:
		return !slices.ContainsFunc(a.Needs, func(p workflow.Permission) bool { return !c.Covers(p) })
	}
}
