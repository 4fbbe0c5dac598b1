package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Folder keeps archives of the log (workflow.ArchiveFolder) in a folder, which is made
// when the first one comes.
type Folder string

// Keep writes a file. It is there under its name only when it is whole and on disk.
func (f Folder) Keep(name string, write func(io.Writer) error) (sum string, err error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return "", fmt.Errorf("making the folder of archives: %w", err)
	}
	tmp, err := os.CreateTemp(string(f), ".archive-*")
	if err != nil {
		return "", fmt.Errorf("beginning an archive: %w", err)
	}
	defer os.Remove(tmp.Name())
	hash := sha256.New()
	err = write(io.MultiWriter(tmp, hash))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return "", err
	}
	if err := os.Rename(tmp.Name(), filepath.Join(string(f), name)); err != nil {
		return "", fmt.Errorf("putting an archive in its place: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), f.sync()
}

// sync makes a rename last.
func (f Folder) sync() error {
	folder, err := os.Open(string(f))
	if err != nil {
		return fmt.Errorf("syncing the folder of archives: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Open reads a file. A name that leads out of the folder is not there.
func (f Folder) Open(name string) (io.ReadCloser, error) {
	return os.OpenInRoot(string(f), name)
}
