// Command provider is the OpenID provider that the page's tests sign in by: zitadel/oidc,
// a certified one, with its example storage and a form that asks who one is. Everybody
// has the same password; the groups of a person are what follows the dot of the name, so
// that a test brings along whom it needs: hong.reviewers.
//
//	provider ADDRESS REDIRECT-URL
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"html/template"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	example "github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	clientID     = "duban"
	clientSecret = "a-client-secret-of-the-test-1234"
	password     = "of-everybody"
)

var form = template.Must(template.New("form").Parse(`<!doctype html><html lang="en"><title>Provider</title>
<form method="post"><input type="hidden" name="id" value="{{.}}">
<label>Name <input name="name"></label> <label>Password <input name="password" type="password"></label>
<button>Sign in</button></form></html>`))

// storage makes every name a person of the example storage.
type storage struct{ *example.Storage }

func (s *storage) GetUserByID(id string) *example.User { return s.GetUserByUsername(id) }

func (s *storage) GetUserByUsername(name string) *example.User {
	return &example.User{ID: name, Username: name, Password: password}
}

func (s *storage) ExampleClientID() string { return "service" }

// SetUserinfoFromRequest puts what is known of a person into the ID token.
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, asked op.IDTokenRequest, _ []string) error {
	name := asked.GetSubject()
	_, group, _ := strings.Cut(name, ".")
	info.Subject = name
	info.AppendClaims("preferred_username", name)
	info.AppendClaims("name", "来自"+name)
	info.AppendClaims("groups", []string{group})
	return nil
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: provider ADDRESS REDIRECT-URL")
	}
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func serve(address, redirect string) error {
	s := &storage{}
	s.Storage = example.NewStorageWithClients(s, map[string]*example.Client{clientID: example.WebClient(clientID, clientSecret, redirect)})
	var key [32]byte
	_, _ = rand.Read(key[:])
	made, err := op.NewProvider(&op.Config{CryptoKey: key, CodeMethodS256: true, AuthMethodPost: true}, s, op.StaticIssuer("http://"+address), op.WithAllowInsecure())
	if err != nil {
		return fmt.Errorf("make the provider: %w", err)
	}
	back := op.AuthCallbackURL(made)
	mux := http.NewServeMux()
	mux.Handle("/", made)
	mux.HandleFunc("GET /login/username", func(w http.ResponseWriter, r *http.Request) {
		if err := form.Execute(w, r.URL.Query().Get("authRequestID")); err != nil {
			log.Print(err)
		}
	})
	mux.Handle("POST /login/username", op.NewIssuerInterceptor(made.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.PostFormValue("id")
		if err := s.CheckUsernamePassword(r.PostFormValue("name"), r.PostFormValue("password"), id); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		http.Redirect(w, r, back(r.Context(), id), http.StatusSeeOther)
	}))
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return http.Serve(listener, mux)
}
