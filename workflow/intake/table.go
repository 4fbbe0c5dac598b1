package intake

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/ooxml"
	"duban/workflow/wording"
)

// Table is an official table as it was read from a file.
type Table struct {
	Title    string
	Year     int    // from the title, 0 when it has none
	Period   string // label in the title's brackets: 1-6月
	Campaign string // the title without the words of a lag table and the period
	Rows     []Row
	Notes    []string // lines under the table
	Left     []string // what was left out, for people
}

// Row is a row of an official table. The texts are the source's own.
type Row struct {
	N           int      `json:"n"`
	Region      string   `json:"region"` // as printed; carried down over merged and blank cells
	Subject     []string `json:"subject"`
	Requirement []string `json:"requirement"`
	Key         bool     `json:"key"` // 【重点考核】
	// Verdict is the printed phrase, "" when there is none; for stations it stands
	// in the narrative.
	Verdict  string   `json:"verdict,omitempty"`
	Progress []string `json:"progress,omitempty"` // the whole cell
	Told     []string `json:"narrative,omitempty"`
	Due      string   `json:"due,omitempty"` // of a column of its own
	unsure   bool     // where the requirement begins is not certain
}

// MostFile is the largest file with a table, in bytes.
const MostFile = 16 << 20

// ReadTable reads a lag table or a list of tasks from a Word file (.docx), a
// workbook (.xlsx) or plain text, told apart by their first bytes. name is only
// used in messages.
func ReadTable(name string, data []byte) (*Table, error) {
	if len(data) > MostFile {
		return nil, refusal(&ooxml.Refusal{Code: "too_large", Part: filepath.Base(name), ZH: "文件超过 16 MB", EN: "the file has more than 16 MB"})
	}
	doc, err := readDocument(data)
	if err != nil {
		return nil, err
	}
	t := &Table{}
	for _, line := range doc.before {
		t.title(line)
	}
	var at map[column]int
	for _, g := range doc.grids {
		at = t.grid(g, at)
	}
	if len(t.Rows) == 0 {
		return nil, workflow.NewError(workflow.Invalid, "file.no_table",
			"没有找到任务表：表头须有“主要任务”，并有“工作内容及要求”“工作进展情况”“区域”之一（或意思相同的栏目名）",
			"No table of tasks was found: its header needs 主要任务 and one of 工作内容及要求, 工作进展情况, 区域, or headings that mean the same")
	}
	return t, nil
}

func readDocument(data []byte) (*document, error) {
	if !strings.HasPrefix(string(data[:min(4, len(data))]), "PK") && !strings.HasPrefix(string(data[:min(2, len(data))]), "\xD0\xCF") {
		return readText(data)
	}
	p, err := ooxml.Open(data, ooxml.Usual)
	if err != nil {
		return nil, refusal(err)
	}
	for _, part := range p.Names() {
		if part == "xl/workbook.xml" {
			return readXLSX(data)
		}
	}
	return readDOCX(data)
}

var (
	yearInTitle = regexp.MustCompile(`20[0-9]{2}`)
	periodLabel = regexp.MustCompile(`[（(]([^（()）]{1,20})[)）]\s*$`)
	lagWords    = regexp.MustCompile(`(?:进度|进展)(?:滞后)?情况(?:一览|统计|汇总|通报)?表$|(?:任务|工作)?(?:清单|分解表|一览表|安排表)$`)
)

// title takes the last line before the table that looks like one.
func (t *Table) title(line string) {
	normal := wording.Normal(line)
	if len([]rune(normal)) < 6 || strings.ContainsAny(normal, "。；") || strings.HasPrefix(normal, "附件") || strings.HasPrefix(normal, "填报") {
		return
	}
	if t.Title != "" && !strings.ContainsAny(normal, "表单") {
		return
	}
	t.Title = strings.ReplaceAll(line, "\n", "")
	rest := t.Title
	t.Period = ""
	if m := periodLabel.FindStringSubmatch(rest); m != nil {
		t.Period, rest = m[1], strings.TrimSuffix(rest, m[0])
	}
	t.Campaign = lagWords.ReplaceAllString(rest, "")
	t.Year, _ = strconv.Atoi(yearInTitle.FindString(normal))
}

// grid reads one table. at is where the columns of the table before were, for a
// table that goes on without a header.
func (t *Table) grid(g grid, at map[column]int) map[column]int {
	began, width := false, 0
	last := map[int]string{} // by column, for merged cells
	region := ""
	if at != nil && len(t.Rows) > 0 {
		region = t.Rows[len(t.Rows)-1].Region
	}
	for _, row := range g.rows {
		texts := make([]string, len(row))
		full := 0
		for i, c := range row {
			if texts[i] = c.text; c.down && c.text == "" {
				texts[i] = last[i]
			}
			last[i] = texts[i]
			if c.text != "" {
				full++
			}
		}
		switch columns := columnsOf(texts); {
		case full == 0:
			continue
		case columns != nil:
			at, began, width = columns, true, len(texts)
			continue
		case at == nil:
			t.above(texts)
			continue
		case !began && len(texts) < len(at):
			continue // another table, of other columns
		case full == 1 && t.alone(texts, at, &region):
			continue
		}
		t.row(texts, at, &region, width)
	}
	return at
}

