package power

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sector is what a disk writes whole or not at all, in bytes.
const sector = 512

// disk is a folder with everything that happened to it. What was there before
// the recording is taken to be on the disk already.
type disk struct {
	names  map[string][]entry // in order, the first from before the recording
	synced []effect           // of the folder
}

// entry is a change of what a name stands for; without a file: nothing.
type entry struct {
	entry, exit int
	file        *file
}

// file is what a name stood for, until it was unlinked and made anew.
type file struct {
	before []byte
	ops    []effect // written and resized, in order
	syncs  []effect
}

// newDisk reads a folder as it stands.
func newDisk(dir string) (*disk, error) {
	content, err := contents(dir)
	if err != nil {
		return nil, err
	}
	d := &disk{names: map[string][]entry{}}
	for name, data := range content {
		d.names[name] = []entry{{file: &file{before: data}}}
	}
	return d, nil
}

// contents reads the files of a folder, the shared index left out.
func contents(dir string) (map[string][]byte, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the folder of the database: %w", err)
	}
	content := map[string][]byte{}
	for _, f := range list {
		if strings.HasSuffix(f.Name(), walIndex) {
			continue
		}
		if content[f.Name()], err = os.ReadFile(filepath.Join(dir, f.Name())); err != nil {
			return nil, fmt.Errorf("reading a file of the database: %w", err)
		}
	}
	return content, nil
}

func (d *disk) now(name string) *file {
	if history := d.names[name]; len(history) > 0 {
		return history[len(history)-1].file
	}
	return nil
}

// apply takes in what one process did. is are the real files after its end: they
// tell whether a call took place during which the process was killed.
func (d *disk) apply(effects []effect, end int, is map[string][]byte) error {
	for _, e := range effects {
		f := d.now(e.name)
		if e.exit == never {
			if !e.visible(is) {
				continue
			}
			e.exit = end
		}
		switch {
		case e.do == synced && e.name == "":
			d.synced = append(d.synced, e)
		case e.do == unlinked:
			d.names[e.name] = append(d.names[e.name], entry{entry: e.entry, exit: e.exit})
		case e.do == created && f != nil:
		case e.do == created || e.do == truncated && f == nil:
			f = &file{}
			if d.names[e.name] == nil {
				d.names[e.name] = []entry{{}}
			}
			d.names[e.name] = append(d.names[e.name], entry{entry: e.entry, exit: e.exit, file: f})
		case f == nil:
			return fmt.Errorf("%s is changed and was never made", e.name)
		case e.do == synced:
			f.syncs = append(f.syncs, e)
		case e.do == truncated:
			f.ops = append(f.ops, effect{entry: e.entry, exit: e.exit, do: resized})
		default:
			f.ops = append(f.ops, e)
		}
	}
	model := d.image(end, everything, nil)
	if !maps.EqualFunc(model, is, bytes.Equal) {
		return fmt.Errorf("the recording does not give the real files: %s, and they are %s", sizes(model), sizes(is))
	}
	return nil
}

// visible reports whether the effect of a call that did not return is there.
func (e effect) visible(is map[string][]byte) bool {
	real, there := is[e.name]
	switch e.do {
	case created:
		return there
	case unlinked:
		return !there
	case written:
		end := int(e.off) + len(e.data)
		return end <= len(real) && bytes.Equal(real[e.off:end], e.data)
	default:
		return there && len(real) == int(e.off)
	}
}

func sizes(files map[string][]byte) string {
	out := map[string]int{}
	for name, data := range files {
		out[name] = len(data)
	}
	return fmt.Sprint(out)
}

// fate says what becomes of writes that no fsync covers.
type fate int

const (
	nothing    fate = iota // is lost
	everything             // survives, as when only the process dies
	some                   // of the writes survive, each whole
	torn                   // each sector of each write survives or not
	late                   // the last writes survive, those before them do not
	early                  // the first writes survive
	fates
)

