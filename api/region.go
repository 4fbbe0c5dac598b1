package api

import (
	"context"

	"duban/workflow"
)

type regionOut struct {
	Code    string `json:"code" example:"440703"`
	Name    string `json:"name" example:"蓬江区"`
	Retired bool   `json:"retired" doc:"已停用，不再接受新的任务和授权 / It gets no new tasks and grants"`
	Version int    `json:"version"`
}

func regionOf(r workflow.Region) regionOut {
	return regionOut{Code: r.Code, Name: r.Name, Retired: r.Retired, Version: r.Version}
}

type oneRegionOut struct {
	ETag string `header:"ETag"`
	Body regionOut
}

func regionAnswer(r workflow.Region, err error) (*oneRegionOut, error) {
	if err != nil {
		return nil, err
	}
	return &oneRegionOut{ETag: etag(r.Version), Body: regionOf(r)}, nil
}

// RegionPath is the path of a region.
type RegionPath struct {
	Code string `path:"code" pattern:"^[0-9]{6}$" patternDescription:"440703" example:"440703"`
}

func (s *server) region(ctx context.Context, who workflow.Actor, in *struct{ RegionPath }) (*oneRegionOut, error) {
	return regionAnswer(s.service.Region(ctx, who, in.Code))
}

type createRegionIn struct {
	Body struct {
		Code string `json:"code" maxLength:"16" example:"440703" doc:"GB/T 2260"`
		Name string `json:"name" maxLength:"200" example:"蓬江区"`
	}
}

func (s *server) createRegion(ctx context.Context, call workflow.Call, in *createRegionIn) (*oneRegionOut, error) {
	return regionAnswer(s.service.CreateRegion(ctx, call, workflow.Region{Code: in.Body.Code, Name: in.Body.Name}))
}

func (s *server) renameRegion(ctx context.Context, call workflow.Call, in *struct {
	RegionPath
	Body nameIn
}) (*oneRegionOut, error) {
	return regionAnswer(s.service.RenameRegion(ctx, call, in.Code, in.Body.Name))
}

func (s *server) retireRegion(ctx context.Context, call workflow.Call, in *struct{ RegionPath }) (*oneRegionOut, error) {
	return regionAnswer(s.service.RetireRegion(ctx, call, in.Code))
}

func (s *server) restoreRegion(ctx context.Context, call workflow.Call, in *struct{ RegionPath }) (*oneRegionOut, error) {
	return regionAnswer(s.service.RestoreRegion(ctx, call, in.Code))
}
