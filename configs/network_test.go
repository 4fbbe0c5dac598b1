package configs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNetworkThatCannotBeIsRefused: start-up stops with a sentence that names the
// setting and says what to set.
func TestNetworkThatCannotBeIsRefused(t *testing.T) {
	folder := t.TempDir()
	here := filepath.Join(folder, "here.pem")
	if err := os.WriteFile(here, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const oidc = "auth: {oidc: {client_id: duban, rules: [{claim: g, equals: x, grants: [reviewer]}], "
	for text, part := range map[string]string{
		"tls: {cert: " + here + "}": "tls.cert and tls.key belong together",
		"tls: {cert: " + here + ", key: " + here + ", acme: {domains: [a.example]}}": "are both set",
		"tls: {cert: " + here + ", key: " + folder + "/gone.pem}":                    "tls.key cannot be read",
		"tls: {redirect: ':80'}":                                         "tls.redirect is set without TLS",
		"tls: {acme: {email: a@example.org}}":                            "tls.acme.domains is empty",
		"tls: {acme: {domains: [192.0.2.1]}}":                            "is not a full name",
		"tls: {acme: {domains: ['*.example.org']}}":                      "is not a full name",
		"tls: {acme: {domains: [a.example.org], directory: 'http://x'}}": "tls.acme.directory",
		"tls: {acme: {domains: [a.example.org]}, redirect: '80'}":        "set host:port",
		"max_connections: 0":                                             "max_connections is 0",
		"log: {security: ''}":                                            "log.security is empty",
		"auth: {oidc: {client_id: x}}":                                   "auth.oidc.issuer is empty",
		"auth: {oidc: {isuer: x}}":                                       "unknown key auth.oidc.isuer",
		oidc + "issuer: 'http://login.example.org', redirect_url: 'https://d.example/auth/oidc/callback'}}":                   "auth.oidc.issuer is",
		oidc + "issuer: 'https://login.example.org', redirect_url: 'https://d.example/callback'}}":                            "must end in /auth/oidc/callback",
		oidc + "issuer: 'https://login.example.org', redirect_url: 'https://d.example/auth/oidc/callback', login_claim: ''}}": "login_claim",
		"auth: {oidc: {issuer: 'https://login.example.org', redirect_url: 'https://d.example/auth/oidc/callback'}}":           "auth.oidc.client_id is empty",
	} {
		path := filepath.Join(folder, "duban.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path, nil); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, want %q", text, err, part)
		}
	}
	c, err := Load("", []string{"DUBAN_TLS_ACME_DOMAINS=a.example.org,b.example.org"})
	if err != nil || !c.HTTPS() || len(c.TLS.ACME.Domains) != 2 {
		t.Errorf("two names: %+v, %v", c.TLS, err)
	}
}

// TestListsAreReplaced: the scopes of the file are those that are asked for, also when
// there are none; the secret of the client is never shown.
func TestListsAreReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.yaml")
	if err := os.WriteFile(path, []byte("auth: {oidc: {issuer: 'https://login.example.org', client_id: duban, scopes: [], redirect_url: 'https://d.example/auth/oidc/callback', rules: [{claim: g, equals: x, grants: [reviewer], last: true}]}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, []string{"DUBAN_AUTH_OIDC_CLIENT_SECRET=a-very-private-thing"})
	if err != nil || len(c.OIDC.Scopes) != 0 || c.OIDC.ClientSecret == "" || len(c.OIDC.Rules) != 1 || !c.OIDC.Rules[0].Last {
		t.Fatalf("%+v, %v", c.OIDC, err)
	}
	for key, value := range c.Settings() {
		if strings.Contains(value, "private") {
			t.Errorf("%s shows %s", key, value)
		}
	}
}
