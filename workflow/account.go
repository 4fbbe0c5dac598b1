package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"duban/workflow/audit"
)

// CreateUser makes an account with its password. Whoever may make accounts may not
// also give roles, so it has none yet: AddGrant gives them. Only the operator, who
// may do both, makes an account with roles at once. With PasswordOnce the password
// must be changed at first use; what else the argument says of the password and the
// second factor is not used.
func (s *Service) CreateUser(ctx context.Context, call Call, u User, password string) (User, error) {
	p := u.Check()
	s.rules.checkPassword(&p, "password", u, password)
	if err := p.Err(); err != nil {
		return User{}, err
	}
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return User{}, err
	}
	return write(ctx, s, call.to("user.create", SubjectUser, s.loginDigest(u.Login)), func(un *desk) (User, error) {
		role, err := un.may(MayWriteUsers, "")
		if err != nil {
			return User{}, err
		}
		if len(u.Grants) > 0 {
			if _, err := un.may(MayWriteGrants, ""); err != nil {
				return User{}, err
			}
		}
		u.ID, u.PasswordHash, u.Version, u.CreatedAt = newID(), hash, 1, un.now
		u.PasswordAt, u.TOTP = un.now, ""
		err = un.InsertUser(u)
		if errors.Is(err, ErrDuplicate) {
			return User{}, NewError(Conflict, "user.login_taken", "登录名 "+u.Login+" 已被使用", "The login "+u.Login+" is taken")
		}
		if err != nil {
			return User{}, fmt.Errorf("inserting user %s: %w", u.Login, err)
		}
		return u, un.logUser("user.create", role, u)
	})
}

// RenameUser gives an account another name of its person. What events say of it
// stays true: they have its id, and a digest of the name that nobody can undo without
// the installation's secret.
func (s *Service) RenameUser(ctx context.Context, call Call, login, name string) (User, error) {
	return write(ctx, s, call.to("user.rename", SubjectUser, s.loginDigest(login)), func(un *desk) (User, error) {
		role, err := un.may(MayWriteUsers, "")
		if err != nil {
			return User{}, err
		}
		return un.changeUser("user.rename", role, login, func(u *User) error {
			u.Name = name
			return u.Check().Err()
		})
	})
}

// changeUser is the one way in which an account changes: by whom it names, at the
// version that the caller has seen.
func (un *desk) changeUser(name string, role Role, account string, change func(*User) error) (User, error) {
	before, err := un.account(account)
	if err != nil {
		return User{}, err
	}
	if err := un.seen("user.stale", Text{ZH: "账号", EN: "The account"}, before.Version); err != nil {
		return User{}, err
	}
	u := before
	u.Grants, u.Version = slices.Clone(before.Grants), before.Version+1
	if err := change(&u); err != nil {
		return User{}, err
	}
	if err := un.SaveUser(u, before.Version); err != nil {
		return User{}, fmt.Errorf("saving user %s: %w", u.ID, err)
	}
	return u, un.logUser(name, role, u)
}

// account reads the account with a login or an id: what has the form of an id is
// nobody's login.
func (un *desk) account(name string) (User, error) { return accountNamed(un, name) }

func accountNamed(r Reader, name string) (User, error) {
	if !isID(name) {
		return userByLogin(r, name)
	}
	u, err := r.UserByID(name)
	if isNoRow(err) {
		err = errNoAccount()
	}
	return u, err
}

// isID reports whether a text has the form of an id.
func isID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }

func errNoAccount() *Error { return NotFoundError(Text{ZH: "账号", EN: "The account"}) }

// logUser adds the event that left an account as it is.
func (un *desk) logUser(name string, role Role, u User) error {
	past := UserPast{User: u, DigestKey: un.svc.digestKey(u.ID)}
	past.LoginDigest, past.NameDigest, past.PasswordDigest = digest(past.DigestKey+strings.ToLower(u.Login)), digest(past.DigestKey+u.Name), digest(u.PasswordHash)
	past.Login, past.Name = "", ""
	if u.TOTP != "" {
		past.TOTPDigest = digest(u.TOTP)
	}
	is, err := json.Marshal(past)
	if err != nil {
		return err
	}
	return un.log(audit.Event{Name: name, Subject: SubjectUser, SubjectID: u.ID, Version: u.Version, ActorRole: string(role), After: is})
}

// digestKey keys the digests of an account's login and name.
func (s *Service) digestKey(userID string) string { return s.derive("person", userID) }

// loginDigest names a login in events without saying it.
func (s *Service) loginDigest(login string) string {
	return s.derive("login", strings.ToLower(strings.TrimSpace(login)))[:16]
}

// Users returns every account, by login.
func (s *Service) Users(ctx context.Context, actor Actor) ([]User, error) {
	return ifMay(ctx, s, actor, MayReadUsers, Reader.Users)
}

func (u *desk) userByLogin(login string) (User, error) { return userByLogin(u, login) }

func userByLogin(r Reader, login string) (User, error) {
	user, err := r.UserByLogin(strings.ToLower(login))
	if isNoRow(err) {
		err = NotFoundError(Text{ZH: "账号 " + login + " ", EN: "The account " + login})
	}
	return user, err
}
