package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"time"

	"duban/api"
	"duban/cmd/workload"
	"duban/workflow"
)

const region = "440799"

// site is the product under load: a server in this process, people with tokens,
// and a child process that plays them.
type site struct {
	o      Options
	base   string
	close  func() error
	tokens map[string]string
	tasks  []string // ids of tasks for the ceiling
	runs   int
	meter  meter
}

func open(ctx context.Context, o Options) (*site, error) {
	s := &site{o: o, tokens: map[string]string{}, meter: newMeter(ctx, o.Store)}
	call := workflow.Call{Actor: o.Operator}
	if _, err := o.Service.CreateRegion(ctx, call, workflow.Region{Code: region, Name: "负载区"}); err != nil {
		return nil, fmt.Errorf("the benchmark needs an empty database: %w", err)
	}
	for login, grant := range map[string]workflow.Grant{
		"supervisor": {Role: workflow.Supervisor}, "reporter": {Role: workflow.Reporter, Region: region}, "reviewer": {Role: workflow.Reviewer},
	} {
		var err error
		if s.tokens[login], err = account(ctx, o.Service, call, login, grant); err != nil {
			return nil, err
		}
	}
	var err error
	if s.base, s.close, err = serve(o.Service); err != nil {
		return nil, err
	}
	if err := s.seed(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// login is that of the account with a name.
func login(name string) string { return "bench-" + name }

// account makes somebody who may act and returns their token.
func account(ctx context.Context, service *workflow.Service, call workflow.Call, name string, grant workflow.Grant) (token string, err error) {
	u := workflow.User{Login: login(name), Name: name, Grants: []workflow.Grant{grant}}
	if _, err := service.CreateUser(ctx, call, u, rand.Text()); err != nil {
		return "", fmt.Errorf("making account %s: %w", u.Login, err)
	}
	issued, err := service.IssueToken(ctx, call, u.Login, "bench", 0)
	if err != nil {
		return "", fmt.Errorf("making a token of %s: %w", u.Login, err)
	}
	return issued.Secret, nil
}

// sequencing brings events into the log as `duban serve` does, until stop is called.
func sequencing(service *workflow.Service) (stop func() error) {
	end, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-end:
				ended <- nil
				return
			case <-time.After(workflow.SequenceEvery):
			}
			if _, err := service.Sequence(context.Background()); err != nil {
				ended <- fmt.Errorf("sequencing: %w", err)
				return
			}
		}
	}()
	return func() error {
		close(end)
		return <-ended
	}
}

// serve answers HTTP with a service and keeps its log, in this process, until stop is
// called.
func serve(service *workflow.Service) (base string, stop func() error, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listening: %w", err)
	}
	server := &http.Server{Handler: api.New(api.Options{Service: service, Log: slog.New(slog.DiscardHandler), Version: "bench"})}
	go func() { _ = server.Serve(listener) }()
	stopLog := sequencing(service)
	return "http://" + listener.Addr().String(), func() error { return errors.Join(server.Close(), stopLog()) }, nil
}

// seed makes the tasks on which the ceiling works.
func (s *site) seed(ctx context.Context) error {
	p := Load{Base: s.base, Tokens: s.tokens}.people(http.DefaultClient)
	a, err := p.Supervisor.Do(ctx, http.MethodPost, "/campaigns", "", workload.Campaign("ceiling", region))
	if err := a.Check(err); err != nil {
		return fmt.Errorf("making the ceiling's campaign: %w", err)
	}
	for n := range 64 {
		a, err := workload.Life("ceiling", region, n)[0].Send(ctx, p, "", "")
		if err := a.Check(err); err != nil {
			return fmt.Errorf("making a task: %w", err)
		}
		s.tasks = append(s.tasks, a.Task.ID)
	}
	return nil
}

// measure lets the child process load the server for a while.
func (s *site) measure(ctx context.Context, clients int, slice time.Duration) (Figures, error) {
	s.runs++
	tokens, err := json.Marshal(s.tokens)
	if err != nil {
		return Figures{}, err
	}
	argv := s.o.Child("--base", s.base, "--tokens", string(tokens), "--clients", strconv.Itoa(clients),
		"--seconds", fmt.Sprint(slice.Seconds()), "--run", strconv.Itoa(s.runs))
	before := s.meter.read()
	out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
	spent := s.meter.read().minus(before)
	if err != nil {
		return Figures{}, fmt.Errorf("the load: %w", explained(err))
	}
	var f Figures
	if err := json.Unmarshal(out, &f); err != nil {
		return Figures{}, fmt.Errorf("the load's figures %q: %w", out, err)
	}
	f.spent(spent)
	return f, nil
}
