package storetest

import (
	"testing"

	"duban/workflow"
)

func testCampaigns(t *testing.T, setup setup) {
	sample := func(r workflow.Reader) (workflow.Campaign, error) { return r.Campaign("jm-2023") }

	t.Run("come back with every field", func(t *testing.T) {
		b := setup(t)
		want := b.seed()
		everyFieldSet(t, want)
		same(t, read(b, sample), want)
		b.update(func(tx workflow.Tx) error {
			locked, err := tx.LockCampaign(want.Code)
			same(t, locked, want)
			return err
		})
		neverFound(b, "Campaign", workflow.Reader.Campaign)
		b.refused(workflow.ErrNoRow, func(tx workflow.Tx) error {
			_, err := tx.LockCampaign("JM-2023") // codes differ in case
			return err
		})
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertCampaign(want) })
	})

	t.Run("keep the decimals of their ratios as written", func(t *testing.T) {
		b := setup(t)
		b.seed()
		params := read(b, sample).Params
		same(t, params.NearlyRatio.Exponent(), int32(-2))
		same(t, params.PaceRatio.Exponent(), int32(-1))
	})

	t.Run("are listed by code, each with its own parts", func(t *testing.T) {
		b := setup(t)
		second := b.seed()
		first := second
		first.Code, first.Regions, first.Periods, first.Params.PaceRatio = "Jm-2023", second.Regions[:1], second.Periods[1:], decimal("1")
		b.update(func(tx workflow.Tx) error { return tx.InsertCampaign(first) })
		same(t, read(b, workflow.Reader.Campaigns), []workflow.Campaign{first, second})
	})

	t.Run("are saved with all their parts by whoever read them last", func(t *testing.T) {
		b := setup(t)
		old := b.seed()
		b.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{plainTask(1, "440703")}) })
		b.update(func(tx workflow.Tx) error { return tx.InsertRegion(workflow.Region{Code: "440705", Name: "新会区"}) })
		changed := old
		changed.Title, changed.OpenPeriod, changed.Version = "新标题", "2023-9m", 3
		changed.Regions = []string{"440703", "440705"}
		changed.Periods = []workflow.Period{
			old.Periods[1],
			{Code: "2023-12m", Label: "全年", Cutoff: date("2023-12-31"), ReportBy: date("2024-01-10")},
		}
		changed.Params.Version, changed.Params.NearlyRatio = 2, decimal("0.8")
		b.update(func(tx workflow.Tx) error { return tx.SaveCampaign(changed, 2) })
		same(t, read(b, sample), changed)
		b.refused(workflow.ErrChanged, func(tx workflow.Tx) error { return tx.SaveCampaign(old, 2) })
		same(t, read(b, sample), changed)
	})

	t.Run("never change a version of the parameters", func(t *testing.T) {
		b := setup(t)
		want := b.seed()
		changed := want
		changed.Version, changed.Params.NearlyRatio = 3, decimal("0.9")
		b.update(func(tx workflow.Tx) error { return tx.SaveCampaign(changed, 2) })
		want.Version = 3
		same(t, read(b, sample), want)
	})
}
