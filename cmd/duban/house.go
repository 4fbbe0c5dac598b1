package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/user"
	"runtime/debug"
	"strings"
	"time"

	"duban/configs"
	"duban/migrations"
	"duban/rbac"
	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore"
	"duban/workflow/witness"
)

// house is everything that is wired together for one run.
type house struct {
	config configs.Config
	store  *gormstore.Store
	def    *workflow.Definition
	policy *rbac.Policy
	secret []byte
	logKey workflow.LogKey
	// securityFile is the file of the security log; nil when it is none
	securityFile *logFile
	files        workflow.EvidenceStore
	scanner      workflow.Scanner
	service      *workflow.Service
}

// loadConfig reads file and environment.
func (p *program) loadConfig() (configs.Config, error) { return configs.Load(p.configPath, p.environ) }

// open wires a house on a migrated database. An SQLite file is made and migrated
// on the way; the schema of a server is changed only by `duban migrate` and
// `duban demo`.
func (p *program) open(ctx context.Context) (*house, error) {
	c, err := p.prepared()
	if err != nil {
		return nil, err
	}
	if c.Database.Dialect == string(migrations.SQLite) {
		if _, err := gormstore.Migrate(ctx, databaseOf(c)); err != nil {
			return nil, err
		}
	}
	return newHouse(ctx, c)
}

// inHouse opens a house for fn and closes it afterwards.
func (p *program) inHouse(ctx context.Context, fn func(*house) error) (err error) {
	h, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer h.close(&err)
	return fn(h)
}

// prepared reads the configuration and makes the data folder, readable to its owner
// only.
func (p *program) prepared() (configs.Config, error) {
	c, err := p.loadConfig()
	if err != nil {
		return c, err
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return c, fmt.Errorf("making the data folder: %w", err)
	}
	return c, nil
}

func newHouse(ctx context.Context, c configs.Config) (*house, error) {
	h := &house{config: c}
	var err error
	if h.def, err = definition(c); err != nil {
		return nil, err
	}
	if h.policy, err = rbac.New(h.def); err != nil {
		return nil, err
	}
	if err := h.def.CheckSeparation(h.policy).Err(); err != nil {
		return nil, err // nothing runs on a definition by which one account can do what takes two
	}
	if h.secret, err = c.SecretKey(); err != nil {
		return nil, err
	}
	if h.logKey, err = logKey(c); err != nil {
		return nil, err
	}
	if h.files, h.scanner, err = evidenceStore(c); err != nil {
		return nil, err
	}
	if h.securityFile, err = openSecurityLog(c.Log); err != nil {
		return nil, err
	}
	if h.store, err = gormstore.Open(ctx, databaseOf(c)); err != nil {
		return nil, errors.Join(err, h.securityFile.close())
	}
	h.service = h.at(time.Now)
	return h, nil
}

// collectLess lets the heap grow to five times what is in use before it is
// collected: what is in use is some ten megabytes, and collecting at twice that
// takes a tenth of a server's processor time. GOGC goes before it.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// at returns the service with another clock.
func (h *house) at(clock func() time.Time) *workflow.Service {
	s := workflow.NewService(h.store, h.policy, h.def, clock, h.secret).WithSignInRules(signInRules(h.config.Auth)).WithLogKey(h.logKey).
		WithArchives(witness.Folder(h.config.ArchivesPath())).WithWatch(h.securityLog(nil).Event)
	return h.keepEvidence(s)
}

// signInRules are those of the profile with what is set besides.
func signInRules(a configs.Auth) workflow.SignInRules {
	r := workflow.RulesOf(workflow.Profile(a.Profile))
	r.SessionIdle, r.SessionLifetime = cmp.Or(a.SessionIdle, r.SessionIdle), cmp.Or(a.SessionLifetime, r.SessionLifetime)
	r.PasswordMaxAge, r.PasswordHistory = cmp.Or(a.PasswordMaxAge, r.PasswordMaxAge), cmp.Or(a.PasswordHistory, r.PasswordHistory)
	r.AccountTries, r.AddressTries = cmp.Or(a.AccountTries, r.AccountTries), cmp.Or(a.AddressTries, r.AddressTries)
	for _, role := range a.TOTPRequired {
		r.TOTPRequired = append(r.TOTPRequired, workflow.Role(role))
	}
	return r
}

// logKey returns the keys of the log. A new one gets a random name, so that the
// logs of two installations are never taken for one another.
func logKey(c configs.Config) (key workflow.LogKey, err error) {
	key.Private, err = c.AuditKey(func() (string, error) {
		private, _, err := audit.NewKey(rand.Reader, "duban/"+strings.ToLower(rand.Text()[:8]))
		return private, err
	})
	if err == nil {
		key.Public, err = audit.PublicKey(key.Private)
	}
	return key, err
}

// close gives the database back. Its error joins err.
func (h *house) close(err *error) { *err = errors.Join(*err, h.store.Close(), h.securityFile.close()) }

func databaseOf(c configs.Config) gormstore.Config {
	return gormstore.Config{
		Dialect: migrations.Dialect(c.Database.Dialect), Path: c.DatabasePath(), DSN: c.Database.DSN, MaxConns: c.Database.MaxConns,
	}
}

// definition reads the workflow definition in force.
func definition(c configs.Config) (*workflow.Definition, error) {
	if c.Workflow == "" {
		return workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	}
	data, err := os.ReadFile(c.Workflow)
	if err != nil {
		return nil, fmt.Errorf("reading the workflow definition: %w", err)
	}
	return workflow.ReadDefinition(c.Workflow, data)
}

// operator is the actor of a command given on this machine.
func operator() workflow.Actor {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return workflow.OperatorActor(name)
}
