package workflow

import (
	"iter"
	"slices"

	"duban/workflow/assess"
	"duban/workflow/audit"
)

// subjects holds everything that is stored of the subjects of a kind against what
// their events say, a page of subjects at a time. fold rebuilds one subject; nouns
// is where it belongs.
func subjects[N any](t *trail, kind string, fold func(iter.Seq[audit.Event]) (N, error), nouns func(*Told) *[]N) error {
	for after, more := "", true; more; {
		var events []SubjectEvent
		var err error
		if events, more, err = t.r.AcceptedPage(kind, after, trailBatch); err != nil {
			return err
		}
		told := Told{Subject: kind, After: after}
		for first := 0; first < len(events); {
			id, end := events[first].SubjectID, first
			for end < len(events) && events[end].SubjectID == id {
				end++
			}
			noun, ok := rebuilt(t, events[first:end], fold)
			if list := nouns(&told); ok {
				*list = append(*list, noun)
			} else {
				told.Unknown = append(told.Unknown, id)
			}
			after, first = id, end
		}
		if more {
			told.UpTo = after
		}
		if err := t.r.CompareRows(told, t.differs); err != nil {
			return err
		}
	}
	return nil
}

// rebuilt folds the events of one subject. What cannot be is a finding.
func rebuilt[N any](t *trail, stored []SubjectEvent, fold func(iter.Seq[audit.Event]) (N, error)) (noun N, ok bool) {
	events := make([]audit.Event, len(stored))
	for i, s := range stored {
		e, err := audit.Parse(s.Canonical)
		if err != nil {
			t.add(TrailFinding{Table: "audit_events", Key: "id=" + s.ID, Column: "canonical", Text: Text{
				ZH: "不是审计事件（" + err.Error() + "）", EN: err.Error(),
			}})
			return noun, false
		}
		e.ID = s.ID // the row's: where it differs, that is a finding of its own
		events[i] = e
	}
	var last audit.Event
	noun, err := fold(func(yield func(audit.Event) bool) {
		for _, last = range events {
			if !yield(last) {
				return
			}
		}
	})
	if err != nil {
		t.add(TrailFinding{Table: "audit_events", Key: "id=" + last.ID, Text: AsError(err).Text})
	}
	return noun, err == nil
}

func foldRegion(events iter.Seq[audit.Event]) (Region, error) {
	version := 0
	r, err := lastOf(func(yield func(audit.Event) bool) {
		for e := range events {
			if version = e.Version; !yield(e) {
				return
			}
		}
	}, func(r Region) string { return r.Code })
	r.Version = version // events of earlier versions do not have it
	return r, err
}

func foldEdition(events iter.Seq[audit.Event]) (EditionPast, error) {
	return lastOf(events, func(e EditionPast) string { return e.ID })
}

func foldNarrative(events iter.Seq[audit.Event]) (NarrativeEdit, error) {
	return lastOf(events, func(e NarrativeEdit) string { return e.ID })
}

func (s *Service) foldUser(events iter.Seq[audit.Event]) (UserPast, error) {
	u, err := lastOf(events, func(u UserPast) string { return u.ID })
	u.DigestKey = s.digestKey(u.ID)
	return u, err
}

func (s *Service) foldEvidence(events iter.Seq[audit.Event]) (EvidencePast, error) {
	e, err := lastOf(events, func(e EvidencePast) string { return e.ID })
	e.DigestKey = s.evidenceKey(e.ID)
	return e, err
}

// lastOf is what the last event left of a subject whose events hold it whole.
func lastOf[N any](events iter.Seq[audit.Event], id func(N) string) (subject N, err error) {
	version := 0
	for e := range events {
		if subject, err = whole[N](e, version); err != nil {
			return subject, err
		}
		if id(subject) != e.SubjectID {
			return subject, contradiction(e, "内容不是事件所记的对象", "what it left is not its subject")
		}
		version = e.Version
	}
	return subject, nil
}

func foldDelegation(events iter.Seq[audit.Event]) (Delegation, error) {
	return lastOf(events, func(d Delegation) string { return d.ID })
}

// foldCampaign also remembers the campaign: when tasks are due follows from it.
func (t *trail) foldCampaign(events iter.Seq[audit.Event]) (CampaignPast, error) {
	var fold Fold
	var past CampaignPast
	for e := range events {
		if err := fold.Add(e); err != nil {
			return past, err
		}
		params := fold.Campaign.Params
		if !slices.ContainsFunc(past.Params, func(p assess.Params) bool { return p.Version == params.Version }) {
			past.Params = append(past.Params, params)
		}
	}
	past.Campaign = fold.Campaign
	t.campaigns[past.Code] = past.Campaign
	return past, nil
}

func (t *trail) foldTask(events iter.Seq[audit.Event]) (TaskPast, error) {
	var past TaskPast
	for e := range events {
		if err := past.Apply(e); err != nil {
			return past, err
		}
	}
	past.Task.Due = past.due(t.campaigns[past.Task.Campaign])
	return past, nil
}
