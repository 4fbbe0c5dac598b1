package audit

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
	ok := byte(0)
	for i, at := range [...]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34} {
		high, low := digitValues[text[at]], digitValues[text[at+1]]
		ok |= high | low
		into[i] = high<<4 | low&15
	}
	return ok < noDigit
}

// digitValues are the values of hexadecimal digits in lower case.
var digitValues = func() (values [256]byte) {
	for c := range values {
		values[c] = noDigit
	}
	for value, c := range []byte("0123456789abcdef") {
		values[c] = byte(value)
	}
	return values
}()

const noDigit = 16
