package workflow

import "context"

// inSession returns the actor's account for an act that only its owner may do, in a
// session that needs one of the given things, where "" is nothing.
func (s *Service) inSession(ctx context.Context, call Call, needs ...Need) (User, error) {
	c := call.Actor.Credential
	fits := false
	for _, n := range needs {
		fits = fits || c.Needs == n
	}
	if c.Kind != SessionCredential || !fits {
		return User{}, s.refused(ctx, call, errNotInSession())
	}
	return read(ctx, s, func(r Reader) (User, error) { return r.UserByID(call.Actor.UserID) })
}

func errNotInSession() *Error {
	return NewError(Forbidden, "session.unfit", "此操作只能由本人在登录会话的相应步骤中进行", "Only the person may do this, in a session at the right step")
}

// prove checks that the actor knows the password of their account, for acts that a
// session left open must not suffice for. A wrong one counts like a failed sign-in.
func (s *Service) prove(ctx context.Context, call Call, user User, password string) error {
	t := s.tallyOf(call.Actor, user.Login)
	err := s.try(ctx, call, t, errProof(), func() (bool, error) { return passwordIs(ctx, password, user.PasswordHash) })
	if err != nil {
		return err
	}
	return s.giveBack(ctx, call, t)
}

func errProof() *Error {
	return NewError(Forbidden, "proof.refused",
		"您当前的密码不正确，或连续失败次数过多（此时须等待 15 分钟）", "Your own password is wrong, or it failed too often: then an account waits 15 minutes")
}

// administered returns the account that an administrator is about to act on, when
// they may and have shown their own password. On the server none is asked for.
func (s *Service) administered(ctx context.Context, call Call, p Permission, login, proof string) (User, error) {
	if _, ok := s.auth.May(call.Actor, p, ""); !ok {
		return User{}, s.refused(ctx, call, forbidden())
	}
	if call.Actor.UserID != operatorID {
		self, err := read(ctx, s, func(r Reader) (User, error) { return r.UserByID(call.Actor.UserID) })
		if err != nil {
			return User{}, err
		}
		if err := s.prove(ctx, call, self, proof); err != nil {
			return User{}, err
		}
	}
	return read(ctx, s, func(r Reader) (User, error) { return accountNamed(r, login) })
}
