package workflow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"strconv"

	"duban/workflow/audit"
)

// taskLedger follows the events of all tasks at once, in the order of the log: by the
// rules of TaskPast, but on the bytes as they are. Of a task it holds what the next
// event must agree with, of the rows that should be stored only sums, so that events
// are read once and rows in any order. It says whether everything agrees, and not what
// does not: for that, and for whatever it does not know, tasks are rebuilt one by one.
type taskLedger struct {
	rows           TaskRows
	assigned, left *audit.Form
	at             ledgerPlaces
	seed           maphash.Seed
	unfit          bool
	places         map[[16]byte]int32 // in tasks, by id
	tasks          []ledgerTask
	made           ledgerEntries
	campaigns      map[string]int32 // in codes
	periods        map[string]int32
	codes          []string // of campaigns and periods
	told           TaskSums
	buffer         []byte
}

// ledgerTask is what is held of a task.
type ledgerTask struct {
	fixed, changed, updated uint64 // sums of the columns of its row
	left                    uint64 // of what its last event left of it
	due                     uint64 // sum of the due day of its open flag
	waits                   waiting
	campaign, period        int32 // in codes
	version                 int32
	reports                 int32 // how many
	last                    int32 // entry in made; noEntry: none
}

// waiting says what a task's due day follows from.
type waiting uint8

const (
	forNobody waiting = iota
	forReport
	forRectification
)

// ledgerEntry is a report, flag or review of a task.
type ledgerEntry struct {
	id     [16]byte
	row    uint64 // sum of its row
	fixed  uint64 // of what never changes of it
	digest uint64 // of a report: of its Digest
	due    uint64 // of a flag: sum of the day to rectify by
	number int32  // of a report
	kind   entryKind
	before int32 // the task's entry before it
}

// ledgerEntries are kept in blocks: what is there is not copied when more comes.
type ledgerEntries struct {
	blocks [][]ledgerEntry
	n      int32
}

const ledgerBlock = 1 << 12

func (l *ledgerEntries) at(n int32) *ledgerEntry { return &l.blocks[n/ledgerBlock][n%ledgerBlock] }

// add returns the place of an entry that is added.
func (l *ledgerEntries) add(e ledgerEntry) int32 {
	if l.n%ledgerBlock == 0 {
		l.blocks = append(l.blocks, make([]ledgerEntry, ledgerBlock))
	}
	n := l.n
	*l.at(n), l.n = e, n+1
	return n
}

type entryKind uint8

const (
	reportEntry entryKind = iota
	flagEntry
	reviewEntry
)

const noEntry = -1

// mostEntries bounds what is held: some 400 MB. Larger trails are gone over task by
// task.
const mostEntries = 4_000_000

// ledgerPlaces are the places of parts in what events left.
type ledgerPlaces struct {
	assign struct{ task, id, campaign, region, state, period, report, flag, verdict, version, madeReport, madeReview, madeFlag int }
	task   struct{ whole, state, period, report, flag, version int }
	report struct{ whole, id, task, number, flag, assessment, status, submitted int }
	review struct{ whole, id, task, report, flag, number, digest int }
	flag   struct{ whole, id, task, rectifyBy, openedAt int }
}

