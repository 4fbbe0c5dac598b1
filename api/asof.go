package api

import (
	"github.com/danielgtaylor/huma/v2"

	"duban/workflow"
)

// asOfText is a past moment on the wire. Empty means now.
type asOfText string

// asOfField is the parameter as refusals name it.
const asOfField = "as_of"

// Schema documents the text; parse reads it.
func (asOfText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Examples: []any{"2023-08-31", "2023-08-31T01:00:00Z"},
		Description: "过去的时刻：日期表示该日（北京时间）结束时，或 RFC 3339 时刻（不含该时刻）；URL 中的 + 须写作 %2B / " +
			"A moment of the past: a day stands for its end in Asia/Shanghai; a moment of RFC 3339 is itself not included; + is %2B in a URL"}
}

func (a asOfText) parse(p *workflow.Problems) workflow.AsOf {
	parsed, err := workflow.ParseAsOf(string(a))
	if err != nil {
		p.Add(asOfField, "moment", "须为日期或 RFC 3339 时刻，例如 2023-08-31、2023-08-31T01:00:00Z；URL 中的加号须编码",
			"must be a day or a moment of RFC 3339, for example 2023-08-31 or 2023-08-31T01:00:00Z; a plus sign in a URL must be encoded")
	}
	return parsed
}

// PastQuery asks for what was known at a moment of the past.
type PastQuery struct {
	AsOf asOfText `query:"as_of" doc:"按该时刻已记录的情况，由审计事件重建；默认现在 / As recorded by that moment, rebuilt from the audit events; now by default"`
}
