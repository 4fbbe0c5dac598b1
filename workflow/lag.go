package workflow

import "context"

// LagData is what the lag table of a campaign and period is made of, within the
// reader's scope.
type LagData struct {
	Campaign Campaign
	Period   Period
	Regions  []Region   // by code
	AsOf     AsOf       // whose knowledge this is
	Entries  []LagEntry // tasks with a final verdict, regions by code, tasks in campaign order
	Gaps     []LagGap   // tasks without one, in the same order
}

// LagEntry is a task with the review that counts and the report it was given
// for; Report is nil for a task flagged without a report.
type LagEntry struct {
	Task   Task
	Review Review
	Report *Report
}

// LagGap is a task that the table cannot speak of.
type LagGap struct {
	Task   Task
	Reason GapReason
}

// GapReason says why a task has no final verdict.
type GapReason string

// The reasons.
const (
	GapUnreported GapReason = "unreported" // 逾期未报, or not reported yet
	GapUnreviewed GapReason = "unreviewed" // reported, not reviewed
)

// LagData is what the lag table says as of a moment: now from the tables, for the
// past rebuilt from the audit events.
func (s *Service) LagData(ctx context.Context, actor Actor, campaign, period string, asOf AsOf) (LagData, error) {
	p, err := s.picture(ctx, actor, lagLook(campaign, period, asOf))
	if err != nil {
		return LagData{}, err
	}
	return p.lagData(asOf), nil
}

// lagLook is how the picture of a lag table is asked for.
func lagLook(campaign, period string, asOf AsOf) look {
	return look{campaign: campaign, period: period, asOf: asOf, permission: MayReadLagTable, table: true}
}

func (p picture) lagData(asOf AsOf) LagData {
	d := LagData{Campaign: p.campaign, Period: p.period, Regions: p.regions, AsOf: asOf}
	final := finalReviews(p.reviews, p.period.Code)
	for _, t := range p.tasks {
		if t.State == Cancelled {
			continue
		}
		review, counted := final[t.ID]
		switch {
		case counted:
			d.Entries = append(d.Entries, LagEntry{Task: t, Review: review, Report: p.reports[review.ReportID]})
		case t.Period == p.period.Code && t.ReportID != "":
			d.Gaps = append(d.Gaps, LagGap{Task: t, Reason: GapUnreviewed})
		default:
			d.Gaps = append(d.Gaps, LagGap{Task: t, Reason: GapUnreported})
		}
	}
	return d
}

// GapLabel names the reason of a gap for people.
func GapLabel(r GapReason) Text {
	if r == GapUnreviewed {
		return Text{ZH: "已报，未审核", EN: "reported, not reviewed"}
	}
	return Text{ZH: "未报", EN: "not reported"}
}
