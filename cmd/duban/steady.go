package main

import (
	"net"
	"time"

	"golang.org/x/net/netutil"
)

// How fast an answer must be taken: each piece within takeGrace, and at takeRate
// beyond. A caller that reads more slowly holds a connection, and what waits in it,
// for nothing.
const (
	takeGrace = 6 * time.Second
	takeRate  = 32 << 10 // bytes in a second
	takePiece = 64 << 10 // bytes

	// What the kernel keeps for a caller who does not read. By itself it takes four
	// megabytes for each, and whole answers before anybody notices.
	sendBuffer = 128 << 10 // bytes; Linux doubles it
)

// steadyListener accepts connections, at most most at the same time, whose callers
// must keep taking what is sent to them.
func steadyListener(l net.Listener, most int) net.Listener {
	return netutil.LimitListener(steady{l}, most)
}

type steady struct{ net.Listener }

// Accept implements net.Listener.
func (s steady) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if buffered, ok := c.(interface{ SetWriteBuffer(int) error }); ok {
		_ = buffered.SetWriteBuffer(sendBuffer) // a caller who is gone already is no reason to stop listening
	}
	return steadyConn{c}, nil
}

// steadyConn sets the deadline of writing for each piece. One for the whole answer
// would cut off those who take a large file at a fair pace.
type steadyConn struct{ net.Conn }

// Write implements net.Conn.
func (c steadyConn) Write(p []byte) (n int, err error) {
	for {
		piece := p[n:min(n+takePiece, len(p))]
		patience := takeGrace + time.Duration(len(piece))*time.Second/takeRate
		if err := c.SetWriteDeadline(time.Now().Add(patience)); err != nil {
			return n, err
		}
		m, err := c.Conn.Write(piece)
		if n += m; err != nil || n == len(p) {
			return n, err
		}
	}
}
