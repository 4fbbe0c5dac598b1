package assess

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"duban/workflow/calendar"
)

// Verdict is the result of an assessment (评定结果).
type Verdict string

// The verdicts, as domain.md names and prints them.
const (
	OnSchedule Verdict = "on_schedule" // 按进度完成
	Nearly     Verdict = "nearly"      // 基本按进度完成
	Lagging    Verdict = "lagging"     // 进度滞后: nothing is due yet, but the pace is too slow
	Behind     Verdict = "behind"      // 未按进度完成
)

// Verdicts lists every verdict from best to worst. Lagging stands before
// Behind: a missed due date weighs more than a slow pace towards a later one.
var Verdicts = []Verdict{OnSchedule, Nearly, Lagging, Behind}

// Valid reports whether v is one of Verdicts.
func (v Verdict) Valid() bool { return v.rank() >= 0 }

func (v Verdict) rank() int {
	for i, w := range Verdicts {
		if v == w {
			return i
		}
	}
	return -1
}

// Worse returns the worse of two verdicts.
func (v Verdict) Worse(w Verdict) Verdict {
	if w.rank() > v.rank() {
		return w
	}
	return v
}

// Rule names the rule that gave a verdict.
type Rule string

// The rules, by the paragraph of domain.md "Assessment" that they come from.
const (
	RuleAtCutoff    Rule = "cumulative.at_cutoff"   // reached at the cutoff
	RuleReachedLate Rule = "cumulative.late"        // reached after the cutoff, by the evidence date
	RuleRatio       Rule = "cumulative.ratio"       // latest / target against nearly_ratio
	RulePace        Rule = "cumulative.pace"        // nothing due yet: pace against pace_ratio
	RuleStageDone   Rule = "stages.on_time"         // done by its due date
	RuleStageLate   Rule = "stages.late"            // done late, by the evidence date
	RuleStageRatio  Rule = "stages.ratio"           // due, not done: share against nearly_ratio
	RuleStageOpen   Rule = "stages.not_done"        // due, not done, no share given
	RuleStagePace   Rule = "stages.pace"            // nothing due yet: share against pace_ratio
	RuleTarget      Rule = "ceiling.target"         // at or below the target
	RuleFallback    Rule = "ceiling.fallback"       // at or below the fallback
	RuleAbove       Rule = "ceiling.above"          // above both
	RuleWord        Rule = "qualitative.word"       // the word given
	RuleNoWord      Rule = "qualitative.unreported" // no word yet: on schedule
	RuleNotDue      Rule = "not_due"                // no target due yet, while others of the task are
)

// DefaultRatio is nearly_ratio and pace_ratio where a campaign gives none
// (domain.md, "Assessment").
var DefaultRatio = decimal.New(70, -2)

// Params are the campaign's versioned assessment parameters.
type Params struct {
	Version     int     `json:"version"`
	NearlyRatio Decimal `json:"nearly_ratio"` // 0 < ratio <= 1, 0.70 unless the campaign says otherwise
	PaceRatio   Decimal `json:"pace_ratio"`   // likewise
}

// MarshalJSON writes the ratios as they were given, 0.70 and not 0.7: an audit
// event must give back exactly what was stored.
func (p Params) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Version     int    `json:"version"`
		NearlyRatio string `json:"nearly_ratio"`
		PaceRatio   string `json:"pace_ratio"`
	}{p.Version, Exact(p.NearlyRatio), Exact(p.PaceRatio)})
}

// Equal reports whether two parameters are the same, whatever the notation of
// their figures.
func (p Params) Equal(q Params) bool {
	return p.Version == q.Version && p.NearlyRatio.Equal(q.NearlyRatio) && p.PaceRatio.Equal(q.PaceRatio)
}

// Assessment is the verdict of a task for a period with everything it rests on
// (评定).
type Assessment struct {
	Verdict       Verdict       `json:"verdict"`
	Measures      []Judged      `json:"measures"` // in the order of the task's measures
	Cutoff        calendar.Date `json:"cutoff"`
	EvidenceDate  calendar.Date `json:"evidence_date"`
	ParamsVersion int           `json:"params_version"`
}

// Judged is the verdict of one measure with its explanation. Figures that the
// rule does not use are absent. Required and Actual are in the measure's unit
// (in Of.Unit for a share of a count).
type Judged struct {
	Code      string        `json:"code"`
	Verdict   Verdict       `json:"verdict"`
	Rule      Rule          `json:"rule"`
	Item      string        `json:"item,omitempty"` // stage code
	Required  string        `json:"required,omitempty"`
	Actual    string        `json:"actual,omitempty"`
	Ratio     string        `json:"ratio,omitempty"`     // to four places
	Threshold string        `json:"threshold,omitempty"` // the parameter or fallback it was held against
	Due       calendar.Date `json:"due,omitzero"`
	DoneOn    calendar.Date `json:"done_on,omitzero"`
	Items     []Judged      `json:"items,omitempty"` // stages: every stage that was judged, when more than one was
}

// Judged returns the judgement of the measure with the given code.
func (a Assessment) Judged(code string) (Judged, bool) {
	for _, j := range a.Measures {
		if j.Code == code {
			return j, true
		}
	}
	return Judged{}, false
}

// AllOnSchedule reports whether the task and each of its measures are on
// schedule; such a task is not listed in the lag table.
func (a Assessment) AllOnSchedule() bool {
	for _, j := range a.Measures {
		if j.Verdict != OnSchedule {
			return false
		}
	}
	return a.Verdict == OnSchedule
}
