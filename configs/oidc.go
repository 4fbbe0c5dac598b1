package configs

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/knadh/koanf/v2"
)

// OIDC is the OpenID provider that people may sign in by; none when Issuer is empty.
type OIDC struct {
	Issuer       string   `koanf:"issuer"`         // URL, as the provider's tokens have it
	ClientID     string   `koanf:"client_id"`      // of Duban with the provider
	ClientSecret string   `koanf:"client_secret"`  // empty for a client without one (PKCE only)
	RedirectURL  string   `koanf:"redirect_url"`   // https://this server/auth/oidc/callback, as registered with the provider
	SignedOutURL string   `koanf:"signed_out_url"` // where the provider sends the browser after signing out there; empty: it stays
	Scopes       []string `koanf:"scopes"`         // beside openid
	CA           string   `koanf:"ca"`             // PEM file that the provider's certificate is checked with; empty: those of the system
	UserInfo     bool     `koanf:"userinfo"`       // ask the userinfo endpoint too, for claims that the ID token lacks
	Create       bool     `koanf:"create"`         // accounts are made at the first sign-in; else `duban user link` comes first
	LoginClaim   string   `koanf:"login_claim"`    // login of a new account
	NameClaim    string   `koanf:"name_claim"`     // name of a new account
	Label        Label    `koanf:"label"`          // on the button of the sign-in page
	Rules        []Rule   `koanf:"rules"`          // in order: each that fits adds its grants
}

// Label is a text in both languages.
type Label struct {
	ZH string `koanf:"zh"`
	EN string `koanf:"en"`
}

// Rule gives grants to whoever a claim fits: exactly one of Equals, Contains and Matches
// is set.
type Rule struct {
	Claim    string   `koanf:"claim"`    // dots lead into objects: realm_access.roles
	Equals   string   `koanf:"equals"`   // the whole value, or of a list one of the values
	Contains string   `koanf:"contains"` // a part of it
	Matches  string   `koanf:"matches"`  // a regular expression for the whole value
	Grants   []string `koanf:"grants"`   // reviewer, reporter:440703, reporter:$1 (the first group of matches)
	Last     bool     `koanf:"last"`     // the rules after it are not looked at when it fits
}

// CallbackPath is where the provider's answers come in: the end of RedirectURL.
const CallbackPath = "/auth/oidc/callback"

var oidcKeys = []string{
	"auth.oidc.issuer", "auth.oidc.client_id", "auth.oidc.client_secret", "auth.oidc.redirect_url", "auth.oidc.signed_out_url",
	"auth.oidc.ca", "auth.oidc.userinfo", "auth.oidc.create", "auth.oidc.login_claim", "auth.oidc.name_claim", "auth.oidc.label.zh", "auth.oidc.label.en",
}

// fileKeys are set in the file only: they have no variable.
var fileKeys = []string{"auth.oidc.rules"}

func defaultOIDC() OIDC {
	return OIDC{Scopes: []string{"profile"}, LoginClaim: "preferred_username", NameClaim: "name", Label: Label{ZH: "统一身份认证登录", EN: "Sign in with the identity provider"}}
}

func (o *OIDC) read(k *koanf.Koanf) error {
	if k.Exists("auth.oidc.scopes") {
		o.Scopes = nil // a list is filled in, not replaced
	}
	return k.Unmarshal("auth.oidc", o)
}

// settings notes what is set: of the secret only whether it is.
func (o OIDC) settings(set map[string]string) {
	set["auth.oidc"] = ""
	if o.Issuer != "" {
		set["auth.oidc"] = fmt.Sprintf("%s as %s, secret %t, scopes %s, create %t, login %s, name %s",
			o.Issuer, o.ClientID, o.ClientSecret != "", strings.Join(o.Scopes, " "), o.Create, o.LoginClaim, o.NameClaim)
	}
	for i, r := range o.Rules {
		set[fmt.Sprintf("auth.oidc.rules.%02d", i+1)] = fmt.Sprintf("%s equals %q contains %q matches %q gives %s last %t",
			r.Claim, r.Equals, r.Contains, r.Matches, strings.Join(r.Grants, " "), r.Last)
	}
}

func (o OIDC) check(bad func(string, ...any)) {
	if o.Issuer == "" {
		if o.ClientID != "" || o.ClientSecret != "" || o.RedirectURL != "" || len(o.Rules) > 0 {
			bad("auth.oidc.issuer is empty: set the URL of the provider, or nothing below auth.oidc")
		}
		return
	}
	for key, value := range map[string]string{"issuer": o.Issuer, "redirect_url": o.RedirectURL, "signed_out_url": o.SignedOutURL} {
		if value == "" && key == "signed_out_url" {
			continue
		}
		u, err := url.Parse(value)
		switch {
		case err != nil || u.Host == "" || u.Fragment != "" || u.Scheme != "https" && !(u.Scheme == "http" && local(u.Hostname())):
			bad("auth.oidc.%s is %q: set an https URL (http only for this machine)", key, value)
		case key == "redirect_url" && (u.Path != CallbackPath || u.RawQuery != ""):
			bad("auth.oidc.redirect_url is %q: it must end in %s", value, CallbackPath)
		}
	}
	if o.ClientID == "" {
		bad("auth.oidc.client_id is empty: set what the provider calls this system")
	}
	if len(o.Rules) == 0 {
		bad("auth.oidc.rules is empty: without a rule nobody can sign in by the provider")
	}
	if o.LoginClaim == "" || o.NameClaim == "" {
		bad("auth.oidc.login_claim and auth.oidc.name_claim must name claims, for example preferred_username and name")
	}
	if o.CA != "" {
		if _, err := os.Stat(o.CA); err != nil {
			bad("auth.oidc.ca cannot be read: %w", err)
		}
	}
}

func local(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}
