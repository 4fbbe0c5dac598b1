package workbook_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"duban/configs"
	"duban/rbac"
	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/workbook"
)

func TestMain(m *testing.M) {
	if file := os.Getenv("DUBAN_TEST_READ"); file != "" {
		readAlone(file)
		return
	}
	os.Exit(dbtest.Main(m))
}

// world is a campaign of two districts whose tasks have measures of each kind.
type world struct {
	*workflow.Service
	t     testing.TB
	store workflow.Store
	ids   map[string]string // of tasks, by code
}

func actor(id string, role workflow.Role, region string) workflow.Actor {
	return workflow.Actor{UserID: id, Name: id, Channel: "test", Grants: []workflow.Grant{{Role: role, Region: region}}}
}

var (
	pengjiang = actor("pengjiang", workflow.Reporter, "440703")
	jianghai  = actor("jianghai", workflow.Reporter, "440704")
	reviewer  = actor("reviewer", workflow.Reviewer, "")
	operator  = workflow.OperatorActor("test")
)

func day(s string) calendar.Date {
	d, err := calendar.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func figure(s string) assess.Decimal {
	d, err := assess.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

func ptr[T any](v T) *T { return &v }

func ceiling(code, station, name, target string) assess.Measure {
	return assess.Measure{Code: code, Kind: assess.Ceiling, Name: name, Unit: "微克/立方米", Station: station, Target: ptr(figure(target)), Fallback: ptr(figure(target).Add(figure("2")))}
}

// tasks are one of each kind, and one with everything.
var tasks = []workflow.NewTask{
	{Code: "440703-01", Region: "440703", Key: true, Subject: "8座加油站安装油气回收自动监控设施", Requirement: "（1）2023年6月底前，完成10%。",
		Measures: []assess.Measure{{Code: "stations", Kind: assess.Cumulative, Name: "安装油气回收", Unit: "%", Of: &assess.Count{Count: 8, Unit: "座"},
			Targets: []assess.Target{{Due: day("2023-06-30"), Value: figure("10")}, {Due: day("2023-12-10"), Value: figure("100")}}}}},
	{Code: "440703-02", Region: "440703", Subject: "两个子站达到目标", Requirement: "=NO2达到或优于23微克/立方米。",
		Measures: []assess.Measure{ceiling("a-no2", "东湖子站", "NO2", "23"), ceiling("a-pm10", "东湖子站", "PM10", "39"), ceiling("b-no2", "北街子站", "NO2", "23"), ceiling("b-pm10", "北街子站", "PM10", "34")}},
	{Code: "440703-03", Region: "440703", Subject: "资金执行率；项目库", Requirement: "2023年6月底前达到100%。",
		Measures: []assess.Measure{
			{Code: "fund.2022", Kind: assess.Cumulative, Name: "资金执行率", Unit: "%", Targets: []assess.Target{{Due: day("2023-06-30"), Value: figure("100")}}},
			{Code: "later", Kind: assess.Cumulative, Name: "以后的事", Unit: "公里", Targets: []assess.Target{{Due: day("2023-09-30"), Value: figure("5")}}},
			{Code: "pool", Kind: assess.Qualitative, Name: "项目库储备管理"}}},
	{Code: "440703-04", Region: "440703", Subject: "规划编制", Requirement: "（1）调查；（2）初稿。",
		Measures: []assess.Measure{{Code: "chain", Kind: assess.Stages, Name: "规划", Stages: []assess.Stage{{Code: "survey", Name: "调查", Due: day("2023-03-31")}, {Code: "draft", Name: "初稿", Due: day("2023-06-30")}, {Code: "final", Name: "定稿", Due: day("2023-12-10")}}}}},
	{Code: "440704-01", Region: "440704", Subject: "管网10公里", Requirement: "2023年12月底前完成10公里。",
		Measures: []assess.Measure{{Code: "pipes", Kind: assess.Cumulative, Name: "管网", Unit: "公里", Targets: []assess.Target{{Due: day("2023-12-10"), Value: figure("10")}}}}},
}

func newWorld(t testing.TB, store workflow.Store) *world {
	t.Helper()
	def, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	must(t, err)
	policy, err := rbac.New(def)
	must(t, err)
	var ticks atomic.Int64
	clock := func() time.Time {
		return time.Date(2023, 8, 31, 8, 0, 0, 0, time.UTC).Add(time.Duration(ticks.Add(1)) * time.Millisecond)
	}
	w := &world{Service: workflow.NewService(store, policy, def, clock, []byte("test")), t: t, store: store, ids: map[string]string{}}
	call := workflow.Call{Actor: operator}
	for code, name := range map[string]string{"440703": "蓬江区", "440704": "江海区"} {
		_, err := w.CreateRegion(t.Context(), call, workflow.Region{Code: code, Name: name})
		must(t, err)
	}
	_, err = w.CreateCampaign(t.Context(), call, workflow.Campaign{
		Code: "jm-2023", Title: "2023年工作任务", Starts: day("2023-01-01"), Regions: []string{"440703", "440704"},
		Params: assess.Params{Version: 1, NearlyRatio: figure("0.70"), PaceRatio: figure("0.70")},
		Periods: []workflow.Period{
			{Code: "2023-h1", Label: "1-6月", Cutoff: day("2023-06-30"), ReportBy: day("2023-07-10")},
			{Code: "2023-q3", Label: "1-9月", Cutoff: day("2023-09-30"), ReportBy: day("2023-10-20")},
		},
	})
	must(t, err)
	for _, n := range tasks {
		task, err := w.Assign(t.Context(), call, "jm-2023", n)
		must(t, err)
		w.ids[n.Code] = task.ID
	}
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// download returns the workbook that somebody gets.
func (w *world) download(who workflow.Actor) []byte {
	w.t.Helper()
	f, err := w.Filing(w.t.Context(), who, "jm-2023", "", nil)
	must(w.t, err)
	var b bytes.Buffer
	must(w.t, workbook.Write(&b, f))
	return b.Bytes()
}

// send sends a workbook and returns the results by task code.
func (w *world) send(who workflow.Actor, data []byte, o workbook.Options) map[string]workbook.Result {
	w.t.Helper()
	u, err := workbook.Read(data)
	must(w.t, err)
	results := map[string]workbook.Result{}
	filing, err := w.Filing(w.t.Context(), who, u.Campaign, u.Period, nil)
	must(w.t, err)
	workbook.Run(w.t.Context(), w.Service, who, filing, u, o, func(r workbook.Result) { results[r.Code] = r })
	return results
}

// paper is a workbook as a spreadsheet program has it open.
type paper struct {
	t    testing.TB
	file *excelize.File
	at   map[string]string // letters of the columns, by title
}

const form = "进展填报"

func open(t testing.TB, data []byte) *paper {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	p := &paper{t: t, file: file, at: map[string]string{}}
	rows, err := file.GetRows(form)
	must(t, err)
	for i, title := range rows[2] {
		name, err := excelize.ColumnNumberToName(i + 1)
		must(t, err)
		p.at[title] = name
	}
	return p
}

// row returns the number of the row of a task's item.
func (p *paper) row(code, item string) int {
	p.t.Helper()
	rows, err := p.file.GetRows(form)
	must(p.t, err)
	for i, row := range rows {
		if len(row) > 4 && row[0] == code && (item == "" || row[3] == item) {
			return i + 1
		}
	}
	p.t.Fatalf("there is no row of %s %s", code, item)
	return 0
}

func (p *paper) cell(code, item, column string) string {
	p.t.Helper()
	if p.at[column] == "" {
		p.t.Fatalf("there is no column %s", column)
	}
	return p.at[column] + strconv.Itoa(p.row(code, item))
}

func (p *paper) fill(code, item, column string, value any) *paper {
	p.t.Helper()
	must(p.t, p.file.SetCellValue(form, p.cell(code, item, column), value))
	return p
}

func (p *paper) get(code, item, column string) string {
	p.t.Helper()
	text, err := p.file.GetCellValue(form, p.cell(code, item, column))
	must(p.t, err)
	return text
}

func (p *paper) bytes() []byte {
	p.t.Helper()
	var b bytes.Buffer
	must(p.t, p.file.Write(&b))
	return b.Bytes()
}

// said is what became of a task: its status and the rules of its notes.
func said(r workbook.Result) string {
	text := string(r.Status)
	if r.Verdict != "" {
		text += " " + string(r.Verdict)
	}
	for _, n := range r.Notes {
		text += fmt.Sprintf(" %s:%s", n.Column, n.Rule)
	}
	return text
}

// figures are the values of one cumulative measure.
func figures(code, atCutoff string) assess.Values {
	return assess.Values{code: {AtCutoff: ptr(figure(atCutoff))}}
}
