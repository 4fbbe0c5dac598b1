package audit

import "golang.org/x/mod/sumdb/tlog"

// node is the root of a complete subtree as the verifier knows it. On a log
// that nobody changed the three hashes are the same.
type node struct {
	content Hash // from the events alone
	stored  Hash // as it is in the hash table
	trusted Hash // stored; where the nodes below contradict it, what these give
	knows   knowledge
	clean   bool // all three are known and the same

	acquitted bool // the node above was made of content, not of stored
}

type knowledge uint8

const (
	knowsContent knowledge = 1 << iota
	knowsStored
	knowsTrusted
)

// parent returns the node over left and right, with the row of the hash table
// for it (nil: there is none), and what the row should be. wrong is set when
// the row is contradicted by every reading of the two below, so that one
// change is found once, where it was made, and not again on the way up. Those
// that it acquits are marked.
func parent(left, right *node, row *Hash) (p node, want Hash, wrong bool) {
	if left.clean && right.clean {
		want = tlog.NodeHash(left.content, right.content)
		if row != nil && *row == want {
			return node{content: want, stored: want, trusted: want, knows: knowsContent | knowsStored | knowsTrusted, clean: true}, want, false
		}
	}
	if left.knows&right.knows&knowsContent != 0 {
		p.content = tlog.NodeHash(left.content, right.content)
		p.knows |= knowsContent
	}
	if left.knows&right.knows&knowsTrusted != 0 {
		want = tlog.NodeHash(left.trusted, right.trusted)
		p.trusted = want
		p.knows |= knowsTrusted
	}
	if row == nil {
		return p, want, false
	}
	p.stored = *row
	p.knows |= knowsStored
	if p.knows&knowsTrusted != 0 && !explained(left, right, *row) {
		return p, want, true
	}
	p.trusted = *row
	p.knows |= knowsTrusted
	return p, want, false
}

// explained reports whether any reading of the two nodes gives the hash, and
// marks those of which only the content does.
func explained(left, right *node, h Hash) bool {
	for _, l := range left.readings() {
		for _, r := range right.readings() {
			if tlog.NodeHash(l, r) == h {
				left.acquitted = l != left.trusted && l == left.content
				right.acquitted = r != right.trusted && r == right.content
				return true
			}
		}
	}
	return false
}

func (n *node) readings() []Hash {
	var hashes []Hash
	if n.knows&knowsTrusted != 0 {
		hashes = append(hashes, n.trusted)
	}
	if n.knows&knowsStored != 0 && n.stored != n.trusted {
		hashes = append(hashes, n.stored)
	}
	if n.knows&knowsContent != 0 && n.content != n.trusted {
		hashes = append(hashes, n.content)
	}
	return hashes
}

// peaks are the roots of the complete subtrees of a log of a given size: one at
// each level whose bit is set in the size.
type peaks [64]node

// root folds the peaks into the root of the tree (RFC 6962, section 2.1). ok is
// false when a hash is not known.
func (p *peaks) root(size int64, pick func(level int, n *node) (Hash, bool)) (root Hash, ok bool) {
	if size == 0 {
		return emptyRoot, true
	}
	first := true
	for l := range p {
		if size>>l&1 == 0 {
			continue
		}
		h, known := pick(l, &p[l])
		if !known {
			return Hash{}, false
		}
		if first {
			root, first = h, false
		} else {
			root = tlog.NodeHash(h, root)
		}
	}
	return root, true
}

func (p *peaks) contentRoot(size int64) (Hash, bool) {
	return p.root(size, func(_ int, n *node) (Hash, bool) { return n.content, n.knows&knowsContent != 0 })
}

// couldBe reports whether the log had this root before the changes that were
// already found. Only the lowest peak, when it is a leaf, has nothing above it
// that tells which of its hashes was changed. known is false when records
// are missing that the root depends on.
func (p *peaks) couldBe(size int64, root Hash) (could, known bool) {
	trusted, known := p.root(size, func(_ int, n *node) (Hash, bool) { return n.trusted, n.knows&knowsTrusted != 0 })
	if !known || trusted == root {
		return known, known
	}
	other, known := p.root(size, func(l int, n *node) (Hash, bool) {
		if l == 0 {
			return n.content, n.knows&knowsContent != 0
		}
		return n.trusted, true
	})
	return known && other == root, true
}
