package workbook

import (
	"fmt"

	"duban/workflow/sheet"
)

// gather puts the rows of each task together and notes what is wrong with rows as
// such: keys that are missing, of something else or of other cells, rows twice,
// formulas.
func (u *Upload) gather() {
	u.Rows = len(u.lines)
	groups := map[string]*group{}
	seen := map[key]*line{}
	for _, l := range u.lines {
		for i, c := range []column{colCode, colItem, colUnit} {
			l.beside[i] = l.cells[c].Text
		}
		l.formulas()
		if !u.identify(l) {
			if l.filled() {
				u.strays = append(u.strays, l)
			}
			continue
		}
		same := l.key
		same.First = false
		if first := seen[same]; first != nil {
			if twice(first, l) {
				continue
			}
		} else {
			seen[same] = l
		}
		g := groups[l.key.Task]
		if g == nil {
			g = &group{task: l.key.Task}
			groups[l.key.Task] = g
			u.tasks = append(u.tasks, g)
		}
		if g.code == "" || !l.has("key_shifted") {
			g.code = l.beside[0]
		}
		g.lines = append(g.lines, l)
	}
	for _, g := range u.tasks {
		for _, l := range g.lines[1:] {
			if l.key.Version != g.lines[0].key.Version {
				l.note(colKey, "versions", "此行与同一任务的其他行不是同一次下载的，请重新下载", "the row and others of its task are of different downloads: download it again")
			}
		}
	}
}

// identify reads the key of a row; false when it has none that can be read.
func (u *Upload) identify(l *line) bool {
	if blank(l.cells[colKey]) {
		l.note(colKey, "key_missing", "此行没有行标识：只能填写下载的行，不能自行加行", "the row has no key: only rows that were downloaded can be filled in")
		return false
	}
	k, f, fits, err := parseKey(l.cells[colKey].Text, l.beside)
	if err != nil || l.cells[colKey].Formula || l.cells[colKey].Kind != sheet.Text {
		l.note(colKey, "key_damaged", "行标识已损坏，请重新下载", "the key of the row is damaged: download it again")
		return false
	}
	l.key = k
	switch {
	case f != u.facts:
		l.note(colKey, "foreign", "此行来自另一个专项工作、报告期或模板的工作簿", "the row is of the workbook of another campaign, period or template")
	case !fits:
		l.note(colKey, "key_shifted", "行标识与本行的任务代码、考核指标、单位不符（可能只移动或排序了部分列），请重新下载",
			"the key is not that of the code, item and unit beside it (only some columns were moved or sorted?): download it again")
	}
	return true
}

// formulas notes cells that are computed: what they were worth once is not trusted.
func (l *line) formulas() {
	for c := range columnCount {
		if l.cells[c].Formula && (isInput(c) || c == colCode || c == colItem || c == colUnit || c == colKey) {
			l.note(c, "formula", "是公式，不予采用，请用“选择性粘贴—数值”", "is a formula, which is not used: paste it as a value")
		}
	}
}

// twice settles a row that is there again: the empty one counts for nothing. It
// reports whether the later one is settled with that.
func twice(first, again *line) bool {
	if !again.filled() {
		return true
	}
	if !first.filled() {
		first.cells, first.notes, first.number, first.hidden = again.cells, again.notes, again.number, again.hidden
		return true
	}
	again.note(colKey, "row_twice", fmt.Sprintf("与第 %d 行重复，请只留一行", first.number), fmt.Sprintf("is row %d again: keep one of them", first.number))
	if !first.has("row_twice") {
		first.note(colKey, "row_twice", fmt.Sprintf("与第 %d 行重复，请只留一行", again.number), fmt.Sprintf("is row %d again: keep one of them", again.number))
	}
	return false
}
