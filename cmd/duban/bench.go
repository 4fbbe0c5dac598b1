package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"duban/cmd/bench"
	"duban/workflow"
	"duban/workflow/gormstore"
)

func (p *program) bench() *cobra.Command {
	var clients []int
	var seconds float64
	var rounds int
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "测量每一步的代价（需要空数据库）/ measure what a step costs, on an empty database",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.onEmpty(cmd.Context(), func(o bench.Options) error {
				o.Clients, o.Slice, o.Rounds = clients, time.Duration(seconds*float64(time.Second)), rounds
				return bench.Run(cmd.Context(), o)
			})
		},
	}
	cmd.Flags().IntSliceVar(&clients, "clients", []int{1, 8, 32}, "同时的客户端数 / clients at once")
	cmd.Flags().Float64Var(&seconds, "seconds", 3, "每段秒数 / seconds of a slice")
	cmd.Flags().IntVar(&rounds, "rounds", 3, "产品与上限交替的轮数 / slices of product and ceiling in turn")
	cmd.AddCommand(p.benchClients(), p.benchGrowth(), p.benchVerify())
	return cmd
}

// onEmpty migrates an empty database and measures on it.
func (p *program) onEmpty(ctx context.Context, measure func(bench.Options) error) (err error) {
	c, err := p.prepared()
	if err != nil {
		return err
	}
	if _, err := gormstore.Migrate(ctx, databaseOf(c)); err != nil {
		return err
	}
	collectLess()
	h, err := newHouse(ctx, c)
	if err != nil {
		return err
	}
	defer h.close(&err)
	o, err := p.benchOptions(h)
	if err != nil {
		return err
	}
	return measure(o)
}

// benchOptions are those of every measurement that plays lives.
func (p *program) benchOptions(h *house) (bench.Options, error) {
	self, err := os.Executable()
	if err != nil {
		return bench.Options{}, fmt.Errorf("finding this program: %w", err)
	}
	return bench.Options{
		Service: h.service, Store: databaseOf(h.config), Operator: operator(), Out: p.stdout,
		Child: func(args ...string) []string { return append([]string{self, "bench", "clients"}, args...) },
	}, nil
}

// benchClients is the load process of bench.
func (p *program) benchClients() *cobra.Command {
	var l bench.Load
	var tokens string
	var seconds float64
	cmd := &cobra.Command{
		Use: "clients", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := json.Unmarshal([]byte(tokens), &l.Tokens); err != nil {
				return fmt.Errorf("--tokens: %w", err)
			}
			l.Slice = time.Duration(seconds * float64(time.Second))
			return bench.Clients(cmd.Context(), l, p.stdout)
		},
	}
	cmd.Flags().StringVar(&l.Base, "base", "", "")
	cmd.Flags().StringVar(&tokens, "tokens", "{}", "")
	cmd.Flags().IntVar(&l.Clients, "clients", 1, "")
	cmd.Flags().Float64Var(&seconds, "seconds", 1, "")
	cmd.Flags().IntVar(&l.Run, "run", 0, "")
	return cmd
}

func (p *program) benchGrowth() *cobra.Command {
	o := bench.Growth{Operator: operator(), Out: p.stdout}
	cmd := &cobra.Command{
		Use:   "growth",
		Short: "比较任务数不同时的代价（自建数据库，用后删除）/ compare costs at several numbers of tasks, in databases made for it",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.prepared()
			if err != nil {
				return err
			}
			o.Store = databaseOf(c)
			o.Open = func(ctx context.Context, at gormstore.Config) (*workflow.Service, func() error, error) {
				of := c
				of.Database.Path, of.Database.DSN = at.Path, at.DSN
				h, err := newHouse(ctx, of)
				if err != nil {
					return nil, nil, err
				}
				return h.service, h.store.Close, nil
			}
			return o.Run(cmd.Context())
		},
	}
	cmd.Flags().IntSliceVar(&o.Tasks, "tasks", []int{10_000, 1_000_000}, "任务数，须为 100 的倍数 / numbers of tasks, multiples of 100")
	cmd.Flags().IntVar(&o.Samples, "samples", 300, "每段请求数 / requests of a slice")
	cmd.Flags().IntVar(&o.Rounds, "rounds", 9, "每项的段数 / slices of each operation")
	return cmd
}

func (p *program) benchVerify() *cobra.Command {
	var events, again int
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "测量核验审计留痕的速度（需要空数据库）/ measure how fast the audit trail is verified, on an empty database",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.onEmpty(cmd.Context(), func(o bench.Options) error {
				o.Slice = 5 * time.Second
				return bench.Verification{Options: o, Events: events, Again: again}.Run(cmd.Context())
			})
		},
	}
	cmd.Flags().IntVar(&events, "events", 200_000, "审计事件至少条数 / events that the trail has at least")
	cmd.Flags().IntVar(&again, "again", 3, "核验次数 / how often it is verified")
	return cmd
}
