package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"duban/configs"
)

// certificates are those that the server shows: from files or from an ACME authority.
type certificates struct {
	files   *certificateFiles
	manager *autocert.Manager
}

// newCertificates returns nil when the server does not speak HTTPS itself. Files that
// do not hold a certificate and its key are an error.
func newCertificates(c configs.Config, log *slog.Logger) (*certificates, error) {
	switch {
	case !c.TLS.On():
		return nil, nil
	case c.TLS.Cert != "":
		files := &certificateFiles{cert: c.TLS.Cert, key: c.TLS.Key, log: log}
		if err := files.read(); err != nil {
			return nil, fmt.Errorf("tls.cert, tls.key: %w", err)
		}
		return &certificates{files: files}, nil
	}
	client := &acme.Client{DirectoryURL: c.TLS.ACME.Directory, UserAgent: "duban/" + version}
	if path := c.TLS.ACME.CA; path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("tls.acme.ca: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("tls.acme.ca: %s holds no certificate in PEM form", path)
		}
		client.HTTPClient = &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	}
	return &certificates{manager: &autocert.Manager{
		Prompt: autocert.AcceptTOS, Client: client, Email: c.TLS.ACME.Email,
		Cache: autocert.DirCache(filepath.Join(c.DataDir, "acme")), HostPolicy: autocert.HostWhitelist(c.TLS.ACME.Domains...),
	}}, nil
}

// config returns what the server agrees to: TLS 1.3, or 1.2 with forward secrecy and
// authenticated encryption, which are the suites that Go has switched on.
func (c *certificates) config() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	if c.manager != nil {
		config.GetCertificate = c.manager.GetCertificate
		config.NextProtos = append(config.NextProtos, acme.ALPNProto) // the authority asks by TLS-ALPN-01
		return config
	}
	config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.files.current(time.Now()), nil }
	return config
}

// prepare asks for the certificates before the first caller needs them, who would wait
// for the authority longer than he may.
func (c *certificates) prepare(domains []string, log *slog.Logger) {
	for _, name := range domains {
		_, err := c.manager.GetCertificate(&tls.ClientHelloInfo{
			ServerName: name, SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
			SupportedCurves: []tls.CurveID{tls.CurveP256}, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		})
		if err != nil {
			log.Error("no certificate from the ACME authority: check tls.acme, and that it reaches this server by the name", "name", name, "error", err)
			continue
		}
		log.Info("there is a certificate", "name", name)
	}
}

// redirect answers on plain HTTP: the authority's question (HTTP-01), and to everybody
// else that the server is reached by HTTPS. Only reading is sent on: what a form had
// sent has been read by others already.
func (c *certificates) redirect(https net.Addr) http.Handler {
	_, port, _ := net.SplitHostPort(https.String())
	onward := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "请用 HTTPS / Use HTTPS", http.StatusForbidden)
			return
		}
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if port != "443" {
			host = net.JoinHostPort(host, port)
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusPermanentRedirect)
	})
	if c.manager != nil {
		return c.manager.HTTPHandler(onward)
	}
	return onward
}

// lookEvery is how often the files are looked at, at most.
const lookEvery = time.Second

// certificateFiles is a certificate that is read again when its files change.
type certificateFiles struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	shown   *tls.Certificate
	changed [2]time.Time // of the files that shown was read from
	looked  time.Time
}

func (f *certificateFiles) times() (t [2]time.Time, err error) {
	for i, path := range []string{f.cert, f.key} {
		info, err := os.Stat(path)
		if err != nil {
			return t, err
		}
		t[i] = info.ModTime()
	}
	return t, nil
}

// read takes the certificate from the files.
func (f *certificateFiles) read() error {
	times, err := f.times()
	if err != nil {
		return err
	}
	f.changed = times // also when it cannot be used: it is not read again before it changes
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.shown = &pair
	return nil
}

// current returns the certificate to show. Files that cannot be used, because only one
// of them has been replaced yet, leave the one before in force.
func (f *certificateFiles) current(now time.Time) *tls.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Sub(f.looked) < lookEvery {
		return f.shown
	}
	f.looked = now
	times, err := f.times()
	if err == nil && times != f.changed {
		if err = f.read(); err == nil {
			f.log.Info("the certificate was read again", "file", f.cert, "valid_until", f.shown.Leaf.NotAfter)
		}
	}
	if err != nil {
		f.log.Warn("the certificate cannot be read again; the one before stays in force", "file", f.cert, "error", err)
	}
	return f.shown
}
