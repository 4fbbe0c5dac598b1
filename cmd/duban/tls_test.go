package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/challtestsrv"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"

	"duban/configs"
	"duban/workflow/gormstore/dbtest"
)

const serverName = "duban.example.test"

// certified writes a certificate for the server, with a serial number to know it by,
// and its key, and returns it.
func certified(t *testing.T, certPath, keyPath string, serial int64) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: serverName}, DNSNames: []string{serverName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{certPath: {Type: "CERTIFICATE", Bytes: der}, keyPath: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// browser trusts the roots and finds every name at the address. It keeps no
// connection, so that each request meets the certificate of the moment.
func browser(address string, roots *x509.CertPool, most uint16) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: roots, ServerName: serverName, MaxVersion: most},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		},
	}}
}

// TestTLSFromFiles: the server speaks HTTPS with the certificate in its files, takes a
// new one without a restart, and tells browsers to stay on HTTPS.
func TestTLSFromFiles(t *testing.T) {
	folder := t.TempDir()
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	first := certified(t, cert, key, 1)
	environ := append(environment(t, dbtest.EmptySQLite(t)), "DUBAN_TLS_CERT="+cert, "DUBAN_TLS_KEY="+key)
	address, _ := serving(t, built(t), environ)
	host, secure := strings.CutPrefix(address, "https://")
	if !secure {
		t.Fatalf("the server is at %s", address)
	}
	roots := x509.NewCertPool()
	roots.AddCert(first)
	answer, err := browser(host, roots, 0).Get("https://" + serverName + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.TLS.Version != tls.VersionTLS13 || answer.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("TLS %x, headers %v", answer.TLS.Version, answer.Header)
	}
	if answer, err := browser(host, roots, tls.VersionTLS11).Get("https://" + serverName + "/healthz"); err == nil {
		t.Errorf("TLS 1.1 is answered with %d", answer.StatusCode)
	}

	second := certified(t, cert, key, 2)
	later := time.Now().Add(time.Minute) // files of the same second would look the same on some disks
	for _, path := range []string{cert, key} {
		if err := os.Chtimes(path, later, later); err != nil {
			t.Fatal(err)
		}
	}
	roots = x509.NewCertPool()
	roots.AddCert(second)
	for wait := 0; ; wait++ {
		answer, err := browser(host, roots, 0).Get("https://" + serverName + "/healthz")
		if err == nil {
			_ = answer.Body.Close()
			break
		}
		if wait == 100 {
			t.Fatalf("the new certificate is not shown: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// TestHalfReplacedCertificateChangesNothing: while only one of the two files is new,
// the certificate before stays in force.
func TestHalfReplacedCertificateChangesNothing(t *testing.T) {
	folder := t.TempDir()
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	certified(t, cert, key, 1)
	made, err := newCertificates(configs.Config{TLS: configs.TLS{Cert: cert, Key: key}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	serial := func() int64 {
		now = now.Add(2 * lookEvery)
		return made.files.current(now).Leaf.SerialNumber.Int64()
	}
	certified(t, cert, filepath.Join(folder, "new.pem"), 2)
	// A file system's clock may tick as seldom as every few milliseconds.
	for i, path := range []string{cert, filepath.Join(folder, "new.pem")} {
		later := time.Now().Add(time.Duration(i+1) * time.Second)
		if err := os.Chtimes(path, later, later); err != nil {
			t.Fatal(err)
		}
	}
	if got := serial(); got != 1 {
		t.Errorf("with half of the new one, certificate %d is shown", got)
	}
	if err := os.Rename(filepath.Join(folder, "new.pem"), key); err != nil {
		t.Fatal(err)
	}
	if got := serial(); got != 2 {
		t.Errorf("with both files, certificate %d is shown", got)
	}
	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	if got := serial(); got != 2 {
		t.Errorf("without the file, certificate %d is shown", got)
	}
}

// TestPlainHTTPIsSentOn: reading is sent on to HTTPS, on the port where it is; what
// changes something is refused.
func TestPlainHTTPIsSentOn(t *testing.T) {
	for port, c := range map[int]struct{ method, target, location string }{
		443:  {http.MethodGet, "http://duban.example.test:80/api/v1/tasks?q=1", "https://duban.example.test/api/v1/tasks?q=1"},
		8443: {http.MethodHead, "http://duban.example.test/", "https://duban.example.test:8443/"},
		444:  {http.MethodPost, "http://duban.example.test/api/v1/sessions", ""},
	} {
		w := httptest.NewRecorder()
		(&certificates{}).redirect(&net.TCPAddr{Port: port}).ServeHTTP(w, httptest.NewRequest(c.method, c.target, nil))
		if got := w.Header().Get("Location"); got != c.location || (w.Code == http.StatusPermanentRedirect) != (c.location != "") {
			t.Errorf("%s %s: %d to %q, want %q", c.method, c.target, w.Code, got, c.location)
		}
	}
}

// TestTLSFromAnACMEAuthority: the server gets its certificate from an ACME authority,
// here Pebble, which asks it back by TLS-ALPN-01, and keeps it in the data folder.
func TestTLSFromAnACMEAuthority(t *testing.T) {
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	listen, names := freeAddress(t), freeAddress(t)
	quiet := log.New(io.Discard, "", 0)
	resolver, err := challtestsrv.New(challtestsrv.Config{Log: quiet, DNSAddrs: []string{names}})
	if err != nil {
		t.Fatal(err)
	}
	resolver.AddDNSARecord(serverName, []string{"127.0.0.1"})
	resolver.SetDefaultDNSIPv6("")
	go resolver.Run()
	t.Cleanup(resolver.Shutdown)
	_, port, _ := net.SplitHostPort(listen)
	tlsPort, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	store := db.NewMemoryStore()
	authority := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "default"}})
	front := wfe.New(quiet, store, va.New(quiet, 80, tlsPort, false, names, store), authority, []string{"pebble.letsencrypt.org"}, false, false, 0, 0)
	directory := httptest.NewTLSServer(front.Handler())
	t.Cleanup(directory.Close)
	data := t.TempDir()
	trusted := filepath.Join(data, "authority.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: directory.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stop := serving(t, built(t), append(environment(t, dbtest.EmptySQLite(t)), "DUBAN_DATA_DIR="+data, "DUBAN_LISTEN="+listen,
		"DUBAN_TLS_ACME_DOMAINS="+serverName, "DUBAN_TLS_ACME_DIRECTORY="+directory.URL+wfe.DirectoryPath, "DUBAN_TLS_ACME_CA="+trusted))
	roots := x509.NewCertPool()
	roots.AddCert(authority.GetRootCert(0).Cert)
	for wait := 0; ; wait++ {
		answer, err := browser(listen, roots, 0).Get("https://" + serverName + "/healthz")
		if err == nil {
			_ = answer.Body.Close()
			break
		}
		if wait == 100 {
			text, _ := stop()
			t.Fatalf("no certificate of the authority: %v\n%s", err, text)
		}
		time.Sleep(200 * time.Millisecond)
	}
	// Whoever asks while it is being kept is served already.
	for wait := 0; ; wait++ {
		kept, err := os.ReadFile(filepath.Join(data, "acme", serverName))
		if strings.Contains(string(kept), "CERTIFICATE") {
			break
		}
		if wait == 100 {
			t.Fatalf("the certificate is not kept: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
