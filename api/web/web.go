// Package web holds the built pages: one HTML page and its hashed assets, made from
// ui/ by cmd/build and embedded into the program. A program that was built without
// Node has none, and says so where the page would be.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed all:dist
var dist embed.FS

//go:embed placeholder.html
var placeholder []byte

// Site is a built user interface. Its zero value has none.
type Site struct {
	index  []byte
	assets map[string]asset // by file name, without the folder
}

// asset is a file in the forms in which it is sent, by content coding; "" is the plain
// one.
type asset struct {
	kind, etag string
	forms      map[string][]byte
}

// codings are the content codings that the build writes, by the file ending of each,
// best first.
var codings = []struct{ name, ending string }{{"br", ".br"}, {"gzip", ".gz"}}

// Embedded returns the pages that this program was built with.
func Embedded() (*Site, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return New(files)
}

// New reads the files of a build: index.html and assets/. Without index.html there are
// no pages.
func New(files fs.FS) (*Site, error) {
	s := &Site{assets: map[string]asset{}}
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return s, nil
	}
	s.index = index
	entries, err := fs.ReadDir(files, "assets")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		name, coding := entry.Name(), ""
		for _, c := range codings {
			if plain, ok := strings.CutSuffix(name, c.ending); ok {
				name, coding = plain, c.name
			}
		}
		content, err := fs.ReadFile(files, "assets/"+entry.Name())
		if err != nil {
			return nil, err
		}
		a, ok := s.assets[name]
		if !ok {
			a = asset{kind: kindOf(name), forms: map[string][]byte{}}
		}
		if coding == "" {
			sum := sha256.Sum256(content)
			a.etag = `"` + hex.EncodeToString(sum[:16]) + `"`
		}
		a.forms[coding] = content
		s.assets[name] = a
	}
	return s, nil
}

// kindOf does not ask the machine where the answer matters: a script of another type is
// not run under nosniff.
func kindOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	default:
		if kind := mime.TypeByExtension(ext); kind != "" {
			return kind
		}
		return "application/octet-stream"
	}
}

// Page returns the page with its status: 503 and how to build it where the program has
// none.
func (s *Site) Page() (status int, html []byte) {
	if s == nil || s.index == nil {
		return http.StatusServiceUnavailable, placeholder
	}
	return http.StatusOK, s.index
}

// ServeAsset answers with an asset, in the best coding that the caller takes. Names
// carry a digest of the content, so that an asset is kept for good. It reports false,
// having written nothing, where there is no such asset: a page of an older build must
// learn that its part is gone, and never be given another.
func (s *Site) ServeAsset(w http.ResponseWriter, r *http.Request, name string) bool {
	if s == nil {
		return false
	}
	a, ok := s.assets[name]
	if !ok {
		return false
	}
	head := w.Header()
	coding := ""
	for _, c := range codings {
		if a.forms[c.name] != nil && takes(r.Header.Get("Accept-Encoding"), c.name) {
			coding = c.name
			break
		}
	}
	if coding != "" {
		head.Set("Content-Encoding", coding)
	}
	head.Set("Content-Type", a.kind)
	head.Set("Vary", "Accept-Encoding")
	head.Set("Cache-Control", "public, max-age=31536000, immutable")
	head.Set("ETag", strings.TrimSuffix(a.etag, `"`)+coding+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(a.forms[coding]))
	return true
}

// takes reports whether an Accept-Encoding lists the coding and does not rule it out.
func takes(accept, coding string) bool {
	return slices.ContainsFunc(strings.Split(accept, ","), func(item string) bool {
		name, q, _ := strings.Cut(item, ";")
		q = strings.ReplaceAll(q, " ", "")
		return strings.TrimSpace(name) == coding && q != "q=0" && !strings.HasPrefix(q, "q=0.0")
	})
}
