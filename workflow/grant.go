package workflow

import (
	"context"
	"slices"
)

// AddGrant gives an account, by login or id, a role. It is refused when the account
// would then hold what one account must not (User.Check, CheckSeparation), and for
// one's own account: nobody gives themselves a role.
func (s *Service) AddGrant(ctx context.Context, call Call, account string, g Grant) (User, error) {
	return s.changeGrants(ctx, call, "grant.add", account, func(un *desk, u *User) error {
		if slices.Contains(u.Grants, g) {
			return NewError(Conflict, "grant.there", "账号已有此角色："+g.String(), "The account has that role already: "+g.String())
		}
		u.Grants = append(u.Grants, g)
		if err := u.Check().Err(); err != nil {
			return err
		}
		if g.Region == "" {
			return nil
		}
		err := inUse(un, g.Region)
		if isNoRow(err) {
			var p Problems
			p.Add("region", "unknown", "没有行政区划 "+g.Region, "there is no region "+g.Region)
			err = p.Err()
		}
		return err
	})
}

// RemoveGrant takes a role from an account, by login or id. Whoever has it may do
// nothing more with it from the next request on, and neither may a deputy.
func (s *Service) RemoveGrant(ctx context.Context, call Call, account string, g Grant) (User, error) {
	return s.changeGrants(ctx, call, "grant.remove", account, func(un *desk, u *User) error {
		i := slices.Index(u.Grants, g)
		if i < 0 {
			return NotFoundError(Text{ZH: "账号的角色 " + g.String(), EN: "The account's role " + g.String()})
		}
		u.Grants = slices.Delete(u.Grants, i, i+1)
		return un.endDelegations(u.ID, func(d Delegation) bool { return d.Grantor == u.ID && d.Role == g.Role && d.Region == g.Region })
	})
}

// changeGrants is the one way in which the roles of an account change.
func (s *Service) changeGrants(ctx context.Context, call Call, name, account string, change func(*desk, *User) error) (User, error) {
	return write(ctx, s, call.to(name, SubjectUser, s.accountDigest(account)), func(un *desk) (User, error) {
		role, err := un.may(MayWriteGrants, "")
		if err != nil {
			return User{}, err
		}
		return un.changeUser(name, role, account, func(u *User) error {
			if u.ID == un.call.Actor.UserID {
				return NewError(Forbidden, "grant.self", "不能更改自己的角色", "Nobody changes their own roles")
			}
			return change(un, u)
		})
	})
}
