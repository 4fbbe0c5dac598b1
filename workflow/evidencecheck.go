package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// EvidenceReport is what CheckEvidence found.
type EvidenceReport struct {
	Uploads int               `json:"uploads"`
	Files   int               `json:"files"` // that uploads have, each once
	Bytes   int64             `json:"bytes"`
	Faults  []EvidenceFinding `json:"faults"`
}

// EvidenceFinding is a file that is not as it should be.
type EvidenceFinding struct {
	SHA256 string        `json:"sha256"`
	Fault  EvidenceFault `json:"fault"`
	TaskID string        `json:"task_id,omitempty"` // of an upload that has it
	Upload string        `json:"upload,omitempty"`  // its id
}

// CheckEvidence reads every file that uploads have and holds it against its digest, and
// looks for files stored before a moment that no upload has. Those stored later may be of
// uploads under way.
func (s *Service) CheckEvidence(ctx context.Context, before time.Time) (EvidenceReport, error) {
	report := EvidenceReport{Faults: []EvidenceFinding{}}
	if s.evidence == nil {
		return report, errNoStore(errors.New("no store is configured"))
	}
	checked := map[string]EvidenceFault{}
	for after, more := "", true; more; {
		page, err := read(ctx, s, func(r Reader) ([]Evidence, error) { return r.EvidencePage(after, sweepBatch) })
		if err != nil {
			return report, err
		}
		for _, e := range page {
			after = e.ID
			report.Uploads++
			fault, seen := checked[e.SHA256]
			if !seen {
				if fault, err = s.checkFile(ctx, e); err != nil {
					return report, errNoStore(err)
				}
				checked[e.SHA256] = fault
				report.Files++
				report.Bytes += e.Size
			}
			if fault != "" {
				report.Faults = append(report.Faults, EvidenceFinding{SHA256: e.SHA256, Fault: fault, TaskID: e.TaskID, Upload: e.ID})
			}
		}
		more = len(page) == sweepBatch
	}
	orphans, err := s.orphans(ctx, before)
	for _, file := range orphans {
		report.Faults = append(report.Faults, EvidenceFinding{SHA256: file.SHA256, Fault: EvidenceOrphan})
	}
	return report, err
}

func (s *Service) checkFile(ctx context.Context, e Evidence) (EvidenceFault, error) {
	content, fault, err := s.verified(ctx, e.SHA256)
	if content == nil {
		return fault, err
	}
	if err := content.Close(); err != nil {
		return "", fmt.Errorf("closing evidence file %s: %w", e.SHA256, err)
	}
	return "", nil
}
