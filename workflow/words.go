package workflow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// words are what fields and values of a task are called.
type words struct {
	def      *Definition
	campaign Campaign
	task     Task
	regions  map[string]string
}

// field is a part of a picture that people read.
type field struct {
	path  string
	label Text
}

// fields are in the order in which they are told.
var fields = []field{
	{"task.code", Text{ZH: "任务代码", EN: "Task code"}},
	{"task.region", Text{ZH: "区域", EN: "Region"}},
	{"task.subject", Text{ZH: "主要任务", EN: "Subject"}},
	{"task.requirement", Text{ZH: "工作内容及要求", EN: "Requirement"}},
	{"task.key", Text{ZH: "重点考核", EN: "Key task"}},
	{"task.state", Text{ZH: "状态", EN: "State"}},
	{"task.period", Text{ZH: "报告期", EN: "Period"}},
	{"task.verdict", Text{ZH: "评定结果", EN: "Verdict"}},
	{"missed.period", Text{ZH: "逾期未报的报告期", EN: "Period without a report"}},
	{"report.number", Text{ZH: "报告序号", EN: "Report number"}},
	{"report.status", Text{ZH: "报告状态", EN: "Report status"}},
	{"report.evidence_date", Text{ZH: "证据日期", EN: "Evidence date"}},
	{"report.narrative", Text{ZH: "工作进展情况", EN: "Narrative"}},
	{"report.evidence", Text{ZH: "证据文件", EN: "Evidence files"}},
	{"report.assessment.verdict", Text{ZH: "系统评定", EN: "Computed verdict"}},
	{"report.values.", Text{ZH: "填报值", EN: "Value"}},
	{"flag.verdict", Text{ZH: "挂牌评定", EN: "Verdict of the flag"}},
	{"flag.reason", Text{ZH: "挂牌理由", EN: "Reason of the flag"}},
	{"flag.rectify_by", Text{ZH: "整改期限", EN: "Rectify by"}},
	{"flag.opened_at", Text{ZH: "挂牌时间", EN: "Flagged at"}},
	{"flag.cleared_at", Text{ZH: "销号时间", EN: "Cleared at"}},
}

// valueLabels name the parts of a reported value.
var valueLabels = map[string]Text{
	"at_cutoff": {ZH: "截止日数值", EN: "at cutoff"},
	"latest":    {ZH: "最新数值", EN: "latest"},
	"latest_on": {ZH: "最新数值日期", EN: "latest on"},
	"value":     {ZH: "数值", EN: "value"},
	"verdict":   {ZH: "评定", EN: "verdict"},
	"done_on":   {ZH: "完成日期", EN: "done on"},
	"share":     {ZH: "完成比例", EN: "share done"},
}

// label names a field and says where it is told; below 0: it is not.
func (w words) label(path string) (Text, int) {
	place := slices.IndexFunc(fields, func(f field) bool {
		return f.path == path || strings.HasSuffix(f.path, ".") && strings.HasPrefix(path, f.path)
	})
	if place < 0 {
		return Text{}, place
	}
	if of, ok := strings.CutPrefix(path, "report.values."); ok {
		return w.valueLabel(of), place
	}
	return fields[place].label, place
}

// valueLabel names "km.at_cutoff" or "chain.stages.plan.done_on". No code has a
// point where it would be taken for another part: the last part is never a code.
func (w words) valueLabel(path string) Text {
	end := strings.LastIndex(path, ".")
	part, ok := valueLabels[path[end+1:]]
	if !ok || end < 0 {
		return plain(path)
	}
	name := path[:end]
	for _, m := range w.task.Measures {
		if m.Code == name {
			name = m.Station + m.Name
		}
		for _, stage := range m.Stages {
			if m.Code+".stages."+stage.Code == path[:end] {
				name = stage.Name
			}
		}
	}
	return Text{ZH: name + "：" + part.ZH, EN: name + ": " + part.EN}
}

// shown is a value as people read it.
func (w words) shown(path, value string) Shown {
	s := Shown{Value: value, Text: plain(value)}
	if value == "" {
		return s
	}
	switch last := path[strings.LastIndex(path, ".")+1:]; {
	case path == "task.state":
		s.Text = w.def.StateLabel(value)
	case path == "task.region" && w.regions[value] != "":
		s.Text = plain(w.regions[value])
	case path == "report.status":
		if label, ok := statusLabels[ReportStatus(value)]; ok {
			s.Text = label
		}
	case path == "report.evidence":
		s.Text = shownFiles(value)
	case last == "verdict":
		s.Text = VerdictLabel(assess.Verdict(value))
	case last == "period":
		if p, ok := w.campaign.Period(value); ok {
			s.Text = plain(p.Label)
		}
	case path == "task.key":
		s.Text = map[string]Text{"true": {ZH: "是", EN: "yes"}, "false": {ZH: "否", EN: "no"}}[value]
	case path == "flag.opened_at" || path == "flag.cleared_at":
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			s.Text = plain(ShownMoment(at))
		}
	}
	return s
}

// shownFiles lists the files of a report, each with what identifies it.
func shownFiles(value string) Text {
	var files []EvidenceRef
	if err := json.Unmarshal([]byte(value), &files); err != nil {
		return plain(value)
	}
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = fmt.Sprintf("%s (%d B, SHA-256 %s)", f.Name, f.Size, f.SHA256)
	}
	return plain(strings.Join(lines, "\n"))
}

// ShownMoment is a moment as people of the office read it, to the second.
func ShownMoment(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04:05") }
