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
	r.Version, r.Retired = 1, false
	return write(ctx, s, call.to("region.create", SubjectRegion, r.Code), func(u *desk) (Region, error) { return r, u.createRegion(r) })
}

func (u *desk) createRegion(r Region) error {
	role, err := u.may(MayWriteRegions, "")
	if err != nil {
		return err
	}
	r.Version, r.Retired = 1, false
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

// RenameRegion gives a region another name; documents issued before keep the old
// one.
func (s *Service) RenameRegion(ctx context.Context, call Call, code, name string) (Region, error) {
	return s.changeRegion(ctx, call, "region.rename", code, func(r *Region) error {
		r.Name = name
		return r.Check().Err()
	})
}

// RetireRegion takes a region out of use: what there is of it stays, and it gets no
// new task, campaign or grant.
func (s *Service) RetireRegion(ctx context.Context, call Call, code string) (Region, error) {
	return s.changeRegion(ctx, call, "region.retire", code, func(r *Region) error {
		if r.Retired {
			return NewError(Conflict, "region.retired", "行政区划 "+r.Code+" 已停用", "Region "+r.Code+" is retired already")
		}
		r.Retired = true
		return nil
	})
}

// RestoreRegion takes a retired region into use again.
func (s *Service) RestoreRegion(ctx context.Context, call Call, code string) (Region, error) {
	return s.changeRegion(ctx, call, "region.restore", code, func(r *Region) error {
		if !r.Retired {
			return NewError(Conflict, "region.in_use", "行政区划 "+r.Code+" 并未停用", "Region "+r.Code+" is not retired")
		}
		r.Retired = false
		return nil
	})
}

// changeRegion is the one way in which a region changes.
func (s *Service) changeRegion(ctx context.Context, call Call, name, code string, change func(*Region) error) (Region, error) {
	return write(ctx, s, call.to(name, SubjectRegion, code), func(u *desk) (Region, error) {
		role, err := u.may(MayWriteRegions, "")
		if err != nil {
			return Region{}, err
		}
		before, err := u.Region(code)
		if isNoRow(err) {
			return Region{}, errNoRegion()
		}
		if err != nil {
			return Region{}, err
		}
		if err := u.seen("region.stale", Text{ZH: "行政区划", EN: "The region"}, before.Version); err != nil {
			return Region{}, err
		}
		r := before
		r.Version++
		if err := change(&r); err != nil {
			return Region{}, err
		}
		if err := u.SaveRegion(r, before.Version); err != nil {
			return Region{}, fmt.Errorf("saving region %s: %w", code, err)
		}
		was, err := json.Marshal(before)
		if err != nil {
			return Region{}, err
		}
		is, err := json.Marshal(r)
		if err != nil {
			return Region{}, err
		}
		return r, u.log(audit.Event{
			Name: name, Subject: SubjectRegion, SubjectID: code, Version: r.Version, ActorRole: string(role), Region: code, Before: was, After: is,
		})
	})
}

// seen refuses a call for another version than the one that the caller has seen.
func (u *unit) seen(code string, what Text, version int) error {
	if v := u.call.IfVersion; v != 0 && v != version {
		return NewError(Stale, code, fmt.Sprintf("%s已是第 %d 版，您看到的是第 %d 版", what.ZH, version, v),
			fmt.Sprintf("%s is at version %d, you saw version %d", what.EN, version, v))
	}
	return nil
}

func errNoRegion() *Error { return NotFoundError(Text{ZH: "行政区划", EN: "The region"}) }

// inUse refuses a retired region for something new.
func inUse(r Reader, code string) error {
	region, err := r.Region(code)
	if err == nil && region.Retired {
		err = NewError(Conflict, "region.retired", "行政区划 "+region.Name+" 已停用，不再接受新的任务和授权", "Region "+region.Name+" is retired: it gets no new tasks and grants")
	}
	return err
}

// Region returns one region.
func (s *Service) Region(ctx context.Context, actor Actor, code string) (Region, error) {
	return ifMay(ctx, s, actor, MayReadRegions, func(r Reader) (Region, error) {
		region, err := r.Region(code)
		if isNoRow(err) {
			err = errNoRegion()
		}
		return region, err
	})
}
