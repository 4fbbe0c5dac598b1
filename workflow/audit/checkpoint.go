package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is what is signed about a log: that its first Size records have
// this root (RFC 6962, section 3.5: the signed tree head). It travels as a
// signed note of four lines: origin, size, root in base64, and the moment.
type Checkpoint struct {
	Origin string // the name of the key: "duban/" and the instance
	Size   int64
	Root   Hash
	Time   time.Time // UTC, microseconds
}

const (
	timePrefix = "time "
	timeLayout = "2006-01-02T15:04:05.000000Z"
	maxSize    = 1 << 48 // far above any log, far below where tlog's arithmetic ends
)

// Short returns what is printed in the footer of a document: the first 12
// hexadecimal digits of the root, a slash and the size. 48 bits serve for people to
// find and compare a checkpoint; what proves is the whole one.
func (c Checkpoint) Short() string {
	return hex.EncodeToString(c.Root[:6]) + "/" + strconv.FormatInt(c.Size, 10)
}

// body is the text that is signed.
func (c Checkpoint) body() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s%s\n", c.Origin, c.Size, c.Root, timePrefix, c.Time.UTC().Format(timeLayout))
}

// NewKey makes an Ed25519 key pair for the log with the given name, which
// becomes the origin of its checkpoints: not empty, no white space, no control
// character, no plus sign. Both are one line of text; the private one must be
// kept secret.
func NewKey(random io.Reader, name string) (private, public string, err error) {
	private, public, err = note.GenerateKey(random, name)
	if err != nil {
		return "", "", fmt.Errorf("making a key for %q: %w", name, err)
	}
	// A note with a control character is signed, but never opened.
	if _, err := note.NewVerifier(public); err != nil || strings.ContainsFunc(name, unicode.IsControl) {
		return "", "", fmt.Errorf("making a key for %q: the name must not be empty nor hold white space, control characters or a plus sign", name)
	}
	return private, public, nil
}

// PublicKey returns the public key that belongs to a private one.
func PublicKey(private string) (string, error) {
	signer, err := note.NewSigner(private)
	if err != nil {
		return "", fmt.Errorf("reading the private key: %w", err)
	}
	// The last field of a private key is the algorithm's number and the seed.
	fields := strings.SplitN(private, "+", 5)
	seed, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", errors.New("reading the private key: it is not an Ed25519 key")
	}
	public, err := note.NewEd25519VerifierKey(signer.Name(), ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey))
	if err != nil {
		return "", fmt.Errorf("making the public key: %w", err)
	}
	return public, nil
}

// KeyName returns the name that a public key gives its log, the origin of its
// checkpoints.
func KeyName(public string) (string, error) {
	v, err := note.NewVerifier(public)
	if err != nil {
		return "", fmt.Errorf("reading the public key: %w", err)
	}
	return v.Name(), nil
}

// Sign returns the checkpoint as a signed note. The origin must be the name of
// the key; the time is cut to the microsecond.
func Sign(private string, c Checkpoint) ([]byte, error) {
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: reading the private key: %w", err)
	}
	if c.Origin != signer.Name() {
		return nil, fmt.Errorf("signing a checkpoint: the origin %q is not the key's name %q", c.Origin, signer.Name())
	}
	if _, err := parseBody(c.body()); err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	text, err := note.Sign(&note.Note{Text: c.body()}, signer)
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	return text, nil
}

// Open checks that text is a checkpoint signed by the key, in its only form,
// and returns it. It refuses with a *Fault; an unusable key is another error.
func Open(text []byte, public string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("reading the public key: %w", err)
	}
	key := fmt.Sprintf("%s+%08x", verifier.Name(), verifier.KeyHash())
	signed, err := note.Open(text, note.VerifierList(verifier))
	var unknown *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unknown):
		by := signers(unknown.Note.UnverifiedSigs)
		return Checkpoint{}, checkpointFault("不是由密钥 "+key+" 签名，而是由 "+by, "not signed by the key "+key+" but by "+by)
	case errors.As(err, &invalid):
		return Checkpoint{}, checkpointFault("正文已改动，或签名不是密钥 "+key+" 所签", "the signature is not by the key "+key+" over this text")
	case err != nil:
		return Checkpoint{}, checkpointFault("不是签名文本", "not a signed note").because(err)
	}
	// The note format lets a reader skip what it does not know and base64 end in
	// any spare bits. Here every byte counts.
	if !bytes.Equal(text, onlyForm(signed)) {
		return Checkpoint{}, checkpointFault("须只有一个签名，且为唯一写法", "must carry one signature, in its only form")
	}
	c, fault := parseBody(signed.Text)
	if fault != nil {
		return Checkpoint{}, fault
	}
	if c.Origin != verifier.Name() {
		return Checkpoint{}, checkpointLineFault(1, "不是密钥的名称 "+verifier.Name(), "the origin is not the key's name "+verifier.Name())
	}
	return c, nil
}

func signers(sigs []note.Signature) string {
	var names []string
	for _, s := range sigs {
		names = append(names, fmt.Sprintf("%s+%08x", s.Name, s.Hash))
	}
	return strings.Join(names, ", ")
}

// onlyForm returns how the note must have been written, with its one signature.
func onlyForm(n *note.Note) []byte {
	sig, err := base64.StdEncoding.DecodeString(n.Sigs[0].Base64)
	if err != nil {
		return nil
	}
	return fmt.Appendf(nil, "%s\n— %s %s\n", n.Text, n.Sigs[0].Name, base64.StdEncoding.EncodeToString(sig))
}

// parseBody reads the four lines of a checkpoint.
func parseBody(body string) (Checkpoint, error) {
	lines := strings.Split(body, "\n")
	if len(lines) != 5 || lines[4] != "" {
		return Checkpoint{}, checkpointFault("须恰为四行", fmt.Sprintf("must have four lines, has %d", len(lines)-1))
	}
	c := Checkpoint{Origin: lines[0]}
	var err error
	if c.Origin == "" {
		return Checkpoint{}, checkpointLineFault(1, "缺少来源", "the origin is empty")
	}
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 0 || c.Size > maxSize || lines[1] != strconv.FormatInt(c.Size, 10) {
		return Checkpoint{}, checkpointLineFault(2, "不是记录数", "not a size")
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil || lines[2] != c.Root.String() {
		return Checkpoint{}, checkpointLineFault(3, "不是 base64 的根哈希", "not a root in base64")
	}
	moment, found := strings.CutPrefix(lines[3], timePrefix)
	if c.Time, err = time.Parse(timeLayout, moment); !found || err != nil || moment != c.Time.Format(timeLayout) {
		return Checkpoint{}, checkpointLineFault(4, "不是时间", "not a moment in UTC to the microsecond")
	}
	return c, nil
}
