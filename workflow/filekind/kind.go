// Package filekind tells what a file is by its content. The kinds are those that
// offices send as evidence and that can do nothing by themselves when they are
// opened; everything else is refused, also when it is one of them at first sight.
package filekind

import (
	"path"
	"slices"
	"strings"
)

// Kind names what a file is: "pdf".
type Kind string

// The kinds of files that are taken.
const (
	PDF  Kind = "pdf"
	JPEG Kind = "jpeg"
	PNG  Kind = "png"
	WebP Kind = "webp"
	HEIC Kind = "heic" // pictures of phones
	MP4  Kind = "mp4"
	DOCX Kind = "docx"
	XLSX Kind = "xlsx"
	PPTX Kind = "pptx"
	Text Kind = "text" // UTF-8
	GB   Kind = "gb18030"
)

// about is what is known of a kind.
type about struct {
	kind   Kind
	media  string   // type, as it is sent
	ends   []string // of names; what a computer opens a file with goes by its name
	inline bool     // browsers show it without running anything
}

const office = "application/vnd.openxmlformats-officedocument."

var kinds = []about{
	{PDF, "application/pdf", []string{".pdf"}, true},
	{JPEG, "image/jpeg", []string{".jpg", ".jpeg"}, true},
	{PNG, "image/png", []string{".png"}, true},
	{WebP, "image/webp", []string{".webp"}, true},
	{HEIC, "image/heic", []string{".heic", ".heif"}, false},
	{MP4, "video/mp4", []string{".mp4"}, false},
	{DOCX, office + "wordprocessingml.document", []string{".docx"}, false},
	{XLSX, office + "spreadsheetml.sheet", []string{".xlsx"}, false},
	{PPTX, office + "presentationml.presentation", []string{".pptx"}, false},
	{Text, "text/plain; charset=utf-8", []string{".txt", ".csv"}, false},
	{GB, "text/plain; charset=gb18030", []string{".txt", ".csv"}, false},
}

func (k Kind) about() about {
	if i := slices.IndexFunc(kinds, func(a about) bool { return a.kind == k }); i >= 0 {
		return kinds[i]
	}
	return about{media: "application/octet-stream"}
}

// MediaType is the Content-Type that a file of the kind is sent with.
func (k Kind) MediaType() string { return k.about().media }

// Inline reports whether browsers may show a file of the kind.
func (k Kind) Inline() bool { return k.about().inline }

// Ends are the endings of names that go with the kind.
func (k Kind) Ends() []string { return k.about().ends }

// Named reports whether a name ends as those of the kind do, in any case.
func (k Kind) Named(name string) bool {
	return slices.Contains(k.about().ends, strings.ToLower(path.Ext(name)))
}

// MediaTypes are those of all kinds, without parameters and each once.
func MediaTypes() []string {
	var all []string
	for _, k := range kinds {
		media, _, _ := strings.Cut(k.media, ";")
		if !slices.Contains(all, media) {
			all = append(all, media)
		}
	}
	return all
}

// Refusal says why a file is not taken.
type Refusal struct {
	Rule   string // stable: "kind", "macro", ...
	ZH, EN string
}

// Error returns the English text.
func (r *Refusal) Error() string { return r.EN }

func refuse(rule, zh, en string) *Refusal { return &Refusal{Rule: rule, ZH: zh, EN: en} }
