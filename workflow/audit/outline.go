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

// LeafReader goes over events one after the other. It is not for concurrent use.
type LeafReader struct {
	Follower Follower // nil: none
	fields   fields
	outline  Outline
}

// Read returns the event at an index, gone over already, with its outline, which is that
// until the next call; nil when the bytes are not what Seal makes. Otherwise the follower
// follows. Leaf and outline hold on to the bytes.
func (r *LeafReader) Read(index int64, canonical []byte) (Leaf, *Outline) {
	f, o := &r.fields, &r.outline
	*f = fields{follower: r.Follower}
	leaf := Leaf{Index: index, Canonical: canonical, scanned: true}
	if leaf.wrong = f.scan(canonical); leaf.wrong != nil {
		return leaf, nil
	}
	leaf.head = f.head
	*o = Outline{
		ID: f.id, Outcome: f.outcome, Name: f.name, Subject: f.subject, SubjectID: f.subjectID, At: f.moment, Version: f.version,
		ActorID: f.texts[0], RequestKey: f.texts[5], Campaign: f.texts[7], Region: f.texts[8], Period: f.texts[9], From: f.texts[10], To: f.texts[11],
		Before: f.raws[0], After: f.raws[1], Plain: true,
		Parts: f.parts, Formed: f.formed,
	}
	for _, text := range [...][]byte{f.id, f.name, f.subjectID, f.texts[0], f.texts[5], f.texts[7], f.texts[8], f.texts[9]} {
		o.Plain = o.Plain && bytes.IndexByte(text, '\\') < 0
	}
	if r.Follower != nil {
		r.Follower.Follow(o)
	}
	return leaf, o
}

// scan is the head of the event, from memory if it was gone over.
func (l *Leaf) scan() (head, error) {
	if l.scanned {
		return l.head, l.wrong
	}
	return scan(l.Canonical)
}
