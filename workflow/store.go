package workflow

import (
	"cmp"
	"context"
	"errors"
	"time"

	"duban/workflow/assess"
	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// Store is what the domain needs of a database. Only Service opens units of
// work on it.
type Store interface {
	// View runs fn on one consistent snapshot.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn in one transaction that commits when fn returns nil and
	// leaves nothing behind otherwise. fn may run more than once (deadlock, lock
	// wait, busy), so it must not keep anything from a run that failed. When the
	// outcome of COMMIT is unknown the error is of kind Unavailable and fn is not
	// run again.
	Update(ctx context.Context, fn func(Tx) error) error
	// Step is Update for a unit of work that begins by locking one task or one
	// campaign; start is nil when it is not there. Steps that wait at the same time
	// may share one transaction, so fn sees what others committed but must not read
	// after it wrote. It may run first on a start that is no longer right; what it then
	// writes is not stored, and it runs again whatever came of that. What is kept for
	// the idempotency key may stay unseen at first: a second event with the key is then
	// refused, and fn runs again with the first.
	Step(ctx context.Context, ahead Ahead, fn func(tx StepTx, start *Start) error) error
	// Identity returns the credential with the given hash, expired or not, and its
	// user, in one look and outside any unit of work; ErrNoRow when there is none.
	// Behind the user's own grants are those that the user may use on a day as a
	// deputy: of delegations that were not ended, whose grantor is not disabled and
	// still holds the grant. It is as of a moment after it was asked for, except that
	// what others change past the product may be told a second late.
	Identity(ctx context.Context, hash string, day calendar.Date) (Credential, User, error)
	// Ping reports whether the database answers and its schema is the program's.
	Ping(ctx context.Context) error
}

// Errors of a Tx that verbs turn into answers. Every other error of a store is
// an *Error of kind Unavailable or Internal.
var (
	ErrNoRow     = errors.New("no such row")                       // a single read found nothing
	ErrChanged   = errors.New("row changed meanwhile")             // compare-and-set lost
	ErrDuplicate = errors.New("a row with that identity is there") // unique key taken
)

// Reader is the reading side of a unit of work. Single reads return ErrNoRow
// when there is nothing; an empty id or code is never found.
type Reader interface {
	Region(code string) (Region, error)
	Regions() ([]Region, error) // by code

	UserByID(id string) (User, error)
	UserByLogin(login string) (User, error)
	Users() ([]User, error) // by login
	// UsersAfter returns at most limit users whose login comes after the given one, by
	// login.
	UsersAfter(login string, limit int) ([]User, error)
	// UsersOf returns the users with the given ids, in no particular order.
	UsersOf(ids []string) ([]User, error)
	// Credential returns the session or token with the given hash, expired or
	// not.
	Credential(hash string) (Credential, error)
	Credentials(userID string) ([]Credential, error) // newest first
	Link(id string) (Link, error)
	// PastPasswords returns the hashes kept of an account's earlier passwords, newest
	// first.
	PastPasswords(userID string) ([]string, error)
	// RecoveryCodes counts the codes that an account has left.
	RecoveryCodes(userID string) (int, error)

	// ReportDraft is what a person has typed of a report on a task; ReportDrafts are
	// all of one person, at most 500, newest first and without Content.
	ReportDraft(userID, taskID string) (ReportDraft, error)
	ReportDrafts(userID string) ([]ReportDraft, error)
	Preferences(userID string) (Preferences, error)

	Delegation(id string) (Delegation, error)
	// Delegations returns those that a user gave or got, newest first.
	Delegations(userID string) ([]Delegation, error)

	Campaign(code string) (Campaign, error)
	Campaigns() ([]Campaign, error) // by code

	Task(id string) (Task, error)
	TaskByCode(campaign, code string) (Task, error)
	// Tasks returns at most f.Limit tasks in the order campaign, region, Seq.
	Tasks(f TaskFilter) ([]Task, error)
	// CountTasks counts the tasks that a filter selects, up to most; After, Limit, ByDue
	// and ByWait do not matter.
	CountTasks(f TaskFilter, most int) (int, error)
	// Waiting returns at most limit tasks that wait for the districts of a scope, the
	// most urgent first.
	Waiting(s Scope, limit int) ([]WaitingTask, error)
	// WaitingReports returns the heads of at most limit reports that wait for review.
	WaitingReports(s Scope, limit int) ([]Report, error)
	// TasksOf returns the tasks with the given ids, in no particular order.
	TasksOf(ids []string) ([]Task, error)
	// Overdue returns at most f.Limit tasks that are late on a day, in the order of
	// Tasks.
	Overdue(f OverdueFilter) (OverdueFound, error)

	// Counted counts the tasks of a campaign. Progress returns what is known of those
	// that have cumulative measures and are in none of the given states, in the order
	// of Tasks.
	Counted(f CountedFilter) (Counted, error)
	Progress(scope Scope, campaign string, ended []State) ([]Progress, error)

	Report(id string) (Report, error)
	Reports(taskID string) ([]Report, error) // by Number
	Flag(id string) (Flag, error)
	Flags(taskID string) ([]Flag, error)     // by OpenedAt
	Reviews(taskID string) ([]Review, error) // by At
	// CountingReviews returns, for each task of the campaign that has one, the
	// newest review of the period that counts (Review.Counts); the later id decides
	// between two of one moment.
	CountingReviews(campaign, period string) ([]Review, error)
	// ReportHeads returns who wrote the reports with the given ids, and nothing of what
	// they say, in no particular order: ID, TaskID, Number, Period, FlagID, Author,
	// OnBehalf, Status and SubmittedAt.
	ReportHeads(ids []string) ([]Report, error)
	// PeriodsOf returns the periods of campaigns, by code.
	PeriodsOf(campaigns []string) (map[string][]Period, error)
	// ReportsOf returns the reports with the given ids, in no particular order.
	ReportsOf(ids []string) ([]Report, error)
	// ReportsIn, ReviewsIn and FlagsIn return what there is of a campaign and period:
	// by task and Number, by task and At, by task and OpenedAt.
	ReportsIn(campaign, period string) ([]Report, error)
	ReviewsIn(campaign, period string) ([]Review, error)
	FlagsIn(campaign, period string) ([]Flag, error)

	Editions(campaign, period string) ([]Edition, error) // by number
	// EditionRows returns the rows of an edition, by number.
	EditionRows(editionID string) ([]FrozenRow, error)
	NarrativeEdits(campaign, period string) ([]NarrativeEdit, error) // by At
	// EvidenceOf returns the uploads of a task by UploadedAt, UnusedEvidence at most limit
	// that were uploaded before a moment and are named by no report, and EvidencePage at
	// most limit by id after one.
	EvidenceOf(taskID string) ([]Evidence, error)
	UnusedEvidence(before time.Time, limit int) ([]Evidence, error)
	EvidencePage(after string, limit int) ([]Evidence, error)
	// FilesHad returns which of the digests, at most 500, are those of an upload.
	FilesHad(digests []string) (map[string]bool, error)

	// Events returns at most f.Limit accepted events, oldest first.
	Events(f EventFilter) ([]audit.Event, error)
	// Accepted calls each with the accepted events that f selects, campaigns before
	// tasks, one subject after the other and each subject's by version. Of a subject
	// it stops before the first event that was not made before f.Before: what
	// followed it was not known then either, even if another instance, or a request
	// that had to wait, gave it an earlier time. Rows are not kept, and each must not
	// read from the Reader.
	Accepted(f AcceptedFilter, each func(audit.Event) error) error
	// SearchEvents returns at most f.Limit events of any subject, newest first.
	SearchEvents(f EventSearch) (EventsFound, error)
	// Replay returns what is kept for an idempotency key of an actor: the answer of
	// InsertReplay, or else the event that carries the key.
	Replay(actorID, key string) (Replay, error)

	LogReader
	RowReader
}

// StepTx is what a step on a task, or the assignment of one, may do. Insert
// methods return ErrDuplicate when the identity is taken, Save methods ErrChanged
// when the row is no longer the one that was read; in a shared transaction the
// step runs again by itself before that is found out.
type StepTx interface {
	Reader

	InsertTasks([]Task) error
	// SaveTask writes state, period, report, flag, verdict, version, UpdatedAt and Due
	// of the task whose version and state are still those given.
	SaveTask(t Task, wasVersion int, wasState State) error

	InsertReport(Report) error
	// SaveReportStatus changes the status of a report.
	SaveReportStatus(id string, s ReportStatus) error
	InsertReview(Review) error
	InsertFlag(Flag) error
	// SaveFlag writes RectifyBy, ClearedBy and ClearedAt.
	SaveFlag(Flag) error
	// DeleteReportDraft deletes a person's draft for a task, if there is one.
	DeleteReportDraft(userID, taskID string) error

	// AppendEvents adds sealed events, which then wait to enter the log. A second accepted event with the same
	// subject and version is ErrDuplicate, and so is a second event with the same
	// actor and request key.
	AppendEvents([]audit.Event) error
}

// Tx is a unit of work that may write anything.
type Tx interface {
	StepTx

	// LockTask reads a task, with what an event on it depends on, and keeps others
	// from changing it until the end.
	LockTask(id string) (Start, error)
	// LockCampaign does the same for a campaign.
	LockCampaign(code string) (Campaign, error)

	InsertRegion(Region) error
	// SaveRegion writes name, retired and version of the region whose version is still
	// was.
	SaveRegion(r Region, was int) error
	InsertUser(User) error
	// SaveUser writes name, password with when and how it was set, second factor,
	// disabled, grants and version of the user whose version is still was.
	SaveUser(u User, was int) error
	InsertLink(Link) error
	InsertCredential(Credential) error
	// SaveCredential writes LastSeen and ExpiresAt.
	SaveCredential(Credential) error
	DeleteCredential(hash string) error
	// DeleteCredentials ends every credential of the user.
	DeleteCredentials(userID string) error

	SignInTx

	// SaveReportDraft inserts a draft when was is 0, and otherwise saves the one whose
	// revision is still was.
	SaveReportDraft(d ReportDraft, was int) error
	SaveLanguage(userID string, language Lang) error
	// SaveReadUntil moves ReadUntil, never back.
	SaveReadUntil(Preferences) error

	InsertDelegation(Delegation) error
	// SaveDelegation writes version and EndedAt of the delegation whose version is
	// still was.
	SaveDelegation(d Delegation, was int) error

	InsertCampaign(Campaign) error
	// SaveCampaign writes title, parameters, regions, periods, open period and
	// version of the campaign whose version is still was. A version of the
	// parameters that is not stored yet is added, a stored one never changes.
	SaveCampaign(c Campaign, was int) error

	// InsertEdition keeps an issued table for ever.
	InsertEdition(Edition, []FrozenRow) error
	InsertNarrativeEdit(NarrativeEdit) error
	InsertEvidence(Evidence) error
	// SaveEvidence writes name and version of the upload whose version is still was.
	SaveEvidence(e Evidence, was int) error
	// DeleteUnusedEvidence deletes an upload at its version; false when it is not there, or
	// when a report of its task names it.
	DeleteUnusedEvidence(Evidence) (bool, error)
	// ClaimFile notes that the file with a digest is, or will be, stored, keeps others from
	// doing so until the end, and returns its generation: the one given, unless the file
	// is claimed already. FileGeneration keeps others from claiming as well.
	ClaimFile(sha256, generation string) (string, error)
	FileGeneration(sha256 string) (string, error)
	ReleaseFile(sha256 string) error

	// InsertReplay keeps the answer to a request with an idempotency key.
	InsertReplay(Replay) error

	LogTx
}

// TaskFilter selects tasks. Empty fields do not restrict, but Scope always does:
// its zero value sees nothing.
type TaskFilter struct {
	Scope    Scope
	Campaign string
	Regions  []string
	States   []State
	Verdicts []assess.Verdict
	Key      *bool
	Text     string // in code, subject or requirement; no wildcards
	Period   string // that the task is in
	Flagged  *bool  // there is an open flag
	Overdue  bool   // due before Today
	Lights   []Light
	Today    calendar.Date // for Overdue and Lights
	// NotBy leaves only tasks with a report in this period, and not one that one of
	// these persons wrote or had written.
	NotBy []string
	// ByDue leaves only tasks that are due some day, in the order Due, campaign,
	// region, Seq.
	ByDue bool
	// ByWait is for States of Reported alone: the report that has waited longest for
	// review comes first. No event leaves a task reported, so that is the order
	// UpdatedAt, ID.
	ByWait bool
	// Reports asks for the newest report of each task of the page too.
	Reports bool
	After   *TaskCursor
	Limit   int // 0: no limit, but not with ByDue
}

// WaitingTask is a task that waits for its district.
type WaitingTask struct {
	ID       string
	State    State
	Due      calendar.Date
	Returned bool // its newest report of the period was sent back
}

// TaskCursor is the place of a task in the order of Tasks; Due is used with ByDue,
// Since and ID with ByWait.
type TaskCursor struct {
	Due      string    `json:"d,omitempty"`
	Since    time.Time `json:"u,omitzero"`
	ID       string    `json:"i,omitempty"`
	Campaign string    `json:"c"`
	Region   string    `json:"r"`
	Seq      int       `json:"s"`
}

// cursor is the place of a task in the order of the filter.
func (f TaskFilter) cursor(t Task) TaskCursor {
	c := cursorOf(t)
	if f.ByDue {
		c.Due = t.Due.String()
	}
	if f.ByWait {
		c.Since, c.ID = t.UpdatedAt.UTC(), t.ID
	}
	return c
}

func cursorOf(t Task) TaskCursor {
	return TaskCursor{Campaign: t.Campaign, Region: t.Region, Seq: t.Seq}
}

func (c TaskCursor) compare(d TaskCursor) int {
	return cmp.Or(cmp.Compare(c.Campaign, d.Campaign), cmp.Compare(c.Region, d.Region), cmp.Compare(c.Seq, d.Seq))
}

// EventFilter selects accepted events of one subject after the given version.
type EventFilter struct {
	Subject      string // "task", ...
	SubjectID    string
	AfterVersion int
	Limit        int // 0: no limit
}

// AcceptedFilter selects accepted events by what they are about: a campaign with
// its tasks (Campaign), one subject (Subject, SubjectID), or every subject of a
// kind (Subject). The zero value selects nothing.
type AcceptedFilter struct {
	Campaign  string
	Scope     Scope // with Campaign: regions of the tasks; its zero value sees none
	Subject   string
	SubjectID string
	Before    time.Time // zero: all there are
}

// Credential is a session (cookie) or an API token: an opaque secret of which
// only a keyed hash is stored.
type Credential struct {
	Hash      string // hex HMAC-SHA-256
	UserID    string
	Kind      CredentialKind
	Label     string // of a token: what it is for
	CreatedAt time.Time
	LastSeen  time.Time
	ExpiresAt time.Time
	Needs     Need // of a session: what it is still good for only
	// Scopes bound what a token may be used for; nil: whatever its account may do.
	Scopes  []Scoped
	Address string // of a session: from where it was opened
	Agent   string // of a session: the kind of program, "Firefox, Windows"
}

// CredentialKind tells sessions from tokens.
type CredentialKind string

// The kinds of credentials.
const (
	SessionCredential CredentialKind = "session"
	TokenCredential   CredentialKind = "token"
)

// Replay is what is kept of an answered request with an Idempotency-Key: the
// answer, or the event that it follows from.
type Replay struct {
	ActorID   string
	Key       string
	Hash      string       // of method, path and body
	Answer    []byte       // JSON of the verb's result
	Event     *audit.Event // nil when there is an Answer
	CreatedAt time.Time
}
