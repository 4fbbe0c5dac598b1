package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/calendar"
	"duban/workflow/witness"
)

func (p *program) auditArchive() *cobra.Command {
	var before, dir string
	cmd := &cobra.Command{
		Use:   "archive --before DAY",
		Short: "把旧的审计事件存入归档文件，登录、查阅等事件移出数据库 / put old audit events into a file",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			day, err := calendar.Parse(before)
			if err != nil {
				return fmt.Errorf("--before: %w", err)
			}
			return p.inHouse(cmd.Context(), func(h *house) error {
				if dir == "" {
					dir = h.config.ArchivesPath()
				}
				done, err := h.service.WithArchives(witness.Folder(dir)).Archive(cmd.Context(), workflow.Call{Actor: operator()}, day)
				switch {
				case err != nil:
					return err
				case done == nil:
					fmt.Fprintln(p.stdout, p.text("没有可以归档的事件", "there is nothing to archive"))
				default:
					fmt.Fprintf(p.stdout, p.text("第 %d 号之前的事件已归档：%s（SHA-256 %s）\n", "the events before number %d are archived: %s (SHA-256 %s)\n"), done.Until, done.File, done.SHA256)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&before, "before", "", "归档此日及以前的事件，至少六个月前 / events up to this day, at least six months ago")
	cmd.Flags().StringVar(&dir, "dir", "", "归档文件夹，默认 data_dir/archives / folder of the archives")
	must(cmd.MarkFlagRequired("before"))
	return cmd
}
