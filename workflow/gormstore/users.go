package gormstore

import (
	"strings"

	"gorm.io/gorm"

	"duban/workflow"
)

type userRow struct {
	ID           string `gorm:"primaryKey"`
	Login        string
	Name         string
	PasswordHash string
	Disabled     bool
	Version      int
	CreatedAt    moment
	PasswordAt   moment
	PasswordOnce bool
	TOTP         string `gorm:"column:totp"`
}

func (userRow) TableName() string { return "users" }

// user maps everything but the grants.
func (r userRow) user(d *decoder) workflow.User {
	return workflow.User{
		ID: r.ID, Login: r.Login, Name: r.Name, PasswordHash: r.PasswordHash, Disabled: r.Disabled,
		Version: r.Version, CreatedAt: d.time(r.CreatedAt),
		PasswordAt: d.time(r.PasswordAt), PasswordOnce: r.PasswordOnce, TOTP: r.TOTP,
	}
}

type grantRow struct {
	UserID   string
	Position int
	Role     string
	Region   string
}

func (grantRow) TableName() string { return "grants" }

// userGrantRow is a user beside one of the grants; a user without grants has
// one row with an empty role. One statement reads both, so that a user is never
// seen with grants of another version.
type userGrantRow struct {
	User   userRow `gorm:"embedded"`
	Role   string
	Region string
}

const selectUsers = `SELECT u.id, u.login, u.name, u.password_hash, u.disabled, u.version, u.created_at,
	u.password_at, u.password_once, u.totp, COALESCE(g.role, '') AS role, COALESCE(g.region, '') AS region
	FROM users u LEFT JOIN grants g ON g.user_id = u.id `

func (u *unit) users(what, where string, args ...any) ([]workflow.User, error) {
	var rows []userGrantRow
	if _, err := u.run(what, func(db *gorm.DB) *gorm.DB {
		return db.Raw(selectUsers+where+" ORDER BY u.login, g.position", args...).Scan(&rows)
	}); err != nil {
		return nil, err
	}
	var users []workflow.User
	var d decoder
	for _, r := range rows {
		if n := len(users); n == 0 || users[n-1].ID != r.User.ID {
			users = append(users, r.User.user(&d))
		}
		if r.Role != "" {
			last := &users[len(users)-1]
			last.Grants = append(last.Grants, workflow.Grant{Role: workflow.Role(r.Role), Region: r.Region})
		}
	}
	return users, u.readable(what, d.err)
}

func (u *unit) user(what, where, identity string) (workflow.User, error) {
	if !findable(identity) {
		return workflow.User{}, workflow.ErrNoRow
	}
	users, err := u.users(what, where, identity)
	if err != nil {
		return workflow.User{}, err
	}
	if len(users) == 0 {
		return workflow.User{}, workflow.ErrNoRow
	}
	return users[0], nil
}

func (u *unit) UserByID(id string) (workflow.User, error) {
	return u.user("reading a user", "WHERE u.id = ?", id)
}

func (u *unit) UserByLogin(login string) (workflow.User, error) {
	return u.user("reading a user by login", "WHERE u.login = ?", strings.ToLower(login))
}

func (u *unit) Users() ([]workflow.User, error) { return u.users("listing users", "") }

func (u *unit) UsersAfter(login string, limit int) ([]workflow.User, error) {
	return u.users("listing some users", `WHERE u.id IN (SELECT id FROM
		(SELECT id FROM users WHERE login > ? ORDER BY login LIMIT ?) page)`, strings.ToLower(login), limit)
}

func (u *unit) UsersOf(ids []string) ([]workflow.User, error) {
	return of(ids, func(some []string) ([]workflow.User, error) { return u.users("reading users", "WHERE u.id IN ?", some) })
}

func (u *unit) InsertUser(user workflow.User) error {
	if err := u.insertAll("inserting user "+user.Login, usersTable.into, [][]any{userValues(user)}); err != nil {
		return err
	}
	return u.insertGrants(user)
}

