package workflow

import "duban/workflow/audit"

// WithWatch has fn told of what concerns security: every refused attempt, and every
// accepted event that is not a step of a task, once it is committed. fn must be safe
// for parallel use and quick. What a crash keeps from it stands in the audit trail.
func (s *Service) WithWatch(fn func(audit.Event)) *Service {
	s.watch = fn
	return s
}

// tell passes on committed events.
func (s *Service) tell(events ...audit.Event) {
	if s.watch == nil {
		return
	}
	for _, e := range events {
		s.watch(e)
	}
}
