package workflow

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"
)

// Need is what a session is still good for only: until it is met, its actor may do
// nothing else than meet it, see who they are, and sign out.
type Need string

// The needs of a session, in the order in which they are met.
const (
	NeedsTOTP     Need = "totp"     // the code of the second factor
	NeedsPassword Need = "password" // another password: it was given by somebody else, or is too old
	NeedsEnrol    Need = "enrol"    // a second factor
)

// needLife is how long a session lasts that needs something.
const needLife = 10 * time.Minute

// Means is how a person showed who they are.
type Means string

// The means of signing in.
const (
	ByPassword Means = "password"
	ByBoth     Means = "password+totp"
	ByProvider Means = "provider" // an OpenID provider that vouches for the person, whatever it asked for
)

// need returns what a session that was opened by the given means needs.
func (r SignInRules) need(u User, means Means, now time.Time) Need {
	switch {
	case means == ByProvider:
		return ""
	case means == ByPassword && u.TOTP != "":
		return NeedsTOTP
	case u.PasswordOnce || r.expired(u, now):
		return NeedsPassword
	case u.TOTP == "" && r.needsTOTP(u.Grants):
		return NeedsEnrol
	}
	return ""
}

// SignIn checks a login and password and opens a session, which may need something
// before it is of use. Wrong, unknown, disabled and waiting accounts get the same
// answer after the same work. An address that failed too often is an error of kind
// TooMany.
func (s *Service) SignIn(ctx context.Context, from Actor, login, password string) (Issued, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	user, err := read(ctx, s, func(r Reader) (User, error) {
		u, err := r.UserByLogin(login)
		if isNoRow(err) {
			return User{}, nil
		}
		return u, err
	})
	if err != nil {
		return Issued{}, err
	}
	t := s.tallyOf(from, login)
	if err := s.try(ctx, s.signingIn(from, login, user), t, errSignIn(), func() (bool, error) {
		ok, err := passwordIs(ctx, password, user.PasswordHash)
		return ok && !user.Disabled && !s.rules.lapsed(user, s.now()), err
	}); err != nil {
		return Issued{}, err
	}
	return s.openSession(ctx, from, user.ID, ByPassword, func(u *desk, is User, out Issued) error {
		if is.PasswordHash != user.PasswordHash {
			return errSignIn() // changed since it was compared
		}
		return u.unadmit(t, out.Needs != NeedsTOTP)
	})
}

// signingIn is the call of somebody who signs in. What was typed as an unknown login
// may be a password, so only a keyed hash of it is kept: enough to see that it was the
// same again.
func (s *Service) signingIn(from Actor, login string, user User) Call {
	subject := user.ID
	if subject == "" {
		subject = s.loginDigest(login)
	}
	return Call{Actor: from}.to("session.start", SubjectUser, subject)
}

// OpenSession opens a session for the account with an id, whose person has been
// checked by the given means. An account that is not there or is disabled is
// refused like a wrong password.
func (s *Service) OpenSession(ctx context.Context, from Actor, userID string, means Means) (Issued, error) {
	return s.openSession(ctx, from, userID, means, func(*desk, User, Issued) error { return nil })
}

func (s *Service) openSession(ctx context.Context, from Actor, userID string, means Means, also func(*desk, User, Issued) error) (Issued, error) {
	from.UserID = userID
	call := Call{Actor: from}.to("session.start", SubjectUser, userID)
	out, err := write(ctx, s, call, func(u *desk) (Issued, error) {
		user, err := u.UserByID(userID)
		if isNoRow(err) || err == nil && user.Disabled {
			return Issued{}, errSignIn()
		}
		if err != nil {
			return Issued{}, err
		}
		out, err := u.session(user, means, u.now.Add(u.svc.rules.SessionLifetime))
		if err != nil {
			return out, err
		}
		if err := also(u, user, out); err != nil {
			return out, err
		}
		return out, u.ForgetAttempts(u.now.Add(-u.svc.rules.Wait), forgotten)
	})
	if e := AsError(err); err != nil && e.Kind == Unauthenticated {
		if failed := s.recordRefusal(ctx, call, e); failed != nil {
			return Issued{}, AsError(failed)
		}
	}
	return out, err
}

