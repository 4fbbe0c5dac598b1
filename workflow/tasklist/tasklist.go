// Package tasklist puts a list of tasks into rows of text, for files that spreadsheets
// open.
package tasklist

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"duban/workflow"
	"duban/workflow/sheet"
)

// Format is a format of files.
type Format = sheet.FileFormat

// The formats.
const (
	CSV  = sheet.CSVFile
	XLSX = sheet.XLSXFile
)

// Header is that of Row. Files for the office are in Chinese.
var Header = []string{
	"专项工作", "区域", "任务代码", "重点考核", "主要任务", "工作内容及要求", "报告期", "状态", "评定结果", "灯号", "到期", "剩余天数", "最近变更", "行政区划代码", "版本", "任务编号",
}

// Row is a task as texts in the order of Header.
func Row(def *workflow.Definition, t workflow.Task, s workflow.Standing) []string {
	key, verdict, due, days := "", "", "", ""
	if t.Key {
		key = "是"
	}
	if t.Verdict != "" {
		verdict = workflow.VerdictLabel(t.Verdict).ZH
	}
	if !t.Due.IsZero() {
		due, days = t.Due.String(), strconv.Itoa(s.Days)
	}
	return []string{
		t.Campaign, s.RegionName, t.Code, key, t.Subject, t.Requirement, s.Period.Label, def.StateLabel(string(t.State)).ZH, verdict, s.Light.Label().ZH, due, days,
		workflow.ShownMoment(t.UpdatedAt), t.Region, strconv.Itoa(t.Version), t.ID,
	}
}

// Export writes every task that a filter selects as a file. Where something is left
// out, the last row says so. Nothing of the file may be handed out when there is an
// error.
func Export(ctx context.Context, s *workflow.Service, who workflow.Actor, q workflow.TaskFilter, asOf workflow.AsOf, f Format, w io.Writer) (workflow.ExportedTasks, error) {
	var out workflow.ExportedTasks
	err := sheet.Write(w, f, "任务列表", Header, func(row func([]string) error) (err error) {
		out, err = s.ExportTasks(ctx, who, q, asOf, func(tasks []workflow.Task, standings []workflow.Standing) error {
			for i, t := range tasks {
				if err := row(Row(s.Definition(), t, standings[i])); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil && out.Next != nil {
			err = row([]string{fmt.Sprintf("导出到上限为止，共 %d 项；其余任务不在其中，请缩小条件，或以游标续导", out.Rows)})
		}
		return err
	})
	if err != nil {
		return workflow.ExportedTasks{}, fmt.Errorf("writing the task list as %s: %w", f, err)
	}
	return out, nil
}
