package api

import (
	"context"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
)

const aboutDashboard = `各区县按报告期评定、现在状态、逾期的任务数，排名，灯号，已开启各期的走势，以及预测。给出 as_of 时按当时所知。` +
	`排名：未撤销任务中按进度完成的比例高者在前，依次再比较未按进度、进度滞后、基本按进度、逾期的任务数，少者在前；全部相同则并列，其后名次顺延（1、2、2、4）。` +
	`灯号：red 有未按进度或进度滞后的任务；yellow 有基本按进度或逾期的；green 有评定且均按进度；none 尚无评定。` +
	`预测：按累计指标从专项工作开始至最新数值日的速度，下一目标将在哪一天达到（docs/dashboard.md）。/ ` +
	`Tasks by verdict of the period, by state now, and overdue, for each district; ranks, lights, the trend over the periods that have begun, and a forecast. With as_of, as was known then. ` +
	`Ranks go by the share on schedule of the tasks that are not cancelled, then by fewer behind, lagging, nearly on schedule, overdue; equals share a rank: 1, 2, 2, 4. ` +
	`The forecast: at the pace from the campaign's start to the day of the newest figure, when will the next target be met.`

type dashboardIn struct {
	CodePath
	Period string `query:"period" maxLength:"64" doc:"默认为当前报告期 / The open period by default"`
	PastQuery
}

// waitBody is how long tasks have been waiting.
type waitBody struct {
	Tasks   int         `json:"tasks"`
	Mean    decimalText `json:"mean_days" doc:"自各任务最近一步起的平均天数，一位小数 / Mean days since the last step of each, with one place"`
	Longest int         `json:"longest_days" doc:"最长的整天数 / Whole days of the one that waits longest"`
}

type standingBody struct {
	Region   string              `json:"region,omitempty" example:"440703"`
	Name     string              `json:"name,omitempty" example:"蓬江区"`
	Tasks    int                 `json:"tasks" doc:"含已撤销 / With cancelled ones"`
	Open     int                 `json:"open" doc:"尚无最终评定的任务，撤销的不计 / Tasks without a final verdict that are not cancelled"`
	Verdicts map[string]int      `json:"verdicts" doc:"按本报告期最终评定，撤销的任务不计；四种都列出 / By final verdict of the period, without cancelled tasks; all four are there"`
	States   map[string]waitBody `json:"states" doc:"现在的状态，含已撤销；没有任务的状态不列出 / States now, with cancelled ones; those without tasks are absent"`
	Overdue  int                 `json:"overdue" doc:"现在逾期的任务，不论报告期 / Tasks that are late now, whatever their period"`
	Share    decimalText         `json:"on_schedule_percent,omitempty" doc:"未撤销任务中按进度完成的百分比；没有任务则不列出 / Of tasks that are not cancelled; absent without tasks"`
	Rank     int                 `json:"rank,omitempty" doc:"并列同名次；没有任务则不列出 / Ties share a rank; absent without tasks"`
	Light    string              `json:"light" enum:"red,yellow,green,none"`
	Outlooks map[string]int      `json:"outlooks" doc:"有累计指标且未结束的任务，按最差的预测：met 目标均已达到，on_time 预计按期，late 预计逾期，no_pace 尚无进度 / Tasks with cumulative measures that have not ended, by their worst forecast"`
	DaysLate int                 `json:"most_days_late" doc:"其中最多逾期的天数 / The most days that one of them will be late"`
}

type trendDistrict struct {
	Region   string         `json:"region"`
	Verdicts map[string]int `json:"verdicts"`
	Open     int            `json:"open"`
	Share    decimalText    `json:"on_schedule_percent,omitempty" doc:"同上各区域的 on_schedule_percent，按该报告期 / As that of districts, for this period"`
}

type trendBody struct {
	Period    periodBody      `json:"period"`
	Districts []trendDistrict `json:"districts"`
}

type forecastBody struct {
	Task     string      `json:"task_id" format:"uuid"`
	Code     string      `json:"code" example:"440703-01"`
	Region   string      `json:"region" example:"440703"`
	Subject  string      `json:"subject"`
	Measure  string      `json:"measure" doc:"指标代码 / Code of the measure"`
	Name     string      `json:"measure_name,omitempty"`
	Unit     string      `json:"unit,omitempty"`
	Outlook  string      `json:"outlook" enum:"met,on_time,late,no_pace"`
	Due      dateText    `json:"due,omitempty" doc:"下一目标的期限 / Of the next target"`
	Required decimalText `json:"required,omitempty"`
	Actual   decimalText `json:"actual"`
	On       dateText    `json:"actual_on,omitempty" doc:"该数值的日期；没有则尚未上报 / The day of the figure; absent without a report"`
	MetOn    dateText    `json:"met_on,omitempty" doc:"预计达到的日期；没有则尚无进度 / When it will be met; absent without a pace"`
	DaysLate int         `json:"days_late" doc:"预计逾期的天数；尚无进度时为已逾期的天数 / Days that it will be late; without a pace, those that have passed since it was due"`
}

