package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"duban/workflow"
)

func testRegions(t *testing.T, setup setup) {
	t.Run("are listed by code", func(t *testing.T) {
		b := setup(t)
		want := []workflow.Region{{Code: "440703", Name: "蓬江区"}, {Code: "440704", Name: "江海区"}, {Code: "440781", Name: "台山市"}}
		b.update(func(tx workflow.Tx) error {
			for _, r := range slices.Backward(want) {
				if err := tx.InsertRegion(r); err != nil {
					return err
				}
			}
			return nil
		})
		same(t, read(b, workflow.Reader.Regions), want)
		same(t, read(b, func(r workflow.Reader) (workflow.Region, error) { return r.Region("440704") }), want[1])
		neverFound(b, "Region", workflow.Reader.Region)
	})

	t.Run("have a code once", func(t *testing.T) {
		b := setup(t)
		b.seed()
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertRegion(workflow.Region{Code: "440703", Name: "x"}) })
	})
}

func testRegionChanges(t *testing.T, setup setup) {
	t.Run("change at the version that was read only", func(t *testing.T) {
		b := setup(t)
		region := workflow.Region{Code: "440703", Name: "蓬江区", Retired: true, Version: 2}
		everyFieldSet(t, region)
		b.update(func(tx workflow.Tx) error { return tx.InsertRegion(region) })
		same(t, read(b, func(r workflow.Reader) (workflow.Region, error) { return r.Region("440703") }), region)
		changed := workflow.Region{Code: "440703", Name: "蓬江", Version: 3}
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveRegion(changed, 1) })
		b.update(func(tx workflow.Tx) error { return tx.SaveRegion(changed, 2) })
		same(t, read(b, func(r workflow.Reader) (workflow.Region, error) { return r.Region("440703") }), changed)
	})
}

func testDelegations(t *testing.T, setup setup) {
	t.Run("come back with every field, to both, newest first", func(t *testing.T) {
		b := setup(t)
		sample := func(n, grantor, deputy int) workflow.Delegation {
			return workflow.Delegation{
				ID: id(60 + n), Grantor: id(grantor), Deputy: id(deputy), Role: workflow.Reporter, Region: "440703", From: date("2023-08-01"), To: date("2023-08-15"),
				Version: 2, CreatedAt: after(time.Duration(n) * time.Microsecond), EndedAt: after(time.Hour),
			}
		}
		first, second, other := sample(1, 1, 2), sample(2, 2, 1), sample(3, 3, 2)
		everyFieldSet(t, first)
		b.update(func(tx workflow.Tx) error {
			for n, login := range []string{"a.x", "b.x", "c.x"} {
				u := sampleUser()
				u.ID, u.Login = id(n+1), login
				if err := tx.InsertUser(u); err != nil {
					return err
				}
			}
			return errors.Join(tx.InsertDelegation(first), tx.InsertDelegation(second), tx.InsertDelegation(other))
		})
		same(t, read(b, func(r workflow.Reader) (workflow.Delegation, error) { return r.Delegation(first.ID) }), first)
		same(t, read(b, func(r workflow.Reader) ([]workflow.Delegation, error) { return r.Delegations(id(1)) }), []workflow.Delegation{second, first})
		neverFound(b, "Delegation", workflow.Reader.Delegation)
		open := sample(4, 1, 2)
		open.Version, open.EndedAt = 1, time.Time{}
		b.update(func(tx workflow.Tx) error { return tx.InsertDelegation(open) })
		ended := open
		ended.Version, ended.EndedAt = 2, after(time.Minute)
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveDelegation(ended, 2) })
		b.update(func(tx workflow.Tx) error { return tx.SaveDelegation(ended, 1) })
		same(t, read(b, func(r workflow.Reader) (workflow.Delegation, error) { return r.Delegation(open.ID) }), ended)
	})
}

func testUserPages(t *testing.T, setup setup) {
	t.Run("come in pages by login, whole", func(t *testing.T) {
		b := setup(t)
		var want []workflow.User
		for i, login := range []string{"a", "b", "c"} {
			u := sampleUser()
			u.ID, u.Login = id(i+1), login+".x"
			want = append(want, u)
		}
		none := want[1]
		none.Grants = nil
		want[1] = none
		b.update(func(tx workflow.Tx) error {
			for _, u := range slices.Backward(want) {
				if err := tx.InsertUser(u); err != nil {
					return err
				}
			}
			return nil
		})
		page := func(after string, limit int) []workflow.User {
			return read(b, func(r workflow.Reader) ([]workflow.User, error) { return r.UsersAfter(after, limit) })
		}
		same(t, page("", 2), want[:2])
		same(t, page("B.X", 2), want[2:])
		if rest := page("c.x", 2); len(rest) != 0 {
			t.Errorf("after the last come %v", rest)
		}
	})
}

