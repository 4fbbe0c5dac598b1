package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Archive is what the head of an archive file says: which records of the log are in
// it, what the log was before them, and what was signed when they were its end. The
// file is UTF-8: the head as one line of JSON, then one line with the canonical
// bytes of each record.
type Archive struct {
	Format     string `json:"format"` // archiveFormat
	Origin     string `json:"origin"`
	From       int64  `json:"from"`       // index of the first record
	Until      int64  `json:"until"`      // index after the last one
	Peaks      []Hash `json:"peaks"`      // of the log of From records (Tree.Peaks)
	Checkpoint string `json:"checkpoint"` // signed, over Until records
}

const archiveFormat = "duban-archive-1"

// Peaks returns the roots of the complete subtrees that the log of the first size
// records consists of, largest first (RFC 6962, section 2.1): all that later records
// build on.
func (t *Tree) Peaks(size int64) ([]Hash, error) {
	if size < 0 || size > t.size {
		return nil, fmt.Errorf("peaks of %d records of a log of %d", size, t.size)
	}
	var positions []int64
	var before int64
	for l := bits.Len64(uint64(size)) - 1; l >= 0; l-- {
		if size>>l&1 == 1 {
			positions = append(positions, tlog.StoredHashIndex(l, before>>l))
			before += 1 << l
		}
	}
	if len(positions) == 0 {
		return []Hash{}, nil
	}
	hashes, err := t.ReadHashes(positions)
	if err != nil {
		return nil, fmt.Errorf("reading the peaks of %d records: %w", size, err)
	}
	return hashes, nil
}

// WriteArchive writes the records that next gives, until it gives nil, behind the
// head. The checkpoint must be signed by the key and be over Until records.
func WriteArchive(w io.Writer, a Archive, public string, next func() ([]byte, error)) error {
	signed, err := Open([]byte(a.Checkpoint), public)
	if err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	a.Format, a.Origin = archiveFormat, signed.Origin
	head, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	out := bufio.NewWriterSize(w, 1<<20)
	for line := head; line != nil; {
		_, err := out.Write(line)
		if err = errors.Join(err, out.WriteByte('\n')); err != nil {
			return fmt.Errorf("writing an archive: %w", err)
		}
		if line, err = next(); err != nil {
			return fmt.Errorf("writing an archive: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	return nil
}

// CheckArchive goes over an archive file and gives every record to each, before it is
// known whether the file as a whole is what was signed: that is known when
// CheckArchive returns without an error. before is the root of the log before
// the first record, by which one archive is joined to the one before it. It refuses
// with a *Fault that says where; an unusable key, or each's, is another error.
func CheckArchive(r io.Reader, public string, each func(Leaf) error) (a Archive, before Hash, err error) {
	in := bufio.NewReaderSize(r, 1<<20)
	head, err := in.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return a, before, fmt.Errorf("reading an archive: %w", err)
	}
	signed, tip, err := openArchive(&a, head, public)
	if err != nil {
		return a, before, err
	}
	before = tip.root()
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return a, before, fmt.Errorf("reading an archive: %w", err)
		}
		if err := tip.take(line, each); err != nil {
			return a, before, err
		}
	}
	if tip.size != a.Until {
		return a, before, archiveFault("head", fmt.Sprintf("应有第 %d 至 %d 号记录，实际到第 %d 号为止", a.From, a.Until-1, tip.size-1),
			fmt.Sprintf("should hold the records %d to %d, ends with %d", a.From, a.Until-1, tip.size-1))
	}
	if tip.root() != signed.Root {
		return a, before, archiveFault("records", "其中的记录不是检查点所签的记录（有内容被改动）", "the records are not those of the checkpoint: something was changed")
	}
	return a, before, nil
}

// openArchive reads the head, in its only form.
func openArchive(a *Archive, head []byte, public string) (signed Checkpoint, tip frontier, err error) {
	bad := func(zh, en string) (Checkpoint, frontier, error) { return signed, tip, archiveFault("head", zh, en) }
	if json.Unmarshal(head, a) != nil || a.Format != archiveFormat {
		return bad("不是归档文件", "not an archive")
	}
	if only, err := json.Marshal(a); err != nil || !bytes.Equal(append(only, '\n'), head) {
		return bad("不是归档文件的唯一写法", "not in the only form of an archive")
	}
	if signed, err = Open([]byte(a.Checkpoint), public); err != nil {
		return signed, tip, err
	}
	switch {
	case a.Origin != signed.Origin:
		return bad("来源与检查点不符", "the origin is not that of the checkpoint")
	case a.Until != signed.Size:
		return bad("记录数与检查点不符", "the end is not that of the checkpoint")
	case a.From < 0 || a.From >= a.Until || bits.OnesCount64(uint64(a.From)) != len(a.Peaks):
		return bad("起始序号不符", "the beginning is wrong")
	}
	tip.size = a.From
	for l, n := bits.Len64(uint64(a.From))-1, 0; l >= 0; l-- {
		if a.From>>l&1 == 1 {
			tip.peaks[l] = a.Peaks[n]
			n++
		}
	}
	return signed, tip, nil
}

// frontier is a log to which records are added, without the hashes below its peaks.
type frontier struct {
	size  int64
	peaks [64]Hash // by level, where size has the bit
}

// take adds the record of a line.
func (f *frontier) take(line []byte, each func(Leaf) error) error {
	record, whole := bytes.CutSuffix(line, []byte{'\n'})
	if _, err := scan(record); err != nil || !whole {
		return archiveFault(fmt.Sprintf("record %d", f.size), fmt.Sprintf("第 %d 号记录不是规范格式的审计事件", f.size),
			fmt.Sprintf("record %d is not an audit event in the canonical form", f.size))
	}
	if err := each(Leaf{Index: f.size, Canonical: record}); err != nil {
		return err
	}
	h, level := tlog.RecordHash(record), 0
	for ; f.size>>level&1 == 1; level++ {
		h = tlog.NodeHash(f.peaks[level], h)
	}
	f.peaks[level] = h
	f.size++
	return nil
}

func (f *frontier) root() (root Hash) {
	if f.size == 0 {
		return emptyRoot
	}
	first := true
	for l := range f.peaks {
		switch {
		case f.size>>l&1 == 0:
		case first:
			root, first = f.peaks[l], false
		default:
			root = tlog.NodeHash(f.peaks[l], root)
		}
	}
	return root
}

func archiveFault(place, zh, en string) *Fault {
	return &Fault{Place: place, Text: Text{ZH: "归档文件：" + zh, EN: "archive: " + en}}
}
