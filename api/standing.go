package api

import "duban/workflow"

// standingOut is how a task stands, beside what it is.
type standingOut struct {
	Light       lightOut `json:"light"`
	Due         dateText `json:"due,omitempty" doc:"区县须上报或整改的最后一天；没有则现在不等待区县 / The last day that the district has; absent while nobody waits for it"`
	DaysLeft    *int     `json:"days_left,omitempty" doc:"距 due 的天数（日历日），负数为已逾期 / Days of the calendar until then; negative when overdue"`
	RegionName  string   `json:"region_name" example:"蓬江区"`
	PeriodLabel string   `json:"period_label" example:"1-6月"`
	Allowed     []string `json:"allowed" doc:"您现在可以执行的事件；给出 as_of 时为空 / The events that you may do now; empty with as_of"`
}

// lightOut is a traffic light with the words for it.
type lightOut struct {
	Code  string  `json:"code" enum:"red,yellow,green,none"`
	Label textOut `json:"label"`
}

// aboutLights is the rule of workflow.Task.Light for people.
const aboutLights = `灯：none 已办结或撤销；red 已逾期，或滞后挂牌，或最新评定为未按进度完成、进度滞后；yellow 七天内（日历日）到期，或最新评定为基本按进度完成；green 其他。/ ` +
	`Lights: none, closed or cancelled; red, overdue, flagged as lagging, or the newest verdict is behind or lagging; yellow, due within seven days of the calendar, or the newest verdict is nearly; green, everything else.`

func standingOf(t workflow.Task, s workflow.Standing) *standingOut {
	out := &standingOut{
		Light: lightOut{Code: string(s.Light), Label: textOf(s.Light.Label())}, Due: dateOut(t.Due), RegionName: s.RegionName, PeriodLabel: s.Period.Label,
		Allowed: mapped(s.Allowed, func(e workflow.EventDef) string { return string(e.Name) }),
	}
	if !t.Due.IsZero() {
		out.DaysLeft = &s.Days
	}
	return out
}
