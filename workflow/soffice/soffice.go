// Package soffice turns office documents into PDF with the LibreOffice that is
// installed on the machine.
package soffice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"duban/workflow"
)

// longest is how long a document may take: of a thousand pages, on a slow machine.
const longest = 2 * time.Minute

// programs are the names under which LibreOffice is installed.
var programs = []string{"soffice", "libreoffice"}

// slot keeps it to one LibreOffice at a time: each takes some hundred megabytes.
var slot = make(chan struct{}, 1)

// PDF returns the document that write writes, of the form that the ending names
// ("docx"), as PDF. Where there is no LibreOffice, or it does not come to an end, the
// error is a *workflow.Error of kind Unavailable. LibreOffice gets an empty home
// that is gone afterwards, and nothing of this user's.
func PDF(ctx context.Context, ending string, write func(io.Writer) error) ([]byte, error) {
	program, err := find()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	select {
	case slot <- struct{}{}:
		defer func() { <-slot }()
	case <-ctx.Done():
		return nil, workflow.NewError(workflow.Unavailable, "pdf.busy", "正在转换其他文件，请稍后再试", "Other documents are being converted, please try again").Because(ctx.Err())
	}
	home, err := os.MkdirTemp("", "duban-pdf-*")
	if err != nil {
		return nil, fmt.Errorf("making a folder for LibreOffice: %w", err)
	}
	defer os.RemoveAll(home)
	if err := put(filepath.Join(home, "document."+ending), write); err != nil {
		return nil, err
	}
	said, err := convert(ctx, program, home, "document."+ending)
	pdf, readErr := os.ReadFile(filepath.Join(home, "document.pdf"))
	if err != nil || readErr != nil {
		return nil, workflow.NewError(workflow.Unavailable, "pdf.failed",
			"LibreOffice 未能转换此文件；可改用 docx 格式", "LibreOffice could not convert the document; ask for the format docx instead").
			Because(fmt.Errorf("%w: %s", errors.Join(err, readErr), strings.TrimSpace(said)))
	}
	return pdf, nil
}

// Installed reports whether there is a LibreOffice here.
func Installed() bool {
	_, err := find()
	return err == nil
}

func find() (string, error) {
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", workflow.NewError(workflow.Unavailable, "pdf.not_installed",
		"此服务器未安装 LibreOffice，不能生成 PDF：请改用 docx 格式，或安装 libreoffice-writer",
		"LibreOffice is not installed on this server, so there is no PDF: ask for the format docx, or install libreoffice-writer")
}

func put(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing the document for LibreOffice: %w", err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return fmt.Errorf("writing the document for LibreOffice: %w", err)
	}
	return nil
}

// convert runs LibreOffice and returns what it said.
func convert(ctx context.Context, program, home, document string) (string, error) {
	cmd := exec.CommandContext(ctx, program, "-env:UserInstallation=file://"+filepath.ToSlash(home)+"/profile",
		"--headless", "--norestore", "--nolockcheck", "--convert-to", "pdf", "--outdir", home, filepath.Join(home, document))
	cmd.Dir = home
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TMPDIR=" + home}
	cmd.WaitDelay = 5 * time.Second
	wholeGroup(cmd)
	said, err := cmd.CombinedOutput()
	return string(said), err
}
