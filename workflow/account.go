package workflow

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"duban/workflow/audit"
)

// How long credentials live.
const (
	SessionIdle     = time.Hour            // a session ends this long after its last use
	SessionLifetime = 12 * time.Hour       // and this long after sign-in at the latest
	TokenLifetime   = 90 * 24 * time.Hour  // of a token, unless asked otherwise
	maxTokenLife    = 366 * 24 * time.Hour // of any token
	seenEvery       = time.Minute          // the last use is stored at most this often
)

// Limits of passwords, in characters. The longest keeps hashing cheap.
const (
	minPassword = 12
	maxPassword = 128
)

// hashing is the cost of a password: OWASP's argon2id minimum of 19 MiB and two
// passes.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashSlots keeps password work from taking the machine: two at once.
var hashSlots = make(chan struct{}, 2)

// Issued is a credential that was just made. Secret is shown once and stored
// nowhere.
type Issued struct {
	Secret    string    `json:"-"`
	ID        string    `json:"id"`
	User      User      `json:"user"`
	ExpiresAt time.Time `json:"expires_at"`
}

// CreateUser makes an account with its roles and password.
func (s *Service) CreateUser(ctx context.Context, call Call, u User, password string) (User, error) {
	p := u.Check()
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword {
		p.Add("password", "length", fmt.Sprintf("密码须为 %d 到 %d 个字符", minPassword, maxPassword), fmt.Sprintf("must be %d to %d characters", minPassword, maxPassword))
	}
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
		if _, err := un.may(MayWriteGrants, ""); err != nil {
			return User{}, err
		}
		u.ID, u.PasswordHash, u.Version, u.CreatedAt = newID(), hash, 1, un.now
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
		u, err := un.userByLogin(login)
		if err != nil {
			return User{}, err
		}
		was := u.Version
		u.Name, u.Version = name, was+1
		if err := u.Check().Err(); err != nil {
			return User{}, err
		}
		if err := un.SaveUser(u, was); err != nil {
			return User{}, fmt.Errorf("saving user %s: %w", u.Login, err)
		}
		return u, un.logUser("user.rename", role, u)
	})
}

// logUser adds the event that left an account as it is.
func (un *desk) logUser(name string, role Role, u User) error {
	past := UserPast{User: u, DigestKey: un.svc.digestKey(u.ID)}
	past.LoginDigest, past.NameDigest, past.PasswordDigest = digest(past.DigestKey+strings.ToLower(u.Login)), digest(past.DigestKey+u.Name), digest(u.PasswordHash)
	past.Login, past.Name = "", ""
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
	from.UserID = user.ID
	return write(ctx, s, Call{Actor: from}, func(u *desk) (Issued, error) {
		return u.issue(user, rand.Text(), Credential{Kind: SessionCredential, ExpiresAt: u.now.Add(SessionLifetime)})
	})
}

// signInRefused records a failed sign-in and returns the answer, the same for wrong
// and unknown logins. What was typed as an unknown login may be a password, so
// only a keyed hash of it is kept: enough to see that it was the same again.
func (s *Service) signInRefused(ctx context.Context, from Actor, login string, user User) error {
	subject := user.ID
	if subject == "" {
		subject = s.loginDigest(login)
	}
	told := NewError(Unauthenticated, "session.refused", "登录名或密码不正确", "The login or the password is wrong")
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

// IssueToken makes an API token for the actor, or for the account with the given
// login when the actor may write accounts. life of 0 is TokenLifetime. A repeated request gives
// the same token again: its secret is then derived from the request.
func (s *Service) IssueToken(ctx context.Context, call Call, login, label string, life time.Duration) (Issued, error) {
	if life == 0 {
		life = TokenLifetime
	}
	var p Problems
	checkText(&p, "label", label, 1, 100)
	if life < time.Minute || life > maxTokenLife {
		p.Add("days", "range", "有效期须为 1 到 366 天", "must be 1 to 366 days")
	}
	if err := p.Err(); err != nil {
		return Issued{}, err
	}
	secret := rand.Text()
	if call.Request != nil {
		secret = s.derive("token", call.Actor.UserID, call.Request.Key, call.Request.Hash)
	}
	out, err := write(ctx, s, call.to("credential.issue", SubjectUser, s.loginDigest(login)), func(u *desk) (Issued, error) {
		user, err := u.tokenOwner(login)
		if err != nil {
			return Issued{}, err
		}
		return u.issue(user, secret, Credential{Kind: TokenCredential, Label: label, ExpiresAt: u.now.Add(life)})
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

func (u *desk) userByLogin(login string) (User, error) {
	user, err := u.UserByLogin(strings.ToLower(login))
	if isNoRow(err) {
		err = NotFoundError(Text{ZH: "账号 " + login, EN: "The account " + login})
	}
	return user, err
}

func (u *desk) issue(user User, secret string, c Credential) (Issued, error) {
	c.Hash, c.UserID, c.CreatedAt, c.LastSeen = u.svc.hash(secret), user.ID, u.now, u.now
	if err := u.InsertCredential(c); err != nil {
		return Issued{}, fmt.Errorf("inserting a credential of %s: %w", user.Login, err)
	}
	out := Issued{Secret: secret, ID: credentialID(c.Hash), User: user, ExpiresAt: c.ExpiresAt}
	is, err := json.Marshal(map[string]any{"user_id": user.ID, "kind": c.Kind, "label": c.Label, "expires_at": c.ExpiresAt})
	if err != nil {
		return out, err
	}
	return out, u.log(audit.Event{Name: "credential.issue", Subject: SubjectCredential, SubjectID: out.ID, Version: 1, After: is})
}

// Authenticate returns who holds the secret of a session or token. The caller
// adds from where.
func (s *Service) Authenticate(ctx context.Context, secret string) (Actor, error) {
	now := s.now()
	c, user, err := s.store.Identity(ctx, s.hash(secret))
	idle := c.Kind == SessionCredential && now.Sub(c.LastSeen) > SessionIdle
	switch {
	case errors.Is(err, ErrNoRow), err == nil && (user.Disabled || idle || !now.Before(c.ExpiresAt)):
		return Actor{}, errSignedOut()
	case err != nil:
		return Actor{}, AsError(err)
	}
	if now.Sub(c.LastSeen) > seenEvery {
		c.LastSeen = now
		err := s.store.Update(ctx, func(tx Tx) error { return tx.SaveCredential(c) })
		// Whoever may read should also be able to while nothing can be saved.
		if err != nil && KindOf(err) != Unavailable && !errors.Is(err, ErrChanged) {
			return Actor{}, AsError(err)
		}
	}
	return Actor{UserID: user.ID, Login: user.Login, Name: user.Name, Grants: user.Grants}, nil
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

func hashPassword(ctx context.Context, password string) (string, error) {
	release, err := hashSlot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return argon2id.CreateHash(password, hashing)
}

// passwordIs compares a password with a hash, or with a made-up one where there
// is no account, so that both take as long.
func passwordIs(ctx context.Context, password, hash string) (bool, error) {
	if utf8.RuneCountInString(password) > maxPassword {
		password = ""
	}
	release, err := hashSlot(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	if hash == "" {
		_, err := argon2id.CreateHash(password, hashing)
		return false, err
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

func hashSlot(ctx context.Context) (release func(), err error) {
	select {
	case hashSlots <- struct{}{}:
		return func() { <-hashSlots }, nil
	case <-ctx.Done():
		return nil, NewError(Unavailable, "busy", "系统繁忙，请稍后再试", "Busy, please try again").Because(ctx.Err())
	}
}
