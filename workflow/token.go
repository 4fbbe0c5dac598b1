package workflow

import (
	"context"
	"crypto/rand"
	"time"
)

// IssueToken makes an API token for the actor, or for the account with the given
// login when the actor may write accounts. life of 0 is TokenLifetime. With scopes
// it may be used only for what they and the account's roles give; a token with
// scopes issues none. A repeated request gives the same token again: its secret is
// then derived from the request.
func (s *Service) IssueToken(ctx context.Context, call Call, login, label string, life time.Duration, scopes ...Scoped) (Issued, error) {
	if life == 0 {
		life = TokenLifetime
	}
	var p Problems
	checkText(&p, "label", label, 1, 100)
	if life < time.Minute || life > maxTokenLife {
		p.Add("days", "range", "有效期须为 1 到 366 天", "must be 1 to 366 days")
	}
	s.checkScopes(&p, scopes)
	if err := p.Err(); err != nil {
		return Issued{}, err
	}
	secret := rand.Text()
	if call.Request != nil {
		secret = s.derive("token", call.Actor.UserID, call.Request.Key, call.Request.Hash)
	}
	out, err := write(ctx, s, call.to("credential.issue", SubjectUser, s.loginDigest(login)), func(u *desk) (Issued, error) {
		if !call.Actor.Credential.Unbounded() {
			return Issued{}, ErrScope()
		}
		user, err := u.tokenOwner(login)
		if err != nil {
			return Issued{}, err
		}
		return u.issue(user, secret, Credential{Kind: TokenCredential, Label: label, ExpiresAt: u.now.Add(life), Scopes: scopes})
	})
	out.Secret = secret
	return out, err
}

// tokenOwner returns the account that a token is for: the actor's own when no
// login is given.
func (u *desk) tokenOwner(login string) (User, error) {
	if login == "" {
		return u.UserByID(u.call.Actor.UserID)
	}
	if _, err := u.may(MayWriteUsers, ""); err != nil {
		return User{}, err
	}
	return u.userByLogin(login)
}
