// Package workload drives whole task lives over HTTP, as the people who would:
// for the benchmark and for the harnesses that break things meanwhile.
package workload

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Client speaks for one person to a running server.
type Client struct {
	Base  string // "http://127.0.0.1:8080"
	Token string
	HTTP  *http.Client
	Lang  string // Accept-Language; "en" when empty
}

// Answer is what the server said. Task is set when the body has one, Report is the
// number of its report, or 0.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Task   Task
	Report int
}

// Task is the part of a task that a life goes by.
type Task struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Version int    `json:"version"`
}

// OK reports whether the server did what was asked.
func (a Answer) OK() bool { return a.Status/100 == 2 }

// Check returns what is wrong with an answer that should be a success; err is
// Do's.
func (a Answer) Check(err error) error {
	if err == nil && !a.OK() {
		return fmt.Errorf("status %d: %s", a.Status, a.Body)
	}
	return err
}

// NewHTTP returns a client that keeps a connection for each of n users.
func NewHTTP(n int, timeout time.Duration) *http.Client {
	return &http.Client{Timeout: timeout, Transport: &http.Transport{MaxIdleConns: n, MaxIdleConnsPerHost: n, IdleConnTimeout: time.Minute}}
}

// Do sends one request. key is the Idempotency-Key, empty for none; body is any
// value that can be JSON, nil for none. An error means that the outcome is not
// known.
func (c Client) Do(ctx context.Context, method, path, key string, body any) (Answer, error) {
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return Answer{}, fmt.Errorf("writing the body of %s: %w", path, err)
		}
		content = bytes.NewReader(b)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.Base+"/api/v1"+path, content)
	if err != nil {
		return Answer{}, err
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	request.Header.Set("Accept-Language", cmp.Or(c.Lang, "en"))
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	a := Answer{Status: response.StatusCode, Header: response.Header}
	if a.Body, err = io.ReadAll(response.Body); err != nil {
		return Answer{}, err
	}
	if !a.OK() {
		return a, nil
	}
	var wrapped struct {
		Task   *Task `json:"task"`
		Report struct {
			Number int `json:"number"`
		} `json:"report"`
	}
	if err := json.Unmarshal(a.Body, &wrapped); err == nil && wrapped.Task != nil {
		a.Task, a.Report = *wrapped.Task, wrapped.Report.Number
		return a, nil
	}
	_ = json.Unmarshal(a.Body, &a.Task) // a task by itself, or something without one
	return a, nil
}
