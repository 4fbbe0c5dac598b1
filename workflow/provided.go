package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Identity is a person whom an OpenID provider vouches for, and what its rules make of
// what the provider says of that person.
type Identity struct {
	Issuer  string // URL of the provider
	Subject string // by which the provider knows the person, for ever
	Login   string // proposed for a new account
	Name    string // of a new account; empty: the login
	Grants  []Grant
	// MayCreate: whoever has no account yet gets one. Otherwise somebody links the
	// person to an account first (LinkUser).
	MayCreate bool
}

// SignInBy opens a session for a person whom a provider vouches for. The account has
// exactly the roles that the provider's rules give now: what a rule gives no more is
// taken away, with an event, and whoever no rule gives anything is signed out
// everywhere. Disabled accounts stay out.
func (s *Service) SignInBy(ctx context.Context, from Actor, id Identity) (Issued, error) {
	if err := id.check(); err != nil {
		return Issued{}, err
	}
	linkID := s.linkID(id.Issuer, id.Subject)
	from.UserID = ""
	out, err := write(ctx, s, Call{Actor: from}, func(u *desk) (provided, error) {
		link, err := u.Link(linkID)
		switch {
		case isNoRow(err):
			return u.signInFirst(id)
		case err != nil:
			return provided{}, err
		}
		return u.signInAgain(id, link)
	})
	if err != nil {
		return Issued{}, err
	}
	if out.refused == nil {
		return out.issued, nil
	}
	call := Call{Actor: from}.to("session.start", SubjectLink, linkID)
	if err := s.recordRefusal(ctx, call, out.refused); err != nil {
		return Issued{}, AsError(err)
	}
	return Issued{}, out.refused
}

// provided is how a sign-in ended. A refusal is no error of the unit of work: what it
// took away stays taken.
type provided struct {
	issued  Issued
	refused *Error
}

func (id Identity) check() error {
	if id.Issuer == "" || len(id.Issuer) > maxIssuer || id.Subject == "" || len(id.Subject) > maxSubjectID {
		return NewError(Unauthenticated, "sso.identity", "身份提供方没有说明此人是谁", "The provider does not say who the person is")
	}
	return nil
}

// signInFirst makes the account of a person who is not linked to one.
func (u *desk) signInFirst(id Identity) (provided, error) {
	switch {
	case len(id.Grants) == 0:
		return provided{refused: errNoRule()}, nil
	case !id.MayCreate:
		return provided{refused: NewError(Forbidden, "sso.no_account",
			"您在本系统没有账号，请联系系统管理员开通", "You have no account here; ask the system administrator for one")}, nil
	}
	user := User{ID: newID(), Login: strings.ToLower(strings.TrimSpace(id.Login)), Name: strings.TrimSpace(id.Name), Grants: id.Grants, Version: 1, CreatedAt: u.now}
	if n := utf8.RuneCountInString(user.Name); n == 0 || n > 100 {
		user.Name = user.Login
	}
	if refused, err := u.unfit(user, nil); refused != nil || err != nil {
		return provided{refused: refused}, err
	}
	_, err := u.UserByLogin(user.Login)
	if err == nil {
		return provided{refused: NewError(Forbidden, "sso.login_taken",
			"登录名已被另一账号使用，不会按名称关联；请系统管理员核实后关联", "The login is that of another account; accounts are never linked by name. Ask the system administrator to check and link them")}, nil
	}
	if !isNoRow(err) {
		return provided{}, err
	}
	if err := u.InsertUser(user); err != nil {
		if errors.Is(err, ErrDuplicate) {
			return provided{}, NewError(Conflict, "changed", "内容刚被他人修改，请重试", "Somebody changed this meanwhile; try again")
		}
		return provided{}, fmt.Errorf("inserting the account of a provider: %w", err)
	}
	u.call.Actor.UserID = user.ID
	if err := u.logUser("user.create", "", user); err != nil {
		return provided{}, err
	}
	if _, err := u.link("", user, id.Issuer, id.Subject); err != nil {
		return provided{}, err
	}
	issued, err := u.session(user, ByProvider, u.now.Add(u.svc.rules.SessionLifetime))
	return provided{issued: issued}, err
}

