package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"duban/configs"
	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/gormstore"
	"duban/workflow/intake"
	"duban/workflow/strictyaml"
)

func (p *program) demo() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "载入演示：2023 年上半年真实的进度滞后情况表 / load the demo campaign",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			c, err := p.prepared()
			if err != nil {
				return err
			}
			if _, err := gormstore.Migrate(cmd.Context(), databaseOf(c)); err != nil {
				return err
			}
			h, err := newHouse(cmd.Context(), c)
			if err != nil {
				return err
			}
			defer h.close(&err)
			campaign, accounts, err := demoFiles()
			if err != nil {
				return err
			}
			return p.play(cmd.Context(), h, campaign, accounts)
		},
	}
}

// demoAccount is an account of configs/demo/accounts.yaml.
type demoAccount struct {
	Login  string `yaml:"login,required"`
	Name   string `yaml:"name,required"`
	Role   string `yaml:"role,required"`
	Region string `yaml:"region"`
}

func demoFiles() (*intake.File, []demoAccount, error) {
	data, err := configs.Demo.ReadFile("demo/campaign.yaml")
	if err != nil {
		return nil, nil, err
	}
	campaign, err := intake.ReadCampaign("demo/campaign.yaml", data)
	if err != nil {
		return nil, nil, err
	}
	if data, err = configs.Demo.ReadFile("demo/accounts.yaml"); err != nil {
		return nil, nil, err
	}
	var file struct {
		Accounts []demoAccount `yaml:"accounts,required"`
	}
	doc, ps := strictyaml.Parse(data)
	if ps == nil {
		ps = doc.Decode(&file)
	}
	if ps != nil {
		return nil, nil, workflow.FileError("demo/accounts.yaml", ps)
	}
	return campaign, file.Accounts, nil
}

// The days of the demo, by the wall clock of the office. The demo runs through
// the half-year on a clock of its own, so that "as known on" has a past to look
// at; its events say so by their channel.
var (
	demoAssigned = time.Date(2023, 2, 1, 9, 0, 0, 0, calendar.Zone)
	demoReported = time.Date(2023, 8, 31, 9, 0, 0, 0, calendar.Zone)
	demoReviewed = time.Date(2023, 8, 31, 15, 0, 0, 0, calendar.Zone)
	demoRectify  = calendar.New(2023, 9, 30)
)

// player drives the demo campaign through the verbs as the people who would.
// Every step has a request key of its own, so that playing again, also after a
// break in the middle, gives the first answers and changes nothing.
type player struct {
	program *program
	service *workflow.Service
	now     time.Time
	byRole  map[workflow.Role]workflow.Actor
	byArea  map[string]workflow.Actor // reporters by region
}

// play loads the demo campaign.
func (p *program) play(ctx context.Context, h *house, f *intake.File, accounts []demoAccount) error {
	d := &player{program: p, byRole: map[workflow.Role]workflow.Actor{}, byArea: map[string]workflow.Actor{}}
	d.service = h.at(func() time.Time { d.now = d.now.Add(time.Second); return d.now })
	d.now = demoAssigned
	if err := d.people(ctx, accounts); err != nil {
		return fmt.Errorf("demo accounts: %w", err)
	}
	tasks, err := d.assign(ctx, f.Import)
	if err != nil {
		return fmt.Errorf("demo campaign: %w", err)
	}
	d.now = demoReported
	for _, r := range f.Reports {
		t := tasks[r.Task]
		if _, err := d.service.Report(ctx, d.call(d.byArea[t.Region], "report:"+t.Code), t.ID, r.Input); err != nil {
			return fmt.Errorf("demo report on %s: %w", t.Code, err)
		}
	}
	d.now = demoReviewed
	for _, r := range f.Reports {
		if err := d.review(ctx, tasks[r.Task]); err != nil {
			return fmt.Errorf("demo review of %s: %w", r.Task, err)
		}
	}
	fmt.Fprintf(p.stdout, p.text("演示已载入：%s，%d 项任务，%d 份报告\n", "Demo loaded: %s, %d tasks, %d reports\n"), f.Campaign.Code, len(f.Tasks), len(f.Reports))
	return nil
}