// image returns files that a power cut at the given moment could leave.
//
//   - A write or resize that returned before an fsync of its file was entered,
//     which itself returned before the cut, is on the disk.
//   - Of all others that were entered before the cut any subset is there, each
//     whole or torn at sectors; those that survive overlay one another in the
//     order in which they were made, which with "any subset" is every order.
//   - The length is any of those that the file has had since its last fsync. Where
//     it has grown over data that did not survive there are zeros or, as on file
//     systems that hand out blocks before they write them, whatever was there.
//   - A name stands for what it stood for after any of the changes since the last
//     fsync of the folder; that of a file says nothing about the folder.
//
// random is not used by nothing and everything.
func (d *disk) image(cut int, what fate, random *rand.Rand) map[string][]byte {
	folder := covered(d.synced, cut)
	out := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(d.names)) { // in order, so that a seed gives one image
		history := d.names[name]
		first, last := 0, 0
		for i, e := range history {
			if e.entry <= cut {
				last = i
			}
			if e.exit < folder {
				first = i
			}
		}
		at := first
		switch what {
		case nothing:
		case everything:
			at = last
		default:
			at += random.IntN(last - first + 1)
		}
		if f := history[at].file; f != nil {
			out[name] = f.image(cut, what, random)
		}
	}
	return out
}

// covered returns the moment before which a call must have returned to be on
// the disk at the cut.
func covered(syncs []effect, cut int) int {
	before := 0
	for _, s := range syncs {
		if s.exit <= cut {
			before = max(before, s.entry)
		}
	}
	return before
}

func (f *file) image(cut int, what fate, random *rand.Rand) []byte {
	durable := covered(f.syncs, cut)
	content := bytes.Clone(f.before)
	var loose []effect
	for _, op := range f.ops {
		switch {
		case op.entry > cut:
		case op.exit < durable:
			content = op.whole(content)
		default:
			loose = append(loose, op)
		}
	}
	if what == nothing || len(loose) == 0 {
		return content
	}
	lengths, longest := []int{len(content)}, len(content)
	for _, op := range loose {
		length := lengths[len(lengths)-1]
		if end := int(op.off) + len(op.data); op.do == resized || end > length {
			length = end
		}
		lengths, longest = append(lengths, length), max(longest, length)
	}
	length := lengths[len(lengths)-1]
	ground := make([]byte, longest)
	if what != everything {
		length = lengths[random.IntN(len(lengths))]
		if random.IntN(2) == 0 {
			for i := range ground {
				ground[i] = byte(random.Uint32())
			}
		}
	}
	copy(ground, content)
	chance, edge := 1.0, 0
	if what != everything {
		chance, edge = random.Float64(), random.IntN(len(loose)+1)
	}
	for i, op := range loose {
		switch {
		case op.do == resized:
			if what == everything || random.IntN(2) == 0 {
				clear(ground[min(int(op.off), longest):])
			}
		case what == late && i < edge, what == early && i > edge, what == some && random.Float64() >= chance:
		case what == torn, (what == late || what == early) && i == edge:
			op.parts(ground, func() bool { return random.Float64() < chance })
		default:
			copy(ground[op.off:], op.data)
		}
	}
	return ground[:length]
}

// whole carries an operation out on a file's content.
func (e effect) whole(content []byte) []byte {
	end := int(e.off) + len(e.data)
	if end > len(content) {
		content = append(content, make([]byte, end-len(content))...)
	}
	if e.do == resized {
		return content[:end]
	}
	copy(content[e.off:], e.data)
	return content
}

// parts writes those sectors that survive.
func (e effect) parts(ground []byte, survives func() bool) {
	for from := int(e.off); from < int(e.off)+len(e.data); {
		to := min((from/sector+1)*sector, int(e.off)+len(e.data))
		if survives() {
			copy(ground[from:to], e.data[from-int(e.off):])
		}
		from = to
	}
}