func newTaskLedger(r Reader) *taskLedger {
	l := &taskLedger{
		assigned: audit.FormOf[leftOf[Task]](), left: audit.FormOf[leftOf[changed]](), seed: maphash.MakeSeed(),
		places: map[[16]byte]int32{}, campaigns: map[string]int32{}, periods: map[string]int32{},
	}
	l.rows = r.TaskRows(l.assigned, l.left)
	at, a, b := &l.at, l.assigned.At, l.left.At
	at.assign.task, at.assign.id, at.assign.campaign, at.assign.region = a("task"), a("task.id"), a("task.campaign"), a("task.region")
	at.assign.state, at.assign.period, at.assign.report, at.assign.flag = a("task.state"), a("task.period"), a("task.report_id"), a("task.flag_id")
	at.assign.verdict, at.assign.version = a("task.verdict"), a("task.version")
	at.assign.madeReport, at.assign.madeReview, at.assign.madeFlag = a("report"), a("review"), a("flag")
	at.task.whole, at.task.state, at.task.period, at.task.report = b("task"), b("task.state"), b("task.period"), b("task.report_id")
	at.task.flag, at.task.version = b("task.flag_id"), b("task.version")
	at.report.whole, at.report.id, at.report.task, at.report.number = b("report"), b("report.id"), b("report.task_id"), b("report.number")
	at.report.flag, at.report.assessment, at.report.status, at.report.submitted = b("report.flag_id"), b("report.assessment"), b("report.status"), b("report.submitted_at")
	at.review.whole, at.review.id, at.review.task, at.review.report = b("review"), b("review.id"), b("review.task_id"), b("review.report_id")
	at.review.flag, at.review.number, at.review.digest = b("review.flag_id"), b("review.report_number"), b("review.report_digest")
	at.flag.whole, at.flag.id, at.flag.task, at.flag.rectifyBy, at.flag.openedAt = b("flag"), b("flag.id"), b("flag.task_id"), b("flag.rectify_by"), b("flag.opened_at")
	return l
}

// Form is that of audit.Follower.
func (l *taskLedger) Form(subject []byte, version int64) *audit.Form {
	switch {
	case l.unfit || string(subject) != SubjectTask:
		return nil
	case version == 1:
		return l.assigned
	}
	return l.left
}

// Follow is that of audit.Follower.
func (l *taskLedger) Follow(o *audit.Outline) {
	if l.unfit || string(o.Subject) != SubjectTask || string(o.Outcome) != string(audit.Accepted) {
		return
	}
	if !l.take(o) || l.made.n > mostEntries {
		*l = taskLedger{unfit: true} // nothing of it is needed
	}
}

// take is TaskPast.Apply.
func (l *taskLedger) take(o *audit.Outline) bool {
	var id [16]byte
	if !o.Plain || !o.Formed || !audit.UUID(&id, o.SubjectID) {
		return false
	}
	place, there := l.places[id]
	if there {
		return l.change(o, &l.tasks[place])
	}
	l.places[id] = int32(len(l.tasks))
	return l.begin(o)
}

// begin is TaskPast.begin.
func (l *taskLedger) begin(o *audit.Outline) bool {
	p, at := o.Parts, &l.at.assign
	if o.Version != 1 || p.Text(at.report) != nil || p.Text(at.flag) != nil || p.Text(at.verdict) != nil ||
		p.Text(at.madeReport) != nil || p.Text(at.madeReview) != nil || p.Text(at.madeFlag) != nil {
		return false
	}
	l.buffer = append(append(append(l.buffer[:0], `{"state":"`...), p.Text(at.state)...), `","period":"`...)
	l.buffer = append(append(append(l.buffer, p.Text(at.period)...), `","version":`...), '1', '}')
	t := ledgerTask{last: noEntry, version: 1, left: l.hash(l.buffer)}
	t.campaign, t.period = l.code(l.campaigns, o.Campaign), l.code(l.periods, p.Text(at.period))
	t.wait(p.Text(at.state))
	var ok bool
	t.fixed, t.changed, t.updated, ok = l.rows.Assigned(p)
	l.tasks = append(l.tasks, t)
	return ok && bytes.Equal(p.Text(at.id), o.SubjectID) && bytes.Equal(p.Text(at.campaign), o.Campaign) && bytes.Equal(p.Text(at.region), o.Region) &&
		string(p.Text(at.version)) == "1" && bytes.Equal(p.Text(at.state), o.To)
}

func (t *ledgerTask) wait(state []byte) {
	switch State(state) {
	case Assigned:
		t.waits = forReport
	case Flagged:
		t.waits = forRectification
	default:
		t.waits = forNobody
	}
}

