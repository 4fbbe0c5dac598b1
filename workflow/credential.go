package workflow

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// Bounds of credentials.
const (
	maxTokenLife = 366 * 24 * time.Hour // of any token
	seenEvery    = time.Minute          // the last use is stored at most this often
)

// Issued is a credential that was just made. Secret is shown once and stored
// nowhere.
type Issued struct {
	Secret    string    `json:"-"`
	ID        string    `json:"id"`
	User      User      `json:"user"`
	ExpiresAt time.Time `json:"expires_at"`
	Needs     Need      `json:"needs,omitempty"`
}

// end ends a credential that is there.
func (u *desk) end(c Credential) error {
	if err := u.DeleteCredential(c.Hash); err != nil {
		return err
	}
	is, err := json.Marshal(map[string]any{"user_id": c.UserID, "kind": c.Kind})
	if err != nil {
		return err
	}
	return u.log(audit.Event{Name: "credential.end", Subject: SubjectCredential, SubjectID: credentialID(c.Hash), Version: 2, After: is})
}

// endAll ends the credentials of an account: its sessions, and its tokens too unless
// they are to be kept.
func (u *desk) endAll(userID string, keepTokens bool) error {
	list, err := u.Credentials(userID)
	if err != nil {
		return err
	}
	for _, c := range list {
		if keepTokens && c.Kind == TokenCredential {
			continue
		}
		if err := u.end(c); err != nil {
			return err
		}
	}
	return nil
}

func (u *desk) issue(user User, secret string, c Credential) (Issued, error) {
	c.Hash, c.UserID, c.CreatedAt, c.LastSeen = u.svc.hash(secret), user.ID, u.now, u.now
	if err := u.InsertCredential(c); err != nil {
		return Issued{}, fmt.Errorf("inserting a credential of %s: %w", user.Login, err)
	}
	out := Issued{Secret: secret, ID: credentialID(c.Hash), User: user, ExpiresAt: c.ExpiresAt, Needs: c.Needs}
	is, err := json.Marshal(map[string]any{"user_id": user.ID, "kind": c.Kind, "label": c.Label, "expires_at": c.ExpiresAt, "needs": c.Needs, "scopes": c.Scopes})
	if err != nil {
		return out, err
	}
	return out, u.log(audit.Event{Name: "credential.issue", Subject: SubjectCredential, SubjectID: out.ID, Version: 1, After: is})
}

// Authenticate returns who holds the secret of a session or token. The caller
// adds from where. It counts as a use of the session.
func (s *Service) Authenticate(ctx context.Context, secret string) (Actor, error) {
	return s.authenticate(ctx, secret, true)
}

// Recognise is Authenticate for what a page asks by itself again and again. It is no
// use of the session, which would otherwise never be idle while the page is open.
func (s *Service) Recognise(ctx context.Context, secret string) (Actor, error) {
	return s.authenticate(ctx, secret, false)
}

func (s *Service) authenticate(ctx context.Context, secret string, use bool) (Actor, error) {
	now := s.now()
	c, user, err := s.store.Identity(ctx, s.hash(secret), calendar.Of(now))
	switch {
	case errors.Is(err, ErrNoRow), err == nil && (user.Disabled || s.ended(c, now)):
		return Actor{}, errSignedOut()
	case err != nil:
		return Actor{}, AsError(err)
	}
	if use && now.Sub(c.LastSeen) > seenEvery {
		c.LastSeen = now
		err := s.store.Update(ctx, func(tx Tx) error { return tx.SaveCredential(c) })
		// Whoever may read should also be able to while nothing can be saved.
		if err != nil && KindOf(err) != Unavailable && !errors.Is(err, ErrChanged) {
			return Actor{}, AsError(err)
		}
	}
	who := Actor{UserID: user.ID, Login: user.Login, Name: user.Name, Grants: s.effective(user, c), Credential: c}
	if c.Needs != "" {
		who.Grants = nil
	}
	return who, nil
}

// ended reports whether a credential is no longer good: expired, or a session that
// nobody used for too long.
func (s *Service) ended(c Credential, now time.Time) bool {
	session := c.Kind == SessionCredential
	return !now.Before(c.ExpiresAt) || session && (now.Sub(c.LastSeen) > s.rules.SessionIdle || now.Sub(c.CreatedAt) > s.rules.SessionLifetime)
}

// Life says how long a credential is good for.
type Life struct {
	Ends     time.Time     // at the latest
	Idle     time.Duration // of a session: how long it may be unused; 0 for a token
	IdleEnds time.Time     // of a session: when it ends unless it is used before
}

// LifeOf returns how long a credential is good for, as of when it was identified.
func (s *Service) LifeOf(c Credential) Life {
	life := Life{Ends: c.ExpiresAt}
	if c.Kind != SessionCredential {
		return life
	}
	if most := c.CreatedAt.Add(s.rules.SessionLifetime); most.Before(life.Ends) {
		life.Ends = most
	}
	life.Idle, life.IdleEnds = s.rules.SessionIdle, c.LastSeen.Add(s.rules.SessionIdle)
	if life.Ends.Before(life.IdleEnds) {
		life.IdleEnds = life.Ends
	}
	return life
}

func errSignedOut() *Error {
	return NewError(Unauthenticated, "unauthenticated", "请先登录", "Please sign in")
}

// hash is what is stored of a secret: without the server's key nothing follows
// from it.
func (s *Service) hash(secret string) string { return s.derive("credential", secret) }

func (s *Service) derive(parts ...string) string {
	mac := hmac.New(sha256.New, s.secret)
	for _, p := range parts {
		fmt.Fprintf(mac, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// credentialID names a credential without giving it away.
func credentialID(hash string) string { return hash[:16] }
