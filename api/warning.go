package api

import "duban/workflow"

type warningOut struct {
	Code  string  `json:"code" enum:"figure_differs,unit_differs,done_not_all,stage_not_done,not_spoken_of,sum_differs,fell,later_day"`
	Place string  `json:"place" example:"values.stations" doc:"narrative，或 values.指标代码 / narrative, or values. and the measure's code"`
	Words string  `json:"words,omitempty" doc:"进展情况中的原文 / Words of the narrative"`
	Said  string  `json:"said,omitempty" doc:"进展情况中的数，或上次报告的数 / The narrative's figure, or the last report's"`
	Given string  `json:"given,omitempty" doc:"填报的数 / The figure among the values"`
	Text  textOut `json:"text"`
}

func warningOf(w workflow.Warning) warningOut {
	return warningOut{Code: string(w.Code), Place: w.Place, Words: w.Words, Said: w.Said, Given: w.Given, Text: textOf(w.Text)}
}
