package workflow

import (
	"duban/workflow/assess"
	"duban/workflow/audit"
)

// RowReader is how the rows are read that the trail is verified by: as they are
// stored, and held against what the events say. It trusts nothing that it reads.
// None of the functions it is given may read.
type RowReader interface {
	// LogPage returns at most limit places of the log from an index on, has the
	// follower, unless there is none, follow the events there, and tells found which
	// columns of the events are not what their bytes say.
	LogPage(from int64, limit int, follower audit.Follower, found func(Difference)) (LogPage, error)
	// PlacedEvent returns the id of the event at an index of the log; ErrNoRow when
	// there is none.
	PlacedEvent(index int64) (string, error)
	// CheckPlaces tells found which events are not in exactly one place, the log or
	// among those that wait for it, and which places have no event. It has the
	// follower follow those that wait, in their order, and returns how many they are.
	CheckPlaces(follower audit.Follower, found func(Difference)) (pending int64, err error)
	// AcceptedPage returns the accepted events of the subjects of a kind after the
	// one with the given identity, each subject's by version: whole subjects, at
	// least one, of about limit events. more is false at the end.
	AcceptedPage(subject, after string, limit int) (events []SubjectEvent, more bool, err error)
	// CompareRows tells found how what is stored differs from what is told.
	CompareRows(told Told, found func(Difference)) error
	// TaskRows sums up the rows of tasks, of which events tell in these forms: one for
	// assignments, one for all others.
	TaskRows(assigned, left *audit.Form) TaskRows
}

// LogPage is a part of the log as it is stored. A place without an event has no
// leaf.
type LogPage struct {
	Leaves []audit.Leaf // by index
	Empty  []EmptyPlace // by index: their event is not there
	End    int64        // the index after the last place
	More   bool         // there may be others
}

// EmptyPlace is a place of the log whose event is not there.
type EmptyPlace struct {
	Index   int64
	EventID string
}

// SubjectEvent is an event of a subject as it is stored.
type SubjectEvent struct {
	ID        string
	SubjectID string
	Canonical []byte
}

// Told is what the events tell of all subjects of a kind whose identities are after
// After, unless that is empty, and not after UpTo, unless that is empty.
type Told struct {
	Subject     string
	After, UpTo string

	Regions     []Region
	Users       []UserPast
	Delegations []Delegation
	Links       []Link
	Campaigns   []CampaignPast
	Tasks       []TaskPast
	Editions    []EditionPast
	Edits       []NarrativeEdit
	Evidence    []EvidencePast
	Unknown     []string // identities of which it is not known: their events cannot be read
}

// UserPast is an account as its events left it. Login, Name and PasswordHash are
// empty: events outlive names, so they have digests of what must not be in them,
// by which it can be compared all the same.
type UserPast struct {
	User
	LoginDigest string `json:"login_digest"`
	NameDigest  string `json:"name_digest"`
	// PasswordDigest is of the salted hash: nothing can be guessed from it.
	PasswordDigest string `json:"password_digest"`
	// TOTPDigest is of the sealed secret of the second factor; empty: there is none.
	TOTPDigest string `json:"totp_digest,omitempty"`
	// DigestKey keys the digests of login and name, SHA-256 in hexadecimal digits of
	// the key followed by the text. It is in no event: names are easily guessed.
	DigestKey string `json:"-"`
}

// CampaignPast is a campaign as its events left it, with every version of its
// parameters that there was.
type CampaignPast struct {
	Campaign
	Params []assess.Params
}

// Difference is one way in which stored rows are not what the events say.
type Difference struct {
	Kind     DifferenceKind
	Table    string
	Key      string // of the row: "id=..."
	Column   string // RowChanged, ColumnUnknown
	Is, Want string // RowChanged
}

// DifferenceKind says in which way.
type DifferenceKind string

// The kinds of differences.
const (
	RowChanged    DifferenceKind = "changed"  // a column has another content
	RowMissing    DifferenceKind = "missing"  // events tell of a row that is not there
	RowExtra      DifferenceKind = "extra"    // no event tells of the row
	RowDangling   DifferenceKind = "dangling" // the event that it names is not there
	RowTwice      DifferenceKind = "twice"    // the event has another place already
	RowUnplaced   DifferenceKind = "unplaced" // an event that is neither in the log nor waits for it
	ColumnUnknown DifferenceKind = "unknown"  // no event tells of the column
)

// TaskRows sums up the rows of tasks and of what is made with them: those that should
// be there, told by parts of pictures, and those that are. A sum is of every column of a
// row, by a hash with a key that is drawn anew each time, so that nobody can make two
// rows of one sum. ok is false where it is not known what should be stored: for parts
// in a notation that only older versions, or none, wrote.
type TaskRows interface {
	// Assigned sums the columns of a new task: those that never change, those that an
	// event tells of, and the moment of the last event.
	Assigned(p audit.Parts) (fixed, changed, updated uint64, ok bool)
	// Changed sums what a later event, of a moment as it stands in JSON, left of a task.
	Changed(p audit.Parts, at []byte) (changed, updated uint64, ok bool)
	// Due sums a due day.
	Due(day string) uint64
	// Task makes of the sums of its columns that of a task's row.
	Task(fixed, changed, updated, due uint64) uint64
	Report(p audit.Parts) (row uint64, ok bool)
	Review(p audit.Parts) (row uint64, ok bool)
	// Flag also sums the day to rectify by, as Due does.
	Flag(p audit.Parts) (row, due uint64, ok bool)
	// Stored reads every row of these tables. ok is false when they have other
	// columns than they should.
	Stored() (sums TaskSums, ok bool, err error)
}

// TaskSums are the sums of rows by table.
type TaskSums struct{ Tasks, Reports, Reviews, Flags RowSum }

// RowSum is the sum of rows, which has no order.
type RowSum struct {
	Rows int64
	Sum  uint64
}

// Add adds a row.
func (s *RowSum) Add(row uint64) { s.Rows, s.Sum = s.Rows+1, s.Sum+row }

// Replace puts a row in the place of another.
func (s *RowSum) Replace(old, row uint64) { s.Sum += row - old }
