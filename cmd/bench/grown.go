package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"duban/cmd/workload"
	"duban/workflow"
	"duban/workflow/gormstore"
)

// grown is the product on a generated database of its own: a server in this
// process, and people on one connection to it.
type grown struct {
	tasks   int // generated
	store   gormstore.Config
	took    time.Duration // by the copying
	service *workflow.Service
	base    string
	wire    *http.Client
	tokens  map[string]string // by role; a reporter's by district
	closers []func() error

	random     *rand.Rand
	made       int           // tasks made while measuring
	waiting    []waitingTask // generated tasks of the campaigns at work that nobody reported on yet
	life, past walk
}

// grow makes a database with the given number of tasks: the product makes one
// campaign, which is copied until there are enough.
func grow(ctx context.Context, o Growth, tasks int) (g *grown, err error) {
	g = &grown{tasks: tasks, tokens: map[string]string{}, wire: &http.Client{}, random: rand.New(rand.NewPCG(uint64(tasks), 0))}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("growing to %d tasks: %w", tasks, err), g.close())
		}
	}()
	if err := g.place(ctx, o.Store); err != nil {
		return g, err
	}
	if _, err := gormstore.Migrate(ctx, g.store); err != nil {
		return g, err
	}
	stop, err := g.open(ctx, o)
	if err != nil {
		return g, err
	}
	if err := errors.Join(g.begin(ctx, o.Operator), stop()); err != nil {
		return g, err
	}
	if err := g.multiply(ctx); err != nil {
		return g, err
	}
	if stop, err = g.open(ctx, o); err != nil {
		return g, err
	}
	g.closers = append(g.closers, stop)
	return g, g.findWaiting(ctx)
}

// open starts the product on the database; stop ends it.
func (g *grown) open(ctx context.Context, o Growth) (stop func() error, err error) {
	service, closeStore, err := o.Open(ctx, g.store)
	if err != nil {
		return nil, err
	}
	base, stopServing, err := serve(service)
	if err != nil {
		return nil, errors.Join(err, closeStore())
	}
	g.service, g.base, g.wire.Transport = service, base, &wire{}
	return func() error { return errors.Join(stopServing(), closeStore()) }, nil
}

// close ends what was started, and removes the database.
func (g *grown) close() error {
	var errs []error
	for _, end := range slices.Backward(g.closers) {
		errs = append(errs, end())
	}
	g.closers = nil
	return errors.Join(errs...)
}

func (g *grown) campaigns() int { return g.tasks / tasksOfCampaign }

func (g *grown) multiply(ctx context.Context) error {
	began := time.Now()
	k, err := newKeeper(ctx, g.store)
	if err != nil {
		return err
	}
	t, err := k.template(ctx)
	if err == nil {
		err = t.multiply(ctx, k, g.campaigns())
	}
	if err == nil {
		err = k.settle(ctx)
	}
	g.took = time.Since(began)
	return errors.Join(err, k.close())
}

// people are those of one district and the city.
func (g *grown) people(district string) workload.People {
	as := func(who string) workload.Client {
		return workload.Client{Base: g.base, Token: g.tokens[who], HTTP: g.wire}
	}
	return workload.People{Region: district, Supervisor: as("supervisor"), Reporter: as(district), Reviewer: as("reviewer")}
}

// begin makes districts, people and campaign 0.
func (g *grown) begin(ctx context.Context, operator workflow.Actor) error {
	call := workflow.Call{Actor: operator}
	grants := map[string]workflow.Grant{"supervisor": {Role: workflow.Supervisor}, "reviewer": {Role: workflow.Reviewer}}
	for _, d := range districts {
		if _, err := g.service.CreateRegion(ctx, call, workflow.Region{Code: d, Name: "区县" + d}); err != nil {
			return fmt.Errorf("making district %s: %w", d, err)
		}
		grants[d] = workflow.Grant{Role: workflow.Reporter, Region: d}
	}
	for name, grant := range grants {
		var err error
		if g.tokens[name], err = account(ctx, g.service, call, name, grant); err != nil {
			return err
		}
	}
	return g.live(ctx)
}
