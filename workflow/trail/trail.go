// Package trail puts what was found in the audit trail into rows of text: for
// files that spreadsheets open, and for terminals.
package trail

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"duban/workflow"
	"duban/workflow/audit"
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
	"时间", "结果", "事件", "专项工作", "报告期", "区域", "任务代码", "主要任务", "人员", "角色", "原状态", "新状态", "理由", "拒绝原因",
	"版本", "来源", "地址", "请求编号", "对象类别", "对象编号", "人员编号", "事件代码", "事件编号",
}

// Row is an event as texts in the order of Header.
func Row(def *workflow.Definition, v workflow.EventView) []string {
	e := v.Event
	code, subject := "", ""
	if v.Task != nil {
		code, subject = v.Task.Code, v.Task.Subject
	}
	return []string{
		workflow.ShownMoment(e.At), workflow.OutcomeLabel(e.Outcome == audit.Accepted).ZH, v.Label.ZH, e.Campaign, e.Period, regionOf(v), code, subject,
		v.Person, def.RoleLabel(workflow.Role(e.ActorRole)).ZH, def.StateLabel(e.From).ZH, def.StateLabel(e.To).ZH, e.Reason, v.Why,
		strconv.Itoa(e.Version), e.Channel, e.Address, e.RequestID, e.Subject, e.SubjectID, e.ActorID, e.Name, e.ID,
	}
}

func regionOf(v workflow.EventView) string {
	if v.Region == "" {
		return v.Event.Region
	}
	return v.Region
}

// Export writes everything that answers a query as a file. Where something is left
// out, the last row says so. Nothing of the file may be handed out when there is
// an error.
func Export(ctx context.Context, s *workflow.Service, who workflow.Actor, q workflow.EventQuery, f Format, w io.Writer) (workflow.Exported, error) {
	var out workflow.Exported
	err := sheet.Write(w, f, "审计记录", Header, func(row func([]string) error) (err error) {
		out, err = s.ExportEvents(ctx, who, q, func(views []workflow.EventView) error {
			for _, v := range views {
				if err := row(Row(s.Definition(), v)); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil && out.Next != nil {
			err = row([]string{LeftOut(out).ZH})
		}
		return err
	})
	if err != nil {
		return workflow.Exported{}, fmt.Errorf("writing the audit trail as %s: %w", f, err)
	}
	return out, nil
}

// LeftOut says where an export stopped.
func LeftOut(out workflow.Exported) workflow.Text {
	at := workflow.ShownMoment(out.Next.At)
	return workflow.Text{
		ZH: fmt.Sprintf("导出到上限为止，共 %d 条；%s 之前的记录不在其中，请缩小条件，或以截止日期、游标续导", out.Rows, at),
		EN: fmt.Sprintf("The export stopped at its limit with %d events; what was before %s is not in it: narrow the question, or go on from there", out.Rows, at),
	}
}
