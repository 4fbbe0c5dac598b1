package workflow

import (
	"context"
	"fmt"
)

// EditionView is an edition with who issued it.
type EditionView struct {
	Edition
	Person string // the issuer's name, or the id where there is no account
}

// IssuedTable is an edition with its table, as far as the reader may see it.
type IssuedTable struct {
	EditionView
	Table FrozenTable
	Part  bool // only rows of the reader's regions
}

// Editions lists the issued lag tables of a campaign and period, by number.
func (s *Service) Editions(ctx context.Context, actor Actor, campaign, period string) ([]EditionView, error) {
	scope := s.auth.Scope(actor, MayReadLagTable)
	if scope.Empty() {
		return nil, forbidden()
	}
	return read(ctx, s, func(r Reader) ([]EditionView, error) {
		if err := knownPeriod(r, campaign, period); err != nil {
			return nil, err
		}
		return editionViews(r, scope, campaign, period)
	})
}

// EditionTable returns one issued lag table; number 0 is the newest. It is compared
// with its content hash before it is given.
func (s *Service) EditionTable(ctx context.Context, actor Actor, campaign, period string, number int) (IssuedTable, error) {
	scope := s.auth.Scope(actor, MayReadLagTable)
	if scope.Empty() {
		return IssuedTable{}, forbidden()
	}
	return read(ctx, s, func(r Reader) (IssuedTable, error) {
		if err := knownPeriod(r, campaign, period); err != nil {
			return IssuedTable{}, err
		}
		all, err := editionViews(r, scope, campaign, period)
		if err != nil {
			return IssuedTable{}, err
		}
		for i := len(all) - 1; i >= 0; i-- {
			if number == 0 || all[i].Number == number {
				return issuedTable(r, scope, all[i])
			}
		}
		return IssuedTable{}, errNoEdition()
	})
}

func errNoEdition() *Error {
	return NotFoundError(Text{ZH: "该期进度滞后情况表", EN: "That edition of the lag table"})
}

// knownPeriod refuses what is not there.
func knownPeriod(r Reader, campaign, period string) error {
	c, err := r.Campaign(campaign)
	if isNoRow(err) {
		return errNoCampaign()
	}
	if err != nil {
		return fmt.Errorf("reading campaign %s: %w", campaign, err)
	}
	return new(picture).of(c, period)
}

// editionViews reads the editions, by number. Of the rows, and of the tasks that an
// edition could not speak of, each reader is told of those of his regions.
func editionViews(r Reader, scope Scope, campaign, period string) ([]EditionView, error) {
	all, err := r.Editions(campaign, period)
	if err != nil {
		return nil, fmt.Errorf("reading the editions of %s %s: %w", campaign, period, err)
	}
	people := make([]string, len(all))
	for i, e := range all {
		people[i] = e.IssuedBy
	}
	names, err := namesOf(r, people)
	if err != nil {
		return nil, err
	}
	views := make([]EditionView, len(all))
	for i, e := range all {
		e.Gaps = gapsWithin(e.Gaps, scope)
		if !scope.All {
			rows, err := r.EditionRows(e.ID)
			if err != nil {
				return nil, fmt.Errorf("reading edition %d of %s %s: %w", e.Number, campaign, period, err)
			}
			e.Rows = len(FrozenTable{Rows: rows}.within(scope).Rows)
		}
		views[i] = EditionView{Edition: e, Person: names(e.IssuedBy)}
	}
	return views, nil
}

func gapsWithin(gaps []EditionGap, scope Scope) []EditionGap {
	var seen []EditionGap
	for _, g := range gaps {
		if scope.Has(g.Region) {
			seen = append(seen, g)
		}
	}
	return seen
}

// issuedTable reads the rows of an edition. Rows that are not those that were issued
// are a defect of the data.
func issuedTable(r Reader, scope Scope, e EditionView) (IssuedTable, error) {
	rows, err := r.EditionRows(e.ID)
	if err != nil {
		return IssuedTable{}, fmt.Errorf("reading edition %d of %s %s: %w", e.Number, e.Campaign, e.Period, err)
	}
	table := FrozenTable{Title: e.Title, Header: e.Header, Rows: rows}
	is, err := table.digest()
	if err != nil {
		return IssuedTable{}, err
	}
	if is != e.SHA256 {
		return IssuedTable{}, NewError(Internal, "edition.changed",
			"库中的内容已不是当时印发的内容；请用 duban audit verify 查明",
			"What is stored is not what was issued; duban audit verify finds out more")
	}
	return IssuedTable{EditionView: e, Table: table.within(scope), Part: !scope.All}, nil
}

// newestEdition returns the newest edition that was issued before a moment, nil when
// there is none.
func newestEdition(r Reader, scope Scope, d LagData, known AsOf) (*IssuedTable, error) {
	all, err := editionViews(r, scope, d.Campaign.Code, d.Period.Code)
	if err != nil {
		return nil, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if known.includes(all[i].IssuedAt) {
			table, err := issuedTable(r, scope, all[i])
			return &table, err
		}
	}
	return nil, nil
}
