package workflow

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// What every authenticator app takes: RFC 6238 with SHA-1, 30 seconds and six digits.
const (
	totpStep   = 30 // seconds
	totpDigits = 6
	totpDrift  = 1  // steps by which clocks may differ, RFC 6238, 5.2
	totpSecret = 20 // bytes, RFC 4226, 4 R6
)

// hotp is the code of a counter by RFC 4226, 5.3.
func hotp(secret []byte, counter uint64, digits int) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, counter) // a hash takes everything
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	code := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	mod := uint32(1)
	for range digits {
		mod *= 10
	}
	return fmt.Sprintf("%0*d", digits, code%mod)
}

// totpMatch returns the time step that a code is of, around a moment. All steps are
// compared, whichever fits.
func totpMatch(secret []byte, code string, now time.Time) (step int64, ok bool) {
	is := now.Unix() / totpStep
	for s := is - totpDrift; s <= is+totpDrift; s++ {
		if subtle.ConstantTimeCompare([]byte(hotp(secret, uint64(s), totpDigits)), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// totpText is a secret as people type it.
func totpText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// totpURI is what the QR code of an authenticator app says.
func totpURI(login string, secret []byte) string {
	q := url.Values{
		"secret": {totpText(secret)}, "issuer": {"Duban"}, "algorithm": {"SHA1"},
		"digits": {strconv.Itoa(totpDigits)}, "period": {strconv.Itoa(totpStep)},
	}
	return "otpauth://totp/Duban:" + url.PathEscape(login) + "?" + q.Encode()
}

// digitsOf are the digits that were typed, of either width and with spaces between.
func digitsOf(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' {
			return -1
		}
		return r
	}, normalPassword(code))
}

// sealedForm names how a secret is sealed, so that another way can follow.
const sealedForm = "v1."

// sealer is AES-256-GCM with a key of its own, derived from the server's secret.
func (s *Service) sealer() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, s.secret, nil, "duban second factor", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal encrypts the secret of an account's second factor. It opens for that account
// only.
func (s *Service) seal(userID string, secret []byte) (string, error) {
	aead, err := s.sealer()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	return sealedForm + base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, secret, []byte(userID))), nil
}

func (s *Service) unseal(userID, sealed string) ([]byte, error) {
	text, ok := strings.CutPrefix(sealed, sealedForm)
	if !ok {
		return nil, errors.New("the secret of a second factor is of an unknown form")
	}
	box, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("reading the secret of a second factor: %w", err)
	}
	aead, err := s.sealer()
	if err != nil {
		return nil, err
	}
	if len(box) < aead.NonceSize() {
		return nil, errors.New("the secret of a second factor is cut off")
	}
	secret, err := aead.Open(nil, box[:aead.NonceSize()], box[aead.NonceSize():], []byte(userID))
	if err != nil {
		return nil, fmt.Errorf("opening the secret of a second factor (is the server's secret another one?): %w", err)
	}
	return secret, nil
}
