package filekind

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// active begins what a browser or an interpreter would run.
var active = [][]byte{
	[]byte("<script"), []byte("<html"), []byte("<svg"), []byte("<iframe"), []byte("<!doctype"), []byte("<?php"), []byte("<?xml"), []byte("javascript:"),
}

// textKind takes plain text and tables with separators, in UTF-8 or GB18030.
func textKind(seen *mimetype.MIME, all func() *io.SectionReader) (Kind, bool, error) {
	if !seen.Is("text/plain") && !seen.Is("text/csv") && !seen.Is("text/tab-separated-values") {
		return "", false, refuseKind(seen)
	}
	return plain(all)
}

// plain takes what holds no control characters and nothing active.
func plain(all func() *io.SectionReader) (Kind, bool, error) {
	head := make([]byte, 2)
	if n, err := all().ReadAt(head, 0); err == nil && n == 2 && string(head) == "#!" {
		return "", false, refuse("script", "不接受脚本", "scripts are not taken")
	}
	for _, try := range []struct {
		kind    Kind
		decoder transform.Transformer
	}{{Text, encoding.UTF8Validator}, {GB, simplifiedchinese.GB18030.NewDecoder()}} {
		ok, err := readText(transform.NewReader(all(), try.decoder))
		if ok || err != nil {
			return try.kind, ok, err
		}
	}
	return "", false, refuse("encoding", "文本须为 UTF-8 或 GB18030 编码，且不含控制字符", "text must be in UTF-8 or GB18030 and hold no control characters")
}

// readText reports whether decoded text is text. What is active in it is a refusal.
func readText(r io.Reader) (bool, error) {
	const overlap = 16
	buffer := make([]byte, 0, 64<<10+overlap)
	for {
		n, err := r.Read(buffer[len(buffer):cap(buffer)])
		fresh := buffer[len(buffer) : len(buffer)+n]
		buffer = buffer[:len(buffer)+n]
		if bytes.ContainsFunc(fresh, forbiddenInText) || bytes.Contains(buffer, []byte("\uFFFD")) {
			return false, nil
		}
		lower := bytes.ToLower(buffer)
		for _, begin := range active {
			if bytes.Contains(lower, begin) {
				return false, refuse("active", fmt.Sprintf("不接受含网页或脚本代码（%s）的文本", begin), fmt.Sprintf("text with code of pages or scripts (%s) is not taken", begin))
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return true, nil
		case errors.Is(err, encoding.ErrInvalidUTF8):
			return false, nil
		case err != nil:
			return false, fmt.Errorf("reading the text: %w", err)
		}
		buffer = buffer[:copy(buffer, buffer[max(0, len(buffer)-overlap):])]
	}
}

// forbiddenInText are control characters but those that lay text out.
func forbiddenInText(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' || r == 0x7F
}