// change is TaskPast.change.
func (l *taskLedger) change(o *audit.Outline, t *ledgerTask) bool {
	p, at := o.Parts, &l.at.task
	l.buffer = append(append(append(l.buffer[:0], `{"state":"`...), o.From...), '"')
	if o.Version != int64(t.version)+1 || l.hash(o.Before) != t.left || !bytes.HasPrefix(o.Before, l.buffer) ||
		!l.isNumber(p.Text(at.version), o.Version) || !bytes.Equal(p.Text(at.state), o.To) {
		return false
	}
	if p.Text(l.at.report.whole) != nil && !l.putReport(o, t, p) || p.Text(l.at.flag.whole) != nil && !l.putFlag(o, t, p) ||
		p.Text(l.at.review.whole) != nil && !l.putReview(o, t, p) {
		return false
	}
	report, flag := l.find(t, reportEntry, p.Text(at.report)), l.find(t, flagEntry, p.Text(at.flag))
	if report == unknownEntry || flag == unknownEntry {
		return false
	}
	t.version, t.left, t.period = t.version+1, l.hash(p.Text(at.whole)), l.code(l.periods, p.Text(at.period))
	if t.due = 0; flag != noEntry {
		t.due = l.made.at(flag).due
	}
	t.wait(o.To)
	var ok bool
	t.changed, t.updated, ok = l.rows.Changed(p, o.At)
	return ok
}

// putReport is TaskPast.putReport.
func (l *taskLedger) putReport(o *audit.Outline, t *ledgerTask, p audit.Parts) bool {
	at := &l.at.report
	row, ok := l.rows.Report(p)
	if !ok || !bytes.Equal(p.Text(at.task), o.SubjectID) || p.Text(at.status) == nil || p.Text(at.submitted) == nil {
		return false
	}
	fixed := l.hash(p.UpTo(at.whole, at.status)) + 3*l.hash(p.Text(at.submitted))
	n := l.find(t, reportEntry, p.Text(at.id))
	if n == noEntry {
		return false
	}
	if n != unknownEntry {
		e := l.made.at(n)
		l.told.Reports.Replace(e.row, row)
		e.row = row
		return e.fixed == fixed
	}
	e := ledgerEntry{kind: reportEntry, row: row, fixed: fixed, digest: l.reportDigest(p)}
	if !l.add(t, e, p.Text(at.id)) || !l.isNumber(p.Text(at.number), int64(t.reports)+1) || ReportStatus(p.Text(at.status)) != Waiting ||
		l.find(t, flagEntry, p.Text(at.flag)) == unknownEntry {
		return false
	}
	t.reports++
	l.made.at(t.last).number = t.reports
	l.told.Reports.Add(row)
	return true
}

// emptied is what Report.Digest puts in place of what is no content.
var emptiedID, emptiedRest = func() (id, rest string) {
	b, err := json.Marshal(Report{})
	if err != nil {
		panic(fmt.Sprintf("workflow: an empty report as JSON: %v", err))
	}
	cut := bytes.Index(b, []byte(`"assessment":`))
	return `{"id":"`, string(b[cut:])
}()

// reportDigest is of Report.Digest.
func (l *taskLedger) reportDigest(p audit.Parts) uint64 {
	l.buffer = append(append(l.buffer[:0], emptiedID...), p.Between(l.at.report.id, l.at.report.assessment)...)
	l.buffer = append(bytes.TrimSuffix(l.buffer, []byte(`"assessment":`)), emptiedRest...)
	sum := sha256.Sum256(l.buffer)
	return l.hash(hex.AppendEncode(l.buffer[:0], sum[:]))
}

