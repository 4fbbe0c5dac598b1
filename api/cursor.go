package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	"duban/workflow"
)

// writeCursor makes the opaque text of a place in a list.
func writeCursor[C any](c C) (string, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("writing a cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// writeNext is writeCursor for a place that may be the end: empty.
func writeNext[C any](c *C) (string, error) {
	if c == nil {
		return "", nil
	}
	return writeCursor(*c)
}

// readCursor takes what writeCursor made of the same kind of place, and nothing
// else.
func readCursor[C any](p *workflow.Problems, text string) *C {
	if text == "" {
		return nil
	}
	var c C
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if again, wErr := writeCursor(c); err != nil || wErr != nil || again != text {
		p.Add("cursor", "cursor", "须为上一页给出的 next_cursor", "must be the next_cursor of the page before")
		return nil
	}
	return &c
}
