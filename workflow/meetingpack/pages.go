package meetingpack

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"duban/workflow"
	"duban/workflow/lagtable"
)

// Names of the pack's files. Those of a task begin with its row in the table, so
// that they sort like it and no code is a name that Windows keeps for itself.
const (
	indexName      = "index.html"
	readmeName     = "说明.txt"
	tableName      = "进度滞后情况表"
	issuedFolder   = "印发稿"
	checkpointName = "审计/检查点.txt"
	keyName        = "审计/公钥.txt"
	timelineFolder = "经过"
	evidenceFolder = "证据"
	proofFolder    = "证明"
)

//go:embed *.html readme.txt
var files embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{"moment": workflow.ShownMoment}).ParseFS(files, "*.html"))

// pages is what the pages of one pack are made of.
type pages struct {
	workflow.Meeting
	def   *workflow.Definition
	table lagtable.Table
}

func newPages(m workflow.Meeting, def *workflow.Definition) *pages {
	p := &pages{Meeting: m, def: def, table: lagtable.Build(m.Lag)}
	p.table.Signed = &m.Checkpoint
	return p
}

// Known says whose knowledge the pack shows.
func (p *pages) Known() string {
	if p.Lag.AsOf.IsZero() {
		return workflow.ShownMoment(p.At)
	}
	return p.table.KnownBy()
}

// write adds every file to the pack.
func (p *pages) write(pack *Pack) error {
	add := func(name string, data []byte) { pack.entries = append(pack.entries, entry{name, data}) }
	render := func(name string, to func(io.Writer) error) error {
		var b bytes.Buffer
		if err := to(&b); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		add(name, b.Bytes())
		return nil
	}
	page := func(name, template string, data any) error {
		return render(name, func(w io.Writer) error { return templates.ExecuteTemplate(w, template, data) })
	}
	index := indexPage{pages: p}
	for i, t := range p.Tasks {
		row := p.taskPage(i, t)
		index.Tasks = append(index.Tasks, row)
		if err := page(row.Timeline, "timeline.html", row); err != nil {
			return err
		}
		if err := page(row.Evidence, "evidence.html", row); err != nil {
			return err
		}
		if row.HasProof() {
			add(row.ProofFile, t.Proof.File)
		}
	}
	for _, f := range lagtable.Formats {
		if err := render(tableName+"."+f.Name, func(w io.Writer) error { return f.Write(p.table, w) }); err != nil {
			return err
		}
		if p.Issued == nil {
			continue
		}
		if err := render(p.issuedName(f), func(w io.Writer) error { return f.Write(lagtable.Reissued(*p.Issued), w) }); err != nil {
			return err
		}
	}
	add(checkpointName, p.Note)
	add(keyName, []byte(p.Key+"\n"))
	readme, err := readme()
	if err != nil {
		return err
	}
	add(readmeName, readme)
	return page(indexName, "index.html", index)
}

// readme is written for the editor that Windows has.
func readme() ([]byte, error) {
	text, err := files.ReadFile("readme.txt")
	if err != nil {
		return nil, err
	}
	return append([]byte("\ufeff"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))...), nil
}

// indexPage is the first page.
type indexPage struct {
	*pages
	Tasks []taskPage
}

// Title is that of the lag table.
func (p indexPage) Title() string { return p.table.Title }

// Gaps are the tasks that the table cannot speak of.
func (p indexPage) Gaps() []lagtable.Gap { return p.table.Gaps }

// Forms are the files of the table.
func (p indexPage) Forms() (names []string) {
	for _, f := range lagtable.Formats {
		names = append(names, tableName+"."+f.Name)
	}
	return names
}

// IssuedForms are the files of the newest edition; none when there is none.
func (p indexPage) IssuedForms() (names []string) {
	if p.Issued == nil {
		return nil
	}
	for _, f := range lagtable.Formats {
		names = append(names, p.issuedName(f))
	}
	return names
}

// issuedName is the name of the newest edition in a format.
func (p *pages) issuedName(f lagtable.Format) string {
	return issuedFolder + "/" + tableName + "（" + p.Issued.Label().ZH + "）." + f.Name
}

// Audit are the files that the proofs are checked with.
func (p indexPage) Audit() []string { return []string{checkpointName, keyName, readmeName} }

// taskPage is a task's part of the first page, and both of its own pages.
type taskPage struct {
	pack *pages
	workflow.MeetingTask
	N                             int
	Region                        string
	Verdict                       workflow.Text
	Timeline, Evidence, ProofFile string // names in the pack
}

func (p *pages) taskPage(i int, t workflow.MeetingTask) taskPage {
	row := p.table.Rows[i]
	stem := fmt.Sprintf("/%02d-%s", row.N, t.Task.Code)
	of := slices.IndexFunc(p.Lag.Entries, func(e workflow.LagEntry) bool { return e.Task.ID == t.Task.ID })
	return taskPage{
		pack: p, MeetingTask: t, N: row.N, Region: row.Region, Verdict: workflow.VerdictLabel(p.Lag.Entries[of].Review.Verdict),
		Timeline: timelineFolder + stem + ".html", Evidence: evidenceFolder + stem + ".html", ProofFile: proofFolder + stem + ".json",
	}
}

// HasProof reports whether an event of the task is in the checkpoint.
func (t taskPage) HasProof() bool { return t.Proof.File != nil }

// Known says whose knowledge the page shows.
func (t taskPage) Known() string { return t.pack.Known() }

// Short is the checkpoint that proves the page.
func (t taskPage) Short() string { return t.pack.Checkpoint.Short() }

// Up is the way from a task's page to another file of the pack.
func (t taskPage) Up(name string) string { return "../" + name }

// Index is the name of the first page.
func (t taskPage) Index() string { return indexName }

// State is the task's state for people.
func (t taskPage) State() workflow.Text { return t.pack.def.StateLabel(string(t.Task.State)) }

// Role names the role in which an event was allowed.
func (t taskPage) Role(name string) string { return t.pack.def.RoleLabel(workflow.Role(name)).ZH }

// Lines are the paragraphs of a text.
func (t taskPage) Lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }
