package power

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// traced are the system calls that strace reports. Beyond those that the model
// knows they hold every other one that could change a file or send an answer:
// such a call on a file of ours ends the recording with an error, so that
// nothing goes by unseen.
const traced = "open,openat,openat2,creat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate," +
	"fsync,fdatasync,sync_file_range,msync,mmap,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat," +
	"copy_file_range,sendfile,splice,io_uring_setup,sendto,sendmsg"

// never is the moment of the return of a call during which the process was
// killed. Moments are places in the recording: every call has that of its entry
// and that of its return. What strace saw of different threads is in the order
// in which it happened, as far as one could know of the other, because a traced
// thread stands still until strace has taken note of its entry or return.
const never = -1

// action is what a call did to a file or its folder.
type action int

const (
	written   action = iota // data at off
	resized                 // to the length off
	synced                  // the file, or the folder when name is empty
	created                 // the name
	truncated               // opened with O_TRUNC
	unlinked                // the name
)

// effect is one call on a file of the recorded folder.
type effect struct {
	entry, exit int
	do          action
	name        string // in the folder; empty: the folder itself
	off         int64
	data        []byte
}

// sent is one write to a socket.
type sent struct {
	entry int
	conn  string // the socket, unique in the recording
	data  []byte
}

// tracer reads what strace prints.
type tracer struct {
	dir     string
	moment  int               // of the last line
	session int               // processes follow each other
	pending map[string]string // by thread: the call that has not returned
	entered map[string]int
	effects []effect
	sent    []sent
}

// read takes in the report on one process until its end.
func (t *tracer) read(from io.Reader) error {
	t.session++
	t.pending, t.entered = map[string]string{}, map[string]int{}
	lines := bufio.NewReaderSize(from, 1<<16)
	var failed error
	for {
		line, err := lines.ReadString('\n')
		if line != "" && failed == nil { // after a failure it reads on, or strace would stand still
			if failed = t.line(strings.TrimSuffix(line, "\n")); failed != nil {
				failed = fmt.Errorf("%w in the line %.300q", failed, line)
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				failed = errors.Join(failed, fmt.Errorf("reading the trace: %w", err))
			}
			break
		}
	}
	for thread, call := range t.pending {
		t.moment++
		if err := t.call(call, t.entered[thread], never); err != nil && failed == nil {
			failed = fmt.Errorf("%w in the unfinished call %.300q", err, call)
		}
	}
	return failed
}

func (t *tracer) line(line string) error {
	thread, text, _ := strings.Cut(line, " ")
	text = strings.TrimLeft(text, " ")
	switch {
	case strings.HasPrefix(text, "+++"), strings.HasPrefix(text, "---"):
		return nil
	case strings.HasSuffix(text, "<unfinished ...>"):
		t.moment++
		t.pending[thread], t.entered[thread] = strings.TrimSuffix(text, "<unfinished ...>"), t.moment
		return nil
	case strings.HasPrefix(text, "<... "):
		begun, ok := t.pending[thread]
		_, rest, resumed := strings.Cut(text, " resumed>")
		if !ok || !resumed {
			return errors.New("a call returns that did not begin")
		}
		entry := t.entered[thread]
		delete(t.pending, thread)
		t.moment++
		return t.call(begun+rest, entry, t.moment)
	}
	t.moment += 2
	return t.call(text, t.moment-1, t.moment)
}

