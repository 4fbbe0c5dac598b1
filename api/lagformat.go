package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"strings"

	"duban/workflow"
	"duban/workflow/lagtable"
	"duban/workflow/soffice"
)

// Media types of files.
const (
	typeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typePDF  = "application/pdf"
)

// tableOut is a table, or what is made of it, in one of several forms.
type tableOut struct {
	ContentType        string `header:"Content-Type"`
	ContentPolicy      string `header:"Content-Security-Policy" hidden:"true"`
	ContentDisposition string `header:"Content-Disposition" hidden:"true"`
	Body               []byte
}

// wantedFormat is the format that a request names, or the first that its Accept
// header names; JSON otherwise.
func wantedFormat(format, accept string) string {
	if format != "" {
		return format
	}
	for part := range strings.SplitSeq(accept, ",") {
		kind, _, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		if kind == typePDF {
			return "pdf"
		}
		for _, f := range lagtable.Formats {
			if known, _, _ := strings.Cut(f.MediaType, ";"); known == kind {
				return f.Name
			}
		}
	}
	return "json"
}

// giveTable answers with a table: its body when JSON is wanted, otherwise a file.
func giveTable(ctx context.Context, t lagtable.Table, body any, format, accept, name string) (*tableOut, error) {
	switch format = wantedFormat(format, accept); format {
	case "json":
		return giveJSON(body)
	case "pdf":
		pdf, err := soffice.PDF(ctx, "docx", t.DOCX)
		if err != nil {
			return nil, err
		}
		return &tableOut{ContentType: typePDF, ContentDisposition: attachment(name + ".pdf"), Body: pdf}, nil
	}
	f, ok := lagtable.FormatNamed(format)
	if !ok {
		return nil, workflow.AsError(fmt.Errorf("there is no format %q", format)) // the schema lets no other through
	}
	return giveFile(f.Name, f.MediaType, name, func(w io.Writer) error { return f.Write(t, w) })
}

func giveJSON(body any) (*tableOut, error) {
	var b bytes.Buffer
	if err := jsonFormat.Marshal(&b, body); err != nil {
		return nil, fmt.Errorf("writing JSON: %w", err)
	}
	return &tableOut{ContentType: "application/json", Body: b.Bytes()}, nil
}

// giveFile answers with a page to look at or a file to keep.
func giveFile(format, mediaType, name string, write func(io.Writer) error) (*tableOut, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, fmt.Errorf("writing %s as %s: %w", name, format, err)
	}
	out := &tableOut{ContentType: mediaType, Body: b.Bytes()}
	if format == "html" {
		out.ContentPolicy = stillPolicy(b.Bytes())
	} else {
		out.ContentDisposition = attachment(name + "." + format)
	}
	return out, nil
}
