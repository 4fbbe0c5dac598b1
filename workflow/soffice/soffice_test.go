package soffice_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/soffice"
)

func text(w io.Writer) error {
	_, err := io.WriteString(w, "text")
	return err
}

// TestWithoutLibreOfficeThePDFIsRefusedByName.
func TestWithoutLibreOfficeThePDFIsRefusedByName(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := soffice.PDF(t.Context(), "txt", text)
	if e := workflow.AsError(err); e.Kind != workflow.Unavailable || e.Code != "pdf.not_installed" {
		t.Errorf("got %v", err)
	}
}

// TestAnOfficeThatFailsOrHangsIsGivenUp, whole: also what it started.
func TestAnOfficeThatFailsOrHangsIsGivenUp(t *testing.T) {
	folder := t.TempDir()
	office := func(script string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, "soffice"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	office("echo broken; exit 1\n")
	if _, err := soffice.PDF(t.Context(), "txt", text); workflow.AsError(err).Code != "pdf.failed" || !strings.Contains(err.Error(), "broken") {
		t.Errorf("an office that fails: %v", err)
	}
	started := filepath.Join(folder, "started")
	office("touch " + started + "; sleep 1000 & wait\n")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			if _, err := os.Stat(started); err == nil {
				cancel()
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	if _, err := soffice.PDF(ctx, "txt", text); workflow.AsError(err).Code != "pdf.failed" {
		t.Errorf("an office that hangs: %v", err)
	}
}
