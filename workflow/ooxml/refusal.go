// Package ooxml opens Word and Excel files of foreign origin: the ZIP container
// (ECMA-376 part 2) and the XML in it. Nothing is inflated beyond a limit, no
// entity is expanded, nothing outside the file is followed; what does not fit is
// refused by name. It is a leaf.
package ooxml

import "fmt"

// Refusal says why a file is not read. Code is stable.
type Refusal struct {
	Code   string // "not_zip", "encrypted", "too_large", "too_many_parts", "doctype", "depth", "encoding", "external", "macros", "cell_outside", ...
	Part   string // of the package, when one is to blame
	ZH, EN string
}

// Error is the English text with the part.
func (r *Refusal) Error() string {
	if r.Part == "" {
		return r.EN
	}
	return r.Part + ": " + r.EN
}

func refuse(code, part, zh, en string, args ...any) *Refusal {
	return &Refusal{Code: code, Part: part, ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}