// above takes a title out of the rows over the header.
func (t *Table) above(texts []string) {
	for _, text := range texts {
		if text != "" {
			t.title(text)
		}
	}
}

// alone reads a row with one text only: a region over its rows, or a note under
// the table.
func (t *Table) alone(texts []string, at map[column]int, region *string) bool {
	text, place := "", 0
	for i, c := range texts {
		if c != "" {
			text, place = c, i
		}
	}
	normal := wording.Normal(text)
	r, hasRegion := at[regionColumn]
	switch {
	case regionWord.MatchString(normal) && (!hasRegion || place == r || place == 0):
		*region = text
	case strings.HasPrefix(normal, "注") || strings.HasPrefix(normal, "备注") || strings.HasPrefix(normal, "说明") || strings.HasPrefix(normal, "填表") || strings.HasPrefix(normal, "*"):
		t.Notes = append(t.Notes, text)
	case place == at[subjectColumn] && place != 0:
		return false
	default:
		t.Left = append(t.Left, text)
	}
	return true
}

var (
	keyMark     = regexp.MustCompile(`^[【\[［]\s*重点考核\s*[】\]］]`)
	verdictHead = regexp.MustCompile(`^(未按进度完成|基本按进度完成|按进度完成|进度滞后|达到任务要求|基本完成任务要求|未达任务要求|未完成任务要求|完成任务要求)[。，；、：.,;: ]*`)
	continued   = regexp.MustCompile(`[（(](?:续|接上页|续表)[)）]$|\s+`)
)

func (t *Table) row(texts []string, at map[column]int, region *string, width int) {
	get := func(c column) string {
		if i, ok := at[c]; ok && i < len(texts) {
			return texts[i]
		}
		return ""
	}
	if name := continued.ReplaceAllString(get(regionColumn), ""); name != "" {
		*region = name
	}
	requirement, unsure := strings.CutPrefix(get(requirementColumn), boundary)
	r := Row{N: len(t.Rows) + 1, Region: *region, Subject: linesOf(get(subjectColumn)), Requirement: linesOf(requirement), Due: get(dueColumn), unsure: unsure}
	if len(r.Subject) == 0 && len(r.Requirement) == 0 {
		if len(t.Rows) > 0 && get(progressColumn) != "" { // the cell goes on after a page break
			last := &t.Rows[len(t.Rows)-1]
			last.Progress = append(last.Progress, linesOf(get(progressColumn))...)
			last.Told = append(last.Told, linesOf(get(progressColumn))...)
			return
		}
		t.Left = append(t.Left, strings.Join(texts, " | "))
		return
	}
	if width > 0 && len(texts) < width-1 {
		t.Left = append(t.Left, fmt.Sprintf("第 %d 行的列数少于表头 / row %d has fewer columns than the header", r.N, r.N))
	}
	r.progress(get(progressColumn))
	if v := get(verdictColumn); r.Verdict == "" && verdictHead.MatchString(v+"。") {
		r.Verdict = strings.TrimRight(v, "。")
	}
	if k := wording.Normal(get(keyColumn)); k == "是" || k == "√" || k == "重点考核" || k == "重点" {
		r.Key = true
	}
	t.Rows = append(t.Rows, r)
}

// progress takes key mark and verdict off the progress cell.
func (r *Row) progress(text string) {
	r.Progress = linesOf(text)
	rest := strings.TrimSpace(text)
	if mark := keyMark.FindString(rest); mark != "" {
		r.Key, rest = true, strings.TrimSpace(rest[len(mark):])
	}
	if m := verdictHead.FindStringSubmatch(rest); m != nil {
		r.Verdict, rest = m[1], rest[len(m[0]):]
	}
	r.Told = linesOf(rest)
}

func linesOf(text string) []string {
	if text = cellText(text); text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// Phrases are the printed words for a task's verdict (domain.md, "Printed words").
var phrases = map[string]assess.Verdict{
	"未按进度完成": assess.Behind, "基本按进度完成": assess.Nearly, "按进度完成": assess.OnSchedule, "进度滞后": assess.Lagging,
	"达到任务要求": assess.OnSchedule, "完成任务要求": assess.OnSchedule, "基本完成任务要求": assess.Nearly, "未达任务要求": assess.Behind, "未完成任务要求": assess.Behind,
}
