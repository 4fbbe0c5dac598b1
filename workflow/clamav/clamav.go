// Package clamav asks a ClamAV daemon whether files hold malware, over its INSTREAM
// command (clamd(8)).
package clamav

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Daemon is a clamd. Its fields are never changed.
type Daemon struct {
	network, address string
}

// patience is how long a scan may take: a large file full of archives takes some seconds.
const patience = 2 * time.Minute

// At returns the daemon at unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310.
func At(place string) (*Daemon, error) {
	network, address, _ := strings.Cut(place, ":")
	if network != "unix" && network != "tcp" || address == "" {
		return nil, fmt.Errorf("%q is no place of a ClamAV daemon such as unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310", place)
	}
	return &Daemon{network: network, address: address}, nil
}

// Scan returns the name of the signature that a file matches, empty for none. An answer
// that is neither "clean" nor "found" is an error: nobody knows what the file holds.
func (d *Daemon) Scan(ctx context.Context, file io.Reader) (string, error) {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, d.network, d.address)
	if err != nil {
		return "", fmt.Errorf("reaching the ClamAV daemon: %w", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return "", fmt.Errorf("reaching the ClamAV daemon: %w", err)
	}
	sendErr := send(conn, file)
	if errors.Is(sendErr, errUnread) {
		return "", sendErr // the daemon waits for the rest
	}
	// A daemon that has had enough says why before it hangs up.
	answer, err := io.ReadAll(io.LimitReader(conn, 4096))
	if said := strings.TrimRight(string(answer), "\x00\n"); said != "" {
		return verdict(said)
	}
	return "", fmt.Errorf("the ClamAV daemon did not answer: %w", errors.Join(sendErr, err, io.ErrUnexpectedEOF))
}

// send sends the file in chunks, each after its length; one of length zero is the end.
func send(conn io.Writer, file io.Reader) error {
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return err
	}
	chunk := make([]byte, 4+64<<10)
	for {
		n, err := io.ReadFull(file, chunk[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(chunk, uint32(n))
			if _, err := conn.Write(chunk[:4+n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			_, err := conn.Write(make([]byte, 4))
			return err
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errUnread, err)
		}
	}
}

// errUnread is the error of a file that cannot be read to its end.
var errUnread = errors.New("reading the file to scan")

// verdict reads "stream: OK" and "stream: NAME FOUND".
func verdict(said string) (string, error) {
	said = strings.TrimPrefix(said, "stream: ")
	if said == "OK" {
		return "", nil
	}
	if name, found := strings.CutSuffix(said, " FOUND"); found {
		return name, nil
	}
	return "", fmt.Errorf("the ClamAV daemon says: %s", said)
}
