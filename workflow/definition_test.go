package workflow_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"duban/configs"
	"duban/workflow"
)

func definition(t *testing.T) *workflow.Definition {
	t.Helper()
	d, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestBrokenDefinitionIsRefused: each mistake in a definition is refused with the
// line on which it stands.
func TestBrokenDefinitionIsRefused(t *testing.T) {
	lineOf := func(text, part string) string {
		for i, line := range strings.Split(text, "\n") {
			if strings.Contains(line, part) {
				return "workflow.yaml:" + strconv.Itoa(i+1) + ":"
			}
		}
		t.Fatalf("nothing contains %q", part)
		return ""
	}
	for name, c := range map[string]struct{ old, new, at, rule string }{
		"unknown state":           {"to: reviewed, by: [reviewer]", "to: reviewd, by: [reviewer]", "reviewd", "unknown"},
		"unknown role":            {"from: assigned, to: reported, by: [reporter, operator]", "from: assigned, to: reported, by: [reporterr]", "reporterr", "unknown"},
		"unknown guard":           {"guards: [author, no_open_flag]", "guards: [autor, no_open_flag]", "autor", "unknown"},
		"unknown event":           {"event: approve, from", "event: aprove, from", "aprove", "unknown"},
		"unknown input":           {"en: Cancel, needs: [reason]", "en: Cancel, needs: [raeson]", "raeson", "unknown"},
		"nobody may do it":        {"{event: cancel, from: rectified, to: cancelled, by: [supervisor]}", "{event: cancel, from: rectified, to: cancelled, by: []}", "by: []", "nobody"},
		"unreachable state":       {"rectified: {zh: 已整改, en: Rectified}", "rectified: {zh: 已整改, en: Rectified}\n  lost: {zh: 丢失, en: Lost, terminal: true}", "lost:", "unreachable"},
		"no way out":              {"rectified: {zh: 已整改, en: Rectified}", "rectified: {zh: 已整改, en: Rectified}\n  trap: {zh: 陷阱, en: Trap}", "trap:", "no_way_out"},
		"two initial states":      {"reported: {zh: 已上报, en: Reported}", "reported: {zh: 已上报, en: Reported, initial: true}", "assigned: {zh", "initial"},
		"leaving a terminal one":  {"from: rectified, to: closed", "from: closed, to: closed", "from: closed", "terminal"},
		"a label in one language": {"approve: {zh: 审核通过, en: Approve}", "approve: {zh: 审核通过}", "approve: {zh", "required"},
		"unknown key":             {"version: 1", "version: 1\nversoin: 2", "versoin", "unknown_key"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(string(configs.Workflow), c.old, c.new, 1)
			if text == string(configs.Workflow) {
				t.Fatalf("the definition no longer has %q", c.old)
			}
			_, err := workflow.ReadDefinition("workflow.yaml", []byte(text))
			e := workflow.AsError(err)
			if err == nil || e.Kind != workflow.Invalid {
				t.Fatalf("got %v", err)
			}
			want := lineOf(text, c.at)
			for _, f := range e.Fields {
				if f.Rule == c.rule && strings.HasPrefix(f.Field, want) {
					return
				}
			}
			t.Errorf("no %s at %s in %v", c.rule, want, err)
		})
	}
}

// TestEventWithoutTransitionIsRefused: an event that nobody may do is named.
func TestEventWithoutTransitionIsRefused(t *testing.T) {
	var kept []string
	for _, line := range strings.Split(string(configs.Workflow), "\n") {
		if !strings.Contains(line, "event: withdraw") {
			kept = append(kept, line)
		}
	}
	_, err := workflow.ReadDefinition("workflow.yaml", []byte(strings.Join(kept, "\n")))
	if err == nil || !strings.Contains(err.Error(), "nobody may do event withdraw") {
		t.Errorf("got %v", err)
	}
}

// TestDiagramsInReadmesAreCurrent: the drawings in the READMEs are what the
// definition gives.
func TestDiagramsInReadmesAreCurrent(t *testing.T) {
	d := definition(t)
	for file, lang := range map[string]workflow.Lang{"../README.md": workflow.EN, "../README.zh-CN.md": workflow.ZH} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "```mermaid\n"+d.Mermaid(lang)+"```") {
			t.Errorf("%s: put this in a mermaid block:\n%s", file, d.Mermaid(lang))
		}
	}
}
