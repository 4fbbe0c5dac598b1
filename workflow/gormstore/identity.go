package gormstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"duban/workflow"
)

// look is somebody who waits to be identified.
type look struct {
	ctx    context.Context
	hash   string
	answer chan identity
}

type identity struct {
	credential workflow.Credential
	user       workflow.User
	err        error
}

const selectIdentity = `SELECT k.hash, k.user_id, k.kind, k.label, k.created_at, k.last_seen, k.expires_at, k.needs,
	u.login, u.name, u.password_hash, u.disabled, u.version, u.created_at, u.password_at, u.password_once, u.totp,
	COALESCE(g.position, 0), COALESCE(g.role, ''), COALESCE(g.region, '')
	FROM credentials k JOIN users u ON u.id = k.user_id LEFT JOIN grants g ON g.user_id = u.id
	WHERE k.hash IN (?`

// Identity is one statement for all who wait, sent after they asked; it needs no
// transaction to be consistent.
func (s *Store) Identity(ctx context.Context, hash string) (workflow.Credential, workflow.User, error) {
	if !findable(hash) {
		return workflow.Credential{}, workflow.User{}, workflow.ErrNoRow
	}
	l := &look{ctx: ctx, hash: hash, answer: make(chan identity, 1)}
	s.looks.join(l)
	select {
	case found := <-l.answer:
		return found.credential, found.user, found.err
	case <-ctx.Done():
		s.looks.leave(l)
		return workflow.Credential{}, workflow.User{}, errStopped.Because(context.Cause(ctx))
	}
}

func pickLooks(waiting []*look) (now, later []*look) {
	n := min(len(waiting), mostTogether)
	return waiting[:n:n], waiting[n:]
}

func (s *Store) runLooks(looks []*look) {
	var callers []context.Context
	var hashes []any
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
	err := s.identities(ctx, hashes, found)
	for _, l := range looks {
		if err != nil {
			_, failed := translate(ctx, err)
			l.answer <- identity{err: failed}
			continue
		}
		l.answer <- *found[l.hash]
	}
}

// identities fills in what is found.
func (s *Store) identities(ctx context.Context, hashes []any, found map[string]*identity) error {
	rows, err := s.query(ctx, selectIdentity+strings.Repeat(", ?", len(hashes)-1)+")", hashes...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var d decoder
	grants := map[string][]grantRow{}
	for rows.Next() {
		var k credentialRow
		var u userRow
		var g grantRow
		d.keep(rows.Scan(&k.Hash, &k.UserID, &k.Kind, &k.Label, &k.CreatedAt, &k.LastSeen, &k.ExpiresAt, &k.Needs,
			&u.Login, &u.Name, &u.PasswordHash, &u.Disabled, &u.Version, &u.CreatedAt,
			&u.PasswordAt, &u.PasswordOnce, &u.TOTP, &g.Position, &g.Role, &g.Region))
		if u.ID = k.UserID; grants[k.Hash] == nil {
			*found[k.Hash] = identity{credential: k.credential(&d), user: u.user(&d)}
		}
		grants[k.Hash] = append(grants[k.Hash], g)
	}
	for hash, list := range grants {
		slices.SortFunc(list, func(a, b grantRow) int { return cmp.Compare(a.Position, b.Position) })
		for _, g := range list {
			if g.Role != "" {
				found[hash].user.Grants = append(found[hash].user.Grants, workflow.Grant{Role: workflow.Role(g.Role), Region: g.Region})
			}
		}
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
