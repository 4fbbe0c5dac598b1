package workflow

import (
	"time"

	"duban/workflow/audit"
)

// Edition is an issued lag table (第1期, 第2期, ...): frozen, and numbered within its
// campaign and period without a gap.
type Edition struct {
	ID       string
	Campaign string
	Period   string
	Number   int // from 1
	IssuedAt time.Time
	IssuedBy string // user id
	Signed   *audit.Checkpoint
}
