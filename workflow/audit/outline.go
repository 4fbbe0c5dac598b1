package audit

import "bytes"

// Outline is an event of which nothing was copied: the texts are parts of its
// canonical bytes, as they stand there between their quotes.
type Outline struct {
	ID, Outcome, Name, Subject, SubjectID []byte
	ActorID, RequestKey                   []byte
	Campaign, Region, Period, From, To    []byte
	Before, After                         []byte // JSON
	At                                    []byte // RFC 3339, UTC
	Version                               int64
	// Plain: no text has an escape, so that each is what it says.
	Plain bool
	// Parts are those of After, when there is a form of it and it has that form.
	Parts  Parts
	Formed bool
}

// Follower is given the events of a log as they are gone over.
type Follower interface {
	// Form is that of After in events of a version of a kind of subjects; nil: none.
	Form(subject []byte, version int64) *Form
	// Follow is given every event whose bytes are what Seal makes. Nothing of it may be
	// kept.
	Follow(o *Outline)
}

// NewLeaf returns the event at an index, gone over already, with its outline; ok is
// false when the bytes are not what Seal makes; otherwise the follower, unless
// there is none, follows.
// Both hold on to the bytes.
func NewLeaf(index int64, canonical []byte, follower Follower) (leaf Leaf, outline Outline, ok bool) {
	f := fields{follower: follower}
	leaf = Leaf{Index: index, Canonical: canonical, scanned: true}
	if leaf.wrong = f.scan(canonical); leaf.wrong != nil {
		return leaf, outline, false
	}
	leaf.head = f.head
	outline = Outline{
		ID: f.id, Outcome: f.outcome, Name: f.name, Subject: f.subject, SubjectID: f.subjectID, At: f.moment, Version: f.version,
		ActorID: f.texts[0], RequestKey: f.texts[5], Campaign: f.texts[7], Region: f.texts[8], Period: f.texts[9], From: f.texts[10], To: f.texts[11],
		Before: f.raws[0], After: f.raws[1], Plain: true,
		Parts: f.parts, Formed: f.formed,
	}
	for _, text := range [][]byte{f.id, f.name, f.subjectID, f.texts[0], f.texts[5], f.texts[7], f.texts[8], f.texts[9]} {
		outline.Plain = outline.Plain && bytes.IndexByte(text, '\\') < 0
	}
	if follower != nil {
		follower.Follow(&outline)
	}
	return leaf, outline, true
}

// scan is the head of the event, from memory if it was gone over.
func (l *Leaf) scan() (head, error) {
	if l.scanned {
		return l.head, l.wrong
	}
	return scan(l.Canonical)
}
