package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"time"

	"duban/api"
	"duban/configs"
	"duban/workflow"
	"duban/workflow/sso"
)

// newSSO returns the OpenID provider that is configured; nil when there is none.
func newSSO(c configs.OIDC, secret []byte) (*api.SSO, error) {
	if c.Issuer == "" {
		return nil, nil
	}
	list := make([]sso.Rule, len(c.Rules))
	for i, r := range c.Rules {
		list[i] = sso.Rule(r)
	}
	rules, err := sso.NewRules(list)
	if err != nil {
		return nil, fmt.Errorf("auth.oidc.rules: %w", err)
	}
	config := sso.Config{
		Issuer: c.Issuer, ClientID: c.ClientID, ClientSecret: c.ClientSecret, RedirectURL: c.RedirectURL, SignedOutURL: c.SignedOutURL,
		Scopes: c.Scopes, UserInfo: c.UserInfo, LoginClaim: c.LoginClaim, NameClaim: c.NameClaim, MayCreate: c.Create, Rules: rules,
	}
	if c.CA != "" {
		if config.CA, err = os.ReadFile(c.CA); err != nil {
			return nil, fmt.Errorf("auth.oidc.ca: %w", err)
		}
	}
	provider, err := sso.New(config)
	if err != nil {
		return nil, fmt.Errorf("auth.oidc.ca: %w", err)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "duban sign-in under way", 32)
	if err != nil {
		return nil, err
	}
	return &api.SSO{Provider: provider, Label: workflow.Text{ZH: c.Label.ZH, EN: c.Label.EN}, Key: key}, nil
}

// meet asks the provider what it is before the first person needs it. One that does not
// answer is a warning: people sign in by password, and it is asked again when needed.
func meet(ctx context.Context, provider *sso.Provider, log *slog.Logger) {
	timed, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := provider.Discover(timed); err != nil {
		log.Warn("the identity provider does not answer; signing in by password works", "issuer", provider.Issuer(), "error", err)
	}
}
