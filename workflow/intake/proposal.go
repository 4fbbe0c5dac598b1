package intake

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"duban/workflow"
	"duban/workflow/calendar"
	"duban/workflow/wording"
)

// Frame is what a proposal takes from elsewhere: the campaign whose table it is,
// and the regions that are known. Whatever is empty is proposed from the table
// where it says so, and marked where it does not.
type Frame struct {
	Code    string // of the campaign
	Title   string
	Starts  calendar.Date
	Year    int // for deadlines that name none; 0: that of Starts, or of the title
	Periods []workflow.Period
	Regions []workflow.Region
}

// FrameOf takes the frame from a campaign file.
func FrameOf(f *File) Frame {
	c := f.Campaign
	return Frame{Code: c.Code, Title: c.Title, Starts: c.Starts, Periods: c.Periods, Regions: f.Regions}
}

// Proposal is a campaign read from an official table, for a person to confirm.
type Proposal struct {
	Source string // name of the file
	Frame  Frame
	Table  *Table
	Tasks  []Proposed
	Marks  []wording.Mark // of the whole file
}

// Proposed is the task of one row.
type Proposed struct {
	Code     string
	Region   string // code; "" when it is not known
	Row      Row
	Measures []wording.Measure // with codes
	Marks    []wording.Mark
}

// Counts are the figures of a proposal.
type Counts struct {
	Rows     int `json:"rows"`
	Measures int `json:"measures"`
	Targets  int `json:"targets"` // with their days: of cumulative measures and stages, and ceilings
	Marks    int `json:"marks"`   // what a person has to settle
}

// Propose reads the measures of every row of a table. It writes nothing and asks
// nobody.
func Propose(source string, t *Table, f Frame) *Proposal {
	p := &Proposal{Source: source, Frame: f, Table: t}
	p.head()
	numbers := map[string]int{}
	for _, row := range t.Rows {
		task := Proposed{Row: row}
		region, ok := known(p.Frame.Regions, row.Region)
		if ok {
			task.Region = region.Code
		} else {
			task.mark("region", row.Region, "不知道“"+row.Region+"”的行政区划代码", "the code of the region “"+row.Region+"” is not known")
		}
		numbers[task.Region]++
		task.Code = fmt.Sprintf("%s-%02d", cmp.Or(task.Region, "row"), numbers[task.Region])
		task.read(p.Frame.Year)
		p.Tasks = append(p.Tasks, task)
	}
	return p
}

// head fills the frame from the table, and marks what it does not say.
func (p *Proposal) head() {
	f, t := &p.Frame, p.Table
	f.Year = cmp.Or(f.Year, f.Starts.Year(), t.Year)
	f.Title = cmp.Or(f.Title, t.Campaign)
	if f.Year == 0 {
		p.mark("year", t.Title, "表题没有写年份：没有写年份的期限都没有读取", "the title names no year: deadlines without one were not read")
	}
	if f.Title == "" {
		p.mark("title", "", "没有找到表题", "no title was found")
	}
	if f.Code == "" {
		p.mark("code", "", "专项工作代码由您确定，例如 jm-2023", "the campaign's code is yours to choose, for example jm-2023")
	}
	if f.Starts.IsZero() {
		p.mark("starts", "", "表中没有专项工作的开始日期", "the table does not say when the campaign starts")
	}
	if len(f.Periods) == 0 {
		p.mark("periods", t.Period, "表中没有报告期的截止日期和上报期限", "the table does not give the periods' cutoff and report-by dates")
	}
}

func (p *Proposal) mark(code, text, zh, en string) {
	p.Marks = append(p.Marks, wording.Mark{Code: code, Text: text, ZH: zh, EN: en})
}

func (t *Proposed) mark(code, text, zh, en string) {
	t.Marks = append(t.Marks, wording.Mark{Code: code, Text: text, ZH: zh, EN: en})
}

