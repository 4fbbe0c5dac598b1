package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/intake"
)

// tableFlags are the flags of reading an official table.
type tableFlags struct {
	out      string
	campaign string
	regions  []string
	year     int
}

func (f *tableFlags) declare(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.out, "out", "", "把读出的专项工作文件写到此处（不覆盖已有文件）/ where to write the campaign file that is read from a table (no file is overwritten)")
	cmd.Flags().StringVar(&f.campaign, "campaign", "", "从此专项工作文件取代码、报告期和行政区划 / take code, periods and regions from this campaign file")
	cmd.Flags().StringArrayVar(&f.regions, "region", nil, "行政区划，代码=名称，可多次 / a region, CODE=NAME, repeatable")
	cmd.Flags().IntVar(&f.year, "year", 0, "没有写年份的期限属于哪一年 / the year of deadlines that name none")
}

// isTable reports a file that `duban import` reads as an official table.
func isTable(path string) bool {
	return slices.Contains([]string{".docx", ".xlsx", ".txt", ".doc", ".xls"}, strings.ToLower(filepath.Ext(path)))
}

// readTable reads an official table and proposes a campaign file. It opens no
// database.
func (p *program) readTable(path string, flags tableFlags) error {
	data, err := readFile(path)
	if err != nil {
		return err
	}
	frame, err := flags.frame()
	if err != nil {
		return err
	}
	table, err := intake.ReadTable(path, data)
	if err != nil {
		return err
	}
	proposal := intake.Propose(filepath.Base(path), table, frame)
	if flags.out == "" {
		_, err := p.stdout.Write(proposal.YAML())
		p.summary(p.stderr, proposal)
		return err
	}
	if err := writeNew(flags.out, proposal.YAML()); err != nil {
		return err
	}
	p.summary(p.stdout, proposal)
	fmt.Fprintf(p.stdout, p.text("已写入 %s：核对后用 duban import %s 导入；数据库没有变化\n", "written to %s: check it, then duban import %s; the database was not changed\n"), flags.out, flags.out)
	return nil
}

func (f tableFlags) frame() (intake.Frame, error) {
	frame := intake.Frame{Year: f.year}
	if f.campaign != "" {
		file, err := readCampaign(f.campaign)
		if err != nil {
			return frame, err
		}
		frame = intake.FrameOf(file)
		frame.Year = f.year
	}
	for _, given := range f.regions {
		code, name, ok := strings.Cut(given, "=")
		r := workflow.Region{Code: code, Name: name}
		if err := r.Check().Err(); !ok || err != nil {
			return frame, workflow.NewError(workflow.Invalid, "region.form", "行政区划写作 代码=名称，例如 440703=蓬江区，不是 "+given, "A region is CODE=NAME, for example 440703=蓬江区, not "+given)
		}
		frame.Regions = append(frame.Regions, r)
	}
	return frame, nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > intake.MostFile {
		return nil, workflow.NewError(workflow.Invalid, "file.too_large", path+" 超过 16 MB", path+" has more than 16 MB")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, workflow.NewError(workflow.Invalid, "file.read", "无法读取 "+path+"："+err.Error(), "Cannot read "+path+": "+err.Error())
	}
	return data, nil
}

func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return workflow.NewError(workflow.Invalid, "file.exists", path+" 已存在：请换一个文件名", path+" exists: choose another name")
	}
	if err != nil {
		return fmt.Errorf("writing the campaign file: %w", err)
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
