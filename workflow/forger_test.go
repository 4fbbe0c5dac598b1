package workflow_test

import (
	"bytes"
	"fmt"

	"duban/workflow/audit"
)

// The rows of the log that an attacker who understands it changes together.
var logTables = []string{"audit_events", "audit_log", "audit_hashes", "audit_checkpoints"}

// cut takes the last records off the log, with everything that tells of them.
func (c *crime) cut(records int) tampering {
	size := c.h.verify().Size
	first := size - int64(records)
	return tampering{
		name: fmt.Sprintf("the last %d records cut off", records),
		do: func() {
			c.exec("DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_log WHERE log_index >= ?)", first)
			c.exec("DELETE FROM audit_log WHERE log_index >= ?", first)
			c.exec("DELETE FROM audit_hashes WHERE position >= ?", audit.Positions(first))
			c.exec("DELETE FROM audit_checkpoints WHERE size > ?", first)
		},
		where: []place{{table: "audit_log", key: fmt.Sprintf("log_index=%d", first)}}, tables: logTables,
	}
}

// restore puts everything back to an older state, as a backup would.
func (c *crime) restore() tampering {
	var all []string
	for _, table := range c.tables {
		all = append(all, table.name)
	}
	first := len(c.rows("SELECT 1 FROM " + older + "audit_log"))
	return tampering{
		name: "an old backup put in place", do: func() { c.back(older, all...) },
		where: []place{{table: "audit_log", key: fmt.Sprintf("log_index=%d", first)}}, tables: all,
	}
}

// forgery is how thorough somebody is who rewrites what a district reported and
// computes the whole tree again.
type forgery struct {
	rows     bool // the reports say the same
	resigned bool // every checkpoint in the database is made again, with the stolen key
}

func (c *crime) forge(how forgery) tampering {
	leaves := c.rows("SELECT l.event_id, e.canonical FROM audit_log l JOIN audit_events e ON e.id = l.event_id ORDER BY l.log_index")
	was, is := []byte(`"narrative":"进展。"`), []byte(`"narrative":"已全部完成。"`)
	var tasks []string
	for _, leaf := range leaves {
		if e, err := audit.Parse(leaf[1].([]byte)); err == nil && bytes.Contains(e.After, was) {
			tasks = append(tasks, e.SubjectID)
		}
	}
	task := tasks[c.random.IntN(len(tasks))]
	first := -1
	records := make([][]byte, len(leaves))
	for i, leaf := range leaves {
		records[i] = leaf[1].([]byte)
		e, err := audit.Parse(records[i])
		if err != nil {
			c.t.Fatal(err)
		}
		if e.SubjectID != task || !bytes.Contains(e.After, was) {
			continue
		}
		e.After = bytes.ReplaceAll(e.After, was, is)
		if err := e.Seal(); err != nil {
			c.t.Fatal(err)
		}
		if records[i] = e.Canonical(); first < 0 {
			first = i
		}
	}
	return tampering{
		name: fmt.Sprintf("forged %+v: what was reported of task %s", how, task),
		do: func() {
			for i, leaf := range leaves {
				c.exec("UPDATE audit_events SET canonical = ? WHERE id = ?", records[i], text(leaf[0]))
			}
			c.regrow(records, how.resigned)
			if how.rows {
				c.exec("UPDATE reports SET narrative = '已全部完成。' WHERE narrative = '进展。' AND task_id = ?", task)
			}
		},
		where: []place{{table: "audit_log", key: fmt.Sprintf("log_index=%d", first)}}, tables: append([]string{"reports"}, logTables...),
	}
}

// regrow computes every stored hash again, and signs every checkpoint.
func (c *crime) regrow(records [][]byte, resigned bool) {
	tree := audit.NewTree(0, nil)
	hashes, err := tree.Append(records)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, h := range hashes {
		c.exec("UPDATE audit_hashes SET hash = ? WHERE position = ?", h.Hash[:], h.Position)
	}
	if !resigned {
		return
	}
	for _, row := range c.rows("SELECT size, note FROM audit_checkpoints") {
		says, err := audit.Open(row[1].([]byte), c.h.key.Public)
		if err != nil {
			c.t.Fatal(err)
		}
		if says.Root, err = tree.Root(says.Size); err != nil {
			c.t.Fatal(err)
		}
		note, err := audit.Sign(c.h.key.Private, says)
		if err != nil {
			c.t.Fatal(err)
		}
		c.exec("UPDATE audit_checkpoints SET note = ? WHERE size = ?", note, row[0])
	}
}
