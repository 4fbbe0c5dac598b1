// Package bench measures what a step of a task costs: whole task lives over HTTP
// with sign-in, policy and audit, interleaved in the same run with the least SQL
// that such a step needs, straight on the driver. Figures are ratios of one run:
// machines are noisy.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"duban/workflow"
	"duban/workflow/gormstore"
)

// Options says what is measured.
type Options struct {
	Service  *workflow.Service
	Store    gormstore.Config // of the same database; it should hold nothing else
	Operator workflow.Actor
	Clients  []int         // numbers of clients, each measured by itself
	Slice    time.Duration // of one measurement
	Rounds   int           // slices of product and ceiling, in turn
	// Child returns the command line of a process that runs Clients below: the
	// load must not share the server's process.
	Child func(args ...string) []string
	Out   io.Writer
}

// Figures are what one kind of load cost.
type Figures struct {
	Steps    int
	Seconds  float64
	P50, P99 time.Duration
	Server   time.Duration // processor time of the server's process
	Database time.Duration // of the database's process; 0 when it has none of its own
	Mallocs  uint64        // of the server's process
}

func (f *Figures) add(g Figures) {
	// Percentiles of slices are combined by the worst: never better than they are.
	f.Steps, f.Seconds = f.Steps+g.Steps, f.Seconds+g.Seconds
	f.P50, f.P99 = max(f.P50, g.P50), max(f.P99, g.P99)
	f.Server, f.Database, f.Mallocs = f.Server+g.Server, f.Database+g.Database, f.Mallocs+g.Mallocs
}

func (f *Figures) spent(r reading) {
	f.Server, f.Database, f.Mallocs = r.server, r.database, r.mallocs
}

func (f Figures) rate() float64 { return float64(f.Steps) / f.Seconds }

func perStep(d time.Duration, steps int) string {
	return fmt.Sprintf("%.3f", float64(d)/float64(time.Millisecond)/float64(max(1, steps)))
}

// Run measures and prints a table.
func Run(ctx context.Context, o Options) (err error) {
	site, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, site.close()) }()
	floor, err := openCeiling(ctx, o.Store, site.tasks)
	if err != nil {
		return err
	}
	defer floor.close()
	out := tabwriter.NewWriter(o.Out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "clients\tkind\tsteps/s\tratio\tp50 ms\tp99 ms\tserver CPU ms\tdatabase CPU ms\tallocations\t")
	for _, clients := range o.Clients {
		var product, ceiling Figures
		for range o.Rounds {
			before := site.meter.read()
			c, err := floor.measure(ctx, clients, o.Slice)
			if err != nil {
				return fmt.Errorf("ceiling with %d clients: %w", clients, err)
			}
			c.spent(site.meter.read().minus(before))
			ceiling.add(c)
			p, err := site.measure(ctx, clients, o.Slice)
			if err != nil {
				return fmt.Errorf("product with %d clients: %w", clients, err)
			}
			product.add(p)
		}
		row(out, clients, "ceiling", ceiling, 1)
		row(out, clients, "product", product, product.rate()/ceiling.rate())
	}
	return out.Flush()
}

func row(out io.Writer, clients int, kind string, f Figures, ratio float64) {
	fmt.Fprintf(out, "%d\t%s\t%.0f\t%.2f\t%s\t%s\t%s\t%s\t%d\t\n", clients, kind, f.rate(), ratio,
		perStep(f.P50, 1), perStep(f.P99, 1), perStep(f.Server, f.Steps), perStep(f.Database, f.Steps), f.Mallocs/uint64(max(1, f.Steps)))
}
