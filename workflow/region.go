package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"duban/workflow/audit"
)

// CreateRegion adds an administrative division.
func (s *Service) CreateRegion(ctx context.Context, call Call, r Region) (Region, error) {
	if err := r.Check().Err(); err != nil {
		return Region{}, err
	}
	return write(ctx, s, call.to("region.create", SubjectRegion, r.Code), func(u *desk) (Region, error) { return r, u.createRegion(r) })
}

func (u *desk) createRegion(r Region) error {
	role, err := u.may(MayWriteRegions, "")
	if err != nil {
		return err
	}
	err = u.InsertRegion(r)
	if errors.Is(err, ErrDuplicate) {
		return NewError(Conflict, "region.code_taken", "已有代码为 "+r.Code+" 的行政区划", "There is a region "+r.Code+" already")
	}
	if err != nil {
		return fmt.Errorf("inserting region %s: %w", r.Code, err)
	}
	is, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return u.log(audit.Event{Name: "region.create", Subject: SubjectRegion, SubjectID: r.Code, Version: 1, ActorRole: string(role), Region: r.Code, After: is})
}
