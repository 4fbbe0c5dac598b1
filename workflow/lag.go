package workflow

import (
	"context"
	"slices"
)

// LagData is what the lag table of a campaign and period is made of, within the
// reader's scope.
type LagData struct {
	Campaign Campaign
	Period   Period
	Regions  []Region   // by code
	AsOf     AsOf       // whose knowledge this is
	Entries  []LagEntry // tasks with a final verdict, regions by code, tasks in campaign order
	Gaps     []LagGap   // tasks without one, in the same order
	// Stale are edits of narratives that are not printed: another report counts by now.
	Stale []NarrativeEdit
}

// LagEntry is a task with the review that counts and the report it was given
// for; Report is nil for a task flagged without a report.
type LagEntry struct {
	Task   Task
	Review Review
	Report *Report
	Edit   *NarrativeEdit // the narrative as it is printed; nil: as it was reported
}

// Narrative is what is printed; empty without a report.
func (e LagEntry) Narrative() string {
	switch {
	case e.Edit != nil:
		return e.Edit.Text
	case e.Report != nil:
		return e.Report.Narrative
	}
	return ""
}

// Figures reports whether the progress is made of the figures of monitoring
// stations.
func (e LagEntry) Figures() bool { return len(e.Task.Stations()) > 0 && e.Review.Assessment != nil }

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
	final, edits := finalReviews(p.reviews, p.period.Code), newestEdits(p.edits)
	for _, t := range p.tasks {
		if t.State == Cancelled {
			continue
		}
		review, counted := final[t.ID]
		switch {
		case counted:
			entry := LagEntry{Task: t, Review: review, Report: p.reports[review.ReportID]}
			if e, edited := edits[review.ReportID]; edited && !e.Undone() {
				entry.Edit = &e
			}
			d.Entries = append(d.Entries, entry)
		case t.Period == p.period.Code && t.ReportID != "":
			d.Gaps = append(d.Gaps, LagGap{Task: t, Reason: GapUnreviewed})
		default:
			d.Gaps = append(d.Gaps, LagGap{Task: t, Reason: GapUnreported})
		}
	}
	d.Stale = p.stale(final, edits)
	return d
}

// stale returns the edits that would be printed if their report still counted.
func (p picture) stale(final map[string]Review, newest map[string]NarrativeEdit) []NarrativeEdit {
	var stale []NarrativeEdit
	for _, e := range p.edits {
		shown := slices.ContainsFunc(p.tasks, func(t Task) bool { return t.ID == e.TaskID })
		if shown && final[e.TaskID].ReportID != e.ReportID && newest[e.ReportID].ID == e.ID && !e.Undone() {
			stale = append(stale, e)
		}
	}
	return stale
}

// GapLabel names the reason of a gap for people.
func GapLabel(r GapReason) Text {
	if r == GapUnreviewed {
		return Text{ZH: "已报，未审核", EN: "reported, not reviewed"}
	}
	return Text{ZH: "未报", EN: "not reported"}
}