func (u *unit) insertGrants(user workflow.User) error {
	return u.insertAll("inserting the grants of user "+user.Login, grantsTable.into, grantValues(user))
}

func (u *unit) SaveUser(user workflow.User, was int) error {
	what := "saving user " + user.Login
	if err := u.change(what, func(db *gorm.DB) *gorm.DB {
		return db.Model(&userRow{}).Where("id = ? AND version = ?", user.ID, was).UpdateColumns(map[string]any{
			"name": user.Name, "password_hash": user.PasswordHash, "disabled": user.Disabled, "version": user.Version,
			"password_at": toMoment(user.PasswordAt), "password_once": user.PasswordOnce, "totp": user.TOTP,
		})
	}); err != nil {
		return err
	}
	if _, err := u.run(what, func(db *gorm.DB) *gorm.DB {
		return db.Where("user_id = ?", user.ID).Delete(&grantRow{})
	}); err != nil {
		return err
	}
	u.identitiesChange = true
	return u.insertGrants(user)
}

type credentialRow struct {
	Hash      string `gorm:"primaryKey"`
	UserID    string
	Kind      string
	Label     string
	CreatedAt moment
	LastSeen  moment
	ExpiresAt moment
	Needs     string
	Scopes    string // separated by spaces
	Address   string
	Agent     string
}

func (credentialRow) TableName() string { return "credentials" }

func (r credentialRow) credential(d *decoder) workflow.Credential {
	return workflow.Credential{
		Hash: r.Hash, UserID: r.UserID, Kind: workflow.CredentialKind(r.Kind), Label: r.Label,
		CreatedAt: d.time(r.CreatedAt), LastSeen: d.time(r.LastSeen), ExpiresAt: d.time(r.ExpiresAt),
		Needs: workflow.Need(r.Needs), Scopes: workflow.ParseScopes(r.Scopes), Address: r.Address, Agent: r.Agent,
	}
}

func (u *unit) Credential(hash string) (workflow.Credential, error) {
	return one(u, "reading a credential", credentialRow.credential, "hash = ?", hash)
}

func (u *unit) Credentials(userID string) ([]workflow.Credential, error) {
	return all(u, "listing credentials", credentialRow.credential, func(db *gorm.DB) *gorm.DB {
		return db.Where("user_id = ?", userID).Order("created_at DESC, hash")
	})
}

func (u *unit) InsertCredential(c workflow.Credential) error {
	row := credentialRow{
		Hash: c.Hash, UserID: c.UserID, Kind: string(c.Kind), Label: c.Label,
		CreatedAt: toMoment(c.CreatedAt), LastSeen: toMoment(c.LastSeen), ExpiresAt: toMoment(c.ExpiresAt),
		Needs: string(c.Needs), Scopes: workflow.JoinScopes(c.Scopes), Address: c.Address, Agent: c.Agent,
	}
	_, err := u.run("inserting a credential", func(db *gorm.DB) *gorm.DB { return db.Create(&row) })
	return err
}

func (u *unit) SaveCredential(c workflow.Credential) error {
	u.identitiesChange = true
	return u.change("saving a credential", func(db *gorm.DB) *gorm.DB {
		return db.Model(&credentialRow{}).Where("hash = ?", c.Hash).UpdateColumns(map[string]any{
			"last_seen": toMoment(c.LastSeen), "expires_at": toMoment(c.ExpiresAt),
		})
	})
}

func (u *unit) DeleteCredential(hash string) error {
	return u.deleteCredentials("deleting a credential", "hash = ?", hash)
}

func (u *unit) DeleteCredentials(userID string) error {
	return u.deleteCredentials("deleting the credentials of a user", "user_id = ?", userID)
}

func (u *unit) deleteCredentials(what, where, whose string) error {
	u.identitiesChange = true
	_, err := u.run(what, func(db *gorm.DB) *gorm.DB { return db.Where(where, whose).Delete(&credentialRow{}) })
	return err
}
