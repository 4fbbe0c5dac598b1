// Duban supervises government tasks: workflow, assessment, lag table and audit
// trail in one program.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"duban/workflow"
)

// version is set by the build: -ldflags "-X main.version=...".
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1 // the command was understood and refused
	exitUsage   = 2 // the command was not understood
	exitProblem = 3 // a defect, or a database that does not answer
)

// run carries out one command. Nothing below it reads the process's own state.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{environ: environ, stdin: stdin, stdout: stdout, stderr: stderr, lang: language(environ)}
	root := p.command()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, new(*workflow.Error)):
		return p.explain(workflow.AsError(err))
	case p.started:
		fmt.Fprintln(stderr, "duban:", err)
		return exitFailed
	default:
		fmt.Fprintln(stderr, "duban:", err)
		fmt.Fprintln(stderr, p.text("用法见：duban --help", "usage: duban --help"))
		return exitUsage
	}
}

// program is one run of the command line.
type program struct {
	environ        []string
	stdin          io.Reader
	stdout, stderr io.Writer
	lang           workflow.Lang
	configPath     string
	started        bool // the arguments were understood
}

func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:           "duban",
		Short:         "督办 Duban：任务督办与审批 / supervising government tasks",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVar(&p.configPath, "config", lookup(p.environ, "DUBAN_CONFIG"), "配置文件 / configuration file (configs/duban.example.yaml)")
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(p.serve(), p.migrate(), p.setup(), p.demo(), p.importFiles(), p.assess(), p.lagtable(), p.pack(), p.workbook(), p.user(), p.region(), p.deputy(), p.audit(), p.stats(), p.workflow(), p.evidence(), p.access(), p.openapi(), p.bench())
	p.watch(root)
	return root
}

// watch notes when a command begins: what goes wrong earlier is a command that
// was not understood.
func (p *program) watch(cmd *cobra.Command) {
	if begin := cmd.RunE; begin != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			p.started = true
			return begin(cmd, args)
		}
	}
	for _, child := range cmd.Commands() {
		p.watch(child)
	}
}

// text picks the caller's language.
func (p *program) text(zh, en string) string { return workflow.Text{ZH: zh, EN: en}.In(p.lang) }

// explain prints an error in the caller's language, each field on its own line.
func (p *program) explain(e *workflow.Error) int {
	fmt.Fprintln(p.stderr, "duban:", e.Text.In(p.lang))
	for _, f := range e.Fields {
		fmt.Fprintf(p.stderr, "  %s: %s\n", f.Field, f.Text.In(p.lang))
	}
	if cause := errors.Unwrap(e); cause != nil {
		fmt.Fprintln(p.stderr, " ", cause)
	}
	if e.Kind == workflow.Internal || e.Kind == workflow.Unavailable {
		return exitProblem
	}
	return exitFailed
}

// language follows DUBAN_LANG, then the locale; Chinese unless it asks for
// English.
func language(environ []string) workflow.Lang {
	for _, name := range []string{"DUBAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := lookup(environ, name); v != "" {
			if strings.HasPrefix(v, "en") {
				return workflow.EN
			}
			return workflow.ZH
		}
	}
	return workflow.ZH
}

// lookup returns the last value of a variable.
func lookup(environ []string, name string) string {
	value := ""
	for _, v := range environ {
		if rest, ok := strings.CutPrefix(v, name+"="); ok {
			value = rest
		}
	}
	return value
}
