package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"duban/workflow/audit"
)

// Link says that a person whom an OpenID provider vouches for is an account. Its id is
// a keyed digest of issuer and subject: the provider's name for the person, which may
// be an e-mail address or a number of an identity card, is kept nowhere. A link is never
// guessed from a name or an address, and never changes.
type Link struct {
	ID        string    `json:"id"` // 64 hexadecimal digits
	UserID    string    `json:"user_id"`
	Issuer    string    `json:"issuer"` // URL
	CreatedAt time.Time `json:"created_at"`
}

// SubjectLink is the subject of events of links.
const SubjectLink = "link"

func (s *Service) linkID(issuer, subject string) string { return s.derive("link", issuer, subject) }

// Longest values that a provider may send, in bytes. OpenID Connect Core 2 limits a
// subject to 255.
const (
	maxIssuer    = 400
	maxSubjectID = 255
)

// LinkUser lets the person whom issuer calls subject sign in to an account that is
// there. Until the first sign-in its roles stay as they are; then the rules of the
// provider give them.
func (s *Service) LinkUser(ctx context.Context, call Call, login, issuer, subject string) (Link, error) {
	var p Problems
	if n := len(issuer); n == 0 || n > maxIssuer {
		p.Add("issuer", "length", "须为身份提供方的网址", "must be the URL of the provider")
	}
	if n := len(subject); n == 0 || n > maxSubjectID {
		p.Add("subject", "length", "须为身份提供方给此人的 sub，1 到 255 个字节", "must be the sub by which the provider knows the person, 1 to 255 bytes")
	}
	if err := p.Err(); err != nil {
		return Link{}, err
	}
	return write(ctx, s, call.to("link.create", SubjectUser, s.loginDigest(login)), func(u *desk) (Link, error) {
		role, err := u.may(MayWriteUsers, "")
		if err != nil {
			return Link{}, err
		}
		if _, err := u.may(MayWriteGrants, ""); err != nil {
			return Link{}, err
		}
		user, err := u.userByLogin(strings.TrimSpace(login))
		if err != nil {
			return Link{}, err
		}
		return u.link(role, user, issuer, subject)
	})
}

// link keeps a link with its event.
func (u *desk) link(role Role, user User, issuer, subject string) (Link, error) {
	l := Link{ID: u.svc.linkID(issuer, subject), UserID: user.ID, Issuer: issuer, CreatedAt: u.now}
	err := u.InsertLink(l)
	if errors.Is(err, ErrDuplicate) {
		return l, NewError(Conflict, "link.taken", "身份提供方的这个人已与一个账号关联", "That person of the provider is linked to an account already")
	}
	if err != nil {
		return l, fmt.Errorf("linking user %s: %w", user.Login, err)
	}
	is, err := json.Marshal(l)
	if err != nil {
		return l, err
	}
	return l, u.log(audit.Event{Name: "link.create", Subject: SubjectLink, SubjectID: l.ID, Version: 1, ActorRole: string(role), After: is})
}

func foldLink(events iter.Seq[audit.Event]) (Link, error) {
	return lastOf(events, func(l Link) string { return l.ID })
}
