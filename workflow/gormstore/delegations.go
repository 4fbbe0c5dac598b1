package gormstore

import (
	"gorm.io/gorm"

	"duban/workflow"
)

type delegationRow struct {
	ID        string `gorm:"primaryKey"`
	Grantor   string
	Deputy    string
	Role      string
	Region    string
	FromDay   string
	ToDay     string
	Version   int
	CreatedAt moment
	EndedAt   moment
}

func (delegationRow) TableName() string { return "delegations" }

func (r delegationRow) delegation(d *decoder) workflow.Delegation {
	return workflow.Delegation{
		ID: r.ID, Grantor: r.Grantor, Deputy: r.Deputy, Role: workflow.Role(r.Role), Region: r.Region, From: d.date(r.FromDay), To: d.date(r.ToDay),
		Version: r.Version, CreatedAt: d.time(r.CreatedAt), EndedAt: d.time(r.EndedAt),
	}
}

func (u *unit) Delegation(id string) (workflow.Delegation, error) {
	return one(u, "reading a delegation", delegationRow.delegation, "id = ?", id)
}

func (u *unit) Delegations(userID string) ([]workflow.Delegation, error) {
	return all(u, "listing delegations", delegationRow.delegation, func(db *gorm.DB) *gorm.DB {
		return db.Where("grantor = ? OR deputy = ?", userID, userID).Order("created_at DESC, id")
	})
}

func (u *unit) InsertDelegation(d workflow.Delegation) error {
	u.identitiesChange = true
	return u.insertAll("inserting a delegation", delegationsTable.into, [][]any{delegationValues(d)})
}

func (u *unit) SaveDelegation(d workflow.Delegation, was int) error {
	u.identitiesChange = true
	return u.change("saving delegation "+d.ID, func(db *gorm.DB) *gorm.DB {
		return db.Model(&delegationRow{}).Where("id = ? AND version = ?", d.ID, was).UpdateColumns(map[string]any{
			"version": d.Version, "ended_at": toMoment(d.EndedAt),
		})
	})
}
