package workflow

import (
	"context"
	"errors"
	"io"
	"time"

	"duban/workflow/filekind"
)

// Evidence is an uploaded file (证据文件) of a task. Until a report names it only its
// uploader sees it. Its content is kept by an EvidenceStore under its digest.
type Evidence struct {
	ID         string        `json:"id"` // UUID version 7
	TaskID     string        `json:"task_id"`
	SHA256     string        `json:"sha256"` // of the content, 64 hexadecimal digits in lower case
	Name       string        `json:"name,omitempty"`
	Kind       filekind.Kind `json:"kind"` // by content
	Size       int64         `json:"size"` // in bytes
	Uploader   string        `json:"uploader"`
	UploadedAt time.Time     `json:"uploaded_at"`
	Version    int           `json:"version"`
}

// EvidenceRef is how a report names a file: what it is, so that its content is part
// of the report's.
type EvidenceRef struct {
	SHA256 string        `json:"sha256"`
	Name   string        `json:"name"`
	Kind   filekind.Kind `json:"kind"`
	Size   int64         `json:"size"`
}

// Ref is how a report names the file.
func (e Evidence) Ref() EvidenceRef {
	return EvidenceRef{SHA256: e.SHA256, Name: e.Name, Kind: e.Kind, Size: e.Size}
}

// EvidencePast is an upload as its events left it. Its name is not in them: of a file
// that no report uses nothing that people wrote should stay.
type EvidencePast struct {
	Evidence
	NameDigest string `json:"name_digest"` // SHA-256 of DigestKey and the name
	Dropped    bool   `json:"dropped,omitempty"`
	DigestKey  string `json:"-"`
}

// EvidenceStore keeps the content of evidence files, each under the digest of its
// bytes: a folder, or a bucket of objects.
type EvidenceStore interface {
	// Draft begins a file whose digest is not known yet.
	Draft() (EvidenceDraft, error)
	// Open opens the file with a digest; ErrNoFile when it is not there.
	Open(ctx context.Context, sha256 string) (EvidenceContent, error)
	// Remove removes the file with a digest. That it is not there is no error.
	Remove(ctx context.Context, sha256 string) error
	// Each calls fn with every file, in no particular order.
	Each(ctx context.Context, fn func(StoredFile) error) error
	// Tidy removes drafts that nobody has written to since a moment: those of
	// processes that ended.
	Tidy(since time.Time) error
}

// EvidenceDraft is a file on its way in. It is written first and then read.
type EvidenceDraft interface {
	io.Writer
	io.ReaderAt
	// Keep puts the file under its digest. When it returns nil the file outlives a
	// power failure.
	Keep(ctx context.Context, sha256 string) error
	// Discard gives up a draft that was not kept, and frees what it holds.
	Discard()
}

// EvidenceContent is an open file.
type EvidenceContent interface {
	io.ReadSeekCloser
}

// StoredFile is a file in an EvidenceStore.
type StoredFile struct {
	SHA256 string
	Size   int64
	Stored time.Time // by the store's clock
}

// ErrNoFile is the error of EvidenceStore.Open for what is not there.
var ErrNoFile = errors.New("no such file")

// Scanner looks for malware in files.
type Scanner interface {
	// Scan returns the name of what it found, empty for nothing.
	Scan(ctx context.Context, file io.Reader) (found string, err error)
}

// MaxEvidence is the largest evidence file in bytes.
const MaxEvidence = 50 << 20

// EvidenceRules are what an installation can set about evidence. Zero values are the defaults.
type EvidenceRules struct {
	Parallel  int           // uploads at once, 16
	PerReport int           // files of a report, 20
	PerTask   int64         // bytes of a task's files, 1 GiB
	Keep      time.Duration // of a file that no report names, 7 days
}

// evidence is how the service keeps evidence.
type evidence struct {
	store   EvidenceStore // nil: nowhere
	scanner Scanner       // nil: none
	rules   EvidenceRules
	desks   uploadDesks
}

// WithEvidence returns the service with a store for evidence files, and with a scanner
// unless that is nil.
func (s *Service) WithEvidence(store EvidenceStore, scanner Scanner, rules EvidenceRules) *Service {
	defaults := EvidenceRules{Parallel: 16, PerReport: 20, PerTask: 1 << 30, Keep: 7 * 24 * time.Hour}
	if rules.Parallel == 0 {
		rules.Parallel = defaults.Parallel
	}
	if rules.PerReport == 0 {
		rules.PerReport = defaults.PerReport
	}
	if rules.PerTask == 0 {
		rules.PerTask = defaults.PerTask
	}
	if rules.Keep == 0 {
		rules.Keep = defaults.Keep
	}
	s.evidence = &evidence{store: store, scanner: scanner, rules: rules, desks: uploadDesks{most: rules.Parallel, by: map[string]int{}}}
	return s
}
