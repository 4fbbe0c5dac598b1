package audit_test

import (
	"crypto/sha256"

	"duban/workflow/audit"
)

// RFC 6962, section 2.1, word for word and as slow as that. It shares no code
// with the package nor with what the package is built on.

// mth is the Merkle Tree Hash MTH(D[n]).
func mth(d [][]byte) audit.Hash {
	switch n := len(d); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, d[0]...))
	default:
		k := split(n)
		left, right := mth(d[:k]), mth(d[k:])
		return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
	}
}

// path is the audit path PATH(m, D[n]).
func path(m int, d [][]byte) []audit.Hash {
	n := len(d)
	if n == 1 {
		return nil
	}
	if k := split(n); m < k {
		return append(path(m, d[:k]), mth(d[k:]))
	} else {
		return append(path(m-k, d[k:]), mth(d[:k]))
	}
}

// proof is the consistency proof PROOF(m, D[n]).
func proof(m int, d [][]byte) []audit.Hash { return subproof(m, d, true) }

func subproof(m int, d [][]byte, b bool) []audit.Hash {
	n := len(d)
	if m == n {
		if b {
			return nil
		}
		return []audit.Hash{mth(d)}
	}
	if k := split(n); m <= k {
		return append(subproof(m, d[:k], b), mth(d[k:]))
	} else {
		return append(subproof(m-k, d[k:], false), mth(d[:k]))
	}
}

// split is the largest power of two smaller than n.
func split(n int) int {
	k := 1
	for 2*k < n {
		k *= 2
	}
	return k
}
