package gormstore

import "sync"

// recent keeps what was used lately by its identity, between half as many as it may
// hold and all of them. It is safe for concurrent use; what it holds must not be
// changed.
type recent[V any] struct {
	mu       sync.Mutex
	now, old map[string]V
}

// mostRecent bounds what one recent holds. A task with reports of the length that is
// allowed takes some 40 KB, and commonly 2.
const mostRecent = 1024

// each calls found with those of the identities that are kept.
func (r *recent[V]) each(identities []string, found func(identity string, v V)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, identity := range identities {
		v, ok := r.now[identity]
		if !ok {
			if v, ok = r.old[identity]; ok {
				r.put(identity, v)
			}
		}
		if ok {
			found(identity, v)
		}
	}
}

// keep keeps all of some.
func (r *recent[V]) keep(some map[string]V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for identity, v := range some {
		r.put(identity, v)
	}
}

func (r *recent[V]) put(identity string, v V) {
	if r.now == nil || len(r.now) >= mostRecent/2 {
		r.now, r.old = map[string]V{}, r.now
	}
	r.now[identity] = v
}
