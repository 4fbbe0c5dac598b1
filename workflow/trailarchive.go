package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"duban/workflow/audit"
)

// archivedTrail reads the records of all archives, in the order of the log.
type archivedTrail struct {
	next func() (audit.Leaf, bool)
	stop func()
	leaf audit.Leaf // the one that comes next
	more bool
	// wrong are the archives that are not what they should be.
	wrong []TrailFinding
	err   error
}

func (s *Service) archivedTrail(r Reader) (*archivedTrail, error) {
	archives, err := r.Archives()
	if err != nil {
		return nil, err
	}
	size, err := r.LogSize()
	if err != nil {
		return nil, err
	}
	a := &archivedTrail{}
	tree := audit.NewTree(size, audit.HashReaderFunc(r.LogHashesAt))
	a.next, a.stop = iter.Pull(func(yield func(audit.Leaf) bool) {
		from := int64(0)
		for _, archive := range archives {
			if a.err = s.goThrough(a, tree, from, archive, yield); a.err != nil {
				return
			}
			from = archive.Until
		}
	})
	a.leaf, a.more = a.next()
	return a, nil
}

// errEnough ends the reading of an archive that nobody wants more of.
var errEnough = errors.New("enough")

// goThrough yields the records of one archive, and notes what is wrong with it.
func (s *Service) goThrough(a *archivedTrail, tree *audit.Tree, from int64, archive ArchivedLog, yield func(audit.Leaf) bool) error {
	wrong := func(zh, en string) {
		a.wrong = append(a.wrong, TrailFinding{Table: archive.File, Key: fmt.Sprintf("log_index=%d..%d", from, archive.Until-1), Text: Text{ZH: zh, EN: en}})
	}
	if s.archives == nil {
		wrong("没有归档文件夹", "there is no folder of archives")
		return nil
	}
	file, err := s.archives.Open(archive.File)
	if err != nil {
		wrong("归档文件无法读取："+err.Error(), "the archive cannot be read: "+err.Error())
		return nil
	}
	defer file.Close()
	sum := sha256.New()
	head, before, err := audit.CheckArchive(io.TeeReader(file, sum), s.logKey.Public, func(l audit.Leaf) error {
		l.Canonical = slices.Clone(l.Canonical)
		if !yield(l) {
			return errEnough
		}
		return nil
	})
	fault, refused := errors.AsType[*audit.Fault](err)
	switch {
	case errors.Is(err, errEnough):
		return nil
	case refused:
		wrong(fault.Text.ZH, fault.Text.EN)
		return nil
	case err != nil:
		return err
	}
	joins, err := tree.Root(min(from, tree.Size()))
	if err != nil && !errors.Is(err, ErrNoRow) { // a stored hash that is gone is found by who goes over them
		return err
	}
	switch {
	case head.From != from || head.Until != archive.Until || head.Checkpoint != string(archive.Note) || hex.EncodeToString(sum.Sum(nil)) != archive.SHA256:
		wrong("不是所登记的归档文件", "it is not the archive that was recorded")
	case err == nil && joins != before:
		wrong("与日志不相衔接", "it does not join the log")
	}
	return nil
}

// at returns the record with an index, if an archive has it. Indexes must ascend.
func (a *archivedTrail) at(index int64) (audit.Leaf, bool) {
	for a.more && a.leaf.Index < index {
		a.leaf, a.more = a.next()
	}
	return a.leaf, a.more && a.leaf.Index == index
}

// finish reads to the end and makes findings of what is wrong with the files.
func (a *archivedTrail) finish(t *trail) error {
	for a.more {
		a.leaf, a.more = a.next()
	}
	for _, f := range a.wrong {
		t.add(f)
	}
	return a.err
}

func (a *archivedTrail) close() { a.stop() }

// fill puts the events of archives into the places that they were taken from. Every
// other empty place is a difference.
func (t *trail) fill(page *LogPage, found func(Difference)) error {
	filled := false
	for _, empty := range page.Empty {
		leaf, ok := t.archived.at(empty.Index)
		if ok {
			e, err := audit.Parse(leaf.Canonical)
			ok = err == nil && e.ID == empty.EventID && mayBeGone(e)
		}
		if !ok {
			found(Difference{Kind: RowDangling, Table: "audit_log", Key: fmt.Sprintf("log_index=%d", empty.Index), Column: "event_id", Is: empty.EventID})
			found(Difference{Kind: RowMissing, Table: "audit_events", Key: "id=" + empty.EventID})
			continue
		}
		page.Leaves, filled = append(page.Leaves, leaf), true
	}
	if filled {
		slices.SortFunc(page.Leaves, func(a, b audit.Leaf) int { return int(a.Index - b.Index) })
	}
	return t.archived.err
}
