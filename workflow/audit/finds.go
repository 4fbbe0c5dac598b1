package audit

// finds collects findings in bounded memory: the first ones of each kind are kept,
// so that many of one do not hide another; all are counted.
type finds struct {
	limit  int
	kept   []Finding
	counts map[FindingKind]int64

	// What was changed by moving events about is told from other changes by
	// hashes that turn up elsewhere, and a changed hash from a changed event by
	// the node above; all this is for findings that are kept.
	contents map[Hash]int   // of events that are not what was logged: their findings
	leaves   map[Hash]int64 // logged, but not met at their index: that index
}

func newFinds(limit int) finds {
	return finds{limit: limit, counts: map[FindingKind]int64{}, contents: map[Hash]int{}, leaves: map[Hash]int64{}}
}

// add counts a finding and returns its place among those kept, or -1.
func (s *finds) add(f Finding) int {
	s.counts[f.Kind]++
	if s.counts[f.Kind] > int64(s.limit) {
		return -1
	}
	s.kept = append(s.kept, f)
	return len(s.kept) - 1
}

// extend makes a run of missing records longer.
func (s *finds) extend(finding int, last int64) {
	if finding >= 0 {
		s.kept[finding] = missing(s.kept[finding].Index, last)
	}
}

// unmet remembers that the event with this hash was not found at its index. If
// it was already met elsewhere, that finding becomes one of a move.
func (s *finds) unmet(leaf Hash, index int64) {
	if f, ok := s.contents[leaf]; ok {
		s.turn(leaf, moved(s.kept[f].Index, index))
		return
	}
	if len(s.leaves) < s.limit {
		s.leaves[leaf] = index
	}
}

// acquit makes another finding of the one that an event was changed.
func (s *finds) acquit(content Hash, f Finding) {
	if at, ok := s.contents[content]; ok && s.kept[at].Index == f.Index {
		s.turn(content, f)
	}
}

// turn makes another finding of the one about this changed event.
func (s *finds) turn(content Hash, f Finding) {
	if s.counts[FoundChanged]--; s.counts[FoundChanged] == 0 {
		delete(s.counts, FoundChanged)
	}
	s.counts[f.Kind]++
	s.kept[s.contents[content]] = f
	delete(s.contents, content)
}

// unmetAt returns the index at which the event with this hash was logged, if it
// was not found there.
func (s *finds) unmetAt(content Hash) (int64, bool) {
	index, ok := s.leaves[content]
	delete(s.leaves, content)
	return index, ok
}

// addChanged is about an event that is not what was logged at its index: it was
// changed, or another was moved there.
func (s *finds) addChanged(index int64, is, was Hash) {
	if at, ok := s.unmetAt(is); ok {
		s.add(moved(index, at))
	} else if f := s.add(changed(index, is, was)); f >= 0 {
		s.contents[is] = f
	}
	s.unmet(was, index)
}
