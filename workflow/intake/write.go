package intake

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/wording"
)

// toSettle stands where a value is missing. No value may be it, so that a file with
// it is refused.
const toSettle = "待定"

// YAML writes the proposal as a campaign file. What a person has to settle stands
// under `unread` where it belongs; a file that has any is refused by ReadCampaign.
func (p *Proposal) YAML() []byte {
	w := &yamlWriter{}
	c := p.Counts()
	w.comment("", "由 "+p.Source+" 读出，供核对：%d 行，%d 项指标，%d 个目标或期限，%d 处待定。", c.Rows, c.Measures, c.Targets, c.Marks)
	w.comment("", "Read from "+p.Source+", to be checked: %d rows, %d measures, %d targets or dates, %d places to settle.", c.Rows, c.Measures, c.Targets, c.Marks)
	w.comment("", "“unread”下是没有读懂或表中没有的内容：补好后删去该条，全部删完才能导入。")
	w.comment("", "What stands under unread was not understood or is not in the table: settle it, delete the entry; then the file can be imported.")
	w.head(p)
	w.line("")
	w.line("tasks:")
	for _, t := range p.Tasks {
		w.task(t)
	}
	return []byte(w.b.String())
}

type yamlWriter struct{ b strings.Builder }

func (w *yamlWriter) line(format string, args ...any) {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	w.b.WriteString(format + "\n")
}

// comment writes text as comment lines. format is not a format when args is empty.
func (w *yamlWriter) comment(indent, format string, args ...any) {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	for line := range strings.Lines(format) {
		w.line("%s# %s", indent, strings.TrimRight(visible(line), " \n"))
	}
}

// visible drops what may not stand in a YAML file.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}

func (w *yamlWriter) head(p *Proposal) {
	f := p.Frame
	w.unread("", p.Marks)
	w.line("campaign:")
	w.line("  code: %s", orSettle(f.Code))
	w.line("  title: %s", orSettle(f.Title))
	w.line("  starts: %s", dayOrSettle(f.Starts))
	w.line("periods:")
	for _, q := range f.Periods {
		w.line("  - {code: %s, label: %s, cutoff: %s, report_by: %s}", quote(q.Code), quote(q.Label), q.Cutoff, q.ReportBy)
	}
	if len(f.Periods) == 0 {
		w.line("  - {code: %s, label: %s, cutoff: %s, report_by: %s}", toSettle, orSettle(p.Table.Period), toSettle, toSettle)
	}
	w.line("regions:")
	for _, r := range f.Regions {
		w.line("  - {code: %s, name: %s}", quote(r.Code), quote(r.Name))
	}
	for _, name := range p.unknownRegions() {
		w.line("  - {code: %s, name: %s}", toSettle, quote(name))
	}
	for _, note := range append(p.Table.Notes, p.Table.Left...) {
		w.comment("", "表中另有："+note)
	}
}

// unknownRegions are the printed names without a code, each once.
func (p *Proposal) unknownRegions() []string {
	var names []string
	seen := map[string]bool{}
	for _, t := range p.Tasks {
		if t.Region == "" && !seen[t.Row.Region] {
			seen[t.Row.Region] = true
			names = append(names, t.Row.Region)
		}
	}
	return names
}

func (w *yamlWriter) task(t Proposed) {
	w.line("")
	verdict := t.Row.Verdict
	if verdict != "" {
		verdict = "，" + verdict
	}
	w.comment("  ", "第 %d 行：%s%s", t.Row.N, strings.ReplaceAll(t.Row.Region, "\n", ""), verdict)
	for _, line := range t.Row.Told {
		w.comment("  ", "进展："+line)
	}
	w.line("  - code: %s", quote(t.Code))
	w.unread("    ", t.Marks)
	w.line("    region: %s", orSettle(t.Region))
	if t.Row.Key {
		w.line("    key: true")
	}
	subject, requirement := t.Texts()
	w.block("subject", subject)
	w.block("requirement", requirement)
	w.line("    measures:")
	for _, m := range t.Measures {
		w.measure(m)
	}
	if len(t.Measures) == 0 {
		w.line("      []")
	}
}

// block writes lines of text, as they are where YAML allows it.
func (w *yamlWriter) block(key string, lines []string) {
	text := strings.Join(lines, "\n")
	if text == "" {
		w.line("    %s: %s", key, toSettle)
		return
	}
	for _, line := range lines {
		if visible(line) != line || strings.TrimSpace(line) != line {
			w.line("    %s: %s", key, quote(text))
			return
		}
	}
	w.line("    %s: |-", key)
	for _, line := range lines {
		w.line("%s", "      "+line)
	}
}

func (w *yamlWriter) measure(m wording.Measure) {
	for _, note := range m.Assumed {
		w.comment("      ", note.ZH+" / "+note.EN)
	}
	parts := []string{"code: " + m.Code, "kind: " + string(m.Kind), "name: " + quote(m.Name)}
	add := func(key, value string) { parts = append(parts, key+": "+value) }
	if m.Station != "" {
		add("station", quote(m.Station))
	}
	if m.Unit != "" {
		add("unit", quote(m.Unit))
	}
	if m.Of != nil {
		add("of", fmt.Sprintf("{count: %d, unit: %s}", m.Of.Count, quote(m.Of.Unit)))
	}
	switch m.Kind {
	case assess.Cumulative:
		var targets []string
		for _, t := range m.Targets {
			targets = append(targets, fmt.Sprintf("{due: %s, value: %q}", dayOrSettle(t.Due), assess.Exact(t.Value)))
		}
		add("targets", "["+strings.Join(targets, ", ")+"]")
	case assess.Stages:
		var stages []string
		for _, s := range m.Stages {
			stages = append(stages, fmt.Sprintf("{code: %s, name: %s, due: %s}", s.Code, quote(s.Name), dayOrSettle(s.Due)))
		}
		add("stages", "["+strings.Join(stages, ", ")+"]")
	case assess.Ceiling:
		add("decimals", fmt.Sprint(m.Decimals))
		target := toSettle
		if m.Target != nil {
			target = quote(assess.Exact(*m.Target))
		}
		add("target", target)
		if m.Fallback != nil {
			add("fallback", quote(assess.Exact(*m.Fallback)))
		}
	case assess.Qualitative:
	}
	w.line("      - {%s}", strings.Join(parts, ", "))
}

func (w *yamlWriter) unread(indent string, marks []wording.Mark) {
	if len(marks) == 0 {
		return
	}
	w.line("%sunread:", indent)
	for _, m := range marks {
		w.line("%s  - {what: %s, text: %s, why: %s}", indent, m.Code, quote(m.Text), quote(m.ZH+" / "+m.EN))
	}
}

func orSettle(text string) string {
	if text == "" {
		return toSettle
	}
	return quote(text)
}

func dayOrSettle(d calendar.Date) string {
	if d.IsZero() {
		return toSettle
	}
	return d.String()
}

// quote writes a text as a YAML scalar in double quotes, which JSON's strings are.
func quote(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(visible(text)); err != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
