package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// Delegation lets a deputy act in a person's role from a day to a day, both
// inclusive (Asia/Shanghai): within that role and region, and with the rules of both.
type Delegation struct {
	ID        string        `json:"id"`
	Grantor   string        `json:"grantor"` // user id
	Deputy    string        `json:"deputy"`  // user id
	Role      Role          `json:"role"`
	Region    string        `json:"region,omitempty"`
	From      calendar.Date `json:"from"`
	To        calendar.Date `json:"to"`
	Version   int           `json:"version"` // 1, and 2 once it was ended early
	CreatedAt time.Time     `json:"created_at"`
	EndedAt   time.Time     `json:"ended_at,omitzero"`
}

// SubjectDelegation is that of the events of a delegation.
const SubjectDelegation = "delegation"

// maxDelegation is the longest time for which somebody may name a deputy, in days.
const maxDelegation = 366

// grant is what the deputy may use.
func (d Delegation) grant() Grant { return Grant{Role: d.Role, Region: d.Region, OnBehalf: d.Grantor} }

// live reports whether it is or will be good.
func (d Delegation) live(today calendar.Date) bool { return d.EndedAt.IsZero() && !d.To.Before(today) }

// NewDelegation is a deputy to be named.
type NewDelegation struct {
	Grantor  string // login or id; empty: the actor, who alone needs no further right
	Deputy   string // login or id
	Grant    Grant  // of the grantor, that the deputy may use
	From, To calendar.Date
}

func (n NewDelegation) check(today calendar.Date) Problems {
	var p Problems
	if n.Deputy == "" {
		p.Add("deputy", RuleRequired, "缺少代理人", "a deputy is required")
	}
	switch {
	case n.From.IsZero():
		p.Add("from", RuleRequired, "缺少开始日期，例如 2023-08-01", "the first day is required, for example 2023-08-01")
	case n.From.Before(today):
		p.Add("from", "order", "开始日期不得早于今天 "+today.String(), "must not be before today, "+today.String())
	}
	switch {
	case n.To.IsZero():
		p.Add("to", RuleRequired, "缺少结束日期，例如 2023-08-15", "the last day is required, for example 2023-08-15")
	case n.To.Before(n.From):
		p.Add("to", "order", "结束日期不得早于开始日期", "must not be before the first day")
	case n.To.DaysSince(n.From) >= maxDelegation:
		p.Add("to", "range", fmt.Sprintf("最长 %d 天", maxDelegation), fmt.Sprintf("at most %d days", maxDelegation))
	}
	return p
}

// NameDeputy lets somebody act for a person who holds the grant: not one who holds
// it as a deputy only, and not to somebody whose roles must not be joined with it.
func (s *Service) NameDeputy(ctx context.Context, call Call, n NewDelegation) (DelegationView, error) {
	if err := n.check(calendar.Of(s.now())).Err(); err != nil {
		return DelegationView{}, err
	}
	d, err := write(ctx, s, call.to("deputy.name", SubjectUser, s.accountDigest(n.Deputy)), func(u *desk) (Delegation, error) {
		grantor, err := u.grantorOf(n.Grantor)
		if err != nil {
			return Delegation{}, err
		}
		deputy, err := u.account(n.Deputy)
		if err != nil {
			return Delegation{}, err
		}
		d := Delegation{
			ID: newID(), Grantor: grantor.ID, Deputy: deputy.ID, Role: n.Grant.Role, Region: n.Grant.Region, From: n.From, To: n.To, Version: 1, CreatedAt: u.now,
		}
		switch {
		case !slices.Contains(grantor.Grants, n.Grant):
			return Delegation{}, NewError(Forbidden, "deputy.not_held", "不能委托自己没有的角色："+n.Grant.String(), "Nobody passes on a role that they do not hold themselves: "+n.Grant.String())
		case grantor.Disabled:
			return Delegation{}, NewError(Conflict, "deputy.grantor_disabled", "委托人的账号已停用", "The account that it is for is disabled")
		}
		if refusal := checkDeputy(deputy, d.grant()); refusal != nil {
			return Delegation{}, refusal
		}
		if err := u.checkOverlap(d); err != nil {
			return Delegation{}, err
		}
		if err := u.InsertDelegation(d); err != nil {
			return Delegation{}, fmt.Errorf("inserting a delegation: %w", err)
		}
		return d, u.logDelegation("deputy.name", d)
	})
	return s.delegationView(ctx, d, err)
}

