package storetest

import (
	"fmt"
	"strings"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/filekind"
)

func sampleUser() workflow.User {
	return workflow.User{
		ID: id(1), Login: "li.ming", Name: "李明", PasswordHash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", Disabled: true,
		Grants:  []workflow.Grant{{Role: workflow.Reporter, Region: "440704"}, {Role: workflow.Reporter, Region: "440703"}, {Role: workflow.Reviewer}},
		Version: 3, CreatedAt: noon, PasswordAt: after(-time.Hour), PasswordOnce: true, TOTP: "v1.sealed",
	}
}

func sampleCampaign() workflow.Campaign {
	return workflow.Campaign{
		Code: "jm-2023", Title: "2023年各县（市、区）深入打好污染防治攻坚战工作任务", Starts: date("2023-01-01"),
		Params:  assess.Params{Version: 1, NearlyRatio: decimal("0.70"), PaceRatio: decimal("0.7")},
		Regions: []string{"440703", "440704"},
		Periods: []workflow.Period{
			{Code: "2023-h1", Label: "1-6月", Cutoff: date("2023-06-30"), ReportBy: date("2023-07-10")},
			{Code: "2023-9m", Label: "1-9月", Cutoff: date("2023-09-30"), ReportBy: date("2023-10-10")},
		},
		OpenPeriod: "2023-h1", Version: 2, CreatedAt: noon,
	}
}

// sampleTask returns a task of the sample campaign with measures of every kind.
func sampleTask(n int) workflow.Task {
	return workflow.Task{
		ID: id(n), Campaign: "jm-2023", Code: fmt.Sprintf("440703-%02d", n), Seq: n, Region: "440703", Key: true,
		Subject: "推动8座加油站\n安装油气回收自动监控设施", Requirement: "（1）\t𠮷野 <b>&\\ '\" % _ ％",
		Measures: []assess.Measure{
			{
				Code: "stations", Kind: assess.Cumulative, Name: "安装设施", Unit: "%", Of: &assess.Count{Count: 8, Unit: "座"},
				Targets: []assess.Target{{Due: date("2023-06-30"), Value: decimal("10")}, {Due: date("2023-12-10"), Value: decimal("99.995")}},
			},
			{Code: "chain", Kind: assess.Stages, Name: "调查评估", Stages: []assess.Stage{{Code: "plan", Name: "方案编制", Due: date("2023-06-30")}}},
			{
				Code: "no2", Kind: assess.Ceiling, Name: "NO2", Unit: "微克/立方米", Station: "东湖子站", Decimals: 1,
				Target: figure("23.5"), Fallback: figure("25"), FallbackAssumed: true,
			},
			{Code: "pool", Kind: assess.Qualitative, Name: "项目库储备管理"},
		},
		State: workflow.Assigned, Period: "2023-h1", ReportID: id(901), FlagID: id(902), Verdict: assess.Behind, Version: 4,
		CreatedAt: noon, UpdatedAt: after(1 * time.Microsecond), Due: date("2023-07-10"),
	}
}

// plainTask returns a task without measures, for tests that need many.
func plainTask(n int, region string) workflow.Task {
	return workflow.Task{
		ID: id(n), Campaign: "jm-2023", Code: fmt.Sprintf("t-%d", n), Seq: n, Region: region, Subject: "主要任务",
		State: workflow.Assigned, Period: "2023-h1", Version: 1, CreatedAt: noon, UpdatedAt: noon,
	}
}

func sampleAssessment() assess.Assessment {
	return assess.Assessment{
		Verdict: assess.Behind, Cutoff: date("2023-06-30"), EvidenceDate: date("2023-08-31"), ParamsVersion: 1,
		Measures: []assess.Judged{
			{
				Code: "stations", Verdict: assess.Behind, Rule: assess.RuleRatio, Required: "1", Actual: "0", Ratio: "0.0000",
				Threshold: "0.70", Due: date("2023-06-30"),
			},
			{Code: "chain", Verdict: assess.Nearly, Rule: assess.RuleStageLate, Item: "plan", Due: date("2023-06-30"), DoneOn: date("2023-08-20")},
		},
	}
}

func sampleReport(taskID string, number int) workflow.Report {
	return workflow.Report{
		ID: id(100 + number), TaskID: taskID, Number: number, Period: "2023-h1", FlagID: id(902), Author: id(1), OnBehalf: id(3),
		EvidenceDate: date("2023-08-31"), Narrative: "相关加油站正在安装。",
		Values: assess.Values{
			"stations": {AtCutoff: figure("0"), Latest: figure("0.333333333333333333333333333333"), LatestOn: date("2023-08-31")},
			"no2":      {Value: figure("22.05")},
			"chain":    {Stages: map[string]assess.StageValue{"plan": {DoneOn: date("2023-08-20")}, "next": {Share: figure("0.4")}}},
			"pool":     {Verdict: assess.OnSchedule},
		},
		Assessment: sampleAssessment(), Status: workflow.Waiting,
		Warnings:    []workflow.Warning{{Code: workflow.WarnFigure, Place: "values.stations", Words: "1座", Said: "1座", Given: "0座", Text: workflow.Text{ZH: "不一致", EN: "differs"}}},
		SubmittedAt: after(2 * time.Microsecond),
		Evidence:    []workflow.EvidenceRef{sampleEvidence(taskID, 2).Ref(), sampleEvidence(taskID, 1).Ref()},
	}
}

func sampleReview(taskID string, n int) workflow.Review {
	assessment := sampleAssessment()
	return workflow.Review{
		ID: id(200 + n), TaskID: taskID, Period: "2023-h1", Event: workflow.EventFlag, ReportID: id(101), FlagID: id(902),
		ReportNumber: 2, ReportDigest: strings.Repeat("ab", 32), OnBehalf: id(3),
		Assessment: &assessment, Verdict: assess.Nearly, Reason: "已现场核实", Reviewer: id(2), At: noon,
	}
}

func sampleFlag(taskID string, n int) workflow.Flag {
	return workflow.Flag{
		ID: id(900 + n), TaskID: taskID, Period: "2023-h1", Verdict: assess.Behind, Reason: "未按进度完成", RectifyBy: date("2023-09-30"),
		OpenedBy: id(2), OpenedAt: noon, ClearedBy: id(3), ClearedAt: after(3 * time.Microsecond),
	}
}

func sampleEvidence(taskID string, n int) workflow.Evidence {
	return workflow.Evidence{
		ID: id(800 + n), TaskID: taskID, SHA256: fmt.Sprintf("%064x", n), Name: "现场 \\'%_.jpg", Kind: filekind.JPEG, Size: 1 << 40, Uploader: id(1),
		UploadedAt: after(time.Duration(n) * time.Microsecond), Version: 2,
	}
}
