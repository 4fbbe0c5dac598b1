package workflow_test

import (
	"os"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/intake"
)

func demoFile(t testing.TB) *intake.File {
	t.Helper()
	data, err := os.ReadFile("../configs/demo/campaign.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := intake.ReadCampaign("campaign.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// warned gives the warnings of a report of the demo campaign, changed by change.
func warned(t testing.TB, f *intake.File, code string, change func(*workflow.Report), last *workflow.Report) []workflow.Warning {
	t.Helper()
	for _, n := range f.Tasks {
		if n.Code != code {
			continue
		}
		task := workflow.Task{Measures: n.Measures, Subject: n.Subject, Requirement: n.Requirement}
		for _, r := range f.Reports {
			if r.Task == code {
				report := workflow.Report{EvidenceDate: r.Input.EvidenceDate, Narrative: r.Input.Narrative, Values: r.Input.Values}
				change(&report)
				period, _ := f.Campaign.Period(r.Period)
				return workflow.Warn(task, period.Cutoff, report, last)
			}
		}
	}
	t.Fatalf("no report on %s", code)
	return nil
}

// TestNoFalseAlarmOnRealNarratives: the narratives of the 25 real rows, and those
// of the samples, go together with their figures.
func TestNoFalseAlarmOnRealNarratives(t *testing.T) {
	f := demoFile(t)
	alarms, real := 0, 0
	for _, r := range f.Reports {
		list := warned(t, f, r.Task, func(*workflow.Report) {}, nil)
		if !strings.Contains(r.Task, "-S") {
			real++
		}
		for _, w := range list {
			alarms++
			t.Errorf("%s: %s %s %q: %s\n   %s", r.Task, w.Code, w.Place, w.Words, w.Text.ZH, r.Input.Narrative)
		}
	}
	t.Logf("%d alarms on %d narratives, %d of them real", alarms, len(f.Reports), real)
}

// TestWarnings: what does not go together is named, and what does is not. Each line
// is a report of the demo campaign with another narrative, evidence date 2023-08-31.
func TestWarnings(t *testing.T) {
	f := demoFile(t)
	for _, c := range []struct{ task, narrative, want string }{
		// a percentage or count that differs
		{"440783-02", "正在进行桩基础、下部建筑施工，完成工程量45％。", "figure_differs values.works 45% 30%"},
		{"440783-02", "完成工程量的三成。", ""},
		{"440783-02", "年度目标60%，已完成工程量30%。", ""},
		{"440783-02", "已完成工程量30%，较上月提高5%。", ""},
		{"440703-03", "2022年度各级环保专项资金805.33万元，执行率19.25%。", "figure_differs values.fund-2022 19.25% 9.25%"},
		{"440785-01", "已完成污水管网修复改造9公里。", "figure_differs values.sewer-repair 9公里 8公里"},
		{"440785-01", "已完成污水管网修复改造8000米。", ""},
		{"440785-01", "8月完成修复2公里，累计完成8公里。", ""},
		{"440785-04", "新增12个自然村完成生活污水治理。", "figure_differs values.villages 12个 10个"},
		{"440785-04", "新增67个自然村任务，已有10个自然村完成生活污水治理。", ""},
		{"440783-05", "2家加油站于7月底完成油气回收自动监控设施安装。", "figure_differs values.stations 2家 1座"},
		{"440783-05", "2座加油站于7月底完成油气回收自动监控设施安装。", "figure_differs values.stations 2座 1座"},
		{"440783-05", "完成12.5%加油站油气回收自动监控设施安装。", ""},
		{"440783-05", "完成25%加油站油气回收自动监控设施安装。", "figure_differs values.stations 25% 1座"},
		{"440783-01", "1-6月，开平为民空气质量自动监测子站NO2指标浓度为25微克/立方米，达到任务要求。PM10指标浓度为42微克/立方米，未达任务要求。", "figure_differs values.weimin-no2 25微克/立方米 20微克/立方米"},
		{"440783-01", "1-6月，开平为民空气质量自动监测子站NO2指标浓度为20微克/立方米，达到任务要求。PM10指标浓度为42微克/立方米，未达任务要求。", ""},
		{"440704-S2", "上半年出水化学需氧量平均浓度为38.2毫克/升。", ""}, // 38.25 rounds to it
		// a unit that does not fit
		{"440785-01", "已完成污水管网修复改造8米。", "unit_differs values.sewer-repair 8米 8公里"},
		{"440783-01", "1-6月，开平为民空气质量自动监测子站NO2指标浓度为20毫克/立方米，PM10指标浓度为42微克/立方米。", "unit_differs values.weimin-no2 20毫克/立方米 20微克/立方米"},
		{"440783-05", "完成1%加油站油气回收自动监控设施安装。", "unit_differs values.stations 1% 1座"},
		// finished in words only
		{"440703-01", "8座加油站已全部完成油气回收自动监控设施安装。", "done_not_all values.stations  0座"},
		{"440703-01", "加油站油气回收自动监控设施安装已完成。", "done_not_all values.stations  0座"},
		{"440703-01", "尚未全部完成加油站油气回收自动监控设施安装。", ""},
		{"440783-05", "已全部完成加油站油气回收自动监控设施安装，共1座。", ""}, // 10 % of 8 was due: 1
		{"440703-01", "力争年底前全部完成。", ""},
		{"440785-03", "排污口整治已全面完成。", "done_not_all values.outfalls  0个"},
		{"440785-03", "正在开展排查，计划11月全面完成整治。", ""},
		// stages
		{"440785-02", "渗滤液处置能力提量改造项目已于6月底前建设完成，调节池液位超出警戒线。", "stage_not_done values.works.capacity  "},
		{"440783-06", "调查评估技术方案编制尚未完成。", "stage_not_done values.survey.plan  2023-08-20"},
		{"440783-06", "调查评估技术方案编制已完成，现场调查与监测正在开展。", ""},
		{"440783-06", "调查评估技术方案编制、现场调查与监测均已完成。", "stage_not_done values.survey.field  "},
		// what is left out
		{"440785-02", "渗滤液处置能力提量改造项目未能按期完成建设。", "not_spoken_of values.leachate-level  "},
		{"440785-S2", "提标设备已于6月16日完成安装调试。", "not_spoken_of values.effluent-nh3n  "},
		{"440703-02", "1-6月，东湖、北街子站NO2浓度均达标。", "not_spoken_of narrative  "},
		{"440703-S1", "（1）管网已建成6.5公里，8月25日累计8.2公里。（2）管网正在施工。", ""},
		// sums
		{"440785-04", "新增自然村完成生活污水治理：沙湖镇4个、牛江镇5个，共10个。", "sum_differs narrative 10 9"},
		{"440785-04", "新增自然村完成生活污水治理：沙湖镇4个、牛江镇6个，共10个。", ""},
		{"440785-04", "新增10个自然村完成生活污水治理，其中沙湖镇6个、牛江镇6个。", "sum_differs narrative 10 12"},
		{"440785-04", "新增10个自然村完成生活污水治理，其中沙湖镇4个、牛江镇3个。", ""},
		// days
		{"440785-01", "9月5日已完成污水管网修复改造8公里。", "later_day narrative 2023-09-05 2023-08-31"},
		{"440785-01", "已完成污水管网修复改造8公里，计划9月5日进场。", ""},
		{"440785-01", "8月31日完成污水管网修复改造8公里，2023年12月10日前全部完成。", ""},
	} {
		var got []string
		for _, w := range warned(t, f, c.task, func(r *workflow.Report) { r.Narrative = c.narrative }, nil) {
			got = append(got, string(w.Code)+" "+w.Place+" "+w.Said+" "+w.Given)
			if w.Text.ZH == "" || w.Text.EN == "" {
				t.Errorf("no text: %+v", w)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s %s\n     got %q, want %q", c.task, c.narrative, got, c.want)
		}
	}
}

// TestAFallenFigureIsNamed: a cumulative figure below that of the last report.
func TestAFallenFigureIsNamed(t *testing.T) {
	f := demoFile(t)
	last := workflow.Report{Values: assess.Values{"sewer-repair": {AtCutoff: figure("8.5")}}}
	list := warned(t, f, "440785-01", func(*workflow.Report) {}, &last)
	if len(list) != 1 || list[0].Code != workflow.WarnFell || list[0].Said != "8.5" || list[0].Given != "8" {
		t.Errorf("got %+v", list)
	}
	last.Values["sewer-repair"] = assess.Value{AtCutoff: figure("8.0")}
	if list := warned(t, f, "440785-01", func(*workflow.Report) {}, &last); len(list) != 0 {
		t.Errorf("got %+v", list)
	}
}
