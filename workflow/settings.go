package workflow

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"duban/workflow/audit"
)

const (
	subjectSettings = "settings"
	eventSettings   = "settings.change"
)

// NoteSettings records, as an event, the settings that a server starts with, by name
// and without secrets, when they are not those of the start before it.
func (s *Service) NoteSettings(ctx context.Context, call Call, settings map[string]string) error {
	is, err := json.Marshal(settings) // keys in order: the same settings are the same bytes
	if err != nil {
		return err
	}
	_, err = write(ctx, s, call, func(u *desk) (struct{}, error) {
		e := audit.Event{Name: eventSettings, Subject: subjectSettings, SubjectID: "server", After: is}
		for {
			page, err := u.Events(EventFilter{Subject: e.Subject, SubjectID: e.SubjectID, AfterVersion: e.Version, Limit: 1_000})
			if err != nil {
				return struct{}{}, fmt.Errorf("reading the settings of earlier starts: %w", err)
			}
			if len(page) == 0 {
				break
			}
			last := page[len(page)-1]
			e.Version, e.Before = last.Version, last.After
		}
		if bytes.Equal(e.Before, is) {
			return struct{}{}, nil
		}
		e.Version++
		return struct{}{}, u.log(e)
	})
	return err
}
