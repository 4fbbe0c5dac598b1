package audit

import "encoding/hex"

// chains keeps the last accepted version of every subject of a log, which may
// be millions: the key of a usual subject holds no pointer and is 19 bytes. One
// identity has one form in canonical bytes, so that form serves.
type chains struct {
	kinds map[string]uint16 // "task", "campaign", ...
	short map[shortKey]int32
	long  map[longKey]int32 // subjects whose identity does not fit, or of too many kinds
}

type shortKey struct {
	id   [16]byte // a text holds no zero byte
	kind uint16
	uuid bool // id is not a text, but the bytes of one
}

type longKey struct{ kind, id string }

func newChains() chains {
	return chains{kinds: map[string]uint16{}, short: map[shortKey]int32{}, long: map[longKey]int32{}}
}

// step makes h the last accepted event of its subject and returns the version
// before it, 0 for none.
func (c *chains) step(h head) (before int32) {
	if key, ok := c.key(h); ok {
		before = c.short[key]
		c.short[key] = int32(h.version)
		return before
	}
	key := longKey{string(h.subject), string(h.subjectID)}
	before = c.long[key]
	c.long[key] = int32(h.version)
	return before
}

func (c *chains) count() int { return len(c.short) + len(c.long) }

func (c *chains) key(h head) (key shortKey, ok bool) {
	if len(h.subjectID) <= len(key.id) {
		copy(key.id[:], h.subjectID)
	} else if key.uuid = UUID(&key.id, h.subjectID); !key.uuid {
		return key, false
	}
	key.kind, ok = c.kinds[string(h.subject)]
	if !ok {
		if len(c.kinds) == 1<<16-1 {
			return key, false
		}
		key.kind = uint16(len(c.kinds))
		c.kinds[string(h.subject)] = key.kind
	}
	return key, true
}

// UUID reads a UUID in its usual text form, lower case only, so that no two texts are
// the same one.
func UUID(into *[16]byte, text []byte) bool {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return false
	}
	var digits [32]byte
	n := 0
	for i, c := range text {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			continue
		case 'A' <= c && c <= 'F':
			return false
		}
		digits[n] = c
		n++
	}
	_, err := hex.Decode(into[:], digits[:])
	return err == nil
}
