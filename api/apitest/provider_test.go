package apitest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	example "github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"duban/api"
	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/sso"
)

// provider is a real OpenID provider (zitadel/oidc, a certified one) with its example
// storage. Whoever comes to sign in is the person of the moment; a test may change what
// its token endpoint answers.
type provider struct {
	*example.Storage
	t      *testing.T
	server *httptest.Server

	mu     sync.Mutex
	who    string         // subject of the person of the moment
	claims map[string]any // said of that person
	forge  func(claims map[string]any) (token string)
}

const (
	clientID     = "duban"
	clientSecret = "a-client-secret-of-the-test-1234"
)

// newProvider starts a provider that knows one client.
func newProvider(t *testing.T, redirect string) *provider {
	t.Helper()
	p := &provider{t: t}
	p.Storage = example.NewStorageWithClients(p, map[string]*example.Client{clientID: example.WebClient(clientID, clientSecret, redirect)})
	mux := http.NewServeMux()
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	var key [32]byte
	_, _ = rand.Read(key[:])
	made, err := op.NewProvider(&op.Config{CryptoKey: key, CodeMethodS256: true, AuthMethodPost: true}, p, op.StaticIssuer(p.server.URL),
		op.WithAllowInsecure(), op.WithLogger(slog.New(slog.DiscardHandler)))
	must(t, err)
	callback := op.AuthCallbackURL(made)
	mux.Handle("/login/username", op.NewIssuerInterceptor(made.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("authRequestID")
		p.mu.Lock()
		defer p.mu.Unlock()
		if err := p.CheckUsernamePassword(p.who, clientSecret, id); err != nil {
			t.Error(err)
		}
		http.Redirect(w, r, callback(r.Context(), id), http.StatusFound)
	}))
	mux.Handle("/", made)
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) { p.token(w, r, made) })
	return p
}

// token answers as the provider does, or with a token that a test forged from its own.
func (p *provider) token(w http.ResponseWriter, r *http.Request, real http.Handler) {
	p.mu.Lock()
	forge := p.forge
	p.mu.Unlock()
	if forge == nil {
		real.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	real.ServeHTTP(answer, r)
	var body map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || body["id_token"] == nil {
		p.t.Errorf("the provider answers %d %s", answer.Code, answer.Body)
		return
	}
	_, payload, _ := strings.Cut(body["id_token"].(string), ".")
	payload, _, _ = strings.Cut(payload, ".")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	claims := map[string]any{}
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		p.t.Errorf("the token has %q, %v", raw, err)
	}
	body["id_token"] = forge(claims)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// sign makes a token with the provider's own key, or another.
func (p *provider) sign(claims map[string]any, key jose.SigningKey) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	if key.Key == nil {
		own, err := p.SigningKey(context.Background())
		if err != nil {
			p.t.Error(err)
		}
		key = jose.SigningKey{Algorithm: own.SignatureAlgorithm(), Key: jose.JSONWebKey{Key: own.Key(), KeyID: own.ID()}}
	}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		p.t.Error(err)
		return ""
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		p.t.Error(err)
	}
	return token
}

// is makes somebody the person of the moment.
func (p *provider) is(subject string, claims map[string]any, forge func(map[string]any) string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.who, p.claims, p.forge = subject, claims, forge
}

// GetUserByID and the two after it make every subject a user of the example storage.
func (p *provider) GetUserByID(id string) *example.User { return p.GetUserByUsername(id) }

func (p *provider) GetUserByUsername(name string) *example.User {
	return &example.User{ID: name, Username: name, Password: clientSecret}
}

func (p *provider) ExampleClientID() string { return "service" }

// SetUserinfoFromRequest puts the claims of the moment into the ID token.
func (p *provider) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, asked op.IDTokenRequest, _ []string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	info.Subject = asked.GetSubject()
	for name, value := range p.claims {
		info.AppendClaims(name, value)
	}
	return nil
}

// ssoWorld is a world whose people may come from a provider.
type ssoWorld struct {
	*world
	provider *provider
	security *lines
}

var ssoRules = []sso.Rule{
	{Claim: "groups", Equals: "reviewers", Grants: []string{"reviewer"}},
	{Claim: "groups", Equals: "auditors", Grants: []string{"auditor"}},
	{Claim: "org.regions", Matches: "district-([0-9]{6})", Grants: []string{"reporter:$1"}},
}

func newSSOWorld(t *testing.T) *ssoWorld {
	t.Helper()
	// The provider knows Duban's address before Duban is there.
	var behind *httputil.ReverseProxy
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { behind.ServeHTTP(w, r) }))
	t.Cleanup(front.Close)
	w := &ssoWorld{provider: newProvider(t, front.URL+"/auth/oidc/callback"), security: &lines{}}
	rules, err := sso.NewRules(ssoRules)
	must(t, err)
	found, err := sso.New(sso.Config{
		Issuer: w.provider.server.URL, ClientID: clientID, ClientSecret: clientSecret, RedirectURL: front.URL + "/auth/oidc/callback",
		Scopes: []string{"profile"}, LoginClaim: "preferred_username", NameClaim: "name", MayCreate: true, Rules: rules,
	})
	must(t, err)
	w.world = newWorld(t, dbtest.SQLite(t), func(o *api.Options) {
		o.SSO = &api.SSO{Provider: found, Label: workflow.Text{ZH: "统一身份认证", EN: "Provider"}, Key: bytes.Repeat([]byte{7}, 32)}
		o.Security = newSecurityLog(w.security, o.Service)
	})
	at, err := url.Parse(w.url)
	must(t, err)
	behind = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(at); r.Out.Host = r.In.Host }}
	w.url = front.URL
	return w
}

// visitor is somebody's browser.
type visitor struct {
	*http.Client
	t    *testing.T
	came []string // where it was sent, oldest first
}

func newVisitor(t *testing.T) *visitor {
	jar, err := cookiejar.New(nil)
	must(t, err)
	v := &visitor{t: t}
	v.Client = &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		v.came = append(v.came, r.URL.String())
		return nil
	}}
	return v
}

// open goes to an address, follows where it is sent, and returns what it ends at.
func (v *visitor) open(address string) (status int, body string) {
	v.t.Helper()
	answer, err := v.Get(address)
	must(v.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(v.t, err)
	return answer.StatusCode, string(text)
}

// signIn signs the person of the moment in and returns what the page after it says.
func (v *visitor) signIn(w *ssoWorld) (status int, body string) {
	return v.open(w.url + "/auth/oidc/login?return_to=" + url.QueryEscape("/api/v1/session"))
}

// callback is where the provider sent the browser back to.
func (v *visitor) callback() string {
	for _, to := range v.came {
		if strings.Contains(to, "/auth/oidc/callback?") {
			return to
		}
	}
	v.t.Fatalf("the browser was never sent back: %v", v.came)
	return ""
}

// hasSession reports whether the browser is signed in.
func (v *visitor) hasSession(w *ssoWorld) bool {
	status, _ := v.open(w.url + "/api/v1/session")
	return status == http.StatusOK
}
