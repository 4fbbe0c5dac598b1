package lagtable

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"
)

// Changes are what is different between two lag tables, row by row and cell by cell.
type Changes struct {
	From string      `json:"from"` // which edition, for people
	To   string      `json:"to"`
	Rows []RowChange `json:"rows"` // in the order of the later table; removed rows where they were
	// Title of the later table, TitleWas of the earlier one where it is another.
	Title    string `json:"title"`
	TitleWas string `json:"title_was,omitempty"`
}

// RowChange is a row that was added, removed, or has a changed cell.
type RowChange struct {
	Kind   RowKind      `json:"kind"`
	Task   string       `json:"task"`          // code
	Region string       `json:"region"`        // as printed
	N      int          `json:"n,omitempty"`   // of the row in the later table
	Was    int          `json:"was,omitempty"` // of the row in the earlier table
	Cells  []CellChange `json:"cells"`         // added: what is there now; removed: what was there
}

// CellChange is a cell before and after.
type CellChange struct {
	Column string   `json:"column"` // as in the header
	Before []string `json:"before"` // lines
	After  []string `json:"after"`
}

// RowKind says what became of a row.
type RowKind string

// What becomes of rows.
const (
	RowAdded   RowKind = "added"
	RowRemoved RowKind = "removed"
	RowChanged RowKind = "changed"
)

// Label names what became of a row, for people.
func (k RowKind) Label() string {
	return map[RowKind]string{RowAdded: "新增", RowRemoved: "删去", RowChanged: "变更"}[k]
}

// Compare returns what changed from one table to another. Rows are the same when
// they are of the same task, wherever they stand.
func Compare(from, to Table) Changes {
	c := Changes{From: from.Name(), To: to.Name(), Rows: []RowChange{}, Title: to.Title}
	if from.Title != to.Title {
		c.TitleWas = from.Title
	}
	was, is := byTask(from), byTask(to)
	next := 0
	removedUpTo := func(end int) {
		for ; next < end; next++ {
			if old := from.Rows[next]; is[old.TaskID] == nil {
				c.Rows = append(c.Rows, RowChange{Kind: RowRemoved, Task: old.TaskCode, Region: old.Region, Was: old.N, Cells: cells(from.Header, old, Row{})})
			}
		}
	}
	for _, r := range to.Rows {
		old := was[r.TaskID]
		if old == nil {
			c.Rows = append(c.Rows, RowChange{Kind: RowAdded, Task: r.TaskCode, Region: r.Region, N: r.N, Cells: cells(to.Header, Row{}, r)})
			continue
		}
		removedUpTo(slices.IndexFunc(from.Rows, func(o Row) bool { return o.TaskID == r.TaskID }))
		if changed := cells(to.Header, *old, r); len(changed) > 0 {
			c.Rows = append(c.Rows, RowChange{Kind: RowChanged, Task: r.TaskCode, Region: r.Region, N: r.N, Was: old.N, Cells: changed})
		}
	}
	removedUpTo(len(from.Rows))
	return c
}

func byTask(t Table) map[string]*Row {
	rows := make(map[string]*Row, len(t.Rows))
	for i := range t.Rows {
		rows[t.Rows[i].TaskID] = &t.Rows[i]
	}
	return rows
}

// cells are the cells in which two rows differ.
func cells(header []string, before, after Row) []CellChange {
	changed := []CellChange{}
	region := func(name string) []string {
		if name == "" {
			return []string{}
		}
		return []string{name}
	}
	for i, pair := range [][2][]string{
		{region(before.Region), region(after.Region)}, {before.Task, after.Task},
		{before.Requirement, after.Requirement}, {before.Progress, after.Progress},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			changed = append(changed, CellChange{Column: header[i], Before: kept(pair[0]), After: kept(pair[1])})
		}
	}
	return changed
}

// Name says which table it is, in a comparison: the edition, or whose knowledge a
// preview shows.
func (t Table) Name() string {
	if known := t.KnownBy(); t.Issue == nil && known != "" {
		return t.Mark() + "（截至 " + known + "）"
	}
	return t.Mark()
}

// changesHeader is that of the table of changes.
var changesHeader = []string{"区域", "任务", "变化", "栏目", "原内容", "现内容"}

// Caption is the line over the table of changes.
func (c Changes) Caption() string { return c.To + "与" + c.From + "相比的变更" }

// None says that nothing changed.
func (c Changes) None() bool { return len(c.Rows) == 0 && c.TitleWas == "" }

//go:embed changes.html
var changesPage string

var changesTemplate = template.Must(template.New("changes").Parse(changesPage))

// HTML writes the changes as a page of its own that prints on A4 landscape.
func (c Changes) HTML(w io.Writer) error { return changesTemplate.Execute(w, c) }

// Header is that of the table of changes.
func (c Changes) Header() []string { return changesHeader }

// widthsOfChanges are the widths of its columns, in twentieths of a point.
var widthsOfChanges = []int{1020, 1500, 800, 1500, 3968, widthOfTable - 1020 - 1500 - 800 - 1500 - 3968}

// DOCX writes the changes as a Word document of their own.
func (c Changes) DOCX(w io.Writer) error {
	return document(w, c.Caption(), func(f *wordFile) {
		f.paragraph("LagTitle", c.Caption())
		c.table(f)
		f.paragraph("LagFoot", "")
	})
}

// annex writes the changes on pages of their own, after the table.
func (c Changes) annex(f *wordFile) {
	f.raw(`<w:p><w:pPr><w:pStyle w:val="LagAfter"/><w:keepNext/><w:pageBreakBefore/></w:pPr>`)
	f.text("附件：" + c.Caption())
	f.raw("</w:p>")
	c.table(f)
}

func (c Changes) table(f *wordFile) {
	if c.TitleWas != "" {
		f.paragraph("LagAfter", "标题原为："+c.TitleWas)
	}
	if len(c.Rows) == 0 {
		f.paragraph("LagAfter", "表中内容没有变更。")
		return
	}
	f.table(widthsOfChanges, changesHeader)
	for _, r := range c.Rows {
		for i, cell := range r.Cells {
			m, head := mergeBody, []string{"", "", ""}
			if i == 0 {
				m, head = mergeHead, []string{r.Region, r.Task, r.Kind.Label()}
			}
			f.row(false)
			for j, text := range head {
				f.cell(widthsOfChanges[j], m, "LagRegion", text)
			}
			f.cell(widthsOfChanges[3], unmerged, "LagRegion", cell.Column)
			f.cell(widthsOfChanges[4], unmerged, "LagCell", cell.Before...)
			f.cell(widthsOfChanges[5], unmerged, "LagCell", cell.After...)
			f.endRow()
		}
	}
	f.endTable()
}

// Text is the change of a cell as one line, for terminals.
func (c CellChange) Text() string {
	return c.Column + "：" + strings.Join(c.Before, " / ") + " → " + strings.Join(c.After, " / ")
}
