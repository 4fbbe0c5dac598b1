// Package workbook is the workbook in which a district reports: made from the tasks
// that are open, filled in without a connection, read back, held against what is
// stored now, and sent as reports through the one verb that takes reports.
package workbook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/sheet"
)

// Template is the version of the form. A workbook of another one is refused.
const Template = "1"

// column is one of the form, by what it holds.
type column int

// The columns, in the order in which the form is written. It is read in any order.
const (
	colCode column = iota
	colSubject
	colRequirement
	colItem
	colRequired
	colUnit
	colDue
	colLast
	colFigure   // cumulative: value at the cutoff; ceiling: measured value
	colLatest   // cumulative: latest value ...
	colLatestOn // ... and its day
	colDoneOn   // stages: day on which it was done
	colShare    // stages: share done
	colVerdict  // qualitative: the district's own word
	colNarrative
	colEvidence
	colCheck
	colKey
	columnCount
)

// sheetName is that of the sheet that is filled in.
const sheetName = "进展填报"

// titles are how the columns are found again.
var titles = [columnCount]string{
	"任务代码", "主要任务", "工作内容及要求", "考核指标", "本期要求", "单位", "期限", "上次填报",
	"本期数值", "最新数值", "最新数值日期", "完成日期", "完成比例", "定性评定", "工作进展情况", "证据日期", "填报检查", "行标识",
}

// entries are what may be entered.
var entries = map[column]sheet.Entry{
	colFigure: sheet.AnyFigure, colLatest: sheet.AnyFigure, colLatestOn: sheet.AnyDay, colDoneOn: sheet.AnyDay,
	colShare: sheet.AnyShare, colVerdict: sheet.OneOf, colNarrative: sheet.AnyText, colEvidence: sheet.AnyDay,
}

// inputs are the columns that people fill in, by row or once for each task.
var inputs = []column{colFigure, colLatest, colLatestOn, colDoneOn, colShare, colVerdict, colNarrative, colEvidence}

func isInput(c column) bool { return entries[c] != sheet.NoEntry }

// ofTask reports whether an input is given once for each task.
func ofTask(c column) bool { return c == colNarrative || c == colEvidence }

var widths = [columnCount]float64{11, 20, 30, 16, 16, 9, 11, 15, 9, 9, 11, 11, 9, 13, 32, 11, 24, 10}

const dayHint = "例如 2023-06-30；也可写 2023年6月30日。"

var hints = map[column][2]string{ // hint, refusal
	colFigure:    {"填数字本身，不带单位；截至本期截止日期的数值。百分数填 9.25，不填 0.0925。", "请填不小于 0 的数字，不带单位。"},
	colLatest:    {"截止日期之后又有进展时填写，并填写日期。", "请填不小于 0 的数字，不带单位。"},
	colLatestOn:  {"最新数值是哪一天的。" + dayHint, "请填日期，例如 2023-06-30。"},
	colDoneOn:    {"此阶段完成的日期；未完成则留空，填完成比例。" + dayHint, "请填日期，例如 2023-06-30。"},
	colShare:     {"未完成时填 0% 到 99%，未启动填 0%；已完成则填完成日期。", "请填 0% 到 99%；已完成请填完成日期。"},
	colVerdict:   {"从列表中选择；不填则由审核员评定。", "请从列表中选择。"},
	colNarrative: {"每项任务填一次，不超过 10000 字。", "不超过 10000 字。"},
	colEvidence:  {"截至哪一天的情况；不填为上传当天。" + dayHint, "请填日期，例如 2023-06-30。"},
}

// columns are those of the form as it is written.
func columns() []sheet.FormColumn {
	list := make([]sheet.FormColumn, columnCount)
	for c := range columnCount {
		list[c] = sheet.FormColumn{
			Title: titles[c], Width: widths[c], Hidden: c == colKey, Entry: entries[c], Hint: hints[c][0], Refusal: hints[c][1],
		}
	}
	for _, v := range assess.Verdicts {
		list[colVerdict].Choices = append(list[colVerdict].Choices, workflow.VerdictLabel(v).ZH)
	}
	return list
}

// key says what a row is of.
type key struct {
	Task    string // id
	Version int    // of the task when the workbook was made
	Measure string // code, empty where the task has nothing due
	Stage   string // code, of a stages measure
	Kind    assess.Kind
	First   bool // the row in which the task's narrative is written
}

// facts are what a workbook is of.
type facts struct{ Template, Campaign, Period string }

// kinds are the kinds of measures as keys write them; a first row has a capital.
var kinds = map[assess.Kind]string{assess.Cumulative: "c", assess.Stages: "s", assess.Ceiling: "l", assess.Qualitative: "q", "": "n"}

// text writes a key with a digest that ties it to the cells beside it: code, item
// and unit. After rows were moved in some columns only, it no longer fits.
func (k key) text(f facts, beside [3]string) string {
	kind := kinds[k.Kind]
	if k.First {
		kind = strings.ToUpper(kind)
	}
	plain := strings.Join([]string{f.Template, f.Campaign, f.Period, k.Task, strconv.Itoa(k.Version), k.Measure, k.Stage, kind}, ":")
	sum := sha256.Sum256([]byte(plain + "\n" + folded(strings.Join(beside[:], "|"))))
	return plain + ":" + hex.EncodeToString(sum[:8])
}

// folded is a text without white space, which programs change when they save.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// parseKey reads what text wrote. fits: the digest is that of the cells beside it.
func parseKey(s string, beside [3]string) (k key, f facts, fits bool, err error) {
	s = strings.TrimSpace(s)
	part := strings.Split(s, ":")
	if len(part) != 9 {
		return k, f, false, fmt.Errorf("a key of %d parts", len(part))
	}
	f = facts{part[0], part[1], part[2]}
	k = key{Task: part[3], Measure: part[5], Stage: part[6]}
	if k.Version, err = strconv.Atoi(part[4]); err != nil || k.Version < 1 {
		return k, f, false, fmt.Errorf("a key of version %q", part[4])
	}
	known := false
	for kind, letter := range kinds {
		if strings.EqualFold(letter, part[7]) {
			k.Kind, k.First, known = kind, letter != part[7], true
		}
	}
	if !known {
		return k, f, false, fmt.Errorf("a key of kind %q", part[7])
	}
	return k, f, k.text(f, beside) == s, nil
}

// open are the columns in which a row with the key has something to fill in.
func (k key) open() []column {
	var list []column
	switch k.Kind {
	case assess.Cumulative:
		list = []column{colFigure, colLatest, colLatestOn}
	case assess.Stages:
		list = []column{colDoneOn, colShare}
	case assess.Ceiling:
		list = []column{colFigure}
	case assess.Qualitative:
		list = []column{colVerdict}
	}
	if k.First {
		list = append(list, colNarrative, colEvidence)
	}
	return list
}

// field is the path in a report of what a column of the row gives; without a
// column, that of the whole row.
func (k key) field(c column) string {
	at := "values." + k.Measure
	if k.Stage != "" {
		at += ".stages." + k.Stage
	}
	switch c {
	case colFigure:
		if k.Kind == assess.Ceiling {
			return at + ".value"
		}
		return at + ".at_cutoff"
	case colLatest:
		return at + ".latest"
	case colLatestOn:
		return at + ".latest_on"
	case colDoneOn:
		return at + ".done_on"
	case colShare:
		return at + ".share"
	case colVerdict:
		return at + ".verdict"
	case colNarrative:
		return "narrative"
	case colEvidence:
		return "evidence_date"
	}
	return at
}
