package gormstore

import (
	"fmt"

	"gorm.io/gorm"

	"duban/workflow"
	"duban/workflow/audit"
)

type editionRow struct {
	ID       string `gorm:"primaryKey"`
	Campaign string
	Period   string
	Number   int
	Title    string
	Header   string
	RowCount int
	SHA256   string `gorm:"column:sha256"`
	AsOf     string
	Gaps     string
	SignedBy string // a checkpoint; empty: none
	IssuedBy string
	IssuedAt moment
}

func (editionRow) TableName() string { return "editions" }

func (r editionRow) edition(d *decoder) workflow.Edition {
	e := workflow.Edition{
		ID: r.ID, Campaign: r.Campaign, Period: r.Period, Number: r.Number, Title: r.Title, Rows: r.RowCount, SHA256: r.SHA256,
		AsOf: r.AsOf, IssuedBy: r.IssuedBy, IssuedAt: d.time(r.IssuedAt),
	}
	d.json(r.Header, &e.Header)
	d.json(r.Gaps, &e.Gaps)
	if r.SignedBy != "" {
		e.Signed = &audit.Checkpoint{}
		d.json(r.SignedBy, e.Signed)
	}
	return e
}

type frozenRow struct {
	EditionID string
	N         int
	Content   string
}

func (frozenRow) TableName() string { return "edition_rows" }

func (r frozenRow) row(d *decoder) workflow.FrozenRow {
	var row workflow.FrozenRow
	d.json(r.Content, &row)
	return row
}

type narrativeEditRow struct {
	ID        string `gorm:"primaryKey"`
	Campaign  string
	Period    string
	TaskID    string
	ReportID  string
	Original  string
	Narrative string
	Reason    string
	Editor    string
	At        moment
}

func (narrativeEditRow) TableName() string { return "narrative_edits" }

func (r narrativeEditRow) edit(d *decoder) workflow.NarrativeEdit {
	return workflow.NarrativeEdit{
		ID: r.ID, Campaign: r.Campaign, Period: r.Period, TaskID: r.TaskID, ReportID: r.ReportID, Original: r.Original, Text: r.Narrative,
		Reason: r.Reason, Editor: r.Editor, At: d.time(r.At),
	}
}

func (u *unit) Editions(campaign, period string) ([]workflow.Edition, error) {
	if !findable(campaign, period) {
		return nil, nil
	}
	return all(u, "listing editions", editionRow.edition, func(db *gorm.DB) *gorm.DB {
		return db.Where("campaign = ? AND period = ?", campaign, period).Order("number")
	})
}

func (u *unit) EditionRows(editionID string) ([]workflow.FrozenRow, error) {
	if !findable(editionID) {
		return nil, nil
	}
	return all(u, "reading the rows of an edition", frozenRow.row, func(db *gorm.DB) *gorm.DB {
		return db.Where("edition_id = ?", editionID).Order("n")
	})
}

func (u *unit) NarrativeEdits(campaign, period string) ([]workflow.NarrativeEdit, error) {
	if !findable(campaign, period) {
		return nil, nil
	}
	return all(u, "listing edits of narratives", narrativeEditRow.edit, func(db *gorm.DB) *gorm.DB {
		return db.Where("campaign = ? AND period = ?", campaign, period).Order("at, id")
	})
}

func (u *unit) InsertEdition(e workflow.Edition, table []workflow.FrozenRow) error {
	if err := u.insertAll("inserting an edition", editionsTable.into, [][]any{editionValues(e)}); err != nil {
		return err
	}
	rows := make([][]any, len(table))
	for i, r := range table {
		content, err := r.Canonical()
		if err != nil {
			return fmt.Errorf("row %d of an edition as JSON: %w", r.N, err)
		}
		rows[i] = []any{e.ID, r.N, string(content)}
	}
	return u.insertAll("inserting the rows of an edition", editionRowsTable.into, rows)
}

func (u *unit) InsertNarrativeEdit(e workflow.NarrativeEdit) error {
	return u.insertAll("inserting an edit of a narrative", narrativeEditsTable.into, [][]any{narrativeEditValues(e)})
}
