package power

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"syscall"
	"time"

	"duban/cmd/workload"
	"duban/workflow/audit"
)

// process is the real program under strace.
type process struct {
	Address string
	cmd     *exec.Cmd
	ended   chan error // of the program
	traced  chan error // of the reading of its trace
	log     bytes.Buffer
}

var listening = regexp.MustCompile(`http://[0-9.:]+`)

// start starts `duban serve` and records it with t. strace is the program's
// descendant (-D), so that the program is ours to signal; it ends with it. The
// kernel kills the program when this process dies in whatever way: it watches
// the thread that started it, which therefore waits for its end.
func start(t *tracer, program string, environ []string) (*process, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe for the trace: %w", err)
	}
	p := &process{ended: make(chan error, 1), traced: make(chan error, 1)}
	p.cmd = exec.Command("strace", "-D", "-f", "--seccomp-bpf", "-qq", "-y", "-s", "16777216",
		"-e", "trace="+traced, "-e", "signal=none", "-o", "/dev/fd/3", program, "serve")
	p.cmd.Env = append(os.Environ(), environ...)
	p.cmd.ExtraFiles = []*os.File{write}
	p.cmd.Stderr = &p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe for the program: %w", err)
	}
	began := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		began <- errors.Join(err, write.Close())
		if err == nil {
			p.ended <- p.cmd.Wait()
		}
	}()
	if err := <-began; err != nil {
		return nil, errors.Join(fmt.Errorf("starting the program under strace: %w", err), read.Close())
	}
	go func() { p.traced <- errors.Join(t.read(read), read.Close()) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if p.Address = listening.FindString(line); err != nil || p.Address == "" {
		return nil, fmt.Errorf("the program under strace prints %q: %w; %s", line, errors.Join(err, p.end(syscall.SIGKILL)), p.log.String())
	}
	return p, nil
}

// end stops the program and waits until its trace has been read.
func (p *process) end(how syscall.Signal) error {
	if err := p.cmd.Process.Signal(how); err != nil {
		return fmt.Errorf("stopping the program: %w", err)
	}
	ended, read := <-p.ended, <-p.traced
	if ended != nil && how != syscall.SIGKILL {
		return errors.Join(fmt.Errorf("the program ended with %w: %s", ended, p.log.String()), read)
	}
	return read
}

// Ack is an answer that said that a step is done.
type Ack struct {
	Moment  int // when its first byte went out
	TaskID  string
	Version int
	State   string
}

// acknowledged finds the answers in what was written to sockets.
func acknowledged(writes []sent) ([]Ack, error) {
	streams := map[string][]sent{}
	for _, w := range writes {
		streams[w.conn] = append(streams[w.conn], w)
	}
	var acks []Ack
	for _, list := range streams {
		var all []byte
		for _, w := range list {
			all = append(all, w.data...)
		}
		source := bytes.NewReader(all)
		answers := bufio.NewReader(source)
		for {
			at := len(all) - source.Len() - answers.Buffered()
			answer, err := http.ReadResponse(answers, nil)
			if err != nil {
				break
			}
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				break // cut off when the process was killed: nobody could read it
			}
			if answer.StatusCode/100 != 2 {
				continue
			}
			var moved struct{ Task workload.Task }
			task := &moved.Task
			err = json.Unmarshal(body, &moved)
			if err == nil && task.ID == "" {
				err = json.Unmarshal(body, task) // a task by itself, or something without one
			}
			if err != nil {
				return nil, fmt.Errorf("an answer is not JSON: %w", err)
			}
			if task.ID == "" {
				continue
			}
			for _, w := range list {
				if at < len(w.data) {
					acks = append(acks, Ack{Moment: w.entry, TaskID: task.ID, Version: task.Version, State: task.State})
					break
				}
				at -= len(w.data)
			}
		}
	}
	slices.SortFunc(acks, func(a, b Ack) int { return a.Moment - b.Moment })
	return acks, nil
}

// Recording is what one binary did to its folder under load.
type Recording struct {
	Acks []Ack // in order, each step once
	End  int   // the last moment

	disk    *disk
	changes []int                // the moments at which files were changed or synced
	keys    map[step]string      // the request keys of acknowledged steps
	history map[step]audit.Event // all of it
}

// step is one version of one task.
type step struct {
	task    string
	version int
}

// Load says how much happens during a recording.
type Load struct {
	Clients int
	Lives   int
	Kills   int // SIGKILLs, after each of which the program is started again
}

// killWithin is how long after the end of a life a kill comes at the latest: as
// long as a step or two take, so that it meets the next ones anywhere.
const killWithin = 15 * time.Millisecond

// Record runs the program on the database folder dir under load. It is killed
// on the way and started again, and stopped by SIGTERM at last. Clients repeat
// what got no answer under the same request key.
func Record(ctx context.Context, program, dir string, environ []string, people workload.People, load Load) (*Recording, error) {
	d, err := newDisk(dir)
	if err != nil {
		return nil, err
	}
	t := &tracer{dir: dir}
	c := newCrowd(people, load)
	defer c.working.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &Recording{disk: d, keys: c.keys}
	for round := range load.Kills + 1 {
		p, err := start(t, program, environ)
		if err != nil {
			return nil, err
		}
		if round == 0 {
			err = c.begin(ctx, p.Address)
		}
		c.meet(p.Address)
		how := syscall.SIGKILL
		if round == load.Kills {
			how = syscall.SIGTERM
		}
		if err == nil {
			err = c.await(float64(round+1) / float64(load.Kills+1))
		}
		if how == syscall.SIGKILL {
			time.Sleep(rand.N(killWithin))
		}
		if err = errors.Join(err, p.end(how)); err != nil {
			return nil, err
		}
		files, err := contents(dir)
		if err != nil {
			return nil, err
		}
		if err := d.apply(t.effects, t.moment, files); err != nil {
			return nil, err
		}
		for _, e := range t.effects {
			r.changes = append(r.changes, e.entry, max(e.entry, e.exit))
		}
		t.effects, r.End = nil, t.moment
	}
	if r.Acks, err = acknowledged(t.sent); err != nil {
		return nil, err
	}
	is, err := openImage(ctx, filepath.Join(dir, DatabaseName))
	if err != nil {
		return nil, err
	}
	r.history = is.events
	return r, r.agrees()
}

// agrees checks the recording against what the clients were told: the answers
// found in it are those of every step and of no other.
func (r *Recording) agrees() error {
	found := map[step]bool{}
	first := r.Acks[:0]
	for _, a := range r.Acks {
		s := step{a.TaskID, a.Version}
		if !found[s] {
			first = append(first, a)
		}
		found[s] = true
		if r.keys[s] == "" {
			return fmt.Errorf("the trace has an answer about %v that no client got", s)
		}
	}
	r.Acks = first
	if len(found) != len(r.keys) {
		return fmt.Errorf("clients got %d steps acknowledged, the trace shows %d", len(r.keys), len(found))
	}
	return nil
}
