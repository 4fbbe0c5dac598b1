package lagtable

import (
	"io"
	"slices"
)

// Format is a form in which a table is given out.
type Format struct {
	Name      string // as callers ask for it, and what files of it end with
	MediaType string
	Write     func(Table, io.Writer) error
}

// Formats are the forms that a table is written in, without the help of anything
// that must be installed.
var Formats = []Format{
	{"json", "application/json", Table.JSON},
	{"html", "text/html; charset=utf-8", Table.HTML},
	{"csv", "text/csv; charset=utf-8", Table.CSV},
	{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Table.DOCX},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Table.XLSX},
}

// FormatNamed returns the format with a name, false when there is none.
func FormatNamed(name string) (Format, bool) {
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return Formats[i], true
}
