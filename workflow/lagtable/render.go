package lagtable

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"io"
	"strings"

	"duban/workflow"
	"duban/workflow/sheet"
)

// JSON writes the table as one indented JSON object, with the number of the edition
// that it is, or "preview".
func (t Table) JSON(w io.Writer) error {
	type table Table // without this method's additions
	out := struct {
		table
		Edition int  `json:"edition,omitempty"`
		Preview bool `json:"preview,omitempty"`
	}{table: table(t), Preview: t.Issue == nil}
	if t.Issue != nil {
		out.Edition = t.Issue.Number
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(out)
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

// CSV writes header and rows, the region in every row, lines of a cell as line
// breaks.
func (t Table) CSV(w io.Writer) error {
	out, err := sheet.CSV(w, t.Header)
	if err != nil {
		return err
	}
	for _, r := range t.Rows {
		if err := out.Row([]string{r.Region, cell(r.Task), cell(r.Requirement), cell(r.Progress)}); err != nil {
			return err
		}
	}
	return out.Close()
}

func cell(lines []string) string { return strings.Join(lines, "\n") }
