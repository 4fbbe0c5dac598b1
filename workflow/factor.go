package workflow

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Enrolment is the secret of a second factor that is being set up. It can be seen
// until it is confirmed and never again.
type Enrolment struct {
	Secret string // base32, to be typed
	URI    string // otpauth://..., to be shown as a QR code
}

// BeginTOTP returns the secret of the actor's second factor to be. Nothing is stored
// yet: the secret follows from the session, and another session has another. A
// session that needs nothing must show the password.
func (s *Service) BeginTOTP(ctx context.Context, call Call, proof string) (Enrolment, error) {
	call = call.secretly(eventTOTP, SubjectUser, call.Actor.UserID)
	user, err := s.enrolling(ctx, call)
	if err != nil {
		return Enrolment{}, err
	}
	if call.Actor.Credential.Needs == "" {
		if err := s.prove(ctx, call, user, proof); err != nil {
			return Enrolment{}, err
		}
	}
	secret, err := s.candidate(call, user)
	return Enrolment{Secret: totpText(secret), URI: totpURI(user.Login, secret)}, err
}

// enrolling returns the account of an actor who may set up a second factor.
func (s *Service) enrolling(ctx context.Context, call Call) (User, error) {
	user, err := s.inSession(ctx, call, "", NeedsEnrol)
	if err == nil && user.TOTP != "" {
		err = s.refused(ctx, call, NewError(Conflict, "totp.enrolled", "动态口令已启用；更换设备请先移除", "There is a second factor already; remove it before setting up another"))
	}
	return user, err
}

// candidate is the secret that an account would get in this session. What is made
// after a change of the account is another one.
func (s *Service) candidate(call Call, user User) ([]byte, error) {
	sum, err := hex.DecodeString(s.derive("totp", user.ID, strconv.Itoa(user.Version), call.Actor.Credential.Hash))
	if err != nil {
		return nil, err
	}
	return sum[:totpSecret], nil
}

// ConfirmTOTP sets the second factor up that BeginTOTP showed, when code is one of its
// codes. It ends the account's other sessions, opens a new one in place of the
// actor's, and returns the recovery codes, which are shown once.
func (s *Service) ConfirmTOTP(ctx context.Context, call Call, code string) (Issued, []string, error) {
	call = call.secretly(eventTOTP, SubjectUser, call.Actor.UserID)
	user, err := s.enrolling(ctx, call)
	if err != nil {
		return Issued{}, nil, err
	}
	secret, err := s.candidate(call, user)
	if err != nil {
		return Issued{}, nil, err
	}
	t := s.tallyOf(call.Actor, user.Login)
	var used int64
	if err := s.try(ctx, call, t, errCode(), func() (ok bool, err error) {
		used, ok = totpMatch(secret, digitsOf(code), s.now())
		return ok, nil
	}); err != nil {
		return Issued{}, nil, err
	}
	sealed, err := s.seal(user.ID, secret)
	if err != nil {
		return Issued{}, nil, AsError(err)
	}
	codes := newRecoveryCodes()
	out, err := write(ctx, s, call, func(u *desk) (Issued, error) {
		is := user
		is.TOTP = sealed
		is, err := u.saveUser(is)
		if err != nil {
			return Issued{}, err
		}
		if err := u.useStep(is.ID, used); err != nil {
			return Issued{}, err
		}
		if err := u.keepCodes(is.ID, codes); err != nil {
			return Issued{}, err
		}
		if err := u.endAll(is.ID, true); err != nil {
			return Issued{}, err
		}
		if err := u.unadmit(t, true); err != nil {
			return Issued{}, err
		}
		if err := u.logUser(eventTOTP, "", is); err != nil {
			return Issued{}, err
		}
		return u.goOn(is, ByBoth)
	})
	if err != nil {
		return out, nil, err
	}
	return out, codes, nil
}

