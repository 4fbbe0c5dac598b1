package gormstore_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"duban/workflow"
	"duban/workflow/calendar"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// people are the accounts of one database, as two servers know them.
type people struct {
	t       *testing.T
	random  *rand.Rand
	servers []*gormstore.Store
	days    []calendar.Date
	users   []workflow.User
	hashes  []string // of the last credentials, also of such as are gone
	n       int
}

// TestWhoAsksIsNeverOutdated: servers keep who a credential stands for, and whatever
// one of them changes, the next look of each is answered as one that has kept nothing
// answers it.
func TestWhoAsksIsNeverOutdated(t *testing.T) {
	dbtest.EachConfig(t, func(t *testing.T, _ string, cfg gormstore.Config) {
		seed := rand.Uint64()
		t.Log("seed ", seed)
		p := &people{t: t, random: rand.New(rand.NewPCG(seed, 0)), servers: []*gormstore.Store{dbtest.Open(t, cfg), dbtest.Open(t, cfg)}}
		p.days = []calendar.Date{calendar.New(2023, 8, 1), calendar.New(2023, 8, 2)}
		for i := range 3 {
			p.users = append(p.users, workflow.User{ID: fmt.Sprint("user-", i), Login: fmt.Sprint("user-", i), Name: "人", Version: 1, CreatedAt: moment})
			p.change(func(tx workflow.Tx) error { return tx.InsertUser(p.users[i]) })
		}
		for range 200 {
			p.act()
			t.Run("", func(t *testing.T) { p.compare(t, dbtest.Open(t, cfg)) })
		}
	})
}

var moment = time.Date(2023, 8, 1, 12, 0, 0, 0, time.UTC)

func (p *people) change(fn func(workflow.Tx) error) {
	p.t.Helper()
	if err := p.servers[p.random.IntN(2)].Update(p.t.Context(), fn); err != nil {
		p.t.Fatal(err)
	}
}

// act changes something that decides who a credential stands for.
func (p *people) act() {
	i := p.random.IntN(len(p.users))
	u := &p.users[i]
	hash := ""
	if len(p.hashes) > 0 {
		hash = p.hashes[p.random.IntN(len(p.hashes))]
	}
	p.n++
	switch p.random.IntN(8) {
	case 0, 1:
		was := u.Version
		u.Version++
		u.Disabled = p.random.IntN(3) == 0
		u.Grants = nil
		if p.random.IntN(4) > 0 {
			u.Grants = []workflow.Grant{{Role: workflow.Reviewer}}
		}
		p.change(func(tx workflow.Tx) error { return tx.SaveUser(*u, was) })
	case 2, 3:
		c := workflow.Credential{Hash: fmt.Sprintf("%04x", p.n), UserID: u.ID, Kind: workflow.SessionCredential, CreatedAt: moment, LastSeen: moment, ExpiresAt: moment}
		p.hashes = append(p.hashes[max(0, len(p.hashes)-9):], c.Hash)
		p.change(func(tx workflow.Tx) error { return tx.InsertCredential(c) })
	case 4:
		p.change(func(tx workflow.Tx) error {
			c, err := tx.Credential(hash)
			if err == nil {
				c.LastSeen = c.LastSeen.Add(time.Minute)
				err = tx.SaveCredential(c)
			}
			return ignore(err, workflow.ErrNoRow)
		})
	case 5:
		p.change(func(tx workflow.Tx) error { return tx.DeleteCredential(hash) })
	case 6:
		p.change(func(tx workflow.Tx) error {
			if p.random.IntN(4) == 0 {
				return tx.DeleteCredentials(u.ID)
			}
			list, err := tx.Delegations(u.ID)
			if err != nil {
				return err
			}
			for _, d := range list {
				d.Version, d.EndedAt = d.Version+1, moment
				err = errors.Join(err, tx.SaveDelegation(d, d.Version-1))
			}
			return err
		})
	case 7:
		d := workflow.Delegation{ID: fmt.Sprint("d-", p.n), Grantor: u.ID, Deputy: p.users[(i+1)%len(p.users)].ID, Role: workflow.Reviewer,
			From: p.days[p.random.IntN(2)], To: p.days[1], Version: 1, CreatedAt: moment}
		p.change(func(tx workflow.Tx) error { return tx.InsertDelegation(d) })
	}
}

func ignore(err, what error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}

// compare asks both servers and one that has just come up about every credential.
func (p *people) compare(t *testing.T, fresh *gormstore.Store) {
	for _, hash := range p.hashes {
		day := p.days[p.random.IntN(2)]
		c, u, err := fresh.Identity(t.Context(), hash, day)
		for i, s := range p.servers {
			if gotC, gotU, gotErr := s.Identity(t.Context(), hash, day); !errors.Is(gotErr, err) || !reflect.DeepEqual(gotC, c) || !reflect.DeepEqual(gotU, u) {
				t.Fatalf("server %d after %d changes: %v %+v %+v, but stored is %v %+v %+v", i, p.n, gotErr, gotC, gotU, err, c, u)
			}
		}
	}
}

// What somebody changes past the product tells of itself to nobody, and is noticed all
// the same while the server runs.
func TestAnIdentityChangedPastTheProductIsNoticed(t *testing.T) {
	dbtest.EachConfig(t, func(t *testing.T, _ string, cfg gormstore.Config) {
		store := dbtest.Open(t, cfg)
		user := workflow.User{ID: "u", Login: "u", Name: "人", Version: 1, CreatedAt: moment}
		c := workflow.Credential{Hash: "c0ffee", UserID: "u", Kind: workflow.TokenCredential, CreatedAt: moment, LastSeen: moment, ExpiresAt: moment}
		if err := store.Update(t.Context(), func(tx workflow.Tx) error { return errors.Join(tx.InsertUser(user), tx.InsertCredential(c)) }); err != nil {
			t.Fatal(err)
		}
		disabled := func() bool {
			_, u, err := store.Identity(t.Context(), c.Hash, calendar.New(2023, 8, 1))
			if err != nil {
				t.Fatal(err)
			}
			return u.Disabled
		}
		if disabled() {
			t.Fatal("disabled before anybody said so")
		}
		db := pastTheProduct(t, cfg)
		if _, err := db.ExecContext(t.Context(), "UPDATE users SET disabled = 1 WHERE id = 'u'"); err != nil {
			t.Fatal(err)
		}
		for patience := time.Now().Add(20 * time.Second); !disabled(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(patience) {
				t.Fatal("nobody noticed")
			}
		}
	})
}