type dashboardBody struct {
	Campaign  string         `json:"campaign" example:"jm-2023"`
	Title     string         `json:"title"`
	Period    periodBody     `json:"period"`
	At        time.Time      `json:"at" doc:"截至 / Until when it knows"`
	AsOf      asOfText       `json:"as_of,omitempty"`
	Districts []standingBody `json:"districts"`
	Total     standingBody   `json:"total"`
	Trend     []trendBody    `json:"trend" doc:"已开启的各报告期 / The periods that have begun"`
	Worst     []forecastBody `json:"worst" doc:"预计逾期最多的任务，最多 10 项 / The tasks that will be the most late, at most 10"`
}

type dashboardOut struct{ Body dashboardBody }

func (s *server) dashboard(ctx context.Context, who workflow.Actor, in *dashboardIn) (*dashboardOut, error) {
	var p workflow.Problems
	asOf := in.AsOf.parse(&p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	d, err := s.service.Dashboard(ctx, who, in.Code, in.Period, asOf)
	if err != nil {
		return nil, err
	}
	standing := func(one workflow.DistrictStanding) standingBody { return districtStandingOf(one, d.At) }
	return &dashboardOut{Body: dashboardBody{
		Campaign: d.Campaign.Code, Title: d.Campaign.Title, Period: periodOf(d.Period), At: d.At, AsOf: in.AsOf,
		Districts: mapped(d.Districts, standing), Total: standing(d.Total), Trend: mapped(d.Trend, trendOf), Worst: mapped(d.Worst, forecastOf),
	}}, nil
}

func districtStandingOf(d workflow.DistrictStanding, at time.Time) standingBody {
	out := standingBody{
		Region: d.Region, Name: d.Name, Tasks: d.Tasks, Open: d.Open, Verdicts: everyVerdict(d.Verdicts), States: map[string]waitBody{},
		Share: shareOf(d.Tally), Overdue: d.Overdue, Rank: d.Rank, Light: string(d.Light), Outlooks: map[string]int{}, DaysLate: d.DaysLate,
	}
	for state, w := range d.Waits {
		mean, _ := w.Mean(at) // of at least one task
		out.States[string(state)] = waitBody{Tasks: w.Tasks, Mean: decimalText(mean.StringFixed(1)), Longest: w.Longest(at)}
	}
	for _, o := range assess.Outlooks {
		out.Outlooks[string(o)] = d.Outlooks[o]
	}
	return out
}

// shareOf is empty where there are no tasks.
func shareOf(t workflow.Tally) decimalText {
	share, any := t.OnSchedule()
	if !any {
		return ""
	}
	return decimalText(share.StringFixed(1))
}

// everyVerdict counts each verdict, also those that no task has.
func everyVerdict(by map[assess.Verdict]int) map[string]int {
	out := map[string]int{}
	for _, v := range assess.Verdicts {
		out[string(v)] = by[v]
	}
	return out
}

func trendOf(t workflow.PeriodTrend) trendBody {
	return trendBody{Period: periodOf(t.Period), Districts: mapped(t.Districts, func(d workflow.Tally) trendDistrict {
		return trendDistrict{Region: d.Region, Verdicts: everyVerdict(d.Verdicts), Open: d.Open, Share: shareOf(d)}
	})}
}

func forecastOf(t workflow.TaskForecast) forecastBody {
	f := t.Forecast
	out := forecastBody{
		Task: t.Task.ID, Code: t.Task.Code, Region: t.Task.Region, Subject: t.Task.Subject, Measure: f.Code, Outlook: string(f.Outlook),
		Due: dateOut(f.Due), Required: decimalOut(&f.Required), Actual: decimalOut(&f.Actual), On: dateOut(f.On), MetOn: dateOut(f.MetOn), DaysLate: f.DaysLate,
	}
	for _, m := range t.Task.Measures {
		if m.Code == f.Code {
			out.Name, out.Unit = m.Name, m.Unit
			if m.Of != nil {
				out.Unit = m.Of.Unit
			}
		}
	}
	return out
}
