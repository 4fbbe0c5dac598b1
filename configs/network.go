package configs

import (
	"net"
	"net/url"
	"os"
	"strings"
)

// TLS says how the server speaks HTTPS itself: with a certificate from files or from
// an ACME authority. With neither it speaks plain HTTP, for a proxy in front.
type TLS struct {
	Cert     string `koanf:"cert"`     // PEM file: the certificate, then its chain; read again when it changes
	Key      string `koanf:"key"`      // PEM file of its private key
	Redirect string `koanf:"redirect"` // host:port where plain HTTP is sent on to HTTPS; empty: nowhere
	ACME     ACME   `koanf:"acme"`
}

// ACME says where certificates are asked for (RFC 8555). Naming domains accepts the
// terms of the authority.
type ACME struct {
	Domains   []string `koanf:"domains"`   // the names of this server
	Email     string   `koanf:"email"`     // who is told when something is wrong; may be empty
	Directory string   `koanf:"directory"` // URL of the authority; empty: Let's Encrypt
	CA        string   `koanf:"ca"`        // PEM file that the authority's own certificate is checked with; empty: those of the system
}

// On reports whether the server speaks HTTPS itself.
func (t TLS) On() bool { return t.Cert != "" || t.Key != "" || len(t.ACME.Domains) > 0 }

// HTTPS reports whether browsers come by HTTPS, to the server itself or to a proxy.
func (c Config) HTTPS() bool { return c.SecureCookies || c.TLS.On() }

// defaultConnections is how many connections are open at the same time at most.
const defaultConnections = 4096

func (t TLS) check(bad func(string, ...any)) {
	switch {
	case (t.Cert != "" || t.Key != "") && len(t.ACME.Domains) > 0:
		bad("tls.cert and tls.acme.domains are both set: take the certificate from files or from an ACME authority")
	case (t.Cert == "") != (t.Key == ""):
		bad("tls.cert and tls.key belong together: set both, or neither")
	case !t.On() && t.Redirect != "":
		bad("tls.redirect is set without TLS: set tls.cert and tls.key, or tls.acme.domains")
	case len(t.ACME.Domains) == 0 && (t.ACME.Email != "" || t.ACME.Directory != "" || t.ACME.CA != ""):
		bad("tls.acme.domains is empty: set the names of this server, or nothing below tls.acme")
	}
	for _, name := range t.ACME.Domains {
		if strings.ContainsAny(name, "*/: ") || !strings.Contains(name, ".") || net.ParseIP(name) != nil {
			bad("tls.acme.domains: %q is not a full name such as duban.example.gov.cn", name)
		}
	}
	if u, err := url.Parse(t.ACME.Directory); t.ACME.Directory != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		bad("tls.acme.directory is %q: set a URL such as https://acme.example.gov.cn/directory", t.ACME.Directory)
	}
	if t.Redirect != "" {
		if _, _, err := net.SplitHostPort(t.Redirect); err != nil {
			bad("tls.redirect is %q: set host:port, for example :80", t.Redirect)
		}
	}
	for key, path := range map[string]string{"tls.cert": t.Cert, "tls.key": t.Key, "tls.acme.ca": t.ACME.CA} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			bad("%s cannot be read: %w", key, err)
		}
	}
}