var (
	watchLine   = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?)%的?警戒|警戒(?:线|水位|液位)(?:为|是|\()?([0-9]+(?:\.[0-9]+)?)%`)
	toldStation = regexp.MustCompile(`，([^，]{2,40}?(?:子站|监测站|断面|点位|站点))(?:[A-Z]|PM)`)
)

// read finds the measures of the row.
func (t *Proposed) read(year int) {
	row := t.Row
	subject, requirement := strings.Join(row.Subject, "\n"), strings.Join(row.Requirement, "\n")
	told := wording.Normal(strings.Join(row.Progress, "\n"))
	c := wording.Context{Year: year}
	if m := watchLine.FindStringSubmatch(wording.Normal(subject+"\n"+requirement) + "\n" + told); m != nil {
		c.Line = cmp.Or(m[1], m[2])
	}
	text := requirement
	if row.Due != "" {
		text += "\n" + dueSentence(row.Due)
	}
	r := wording.ReadTask(subject, text, c)
	t.Marks = append(t.Marks, r.Marks...)
	t.Measures = r.Measures
	if row.unsure {
		t.mark("boundary", strings.Join(row.Requirement[:min(1, len(row.Requirement))], ""), "请核对“主要任务”与“工作内容及要求”从哪里分开", "check where the requirement begins")
	}
	if len(row.Subject) == 0 {
		t.mark("subject", "", "没有主要任务", "there is no subject")
	}
	if len(row.Requirement) == 0 && row.Due == "" {
		t.mark("requirement", "", "没有工作内容及要求", "there is no requirement")
	}
	if len(t.Measures) == 0 {
		t.mark("measures", "", "没有读出考核指标", "no measure was read")
	}
	t.stations(told)
	t.name()
}

// Texts are subject and requirement, with the deadline of a column of its own.
func (t Proposed) Texts() (subject, requirement []string) {
	requirement = t.Row.Requirement
	if t.Row.Due != "" {
		requirement = append(requirement[:len(requirement):len(requirement)], "完成时限："+strings.ReplaceAll(t.Row.Due, "\n", ""))
	}
	return t.Row.Subject, requirement
}

// Concerns is the one measure, from 0, whose sentences have the words of a mark, and
// false where none or several have.
func (t Proposed) Concerns(m wording.Mark) (int, bool) {
	found, words := -1, strings.TrimSpace(m.Text)
	for i, measure := range t.Measures {
		if words == "" || !slices.ContainsFunc(measure.Sources, func(s wording.Source) bool { return strings.Contains(s.Text, words) }) {
			continue
		}
		if found >= 0 {
			return 0, false
		}
		found = i
	}
	return found, found >= 0
}

// dueSentence makes a requirement of what stands in a column for deadlines.
func dueSentence(due string) string {
	due = strings.TrimRight(due, "。；")
	if strings.HasSuffix(due, "完成") {
		return due + "。"
	}
	return due + "完成。"
}

// stations takes the names of stations as the progress cell prints them: the lag
// table is printed with them.
func (t *Proposed) stations(told string) {
	printed := toldStation.FindAllStringSubmatch(told, -1)
	for i := range t.Measures {
		m := &t.Measures[i]
		for _, p := range printed {
			if m.Station != "" && p[1] != m.Station && sameStation(p[1], m.Station) {
				m.Assumed = append(m.Assumed, wording.Note{ZH: "站点名称按进展情况；主要任务写作" + m.Station, EN: "station as in the progress cell; the subject has " + m.Station})
				m.Station = p[1]
				break
			}
		}
	}
}

var regionLetters = strings.NewReplacer("区", "", "市", "", "县", "")

func sameStation(a, b string) bool { return regionLetters.Replace(a) == regionLetters.Replace(b) }

// name gives codes to measures and stages.
func (t *Proposed) name() {
	for i := range t.Measures {
		m := &t.Measures[i]
		m.Code = fmt.Sprintf("m%d", i+1)
		m.Stages = slices.Clone(m.Stages)
		for j := range m.Stages {
			m.Stages[j].Code = fmt.Sprintf("s%d", j+1)
		}
	}
}

// known finds a region by code, name or short name: 440703, 蓬江区, 蓬江, 江门市蓬
// 江区. A name that fits several is not known.
func known(regions []workflow.Region, printed string) (workflow.Region, bool) {
	name := strings.TrimSuffix(wording.Normal(strings.ReplaceAll(printed, "\n", "")), "人民政府")
	var found []workflow.Region
	for _, r := range regions {
		if name == r.Code || name == wording.Normal(r.Name) {
			return r, true
		}
		full := wording.Normal(r.Name)
		short := strings.TrimRight(full, "区市县旗")
		if name == short || strings.HasSuffix(name, full) || len([]rune(short)) > 1 && strings.HasPrefix(name, short) {
			found = append(found, r)
		}
	}
	if len(found) == 1 && name != "" {
		return found[0], true
	}
	return workflow.Region{}, false
}

// Counts counts what was read.
func (p *Proposal) Counts() Counts {
	c := Counts{Rows: len(p.Tasks), Marks: len(p.Marks)}
	for _, t := range p.Tasks {
		c.Measures += len(t.Measures)
		c.Marks += len(t.Marks)
		for _, m := range t.Measures {
			c.Targets += len(m.Targets) + len(m.Stages)
			if m.Target != nil {
				c.Targets++
			}
		}
	}
	return c
}
