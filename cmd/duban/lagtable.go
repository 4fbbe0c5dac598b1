package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/lagtable"
	"duban/workflow/soffice"
)

func (p *program) lagtable() *cobra.Command {
	var campaign, period, format, known, out string
	cmd := &cobra.Command{
		Use:   "lagtable --campaign CODE --period CODE",
		Short: "输出进度滞后情况表 / print the lag table",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, err := p.lagFormat(cmd.Context(), format)
			if err != nil {
				return err
			}
			asOf, err := workflow.ParseAsOf(known)
			if err != nil {
				return fmt.Errorf("--as-known-on: %w", err)
			}
			return p.inHouse(cmd.Context(), func(h *house) error {
				data, err := h.service.LagData(cmd.Context(), operator(), campaign, period, asOf)
				if err != nil {
					return err
				}
				p.showGaps(data.Gaps)
				table := lagtable.Build(data)
				if table.Signed, err = h.service.Signed(cmd.Context(), operator()); err != nil {
					return err
				}
				return p.putOut(out, func(w io.Writer) error { return write(table, w) })
			})
		},
	}
	cmd.Flags().StringVar(&campaign, "campaign", "", "专项工作代码 / campaign code")
	cmd.Flags().StringVar(&period, "period", "", "报告期代码 / period code")
	cmd.Flags().StringVar(&format, "format", "json", lagFormats())
	cmd.Flags().StringVar(&out, "out", "", "写入文件，默认标准输出 / the file to write; standard output by default")
	cmd.Flags().StringVar(&known, "as-known-on", "", "截至某日或某时刻已知的情况 / as known at the end of a day or before a moment, e.g. 2023-08-31, 2023-08-31T09:00:00+08:00")
	must(cmd.MarkFlagRequired("campaign"))
	must(cmd.MarkFlagRequired("period"))
	return cmd
}

// lagFormats lists the formats of the lag table.
func lagFormats() string {
	var names []string
	for _, f := range lagtable.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(append(names, formatPDF), " | ")
}

const formatPDF = "pdf"

// lagFormat returns how a table is written in a format.
func (p *program) lagFormat(ctx context.Context, name string) (func(lagtable.Table, io.Writer) error, error) {
	if name == formatPDF {
		return func(t lagtable.Table, w io.Writer) error {
			pdf, err := soffice.PDF(ctx, "docx", t.DOCX)
			if err == nil {
				_, err = w.Write(pdf)
			}
			return err
		}, nil
	}
	f, ok := lagtable.FormatNamed(name)
	if !ok {
		return nil, fmt.Errorf(p.text("--format 须为 %s 之一，不是 %q", "--format must be one of %s, not %q"), lagFormats(), name)
	}
	return f.Write, nil
}

// putOut writes to a file, or to standard output when none is named.
func (p *program) putOut(path string, write func(io.Writer) error) error {
	if path == "" {
		return write(p.stdout)
	}
	return putFile(path, write)
}

// showGaps names, beside the table, the tasks that it cannot speak of.
func (p *program) showGaps(gaps []workflow.LagGap) {
	for _, g := range gaps {
		fmt.Fprintf(p.stderr, "%s %s: %s\n", g.Task.Region, g.Task.Code, workflow.GapLabel(g.Reason).In(p.lang))
	}
}
