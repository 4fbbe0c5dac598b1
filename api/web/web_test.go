package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAssetsComeInTheBestCodingAndMissingOnesAreMissing(t *testing.T) {
	s, err := New(fstest.MapFS{
		"index.html":         {Data: []byte("<!DOCTYPE html>")},
		"assets/a-1.js":      {Data: []byte("plain")},
		"assets/a-1.js.gz":   {Data: []byte("zipped")},
		"assets/a-1.js.br":   {Data: []byte("brotli")},
		"assets/only-2.css":  {Data: []byte("style")},
		"assets/icon-3.woff": {Data: []byte("font")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, accept, coding, body, kind string }{
		{"a-1.js", "gzip, deflate, br", "br", "brotli", "text/javascript; charset=utf-8"},
		{"a-1.js", "gzip;q=0.5", "gzip", "zipped", "text/javascript; charset=utf-8"},
		{"a-1.js", "br;q=0, gzip; q=0.000", "", "plain", "text/javascript; charset=utf-8"},
		{"a-1.js", "", "", "plain", "text/javascript; charset=utf-8"},
		{"only-2.css", "br", "", "style", "text/css; charset=utf-8"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/assets/"+c.name, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		if !s.ServeAsset(w, r, c.name) {
			t.Fatalf("%s is missing", c.name)
		}
		body, _ := io.ReadAll(w.Result().Body)
		if w.Header().Get("Content-Encoding") != c.coding || string(body) != c.body || w.Header().Get("Content-Type") != c.kind {
			t.Errorf("%+v: got %v %q", c, w.Header(), body)
		}
		again := httptest.NewRequest(http.MethodGet, "/assets/"+c.name, nil)
		again.Header.Set("Accept-Encoding", c.accept)
		again.Header.Set("If-None-Match", w.Header().Get("ETag"))
		second := httptest.NewRecorder()
		s.ServeAsset(second, again, c.name)
		if second.Code != http.StatusNotModified {
			t.Errorf("%+v: asked again it answers %d", c, second.Code)
		}
	}
	for _, name := range []string{"b-1.js", "", "../index.html", "a-1.js.gz"} {
		if s.ServeAsset(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), name) {
			t.Errorf("%q is served", name)
		}
	}
}

func TestAProgramWithoutPagesSaysHowToBuildThem(t *testing.T) {
	none, err := New(fstest.MapFS{".gitkeep": {}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Site{nil, none} {
		status, html := s.Page()
		if status != http.StatusServiceUnavailable || !strings.Contains(string(html), "make build") {
			t.Errorf("%d %s", status, html)
		}
	}
}
