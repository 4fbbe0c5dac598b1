package workflow

import (
	"slices"
	"time"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// State is a state of the workflow definition.
type State string

// The states that verbs and views speak of by name; the definition has labels
// and transitions.
const (
	Assigned  State = "assigned"
	Reported  State = "reported"
	Reviewed  State = "reviewed"
	Flagged   State = "flagged_lagging"
	Rectified State = "rectified"
	Closed    State = "closed"
	Cancelled State = "cancelled"
)

// Task is one obligation of one region in a campaign (任务). Its Version grows by
// one with every event and is the number of its audit events.
type Task struct {
	ID          string `json:"id"`       // UUID version 7
	Campaign    string `json:"campaign"` // campaign code
	Code        string `json:"code"`     // unique in the campaign
	Seq         int    `json:"seq"`      // order in the campaign, from 1
	Region      string `json:"region"`
	Key         bool   `json:"key"` // 重点考核; stored, never derived
	Subject     string `json:"subject"`
	Requirement string `json:"requirement"`

	Measures []assess.Measure `json:"measures"`

	State    State          `json:"state"`
	Period   string         `json:"period"`              // code of the period it is in
	ReportID string         `json:"report_id,omitempty"` // newest report of that period that was not withdrawn or returned
	FlagID   string         `json:"flag_id,omitempty"`   // the open flag
	Verdict  assess.Verdict `json:"verdict,omitempty"`   // newest final verdict
	Version  int            `json:"version"`

	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`

	// Due is the last day that the district has, zero while nobody waits for it. It
	// follows from state, period and flag, so events do not tell of it.
	Due calendar.Date `json:"-"`
}

// Stations returns the monitoring stations of a station task in the order of its
// measures; none for any other task.
func (t Task) Stations() []string {
	var stations []string
	for _, m := range t.Measures {
		if m.Station == "" {
			return nil
		}
		if !slices.Contains(stations, m.Station) {
			stations = append(stations, m.Station)
		}
	}
	return stations
}

// Report is a district's submission for a task and period (进展报告). A correction
// is a new report; Number counts a task's reports from 1. Only Status changes
// after it was submitted.
type Report struct {
	ID           string            `json:"id"`
	TaskID       string            `json:"task_id"`
	Number       int               `json:"number"`
	Period       string            `json:"period"`
	FlagID       string            `json:"flag_id,omitempty"`   // set: a rectification report for that flag
	Author       string            `json:"author"`              // user id
	OnBehalf     string            `json:"on_behalf,omitempty"` // user id of the person whose deputy the author was
	EvidenceDate calendar.Date     `json:"evidence_date"`
	Narrative    string            `json:"narrative"`
	Values       assess.Values     `json:"values"`
	Evidence     []EvidenceRef     `json:"evidence,omitempty"` // in the order that the author gave
	Assessment   assess.Assessment `json:"assessment"`         // computed when it was submitted
	Warnings     []Warning         `json:"warnings,omitempty"` // what does not go together; computed when it was submitted
	Status       ReportStatus      `json:"status"`
	SubmittedAt  time.Time         `json:"submitted_at"`
}

// ReportStatus says what became of a report.
type ReportStatus string

// The statuses of a report.
const (
	Waiting   ReportStatus = "waiting"
	Withdrawn ReportStatus = "withdrawn"
	Returned  ReportStatus = "returned"
	Rejected  ReportStatus = "rejected" // as a rectification
	Accepted  ReportStatus = "accepted" // approved, flagged or confirmed
)

// Review is one act of a reviewer on a task in a period. Reviews are never
// changed: the newest one that counts gives the row of the lag table.
type Review struct {
	ID       string    `json:"id"`
	TaskID   string    `json:"task_id"`
	Period   string    `json:"period"`
	Event    EventName `json:"event"`
	ReportID string    `json:"report_id,omitempty"` // empty: flagged without a report
	FlagID   string    `json:"flag_id,omitempty"`
	// ReportNumber and ReportDigest bind the review to the report that it was given
	// for (Report.Digest); reviews of earlier versions have neither.
	ReportNumber int                `json:"report_number,omitempty"`
	ReportDigest string             `json:"report_digest,omitempty"`
	Assessment   *assess.Assessment `json:"assessment,omitempty"` // with the reviewer's words for qualitative measures
	Verdict      assess.Verdict     `json:"verdict,omitempty"`    // final; may differ from the assessment's, with a reason
	Reason       string             `json:"reason,omitempty"`
	Reviewer     string             `json:"reviewer"`            // user id
	OnBehalf     string             `json:"on_behalf,omitempty"` // user id of the person whose deputy the reviewer was
	At           time.Time          `json:"at"`
}

// Counts reports whether the review gives a final verdict for the lag table:
// approved, flagged or confirmed, not returned or rejected.
func (r Review) Counts() bool { return r.Verdict != "" }

// Flag is a 滞后挂牌: opened by a reviewer, cleared when rectification is
// confirmed or the task is cancelled.
type Flag struct {
	ID        string         `json:"id"`
	TaskID    string         `json:"task_id"`
	Period    string         `json:"period"`
	Verdict   assess.Verdict `json:"verdict"`
	Reason    string         `json:"reason"`
	RectifyBy calendar.Date  `json:"rectify_by"`
	OpenedBy  string         `json:"opened_by"`
	OpenedAt  time.Time      `json:"opened_at"`
	ClearedBy string         `json:"cleared_by,omitempty"`
	ClearedAt time.Time      `json:"cleared_at,omitzero"` // zero: open
}
