package workflow

import (
	"context"
	"fmt"
)

// ConfirmRectified accepts the rectification report and clears the flag (销号).
// The final verdict is the one computed from that report unless the Input gives
// another with a Reason.
func (s *Service) ConfirmRectified(ctx context.Context, call Call, taskID string, in Input) (Outcome, error) {
	return s.move(ctx, call, taskID, EventConfirm, in, func(m *motion) error {
		if err := m.accept(); err != nil {
			return err
		}
		return m.clearFlag()
	})
}

// RejectRectification sends the rectification back with a Reason and a new
// RectifyBy; the flag stays open.
func (s *Service) RejectRectification(ctx context.Context, call Call, taskID string, in Input) (Outcome, error) {
	return s.move(ctx, call, taskID, EventReject, in, func(m *motion) error {
		if err := m.checkRectifyBy(); err != nil {
			return err
		}
		if err := m.endReport(Rejected); err != nil {
			return err
		}
		f := *m.flag
		f.RectifyBy = m.in.RectifyBy
		if err := m.saveFlag(f); err != nil {
			return err
		}
		return m.review(nil, "")
	})
}

// clearFlag closes the open flag, if there is one.
func (m *motion) clearFlag() error {
	if m.flag == nil {
		return nil
	}
	f := *m.flag
	f.ClearedBy, f.ClearedAt = m.actor.UserID, m.now
	m.next.FlagID = ""
	return m.saveFlag(f)
}

func (m *motion) saveFlag(f Flag) error {
	m.out.Flag = &f
	if err := m.SaveFlag(f); err != nil {
		return fmt.Errorf("saving the flag of task %s: %w", m.task.ID, err)
	}
	return nil
}
