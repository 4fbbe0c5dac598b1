package workflow

import (
	"context"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// Limits of passwords, in characters. The longest keeps hashing cheap.
const (
	minPassword = 12
	maxPassword = 128
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
	return argon2id.CreateHash(password, hashing)
}

// passwordIs compares a password with a hash, or with a made-up one where there
// is no account, so that both take as long.
func passwordIs(ctx context.Context, password, hash string) (bool, error) {
	if utf8.RuneCountInString(password) > maxPassword {
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
