package api

import (
	"context"

	"duban/workflow"
)

type timelineBody struct {
	Task  taskOut             `json:"task"`
	Items []timelineEntryBody `json:"items" doc:"从旧到新 / Oldest first"`
}

type timelineEntryBody struct {
	EventBody
	From    textOut      `json:"from" doc:"之前的状态 / State before"`
	To      textOut      `json:"to" doc:"之后的状态 / State after"`
	Changes []changeBody `json:"changes"`
}

type changeBody struct {
	Field  string    `json:"field" example:"report.values.km.at_cutoff"`
	Label  textOut   `json:"label"`
	Before shownBody `json:"before"`
	After  shownBody `json:"after"`
}

type shownBody struct {
	Value string  `json:"value" doc:"存储的值 / As stored"`
	Text  textOut `json:"text" doc:"供阅读 / For people"`
}

func shownOf(s workflow.Shown) shownBody { return shownBody{Value: s.Value, Text: textOf(s.Text)} }

type timelineOut struct{ Body timelineBody }

func (s *server) timeline(ctx context.Context, who workflow.Actor, in *struct{ TaskPath }) (*timelineOut, error) {
	line, err := s.service.Timeline(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	return &timelineOut{Body: timelineBody{Task: taskOf(line.Task), Items: mapped(line.Entries, func(e workflow.TimelineEntry) timelineEntryBody {
		return timelineEntryBody{
			EventBody: eventBodyOf(e.EventView), From: textOf(e.From), To: textOf(e.To),
			Changes: mapped(e.Changes, func(c workflow.Change) changeBody {
				return changeBody{Field: c.Field, Label: textOf(c.Label), Before: shownOf(c.Before), After: shownOf(c.After)}
			}),
		}
	})}}, nil
}
