package api

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// exportedOut is a list as JSON, or all of it as a file.
type exportedOut struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition" hidden:"true"`
	Rows               string `header:"Duban-Rows" doc:"导出的条数 / Rows of the export"`
	NextCursor         string `header:"Duban-Next-Cursor" doc:"导出未完时，其余从此处起 / Where the rest of an incomplete export begins"`
	Body               func(huma.Context)
}

// asJSON answers with a page of a list.
func asJSON(body any) *exportedOut {
	return &exportedOut{ContentType: "application/json", Body: func(c huma.Context) {
		_ = jsonFormat.Marshal(c.BodyWriter(), body) // the caller may be gone
	}}
}

// giveExport writes the file beside the answer first: how much it has, and that it is
// in the audit trail, is known before anything of it is sent. write returns how many
// rows there are, and where the rest begins.
func giveExport[C any](name, format string, write func(io.Writer) (rows int, rest *C, err error)) (out *exportedOut, err error) {
	file, err := os.CreateTemp("", "duban-export-*")
	if err != nil {
		return nil, fmt.Errorf("making a file for an export: %w", err)
	}
	remove := func() {
		_ = file.Close() // it was only read
		_ = os.Remove(file.Name())
	}
	defer func() {
		if err != nil {
			remove()
		}
	}()
	rows, rest, err := write(file)
	if err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("reading an export: %w", err)
	}
	next, err := writeNext(rest)
	if err != nil {
		return nil, err
	}
	kind := "text/csv; charset=utf-8"
	if format == "xlsx" {
		kind = typeXLSX
	}
	return &exportedOut{
		ContentType: kind, ContentDisposition: fmt.Sprintf("attachment; filename=%q", name+"."+format), Rows: strconv.Itoa(rows), NextCursor: next,
		Body: func(c huma.Context) {
			defer remove()
			_, _ = io.Copy(c.BodyWriter(), file) // the caller may be gone
		},
	}, nil
}
