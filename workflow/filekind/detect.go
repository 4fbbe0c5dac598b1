package filekind

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/gabriel-vasile/mimetype"
)

// Of tells what a file of a size in bytes is. A *Refusal says why it is not taken;
// any other error is one of reading. Memory does not grow with the file.
func Of(file io.ReaderAt, size int64) (Kind, error) {
	if size == 0 {
		return "", refuse("empty", "文件是空的", "the file is empty")
	}
	all := func() *io.SectionReader { return io.NewSectionReader(file, 0, size) }
	seen, err := mimetype.DetectReader(all())
	if err != nil {
		return "", fmt.Errorf("looking at the file: %w", err)
	}
	kind, sure, err := familyOf(seen, all)
	if err != nil || kind == DOCX || kind == XLSX || kind == PPTX {
		return kind, err
	}
	if !sure {
		return "", refuse("broken", "文件内容不完整，或其后附有其他数据", "the file is not whole, or other data follows it")
	}
	// Whoever looks from the end sees an archive in what is a picture from the front.
	if _, err := zip.NewReader(file, size); err == nil || errors.Is(err, zip.ErrInsecurePath) {
		return "", refuse("polyglot", "文件同时也是压缩包", "the file is an archive as well")
	}
	return kind, nil
}

// familyOf confirms what a library takes a file for; it looks at the first bytes only.
func familyOf(seen *mimetype.MIME, all func() *io.SectionReader) (kind Kind, sure bool, err error) {
	for m := seen; m != nil; m = m.Parent() {
		switch {
		case m.Is("application/pdf"):
			sure, err = wholePDF(all())
			return PDF, sure, err
		case m.Is("image/jpeg"):
			_, err := jpeg.DecodeConfig(all())
			return JPEG, err == nil, nil
		case m.Is("image/png"):
			_, err := png.DecodeConfig(all())
			return PNG, err == nil && wholePNG(all()), nil
		case m.Is("image/webp"):
			return WebP, wholeRIFF(all()), nil
		case m.Is("image/heic"), m.Is("image/heif"):
			return HEIC, wholeBoxes(all()), nil
		case m.Is("video/mp4"):
			return MP4, wholeBoxes(all()), nil
		case m.Is("application/zip"):
			kind, err := officeKind(all())
			return kind, true, err
		case m.Is("application/x-ole-storage"):
			return "", false, refuse("old_office", "不接受旧式 Office 文件（.doc、.xls、.ppt）及加密的 Office 文件：请另存为 .docx、.xlsx、.pptx 或 PDF",
				"old Office files (.doc, .xls, .ppt) and encrypted ones are not taken: save as .docx, .xlsx, .pptx or PDF")
		case m.Is("text/plain"):
			return textKind(seen, all)
		}
	}
	// The mark of some formats is a few letters, with which texts begin as well: a table
	// whose first column is "BM". Those formats are never without control characters.
	if !seen.Is("application/postscript") {
		kind, sure, err := plain(all)
		if _, refused := errors.AsType[*Refusal](err); !refused {
			return kind, sure, err
		}
	}
	return "", false, refuseKind(seen)
}

func refuseKind(seen *mimetype.MIME) *Refusal {
	return refuse("kind", "不接受此类文件（"+seen.String()+"）；可用 PDF、JPEG、PNG、WebP、HEIC、MP4、DOCX、XLSX、PPTX、TXT、CSV",
		"files of this kind ("+seen.String()+") are not taken; PDF, JPEG, PNG, WebP, HEIC, MP4, DOCX, XLSX, PPTX, TXT and CSV are")
}

// wholePDF wants the mark of the format in front and its end within the last 2 KiB:
// what scanners add behind it is short.
func wholePDF(file *io.SectionReader) (bool, error) {
	head, tail := make([]byte, 5), make([]byte, min(file.Size(), 2048))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("reading the beginning of a PDF: %w", err)
	}
	if _, err := file.ReadAt(tail, file.Size()-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("reading the end of a PDF: %w", err)
	}
	return string(head) == "%PDF-" && bytes.Contains(tail, []byte("%%EOF")), nil
}
