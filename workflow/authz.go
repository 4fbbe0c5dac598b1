package workflow

import "slices"

// Permission names what a role may do: "task.read", "user.write", or "task."
// and an event of the definition ("task.approve").
type Permission string

// The permissions that are not events of the definition.
const (
	MayReadRegions    Permission = "region.read"
	MayWriteRegions   Permission = "region.write"
	MayReadCampaigns  Permission = "campaign.read"
	MayWriteCampaigns Permission = "campaign.write"
	MayReadTasks      Permission = "task.read"
	MayReadEvents     Permission = "event.read"
	MayReadLagTable   Permission = "lagtable.read"
	MayIssueLagTable  Permission = "lagtable.issue" // and edit the narratives that it prints
	MayReadUsers      Permission = "user.read"
	MayWriteUsers     Permission = "user.write"
	MayWriteGrants    Permission = "grant.write"
	MayArchive        Permission = "audit.archive"
	MayVerify         Permission = "audit.verify" // have the trail verified, and see what came of it
)

// Permissions lists every permission that is not an event.
var Permissions = []Permission{
	MayReadRegions, MayWriteRegions, MayReadCampaigns, MayWriteCampaigns, MayReadTasks, MayReadEvents,
	MayReadLagTable, MayIssueLagTable, MayReadUsers, MayWriteUsers, MayWriteGrants, MayArchive, MayVerify,
}

// EventPermission is the permission for an event of the definition.
func EventPermission(e EventName) Permission { return Permission("task." + string(e)) }

// Authorizer is the policy in force.
type Authorizer interface {
	// May returns the first of the actor's grants by which something may be done in
	// a region (empty: in no particular region), and false when there is none.
	May(a Actor, p Permission, region string) (Grant, bool)
	// Scope returns the regions in which the actor may do something.
	Scope(a Actor, p Permission) Scope
}

// Scope is a set of regions: all of them, or those listed. Its zero value is
// empty.
type Scope struct {
	All     bool
	Regions []string
}

// Empty reports whether no region is in the scope.
func (s Scope) Empty() bool { return !s.All && len(s.Regions) == 0 }

// Has reports whether a region is in the scope.
func (s Scope) Has(region string) bool { return s.All || slices.Contains(s.Regions, region) }

// Within returns the part of the scope that lies in the given regions; without
// any, the whole scope.
func (s Scope) Within(regions []string) Scope {
	if len(regions) == 0 {
		return s
	}
	return Scope{Regions: slices.DeleteFunc(slices.Clone(regions), func(code string) bool { return !s.Has(code) })}
}
