package lagtable

import (
	"context"

	"duban/workflow"
)

// Edition reads an issued table as far as the reader may see it; number 0 is the
// newest. One that follows another says in its annex what changed.
func Edition(ctx context.Context, s *workflow.Service, who workflow.Actor, campaign, period string, number int) (Table, error) {
	issued, err := s.EditionTable(ctx, who, campaign, period, number)
	if err != nil {
		return Table{}, err
	}
	return WithAnnex(ctx, s, who, issued)
}

// WithAnnex is an issued table, with what changed since the edition before it.
func WithAnnex(ctx context.Context, s *workflow.Service, who workflow.Actor, issued workflow.IssuedTable) (Table, error) {
	t := Reissued(issued)
	if issued.Number < 2 {
		return t, nil
	}
	before, err := s.EditionTable(ctx, who, issued.Campaign, issued.Period, issued.Number-1)
	if err != nil {
		return Table{}, err
	}
	annex := Compare(Reissued(before), t)
	t.Annex = &annex
	return t, nil
}

// Comparison says which two tables are compared.
type Comparison struct {
	Campaign, Period string
	From             int           // number of the edition; 0: the one before To, or the newest
	To               int           // number of the edition; 0: the table as of AsOf
	AsOf             workflow.AsOf // without To; now by default
}

// Between compares an edition with another, or with the table as it is now or was at
// a moment.
func Between(ctx context.Context, s *workflow.Service, who workflow.Actor, c Comparison) (Changes, error) {
	if c.From == 0 && c.To > 1 {
		c.From = c.To - 1
	}
	from, err := s.EditionTable(ctx, who, c.Campaign, c.Period, c.From)
	if err != nil {
		return Changes{}, err
	}
	if c.To != 0 {
		to, err := s.EditionTable(ctx, who, c.Campaign, c.Period, c.To)
		if err != nil {
			return Changes{}, err
		}
		return Compare(Reissued(from), Reissued(to)), nil
	}
	data, err := s.LagData(ctx, who, c.Campaign, c.Period, c.AsOf)
	if err != nil {
		return Changes{}, err
	}
	return Compare(Reissued(from), Build(data)), nil
}
