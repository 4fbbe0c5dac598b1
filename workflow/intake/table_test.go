package intake_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"duban/workflow"
	"duban/workflow/intake"
	"duban/workflow/wording"
)

// demo is the frame of the campaign that was made of the real table by hand.
func demo(t testing.TB) intake.Frame {
	t.Helper()
	data, err := os.ReadFile("../../configs/demo/campaign.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := intake.ReadCampaign("campaign.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return intake.FrameOf(f)
}

// TestTheTableIsReadBack: whatever form the published table comes in, every cell of
// its 25 rows is read as it was printed, with its region carried down.
func TestTheTableIsReadBack(t *testing.T) {
	p := realTable(t)
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(p.tabs())
	if err != nil {
		t.Fatal(err)
	}
	utf16le := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(p.tabs())) {
		utf16le = append(utf16le, byte(u), byte(u>>8))
	}
	for name, data := range map[string][]byte{
		"docx": docx(t, p.body()), "xlsx": p.xlsx(t), "text copied from Word": []byte(p.tabs()), "text copied from Excel": []byte(p.quoted()),
		"paragraphs": []byte(p.lines()), "GB 18030": []byte(gbk), "UTF-16": utf16le,
	} {
		t.Run(name, func(t *testing.T) {
			table, err := intake.ReadTable("table", data)
			if err != nil {
				t.Fatal(err)
			}
			if table.Title != p.Title || table.Year != 2023 || table.Period != "1-6月" || table.Campaign != "2023年各县（市、区）深入打好污染防治攻坚战工作任务" {
				t.Errorf("title %q, year %d, period %q, campaign %q", table.Title, table.Year, table.Period, table.Campaign)
			}
			if len(table.Rows) != len(p.Rows) {
				t.Fatalf("%d rows, want %d", len(table.Rows), len(p.Rows))
			}
			for i, want := range p.Rows {
				got := table.Rows[i]
				if got.Region != want.Region || !slices.Equal(got.Subject, want.Task) || !slices.Equal(got.Requirement, want.Requirement) || !slices.Equal(got.Progress, want.Progress) {
					t.Errorf("row %d is %+v", i+1, got)
				}
				if key := strings.HasPrefix(want.Progress[0], "【重点考核】"); got.Key != key {
					t.Errorf("row %d: key %v", i+1, got.Key)
				}
			}
		})
	}
}

// TestAProposalIsACampaignFile: once what is unread is settled, the proposal of the
// real table is imported as it stands; until then it is refused, naming the line.
func TestAProposalIsACampaignFile(t *testing.T) {
	table, err := intake.ReadTable("table.docx", docx(t, realTable(t).body()))
	if err != nil {
		t.Fatal(err)
	}
	p := intake.Propose("table.docx", table, demo(t))
	if c := p.Counts(); c.Rows != 25 || c.Measures != 63 || c.Targets != 82 || c.Marks != 5 {
		t.Errorf("counts %+v", c)
	}
	text := string(p.YAML())
	_, err = intake.ReadCampaign("p.yaml", []byte(text))
	e := workflow.AsError(err)
	if err == nil || len(e.Fields) != 5 || e.Fields[0].Rule != "unread" || !strings.Contains(e.Fields[0].Field, "tasks[1].unread[0]") {
		t.Fatalf("a file with marks: %v", err)
	}
	line, _, _ := strings.Cut(strings.TrimPrefix(e.Fields[0].Field, "p.yaml:"), ":")
	if !strings.Contains(lineOf(text, line), "what: fallback") {
		t.Errorf("line %s is %q", line, lineOf(text, line))
	}
	var settled []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "unread:") && !strings.Contains(line, "{what:") {
			settled = append(settled, line)
		}
	}
	f, err := intake.ReadCampaign("p.yaml", []byte(strings.Join(settled, "")))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tasks) != 25 || f.Tasks[6].Measures[0].Station != "新会圭峰西空气质量自动监测子站" || !f.Tasks[20].Key {
		t.Errorf("%d tasks; %+v", len(f.Tasks), f.Tasks[6])
	}
}

func lineOf(text, number string) string {
	n := 0
	for _, c := range number {
		n = n*10 + int(c-'0')
	}
	return strings.Split(text, "\n")[max(0, n-1)]
}

