// Package meetingpack makes the meeting pack (会议材料) of a campaign's period: a
// ZIP file with the lag table and, for each listed task, its timeline, the
// evidence of its reports and the proof of its events. It is read without a
// server, from index.html on.
package meetingpack

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"duban/workflow"
	"duban/workflow/calendar"
	"duban/workflow/lagtable"
)

// Pack is a meeting pack. The same content gives the same bytes.
type Pack struct {
	Name   string // of the file
	Size   int64
	SHA256 string // in hexadecimal
	Tasks  int
	Gaps   []workflow.LagGap

	entries []entry // by name
	at      time.Time
}

// entry is one file in the pack.
type entry struct {
	name string
	data []byte
}

// Export makes the pack of what the caller may see and records that it did; the
// pack must not be given to anybody when it fails.
func Export(ctx context.Context, service *workflow.Service, actor workflow.Actor, campaign, period string, asOf workflow.AsOf) (*Pack, error) {
	m, err := service.Meeting(ctx, actor, campaign, period, asOf, listed)
	if err != nil {
		return nil, err
	}
	p, err := Build(m, service.Definition())
	if err != nil {
		return nil, fmt.Errorf("making the meeting pack of %s %s: %w", campaign, period, err)
	}
	return p, service.RecordPack(ctx, actor, workflow.ExportedPack{Campaign: campaign, Period: period, AsOf: asOf.String(), Tasks: p.Tasks, SHA256: p.SHA256})
}

// listed are the tasks in the lag table, in its order.
func listed(d workflow.LagData) []string {
	var ids []string
	for _, r := range lagtable.Build(d).Rows {
		ids = append(ids, r.TaskID)
	}
	return ids
}

// Build makes the pack of a meeting whose tasks are those that the lag table lists.
func Build(m workflow.Meeting, def *workflow.Definition) (*Pack, error) {
	// What is known up to the end of a day belongs to that day.
	p := &Pack{at: m.At.Add(-time.Microsecond).Truncate(time.Second).In(calendar.Zone), Tasks: len(m.Tasks), Gaps: m.Lag.Gaps,
		Name: "meeting-pack-" + m.Lag.Campaign.Code + "-" + m.Lag.Period.Code + ".zip"}
	if err := newPages(m, def).write(p); err != nil {
		return nil, err
	}
	slices.SortFunc(p.entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	sum := sha256.New()
	var err error
	if p.Size, err = p.WriteTo(sum); err != nil {
		return nil, err
	}
	p.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return p, nil
}

// WriteTo writes the ZIP file.
func (p *Pack) WriteTo(w io.Writer) (int64, error) {
	count := &counter{w: w}
	z := zip.NewWriter(count)
	for _, e := range p.entries {
		// The zone of the moment decides what hour people see.
		f, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: p.at})
		if err != nil {
			return count.n, fmt.Errorf("writing %s: %w", e.name, err)
		}
		if _, err := f.Write(e.data); err != nil {
			return count.n, fmt.Errorf("writing %s: %w", e.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return count.n, fmt.Errorf("writing the directory of the pack: %w", err)
	}
	return count.n, nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
