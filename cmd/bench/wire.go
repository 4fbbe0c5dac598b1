package bench

import (
	"bufio"
	"net"
	"net/http"
)

// wire is an http.RoundTripper on one connection for one client, written and read
// on the caller's goroutine: the load shares the processors with what it measures,
// so it must cost little.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	out  *bufio.Writer
}

// RoundTrip sends a request and reads the answer's head; the caller reads the body
// to its end before the next.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.conn == nil {
		conn, err := net.Dial("tcp", r.URL.Host)
		if err != nil {
			return nil, err
		}
		w.conn, w.in, w.out = conn, bufio.NewReader(conn), bufio.NewWriter(conn)
	}
	if err := r.Write(w.out); err != nil {
		return nil, err
	}
	if err := w.out.Flush(); err != nil {
		return nil, err
	}
	return http.ReadResponse(w.in, r)
}