// session issues a session that ends at the latest at a moment.
func (u *desk) session(user User, means Means, ends time.Time) (Issued, error) {
	from := u.call.Actor
	c := Credential{
		Kind: SessionCredential, Label: string(means), ExpiresAt: ends, Needs: u.svc.rules.need(user, means, u.now), Address: from.Address, Agent: from.Agent,
	}
	if c.Needs != "" {
		c.ExpiresAt = u.now.Add(needLife)
	}
	return u.issue(user, rand.Text(), c)
}

// goOn ends the actor's session and opens the next one in its place: whoever knew the
// secret of a session that could do less must not hold one that can do more.
func (u *desk) goOn(user User, means Means) (Issued, error) {
	was := u.call.Actor.Credential
	ends := u.now.Add(u.svc.rules.SessionLifetime)
	if was.Needs == "" {
		ends = was.ExpiresAt
	}
	if _, err := u.Credential(was.Hash); err == nil {
		if err := u.end(was); err != nil {
			return Issued{}, err
		}
	} else if !isNoRow(err) {
		return Issued{}, err
	}
	return u.session(user, means, ends)
}

// try checks something that only the right person knows, unless it was tried too
// often: then it costs the same and is refused. told is what the caller is told when
// it is not right; why stands in the event only. A try that was right is still
// counted: the unit of work that follows takes it back.
func (s *Service) try(ctx context.Context, call Call, t tally, told *Error, right func() (bool, error)) error {
	admitted, err := s.admit(ctx, t)
	if err != nil {
		return AsError(err)
	}
	if admitted.full {
		return s.tooMany(ctx, call, admitted.first)
	}
	ok, err := right()
	if err != nil {
		// Nothing was found out, so nothing is counted.
		return AsError(errors.Join(err, s.giveBack(context.WithoutCancel(ctx), call, t)))
	}
	if ok && !admitted.locked {
		return nil
	}
	why := *told
	if admitted.locked {
		why.Code = "session.locked"
	}
	if err := s.recordRefusal(ctx, call, &why); err != nil {
		return AsError(err)
	}
	return told
}

// tooMany refuses an address. Only the first refusal of a span is an event: whoever
// sends a flood must not be able to fill the disk with it.
func (s *Service) tooMany(ctx context.Context, call Call, first bool) error {
	e := NewError(TooMany, "session.too_many", "此网络地址失败次数过多，请 15 分钟后再试", "Too many failures from this address; try again in 15 minutes")
	if first {
		if err := s.recordRefusal(ctx, call, e); err != nil {
			return AsError(err)
		}
	}
	return e
}

// giveBack takes a try back in a unit of work of its own.
func (s *Service) giveBack(ctx context.Context, call Call, t tally) error {
	_, err := write(ctx, s, Call{Actor: call.Actor}, func(u *desk) (struct{}, error) { return struct{}{}, u.unadmit(t, false) })
	return err
}

func errSignIn() *Error {
	return NewError(Unauthenticated, "session.refused",
		"登录名或密码不正确，或连续失败次数过多（此时须等待 15 分钟）", "The login or the password is wrong, or it failed too often: then an account waits 15 minutes")
}

// SignOut ends the session or token with the given secret.
func (s *Service) SignOut(ctx context.Context, call Call, secret string) error {
	hash := s.hash(secret)
	_, err := write(ctx, s, call.to("credential.end", SubjectCredential, credentialID(hash)), func(u *desk) (struct{}, error) {
		c, err := u.Credential(hash)
		if isNoRow(err) {
			err = errSignedOut()
		}
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, u.end(c)
	})
	return err
}
