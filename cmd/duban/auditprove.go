package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

func (p *program) auditKey() *cobra.Command {
	return &cobra.Command{
		Use:   "key",
		Short: "输出日志的公钥 / print the public key of the log",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := p.prepared()
			if err != nil {
				return err
			}
			key, err := logKey(c)
			if err != nil {
				return err
			}
			fmt.Fprintln(p.stdout, key.Public)
			return nil
		},
	}
}

// inLog opens a house whose committed events are all in the log and signed.
func (p *program) inLog(ctx context.Context, fn func(*house) error) error {
	return p.inHouse(ctx, func(h *house) error {
		if _, err := h.service.Sequence(ctx); err != nil {
			return err
		}
		return fn(h)
	})
}

func (p *program) auditCheckpoint() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "checkpoint [--out FILE]",
		Short: "输出最新的检查点，以便保存在外 / print the newest checkpoint, to be kept outside",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inLog(cmd.Context(), func(h *house) error {
				note, _, err := h.service.Checkpoint(cmd.Context(), operator())
				if err != nil {
					return err
				}
				return p.give(out, note)
			})
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "写入文件 / write to this file")
	return cmd
}

func (p *program) auditProve() *cobra.Command {
	var task, out string
	cmd := &cobra.Command{
		Use:     "prove --task ID|CAMPAIGN/CODE --out FILE.json",
		Short:   "导出一项任务的证明文件，可离线核验 / write the file that proves a task's events offline",
		Example: "  duban audit prove --task jm-2023/440703-01 --out proof.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inLog(cmd.Context(), func(h *house) error {
				proof, err := h.service.TaskProof(cmd.Context(), operator(), task)
				if err != nil {
					return err
				}
				if err := p.give(out, proof.File); err != nil {
					return err
				}
				fmt.Fprintf(p.stderr, p.text("已证明任务 %s 的第 1 版至第 %d 版，检查点 %s\n", "Task %s is proved from version 1 to %d, checkpoint %s\n"),
					proof.Task.Code, proof.Version, proof.Checkpoint.Short())
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&task, "task", "", "任务编号，或 专项工作代码/任务代码 / id of the task, or campaign/code")
	cmd.Flags().StringVar(&out, "out", "", "证明文件 / the file to write")
	must(cmd.MarkFlagRequired("task"))
	must(cmd.MarkFlagRequired("out"))
	return cmd
}

func (p *program) auditConsistency() *cobra.Command {
	var from, to int64
	var out string
	cmd := &cobra.Command{
		Use:   "consistency --from SIZE --to SIZE [--out FILE.json]",
		Short: "导出一致性证明：较短的日志是较长日志的开头 / prove that the shorter log is the beginning of the longer one",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				proof, err := h.service.Consistency(cmd.Context(), operator(), from, to)
				if err != nil {
					return err
				}
				file, err := proof.Encode()
				if err != nil {
					return err
				}
				return p.give(out, file)
			})
		},
	}
	cmd.Flags().Int64Var(&from, "from", 0, "较早检查点的记录数 / size of the older checkpoint")
	cmd.Flags().Int64Var(&to, "to", 0, "较新检查点的记录数 / size of the newer checkpoint")
	cmd.Flags().StringVar(&out, "out", "", "写入文件 / write to this file")
	must(cmd.MarkFlagRequired("from"))
	must(cmd.MarkFlagRequired("to"))
	return cmd
}

// give writes to the named file, or to standard output when none is named.
func (p *program) give(path string, data []byte) error {
	write := func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
	if path == "" {
		return write(p.stdout)
	}
	return putFile(path, write)
}

// putFile puts a whole file in place, readable to its owner only: whoever finds it
// finds all of it.
func putFile(path string, write func(io.Writer) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".duban-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(tmp.Name()) // gone already once it has its name
	if err = errors.Join(write(tmp), tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
