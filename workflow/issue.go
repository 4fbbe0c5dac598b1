package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"duban/workflow/audit"
)

// IssueInput says which lag table is issued.
type IssueInput struct {
	Campaign string
	Period   string
	// Number is the number that the caller expects it to get; 0: the next, whatever it
	// is. With one, of two who issue at once only one does.
	Number int
	AsOf   AsOf // the evidence moment; now by default
	// AcceptGaps are codes or ids of the tasks that the table cannot speak of. It must
	// name each of them, and no other.
	AcceptGaps []string
}

// IssuedEdition is an edition that was just issued.
type IssuedEdition struct {
	Edition Edition `json:"edition"`
	// Stale are the edits of narratives that were not printed: the report that they
	// are of is no longer the one that counts.
	Stale []NarrativeEdit `json:"stale,omitempty"`
}

const eventIssue = "edition.issue"

// IssueTable freezes the lag table of a campaign and period as its next edition.
// freeze lays the table out. Tasks that it cannot speak of keep it from being issued
// until the caller acknowledges each.
func (s *Service) IssueTable(ctx context.Context, call Call, in IssueInput, freeze func(LagData) FrozenTable) (IssuedEdition, error) {
	return write(ctx, s, call.to(eventIssue, SubjectCampaign, in.Campaign), func(u *desk) (IssuedEdition, error) {
		role, err := u.mayOnTable(MayIssueLagTable)
		if err != nil {
			return IssuedEdition{}, err
		}
		// Others who issue this table wait here, so that numbers have no gap.
		if _, err := lockCampaign(u.Tx, in.Campaign); err != nil {
			return IssuedEdition{}, err
		}
		number, err := u.nextNumber(in)
		if err != nil {
			return IssuedEdition{}, err
		}
		data, err := u.dataToIssue(in)
		if err != nil {
			return IssuedEdition{}, err
		}
		gaps, err := acceptedGaps(data.Gaps, in.AcceptGaps)
		if err != nil {
			return IssuedEdition{}, err
		}
		table := freeze(data)
		e := Edition{
			ID: newID(), Campaign: data.Campaign.Code, Period: data.Period.Code, Number: number, Title: table.Title, Header: table.Header,
			Rows: len(table.Rows), AsOf: in.AsOf.String(), Gaps: gaps, IssuedBy: u.call.Actor.UserID, IssuedAt: u.now,
		}
		if e.Signed, err = u.svc.newestCheckpoint(u); err != nil {
			return IssuedEdition{}, err
		}
		if e.SHA256, err = table.digest(); err != nil {
			return IssuedEdition{}, err
		}
		if err := u.InsertEdition(e, table.Rows); err != nil {
			return IssuedEdition{}, fmt.Errorf("inserting edition %d of %s %s: %w", number, e.Campaign, e.Period, err)
		}
		return IssuedEdition{Edition: e, Stale: data.Stale}, u.logEdition(role, e, table)
	})
}

// mayOnTable is may for what is done to a whole table: the permission must hold in
// every region.
func (u *unit) mayOnTable(p Permission) (Role, error) {
	role, err := u.may(p, "")
	if err == nil && !u.svc.auth.Scope(u.call.Actor, p).All {
		err = forbidden()
	}
	return role, err
}

// nextNumber returns the number of the next edition.
func (u *desk) nextNumber(in IssueInput) (int, error) {
	before, err := u.Editions(in.Campaign, in.Period)
	if err != nil {
		return 0, fmt.Errorf("reading the editions of %s %s: %w", in.Campaign, in.Period, err)
	}
	next := 1
	if n := len(before); n > 0 {
		next = before[n-1].Number + 1
	}
	if in.Number != 0 && in.Number != next {
		return 0, NewError(Conflict, "edition.number",
			fmt.Sprintf("下一期是第 %d 期，不是第 %d 期：期间可能已有人印发，请重新查看", next, in.Number),
			fmt.Sprintf("The next edition is number %d, not %d: somebody may have issued one meanwhile; look again", next, in.Number))
	}
	return next, nil
}

// dataToIssue reads the lag table within the unit of work.
func (u *desk) dataToIssue(in IssueInput) (LagData, error) {
	before, err := u.svc.until(in.AsOf)
	if err != nil {
		return LagData{}, err
	}
	p, err := pictureOf(u, lagLook(in.Campaign, in.Period, in.AsOf), Scope{All: true}, before)
	if err != nil {
		return LagData{}, err
	}
	return p.lagData(in.AsOf), nil
}

// acceptedGaps returns the gaps as they are recorded. Each must be acknowledged, and
// nothing else.
func acceptedGaps(gaps []LagGap, accepted []string) ([]EditionGap, error) {
	var recorded []EditionGap
	var missing []LagGap
	for _, g := range gaps {
		if !slices.Contains(accepted, g.Task.Code) && !slices.Contains(accepted, g.Task.ID) {
			missing = append(missing, g)
			continue
		}
		recorded = append(recorded, EditionGap{TaskID: g.Task.ID, Code: g.Task.Code, Region: g.Task.Region, Reason: g.Reason})
	}
	var p Problems
	for i, name := range accepted {
		if !slices.ContainsFunc(gaps, func(g LagGap) bool { return g.Task.Code == name || g.Task.ID == name }) {
			p.Add(indexed("accept_gaps", i), "not_a_gap", name+" 不在缺失之列：可能已审核，请重新查看预览稿", name+" is not missing: it may be reviewed by now; look at the preview again")
		}
	}
	if len(missing) > 0 {
		return nil, errGaps(missing)
	}
	return recorded, p.Err()
}

// errGaps names the tasks that were not acknowledged.
func errGaps(gaps []LagGap) *Error {
	var named []string
	for _, g := range gaps[:min(len(gaps), maxNamed)] {
		named = append(named, g.Task.Code)
	}
	list := strings.Join(named, ", ")
	if len(gaps) > maxNamed {
		list += " …"
	}
	e := NewError(Conflict, "edition.gaps",
		fmt.Sprintf("有 %d 项任务尚无最终评定：%s；请先审核，或在 accept_gaps 中逐项确认", len(gaps), list),
		fmt.Sprintf("%d task(s) have no final verdict: %s; review them first, or acknowledge each in accept_gaps", len(gaps), list))
	for _, g := range gaps {
		label := GapLabel(g.Reason)
		e.Fields = append(e.Fields, FieldError{Field: "accept_gaps", Rule: string(g.Reason), Text: Text{
			ZH: g.Task.Code + "：" + label.ZH, EN: g.Task.Code + ": " + label.EN,
		}})
	}
	return e
}

// newestCheckpoint returns what the newest checkpoint says, nil when there is none.
func (s *Service) newestCheckpoint(r Reader) (*audit.Checkpoint, error) {
	if s.logKey.Public == "" {
		return nil, nil
	}
	kept, err := r.Checkpoint()
	if isNoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the newest checkpoint: %w", err)
	}
	says, err := s.opened(kept)
	return &says, err
}

func (u *desk) logEdition(role Role, e Edition, table FrozenTable) error {
	past, err := pastOf(e, table)
	if err != nil {
		return err
	}
	is, err := json.Marshal(past)
	if err != nil {
		return err
	}
	return u.log(audit.Event{
		Name: eventIssue, Subject: SubjectEdition, SubjectID: e.ID, Version: 1, ActorRole: string(role),
		Campaign: e.Campaign, Period: e.Period, After: is,
	})
}