// call takes one whole call; exit is never for one that did not return.
func (t *tracer) call(text string, entry, exit int) error {
	if !strings.Contains(text, t.dir) && !strings.Contains(text, "<socket:[") && !strings.HasPrefix(text, "io_uring") {
		return nil
	}
	name, rest, _ := strings.Cut(text, "(")
	a := args{rest: rest}
	e := effect{entry: entry, exit: exit}
	switch name {
	case "write", "pwrite64":
		target := a.descriptor()
		a.next()
		data := a.quoted()
		a.next()
		a.number() // how much was to be written
		if name == "pwrite64" {
			a.next()
			e.off = a.number()
		}
		if a.err != nil {
			return a.err
		}
		if conn, ok := strings.CutPrefix(target, "socket:"); ok {
			t.sent = append(t.sent, sent{entry: entry, conn: fmt.Sprint(t.session, conn), data: data})
			return nil
		}
		e.do, e.name = written, t.inside(target)
		if e.name != "" && name == "write" && exit != never {
			return errors.New("a file of the database is written without an offset, which the model does not follow")
		}
		if done, ok := a.result(); ok && int(done) != len(data) {
			data = data[:max(0, done)]
		}
		e.data = data
	case "ftruncate":
		e.do, e.name = resized, t.inside(a.descriptor())
		a.next()
		e.off = a.number()
	case "fsync", "fdatasync":
		target := a.descriptor()
		if e.do, e.name = synced, t.inside(target); e.name == "" && target != t.dir {
			return a.err
		}
		if done, ok := a.result(); !ok || done != 0 {
			return a.err
		}
		t.effects = append(t.effects, e)
		return a.err
	case "open", "openat":
		a.until(`"`)
		e.do, e.name = created, t.inside(string(a.quoted()))
		switch {
		case strings.Contains(a.rest, "O_TRUNC"):
			e.do = truncated
		case !strings.Contains(a.rest, "O_CREAT"):
			return a.err
		}
	case "unlink":
		e.do, e.name = unlinked, t.inside(string(a.quoted()))
	case "unlinkat":
		a.until(`"`)
		e.do, e.name = unlinked, t.inside(string(a.quoted()))
	case "mmap":
		if !strings.Contains(text, "MAP_SHARED") || !strings.Contains(text, "PROT_WRITE") || strings.Contains(text, walIndex) {
			return nil
		}
		return errors.New("a file of the database is written through memory, which strace does not see")
	default:
		return errors.New("the model does not know this call")
	}
	done, returned := a.result()
	if !returned { // also when strace prints "= ?"
		e.exit = never
	}
	if a.err == nil && e.name != "" && (!returned || done >= 0) {
		t.effects = append(t.effects, e)
	}
	return a.err
}

// walIndex ends the name of the shared index of the write-ahead log, which
// does not outlive the machine and is made anew.
const walIndex = "-shm"

// inside returns the name of a file in the recorded folder, empty for others.
func (t *tracer) inside(path string) string {
	if filepath.Dir(path) != t.dir || strings.HasSuffix(path, walIndex) {
		return ""
	}
	return filepath.Base(path)
}

// args reads the arguments of a call from left to right and keeps the first
// error.
type args struct {
	rest string
	err  error
}

func (a *args) fail(what string) {
	if a.err == nil {
		a.err = fmt.Errorf("strace printed no %s", what)
	}
}

func (a *args) next() { a.rest = strings.TrimPrefix(a.rest, ", ") }

// until goes to the next place of a sign.
func (a *args) until(sign string) {
	if i := strings.Index(a.rest, sign); i >= 0 {
		a.rest = a.rest[i:]
		return
	}
	a.fail(sign)
}

// descriptor reads 8</folder/file> or 8<socket:[1234]>.
func (a *args) descriptor() string {
	_, rest, ok := strings.Cut(a.rest, "<")
	target, rest, closed := strings.Cut(rest, ">")
	if !ok || !closed {
		a.fail("file behind a descriptor")
	}
	if strings.HasPrefix(rest, "(deleted)") && !strings.HasSuffix(target, walIndex) {
		a.fail("name of a file that was unlinked and is still used")
	}
	a.rest = rest
	return target
}

func (a *args) number() int64 {
	end := strings.IndexFunc(a.rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(a.rest)
	}
	n, err := strconv.ParseInt(a.rest[:end], 10, 64)
	if err != nil {
		a.fail("number")
	}
	a.rest = a.rest[end:]
	return n
}

var escapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'v': '\v', 'f': '\f', '"': '"', '\\': '\\'}

// quoted reads a string as strace prints it: C escapes, octal numbers of one to
// three digits.
func (a *args) quoted() []byte {
	if !strings.HasPrefix(a.rest, `"`) {
		a.fail("string")
		return nil
	}
	s := a.rest[1:]
	var out []byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			if a.rest = s[i+1:]; strings.HasPrefix(a.rest, "...") {
				a.fail("whole string")
			}
			return out
		case c != '\\':
			out = append(out, c)
		case i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '7':
			n, digits := 0, 0
			for ; digits < 3 && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '7'; digits++ {
				i++
				n = n*8 + int(s[i]-'0')
			}
			out = append(out, byte(n))
		default:
			i++
			if i == len(s) {
				break
			}
			plain, known := escapes[s[i]]
			if !known {
				a.fail("escape that is known")
			}
			out = append(out, plain)
		}
	}
	a.fail("end of a string")
	return nil
}

// result returns what the call returned; not ok when it did not return.
func (a *args) result() (int64, bool) {
	i := strings.LastIndex(a.rest, "= ")
	if i < 0 || strings.HasPrefix(a.rest[i:], "= ?") {
		return 0, false
	}
	text := a.rest[i+2:]
	if strings.HasPrefix(text, "-1") {
		return -1, true
	}
	end := strings.IndexAny(text, " <")
	if end < 0 {
		end = len(text)
	}
	n, err := strconv.ParseInt(text[:end], 0, 64)
	if err != nil {
		a.fail("result")
	}
	return n, true
}
