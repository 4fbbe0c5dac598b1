package workflow

import (
	"context"
	"crypto/rand"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// hashing is the cost of a password: OWASP's argon2id minimum of 19 MiB and two
// passes.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashSlots keeps password work from taking the machine: two at once.
var hashSlots = make(chan struct{}, 2)

func hashPassword(ctx context.Context, password string) (string, error) {
	release, err := hashSlot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return argon2id.CreateHash(normalPassword(password), hashing)
}

// passwordIs compares a password with a hash, or with a made-up one where there
// is no account, so that both take as long.
func passwordIs(ctx context.Context, password, hash string) (bool, error) {
	if password = normalPassword(password); utf8.RuneCountInString(password) > maxPassword {
		password = ""
	}
	release, err := hashSlot(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	if hash == "" {
		_, err := argon2id.CreateHash(password, hashing)
		return false, err
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

func hashSlot(ctx context.Context) (release func(), err error) {
	select {
	case hashSlots <- struct{}{}:
		return func() { <-hashSlots }, nil
	case <-ctx.Done():
		return nil, NewError(Unavailable, "busy", "系统繁忙，请稍后再试", "Busy, please try again").Because(ctx.Err())
	}
}

// NewPassword returns 80 random bits in groups that can be typed, which every profile
// takes.
func NewPassword() string {
	for {
		t := strings.ToLower(rand.Text())
		t = t[0:4] + "-" + t[4:8] + "-" + t[8:12] + "-" + t[12:16]
		if kindsOf(t) >= dengbaoCharacters && !guessable(t, "", "") {
			return t
		}
	}
}