func (d *player) call(a workflow.Actor, step string) workflow.Call {
	a.Channel = "demo"
	return workflow.Call{Actor: a, Request: &workflow.RequestKey{Key: "demo:" + step, Hash: "demo"}}
}

// people makes the accounts that are missing and prints their passwords.
func (d *player) people(ctx context.Context, accounts []demoAccount) error {
	operator := operator()
	users, err := d.service.Users(ctx, operator)
	if err != nil {
		return err
	}
	known := map[string]workflow.User{}
	for _, u := range users {
		known[u.Login] = u
	}
	made := 0
	for _, a := range accounts {
		u, there := known[a.Login]
		if !there {
			password := workflow.NewPassword()
			u, err = d.service.CreateUser(ctx, d.call(operator, "user:"+a.Login), workflow.User{
				Login: a.Login, Name: a.Name, Grants: []workflow.Grant{{Role: workflow.Role(a.Role), Region: a.Region}},
			}, password)
			if err != nil {
				return err
			}
			if made == 0 {
				fmt.Fprintln(d.program.stdout, d.program.text("演示账号（密码只显示这一次）：", "Demo accounts (the passwords are shown only now):"))
			}
			made++
			fmt.Fprintf(d.program.stdout, "  %-12s %-20s %s\n", u.Login, password, u.Name)
		}
		actor := workflow.Actor{UserID: u.ID, Name: u.Name, Grants: u.Grants}
		if a.Region != "" {
			d.byArea[a.Region] = actor
		} else if _, taken := d.byRole[workflow.Role(a.Role)]; !taken {
			d.byRole[workflow.Role(a.Role)] = actor
		}
	}
	if made == 0 {
		fmt.Fprintln(d.program.stdout, d.program.text("演示账号已存在；忘记密码可用 duban user token LOGIN 发放令牌", "The demo accounts are there already; duban user token LOGIN issues a token"))
	}
	return nil
}

// assign makes regions, campaign and tasks and returns the tasks by code.
func (d *player) assign(ctx context.Context, in workflow.Import) (map[string]workflow.Task, error) {
	campaign := in.Campaign
	for _, r := range in.Regions {
		if _, err := d.service.CreateRegion(ctx, d.call(d.byRole[workflow.SystemAdmin], "region:"+r.Code), r); err != nil {
			return nil, err
		}
		campaign.Regions = append(campaign.Regions, r.Code)
	}
	supervisor := d.byRole[workflow.Supervisor]
	if _, err := d.service.CreateCampaign(ctx, d.call(supervisor, "campaign:"+campaign.Code), campaign); err != nil {
		return nil, err
	}
	tasks := map[string]workflow.Task{}
	for _, n := range in.Tasks {
		t, err := d.service.Assign(ctx, d.call(supervisor, "assign:"+n.Code), campaign.Code, n)
		if err != nil {
			return nil, fmt.Errorf("task %s: %w", n.Code, err)
		}
		tasks[t.Code] = t
	}
	return tasks, nil
}

// review flags what the computed verdict calls behind or lagging and approves
// everything else.
func (d *player) review(ctx context.Context, t workflow.Task) error {
	reviewer := d.byRole[workflow.Reviewer]
	view, err := d.service.Task(ctx, reviewer, t.ID)
	if err != nil {
		return err
	}
	if view.Task.State != workflow.Reported {
		return nil
	}
	verdict := view.Report.Assessment.Verdict
	if verdict != assess.Behind && verdict != assess.Lagging {
		_, err = d.service.Approve(ctx, d.call(reviewer, "review:"+t.Code), t.ID, workflow.Input{})
		return err
	}
	_, err = d.service.Flag(ctx, d.call(reviewer, "review:"+t.Code), t.ID, workflow.Input{
		Verdict: verdict, Reason: "未达到本期进度要求，请整改。", RectifyBy: demoRectify,
	})
	return err
}
