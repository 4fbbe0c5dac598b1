package workflow

import (
	"iter"
	"slices"

	"duban/workflow/assess"
	"duban/workflow/audit"
)

// subjects holds everything that is stored of the subjects of a kind against what
// their events say, a page of subjects at a time. fold rebuilds one subject; nouns
// is where it belongs. While a page is folded, the rows of the one before it are
// compared and the next one is read.
func subjects[N any](t *trail, kind string, fold func(iter.Seq[audit.Event]) (N, error), nouns func(*Told) *[]N) error {
	var folding aside
	var page *toldPage // that is being folded; nil: none
	compare := func(page *toldPage) error {
		for _, f := range page.findings {
			t.add(f)
		}
		return t.r.CompareRows(page.told, t.differs)
	}
	for after, more := "", true; more; {
		var events []SubjectEvent
		var err error
		if events, more, err = t.r.AcceptedPage(kind, after, trailBatch); err != nil {
			return err
		}
		told := Told{Subject: kind, After: after}
		if len(events) > 0 {
			after = events[len(events)-1].SubjectID
		}
		if more {
			told.UpTo = after
		}
		folding.wait()
		before := page
		page = &toldPage{told: told}
		into := page
		folding = beside(func() { foldPage(into, events, fold, nouns) })
		if before == nil {
			continue
		}
		if err := compare(before); err != nil {
			folding.wait()
			return err
		}
	}
	folding.wait()
	return compare(page)
}

// aside is something that is done beside its caller.
type aside struct{ panicked chan any }

func beside(do func()) aside {
	a := aside{make(chan any, 1)}
	go func() {
		defer func() { a.panicked <- recover() }()
		do()
	}()
	return a
}

// wait returns when it is done, once; a panic goes on where it is waited for.
func (a *aside) wait() {
	if a.panicked == nil {
		return
	}
	p := <-a.panicked
	if a.panicked = nil; p != nil {
		panic(p)
	}
}

// toldPage is what the events of a page of subjects tell, and what is wrong with
// them.
type toldPage struct {
	told     Told
	findings []TrailFinding
}

func foldPage[N any](page *toldPage, events []SubjectEvent, fold func(iter.Seq[audit.Event]) (N, error), nouns func(*Told) *[]N) {
	for first := 0; first < len(events); {
		id, end := events[first].SubjectID, first
		for end < len(events) && events[end].SubjectID == id {
			end++
		}
		noun, wrong := rebuilt(events[first:end], fold)
		if list := nouns(&page.told); wrong == nil {
			*list = append(*list, noun)
		} else {
			page.told.Unknown = append(page.told.Unknown, id)
			page.findings = append(page.findings, *wrong)
		}
		first = end
	}
}

// rebuilt folds the events of one subject. What cannot be is a finding.
func rebuilt[N any](stored []SubjectEvent, fold func(iter.Seq[audit.Event]) (N, error)) (noun N, wrong *TrailFinding) {
	events := make([]audit.Event, len(stored))
	for i, s := range stored {
		e, err := audit.Take(s.Canonical)
		if err != nil {
			return noun, &TrailFinding{Table: "audit_events", Key: "id=" + s.ID, Column: "canonical", Text: Text{
				ZH: "不是审计事件（" + err.Error() + "）", EN: err.Error(),
			}}
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
		wrong = &TrailFinding{Table: "audit_events", Key: "id=" + last.ID, Text: AsError(err).Text}
	}
	return noun, wrong
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

// tasksAgree goes over what is stored of tasks, by sums where nothing was wrong so far;
// only where these differ, task by task.
func (t *trail) tasksAgree() error {
	if t.report.Clean() {
		if agrees, err := t.tasks.agrees(t.campaigns); agrees || err != nil {
			return err
		}
	}
	t.tasks = nil
	return subjects(t, SubjectTask, t.foldTask, func(told *Told) *[]TaskPast { return &told.Tasks })
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