// putFlag is TaskPast.putFlag.
func (l *taskLedger) putFlag(o *audit.Outline, t *ledgerTask, p audit.Parts) bool {
	at := &l.at.flag
	row, due, ok := l.rows.Flag(p)
	if !ok || !bytes.Equal(p.Text(at.task), o.SubjectID) || p.Text(at.rectifyBy) == nil || p.Text(at.openedAt) == nil {
		return false
	}
	fixed := l.hash(p.UpTo(at.whole, at.rectifyBy)) + 3*l.hash(p.Between(at.rectifyBy, at.openedAt)) + 5*l.hash(p.Text(at.openedAt))
	n := l.find(t, flagEntry, p.Text(at.id))
	if n == noEntry {
		return false
	}
	if n != unknownEntry {
		e := l.made.at(n)
		l.told.Flags.Replace(e.row, row)
		e.row, e.due = row, due
		return e.fixed == fixed
	}
	l.told.Flags.Add(row)
	return l.add(t, ledgerEntry{kind: flagEntry, row: row, fixed: fixed, due: due}, p.Text(at.id))
}

// putReview is TaskPast.putReview.
func (l *taskLedger) putReview(o *audit.Outline, t *ledgerTask, p audit.Parts) bool {
	at := &l.at.review
	row, ok := l.rows.Review(p)
	if !ok || !bytes.Equal(p.Text(at.task), o.SubjectID) || l.find(t, reviewEntry, p.Text(at.id)) != unknownEntry {
		return false
	}
	report := l.find(t, reportEntry, p.Text(at.report))
	if report == unknownEntry || l.find(t, flagEntry, p.Text(at.flag)) == unknownEntry {
		return false
	}
	if digest := p.Text(at.digest); len(digest) > 0 &&
		(report == noEntry || !l.isNumber(p.Text(at.number), int64(l.made.at(report).number)) || l.hash(digest) != l.made.at(report).digest) {
		return false
	}
	l.told.Reviews.Add(row)
	return l.add(t, ledgerEntry{kind: reviewEntry}, p.Text(at.id))
}

// add adds an entry to a task.
func (l *taskLedger) add(t *ledgerTask, e ledgerEntry, id []byte) bool {
	e.before = t.last
	ok := audit.UUID(&e.id, id)
	t.last = l.made.add(e)
	return ok
}

const unknownEntry = -2

// find returns the entry with an id; noEntry for no id, unknownEntry when the task has
// no such entry.
func (l *taskLedger) find(t *ledgerTask, kind entryKind, id []byte) int32 {
	if len(id) == 0 {
		return noEntry
	}
	var key [16]byte
	if !audit.UUID(&key, id) {
		return unknownEntry
	}
	for n := t.last; n != noEntry; n = l.made.at(n).before {
		if e := l.made.at(n); e.kind == kind && e.id == key {
			return n
		}
	}
	return unknownEntry
}

// isNumber reports whether a text is a number as JSON has it.
func (l *taskLedger) isNumber(text []byte, n int64) bool {
	l.buffer = strconv.AppendInt(l.buffer[:0], n, 10)
	return bytes.Equal(text, l.buffer)
}

func (l *taskLedger) hash(b []byte) uint64 { return maphash.Bytes(l.seed, b) }

// code numbers the codes of campaigns, or of periods.
func (l *taskLedger) code(of map[string]int32, text []byte) int32 {
	n, ok := of[string(text)]
	if !ok {
		n = int32(len(l.codes))
		l.codes = append(l.codes, string(text))
		of[string(text)] = n
	}
	return n
}

// agrees reports whether everything that is stored of tasks is what their events say.
// Campaigns must have been gone over before.
func (l *taskLedger) agrees(campaigns map[string]Campaign) (bool, error) {
	if l.unfit {
		return false, nil
	}
	for i := range l.tasks {
		t := &l.tasks[i]
		due := t.due
		switch t.waits {
		case forReport:
			period, _ := campaigns[l.codes[t.campaign]].Period(l.codes[t.period])
			due = l.rows.Due(period.ReportBy.String())
		case forNobody:
			due = 0
		}
		if due == 0 {
			due = l.rows.Due("")
		}
		l.told.Tasks.Add(l.rows.Task(t.fixed, t.changed, t.updated, due))
	}
	stored, ok, err := l.rows.Stored()
	return ok && stored == l.told, err
}