// grantorOf is the actor's own account, or another one where the actor may write
// grants.
func (u *desk) grantorOf(name string) (User, error) {
	if name == "" {
		grantor, err := u.UserByID(u.call.Actor.UserID)
		if isNoRow(err) {
			err = forbidden() // who has no account has no role to pass on
		}
		return grantor, err
	}
	if _, err := u.may(MayWriteGrants, ""); err != nil {
		return User{}, err
	}
	return u.account(name)
}

// checkOverlap refuses the same deputy twice on one day.
func (u *desk) checkOverlap(d Delegation) error {
	list, err := u.Delegations(d.Grantor)
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.EndedAt.IsZero() && o.Deputy == d.Deputy && o.grant() == d.grant() && !o.To.Before(d.From) && !d.To.Before(o.From) {
			return NewError(Conflict, "deputy.there", "该期间已委托同一人："+o.From.String()+" 至 "+o.To.String(),
				"The same person is deputy already from "+o.From.String()+" to "+o.To.String())
		}
	}
	return nil
}

// EndDeputy ends a delegation before its day: by either of the two, or by who may
// write grants. To everybody else there is none.
func (s *Service) EndDeputy(ctx context.Context, call Call, id string) (DelegationView, error) {
	d, err := write(ctx, s, call.to("deputy.end", SubjectDelegation, id), func(u *desk) (Delegation, error) {
		d, err := u.Delegation(id)
		if err != nil && !isNoRow(err) {
			return d, err
		}
		_, may := u.svc.auth.May(u.call.Actor, MayWriteGrants, "")
		if me := u.call.Actor.UserID; isNoRow(err) || !may && d.Grantor != me && d.Deputy != me {
			return Delegation{}, NotFoundError(Text{ZH: "代理", EN: "The deputyship"})
		}
		if !d.live(calendar.Of(u.now)) {
			return Delegation{}, NewError(Conflict, "deputy.ended", "代理已经结束", "The deputyship has ended")
		}
		return u.endDelegation(d)
	})
	return s.delegationView(ctx, d, err)
}

func (u *desk) endDelegation(d Delegation) (Delegation, error) {
	d.Version, d.EndedAt = d.Version+1, u.now
	if err := u.SaveDelegation(d, d.Version-1); err != nil {
		return d, fmt.Errorf("saving delegation %s: %w", d.ID, err)
	}
	return d, u.logDelegation("deputy.end", d)
}

// endDelegations ends those of an account, as grantor and as deputy, that over
// selects.
func (u *desk) endDelegations(userID string, over func(Delegation) bool) error {
	list, err := u.Delegations(userID)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.live(calendar.Of(u.now)) && over(d) {
			if _, err := u.endDelegation(d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *desk) logDelegation(name string, d Delegation) error {
	is, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return u.log(audit.Event{Name: name, Subject: SubjectDelegation, SubjectID: d.ID, Version: d.Version, After: is})
}

// DelegationView is a delegation with what its reader would look up.
type DelegationView struct {
	Delegation
	GrantorName, DeputyName string
	Active                  bool // good today
}

// Delegations lists what an account, by login or id, gave and got, newest first;
// empty is the actor's own, which needs no further right.
func (s *Service) Delegations(ctx context.Context, actor Actor, account string) ([]DelegationView, error) {
	if _, ok := s.auth.May(actor, MayReadUsers, ""); account != "" && !ok {
		return nil, forbidden()
	}
	today := calendar.Of(s.now())
	return read(ctx, s, func(r Reader) ([]DelegationView, error) {
		id := actor.UserID
		if account != "" {
			u, err := accountNamed(r, account)
			if err != nil {
				return nil, err
			}
			id = u.ID
		}
		list, err := r.Delegations(id)
		if err != nil {
			return nil, err
		}
		return delegationViews(r, today, list)
	})
}

func delegationViews(r Reader, today calendar.Date, list []Delegation) ([]DelegationView, error) {
	var people []string
	for _, d := range list {
		people = append(people, d.Grantor, d.Deputy)
	}
	names, err := namesOf(r, people)
	if err != nil {
		return nil, err
	}
	views := make([]DelegationView, len(list))
	for i, d := range list {
		views[i] = DelegationView{Delegation: d, GrantorName: names(d.Grantor), DeputyName: names(d.Deputy), Active: d.live(today) && !d.From.After(today)}
	}
	return views, nil
}

// delegationView is the answer of an act on one.
func (s *Service) delegationView(ctx context.Context, d Delegation, err error) (DelegationView, error) {
	if err != nil {
		return DelegationView{}, err
	}
	views, err := read(ctx, s, func(r Reader) ([]DelegationView, error) {
		return delegationViews(r, calendar.Of(s.now()), []Delegation{d})
	})
	if err != nil {
		return DelegationView{}, err
	}
	return views[0], nil
}
