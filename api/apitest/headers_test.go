package apitest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"duban/api"
	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

var styleElement = regexp.MustCompile(`(?s)<style>(.*?)</style>`)

// TestPoliciesAllowWhatPagesHaveAndNoMore: each page runs no inline script, allows the
// style that it brings by digest, and may be put into no frame.
func TestPoliciesAllowWhatPagesHaveAndNoMore(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for path, scripts := range map[string]string{
		"/": "script-src 'self'", "/app/tasks/1": "script-src 'self'", "/api/docs": "script-src 'self'", "/nowhere": "",
		"/api/v1/campaigns/jm-2023/periods/2023-h1/lag-table?format=html": "", "/api/v1/tasks": "",
	} {
		a := w.do("reviewer", http.MethodGet, path, "")
		policy := a.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action "} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy %q lacks %s", path, policy, part)
			}
		}
		if at := strings.Index(policy, "script-src"); at < 0 != (scripts == "") || at >= 0 && !strings.HasPrefix(policy[at:], scripts+";") {
			t.Errorf("%s: the policy is %q, want scripts %q", path, policy, scripts)
		}
		styles := styleElement.FindAllStringSubmatch(a.raw, -1)
		for _, style := range styles {
			sum := sha256.Sum256([]byte(style[1]))
			if !strings.Contains(policy, base64.StdEncoding.EncodeToString(sum[:])) {
				t.Errorf("%s: the policy %q forbids the style of the page", path, policy)
			}
		}
		if strings.Contains(a.raw, "<!DOCTYPE") && path != "/api/docs" && ((len(styles) == 1) != (scripts == "") || strings.Contains(policy, "unsafe")) {
			t.Errorf("%s: %d styles, policy %q", path, len(styles), policy)
		}
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Cross-Origin-Opener-Policy") != "same-origin" || a.header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: %v", path, a.header)
		}
	}
	tls := newWorld(t, dbtest.SQLite(t), func(o *api.Options) { o.SecureCookies = true })
	if a := tls.do("", http.MethodGet, "/", ""); !strings.HasPrefix(a.header.Get("Strict-Transport-Security"), "max-age=") {
		t.Error("browsers that come by HTTPS are not told to stay")
	}
}

// TestFormsOfOthersAreRefused: what a form of another page can send by itself, which
// is without a preflight, changes nothing: with a cookie or without, and whatever it
// says that it is.
func TestFormsOfOthersAreRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	cookie, _, _ := strings.Cut(w.do("", "POST", "/api/v1/sessions", credentials).header.Get("Set-Cookie"), ";")
	report := "/api/v1/tasks/{440703-01}/report"
	var all []scenario
	for _, kind := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"} {
		for _, with := range [][]string{{"Cookie", cookie}, {}} {
			foreign := append([]string{"Content-Type", kind, "Sec-Fetch-Site", "cross-site"}, with...)
			all = append(all, scenario{name: kind + " from elsewhere " + strings.Join(with, " "), method: "POST", path: report, body: reportStations, headers: foreign, status: 403, code: "cross_origin"})
		}
		all = append(all,
			scenario{name: kind + " from a browser that says nothing", method: "POST", path: report, body: reportStations, headers: []string{"Content-Type", kind, "Cookie", cookie}, status: 415, code: "body.content_type"},
			scenario{name: kind + " from null", method: "POST", path: "/api/v1/sessions", body: credentials, headers: []string{"Content-Type", kind, "Origin", "null"}, status: 403, code: "cross_origin"})
	}
	signOut := []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site"}
	all = append(all,
		scenario{name: "signing somebody out", method: "DELETE", path: "/api/v1/session", headers: signOut, status: 403, code: "cross_origin"},
		scenario{name: "by a method that is none", method: "PUT", path: "/api/v1/session", headers: signOut, status: 405, code: "route.method"})
	w.play(t, all)
}

// TestAnAddressIsBelievedFromTrustedProxiesOnly: whatever headers a caller invents, the
// address is that of the last hop that is no proxy of ours.
func TestAnAddressIsBelievedFromTrustedProxiesOnly(t *testing.T) {
	ours := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.1.0.0/16")}
	for name, c := range map[string]struct {
		proxies []netip.Prefix
		headers []string
		want    string
	}{
		"nobody is trusted":           {nil, []string{"X-Forwarded-For", "203.0.113.9", "X-Real-Ip", "203.0.113.9", "Forwarded", "for=203.0.113.9"}, "127.0.0.1"},
		"another network is trusted":  {ours[1:], []string{"X-Forwarded-For", "203.0.113.9"}, "127.0.0.1"},
		"invented before the proxy":   {ours, []string{"X-Forwarded-For", "192.0.2.1, 203.0.113.9"}, "203.0.113.9"},
		"invented as one of ours":     {ours, []string{"X-Forwarded-For", "10.1.0.5, 203.0.113.9"}, "203.0.113.9"},
		"through two of ours":         {ours, []string{"X-Forwarded-For", "203.0.113.9, 10.1.0.5"}, "203.0.113.9"},
		"X-Real-IP is never believed": {ours, []string{"X-Real-Ip", "203.0.113.9"}, "127.0.0.1"},
		"garbage":                     {ours, []string{"X-Forwarded-For", "<script>"}, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t), func(o *api.Options) { o.TrustedProxies = c.proxies })
			w.do("pengjiang", http.MethodPost, "/api/v1/tasks/{440703-01}/report", reportStations, c.headers...)
			list, err := w.service.TaskEvents(t.Context(), workflow.Actor{Grants: []workflow.Grant{{Role: workflow.Auditor}}}, w.ids["440703-01"], 1, 1)
			must(t, err)
			if list[0].Address != c.want {
				t.Errorf("the event has %s, want %s", list[0].Address, c.want)
			}
		})
	}
}