// signInAgain gives a linked account the roles of now.
func (u *desk) signInAgain(id Identity, link Link) (provided, error) {
	user, err := u.UserByID(link.UserID)
	if err != nil {
		return provided{}, fmt.Errorf("reading the account of a link: %w", err)
	}
	u.call.Actor.UserID = user.ID
	if user.Disabled {
		return provided{refused: NewError(Forbidden, "sso.disabled", "您的账号已停用，请联系系统管理员", "Your account is disabled; ask the system administrator")}, nil
	}
	if len(id.Grants) > 0 {
		wanted := user
		wanted.Grants = id.Grants
		if refused, err := u.unfit(wanted, user.Grants); refused != nil || err != nil {
			return provided{refused: refused}, err
		}
	}
	if !sameGrants(user.Grants, id.Grants) {
		was, had := user.Version, user.Grants
		user.Grants, user.Version = id.Grants, was+1
		if err := u.SaveUser(user, was); err != nil {
			return provided{}, fmt.Errorf("saving the roles that a provider gives: %w", err)
		}
		if err := u.logUser("user.claims", "", user); err != nil {
			return provided{}, err
		}
		if err := u.endDelegations(user.ID, func(d Delegation) bool {
			g := Grant{Role: d.Role, Region: d.Region}
			return d.Grantor == user.ID && slices.Contains(had, g) && !slices.Contains(user.Grants, g)
		}); err != nil {
			return provided{}, err
		}
	}
	if len(user.Grants) == 0 {
		return provided{refused: errNoRule()}, u.DeleteCredentials(user.ID)
	}
	issued, err := u.session(user, ByProvider, u.now.Add(u.svc.rules.SessionLifetime))
	return provided{issued: issued}, err
}

// SignOutBy ends the sessions of the person whose session with a provider has ended;
// nothing happens when there are none. API tokens stay: they are no sessions.
func (s *Service) SignOutBy(ctx context.Context, from Actor, issuer, subject string) error {
	_, err := write(ctx, s, Call{Actor: from}, func(u *desk) (struct{}, error) {
		link, err := u.Link(u.svc.linkID(issuer, subject))
		if isNoRow(err) {
			return struct{}{}, nil
		}
		if err != nil {
			return struct{}{}, err
		}
		all, err := u.Credentials(link.UserID)
		if err != nil {
			return struct{}{}, err
		}
		u.call.Actor.UserID = link.UserID
		for _, c := range all {
			if c.Kind != SessionCredential {
				continue
			}
			if err := u.end(c); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

// unfit says why what the rules give cannot be an account: the provider's login is none,
// its rules give roles that exclude each other, or a region that is not there or gets no
// new grants. had are the roles that the account has already.
func (u *desk) unfit(user User, had []Grant) (*Error, error) {
	p := user.Check()
	for _, g := range user.Grants {
		if g.Region == "" || slices.Contains(had, g) {
			continue
		}
		switch err := inUse(u, g.Region); {
		case isNoRow(err):
			p.Add("grants", "unknown", "没有行政区划 "+g.Region, "there is no region "+g.Region)
		case KindOf(err) == Conflict:
			why := AsError(err).Text
			p.Add("grants", "retired", why.ZH, why.EN)
		case err != nil:
			return nil, err
		}
	}
	if len(p) == 0 {
		return nil, nil
	}
	e := NewError(Forbidden, "sso.unfit", "身份提供方给出的登录名或角色不符合本系统的规则，请联系系统管理员", "The login or the roles that the provider gives break the rules of this system; ask the system administrator")
	e.Fields = p
	return e, nil
}

func errNoRule() *Error {
	return NewError(Forbidden, "sso.no_rule", "身份提供方没有给您本系统的任何角色，请联系安全管理员", "The provider gives you no role in this system; ask the security administrator")
}

// sameGrants reports whether two lists hold the same, in any order.
func sameGrants(a, b []Grant) bool {
	within := func(a, b []Grant) bool {
		return !slices.ContainsFunc(a, func(g Grant) bool { return !slices.Contains(b, g) })
	}
	return within(a, b) && within(b, a)
}
