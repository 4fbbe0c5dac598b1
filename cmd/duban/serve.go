package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"duban/api"
	"duban/api/web"
	"duban/configs"
	"duban/workflow"
)

// shutdownTimeout is how long requests that are under way may take to end.
const shutdownTimeout = 20 * time.Second

func (p *program) serve() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "启动服务 / start the HTTP server",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			collectLess()
			return p.inHouse(cmd.Context(), func(h *house) error { return p.listen(cmd.Context(), h) })
		},
	}
}

// listen serves until ctx is done, then lets requests that are under way end.
func (p *program) listen(ctx context.Context, h *house) error {
	log := p.logger(h.config.Log)
	slog.SetDefault(log) // for what is given none: the workers of the store
	proxies, err := h.config.Proxies()
	if err != nil {
		return err
	}
	provider, err := newSSO(h.config.OIDC, h.secret)
	if err != nil {
		return err
	}
	if provider != nil {
		go meet(ctx, provider.Provider, log)
	}
	security := h.securityLog(p.stderr)
	h.service.WithWatch(security.Event)
	reopenOnHangup(ctx, h.securityFile, log)
	site, err := web.Embedded()
	if err != nil {
		return err
	}
	front, err := p.newFront(h, api.New(api.Options{
		Service: h.service, Log: log, Version: version, SecureCookies: h.config.HTTPS(), TrustedProxies: proxies, Security: security, SSO: provider, Site: site,
	}), log)
	if err != nil {
		return err
	}
	for _, name := range h.config.Ignored {
		log.Warn("a variable is not a setting of Duban and is ignored", "variable", name)
	}
	log.Info("serving", "version", version, "config", h.config)
	fmt.Fprintf(p.stdout, p.text("督办已启动：%s://%s （接口文档 /api/docs；按 Ctrl+C 停止）\n", "Duban is running: %s://%s (API at /api/docs; Ctrl+C stops it)\n"), front.scheme, front.address)
	if err := p.noteSettings(ctx, h); err != nil {
		log.Warn("the settings are not recorded as an event", "error", err)
	}
	keeper, err := newLogKeeper(h, log)
	if err != nil {
		return errors.Join(err, front.close())
	}
	keeping, stopKeeping := context.WithCancel(context.WithoutCancel(ctx))
	var kept sync.WaitGroup
	for job, run := range map[string]func(context.Context){
		"keep the log": keeper.run, "sweep evidence": func(ctx context.Context) { sweepEvidence(ctx, h, log) }, "verify the trail": func(ctx context.Context) { verifyTrail(ctx, h, log) },
	} {
		kept.Go(func() { keepDoing(keeping, log, job, jobPause, run) })
	}
	defer kept.Wait() // after the last request has ended
	defer stopKeeping()
	if err := front.serve(ctx, log); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}

// noteSettings records what the server starts with, the definition in force included.
// A database that cannot save now does not keep it from starting: people can read.
func (p *program) noteSettings(ctx context.Context, h *house) error {
	settings := h.config.Settings()
	definition := configs.Workflow
	if h.config.Workflow != "" {
		var err error
		if definition, err = os.ReadFile(h.config.Workflow); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(definition)
	settings["workflow.sha256"], settings["program"] = hex.EncodeToString(sum[:]), version
	timed, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return h.service.NoteSettings(timed, workflow.Call{Actor: operator()}, settings)
}

func (p *program) logger(c configs.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, options))
	}
	return slog.New(slog.NewTextHandler(p.stderr, options))
}
