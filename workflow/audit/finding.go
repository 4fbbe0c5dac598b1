package audit

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// FindingKind is the closed set of what can be wrong with a log.
type FindingKind string

// The kinds of findings.
const (
	FoundChanged    FindingKind = "changed"    // the event's bytes are not what was logged there, as far as the hash table tells
	FoundMoved      FindingKind = "moved"      // the event was logged at another index
	FoundMissing    FindingKind = "missing"    // no event at these indexes
	FoundExtra      FindingKind = "extra"      // an event twice at an index, or where none can be
	FoundUnreadable FindingKind = "unreadable" // logged, but not an event in the canonical form
	FoundNode       FindingKind = "node"       // a stored hash is wrong, absent, or where none can be
	FoundVersion    FindingKind = "version"    // the versions of a subject are not 1, 2, 3, ...
	FoundCheckpoint FindingKind = "checkpoint" // the log is not the one that was signed
	FoundShort      FindingKind = "short"      // the log ends before a checkpoint
)

// Finding is one thing that is wrong with a log.
type Finding struct {
	Kind  FindingKind `json:"kind"`
	Index int64       `json:"index"` // of the first record concerned
	Last  int64       `json:"last"`  // of the last record concerned; Index when it is one

	Position int64 `json:"position,omitempty"` // FoundNode: of the stored hash

	Subject   string `json:"subject,omitempty"` // FoundVersion: whose versions
	SubjectID string `json:"subject_id,omitempty"`

	Text Text `json:"text"`
}

func changed(index int64, is, was Hash) Finding {
	return Finding{Kind: FoundChanged, Index: index, Last: index, Text: Text{
		ZH: fmt.Sprintf("第 %d 号记录已被改动：内容的哈希为 %s，而入账时为 %s", index, is, was),
		EN: fmt.Sprintf("record %d is not what was logged: its bytes hash to %s, logged is %s", index, is, was),
	}}
}

func moved(index, was int64) Finding {
	return Finding{Kind: FoundMoved, Index: index, Last: index, Text: Text{
		ZH: fmt.Sprintf("第 %d 号位置上的记录原为第 %d 号", index, was),
		EN: fmt.Sprintf("at index %d stands what was logged at index %d", index, was),
	}}
}

func missing(first, last int64) Finding {
	t := Text{ZH: fmt.Sprintf("缺少第 %d 号记录", first), EN: fmt.Sprintf("record %d is missing", first)}
	if first < last {
		t = Text{ZH: fmt.Sprintf("缺少第 %d 号至第 %d 号记录", first, last), EN: fmt.Sprintf("records %d to %d are missing", first, last)}
	}
	return Finding{Kind: FoundMissing, Index: first, Last: last, Text: t}
}

func extra(index int64) Finding {
	return Finding{Kind: FoundExtra, Index: index, Last: index, Text: Text{
		ZH: fmt.Sprintf("第 %d 号位置上有多余的记录", index),
		EN: fmt.Sprintf("a record too many at index %d", index),
	}}
}

func unreadable(index int64, err error) Finding {
	return Finding{Kind: FoundUnreadable, Index: index, Last: index, Text: Text{
		ZH: fmt.Sprintf("第 %d 号记录不是规范格式的审计事件（%v）", index, err),
		EN: fmt.Sprintf("record %d is not an audit event in the canonical form: %v", index, err),
	}}
}

// wrongNode is about the stored node with the given level and number: number n
// of level l is over the records from n * 2^l.
func wrongNode(level int, number int64, is, want Hash) Finding {
	f := nodeFinding(level, number)
	f.Text = Text{
		ZH: fmt.Sprintf("哈希树第 %d 层第 %d 号节点已被改动：库中为 %s，应为 %s（其下为第 %d 号至第 %d 号记录）", level, number, is, want, f.Index, f.Last),
		EN: fmt.Sprintf("node %d of level %d is %s, but the two below it give %s (it is over the records %d to %d)", number, level, is, want, f.Index, f.Last),
	}
	return f
}

