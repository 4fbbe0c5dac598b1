package workflow

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
)

// Recovery codes have 120 bits, so that a keyed hash of them may be stored (OWASP ASVS
// 5.0, 6.5.2: from 112 bits on).
const (
	recoveryCodes  = 10
	recoveryLength = 24
)

func newRecoveryCodes() []string {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		t := strings.ToLower(rand.Text())
		codes[i] = t[0:6] + "-" + t[6:12] + "-" + t[12:18] + "-" + t[18:24]
	}
	return codes
}

// recoveryForm is a recovery code as it is hashed, empty for what is none by its form.
func recoveryForm(code string) string {
	text := strings.ReplaceAll(strings.ToLower(digitsOf(code)), "-", "")
	if len(text) != recoveryLength {
		return ""
	}
	return text
}

func (u *desk) keepCodes(userID string, codes []string) error {
	hashes := make([]string, len(codes))
	for i, c := range codes {
		hashes[i] = u.svc.derive("recovery", userID, recoveryForm(c))
	}
	return u.ReplaceRecoveryCodes(userID, hashes)
}

// useRecovery takes a recovery code away and records it.
func (u *desk) useRecovery(is User, code string) (User, error) {
	err := u.UseRecoveryCode(is.ID, u.svc.derive("recovery", is.ID, code))
	if isNoRow(err) {
		return is, errCode()
	}
	if err != nil {
		return is, err
	}
	if is, err = u.saveUser(is); err != nil {
		return is, err
	}
	return is, u.logUser(eventRecoveryUse, "", is)
}

// NewRecoveryCodes replaces the actor's recovery codes. proof is their password.
func (s *Service) NewRecoveryCodes(ctx context.Context, call Call, proof string) ([]string, error) {
	call = call.secretly(eventRecovery, SubjectUser, call.Actor.UserID)
	user, err := s.inSession(ctx, call, "")
	if err == nil && user.TOTP == "" {
		err = s.refused(ctx, call, errNoTOTP())
	}
	if err != nil {
		return nil, err
	}
	if err := s.prove(ctx, call, user, proof); err != nil {
		return nil, err
	}
	codes := newRecoveryCodes()
	_, err = write(ctx, s, call, func(u *desk) (struct{}, error) {
		is, err := u.saveUser(user)
		if err != nil {
			return struct{}{}, err
		}
		if err := u.keepCodes(is.ID, codes); err != nil {
			return struct{}{}, fmt.Errorf("keeping the recovery codes of %s: %w", is.Login, err)
		}
		return struct{}{}, u.logUser(eventRecovery, "", is)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}
