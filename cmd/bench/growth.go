package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"duban/workflow"
	"duban/workflow/gormstore"
)

// Growth says at what sizes the product is measured, to see what it costs that
// there is more.
type Growth struct {
	Store    gormstore.Config // each size gets a database of its own beside it, which is removed in the end
	Operator workflow.Actor
	// Open starts the product on a migrated database.
	Open    func(context.Context, gormstore.Config) (*workflow.Service, func() error, error)
	Tasks   []int // sizes, each a multiple of 100; the first is what others are compared with
	Samples int   // requests of a slice
	Rounds  int   // slices of each operation and size
	Out     io.Writer
}

// mostTimes is how many times as long a request may take at a larger size.
const mostTimes = 1.3

// Run generates the sites, measures and prints a table. The sizes take turns
// request by request, so that a noisy machine is noisy for all of them.
func (o Growth) Run(ctx context.Context) (err error) {
	var sites []*grown
	defer func() {
		for _, g := range sites {
			err = errors.Join(err, g.close())
		}
	}()
	for _, tasks := range o.Tasks {
		if tasks < 2*tasksOfCampaign || tasks%tasksOfCampaign != 0 {
			return fmt.Errorf("%d tasks: a generated site has a multiple of %d, and at least two campaigns", tasks, tasksOfCampaign)
		}
		g, err := grow(ctx, o, tasks)
		if err != nil {
			return err
		}
		sites = append(sites, g)
		size, err := g.size(ctx)
		if err != nil {
			return fmt.Errorf("measuring the database: %w", err)
		}
		fmt.Fprintf(o.Out, "%d tasks with %d events: %.1f GB, generated in %s\n", tasks, tasks*eventsOfTask, float64(size)/1e9, g.took.Round(time.Second))
	}
	out := tabwriter.NewWriter(o.Out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "operation\ttasks\tp50 ms\tp99 ms\tratio of p99\t\t")
	for _, op := range operations {
		slices, err := o.measure(ctx, op, sites)
		if err != nil {
			return fmt.Errorf("%s: %w", op.name, err)
		}
		for i, g := range sites {
			o.row(out, op.name, g.tasks, slices[i], slices[0])
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.Out, "One client. p50 and p99 are medians of those of %d slices of %d requests; the sizes took turns request by request.\n"+
		"Steps, and lag tables unless it says otherwise, in the newest %d campaigns of 100 tasks.\n", o.Rounds, o.Samples, atWork)
	return err
}

// measure returns the slices of each site, after one that does not count.
func (o Growth) measure(ctx context.Context, op operation, sites []*grown) ([][]Figures, error) {
	measured := make([][]Figures, len(sites))
	for round := range o.Rounds + 1 {
		times := make([][]time.Duration, len(sites))
		for range o.Samples {
			for i, g := range sites {
				took, err := op.once(g, ctx)
				if err != nil {
					return nil, fmt.Errorf("at %d tasks: %w", g.tasks, err)
				}
				times[i] = append(times[i], took)
			}
		}
		if round == 0 {
			continue
		}
		for i := range sites {
			measured[i] = append(measured[i], figures(times[i], 0))
		}
	}
	return measured, nil
}

func (o Growth) row(out io.Writer, name string, tasks int, of, first []Figures) {
	p50 := func(f Figures) time.Duration { return f.P50 }
	p99 := func(f Figures) time.Duration { return f.P99 }
	times := float64(median(of, p99)) / float64(median(first, p99))
	verdict := "ok"
	if times > mostTimes {
		verdict = "over"
	}
	fmt.Fprintf(out, "%s\t%d\t%s\t%s\t%.2f\t%s\t\n", name, tasks, perStep(median(of, p50), 1), perStep(median(of, p99), 1), times, verdict)
}

func median(list []Figures, of func(Figures) time.Duration) time.Duration {
	sorted := slices.SortedFunc(slices.Values(list), func(a, b Figures) int { return int(of(a) - of(b)) })
	return of(sorted[len(sorted)/2])
}
