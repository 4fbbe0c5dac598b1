package workflow

// Reach is how far a role may do something.
type Reach string

// The reaches, from nothing to everything.
const (
	Nowhere    Reach = "none"
	OwnRegion  Reach = "own" // in the region of the grant only
	Everywhere Reach = "all" // also things of no region
)

// Reach returns how far the policy in force lets a role do something.
func (s *Service) Reach(role Role, p Permission) Reach {
	scope := s.auth.Scope(Actor{Grants: []Grant{{Role: role, Region: "own"}}}, p)
	switch {
	case scope.All:
		return Everywhere
	case scope.Empty():
		return Nowhere
	default:
		return OwnRegion
	}
}

// AccountRoles are the roles of the definition that an account may hold: all but
// that of the person with a shell on the server.
func (d *Definition) AccountRoles() []RoleDef {
	var roles []RoleDef
	for _, r := range d.Roles {
		if r.Name != Operator {
			roles = append(roles, r)
		}
	}
	return roles
}

// Require refuses whoever may not do something that belongs to no region.
func (s *Service) Require(actor Actor, p Permission) error {
	if _, ok := s.auth.May(actor, p, ""); !ok {
		return forbidden()
	}
	return nil
}
