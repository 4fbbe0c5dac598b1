package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"duban/workflow"
)

// Headers that say how a write is meant.
const (
	headerMatch = "If-Match"
	headerKey   = "Idempotency-Key"
)

// call returns how the request asks for a verb.
func (r *request) call() (workflow.Call, error) {
	call := workflow.Call{Actor: r.actor, NamesReport: true}
	var p workflow.Problems
	call.IfVersion = ifVersion(&p, r.http.Header.Values(headerMatch))
	keys := r.http.Header.Values(headerKey)
	if len(keys) > 1 {
		p.Add(headerKey, "single", "只能有一个", "must be given once")
	}
	if err := p.Err(); err != nil {
		return call, err
	}
	if len(keys) == 1 {
		call.Request = &workflow.RequestKey{Key: keys[0], Hash: r.hash()}
	}
	return call, nil
}

// hash is of what was asked: method, path and the bytes of the body.
func (r *request) hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", r.http.Method, r.http.URL.EscapedPath())
	h.Write(r.body)
	return hex.EncodeToString(h.Sum(nil))
}

var versionForm = regexp.MustCompile(`^(?:(?:W/)?"([1-9][0-9]{0,8})"|([1-9][0-9]{0,8}))$`)

// ifVersion reads If-Match: "7", W/"7", 7, or * for any version. Only one version
// can be meant, so a list is refused.
func ifVersion(p *workflow.Problems, values []string) int {
	value := strings.TrimSpace(strings.Join(values, ","))
	if value == "" && len(values) == 0 || value == "*" {
		return 0
	}
	m := versionForm.FindStringSubmatch(value)
	if m == nil {
		p.Add(headerMatch, "form", "须为一个版本号，例如 \"7\"，或 *", "must be one version, for example \"7\", or *")
		return 0
	}
	n, _ := strconv.Atoi(m[1] + m[2]) // one of the two is empty, the other at most nine digits
	return n
}

// etag is the entity tag of a version.
func etag(version int) string { return strconv.Quote(strconv.Itoa(version)) }
