package workbook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"duban/workflow"
	"duban/workflow/ooxml"
	"duban/workflow/sheet"
)

// MostBytes is how large a file may be.
const MostBytes = sheet.MostBytes

// MostRows is how many rows with something in them a workbook may have.
const MostRows = 25_000

// Note is something that the sender must or should look at.
type Note struct {
	Row     int    // of the sheet; 0 for the whole task
	Column  string // title; empty for the whole row
	Rule    string // stable, for programs
	Text    workflow.Text
	Warning bool // it does not keep the report from being taken
}

// at is the column that a note speaks of.
func (n Note) at() column { return column(slices.Index(titles[:], n.Column)) }

// Upload is a workbook that was read back.
type Upload struct {
	Campaign string
	Period   string
	Digest   string // SHA-256 of the file, in hexadecimal
	Rows     int    // with something in them
	facts    facts
	fact     map[string]string
	from1904 bool
	lines    []*line  // in the order of the sheet
	tasks    []*group // in the order of their first rows
	strays   []*line  // that belong to no task
}

// line is one row of the sheet.
type line struct {
	number int
	hidden bool
	key    key
	beside [3]string // code, item, unit
	cells  [columnCount]sheet.Cell
	notes  []Note
}

// group are the rows of one task.
type group struct {
	task  string // id
	code  string
	lines []*line
}

func (l *line) note(c column, rule, zh, en string) {
	n := Note{Row: l.number, Rule: rule, Text: workflow.Text{ZH: zh, EN: en}}
	if c != noColumn {
		n.Column = titles[c]
	}
	l.notes = append(l.notes, n)
}

// has reports whether a rule is noted.
func (l *line) has(rule string) bool {
	return slices.ContainsFunc(l.notes, func(n Note) bool { return n.Rule == rule })
}

// noColumn is the column of what concerns a whole row: that of no title.
const noColumn column = -1

// filled reports whether something stands in a cell to be filled in.
func (l *line) filled() bool {
	return slices.ContainsFunc(inputs, func(c column) bool { return !blank(l.cells[c]) })
}

func blank(c sheet.Cell) bool { return !c.Formula && strings.TrimSpace(c.Text) == "" }

// refusal names what is wrong with a whole file.
func refusal(rule, zh, en string) error {
	var p workflow.Problems
	p.Add("file", rule, zh, en)
	return p.Err()
}

// Read reads a workbook that was filled in. It refuses by name, as a broken rule of
// "file", what is none of this template; what is wrong in single rows is noted
// there. Formulas are refused, not computed.
func Read(data []byte) (*Upload, error) {
	book, err := sheet.Open(data)
	if err != nil {
		return nil, refusedFile(err)
	}
	sum := sha256.Sum256(data)
	u := &Upload{Digest: hex.EncodeToString(sum[:]), from1904: book.From1904}
	if err := u.readFacts(book); err != nil {
		return nil, err
	}
	if err := u.readForm(book); err != nil {
		return nil, err
	}
	u.gather()
	return u, nil
}

func refusedFile(err error) error {
	if r, ok := errors.AsType[*ooxml.Refusal](err); ok {
		return refusal(r.Code, r.ZH, r.EN)
	}
	return err
}

var errEnough = errors.New("enough")

