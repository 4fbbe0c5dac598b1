package api

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"sync"

	"duban/workflow/seclog"
)

// unasked are the refusals that no audit event tells of, because the domain was never
// asked: they go to the security log from here. So do answers of a provider that do not
// hold, of which anybody can send any number.
var unasked = []string{"cross_origin", "body.too_large", "body.timeout"}

// guarded writes to the security log what is to be told of a request that has been
// answered.
func (s *server) guarded(r *request, route string, status int) {
	if r.refusedSecret || slices.Contains(unasked, r.refusal) || strings.HasPrefix(r.refusal, "sso.") && status == http.StatusUnauthorized {
		s.security.Request(seclog.Request{
			Action: "request.refused", Reason: r.refusal, ID: r.id, Method: r.http.Method, Route: route, Status: status,
			Address: r.actor.Address, UserID: r.actor.UserID,
		})
	}
}

// places remembers from where each token was used since the start.
type places struct {
	mu   sync.Mutex
	seen map[[sha256.Size]byte]bool
}

// placesKept bounds what is remembered: beyond, it starts anew and tells once more.
const placesKept = 100_000

// isNew reports whether the token has not been used from the address before.
func (p *places) isNew(secret, address string) bool {
	key := sha256.Sum256([]byte(secret + " " + address))
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen[key] {
		return false
	}
	if p.seen == nil || len(p.seen) >= placesKept {
		p.seen = map[[sha256.Size]byte]bool{}
	}
	p.seen[key] = true
	return true
}

// usedToken tells of a token in use from an address that it was not used from before.
func (s *server) usedToken(r *request) {
	if s.places.isNew(r.secret, r.actor.Address) {
		s.security.Request(seclog.Request{
			Action: "token.new_address", ID: r.id, Method: r.http.Method, Address: r.actor.Address, UserID: r.actor.UserID,
		})
	}
}
