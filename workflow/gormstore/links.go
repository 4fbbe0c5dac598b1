package gormstore

import "duban/workflow"

type linkRow struct {
	ID        string `gorm:"primaryKey"`
	UserID    string
	Issuer    string
	CreatedAt moment
}

func (linkRow) TableName() string { return "links" }

func (r linkRow) link(d *decoder) workflow.Link {
	return workflow.Link{ID: r.ID, UserID: r.UserID, Issuer: r.Issuer, CreatedAt: d.time(r.CreatedAt)}
}

var linksTable = newTable("links", 1, "id user_id issuer created_at", nil)

func linkValues(l workflow.Link) []any { return []any{l.ID, l.UserID, l.Issuer, toMoment(l.CreatedAt)} }

func (u *unit) Link(id string) (workflow.Link, error) {
	return one(u, "reading a link", linkRow.link, "id = ?", id)
}

func (u *unit) InsertLink(l workflow.Link) error {
	return u.insertAll("inserting a link", linksTable.into, [][]any{linkValues(l)})
}
