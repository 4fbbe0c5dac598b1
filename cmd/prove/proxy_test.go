package prove

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// cut is where a connection is broken.
type cut string

// The places. A packet is what the client sends; its answer, what comes back.
const (
	before     cut = "before the packet"     // the database never sees it
	inside     cut = "inside the packet"     // the database gets a part of it
	behind     cut = "behind the packet"     // the database gets it, and nobody to answer to
	delayed    cut = "packet delayed"        // the client is cut off, the packet arrives later
	answerless cut = "instead of the answer" // the database has answered, the client never hears
	halfAnswer cut = "inside the answer"     // the client gets a part of the answer
)

var cuts = []cut{before, inside, behind, delayed, answerless, halfAnswer}

// proxy stands between the program and MariaDB and breaks connections: at COMMIT
// and at any other packet.
type proxy struct {
	listener net.Listener
	backend  string // Unix socket

	mu   sync.Mutex
	next *plan
	done []plan
}

// plan is a cut to come: at the packet that is `skip` packets of its kind away.
type plan struct {
	commit bool
	where  cut
	skip   int
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &proxy{listener: listener}
	t.Cleanup(func() { _ = listener.Close() })
	return p
}

// forward begins to serve.
func (p *proxy) forward(backend string) {
	p.backend = backend
	go func() {
		for {
			client, err := p.listener.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
}

// arm sets the next cut.
func (p *proxy) arm(n plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = &n
}

// armed reports whether the cut is still to come.
func (p *proxy) armed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next != nil
}

// due says where this packet is to be cut, if it is.
func (p *proxy) due(packet []byte) (cut, bool) {
	if len(packet) < 5 || packet[3] != 0 || packet[4] != comQuery {
		return "", false // signing in, and what carries no statement
	}
	commit := bytes.HasSuffix(packet, []byte("COMMIT"))
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil || p.next.commit != commit {
		return "", false
	}
	if p.next.skip--; p.next.skip >= 0 {
		return "", false
	}
	n := *p.next
	p.next, p.done = nil, append(p.done, n)
	return n.where, true
}

const comQuery = 3

// link is one connection through the proxy.
type link struct {
	client, backend net.Conn

	mu      sync.Mutex
	answers cut // how the answer now to come is cut; empty: not
}

func (p *proxy) serve(client net.Conn) {
	backend, err := net.Dial("unix", p.backend)
	if err != nil {
		reset(client)
		return
	}
	l := &link{client: client, backend: backend}
	go l.back()
	defer client.Close()
	for {
		packet, err := readPacket(client)
		if err != nil {
			_ = backend.Close()
			return
		}
		where, cutting := p.due(packet)
		if cutting && l.cutAt(where, packet) {
			return
		}
		if _, err := backend.Write(packet); err != nil {
			return
		}
	}
}

// cutAt breaks the connection at a packet; it reports false when the packet goes
// through and its answer will be cut.
func (l *link) cutAt(where cut, packet []byte) bool {
	switch where {
	case answerless, halfAnswer:
		l.mu.Lock()
		l.answers = where
		l.mu.Unlock()
		return false
	case inside:
		_, _ = l.backend.Write(packet[:4+random(len(packet)-4)]) // it is about to be cut
	case behind:
		_, _ = l.backend.Write(packet)
	case delayed:
		reset(l.client)
		time.Sleep(time.Duration(5+random(60)) * time.Millisecond)
		_, _ = l.backend.Write(packet)
	}
	reset(l.client)
	_ = l.backend.Close()
	return true
}

// back forwards answers. The client speaks only when it has its answer, so what
// comes after a packet is that packet's answer.
func (l *link) back() {
	defer l.client.Close()
	defer l.backend.Close()
	answer := make([]byte, 1<<16)
	for {
		n, err := l.backend.Read(answer)
		if err != nil {
			return
		}
		l.mu.Lock()
		where := l.answers
		l.mu.Unlock()
		switch where {
		case halfAnswer:
			_, _ = l.client.Write(answer[:1+random(n-1)])
			_ = l.client.Close() // orderly, so that the part arrives
			return
		case answerless:
			reset(l.client)
			return
		}
		if _, err := l.client.Write(answer[:n]); err != nil {
			return
		}
	}
}

// reset breaks a TCP connection as a router that forgot it would.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// readPacket reads one packet of the MySQL protocol with its header.
func readPacket(from io.Reader) ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	length := int(head[0]) | int(head[1])<<8 | int(head[2])<<16
	if length == 1<<24-1 {
		return nil, errors.New("a packet in several parts, which no step sends")
	}
	packet := append(head, make([]byte, length)...)
	_, err := io.ReadFull(from, packet[4:])
	return packet, err
}