// codeForm is that of the codes of campaigns and periods.
var codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// readFacts reads the hidden sheet.
func (u *Upload) readFacts(book *sheet.Book) error {
	i := slices.IndexFunc(book.Sheets, func(s sheet.Sheet) bool { return s.Name == sheet.FactsSheet })
	if i < 0 {
		return refusal("not_template", "这不是从督办下载的填报工作簿（缺少隐藏表 "+sheet.FactsSheet+"），请重新下载后填写", "this is no reporting workbook of Duban (the hidden sheet "+sheet.FactsSheet+" is missing): download one")
	}
	u.fact = map[string]string{}
	_, err := book.Rows(book.Sheets[i], func(r sheet.Row) error {
		if r.Number > 100 {
			return errEnough
		}
		if len(r.Cells) == 2 && len(r.Cells[1].Text) < 2_000 {
			u.fact[r.Cells[0].Text] = r.Cells[1].Text
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return refusedFile(err)
	}
	u.facts = facts{u.fact["template"], u.fact["campaign"], u.fact["period"]}
	u.Campaign, u.Period = u.facts.Campaign, u.facts.Period
	if !codeForm.MatchString(u.Campaign) || !codeForm.MatchString(u.Period) {
		return refusal("not_template", "隐藏表 "+sheet.FactsSheet+" 已损坏，请重新下载", "the hidden sheet "+sheet.FactsSheet+" is damaged: download the workbook again")
	}
	if u.facts.Template != Template {
		return refusal("template", fmt.Sprintf("填报工作簿是第 %q 版模板，现用第 %s 版，请重新下载", u.facts.Template, Template), fmt.Sprintf("the workbook is of template %q, now it is %s: download it again", u.facts.Template, Template))
	}
	return nil
}

// readForm reads the sheet that has the header: the one of that name, or else
// whichever has it.
func (u *Upload) readForm(book *sheet.Book) error {
	sheets := slices.Clone(book.Sheets)
	slices.SortStableFunc(sheets, func(a, b sheet.Sheet) int { return rank(a) - rank(b) })
	for _, s := range sheets {
		if s.Name == sheet.FactsSheet || s.Name == guideName {
			continue
		}
		r := &formReader{upload: u}
		merged, err := book.Rows(s, r.row)
		if err != nil && !errors.Is(err, errEnough) {
			return refusedFile(err)
		}
		if r.err != nil {
			return r.err
		}
		if r.at != nil {
			r.merged(merged)
			return nil
		}
	}
	return refusal("header", "找不到标题行（任务代码、考核指标、……、行标识），请勿改动标题行", "there is no header row (任务代码, 考核指标, ..., 行标识): leave it as it is")
}

func rank(s sheet.Sheet) int {
	if s.Name == sheetName {
		return 0
	}
	return 1
}

// lastHeader is the last row in which the header is looked for.
const lastHeader = 50

type formReader struct {
	upload *Upload
	at     map[int]column // columns of the sheet, once the header was found
	err    error
}

func (r *formReader) row(row sheet.Row) error {
	if r.at == nil {
		if row.Number > lastHeader {
			return errEnough
		}
		r.err = r.header(row)
		if r.err != nil {
			return errEnough
		}
		return nil
	}
	worth := slices.ContainsFunc(row.Cells, func(c sheet.Cell) bool {
		known, ok := r.at[c.Column]
		return ok && (known == colKey || isInput(known)) && !blank(c)
	})
	if !worth {
		return nil // formatted, or somebody's own remarks
	}
	l := &line{number: row.Number, hidden: row.Hidden}
	for _, c := range row.Cells {
		if known, ok := r.at[c.Column]; ok && known != colCheck {
			l.cells[known] = c
		}
	}
	if len(r.upload.lines) == MostRows {
		r.err = refusal("too_many_rows", fmt.Sprintf("超过 %d 行", MostRows), fmt.Sprintf("there are more than %d rows", MostRows))
		return errEnough
	}
	r.upload.lines = append(r.upload.lines, l)
	return nil
}

// header finds out which column is which.
func (r *formReader) header(row sheet.Row) error {
	at, seen := map[int]column{}, map[column]bool{}
	twice := ""
	for _, cell := range row.Cells {
		title := folded(width.Fold.String(cell.Text))
		c := column(slices.Index(titles[:], title))
		if c < 0 {
			continue
		}
		if seen[c] {
			twice = title
		}
		at[cell.Column], seen[c] = c, true
	}
	if len(seen) < 4 {
		return nil // another row
	}
	if twice != "" {
		return refusal("column_twice", "有两列的标题都是“"+twice+"”", "two columns are called "+twice)
	}
	var missing []string
	for _, c := range append([]column{colCode, colItem, colUnit, colKey}, inputs...) {
		if !seen[c] {
			missing = append(missing, titles[c])
		}
	}
	if len(missing) > 0 {
		list := strings.Join(missing, "、")
		return refusal("column_missing", "缺少列："+list+"；请勿删除列或改动标题", "columns are missing: "+list)
	}
	r.at = at
	return nil
}

// merged notes the rows that have merged cells among those that are read.
func (r *formReader) merged(ranges []sheet.Range) {
	var columns []int
	for at, c := range r.at {
		if isInput(c) || c == colKey || c == colCode || c == colItem {
			columns = append(columns, at)
		}
	}
	lines := r.upload.lines
	from := make([]int, len(lines)+1) // ranges that begin at a line, less those that ended before
	for _, m := range ranges {
		if !slices.ContainsFunc(columns, func(at int) bool { return m.Left <= at && at <= m.Right }) || m.Left == m.Right && m.Top == m.Bottom {
			continue
		}
		find := func(number int) int {
			i, _ := slices.BinarySearchFunc(lines, number, func(l *line, n int) int { return l.number - n })
			return i
		}
		from[find(m.Top)]++
		from[find(m.Bottom+1)]--
	}
	open := 0
	for i, l := range lines {
		if open += from[i]; open > 0 {
			l.note(noColumn, "merged", "此行有合并的单元格，请取消合并", "cells of this row are merged: split them")
		}
	}
}
