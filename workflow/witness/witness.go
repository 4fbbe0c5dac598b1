// Package witness keeps checkpoints of the log where who can change the database
// cannot change them: in a file that only grows, best on another disk or machine,
// and with whoever listens at a URL. It is these copies that make rewriting the
// log noticeable.
package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"
)

// signature begins the last line of a checkpoint, as of any signed note.
const signature = "— "

// File is a file of checkpoints, one after the other with an empty line between.
// It is not for concurrent use.
type File struct {
	path string
}

// OpenFile returns the file of checkpoints at path, which need not be there yet. What
// a crash left half written at its end is cut off.
func OpenFile(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &File{path}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the checkpoints kept outside: %w", err)
	}
	if whole := wholeLength(data); whole < len(data) {
		if err := os.Truncate(path, int64(whole)); err != nil {
			return nil, fmt.Errorf("cutting off what was half written: %w", err)
		}
	}
	return &File{path}, nil
}

// wholeLength returns how many bytes at the beginning are whole checkpoints.
func wholeLength(data []byte) int {
	at := bytes.LastIndex(data, []byte("\n"+signature))
	if at < 0 {
		return 0
	}
	end := bytes.IndexByte(data[at+1:], '\n')
	if end >= 0 {
		return at + 1 + end + 1
	}
	return wholeLength(data[:at])
}

// Notes splits a file of checkpoints into them. It checks nothing: audit.Open does.
// What follows the last whole one is returned too, if there is anything.
func Notes(data []byte) [][]byte {
	var notes [][]byte
	var note []byte
	for line := range bytes.Lines(data) {
		if len(note) == 0 && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		note = append(note, line...)
		if bytes.HasPrefix(line, []byte(signature)) {
			notes, note = append(notes, note), nil
		}
	}
	if len(note) > 0 {
		notes = append(notes, note)
	}
	return notes
}

// Last returns the checkpoint at the end of the file, nil when there is none.
func (f *File) Last() ([]byte, error) {
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the checkpoints kept outside: %w", err)
	}
	notes := Notes(data)
	if len(notes) == 0 {
		return nil, nil
	}
	return notes[len(notes)-1], nil
}

// Add adds checkpoints to the end; they are on disk when it returns.
func (f *File) Add(notes ...[]byte) (err error) {
	if len(notes) == 0 {
		return nil
	}
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("keeping checkpoints outside: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var text bytes.Buffer
	for _, note := range notes {
		text.Write(note)
		text.WriteByte('\n')
	}
	if _, err := file.Write(text.Bytes()); err != nil {
		return fmt.Errorf("keeping checkpoints outside: %w", err)
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("keeping checkpoints outside: %w", err)
	}
	return nil
}

// postTimeout is how long who listens at the URL may take.
const postTimeout = 10 * time.Second

// poster follows no redirect: only the address that was configured is spoken to, and
// what is sent on with another method would arrive without the checkpoint.
var poster = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// Post sends a checkpoint as text to a URL. Any answer but 2xx is an error.
func Post(ctx context.Context, url string, note []byte) error {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(note))
	if err != nil {
		return fmt.Errorf("posting a checkpoint: %w", err)
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	resp, err := poster.Do(req)
	if err != nil {
		return fmt.Errorf("posting a checkpoint: %w", err)
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 200)) // only to explain a refusal
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("posting a checkpoint: %s answered %s %s", req.URL.Host, resp.Status, strings.TrimSpace(string(said)))
	}
	return nil
}
