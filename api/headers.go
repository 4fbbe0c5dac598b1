package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// everywhere are the security headers of every answer. Nobody keeps what is
// answered, no other site may embed or read it, and an answer that is shown as a page
// by mistake can do nothing. Pages, which need more, set their own
// Content-Security-Policy (pagePolicy) and what may be kept of them.
var everywhere = map[string]string{
	"X-Content-Type-Options":            "nosniff",
	"Referrer-Policy":                   "same-origin",
	"Content-Security-Policy":           "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"Cross-Origin-Opener-Policy":        "same-origin",
	"Cross-Origin-Resource-Policy":      "same-origin",
	"Permissions-Policy":                "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
	"X-Frame-Options":                   "DENY",
	"X-Permitted-Cross-Domain-Policies": "none",
	"Cache-Control":                     "no-store",
	"Vary":                              "Accept-Language, Cookie, Authorization",
}

// overTLS tells browsers to come back by HTTPS only, for a year (RFC 6797). Other
// hosts below the same domain are not Duban's to speak for.
const overTLS = "max-age=31536000"

// secure sets the headers of every answer. A browser that came through a proxy by
// HTTPS is told by the configuration.
func (s *server) secure(head http.Header, r *http.Request) {
	for name, value := range everywhere {
		head.Set(name, value)
	}
	if r.TLS != nil || s.cookie.secure {
		head.Set("Strict-Transport-Security", overTLS)
	}
}

// pagePolicy is the Content-Security-Policy of a page with scripts: these, styles,
// pictures, fonts and data from this server only, nothing inline, in no frame. styles
// are further sources of styles: 'unsafe-inline' is for scripts that write style
// elements or style attributes into HTML. What scripts set through element.style needs
// nothing.
func pagePolicy(styles string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'" + styles + "; img-src 'self' data: blob:; font-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// stillPolicy is that of a page without scripts, which brings its style.
func stillPolicy(page []byte) string {
	return "default-src 'none'; style-src " + styleIn(page) + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// styleIn names the first style element of a page by its digest, so that no other may
// be put into it.
func styleIn(page []byte) string {
	_, rest, _ := bytes.Cut(page, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	sum := sha256.Sum256(style)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
