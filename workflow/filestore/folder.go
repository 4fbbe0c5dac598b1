// Package filestore keeps evidence files under their digests: in a folder, or in a
// bucket of any S3 service.
package filestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"duban/workflow"
)

// Folder keeps files as ab/cdef... below a folder, and drafts in drafts/ in it, so that
// a draft becomes a file by being renamed.
type Folder struct{ path string }

var _ workflow.EvidenceStore = (*Folder)(nil)

const drafts = "drafts"

// OpenFolder returns the store in a folder, which is made when it is not there.
func OpenFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(filepath.Join(path, drafts), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of evidence: %w", err)
	}
	if err := errors.Join(syncFolder(path), syncFolder(filepath.Dir(path))); err != nil {
		return nil, err
	}
	return &Folder{path: path}, nil
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// where returns the place of a file; false for what is no digest.
func (f *Folder) where(sha256 string) (string, bool) {
	if !digestForm.MatchString(sha256) {
		return "", false
	}
	return filepath.Join(f.path, sha256[:2], sha256[2:]), true
}

// Draft begins a file; see workflow.EvidenceStore.
func (f *Folder) Draft() (workflow.EvidenceDraft, error) {
	file, err := os.CreateTemp(filepath.Join(f.path, drafts), "*")
	if err != nil {
		return nil, fmt.Errorf("beginning a file: %w", err)
	}
	return &folderDraft{File: file, in: f}, nil
}

type folderDraft struct {
	*os.File
	in *Folder
}

// Keep syncs the content, then gives it its name, then syncs the folders that have the
// name: in any other order a power failure could leave the name without the content.
func (d *folderDraft) Keep(_ context.Context, sha256 string) error {
	to, ok := d.in.where(sha256)
	if !ok {
		return fmt.Errorf("%q is no digest", sha256)
	}
	if err := d.Sync(); err != nil {
		return fmt.Errorf("syncing a file: %w", err)
	}
	folder := filepath.Dir(to)
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making the folder of a file: %w", err)
	}
	if err := os.Rename(d.Name(), to); err != nil {
		return fmt.Errorf("giving a file its name: %w", err)
	}
	return errors.Join(syncFolder(folder), syncFolder(d.in.path))
}

// Discard gives up a draft; see workflow.EvidenceDraft.
func (d *folderDraft) Discard() {
	_ = d.Close()           // what was kept is synced
	_ = os.Remove(d.Name()) // it is not there when it was kept; what stays is removed by Tidy
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("syncing a folder: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Open opens a file; see workflow.EvidenceStore.
func (f *Folder) Open(_ context.Context, sha256 string) (workflow.EvidenceContent, error) {
	path, ok := f.where(sha256)
	if !ok {
		return nil, workflow.ErrNoFile
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, workflow.ErrNoFile
	}
	if err != nil {
		return nil, fmt.Errorf("opening a file: %w", err)
	}
	return file, nil
}

// Remove removes a file; see workflow.EvidenceStore.
func (f *Folder) Remove(_ context.Context, sha256 string) error {
	path, ok := f.where(sha256)
	if !ok {
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing a file: %w", err)
	}
	return nil
}

// Each visits the files that have a digest for a name; see workflow.EvidenceStore.
func (f *Folder) Each(ctx context.Context, fn func(workflow.StoredFile) error) error {
	return filepath.WalkDir(f.path, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // removed meanwhile
			return nil
		case err != nil:
			return fmt.Errorf("listing the files: %w", err)
		case ctx.Err() != nil:
			return ctx.Err()
		case entry.IsDir() && entry.Name() == drafts:
			return filepath.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		digest := filepath.Base(filepath.Dir(path)) + entry.Name()
		if at, ok := f.where(digest); !ok || at != path {
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("looking at a file: %w", err)
		}
		return fn(workflow.StoredFile{SHA256: digest, Size: info.Size(), Stored: info.ModTime()})
	})
}

// Tidy removes old drafts; see workflow.EvidenceStore.
func (f *Folder) Tidy(since time.Time) error {
	entries, err := os.ReadDir(filepath.Join(f.path, drafts))
	if err != nil {
		return fmt.Errorf("listing the drafts: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && !info.ModTime().Before(since) {
			continue
		}
		if err == nil {
			err = os.Remove(filepath.Join(f.path, drafts, entry.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing a draft: %w", err)
		}
	}
	return nil
}
