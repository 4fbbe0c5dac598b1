package workflow

import (
	"slices"
	"time"
)

// Profile names a body of rules for signing in.
type Profile string

// The profiles.
const (
	// NIST is NIST SP 800-63B-4: long passwords, none of the common ones, no rules of
	// composition, no change without a reason.
	NIST Profile = "nist"
	// Dengbao3 is GB/T 22239-2019 (等保) level 3, 8.1.4.1: passwords of several kinds of
	// characters that are changed from time to time, and sessions that end early.
	Dengbao3 Profile = "dengbao3"
)

// Profiles are all of them; the first is the default.
var Profiles = []Profile{NIST, Dengbao3}

// How long credentials live unless the rules say otherwise.
const (
	SessionIdle     = time.Hour           // a session ends this long after its last use
	SessionLifetime = 12 * time.Hour      // and this long after sign-in at the latest
	TokenLifetime   = 90 * 24 * time.Hour // of a token, unless asked otherwise
)

// SignInRules are how people sign in.
type SignInRules struct {
	Profile         Profile
	SessionIdle     time.Duration // a session ends this long after its last use
	SessionLifetime time.Duration // and this long after sign-in at the latest
	AccountTries    int           // failures until an account waits
	AddressTries    int           // failures until an address does, whatever the accounts
	Wait            time.Duration // how long they wait
	// PasswordMaxAge is after how long a password must be changed; 0: never.
	PasswordMaxAge time.Duration
	// PasswordHistory is how many passwords, the present one included, may not be chosen
	// again; 0: any may.
	PasswordHistory int
	TOTPRequired    []Role // roles that need a second factor
}

// RulesOf returns the rules of a profile.
func RulesOf(p Profile) SignInRules {
	r := SignInRules{
		Profile: p, SessionIdle: SessionIdle, SessionLifetime: SessionLifetime,
		AccountTries: 5, AddressTries: 100, Wait: 15 * time.Minute,
	}
	if p == Dengbao3 {
		// 8.1.4.1 a) asks for regular change and b) for an end of idle connections; the
		// figures are those that assessors expect.
		r.SessionIdle, r.PasswordMaxAge, r.PasswordHistory = 30*time.Minute, 90*24*time.Hour, 5
	}
	return r
}

// WithSignInRules returns the service with other rules than RulesOf(NIST).
func (s *Service) WithSignInRules(r SignInRules) *Service {
	s.rules = r
	return s
}

// needsTOTP reports whether one of the roles needs a second factor.
func (r SignInRules) needsTOTP(grants []Grant) bool {
	return slices.ContainsFunc(grants, func(g Grant) bool { return slices.Contains(r.TOTPRequired, g.Role) })
}

// Limits of passwords, in characters after normalisation.
const (
	// SP 800-63B-4, 3.1.1.2: at least 15 where the password is the only factor. The
	// standard's 8 beside another factor is raised to 12.
	minPasswordAlone  = 15
	minPassword       = 12
	maxPassword       = 128 // the longest keeps hashing cheap; 3.1.1.2 asks for 64 and more
	dengbaoCharacters = 3   // kinds of characters of four, 8.1.4.1 a)
)

func (r SignInRules) minPassword(grants []Grant) int {
	if r.Profile == NIST && !r.needsTOTP(grants) {
		return minPasswordAlone
	}
	return minPassword
}

// oneTimeLife is how long a password that somebody else gave can be used: SP 800-63B-4
// and ASVS 5.0, 6.4.1 want it short.
const oneTimeLife = 3 * 24 * time.Hour

// expired reports whether the password must be changed for its age.
func (r SignInRules) expired(u User, now time.Time) bool {
	return r.PasswordMaxAge > 0 && !now.Before(passwordSet(u).Add(r.PasswordMaxAge))
}

// lapsed reports whether a password that was given by somebody else was not used in
// time.
func (r SignInRules) lapsed(u User, now time.Time) bool {
	return u.PasswordOnce && !now.Before(passwordSet(u).Add(oneTimeLife))
}

func passwordSet(u User) time.Time {
	if u.PasswordAt.IsZero() {
		return u.CreatedAt
	}
	return u.PasswordAt
}

// SignInSettings are the rules of signing in that are in force, with what the profile
// makes of passwords.
type SignInSettings struct {
	Rules          SignInRules
	PasswordAlone  int // characters at least, where the password is the only factor
	PasswordBeside int // and beside a second factor that the roles need
	PasswordKinds  int // kinds of characters; 0: not asked for
	OneTimeLife    time.Duration
}

// SignInSettings returns them to those who read accounts.
func (s *Service) SignInSettings(actor Actor) (SignInSettings, error) {
	if err := s.Require(actor, MayReadUsers); err != nil {
		return SignInSettings{}, err
	}
	out := SignInSettings{Rules: s.rules, PasswordAlone: s.rules.minPassword(nil), PasswordBeside: minPassword, OneTimeLife: oneTimeLife}
	if s.rules.Profile == Dengbao3 {
		out.PasswordKinds = dengbaoCharacters
	}
	return out, nil
}
