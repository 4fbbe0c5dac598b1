package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// maxRequestKey is the longest Idempotency-Key in bytes.
const maxRequestKey = 128

// replayed looks for what is kept of the call's request, and gives that answer. It
// reports false when there is none.
func (r *run[T]) replayed(reader Reader) (bool, error) {
	if r.call.Request == nil {
		return false, nil
	}
	kept, err := reader.Replay(r.call.Actor.UserID, r.call.Request.Key)
	switch {
	case isNoRow(err):
		return false, nil
	case err != nil:
		return false, err
	}
	return true, r.repeat(reader, kept)
}

// repeat gives the kept answer, and refuses a key that was used for another request.
func (r *run[T]) repeat(reader Reader, kept Replay) (err error) {
	if kept.Hash != r.call.Request.Hash {
		return errKeyReused()
	}
	r.out, err = r.again(reader, kept)
	return err
}

func errKeyReused() error {
	return NewError(KeyReused, "idempotency.key_reused",
		"此 Idempotency-Key 已用于另一个请求，请换一个", "This Idempotency-Key was used for another request; use a new one")
}

// answer reads the kept answer.
func (r Replay) answer(out any) error {
	if r.Event != nil {
		return errKeyReused() // for a step
	}
	if err := json.Unmarshal(r.Answer, out); err != nil {
		return fmt.Errorf("reading the kept answer: %w", err)
	}
	return nil
}

func (k *RequestKey) check() error {
	if k == nil {
		return nil
	}
	if k.Key == "" || len(k.Key) > maxRequestKey || strings.ContainsFunc(k.Key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		var p Problems
		p.Add("Idempotency-Key", "form", "须为 1 到 128 个可见 ASCII 字符，例如 UUID", "must be 1 to 128 visible ASCII characters, for example a UUID")
		return p.Err()
	}
	return nil
}

// remember keeps the answer for repetitions of the same request.
func (u *desk) remember(out any) error {
	if u.call.Request == nil {
		return nil
	}
	answer, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("keeping the answer: %w", err)
	}
	k := u.call.Request
	err = u.InsertReplay(Replay{ActorID: u.call.Actor.UserID, Key: k.Key, Hash: k.Hash, Answer: answer, CreatedAt: u.now})
	if errors.Is(err, ErrDuplicate) {
		return NewError(Conflict, "idempotency.in_progress", "同一请求正在处理", "The same request is being handled")
	}
	return err
}
