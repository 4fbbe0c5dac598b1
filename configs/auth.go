package configs

import (
	"slices"
	"strings"
	"time"
)

// Auth says how people sign in. What is left out is what the profile says.
type Auth struct {
	Profile         string        `koanf:"profile"`          // nist or dengbao3
	SessionIdle     time.Duration `koanf:"session_idle"`     // a session ends this long after its last use
	SessionLifetime time.Duration `koanf:"session_lifetime"` // and this long after sign-in at the latest
	PasswordMaxAge  time.Duration `koanf:"password_max_age"` // after which a password must be changed
	PasswordHistory int           `koanf:"password_history"` // so many passwords, the present one included, may not be chosen again
	AccountTries    int           `koanf:"account_tries"`    // failures until an account waits 15 minutes
	AddressTries    int           `koanf:"address_tries"`    // failures until an address waits 15 minutes
	TOTPRequired    []string      `koanf:"totp_required"`    // roles that need a second factor
}

// authKeys are its keys, without the list.
var authKeys = []string{
	"auth.profile", "auth.session_idle", "auth.session_lifetime", "auth.password_max_age", "auth.password_history",
	"auth.account_tries", "auth.address_tries",
}

// accountRoles are those that an account may hold.
var accountRoles = []string{"reporter", "reviewer", "supervisor", "auditor", "system_admin", "security_admin"}

// check tells bad what cannot be used or is not safe.
func (a Auth) check(bad func(format string, args ...any)) {
	if !slices.Contains([]string{"nist", "dengbao3"}, a.Profile) {
		bad("auth.profile is %q: set nist or dengbao3", a.Profile)
	}
	span := func(key string, d, least, most time.Duration) {
		if d != 0 && (d < least || d > most) {
			bad("auth.%s is %s: set %s to %s, or leave it out", key, d, least, most)
		}
	}
	span("session_idle", a.SessionIdle, 5*time.Minute, 24*time.Hour)
	span("session_lifetime", a.SessionLifetime, 15*time.Minute, 30*24*time.Hour)
	span("password_max_age", a.PasswordMaxAge, 24*time.Hour, 3660*24*time.Hour)
	number := func(key string, n, least, most int) {
		if n != 0 && (n < least || n > most) {
			bad("auth.%s is %d: set %d to %d, or leave it out", key, n, least, most)
		}
	}
	number("password_history", a.PasswordHistory, 1, 24)
	number("account_tries", a.AccountTries, 3, 100) // SP 800-63B-4, 3.2.2: at most 100
	number("address_tries", a.AddressTries, 10, 100_000)
	for _, role := range a.TOTPRequired {
		if !slices.Contains(accountRoles, role) {
			bad("auth.totp_required has %q: the roles are %s", role, strings.Join(accountRoles, ", "))
		}
	}
}
