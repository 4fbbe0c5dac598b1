package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"text/tabwriter"
	"time"
)

// Verification says over how large a trail `duban audit verify` is measured.
type Verification struct {
	Options
	Events int // that the trail has at least
	Again  int // how often it is verified
}

// clientsOfTrail is how many clients make the trail.
const clientsOfTrail = 32

// Run makes a trail by whole task lives over HTTP, verifies it end to end and
// prints what that costs.
func (o Verification) Run(ctx context.Context) error {
	site, err := open(ctx, o.Options)
	if err != nil {
		return err
	}
	for made := 0; made < o.Events; {
		f, err := site.measure(ctx, clientsOfTrail, o.Slice)
		if err != nil {
			return errors.Join(err, site.close())
		}
		made += f.Steps
	}
	if err := site.close(); err != nil {
		return err
	}
	if _, err := o.Service.Sequence(ctx); err != nil {
		return err
	}
	out := tabwriter.NewWriter(o.Out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "events\tsubjects\tseconds\tevents/s\tserver CPU us an event\tdatabase CPU us an event\tevents/s of a core\tMB of memory\t")
	for range o.Again {
		before, began := site.meter.read(), time.Now()
		report, err := o.Service.VerifyTrail(ctx, nil)
		if err != nil {
			return err
		}
		if !report.Clean() {
			return fmt.Errorf("a trail that nobody touched is found wrong: %+v", report.Findings)
		}
		took, spent := time.Since(began), site.meter.read().minus(before)
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		events := float64(report.Size + report.Pending)
		micros := func(d time.Duration) float64 { return float64(d) / events / float64(time.Microsecond) }
		fmt.Fprintf(out, "%.0f\t%d\t%.2f\t%.0f\t%.2f\t%.2f\t%.0f\t%d\t\n", events, report.Subjects, took.Seconds(), events/took.Seconds(),
			micros(spent.server), micros(spent.database), 1e6/(micros(spent.server)+micros(spent.database)), memory.Sys>>20)
	}
	return out.Flush()
}
