package lagtable

import (
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"html/template"
	"io"
	"strings"

	"duban/workflow"
)

// JSON writes the table as one indented JSON object.
func (t Table) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(t)
}

//go:embed table.html
var page string

var pageTemplate = template.Must(template.New("table").Parse(page))

// KnownBy prints AsOf for readers in the office: a day, or a moment of their clock.
func (t Table) KnownBy() string {
	day, clock, _ := strings.Cut(t.AsOf.String(), "T")
	return strings.TrimSpace(day + " " + strings.TrimSuffix(clock, "+08:00"))
}

// SignedAt prints when the checkpoint was signed, for readers in the office.
func (t Table) SignedAt() string { return workflow.ShownMoment(t.Signed.Time) }

// HTML writes the table as a page of its own that prints on A4 landscape.
func (t Table) HTML(w io.Writer) error { return pageTemplate.Execute(w, t) }

// byteOrderMark makes Excel read the file as UTF-8.
const byteOrderMark = "\ufeff"

// CSV writes header and rows, the region in every row, lines of a cell as line
// breaks. It starts with a byte order mark, and no cell can be taken for a
// formula.
func (t Table) CSV(w io.Writer) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{t.Header}
	for _, r := range t.Rows {
		rows = append(rows, []string{inert(r.Region), cell(r.Task), cell(r.Requirement), cell(r.Progress)})
	}
	return out.WriteAll(rows)
}

func cell(lines []string) string { return inert(strings.Join(lines, "\n")) }

// inert puts an apostrophe before what a spreadsheet would run as a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}
