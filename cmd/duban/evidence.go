package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"duban/configs"
	"duban/migrations"
	"duban/workflow"
	"duban/workflow/clamav"
	"duban/workflow/filestore"
)

const (
	// sweepEvery is how often evidence is swept while the server runs.
	sweepEvery = time.Hour
	// underWay is how long after it was stored a file is left to who may be about to
	// record it.
	underWay = time.Hour
)

// evidenceStore opens the store of evidence that is configured, and the scanner.
func evidenceStore(c configs.Config) (workflow.EvidenceStore, workflow.Scanner, error) {
	var scanner workflow.Scanner
	if c.Evidence.ClamAV != "" {
		daemon, err := clamav.At(c.Evidence.ClamAV)
		if err != nil {
			return nil, nil, err
		}
		scanner = daemon
	}
	if b := c.Evidence.S3; b.Bucket != "" {
		store, err := filestore.OpenS3(filestore.Bucket{Endpoint: b.Endpoint, Name: b.Bucket, Region: b.Region, AccessKey: b.AccessKey, SecretKey: b.SecretKey}, c.EvidencePath())
		return store, scanner, err
	}
	store, err := filestore.OpenFolder(c.EvidencePath())
	return store, scanner, err
}

// keepEvidence gives the service its files.
func (h *house) keepEvidence(s *workflow.Service) *workflow.Service {
	e := h.config.Evidence
	return s.WithEvidence(h.files, h.scanner, workflow.EvidenceRules{
		Parallel: e.Parallel, PerReport: e.PerReport, PerTask: int64(e.PerTask) << 20, Keep: time.Duration(e.KeepDays) * 24 * time.Hour,
	})
}

// sweepEvidence sweeps when the server starts, and then again and again until ctx is
// done. At the start of the only server there can be, nothing is under way.
func sweepEvidence(ctx context.Context, h *house, log *slog.Logger) {
	by := operator()
	by.Channel = "job"
	before := time.Now()
	if h.config.Database.Dialect != string(migrations.SQLite) {
		before = before.Add(-underWay)
	}
	for {
		swept, err := h.service.SweepEvidence(ctx, workflow.Call{Actor: by}, before, false)
		switch {
		case err != nil && ctx.Err() == nil:
			log.Warn("evidence is not swept", "error", err)
		case swept.Left > 0:
			log.Error("there are more files without an upload than can be a crash: is this the right database? See duban evidence check", "files", swept.Left)
		case swept.Files+swept.Uploads > 0:
			log.Info("evidence is swept", "uploads", swept.Uploads, "files", swept.Files)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(sweepEvery):
		}
		before = time.Now().Add(-underWay)
	}
}

func (p *program) evidence() *cobra.Command {
	cmd := &cobra.Command{Use: "evidence", Short: "证据文件 / evidence files", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(p.evidenceCheck(), p.evidenceSweep())
	return cmd
}

func (p *program) evidenceCheck() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "逐个核对证据文件：丢失、被改动、无主 / hold every evidence file against its digest",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				report, err := h.service.CheckEvidence(cmd.Context(), time.Now())
				if err != nil {
					return err
				}
				if asJSON {
					if err := json.NewEncoder(p.stdout).Encode(report); err != nil {
						return err
					}
				} else {
					p.showEvidence(report)
				}
				if len(report.Faults) > 0 {
					return fmt.Errorf(p.text("有 %d 处不符", "%d faults"), len(report.Faults))
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON / write JSON")
	return cmd
}

func (p *program) showEvidence(report workflow.EvidenceReport) {
	faults := map[workflow.EvidenceFault]string{
		workflow.EvidenceMissing: p.text("丢失", "missing"), workflow.EvidenceChanged: p.text("被改动", "changed"),
		workflow.EvidenceOrphan: p.text("无主（没有上传记录）", "orphan (no upload has it)"),
	}
	for _, f := range report.Faults {
		fmt.Fprintf(p.stdout, "%s  %s  %s %s\n", f.SHA256, faults[f.Fault], f.TaskID, f.Upload)
	}
	fmt.Fprintf(p.stdout, p.text("上传 %d 次，文件 %d 个，共 %d 字节，%d 处不符\n", "%d uploads, %d files, %d bytes, %d faults\n"),
		report.Uploads, report.Files, report.Bytes, len(report.Faults))
}

func (p *program) evidenceSweep() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "清除到期未用的上传和一小时前的无主文件 / remove unused uploads and files without one",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				swept, err := h.service.SweepEvidence(cmd.Context(), workflow.Call{Actor: operator()}, time.Now().Add(-underWay), all)
				if err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, p.text("清除上传 %d 个、文件 %d 个\n", "%d uploads and %d files are removed\n"), swept.Uploads, swept.Files)
				if swept.Left > 0 {
					return fmt.Errorf(p.text("%d 个文件没有上传记录，多得不像中断所致，未清除：请先确认数据库无误，再加 --all",
						"%d files have no upload, more than a crash leaves, and are not removed: make sure that the database is the right one, then add --all"), swept.Left)
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "无主文件再多也清除 / however many files have no upload")
	return cmd
}
