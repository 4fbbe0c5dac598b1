package api

import (
	"context"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
)

type statisticsBody struct {
	Campaign  string         `json:"campaign" example:"jm-2023"`
	Period    string         `json:"period" example:"2023-h1"`
	At        time.Time      `json:"at" doc:"截至 / Until when it knows"`
	Districts []districtBody `json:"districts"`
	Total     districtBody   `json:"total"`
	Overdue   []overdueBody  `json:"overdue" doc:"现在逾期的任务，不论报告期 / Tasks that are late now, whatever their period"`
}

type districtBody struct {
	Region    string         `json:"region,omitempty" example:"440703"`
	Name      string         `json:"name,omitempty" example:"蓬江区"`
	Tasks     int            `json:"tasks" doc:"不含已撤销 / Without cancelled ones"`
	Verdicts  map[string]int `json:"verdicts" doc:"按本报告期的最终评定；none 为尚无 / By the final verdict for the period; none where there is none"`
	States    map[string]int `json:"states" doc:"现在的状态，含已撤销 / States now, with cancelled ones"`
	Overdue   int            `json:"overdue"`
	ToReport  averageBody    `json:"assigned_to_reported" doc:"从进入报告期到首次上报 / From being assigned for the period to the first report"`
	ToReview  averageBody    `json:"reported_to_reviewed"`
	ToRectify averageBody    `json:"flagged_to_rectified"`
}

type averageBody struct {
	Days  decimalText `json:"days,omitempty" doc:"平均天数，一位小数；没有则无此类情形 / Mean days with one place; absent without cases"`
	Cases int         `json:"cases"`
}

type overdueBody struct {
	Task    string   `json:"id" format:"uuid"`
	Code    string   `json:"code" example:"440703-01"`
	Subject string   `json:"subject"`
	Region  string   `json:"region" example:"440703"`
	In      string   `json:"campaign" example:"jm-2023"`
	Period  string   `json:"period" example:"2023-h1"`
	State   string   `json:"state" enum:"assigned,flagged_lagging" doc:"assigned 逾期未报，flagged_lagging 逾期未整改 / Not reported, or not rectified"`
	Due     dateText `json:"due"`
	Days    int      `json:"days_overdue"`
}

func averageOf(a workflow.Average) averageBody {
	out := averageBody{Cases: a.Cases}
	if days, ok := a.Days(); ok {
		out.Days = decimalText(days.StringFixed(1))
	}
	return out
}

func overdueOf(o workflow.OverdueTask) overdueBody {
	t := o.Task
	return overdueBody{
		Task: t.ID, Code: t.Code, Subject: t.Subject, Region: t.Region, In: t.Campaign, Period: t.Period, State: string(t.State),
		Due: dateOut(o.Due), Days: o.Days,
	}
}

func districtOf(d workflow.DistrictStatistics) districtBody {
	out := districtBody{
		Region: d.Region.Code, Name: d.Region.Name, Tasks: d.Tasks, Overdue: d.Overdue, Verdicts: map[string]int{"none": d.Verdicts[""]}, States: map[string]int{},
		ToReport: averageOf(d.ToReport), ToReview: averageOf(d.ToReview), ToRectify: averageOf(d.ToRectify),
	}
	for _, v := range assess.Verdicts {
		out.Verdicts[string(v)] = d.Verdicts[v]
	}
	for s, n := range d.States {
		out.States[string(s)] = n
	}
	return out
}

type statisticsOut struct{ Body statisticsBody }

func (s *server) statistics(ctx context.Context, who workflow.Actor, in *struct{ PeriodPath }) (*statisticsOut, error) {
	got, err := s.service.Statistics(ctx, who, in.Code, in.Period)
	if err != nil {
		return nil, err
	}
	return &statisticsOut{Body: statisticsBody{
		Campaign: in.Code, Period: in.Period, At: got.At, Districts: mapped(got.Districts, districtOf), Total: districtOf(got.Total),
		Overdue: mapped(got.Overdue, overdueOf),
	}}, nil
}

const aboutOverdue = `已过上报期限而未上报、已过整改期限而未上报整改的任务。每页查看的任务数有上限：有 ` + "`next_cursor`" + ` 时本页可能不满。/ ` +
	`Tasks not reported after the report-by date, or not rectified after the rectify-by date. A page looks at a bounded number of tasks: with next_cursor it may not be full.`

type overdueIn struct {
	Campaign string   `query:"campaign" maxLength:"64"`
	Region   []string `query:"region,explode" maxItems:"100" doc:"可重复 / May be repeated"`
	Limit    int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor   string   `query:"cursor" maxLength:"400" doc:"上一页的 next_cursor / next_cursor of the page before"`
}

type overduePage struct {
	Items      []overdueBody `json:"items"`
	NextCursor string        `json:"next_cursor,omitempty" doc:"没有则为最后一页 / Absent on the last page"`
}

type overdueOut struct{ Body overduePage }

func (s *server) overdue(ctx context.Context, who workflow.Actor, in *overdueIn) (*overdueOut, error) {
	var p workflow.Problems
	filter := workflow.OverdueFilter{Campaign: in.Campaign, Regions: in.Region, After: readCursor[workflow.TaskCursor](&p, in.Cursor), Limit: in.Limit}
	if err := p.Err(); err != nil {
		return nil, err
	}
	found, err := s.service.Overdue(ctx, who, filter)
	if err != nil {
		return nil, err
	}
	next, err := writeNext(found.Next)
	return &overdueOut{Body: overduePage{Items: mapped(found.Tasks, overdueOf), NextCursor: next}}, err
}
