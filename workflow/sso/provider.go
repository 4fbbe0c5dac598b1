// Package sso is Duban's side of OpenID Connect: it sends a browser to the provider
// (authorization code with PKCE), checks what comes back, and makes a workflow.Identity
// of it by the rules that are configured. Who is let in is decided by workflow.
package sso

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"duban/workflow"
)

// Config is what is known of a provider beforehand.
type Config struct {
	Issuer, ClientID, ClientSecret string
	RedirectURL                    string   // of Duban's callback, exactly as registered with the provider
	Scopes                         []string // beside openid
	CA                             []byte   // PEM: what the provider's certificate is checked with; empty: the system's
	SignedOutURL                   string   // where the provider sends the browser after signing out there; empty: it stays
	UserInfo                       bool     // also ask the provider's userinfo, for claims that are not in the ID token
	LoginClaim, NameClaim          string   // of a new account
	MayCreate                      bool     // accounts are made at the first sign-in
	Rules                          Rules
}

// algorithms are the signatures that an ID token may have: asymmetric ones only, so
// neither "none" nor one made with the client's secret.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// pause is how long a provider that could not be reached is left alone.
const pause = 5 * time.Second

// patience is how long the provider may take for one answer.
const patience = 10 * time.Second

// Provider is an OpenID provider. It is safe for parallel use.
type Provider struct {
	config Config
	client *http.Client

	mu     sync.Mutex
	found  *discovered
	failed time.Time // when it could not be reached last
}

// discovered is what the provider says of itself.
type discovered struct {
	provider   *oidc.Provider
	verifier   *oidc.IDTokenVerifier
	oauth      oauth2.Config
	EndSession string `json:"end_session_endpoint"`
	SendsIss   bool   `json:"authorization_response_iss_parameter_supported"`
}

// New returns the provider. It asks it nothing yet: one that cannot be reached keeps
// nobody from signing in by password.
func New(c Config) (*Provider, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if len(c.CA) > 0 {
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(c.CA) {
			return nil, fmt.Errorf("there is no certificate in PEM form")
		}
		transport.TLSClientConfig.RootCAs = roots
	}
	return &Provider{config: c, client: &http.Client{Timeout: patience, Transport: transport}}, nil
}

// Issuer returns the URL of the provider.
func (p *Provider) Issuer() string { return p.config.Issuer }

// Discover asks the provider what it is, unless it has said so. It answers with an
// error of kind Unavailable when it does not.
func (p *Provider) Discover(ctx context.Context) error {
	_, err := p.discover(ctx)
	return err
}

func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if time.Since(p.failed) < pause {
		return nil, unavailable()
	}
	// Keys are fetched later with this context: it must not end with the request.
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), p.client)
	found, err := oidc.NewProvider(lasting, p.config.Issuer)
	if err != nil {
		p.failed = time.Now()
		return nil, unavailable().Because(err)
	}
	d := &discovered{
		provider: found,
		verifier: found.VerifierContext(lasting, &oidc.Config{ClientID: p.config.ClientID, SupportedSigningAlgs: algorithms}),
		oauth: oauth2.Config{
			ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: found.Endpoint(),
			RedirectURL: p.config.RedirectURL, Scopes: append([]string{oidc.ScopeOpenID}, p.config.Scopes...),
		},
	}
	if err := found.Claims(d); err != nil {
		return nil, unavailable().Because(err)
	}
	p.found = d
	return d, nil
}

// Flow is one sign-in under way. It is kept with the browser that began it, and only
// there.
type Flow struct {
	State    string    `json:"s"` // comes back with the answer
	Nonce    string    `json:"n"` // stands in the ID token
	Verifier string    `json:"v"` // of PKCE
	Return   string    `json:"r"` // where the browser goes afterwards, a path here
	Until    time.Time `json:"u"`
}

// Begin returns where to send the browser for a flow.
func (p *Provider) Begin(ctx context.Context, f Flow) (string, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	return d.oauth.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), nil
}

