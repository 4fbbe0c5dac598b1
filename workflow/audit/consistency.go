package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// ConsistencyProof shows that the log of the first Older records is the beginning
// of that of the first Newer ones (RFC 6962, section 2.1.2).
type ConsistencyProof struct {
	Older, Newer int64
	Hashes       []Hash
}

const consistencyFormat = "duban-consistency"

type consistencyFile struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	From    int64  `json:"from"`
	To      int64  `json:"to"`
	Proof   []Hash `json:"proof"`
}

// Encode returns the file of the proof: JSON, in the only form that
// ReadConsistency reads.
func (p ConsistencyProof) Encode() ([]byte, error) {
	f := consistencyFile{Format: consistencyFormat, Version: 1, From: p.Older, To: p.Newer, Proof: p.Hashes}
	if f.Proof == nil {
		f.Proof = []Hash{}
	}
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing a consistency proof: %w", err)
	}
	return append(data, '\n'), nil
}

// ReadConsistency reads what Encode writes and nothing else; it refuses with a
// *Fault that says where. It proves nothing: Check does.
func ReadConsistency(data []byte) (ConsistencyProof, error) {
	var f consistencyFile
	if err := json.Unmarshal(data, &f); err != nil {
		return ConsistencyProof{}, consistencyFault("line 1", "不是一致性证明", "not a consistency proof").because(err)
	}
	p := ConsistencyProof{Older: f.From, Newer: f.To, Hashes: f.Proof}
	is, err := p.Encode()
	if err != nil {
		return ConsistencyProof{}, err
	}
	if at := firstDifference(is, data); at >= 0 {
		line := 1 + bytes.Count(data[:at], []byte("\n"))
		return ConsistencyProof{}, consistencyFault(fmt.Sprintf("line %d", line),
			fmt.Sprintf("第 %d 行（第 %d 字节起）不是规定的格式", line, at), fmt.Sprintf("line %d, from byte %d: not in its form", line, at))
	}
	return p, nil
}

// firstDifference returns the first place where a and b differ, -1 when they are
// the same.
func firstDifference(a, b []byte) int {
	if bytes.Equal(a, b) {
		return -1
	}
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	return at
}

// Check refuses with a *Fault unless the proof shows that the log of the older
// checkpoint is the beginning of that of the newer one. Both must have been
// opened, that is, their signatures checked.
func (p ConsistencyProof) Check(older, newer Checkpoint) error {
	if p.Older != older.Size || p.Newer != newer.Size {
		return consistencyFault("sizes", fmt.Sprintf("证明的是 %d 至 %d 条记录，而检查点为 %d 和 %d 条", p.Older, p.Newer, older.Size, newer.Size),
			fmt.Sprintf("it is about %d and %d records, the checkpoints are over %d and %d", p.Older, p.Newer, older.Size, newer.Size))
	}
	if err := CheckConsistency(older, newer, p.Hashes); err != nil {
		return consistencyFault("proof", fmt.Sprintf("%d 条记录的日志不是由 %d 条记录的日志延续而来", newer.Size, older.Size),
			fmt.Sprintf("the log of %d records is not shown to begin with that of %d", newer.Size, older.Size)).because(err)
	}
	return nil
}

func consistencyFault(place, zh, en string) *Fault {
	return &Fault{Place: place, Text: Text{ZH: "一致性证明：" + zh, EN: "consistency proof: " + en}}
}
