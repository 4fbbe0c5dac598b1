package gormstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

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
	COALESCE(h.user_id, ''), COALESCE(h.role, ''), COALESCE(h.region, ''),
	(SELECT v.version FROM identity_version v WHERE v.id = 1)
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

// selectIdentityVersion reads what goes up whenever a credential comes to stand for
// somebody or something else: see unit.tellIdentities.
const selectIdentityVersion = "SELECT version FROM identity_version WHERE id = 1"

// keptFor is how long an identity counts by its version alone: changes that others
// make past the product do not tell of themselves.
const keptFor = time.Second

// keptIdentity is one that was read lately.
type keptIdentity struct {
	identity
	version int64     // of identity_version, at which it was read
	day     string    // for which it was read
	at      time.Time // when it was asked for
}

// lookTogether asks one statement for all: whether what is kept of them is right, or
// else who they are.
func (s *Store) lookTogether(looks []*look) []identity {
	callers := make([]context.Context, len(looks))
	for i, l := range looks {
		callers[i] = l.ctx
	}
	ctx, cancel := whileAnyWaits(callers)
	defer cancel()
	now := time.Now()
	found, err := s.proved(ctx, looks, now)
	if err == nil {
		err = s.identities(ctx, looks, now, found)
	}
	if err != nil {
		_, failed := translate(ctx, err)
		return slices.Repeat([]identity{{err: failed}}, len(looks))
	}
	answers := make([]identity, len(looks))
	for i, l := range looks {
		answers[i] = identity{err: workflow.ErrNoRow}
		if known, ok := found[l.hash]; ok {
			answers[i] = known.identity
		}
	}
	return answers
}

// proved returns what is kept of those who look, where it is right.
func (s *Store) proved(ctx context.Context, looks []*look, now time.Time) (map[string]keptIdentity, error) {
	kept := map[string]keptIdentity{}
	hashes := make([]string, len(looks))
	for i, l := range looks {
		hashes[i] = l.hash
	}
	s.known.each(hashes, func(hash string, known keptIdentity) {
		if known.day == looks[0].day && now.Sub(known.at) < keptFor {
			kept[hash] = known
		}
	})
	if len(kept) == 0 {
		return kept, nil
	}
	rows, err := s.query(ctx, selectIdentityVersion)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var version int64
	for rows.Next() {
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(kept, func(_ string, known keptIdentity) bool { return known.version != version })
	return kept, rows.Err()
}

// identities reads those that were not found yet, and keeps them.
func (s *Store) identities(ctx context.Context, looks []*look, now time.Time, found map[string]keptIdentity) error {
	day := looks[0].day
	args := []any{day, day}
	asked := map[string]bool{}
	for _, l := range looks {
		if _, ok := found[l.hash]; !ok && !asked[l.hash] {
			asked[l.hash] = true
			args = append(args, l.hash)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	rows, err := s.query(ctx, selectIdentity+strings.Repeat(", ?", len(asked)-1)+")", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var d decoder
	read := map[string]keptIdentity{}
	grants := map[string][]grantRow{}
	behalf := map[string][]workflow.Grant{}
	for rows.Next() {
		var k credentialRow
		var u userRow
		var g, h grantRow
		var version int64
		// Not kept for later: a caller who leaves closes the rows at any moment.
		if err := rows.Scan(&k.Hash, &k.UserID, &k.Kind, &k.Label, &k.CreatedAt, &k.LastSeen, &k.ExpiresAt, &k.Needs, &k.Scopes, &k.Address, &k.Agent,
			&u.Login, &u.Name, &u.PasswordHash, &u.Disabled, &u.Version, &u.CreatedAt,
			&u.PasswordAt, &u.PasswordOnce, &u.TOTP, &g.Position, &g.Role, &g.Region, &h.UserID, &h.Role, &h.Region, &version); err != nil {
			return err
		}
		if u.ID = k.UserID; grants[k.Hash] == nil {
			read[k.Hash] = keptIdentity{identity: identity{credential: k.credential(&d), user: u.user(&d)}, version: version, day: day, at: now}
		}
		grants[k.Hash] = append(grants[k.Hash], g)
		if as := (workflow.Grant{Role: workflow.Role(h.Role), Region: h.Region, OnBehalf: h.UserID}); h.UserID != "" && !slices.Contains(behalf[k.Hash], as) {
			behalf[k.Hash] = append(behalf[k.Hash], as)
		}
	}
	if err := errors.Join(d.err, rows.Err()); err != nil {
		return err
	}
	for hash, list := range grants {
		slices.SortFunc(list, func(a, b grantRow) int { return cmp.Compare(a.Position, b.Position) })
		list = slices.Compact(list) // each comes once for every deputyship
		known := read[hash]
		for _, g := range list {
			if g.Role != "" {
				known.user.Grants = append(known.user.Grants, workflow.Grant{Role: workflow.Role(g.Role), Region: g.Region})
			}
		}
		slices.SortFunc(behalf[hash], func(a, b workflow.Grant) int { return cmp.Compare(a.OnBehalf+a.String(), b.OnBehalf+b.String()) })
		known.user.Grants = append(known.user.Grants, behalf[hash]...)
		read[hash] = known
	}
	s.known.keep(read)
	maps.Copy(found, read)
	return nil
}

// tellIdentities tells every server, with the commit, that what it keeps of who a
// credential stands for is no longer right. It comes last, because whoever else tells
// waits for the commit.
func (u *unit) tellIdentities() error {
	if !u.identitiesChange {
		return nil
	}
	return u.exec("telling that identities change", 1, "UPDATE identity_version SET version = version + 1 WHERE id = 1")
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
