// Package assess turns the figures of a report into a verdict and the reasons
// for it. It is a leaf: exact decimals, no clock, no input or output. The rules
// are those of the yearly campaign notice (domain.md, "Assessment"); values are
// rounded by GB/T 8170-2008 clause 3.2 (half to even, once).
package assess

import (
	"github.com/shopspring/decimal"

	"duban/workflow/calendar"
)

// Decimal is an exact decimal figure.
type Decimal = decimal.Decimal

// Kind says how a measure is judged.
type Kind string

// The kinds of measures.
const (
	Cumulative  Kind = "cumulative"  // grows towards dated targets
	Stages      Kind = "stages"      // a chain of deliverables, each with a due date
	Ceiling     Kind = "ceiling"     // lower is better, no due date
	Qualitative Kind = "qualitative" // no figure: the reviewer's word
)

// Kinds lists every kind.
var Kinds = []Kind{Cumulative, Stages, Ceiling, Qualitative}

// Measure is what is counted for a task (考核指标). Which fields are set depends
// on Kind: Of, Targets for cumulative; Stages for stages; Station, Decimals,
// Target, Fallback for ceiling.
type Measure struct {
	Code string `json:"code"`
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	Unit string `json:"unit,omitempty"`

	// Of makes a cumulative measure a share of a count: its targets are percent
	// of Count, its values are reported in whole Of.Unit.
	Of      *Count   `json:"of,omitempty"`
	Targets []Target `json:"targets,omitempty"` // by due date

	Stages []Stage `json:"stages,omitempty"` // by due date

	Station         string   `json:"station,omitempty"`          // monitoring station, printed in the lag table
	Decimals        int32    `json:"decimals,omitempty"`         // places to which a ceiling value is rounded
	Target          *Decimal `json:"target,omitempty"`           // at or below: on schedule
	Fallback        *Decimal `json:"fallback,omitempty"`         // at or below: nearly
	FallbackAssumed bool     `json:"fallback_assumed,omitempty"` // the fallback is not in the source document
}

// Count is the whole of which a share is taken, for example 8 座.
type Count struct {
	Count int64  `json:"count"`
	Unit  string `json:"unit"`
}

// Target is a dated target; Due is inclusive.
type Target struct {
	Due   calendar.Date `json:"due"`
	Value Decimal       `json:"value"`
}

// Stage is one deliverable of a chain; Due is inclusive.
type Stage struct {
	Code string        `json:"code"`
	Name string        `json:"name"`
	Due  calendar.Date `json:"due"`
}

// Value is what a report says about one measure. Which fields are set depends
// on the measure's kind.
type Value struct {
	AtCutoff *Decimal      `json:"at_cutoff,omitempty"` // cumulative: figure at the period's cutoff
	Latest   *Decimal      `json:"latest,omitempty"`    // cumulative: newest figure ...
	LatestOn calendar.Date `json:"latest_on,omitzero"`  // ... and its day

	Value *Decimal `json:"value,omitempty"` // ceiling: measured figure

	Stages map[string]StageValue `json:"stages,omitempty"` // stages: by stage code; absent means not done

	Verdict Verdict `json:"verdict,omitempty"` // qualitative: the word given
}

// StageValue says how far a stage is: the day it was done, or the share done
// (0 up to, not including, 1) while it is not.
type StageValue struct {
	DoneOn calendar.Date `json:"done_on,omitzero"`
	Share  *Decimal      `json:"share,omitempty"`
}

// Values maps measure codes to reported values.
type Values map[string]Value