// wrongLeaf is about the stored hash of a record when the node above agrees with
// the record.
func wrongLeaf(index int64, is, want Hash) Finding {
	f := nodeFinding(0, index)
	f.Text = Text{
		ZH: fmt.Sprintf("第 %d 号记录的哈希已被改动：库中为 %s，而记录和其上节点表明应为 %s", index, is, want),
		EN: fmt.Sprintf("the stored hash of record %d is %s, but the record and the node above it give %s", index, is, want),
	}
	return f
}

func absentNode(level int, number int64) Finding {
	f := nodeFinding(level, number)
	f.Text = Text{
		ZH: fmt.Sprintf("缺少哈希树第 %d 层第 %d 号节点（其下为第 %d 号至第 %d 号记录）", level, number, f.Index, f.Last),
		EN: fmt.Sprintf("node %d of level %d is missing (it is over the records %d to %d)", number, level, f.Index, f.Last),
	}
	return f
}

func nodeFinding(level int, number int64) Finding {
	return Finding{Kind: FoundNode, Index: number << level, Last: (number+1)<<level - 1, Position: tlog.StoredHashIndex(level, number)}
}

// extraHash is about a row of the hash table that belongs to no record; index
// is the record at which it was met.
func extraHash(index, position int64) Finding {
	return Finding{Kind: FoundNode, Index: index, Last: index, Position: position, Text: Text{
		ZH: fmt.Sprintf("哈希表中第 %d 号位置有多余的行", position),
		EN: fmt.Sprintf("a stored hash too many at position %d", position),
	}}
}

func brokenChain(index int64, h head, after int32) Finding {
	subject, id := string(h.subject), h.id()
	t := Text{
		ZH: fmt.Sprintf("%s %s 的版本不连续：第 %d 号记录为第 %d 版，其前为第 %d 版", subject, id, index, h.version, after),
		EN: fmt.Sprintf("%s %s: version %d at record %d follows version %d", subject, id, h.version, index, after),
	}
	if after == 0 {
		t = Text{
			ZH: fmt.Sprintf("%s %s 的版本不是从 1 开始：第 %d 号记录为第 %d 版", subject, id, index, h.version),
			EN: fmt.Sprintf("%s %s: begins with version %d, at record %d", subject, id, h.version, index),
		}
	}
	return Finding{Kind: FoundVersion, Index: index, Last: index, Subject: subject, SubjectID: id, Text: t}
}

// otherRoot is about a checkpoint whose root the log does not have; agreed is
// the size up to which an earlier checkpoint agrees.
func otherRoot(c Checkpoint, agreed int64) Finding {
	at := c.Time.Format(timeLayout)
	t := Text{
		ZH: fmt.Sprintf("与 %s 签发的检查点（%d 条记录）不符", at, c.Size),
		EN: fmt.Sprintf("the log is not that of the checkpoint of %s over %d records", at, c.Size),
	}
	switch {
	case agreed < c.Size:
		t.ZH += fmt.Sprintf("：改动在第 %d 号至第 %d 号记录之间", agreed, c.Size-1)
		t.EN += fmt.Sprintf(": the change is between the records %d and %d", agreed, c.Size-1)
	case c.Size > 0:
		t.ZH += "，而同样大小的另一检查点相符"
		t.EN += ", but that of another over as many"
	}
	return Finding{Kind: FoundCheckpoint, Index: min(agreed, max(0, c.Size-1)), Last: max(0, c.Size-1), Text: t}
}

func cutShort(c Checkpoint, size int64) Finding {
	return Finding{Kind: FoundShort, Index: size, Last: c.Size - 1, Text: Text{
		ZH: fmt.Sprintf("日志只有 %d 条记录，而 %s 签发的检查点有 %d 条：末尾被截去", size, c.Time.Format(timeLayout), c.Size),
		EN: fmt.Sprintf("the log has %d records, but %d at the checkpoint of %s: the tail has been cut", size, c.Size, c.Time.Format(timeLayout)),
	}}
}
