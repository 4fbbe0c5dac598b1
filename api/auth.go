package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"duban/workflow"
)

// sessionCookie makes the cookie of a session. It carries no expiry: it ends with
// the browser, and the server ends the session by its own clock.
type sessionCookie struct{ secure bool }

func (k sessionCookie) name() string {
	if k.secure {
		return "__Host-duban"
	}
	return "duban"
}

func (k sessionCookie) holding(secret string) http.Cookie {
	return http.Cookie{Name: k.name(), Value: secret, Path: "/", HttpOnly: true, Secure: k.secure, SameSite: http.SameSiteLaxMode}
}

func (k sessionCookie) cleared() http.Cookie {
	c := k.holding("")
	c.MaxAge = -1
	return c
}

// addressOf returns how the address of a request is found out.
func addressOf(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		p = p.Masked()
		options = append(options, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// authenticate finds out who asks, by bearer token or by cookie, before anything
// of the request is looked at.
func (s *server) authenticate(ctx huma.Context, next func(huma.Context)) {
	r := requestOf(ctx.Context())
	err := s.identify(r, ctx.Operation())
	if a, ok := ctx.Operation().Metadata[accessKey].(Access); err == nil && ok && a.Audience != Public {
		if err = a.fits(r.actor.Credential); err != nil {
			err = s.service.RefusedRead(ctx.Context(), r.actor, ctx.Operation().OperationID, err)
		}
	}
	if err != nil {
		_ = huma.WriteErr(s.api, ctx, 0, "", err) // writes to the log itself what fails
		return
	}
	next(ctx)
}

func (s *server) identify(r *request, o *huma.Operation) error {
	authorization := r.http.Header.Get("Authorization")
	if authorization == "" {
		// A browser sends the cookie by itself, also for pages of others.
		if err := s.cross.Check(r.http); err != nil {
			return workflow.NewError(workflow.Forbidden, "cross_origin", "拒绝来自其他网站的请求", "Requests from other sites are refused").Because(err)
		}
	}
	if len(o.Security) == 0 { // public
		return nil
	}
	secret, ok := s.credential(r.http, authorization)
	if !ok {
		return workflow.NewError(workflow.Unauthenticated, "unauthenticated", "请先登录", "Please sign in")
	}
	whose := s.service.Authenticate
	if o.Metadata[polledKey] != nil {
		whose = s.service.Recognise
	}
	who, err := whose(r.http.Context(), secret)
	if err != nil {
		r.refusedSecret = workflow.KindOf(err) == workflow.Unauthenticated
		return err
	}
	who.Channel, who.Address, who.RequestID = r.actor.Channel, r.actor.Address, r.actor.RequestID
	r.actor, r.secret = who, secret
	if authorization != "" {
		s.usedToken(r)
	}
	return nil
}

// credential returns the secret that the request shows. A header counts alone: a
// wrong one is not made good by a cookie.
func (s *server) credential(req *http.Request, authorization string) (string, bool) {
	if authorization != "" {
		scheme, secret, _ := strings.Cut(authorization, " ")
		secret = strings.TrimSpace(secret)
		return secret, strings.EqualFold(scheme, "Bearer") && secret != ""
	}
	cookie, err := req.Cookie(s.cookie.name())
	if err != nil {
		return "", false
	}
	return cookie.Value, cookie.Value != ""
}
