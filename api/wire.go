package api

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// decimalText is a figure on the wire: a JSON string, so that no client turns it
// into a float. Empty means absent.
type decimalText string

// Schema documents the text; parse reads it.
func (decimalText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Examples: []any{"9.25"},
		Description: "十进制数，写成字符串；整数部分最多 15 位，小数最多 8 位 / A decimal figure as a string: at most 15 digits before the point and 8 after it"}
}

func (d decimalText) parse(p *workflow.Problems, field string) *assess.Decimal {
	if d == "" {
		return nil
	}
	parsed, err := assess.ParseDecimal(string(d))
	if err != nil {
		p.Add(field, "decimal", "须为十进制数，例如 \"9.25\"；整数部分最多 15 位，小数最多 8 位",
			"must be a decimal figure such as \"9.25\", at most 15 digits before the point and 8 after it")
		return nil
	}
	return &parsed
}

// or0 reads a figure that must not be absent; the domain says what is wrong with
// zero.
func (d decimalText) or0(p *workflow.Problems, field string) assess.Decimal {
	if parsed := d.parse(p, field); parsed != nil {
		return *parsed
	}
	return assess.Decimal{}
}

// decimalOut prints a figure without trailing zeros: the same text before and
// after the figure went through JSON, which a repeated answer depends on.
func decimalOut(d *assess.Decimal) decimalText {
	if d == nil {
		return ""
	}
	return decimalText(d.String())
}

// dateText is a day on the wire, "2023-06-30". Empty means absent.
type dateText string

// Schema documents the text; parse reads it.
func (dateText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Examples: []any{"2023-06-30"}, Description: "日期，例如 2023-06-30 / A day, for example 2023-06-30"}
}

func (d dateText) parse(p *workflow.Problems, field string) calendar.Date {
	if d == "" {
		return calendar.Date{}
	}
	parsed, err := calendar.Parse(string(d))
	if err != nil {
		p.Add(field, "date", "须为存在的日期，例如 2023-06-30", "must be a day that exists, for example 2023-06-30")
	}
	return parsed
}

func dateOut(d calendar.Date) dateText { return dateText(d.String()) }

// verdictText is a verdict on the wire. Empty means absent.
type verdictText string

// Schema lists the verdicts.
func (verdictText) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString,
		Description: "评定结果：on_schedule 按进度完成，nearly 基本按进度完成，lagging 进度滞后，behind 未按进度完成 / A verdict"}
	for _, v := range assess.Verdicts {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

// textOut is a label in both languages.
type textOut struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

func textOf(t workflow.Text) textOut { return textOut{ZH: t.ZH, EN: t.EN} }

// CodePath is the path of something named by a code.
type CodePath struct {
	Code string `path:"code" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" patternDescription:"jm-2023" example:"jm-2023"`
}

// PeriodPath is the path of a period of a campaign.
type PeriodPath struct {
	CodePath
	Period string `path:"period" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" patternDescription:"2023-h1" example:"2023-h1"`
}

// TaskPath is the path of a task. What is not an id in the form in which ids are
// given out never reaches the service.
type TaskPath struct {
	ID string `path:"id" pattern:"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" patternDescription:"0198c0de-0000-7000-8000-000000000000" example:"0198c0de-0000-7000-8000-000000000000"`
}

func indexed(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }
