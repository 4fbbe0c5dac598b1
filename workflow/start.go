package workflow

// Ahead says what a step locks before anything else: the task with an id, or the
// campaign with a code. ActorID and Key, when not empty, name an idempotency
// record.
type Ahead struct {
	TaskID, Campaign string
	ActorID, Key     string
}

// Start is what a step finds: a task with everything that an event on it depends
// on, or what the assignment of a task depends on.
type Start struct {
	Task            Task     // zero when a campaign was locked, as are the next three
	Report          *Report  // of Task.ReportID; nil when that is empty
	Flag            *Flag    // of Task.FlagID; nil when that is empty
	LastReport      int      // highest Report.Number of the task, 0 for none
	Drafted         bool     // somebody has a draft of a report on the task
	CampaignVersion int      // of the task's campaign, or of the one locked
	LastSeq         int      // highest Task.Seq of the locked campaign, 0 for none
	Retired         []string // regions of the locked campaign that are retired, by code
	Replay          *Replay  // nil for none
}