func testUsers(t *testing.T, setup setup) {
	byID := func(id string) func(workflow.Reader) (workflow.User, error) {
		return func(r workflow.Reader) (workflow.User, error) { return r.UserByID(id) }
	}

	t.Run("come back with every field", func(t *testing.T) {
		b := setup(t)
		user := sampleUser()
		everyFieldSet(t, user)
		b.update(func(tx workflow.Tx) error { return tx.InsertUser(user) })
		same(t, read(b, byID(user.ID)), user)
		neverFound(b, "UserByID", workflow.Reader.UserByID)
		neverFound(b, "UserByLogin", workflow.Reader.UserByLogin)
	})

	t.Run("are found by login in any case", func(t *testing.T) {
		b := setup(t)
		user := sampleUser()
		b.update(func(tx workflow.Tx) error { return tx.InsertUser(user) })
		for _, login := range []string{"li.ming", "Li.Ming", "LI.MING"} {
			same(t, read(b, func(r workflow.Reader) (workflow.User, error) { return r.UserByLogin(login) }), user)
		}
		other := user
		other.ID, other.Login = id(2), "LI.Ming"
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertUser(other) })
	})

	t.Run("are listed by login, each with its own grants", func(t *testing.T) {
		b := setup(t)
		first, second, third := sampleUser(), sampleUser(), sampleUser()
		first.Login = "a-user"
		second.ID, second.Login, second.Grants = id(2), "b.user", nil
		third.ID, third.Login, third.Grants = id(3), "b_user", []workflow.Grant{{Role: workflow.Auditor}}
		b.update(func(tx workflow.Tx) error {
			for _, u := range []workflow.User{third, first, second} {
				if err := tx.InsertUser(u); err != nil {
					return err
				}
			}
			return nil
		})
		same(t, read(b, workflow.Reader.Users), []workflow.User{first, second, third})
	})

	t.Run("are saved by whoever read them last", func(t *testing.T) {
		b := setup(t)
		user := sampleUser()
		b.update(func(tx workflow.Tx) error { return tx.InsertUser(user) })
		changed := user
		changed.Name, changed.PasswordHash, changed.Disabled, changed.Version = "李鸣", "$argon2id$other", false, 4
		changed.PasswordAt, changed.PasswordOnce, changed.TOTP = after(time.Hour), false, ""
		changed.Grants = []workflow.Grant{{Role: workflow.Supervisor}}
		b.update(func(tx workflow.Tx) error { return tx.SaveUser(changed, 3) })
		same(t, read(b, byID(user.ID)), changed)
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveUser(user, 3) })
		same(t, read(b, byID(user.ID)), changed)
	})

	t.Run("are saved even when nothing differs", func(t *testing.T) {
		b := setup(t)
		user := sampleUser()
		b.update(func(tx workflow.Tx) error { return tx.InsertUser(user) })
		b.update(func(tx workflow.Tx) error { return tx.SaveUser(user, user.Version) })
		same(t, read(b, byID(user.ID)), user)
	})
}

func testCredentials(t *testing.T, setup setup) {
	sample := func(hash string, created time.Time) workflow.Credential {
		return workflow.Credential{
			Hash: hash, UserID: id(1), Kind: workflow.TokenCredential, Label: "导入脚本",
			CreatedAt: created, LastSeen: after(time.Second), ExpiresAt: after(-time.Hour), Needs: workflow.NeedsTOTP,
			Scopes: []workflow.Scoped{"task.read", "read"}, Address: "203.0.113.9", Agent: "Firefox, Windows",
		}
	}
	start := func(t *testing.T, credentials ...workflow.Credential) *bundle {
		b := setup(t)
		b.update(func(tx workflow.Tx) error {
			if err := tx.InsertUser(sampleUser()); err != nil {
				return err
			}
			for _, c := range credentials {
				if err := tx.InsertCredential(c); err != nil {
					return err
				}
			}
			return nil
		})
		return b
	}
	of := func(r workflow.Reader) ([]workflow.Credential, error) { return r.Credentials(id(1)) }

	t.Run("come back with every field, expired or not, newest first", func(t *testing.T) {
		older, newer := sample("aa", noon), sample("bb", after(time.Microsecond))
		everyFieldSet(t, older)
		b := start(t, older, newer)
		same(t, read(b, func(r workflow.Reader) (workflow.Credential, error) { return r.Credential("aa") }), older)
		same(t, read(b, of), []workflow.Credential{newer, older})
		neverFound(b, "Credential", workflow.Reader.Credential)
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertCredential(older) })
	})

	t.Run("are prolonged, but not when they have ended", func(t *testing.T) {
		c := sample("aa", noon)
		b := start(t, c)
		c.LastSeen, c.ExpiresAt = after(time.Hour), after(2*time.Hour)
		b.update(func(tx workflow.Tx) error { return tx.SaveCredential(c) })
		same(t, read(b, of), []workflow.Credential{c})
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveCredential(sample("cc", noon)) })
	})

	t.Run("end one by one or all together", func(t *testing.T) {
		b := start(t, sample("aa", noon), sample("bb", noon), sample("cc", noon))
		b.update(func(tx workflow.Tx) error { return tx.DeleteCredential("bb") })
		b.update(func(tx workflow.Tx) error { return tx.DeleteCredential("bb") })
		same(t, read(b, of), []workflow.Credential{sample("aa", noon), sample("cc", noon)})
		b.update(func(tx workflow.Tx) error { return tx.DeleteCredentials(id(1)) })
		same(t, len(read(b, of)), 0)
	})
}