// Finish exchanges the code that came back for the person's identity. state and iss are
// what came back with it; iss may be empty when the provider does not send one.
func (p *Provider) Finish(ctx context.Context, f Flow, code, state, iss string) (workflow.Identity, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return workflow.Identity{}, err
	}
	if f.State == "" || subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) != 1 {
		return workflow.Identity{}, refused("sso.state", "登录请求与本浏览器发起的不符，请重新登录", "The sign-in is not the one that this browser began; sign in again")
	}
	if iss != p.config.Issuer && (iss != "" || d.SendsIss) { // RFC 9207
		return workflow.Identity{}, refused("sso.issuer", "应答来自另一个身份提供方", "The answer is from another provider")
	}
	asking := oidc.ClientContext(ctx, p.client)
	token, err := d.oauth.Exchange(asking, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return workflow.Identity{}, refused("sso.code", "身份提供方不接受此登录，请重新登录", "The provider does not accept the sign-in; sign in again").Because(err)
	}
	raw, _ := token.Extra("id_token").(string)
	claims, err := p.check(asking, d, raw, f.Nonce)
	if err != nil {
		return workflow.Identity{}, err
	}
	if p.config.UserInfo {
		info, err := d.provider.UserInfo(asking, oauth2.StaticTokenSource(token))
		if err != nil {
			return workflow.Identity{}, unavailable().Because(err)
		}
		if info.Subject != textAt(claims, "sub") {
			return workflow.Identity{}, refused("sso.subject", "身份提供方的应答不是同一个人", "The provider's answers are not about the same person")
		}
		more := map[string]any{}
		if err := info.Claims(&more); err != nil {
			return workflow.Identity{}, unavailable().Because(err)
		}
		for name, value := range more {
			if _, signed := claims[name]; !signed {
				claims[name] = value
			}
		}
	}
	return p.identity(claims), nil
}

// check returns the claims of an ID token that is for this client and this flow.
func (p *Provider) check(ctx context.Context, d *discovered, raw, nonce string) (map[string]any, error) {
	token, err := d.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, refused("sso.token", "身份提供方的凭证无效或已过期，请重新登录", "The provider's token is not valid or has expired; sign in again").Because(err)
	}
	if nonce == "" || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return nil, refused("sso.nonce", "身份提供方的凭证不属于本次登录，请重新登录", "The provider's token is not for this sign-in; sign in again")
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return nil, refused("sso.token", "身份提供方的凭证无法读取", "The provider's token cannot be read").Because(err)
	}
	// OpenID Connect Core 3.1.3.7, 4 and 5: of several audiences, this one must have asked.
	if azp := textAt(claims, "azp"); azp != p.config.ClientID && (azp != "" || len(token.Audience) > 1) {
		return nil, refused("sso.token", "身份提供方的凭证是给另一个系统的", "The provider's token is for another system")
	}
	return claims, nil
}

func (p *Provider) identity(claims map[string]any) workflow.Identity {
	return workflow.Identity{
		Issuer: p.config.Issuer, Subject: textAt(claims, "sub"), Login: textAt(claims, p.config.LoginClaim), Name: textAt(claims, p.config.NameClaim),
		Grants: p.config.Rules.Grants(claims), MayCreate: p.config.MayCreate,
	}
}

// SignOut returns where the browser goes to end its session with the provider too
// (RP-initiated logout); empty when the provider has no such place, or has not been
// met yet.
func (p *Provider) SignOut() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil || p.found.EndSession == "" {
		return ""
	}
	end, err := url.Parse(p.found.EndSession)
	if err != nil {
		return ""
	}
	query := end.Query()
	query.Set("client_id", p.config.ClientID)
	if p.config.SignedOutURL != "" {
		query.Set("post_logout_redirect_uri", p.config.SignedOutURL)
	}
	end.RawQuery = query.Encode()
	return end.String()
}

// SignedOut returns the subject whose session with the provider has ended, from a
// logout token that the provider sent (OpenID Connect Back-Channel Logout 1.0).
func (p *Provider) SignedOut(ctx context.Context, raw string) (subject string, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	token, err := d.verifier.VerifyLogout(oidc.ClientContext(ctx, p.client), raw)
	if err != nil || token.Subject == "" {
		return "", refused("sso.logout", "退出通知无效", "The logout token is not valid, or names nobody").Because(err)
	}
	return token.Subject, nil
}

func refused(code, zh, en string) *workflow.Error {
	return workflow.NewError(workflow.Unauthenticated, code, zh, en)
}

func unavailable() *workflow.Error {
	return workflow.NewError(workflow.Unavailable, "sso.unavailable", "统一身份认证暂时无法连接，请稍后再试，或用密码登录", "The identity provider cannot be reached now; try again later, or sign in by password")
}
