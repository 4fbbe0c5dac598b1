package workflow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duban/workflow/audit"
)

// Subjects of the audit events of issued tables.
const (
	SubjectEdition   = "edition"
	SubjectNarrative = "narrative"
)

// Edition is an issued lag table (第1期, 第2期, ...): frozen, and numbered within its
// campaign and period without a gap. Nothing of it ever changes.
type Edition struct {
	ID       string `json:"id"` // UUID version 7
	Campaign string `json:"campaign"`
	Period   string `json:"period"`
	Number   int    `json:"number"` // from 1

	Title  string   `json:"title"`
	Header []string `json:"header"` // of the four columns
	Rows   int      `json:"rows"`
	// SHA256 is of FrozenTable.Canonical, in hexadecimal.
	SHA256 string `json:"sha256"`

	// AsOf is whose knowledge the table shows, as ParseAsOf reads it; empty: what was
	// known when it was issued.
	AsOf string `json:"as_of,omitempty"`
	// Gaps are the tasks that the table could not speak of, which the issuer
	// acknowledged one by one.
	Gaps []EditionGap `json:"gaps,omitempty"`
	// Signed is the newest checkpoint of the log of events at that time; nil: none.
	Signed *audit.Checkpoint `json:"signed,omitempty"`

	IssuedBy string    `json:"issued_by"` // user id
	IssuedAt time.Time `json:"issued_at"`
}

// EditionGap is a task without a final verdict when an edition was issued.
type EditionGap struct {
	TaskID string    `json:"task_id"`
	Code   string    `json:"code"`
	Region string    `json:"region"` // code
	Reason GapReason `json:"reason"`
}

// Known is the moment or day whose knowledge the edition shows.
func (e Edition) Known() AsOf {
	if known, err := ParseAsOf(e.AsOf); err == nil && !known.IsZero() {
		return known
	}
	return At(e.IssuedAt.Truncate(time.Second))
}

// FrozenTable is the lag table as it was issued: what every format is made from.
type FrozenTable struct {
	Title  string      `json:"title"`
	Header []string    `json:"header"`
	Rows   []FrozenRow `json:"rows"`
}

// FrozenRow is one row of an issued table. The texts of a cell are its lines.
type FrozenRow struct {
	N           int      `json:"n"` // from 1
	TaskID      string   `json:"task_id"`
	Code        string   `json:"code"`        // of the task
	RegionCode  string   `json:"region_code"` // of the task's region
	Region      string   `json:"region"`      // as printed
	Task        []string `json:"task"`
	Requirement []string `json:"requirement"`
	Progress    []string `json:"progress"`
	ReportID    string   `json:"report_id,omitempty"` // that the progress tells of
	EditID      string   `json:"edit_id,omitempty"`   // of the narrative; empty: as it was reported
}

// Canonical returns the one JSON text of the table: UTF-8, no white space, no HTML
// escapes, fields in the order of FrozenTable. Its SHA-256 is the content hash of an
// edition.
func (t FrozenTable) Canonical() ([]byte, error) { return canonicalJSON(t) }

// Canonical returns the one JSON text of the row, as it stands in that of its table.
func (r FrozenRow) Canonical() ([]byte, error) { return canonicalJSON(r) }

func canonicalJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// digest is the content hash.
func (t FrozenTable) digest() (string, error) {
	text, err := t.Canonical()
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// within returns the rows of the regions in the scope, numbered anew: how many others
// there are is not told.
func (t FrozenTable) within(scope Scope) FrozenTable {
	if scope.All {
		return t
	}
	t.Rows = slices.DeleteFunc(slices.Clone(t.Rows), func(r FrozenRow) bool { return !scope.Has(r.RegionCode) })
	for i := range t.Rows {
		t.Rows[i].N = i + 1
	}
	return t
}

// EditionPast is an edition as its event tells of it: with the digest of each row,
// SHA-256 of FrozenRow.Canonical in hexadecimal, by which a row that was changed
// afterwards is found.
type EditionPast struct {
	Edition
	RowDigests []string `json:"row_digests"`
}

func pastOf(e Edition, t FrozenTable) (EditionPast, error) {
	past := EditionPast{Edition: e, RowDigests: make([]string, len(t.Rows))}
	for i, r := range t.Rows {
		text, err := r.Canonical()
		if err != nil {
			return past, err
		}
		past.RowDigests[i] = digest(string(text))
	}
	return past, nil
}

// Label names the edition for people.
func (e Edition) Label() Text {
	return Text{ZH: fmt.Sprintf("第%d期", e.Number), EN: fmt.Sprintf("Edition %d", e.Number)}
}
