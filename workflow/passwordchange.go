package workflow

import (
	"context"
	"fmt"
	"time"
)

// Names of the audit events about how an account is signed in to.
const (
	eventPassword    = "user.password"
	eventReset       = "user.password_reset"
	eventTOTP        = "user.totp"
	eventTOTPRemove  = "user.totp_remove"
	eventRecovery    = "user.recovery_codes"
	eventRecoveryUse = "user.recovery_use"
	eventStep        = "session.step"
)

// ChangePassword gives the actor another password; current is the one in force. It
// ends every session and, unless they are to be kept, every token of the account, and
// opens a new session in place of the actor's.
func (s *Service) ChangePassword(ctx context.Context, call Call, current, password string, keepTokens bool) (Issued, error) {
	call = call.secretly(eventPassword, SubjectUser, call.Actor.UserID)
	user, err := s.inSession(ctx, call, "", NeedsPassword)
	if err != nil {
		return Issued{}, err
	}
	var p Problems
	s.rules.checkPassword(&p, "new_password", user, password)
	if normalPassword(password) == normalPassword(current) {
		p.Add("new_password", "reused", "新密码须与当前密码不同", "must not be the present one")
	}
	if err := p.Err(); err != nil {
		return Issued{}, err
	}
	if err := s.prove(ctx, call, user, current); err != nil {
		return Issued{}, err
	}
	hash, err := s.newHash(ctx, user, password)
	if err != nil {
		return Issued{}, err
	}
	return write(ctx, s, call, func(u *desk) (Issued, error) {
		is, err := u.setPassword(user, hash, false)
		if err != nil {
			return Issued{}, err
		}
		if err := u.endAll(is.ID, keepTokens); err != nil {
			return Issued{}, err
		}
		if err := u.logUser(eventPassword, "", is); err != nil {
			return Issued{}, err
		}
		return u.goOn(is, Means(call.Actor.Credential.Label))
	})
}

// OneTime is a password that must be changed at first use. It is shown once.
type OneTime struct {
	Login     string
	Password  string
	ExpiresAt time.Time // it must be used before
}

// ResetPassword gives another account, by login or id, a password to be used once, made up unless one
// is given, and ends all its sessions and tokens. proof is the actor's own password;
// commands on the server need none.
func (s *Service) ResetPassword(ctx context.Context, call Call, login, proof, password string) (OneTime, error) {
	call = call.secretly(eventReset, SubjectUser, s.accountDigest(login))
	user, err := s.administered(ctx, call, MayWriteUsers, login, proof)
	if err != nil {
		return OneTime{}, err
	}
	if password == "" {
		password = NewPassword()
	}
	var p Problems
	s.rules.checkPassword(&p, "new_password", user, password)
	if err := p.Err(); err != nil {
		return OneTime{}, err
	}
	hash, err := s.newHash(ctx, user, password)
	if err != nil {
		return OneTime{}, err
	}
	return write(ctx, s, call, func(u *desk) (OneTime, error) {
		role, err := u.may(MayWriteUsers, "")
		if err != nil {
			return OneTime{}, err
		}
		is, err := u.setPassword(user, hash, true)
		if err != nil {
			return OneTime{}, err
		}
		if err := u.endAll(is.ID, false); err != nil {
			return OneTime{}, err
		}
		// Failures with the password of before count no longer.
		if err := u.unadmit(tally{account: u.svc.tallyOf(Actor{}, is.Login).account}, true); err != nil {
			return OneTime{}, err
		}
		return OneTime{Login: is.Login, Password: password, ExpiresAt: u.now.Add(oneTimeLife)}, u.logUser(eventReset, role, is)
	})
}

// newHash returns the hash of a new password, which must be none of the last ones.
func (s *Service) newHash(ctx context.Context, user User, password string) (string, error) {
	if s.rules.PasswordHistory > 0 {
		past, err := read(ctx, s, func(r Reader) ([]string, error) { return r.PastPasswords(user.ID) })
		if err != nil {
			return "", err
		}
		past = append([]string{user.PasswordHash}, past...)
		for _, hash := range past[:min(len(past), s.rules.PasswordHistory)] {
			same, err := passwordIs(ctx, password, hash)
			if err != nil {
				return "", err
			}
			if same {
				var p Problems
				p.Add("new_password", "reused", fmt.Sprintf("不得使用最近 %d 次用过的密码", s.rules.PasswordHistory), fmt.Sprintf("must be none of the last %d", s.rules.PasswordHistory))
				return "", p.Err()
			}
		}
	}
	return hashPassword(ctx, password)
}

// setPassword gives an account, as it was read, another password.
func (u *desk) setPassword(was User, hash string, once bool) (User, error) {
	is, err := u.UserByID(was.ID)
	if err != nil {
		return is, err
	}
	if is.PasswordHash != was.PasswordHash {
		return is, ErrChanged
	}
	if keep := u.svc.rules.PasswordHistory - 1; keep > 0 {
		if err := u.AddPastPassword(is.ID, is.PasswordHash, u.now, keep); err != nil {
			return is, fmt.Errorf("keeping the past password of %s: %w", is.Login, err)
		}
	}
	is.PasswordHash, is.PasswordAt, is.PasswordOnce = hash, u.now, once
	return u.saveUser(is)
}

// saveUser stores an account as its next version.
func (u *desk) saveUser(is User) (User, error) {
	is.Version++
	if err := u.SaveUser(is, is.Version-1); err != nil {
		return is, fmt.Errorf("saving user %s: %w", is.Login, err)
	}
	return is, nil
}