// CompleteTOTP is the second step of signing in: it opens a session in place of one
// that needs the code of the second factor. A recovery code does as well, once.
func (s *Service) CompleteTOTP(ctx context.Context, call Call, code string) (Issued, error) {
	call = call.secretly(eventStep, SubjectUser, call.Actor.UserID)
	user, err := s.inSession(ctx, call, NeedsTOTP)
	if err != nil {
		return Issued{}, err
	}
	t := s.tallyOf(call.Actor, user.Login)
	recovery := recoveryForm(code)
	var used int64
	if err := s.try(ctx, call, t, errCode(), func() (bool, error) {
		if recovery != "" {
			return true, nil // the unit of work finds out by taking it away
		}
		secret, err := s.unseal(user.ID, user.TOTP)
		if err != nil {
			return false, err
		}
		var ok bool
		used, ok = totpMatch(secret, digitsOf(code), s.now())
		return ok, nil
	}); err != nil {
		return Issued{}, err
	}
	return write(ctx, s, call, func(u *desk) (Issued, error) {
		is, err := u.UserByID(user.ID)
		if err != nil {
			return Issued{}, err
		}
		if is.TOTP != user.TOTP {
			return Issued{}, errCode()
		}
		if recovery == "" {
			err = u.useStep(is.ID, used)
		} else {
			is, err = u.useRecovery(is, recovery)
		}
		if err != nil {
			return Issued{}, err
		}
		if err := u.unadmit(t, true); err != nil {
			return Issued{}, err
		}
		return u.goOn(is, ByBoth)
	})
}

// useStep notes that a code was used; a used one is refused like a wrong one.
func (u *desk) useStep(userID string, step int64) error {
	err := u.UseTOTPStep(userID, step)
	if errors.Is(err, ErrChanged) {
		return errCode()
	}
	return err
}

func errCode() *Error {
	return NewError(Forbidden, "totp.refused",
		"验证码不正确、已用过，或连续失败次数过多（此时须等待 15 分钟）", "The code is wrong or used, or it failed too often: then an account waits 15 minutes")
}

// RemoveTOTP takes the second factor of an account, by login or id, away, with its
// recovery codes: the
// actor's own when no login is given, unless a role needs one. proof is the actor's own
// password. Who resets passwords may not do this to others: so no administrator
// alone can sign in as somebody else. It ends the sessions of the account.
func (s *Service) RemoveTOTP(ctx context.Context, call Call, login, proof string) error {
	call = call.secretly(eventTOTPRemove, SubjectUser, call.Actor.UserID)
	var user User
	var err error
	if login == "" {
		if user, err = s.inSession(ctx, call, ""); err == nil && s.rules.needsTOTP(user.Grants) {
			err = s.refused(ctx, call, NewError(Forbidden, "totp.required", "您的角色必须使用动态口令", "Your role needs a second factor"))
		}
		if err == nil && user.TOTP == "" {
			err = s.refused(ctx, call, errNoTOTP())
		}
		if err == nil {
			err = s.prove(ctx, call, user, proof)
		}
	} else {
		call = call.secretly(eventTOTPRemove, SubjectUser, s.accountDigest(login))
		user, err = s.administered(ctx, call, MayWriteGrants, login, proof)
	}
	if err != nil {
		return err
	}
	_, err = write(ctx, s, call, func(u *desk) (struct{}, error) {
		var role Role
		if login != "" {
			if role, err = u.may(MayWriteGrants, ""); err != nil {
				return struct{}{}, err
			}
		}
		is, err := u.UserByID(user.ID)
		if err != nil {
			return struct{}{}, err
		}
		if is.TOTP == "" {
			return struct{}{}, errNoTOTP()
		}
		is.TOTP = ""
		if is, err = u.saveUser(is); err != nil {
			return struct{}{}, err
		}
		if err := u.ReplaceRecoveryCodes(is.ID, nil); err != nil {
			return struct{}{}, fmt.Errorf("taking the recovery codes of %s away: %w", is.Login, err)
		}
		if err := u.endAll(is.ID, true); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, u.logUser(eventTOTPRemove, role, is)
	})
	return err
}

func errNoTOTP() *Error {
	return NewError(Conflict, "totp.none", "账号未启用动态口令", "The account has no second factor")
}

// Factor says what an account has for signing in.
type Factor struct {
	TOTP          bool
	RecoveryCodes int       // left
	PasswordEnds  time.Time // when the password must be changed; zero: never
}

// OwnFactor returns what the actor has for signing in.
func (s *Service) OwnFactor(ctx context.Context, actor Actor) (Factor, error) {
	return read(ctx, s, func(r Reader) (Factor, error) {
		user, err := r.UserByID(actor.UserID)
		if err != nil {
			return Factor{}, err
		}
		f := Factor{TOTP: user.TOTP != ""}
		if s.rules.PasswordMaxAge > 0 {
			f.PasswordEnds = passwordSet(user).Add(s.rules.PasswordMaxAge)
		}
		f.RecoveryCodes, err = r.RecoveryCodes(user.ID)
		return f, err
	})
}
