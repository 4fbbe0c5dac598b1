package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"duban/configs"
	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/calendar"
)

// wallClock is a moment by the clock of the office.
func wallClock(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04:05 -07:00") }

// showProved prints what a bundle proves, and what it does not.
func (c *checker) showProved(b audit.Checked) {
	say := func(zh, en string, args ...any) { fmt.Fprintf(c.stdout, c.text(zh, en)+"\n", args...) }
	say("证明有效：%s 中的 %d 条事件与已签名的日志逐字节一致", "Proved: the %[2]d events of %[1]s are byte for byte those of the signed log", c.file, len(b.Events))
	kind := c.text("任务", "Task")
	if b.Subject != workflow.SubjectTask {
		kind = b.Subject
	}
	say("%s：%s", "%s: %s", kind, strings.TrimSpace(b.SubjectID+"  "+nameOf(b.Events)))
	lines := tabwriter.NewWriter(c.stdout, 0, 4, 2, ' ', 0)
	for _, e := range b.Events {
		fmt.Fprintf(lines, "  #%d\t%s\t%s\t%s\n", e.Index, wallClock(e.Event.At), e.Event.ActorID, c.what(e.Event))
	}
	_ = lines.Flush() // like every other print to the terminal
	c.showLog()
	if b.Version > 0 {
		say("已证明：签名时日志中有以上事件；第 1 版至第 %d 版的变更无一遗漏、未经改动", "Proved: these events were in the log when it was signed, and of versions 1 to %d no change is left out or altered", b.Version)
	}
	say("未证明：其后有无别的变更；被拒绝的尝试是否齐全；所填内容是否属实；编号对应何人；公钥是否确属本单位（请与另行保存的公钥核对）",
		"Not proved: that no later change was made; that every refused attempt is here; that what people wrote is true; whose ids these are; that the key is the office's own (compare it with a copy kept elsewhere)")
}

// showLog prints what was signed.
func (c *checker) showLog() {
	fmt.Fprintf(c.stdout, c.text("日志：%s，%d 条记录，检查点 %s，签名时间 %s\n", "Log: %s, %d records, checkpoint %s, signed %s\n"),
		c.signed.Origin, c.signed.Size, c.signed.Short(), wallClock(c.signed.Time))
}

// what is one event in words.
func (c *checker) what(e audit.Event) string {
	name := e.Name
	// Labels are those of the built-in definition: what was signed is the name.
	if def, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow); err == nil {
		if d, ok := def.Event(workflow.EventName(e.Name)); ok {
			name = d.Label.In(c.lang) + " " + e.Name
		}
	}
	if e.Outcome == audit.Refused {
		return fmt.Sprintf(c.text("%s（被拒绝）", "%s (refused)"), name)
	}
	return fmt.Sprintf(c.text("%s\t第 %d 版\t%s", "%s\tversion %d\t%s"), name, e.Version, strings.TrimPrefix(e.From+" → "+e.To, " → "))
}

// nameOf is the code and subject of a task, as the event says that assigned it.
func nameOf(events []audit.Logged) string {
	for _, e := range events {
		var left struct {
			Task struct {
				Code    string `json:"code"`
				Subject string `json:"subject"`
			} `json:"task"`
		}
		// Where After has another shape it names no task.
		if err := json.Unmarshal(e.Event.After, &left); err == nil && left.Task.Code != "" {
			return left.Task.Code + "  " + printable(left.Task.Subject)
		}
	}
	return ""
}

// printable is a text on one line without what would steer a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.Join(strings.Fields(text), " "))
}
