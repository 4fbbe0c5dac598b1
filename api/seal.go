package api

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"

	"duban/workflow/sso"
)

// sealedFor keeps what is sealed for one use from being taken for another.
const sealedFor = "duban sso flow 1"

func (o *SSO) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(o.Key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal makes a cookie of a flow that only this installation can read or make.
func (o *SSO) seal(f sso.Flow) (string, error) {
	plain, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	aead, err := o.aead()
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nil, nil, plain, []byte(sealedFor))), nil
}

// open reads what seal made.
func (o *SSO) open(sealed string) (f sso.Flow, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return f, err
	}
	aead, err := o.aead()
	if err != nil {
		return f, err
	}
	plain, err := aead.Open(nil, nil, raw, []byte(sealedFor))
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(plain, &f)
}
