package gormstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"duban/workflow"
	"duban/workflow/calendar"
)

// look is somebody who waits to be identified.
type look struct {
	ctx    context.Context
	hash   string
	day    string // on which it counts who is whose deputy
	answer chan identity
}

type identity struct {
	credential workflow.Credential
	user       workflow.User
	err        error
	panicked   any // what whoever looked panicked with
}

const selectIdentity = `SELECT k.hash, k.user_id, k.kind, k.label, k.created_at, k.last_seen, k.expires_at, k.needs, k.scopes, k.address, k.agent,
	u.login, u.name, u.password_hash, u.disabled, u.version, u.created_at, u.password_at, u.password_once, u.totp,
	COALESCE(g.position, 0), COALESCE(g.role, ''), COALESCE(g.region, ''),
	COALESCE(h.user_id, ''), COALESCE(h.role, ''), COALESCE(h.region, '')
	FROM credentials k JOIN users u ON u.id = k.user_id LEFT JOIN grants g ON g.user_id = u.id
	LEFT JOIN delegations d ON d.deputy = u.id AND d.ended_at IS NULL AND d.from_day <= ? AND d.to_day >= ?
	LEFT JOIN users o ON o.id = d.grantor AND o.disabled = 0
	LEFT JOIN grants h ON h.user_id = o.id AND h.role = d.role AND h.region = d.region
	WHERE k.hash IN (?`

// Identity is one statement for all who wait, sent after they asked; it needs no
// transaction to be consistent.
func (s *Store) Identity(ctx context.Context, hash string, day calendar.Date) (workflow.Credential, workflow.User, error) {
	if !findable(hash) {
		return workflow.Credential{}, workflow.User{}, workflow.ErrNoRow
	}
	l := &look{ctx: ctx, hash: hash, day: day.String(), answer: make(chan identity, 1)}
	s.looks.join(l)
	select {
	case found := <-l.answer:
		if found.panicked != nil {
			panic(found.panicked) // where the caller expects it
		}
		return found.credential, found.user, found.err
	case <-ctx.Done():
		s.looks.leave(l)
		return workflow.Credential{}, workflow.User{}, errStopped.Because(context.Cause(ctx))
	}
}

func pickLooks(waiting []*look) (now, later []*look) {
	n := min(len(waiting), mostTogether)
	if other := slices.IndexFunc(waiting[:n], func(l *look) bool { return l.day != waiting[0].day }); other > 0 {
		n = other // at midnight
	}
	return waiting[:n:n], waiting[n:]
}

// lookTogether asks one statement for all.
func (s *Store) lookTogether(looks []*look) []identity {
	var callers []context.Context
	hashes := []any{}
	found := map[string]*identity{}
	for _, l := range looks {
		callers = append(callers, l.ctx)
		if found[l.hash] == nil {
			found[l.hash] = &identity{err: workflow.ErrNoRow}
			hashes = append(hashes, l.hash)
		}
	}
	ctx, cancel := whileAnyWaits(callers)
	defer cancel()
	if err := s.identities(ctx, looks[0].day, hashes, found); err != nil {
		_, failed := translate(ctx, err)
		return slices.Repeat([]identity{{err: failed}}, len(looks))
	}
	answers := make([]identity, len(looks))
	for i, l := range looks {
		answers[i] = *found[l.hash]
	}
	return answers
}

// identities fills in what is found.
func (s *Store) identities(ctx context.Context, day string, hashes []any, found map[string]*identity) error {
	rows, err := s.query(ctx, selectIdentity+strings.Repeat(", ?", len(hashes)-1)+")", append([]any{day, day}, hashes...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var d decoder
	grants := map[string][]grantRow{}
	behalf := map[string][]workflow.Grant{}
	for rows.Next() {
		var k credentialRow
		var u userRow
		var g, h grantRow
		// Not kept for later: a caller who leaves closes the rows at any moment.
		if err := rows.Scan(&k.Hash, &k.UserID, &k.Kind, &k.Label, &k.CreatedAt, &k.LastSeen, &k.ExpiresAt, &k.Needs, &k.Scopes, &k.Address, &k.Agent,
			&u.Login, &u.Name, &u.PasswordHash, &u.Disabled, &u.Version, &u.CreatedAt,
			&u.PasswordAt, &u.PasswordOnce, &u.TOTP, &g.Position, &g.Role, &g.Region, &h.UserID, &h.Role, &h.Region); err != nil {
			return err
		}
		if u.ID = k.UserID; grants[k.Hash] == nil {
			*found[k.Hash] = identity{credential: k.credential(&d), user: u.user(&d)}
		}
		grants[k.Hash] = append(grants[k.Hash], g)
		if as := (workflow.Grant{Role: workflow.Role(h.Role), Region: h.Region, OnBehalf: h.UserID}); h.UserID != "" && !slices.Contains(behalf[k.Hash], as) {
			behalf[k.Hash] = append(behalf[k.Hash], as)
		}
	}
	for hash, list := range grants {
		slices.SortFunc(list, func(a, b grantRow) int { return cmp.Compare(a.Position, b.Position) })
		list = slices.Compact(list) // each comes once for every deputyship
		for _, g := range list {
			if g.Role != "" {
				found[hash].user.Grants = append(found[hash].user.Grants, workflow.Grant{Role: workflow.Role(g.Role), Region: g.Region})
			}
		}
		slices.SortFunc(behalf[hash], func(a, b workflow.Grant) int { return cmp.Compare(a.OnBehalf+a.String(), b.OnBehalf+b.String()) })
		found[hash].user.Grants = append(found[hash].user.Grants, behalf[hash]...)
	}
	return errors.Join(d.err, rows.Err())
}

// query runs one reading statement outside any transaction, prepared from the
// second time on.
func (s *Store) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	stmt := s.reader.prepared.get(text)
	if stmt == nil {
		s.reader.prepared.learn(ctx, []string{text})
		return s.reader.pool.QueryContext(ctx, text, args...)
	}
	return stmt.QueryContext(ctx, args...)
}
