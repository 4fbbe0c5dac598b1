package workflow

import (
	"maps"
	"slices"
	"time"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// situation is what guards look at: the task with its newest report, open flag
// and campaign, the person, the moment, and the input when there is one.
type situation struct {
	actor    Actor
	task     Task
	report   *Report // of task.ReportID
	flag     *Flag   // of task.FlagID
	campaign Campaign
	at       time.Time
	input    *Input // nil when only asking what would be allowed
}

// guard is a condition of a transition: nil when it holds, otherwise why not.
type guard func(situation) *Error

// guards are the conditions that a definition may name.
var guards = map[string]guard{
	"author":                 isAuthor,
	"not_author":             isNotAuthor,
	"open_flag":              hasOpenFlag,
	"no_open_flag":           hasNoOpenFlag,
	"report_by_passed":       reportByPassed,
	"later_period":           laterPeriod,
	"final_target_or_reason": finalTargetOrReason,
}

func guardNames() []string { return slices.Sorted(maps.Keys(guards)) }

// wroteIt reports whether one of the persons wrote the report, or had a deputy
// write it.
func (r *Report) wroteIt(persons []string) bool {
	return slices.ContainsFunc(persons, func(id string) bool { return id == r.Author || id == r.OnBehalf })
}

// isAuthor also lets a person take back what a deputy reported, and the deputy in
// the reporter's role what the person did.
func isAuthor(s situation) *Error {
	persons := []string{s.actor.UserID}
	for _, g := range s.actor.Grants {
		if g.OnBehalf != "" && g.Role == Reporter {
			persons = append(persons, g.OnBehalf)
		}
	}
	if s.report != nil && s.report.wroteIt(persons) {
		return nil
	}
	return NewError(Forbidden, "guard.author", "只有上报人本人可以这样做", "Only the report's author may do this")
}

// isNotAuthor keeps a reviewer from what they wrote themselves, what a deputy wrote
// for them, and what somebody wrote whose deputy they are.
func isNotAuthor(s situation) *Error {
	if s.report == nil || !s.report.wroteIt(s.actor.Persons()) {
		return nil
	}
	return NewError(Forbidden, "guard.not_author", "不能审核自己上报的内容", "Nobody reviews what they reported themselves")
}

func hasOpenFlag(s situation) *Error {
	if s.flag != nil {
		return nil
	}
	return NewError(Conflict, "guard.open_flag", "任务没有未销号的滞后挂牌", "The task has no open flag")
}

func hasNoOpenFlag(s situation) *Error {
	if s.flag == nil {
		return nil
	}
	return NewError(Conflict, "guard.no_open_flag", "任务已滞后挂牌，请用销号或整改不通过", "The task is flagged: confirm or reject its rectification")
}

func reportByPassed(s situation) *Error {
	p, ok := s.campaign.Period(s.task.Period)
	if ok && calendar.Of(s.at).After(p.ReportBy) {
		return nil
	}
	return NewError(Conflict, "guard.report_by_passed", "上报期限 "+p.ReportBy.String()+" 尚未过，还不能挂牌", "The report-by date "+p.ReportBy.String()+" has not passed yet")
}

func laterPeriod(s situation) *Error {
	index := func(code string) int {
		return slices.IndexFunc(s.campaign.Periods, func(p Period) bool { return p.Code == code })
	}
	if index(s.task.Period) < index(s.campaign.OpenPeriod) {
		return nil
	}
	return NewError(Conflict, "guard.later_period", "任务已在当前报告期", "The task is already in the open period")
}

func finalTargetOrReason(s situation) *Error {
	if s.input == nil || s.input.Reason != "" {
		return nil
	}
	if s.report != nil && assess.FinalTargetsMet(s.campaign.assessInput(s.task, *s.report)) {
		return nil
	}
	return NewError(Invalid, "guard.final_target_or_reason", "最终目标尚未完成，办结须说明理由", "The final target is not met: closing needs a reason")
}