// TestOtherTables: headings, order of columns, merged and blank cells, marks of
// changes and remarks of other offices.
func TestOtherTables(t *testing.T) {
	head := tr(tc("", "序号"), tc("", "责任单位"), tc("", "重点任务"), tc("", "目标任务"), tc("", "完成时限"), tc("", "完成情况"))
	deleted := `<w:tr><w:trPr><w:del w:id="1"/></w:trPr>` + tc("", "9") + tc("", "删去") + tc("", "删去的任务") + tc("", "x") + tc("", "x") + tc("", "x") + `</w:tr>`
	changed := `<w:tc><w:tcPr/><w:p><w:r><w:t>新建污水管网</w:t></w:r><w:del w:id="2"><w:r><w:delText>9</w:delText></w:r></w:del><w:ins w:id="3"><w:r><w:t>１２</w:t></w:r></w:ins><w:r><w:t>公里</w:t></w:r></w:p></w:tc>`
	nested := `<w:tc><w:tcPr/><w:tbl><w:tr>` + tc("", "已完成5公里。") + tc("", "其余在建。") + `</w:tr></w:tbl>` + paragraphs("") + `</w:tc>`
	body := paragraphs("XX市2024年水污染防治重点任务清单（1-9月）") + `<w:tbl>` + head +
		tr(tc("", "1"), tc(`<w:vMerge w:val="restart"/>`, "上城区", "人民政府"), tc(`<w:vMerge w:val="restart"/>`, "污水管网建设"), changed, tc("", "2024年11月底"), nested) +
		deleted +
		tr(tc("", "2"), tc(`<w:vMerge/>`, ""), tc(`<w:vMerge/>`, ""), tc("", "改造雨水泵站3座"), tc("", "9月底前完成"), tc("", "未按进度完成，尚未开工")) +
		tr(tc(`<w:gridSpan w:val="6"/>`, "拱墅区")) +
		tr(tc("", "3"), tc("", ""), tc("", "排污口整治"), tc("", "(1)6月底前完成50%；(2)12月底前全部完成"), tc("", ""), tc("", "[重点考核]进度滞后")) +
		tr(tc(`<w:gridSpan w:val="6"/>`, "备注：本表由市治水办统计。")) + `</w:tbl>`
	table, err := intake.ReadTable("t.docx", docx(t, body))
	if err != nil {
		t.Fatal(err)
	}
	p := intake.Propose("t.docx", table, intake.Frame{Regions: []workflow.Region{{Code: "330102", Name: "上城区"}, {Code: "330105", Name: "拱墅区"}}})
	if len(p.Tasks) != 3 || len(table.Notes) != 1 {
		t.Fatalf("%d tasks, notes %q, left %q", len(p.Tasks), table.Notes, table.Left)
	}
	for i, want := range []struct{ code, requirement, told, measure string }{
		{"330102-01", "新建污水管网１２公里", "已完成5公里。\n其余在建。", `unit: "公里", targets: [{due: 2024-11-30, value: "12"}]`},
		{"330102-02", "改造雨水泵站3座", "尚未开工", `unit: "座", targets: [{due: 2024-09-30, value: "3"}]`},
		{"330105-01", "(1)6月底前完成50%；(2)12月底前全部完成", "", `unit: "%", targets: [{due: 2024-06-30, value: "50"}, {due: 2024-12-31, value: "100"}]`},
	} {
		got := p.Tasks[i]
		if got.Code != want.code || strings.Join(got.Row.Requirement, "\n") != want.requirement || strings.Join(got.Row.Told, "\n") != want.told {
			t.Errorf("row %d is %+v", i+1, got)
		}
		if !strings.Contains(string(p.YAML()), want.measure) {
			t.Errorf("no measure %s in\n%s", want.measure, p.YAML())
		}
	}
	if p.Tasks[1].Row.Subject[0] != "污水管网建设" || !p.Tasks[2].Row.Key || p.Tasks[2].Row.Verdict != "进度滞后" || p.Tasks[1].Row.Verdict != "未按进度完成" {
		t.Errorf("rows 2 and 3 are %+v", p.Tasks[1:])
	}
	var codes []string
	for _, m := range p.Marks {
		codes = append(codes, m.Code)
	}
	if !slices.Equal(codes, []string{"code", "starts", "periods"}) {
		t.Errorf("the table does not say: %q", codes)
	}
}

// TestARegionIsNeverGuessed: a name that no region has, or that two have, is marked.
func TestARegionIsNeverGuessed(t *testing.T) {
	f := intake.Frame{Year: 2024, Regions: []workflow.Region{{Code: "440703", Name: "蓬江区"}, {Code: "320102", Name: "新城区"}, {Code: "320199", Name: "新城县"}}}
	for printed, want := range map[string]string{"蓬江区": "440703", "蓬江": "440703", "江门市蓬江区": "440703", "440703": "440703", "蓬 江 区（续）": "440703", "新城": "", "江海区": "", "蓬江区住建局": "440703"} {
		table, err := intake.ReadTable("t", []byte("区域\t主要任务\t工作要求\n"+printed+"\t修路\t年底前完成3公里。\n"))
		if err != nil {
			t.Fatal(err)
		}
		p := intake.Propose("t", table, f)
		marked := slices.ContainsFunc(p.Tasks[0].Marks, func(m wording.Mark) bool { return m.Code == "region" })
		if p.Tasks[0].Region != want || marked != (want == "") {
			t.Errorf("%s is %q, marked %v", printed, p.Tasks[0].Region, marked)
		}
	}
}

