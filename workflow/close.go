package workflow

import "context"

// Close ends the task (办结): the final target is met, or the Input gives a
// Reason.
func (s *Service) Close(ctx context.Context, call Call, taskID string, in Input) (Outcome, error) {
	return s.move(ctx, call, taskID, EventClose, in, func(*motion) error { return nil })
}

// Cancel ends the task for the Input's Reason (撤销); an open flag is cleared with
// it.
func (s *Service) Cancel(ctx context.Context, call Call, taskID string, in Input) (Outcome, error) {
	return s.move(ctx, call, taskID, EventCancel, in, (*motion).clearFlag)
}
