package workflow

import (
	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// dueOf is the last day that the task's district has: for the report of the period,
// or for rectifying. It is zero while nobody waits for the district.
func dueOf(t Task, c Campaign, flag *Flag) calendar.Date {
	switch {
	case t.State == Assigned:
		p, _ := c.Period(t.Period)
		return p.ReportBy
	case t.State == Flagged && flag != nil:
		return flag.RectifyBy
	}
	return calendar.Date{}
}

// due is dueOf for a task as its events left it.
func (p TaskPast) due(c Campaign) calendar.Date { return dueOf(p.Task, c, p.flag(p.Task.FlagID)) }

// Light is how a task stands at a glance (灯).
type Light string

// The lights; the rule is in Task.Light.
const (
	Red    Light = "red"
	Yellow Light = "yellow"
	Green  Light = "green"
	Unlit  Light = "none"
)

// Lights are all of them, the worst first.
var Lights = []Light{Red, Yellow, Green, Unlit}

// soonDays is how many days before it is due a task turns yellow.
const soonDays = 7

// Soon is the last day of those that are due soon.
func Soon(today calendar.Date) calendar.Date { return today.AddDays(soonDays) }

// Light is the traffic light of the task on a day. The first that holds counts:
//
//   - none: it has ended, closed or cancelled;
//   - red: it is overdue, or flagged as lagging, or its newest final verdict is
//     behind or lagging;
//   - yellow: its district has seven days left or fewer, or the newest final verdict
//     is nearly;
//   - green: everything else: on schedule, or not due for more than seven days.
//
// Days are days of the calendar, not working days. Stores answer TaskFilter.Lights
// by the same rule.
func (t Task) Light(today calendar.Date) Light {
	late := !t.Due.IsZero() && t.Due.Before(today)
	soon := !t.Due.IsZero() && !t.Due.After(Soon(today))
	switch {
	case t.State == Closed || t.State == Cancelled:
		return Unlit
	case late || t.State == Flagged || t.Verdict == assess.Behind || t.Verdict == assess.Lagging:
		return Red
	case soon || t.Verdict == assess.Nearly:
		return Yellow
	}
	return Green
}

// Label names the light for people: a word that says what the colour does.
func (l Light) Label() Text {
	switch l {
	case Red:
		return Text{ZH: "滞后或逾期", EN: "Late or lagging"}
	case Yellow:
		return Text{ZH: "临期或基本完成", EN: "Due soon or nearly done"}
	case Green:
		return Text{ZH: "正常", EN: "On schedule"}
	}
	return Text{ZH: "已结束", EN: "Ended"}
}
