package workflow

import (
	"context"
	"fmt"
)

// eventSetup is the refusal of a second set-up.
const eventSetup = "setup"

// SetUp makes the first accounts of an installation, each with a password to be used
// once: at least one system administrator and one security administrator, which no
// person may be both. Where there is an account already it is refused.
func (s *Service) SetUp(ctx context.Context, call Call, accounts []User) ([]OneTime, error) {
	var p Problems
	var all []Grant
	out := make([]OneTime, len(accounts))
	for i := range accounts {
		u := &accounts[i]
		p.Under(indexed("accounts", i), u.Check())
		all = append(all, u.Grants...)
		out[i] = OneTime{Login: u.Login, Password: NewPassword()}
	}
	for _, role := range []Role{SystemAdmin, SecurityAdmin} {
		if !(Actor{Grants: all}).Has(role) {
			p.Add("accounts", "required", "缺少"+s.def.RoleLabel(role).ZH, "one must be "+s.def.RoleLabel(role).EN)
		}
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	for i, o := range out {
		hash, err := hashPassword(ctx, o.Password)
		if err != nil {
			return nil, err
		}
		accounts[i].PasswordHash = hash
	}
	_, err := write(ctx, s, call.secretly(eventSetup, subjectSettings, "server"), func(un *desk) (struct{}, error) {
		role, err := un.may(MayWriteGrants, "")
		if err != nil {
			return struct{}{}, err
		}
		// Of two set-ups at the same time one waits here and then finds accounts.
		if _, err := un.LockAttempts(eventSetup); err != nil {
			return struct{}{}, err
		}
		there, err := un.Users()
		if err != nil {
			return struct{}{}, err
		}
		if len(there) > 0 {
			return struct{}{}, NewError(Conflict, "setup.done", "系统已有账号，初始化只能进行一次", "There are accounts already; setting up is done once")
		}
		for i, u := range accounts {
			u.ID, u.Version, u.CreatedAt, u.PasswordAt, u.PasswordOnce = newID(), 1, un.now, un.now, true
			if err := un.InsertUser(u); err != nil {
				return struct{}{}, fmt.Errorf("inserting user %s: %w", u.Login, err)
			}
			if err := un.logUser("user.create", role, u); err != nil {
				return struct{}{}, err
			}
			out[i].ExpiresAt = un.now.Add(oneTimeLife)
		}
		return struct{}{}, nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