// TestHostileTables are refused by name.
func TestHostileTables(t *testing.T) {
	header := tr(tc("", "区域"), tc("", "主要任务"), tc("", "工作要求"))
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"20,000 rows in Word":          {docx(t, `<w:tbl>`+header+strings.Repeat(tr(tc("", "a")), 20_000)+`</w:tbl>`), "file.too_many_rows"},
		"20,000 rows of text":          {[]byte("区域\t主要任务\t工作要求\n" + strings.Repeat("a\tb\tc\n", 20_000)), "file.too_many_rows"},
		"a cell over all columns":      {docx(t, `<w:tbl>`+header+tr(tc(`<w:gridSpan w:val="2000000000"/>`, "a"))+`</w:tbl>`), "file.cell_outside"},
		"a span that is no number":     {docx(t, `<w:tbl>`+header+tr(tc(`<w:gridSpan w:val="99999999999999999999"/>`, "a"))+`</w:tbl>`), "file.cell_outside"},
		"a row that begins far right":  {docx(t, `<w:tbl><w:tr><w:trPr><w:gridBefore w:val="1000000"/></w:trPr>`+tc("", "a")+`</w:tr></w:tbl>`), "file.cell_outside"},
		"tables in tables in tables":   {docx(t, strings.Repeat(`<w:tbl><w:tr><w:tc>`, 10_000)), "file.depth"},
		"a cell of a megabyte":         {docx(t, `<w:tbl>`+tr(tc("", strings.Repeat("字", 400_000)))+`</w:tbl>`), "file.too_long"},
		"a bomb":                       {docx(t, strings.Repeat("<w:p/>", 30<<20/6)), "file.too_many_elements"},
		"a bomb of text":               {docx(t, strings.Repeat("a", 30<<20)), "file.too_large"},
		"an entity":                    {packed(t, map[string]string{"word/document.xml": `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`}), "file.doctype"},
		"a template from elsewhere":    {packed(t, map[string]string{"word/document.xml": "<a/>", "word/_rels/settings.xml.rels": `<Relationships><Relationship Type="http://x/attachedTemplate" Target="http://evil/x.dotm" TargetMode="External"/></Relationships>`}), "file.external"},
		"an old Word file":             {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"), "file.encrypted"},
		"a container of something":     {packed(t, map[string]string{"a.txt": "x"}), "file.not_document"},
		"XML that ends early":          {packed(t, map[string]string{"word/document.xml": "<w:document><w:body>"}), "file.no_table"},
		"XML that is none":             {packed(t, map[string]string{"word/document.xml": "<a b=c></a>"}), "file.damaged"},
		"a table without its headings": {docx(t, `<w:tbl>`+tr(tc("", "姓名"), tc("", "电话"))+`</w:tbl>`), "file.no_table"},
		"nothing":                      {nil, "file.no_table"},
		"neither text nor anything":    {[]byte{0xff, 0x00, 0x81, 0x00}, "file.encoding"},
		"17 MB":                        {bytes.Repeat([]byte("a"), 17<<20), "file.too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := intake.ReadTable("t", c.data)
			if e := workflow.AsError(err); err == nil || e.Kind != workflow.Invalid || e.Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

// FuzzReadTable: no file crashes the reader, and what is read becomes a YAML file
// that the strict reader understands up to its marks.
func FuzzReadTable(f *testing.F) {
	p := realTable(f)
	f.Add(docx(f, p.body()))
	f.Add(p.xlsx(f))
	f.Add([]byte(p.tabs()))
	f.Add([]byte(p.quoted()))
	f.Add([]byte(p.lines()))
	f.Add([]byte("区域\t主要任务\t工作要求\n蓬江区\t\"a\nb\"\t# x: {y\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		table, err := intake.ReadTable("fuzz", data)
		if err != nil {
			if e := workflow.AsError(err); e.Kind != workflow.Invalid {
				t.Fatalf("refused without a name: %v", err)
			}
			return
		}
		p := intake.Propose("fuzz", table, intake.Frame{Code: "c", Title: "t", Year: 2024})
		text := p.YAML()
		if _, err := intake.ReadCampaign("fuzz.yaml", text); err != nil {
			for _, f := range workflow.AsError(err).Fields {
				if f.Rule == "syntax" || f.Rule == "unknown_key" || f.Rule == "duplicate" && strings.Contains(f.Field, "keys") {
					t.Fatalf("%v in\n%s", err, text)
				}
			}
		}
	})
}
