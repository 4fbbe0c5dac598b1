package workflow

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// TaskPeople returns the names of those who reported, reviewed and flagged a task, by
// account id, as they are called now.
func (s *Service) TaskPeople(ctx context.Context, actor Actor, taskID string) (map[string]string, error) {
	return read(ctx, s, func(r Reader) (map[string]string, error) {
		if _, err := s.visibleTask(r, actor, taskID); err != nil {
			return nil, err
		}
		reports, err := r.Reports(taskID)
		if err != nil {
			return nil, fmt.Errorf("reading who reported on task %s: %w", taskID, err)
		}
		reviews, err := r.Reviews(taskID)
		if err != nil {
			return nil, fmt.Errorf("reading who reviewed task %s: %w", taskID, err)
		}
		flags, err := r.Flags(taskID)
		if err != nil {
			return nil, fmt.Errorf("reading who flagged task %s: %w", taskID, err)
		}
		names := map[string]string{}
		for _, x := range reports {
			names[x.Author], names[x.OnBehalf] = "", ""
		}
		for _, x := range reviews {
			names[x.Reviewer], names[x.OnBehalf] = "", ""
		}
		for _, x := range flags {
			names[x.OpenedBy], names[x.ClearedBy] = "", ""
		}
		delete(names, "")
		users, err := r.UsersOf(slices.Sorted(maps.Keys(names)))
		if err != nil {
			return nil, fmt.Errorf("reading the names of people of task %s: %w", taskID, err)
		}
		for _, u := range users {
			names[u.ID] = u.Name
		}
		return names, nil
	})
}
