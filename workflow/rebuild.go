package workflow

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"duban/workflow/assess"
	"duban/workflow/audit"
)

// Fold rebuilds a campaign and its tasks from their accepted events, given
// subject by subject and each subject's by version, as Reader.Accepted gives
// them. It holds one task at a time, however many there are.
type Fold struct {
	// Campaign is the campaign as its events so far left it; without a Code while
	// there were none.
	Campaign Campaign
	// Task is called with each task once the events are past it. It may keep what
	// it is given.
	Task func(TaskPast) error

	task TaskPast
}

// Add takes the next event.
func (f *Fold) Add(e audit.Event) error {
	switch e.Subject {
	case SubjectCampaign:
		return f.campaign(e)
	case SubjectTask:
		if e.SubjectID != f.task.Task.ID {
			if err := f.End(); err != nil {
				return err
			}
		}
		return f.task.Apply(e)
	}
	return contradiction(e, "不是专项工作或任务的事件", "it is about neither a campaign nor a task")
}

// End says that there are no more events.
func (f *Fold) End() error {
	done := f.task
	if done.Task.ID == "" {
		return nil
	}
	f.task = TaskPast{}
	done.Task.Due = done.due(f.Campaign)
	return f.Task(done)
}

// campaign takes an event of the campaign, which holds it whole.
func (f *Fold) campaign(e audit.Event) error {
	next, err := whole[Campaign](e, f.Campaign.Version)
	if err != nil {
		return err
	}
	if next.Code != e.SubjectID || next.Version != e.Version || f.Campaign.Code != "" && f.Campaign.Code != next.Code {
		return contradiction(e, "内容不是该专项工作", "what it left is not the campaign")
	}
	if e.Version > 1 {
		var was Campaign
		if err := audit.Picture(e.Before, &was); err != nil || !sameCampaign(was, f.Campaign) {
			return contradiction(e, "变更前的内容与之前的事件不符", "what it found is not what the events before it left")
		}
	}
	f.Campaign = next
	return nil
}

// sameCampaign compares figures by value: events made before their notation was
// kept have 0.7 for 0.70.
func sameCampaign(a, b Campaign) bool {
	same := a.Params.Equal(b.Params)
	a.Params, b.Params = assess.Params{}, assess.Params{}
	return same && reflect.DeepEqual(a, b)
}

// whole returns what an event left of a subject whose events hold it whole.
func whole[T any](e audit.Event, before int) (T, error) {
	var subject T
	if err := follows(e, before); err != nil {
		return subject, err
	}
	if err := audit.Picture(e.After, &subject); err != nil {
		return subject, contradiction(e, "内容无法读取："+err.Error(), "what it left cannot be read: "+err.Error())
	}
	return subject, nil
}

// Rebuild calls task with each task that the filter's events tell of, in no order
// that means anything, and returns the filter's campaign; it has no Code when
// there was none. task must not read.
func Rebuild(r Reader, f AcceptedFilter, task func(TaskPast) error) (Campaign, error) {
	fold := Fold{Task: task}
	if err := r.Accepted(f, fold.Add); err != nil {
		return Campaign{}, err
	}
	return fold.Campaign, fold.End()
}

// rebuildTask returns the task with the given id as it was; ErrNoRow when it was
// not there.
func rebuildTask(r Reader, id string, before time.Time) (TaskPast, error) {
	var past TaskPast
	err := r.Accepted(AcceptedFilter{Subject: SubjectTask, SubjectID: id, Before: before}, past.Apply)
	if err == nil && past.Task.ID == "" {
		err = ErrNoRow
	}
	return past, err
}

// rebuildRegions returns the regions as they were, by code.
func rebuildRegions(r Reader, before time.Time) ([]Region, error) {
	regions, versions := map[string]Region{}, map[string]int{}
	err := r.Accepted(AcceptedFilter{Subject: SubjectRegion, Before: before}, func(e audit.Event) error {
		region, err := whole[Region](e, versions[e.SubjectID])
		region.Version = e.Version
		regions[e.SubjectID], versions[e.SubjectID] = region, e.Version
		return err
	})
	list := make([]Region, 0, len(regions))
	for _, region := range regions {
		list = append(list, region)
	}
	slices.SortFunc(list, func(a, b Region) int { return cmp.Compare(a.Code, b.Code) })
	return list, err
}

// campaignsThen returns the codes of the campaigns that there were, ascending.
func campaignsThen(r Reader, before time.Time) ([]string, error) {
	var codes []string
	err := r.Accepted(AcceptedFilter{Subject: SubjectCampaign, Before: before}, func(e audit.Event) error {
		if e.Version == 1 {
			codes = append(codes, e.SubjectID)
		}
		return nil
	})
	slices.Sort(codes)
	return codes, err
}
