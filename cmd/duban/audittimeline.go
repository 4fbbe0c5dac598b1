package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"duban/workflow"
)

func (p *program) auditTimeline() *cobra.Command {
	return &cobra.Command{
		Use:     "timeline TASK-ID|CAMPAIGN/CODE",
		Short:   "任务的经过，含变更前后 / what happened to a task, before and after",
		Example: "  duban audit timeline jm-2023/440703-01",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				line, err := h.service.Timeline(cmd.Context(), operator(), args[0])
				if err != nil {
					return err
				}
				return p.printTimeline(line)
			})
		},
	}
}

func (p *program) printTimeline(line workflow.Timeline) error {
	out := &strings.Builder{}
	fmt.Fprintf(out, "%s/%s %s\n", line.Task.Campaign, line.Task.Code, oneLine(line.Task.Subject))
	for _, e := range line.Entries {
		fmt.Fprintf(out, "%s  %s  %s", workflow.ShownMoment(e.Event.At), e.Label.In(p.lang), oneLine(e.Person))
		if e.Event.Reason != "" {
			fmt.Fprintf(out, "  %s", oneLine(e.Event.Reason))
		}
		fmt.Fprintln(out)
		for _, c := range e.Changes {
			fmt.Fprintf(out, "    %s: %s → %s\n", oneLine(c.Label.In(p.lang)), p.shown(c.Before), p.shown(c.After))
		}
	}
	_, err := io.WriteString(p.stdout, out.String())
	return err
}

func (p *program) shown(s workflow.Shown) string {
	if s.Value == "" {
		return "—"
	}
	return oneLine(s.Text.In(p.lang))
}
