package workflow

import "context"

// DisableUser keeps whoever has the account, by login or id, from everything: its
// sessions and tokens end, and so does every deputyship that it gave or had. What
// the person did stays. Nobody disables the account in use.
func (s *Service) DisableUser(ctx context.Context, call Call, account string) (User, error) {
	return write(ctx, s, call.to("user.disable", SubjectUser, s.accountDigest(account)), func(un *desk) (User, error) {
		role, err := un.may(MayWriteUsers, "")
		if err != nil {
			return User{}, err
		}
		u, err := un.changeUser("user.disable", role, account, func(u *User) error {
			switch {
			case u.ID == un.call.Actor.UserID:
				return NewError(Conflict, "user.self", "不能停用自己的账号", "Nobody disables their own account")
			case u.Disabled:
				return NewError(Conflict, "user.disabled", "账号已停用", "The account is disabled already")
			}
			u.Disabled = true
			return nil
		})
		if err != nil {
			return User{}, err
		}
		if err := un.endDelegations(u.ID, func(Delegation) bool { return true }); err != nil {
			return User{}, err
		}
		return u, un.endAll(u.ID, false)
	})
}

// EnableUser lets a disabled account sign in again. It has the roles that it had.
func (s *Service) EnableUser(ctx context.Context, call Call, account string) (User, error) {
	return write(ctx, s, call.to("user.enable", SubjectUser, s.accountDigest(account)), func(un *desk) (User, error) {
		role, err := un.may(MayWriteUsers, "")
		if err != nil {
			return User{}, err
		}
		return un.changeUser("user.enable", role, account, func(u *User) error {
			if !u.Disabled {
				return NewError(Conflict, "user.enabled", "账号并未停用", "The account is not disabled")
			}
			u.Disabled = false
			return nil
		})
	})
}
