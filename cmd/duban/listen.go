package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of the HTTP server, beside those of a body (api) and of an answer (steadyConn).
// Whoever is slower than these is closed within ten seconds.
const (
	headerTimeout = 5 * time.Second  // from connecting, or from the first byte of a further request; also of the TLS handshake
	keepAlive     = 60 * time.Second // between requests of a connection
	maxHeader     = 64 << 10         // bytes of the request line and headers
)

// front is what people connect to: one listener, and one that sends them on to HTTPS
// where that is set.
type front struct {
	servers []*http.Server
	opened  []net.Listener
	address net.Addr
	scheme  string
	ready   func() // called once it listens
}

// newServer returns a server with its limits. HTTP/1.1 only: its callers are limited
// connection by connection, which streams of HTTP/2 would share; a proxy may speak
// what it likes.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler: handler, Protocols: protocols,
		ReadHeaderTimeout: headerTimeout, IdleTimeout: keepAlive, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), // mostly callers that go away
	}
}

// newFront opens the listeners of the house.
func (p *program) newFront(h *house, handler http.Handler, log *slog.Logger) (*front, error) {
	c := h.config
	certificates, err := newCertificates(c, log)
	if err != nil {
		return nil, err
	}
	f := &front{scheme: "http", ready: func() {}}
	main, err := p.bind(c.Listen, "listen（DUBAN_LISTEN）")
	if err != nil {
		return nil, err
	}
	f.address = main.Addr()
	main = steadyListener(main, c.MaxConnections)
	if certificates != nil {
		main, f.scheme = tls.NewListener(main, certificates.config()), "https"
		f.ready = func() {
			if certificates.manager != nil {
				certificates.prepare(c.TLS.ACME.Domains, log)
			}
		}
	}
	f.add(newServer(handler, log), main)
	if c.TLS.Redirect != "" {
		plain, err := p.bind(c.TLS.Redirect, "tls.redirect")
		if err != nil {
			return nil, errors.Join(err, main.Close())
		}
		f.add(newServer(certificates.redirect(f.address), log), steadyListener(plain, c.MaxConnections))
	}
	return f, nil
}

func (f *front) add(s *http.Server, l net.Listener) {
	f.servers, f.opened = append(f.servers, s), append(f.opened, l)
}

func (p *program) bind(address, setting string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf(p.text("无法监听 %s，请换 %s：%w", "cannot listen on %s, set another %s: %w"), address, setting, err)
	}
	return l, nil
}

// serve answers until ctx is done, then lets requests that are under way end.
func (f *front) serve(ctx context.Context, log *slog.Logger) error {
	failed := make(chan error, len(f.servers))
	for i, s := range f.servers {
		go func() { failed <- s.Serve(f.opened[i]) }()
	}
	go f.ready()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		log.Info("stopping")
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	for _, s := range f.servers {
		if late := s.Shutdown(ending); late != nil {
			err = errors.Join(err, fmt.Errorf("requests were still under way after %s: %w", shutdownTimeout, errors.Join(late, s.Close())))
		}
	}
	return err
}

// close gives the listeners back when nothing was served.
func (f *front) close() error {
	var errs []error
	for _, l := range f.opened {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}
