package workflow

import (
	"context"
	"crypto/rand"
	"strings"

	"duban/workflow/audit"
)

// SignIn checks a login and password and opens a session. Wrong and unknown
// logins get the same answer after the same work.
func (s *Service) SignIn(ctx context.Context, from Actor, login, password string) (Issued, error) {
	user, err := read(ctx, s, func(r Reader) (User, error) {
		u, err := r.UserByLogin(strings.ToLower(strings.TrimSpace(login)))
		if isNoRow(err) {
			return User{}, nil
		}
		return u, err
	})
	if err != nil {
		return Issued{}, err
	}
	ok, err := passwordIs(ctx, password, user.PasswordHash)
	if err != nil {
		return Issued{}, AsError(err)
	}
	if !ok || user.Disabled {
		return Issued{}, s.signInRefused(ctx, from, login, user)
	}
	return s.OpenSession(ctx, from, user.ID, ByPassword)
}

// Means is how a person showed who they are.
type Means string

// The means of signing in.
const (
	ByPassword Means = "password"
	ByProvider Means = "provider" // an OpenID provider that vouches for the person
)

// OpenSession opens a session for the account with an id, whose person has been
// checked by the given means. An account that is not there or is disabled is
// refused like a wrong password.
func (s *Service) OpenSession(ctx context.Context, from Actor, userID string, means Means) (Issued, error) {
	from.UserID = userID
	return write(ctx, s, Call{Actor: from}.to("session.start", SubjectUser, userID), func(u *desk) (Issued, error) {
		user, err := u.UserByID(userID)
		if isNoRow(err) || err == nil && user.Disabled {
			return Issued{}, errSignIn()
		}
		if err != nil {
			return Issued{}, err
		}
		return u.openSession(user, means)
	})
}

// openSession is the part of OpenSession that runs in a unit of work.
func (u *desk) openSession(user User, means Means) (Issued, error) {
	return u.issue(user, rand.Text(), Credential{Kind: SessionCredential, Label: string(means), ExpiresAt: u.now.Add(SessionLifetime)})
}

func errSignIn() *Error {
	return NewError(Unauthenticated, "session.refused", "登录名或密码不正确", "The login or the password is wrong")
}

// signInRefused records a failed sign-in and returns the answer, the same for wrong
// and unknown logins. What was typed as an unknown login may be a password, so
// only a keyed hash of it is kept: enough to see that it was the same again.
func (s *Service) signInRefused(ctx context.Context, from Actor, login string, user User) error {
	subject := user.ID
	if subject == "" {
		subject = s.loginDigest(login)
	}
	told := errSignIn()
	if err := s.recordRefusal(ctx, Call{Actor: from}.to("session.start", SubjectUser, subject), told); err != nil {
		return AsError(err)
	}
	return told
}

// SignOut ends the session or token with the given secret.
func (s *Service) SignOut(ctx context.Context, call Call, secret string) error {
	hash := s.hash(secret)
	_, err := write(ctx, s, call.to("credential.end", SubjectCredential, credentialID(hash)), func(u *desk) (struct{}, error) {
		if _, err := u.Credential(hash); err != nil {
			if isNoRow(err) {
				err = errSignedOut()
			}
			return struct{}{}, err
		}
		if err := u.DeleteCredential(hash); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, u.log(audit.Event{Name: "credential.end", Subject: SubjectCredential, SubjectID: credentialID(hash), Version: 2})
	})
	return err
}
