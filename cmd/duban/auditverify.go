package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/witness"
)

func (p *program) auditVerify() *cobra.Command {
	var files []string
	var key string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify [--checkpoint FILE]... [--key PUBLICKEY] [--json]",
		Short: "核验审计留痕与业务数据，有不符则退出码为 1 / verify the audit trail and what is stored; exit code 1 when something is wrong",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			collectLess()
			return p.inHouse(cmd.Context(), func(h *house) error {
				if key != "" {
					if _, err := audit.KeyName(key); err != nil {
						return err
					}
					h.service.WithLogKey(workflow.LogKey{Public: key})
				}
				kept, err := keptOutside(h.config.CheckpointsPath(), files)
				if err != nil {
					return err
				}
				began := time.Now()
				report, err := h.service.VerifyTrail(cmd.Context(), kept)
				if err != nil {
					return err
				}
				if v := (verified{TrailReport: report, Open: report.Open(), NotCovered: workflow.NotCovered}).after(time.Since(began)); asJSON {
					err = json.NewEncoder(p.stdout).Encode(v)
				} else {
					p.printVerified(v)
				}
				if err == nil && !report.Clean() {
					err = errors.New(p.text("审计留痕与所存数据不符", "what is stored is not what the audit trail says"))
				}
				return err
			})
		},
	}
	cmd.Flags().StringArrayVar(&files, "checkpoint", nil, "保存在库外的检查点 / a checkpoint, or a file of them, kept outside the database")
	cmd.Flags().StringVar(&key, "key", "", "日志的公钥，默认为本机所用密钥的 / public key of the log; that of this installation's key by default")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON / print JSON")
	return cmd
}

// keptOutside reads the checkpoints of the file that serve adds to, if it is there,
// and of the other files.
func keptOutside(own string, files []string) ([]workflow.KeptCheckpoint, error) {
	var kept []workflow.KeptCheckpoint
	for i, path := range append([]string{own}, files...) {
		data, err := os.ReadFile(path)
		if i == 0 && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading checkpoints: %w", err)
		}
		for _, note := range witness.Notes(data) {
			kept = append(kept, workflow.KeptCheckpoint{From: path, Note: note})
		}
	}
	return kept, nil
}

// verified is what the command prints.
type verified struct {
	workflow.TrailReport
	Clean      bool     `json:"clean"`
	Open       int64    `json:"open"` // events that no checkpoint kept outside vouches for
	NotCovered []string `json:"not_covered"`
	Seconds    float64  `json:"seconds"`
	PerSecond  float64  `json:"events_per_second"`
}

func (v verified) after(took time.Duration) verified {
	v.Clean, v.Seconds = v.TrailReport.Clean(), took.Seconds()
	v.PerSecond = float64(v.Size+v.Pending) / v.Seconds
	return v
}

func (p *program) printVerified(v verified) {
	out := func(zh, en string, args ...any) { fmt.Fprintf(p.stdout, p.text(zh, en)+"\n", args...) }
	out("日志 %d 条（变更 %d，被拒 %d，对象 %d 个），待入日志 %d 条；%.1f 秒，每秒 %.0f 条",
		"log: %d events (%d changes, %d refused attempts, %d subjects), %d waiting to enter it; %.1f s, %.0f events/s",
		v.Size, v.Accepted, v.Refused, v.Subjects, v.Pending, v.Seconds, v.PerSecond)
	out("检查点：库内 %d 个，库外 %d 个；库外检查点覆盖前 %d 条", "checkpoints: %d in the database, %d kept outside; those outside cover the first %d events",
		v.Stored, v.Kept, v.Covered)
	out("未覆盖的窗口：%d 条（其后入日志的和待入日志的），能改写整个数据库的人可改动它们而不被发现",
		"window not covered: %d event(s), those after it and those waiting; whoever can write the whole database could change them unnoticed", v.Open)
	out("不在核验之列的表：%s（登录凭证、重复请求的应答、归档登记，不含业务内容）",
		"tables not covered: %s (sign-ins, answers to repeated requests, the list of archives: no business content)", strings.Join(v.NotCovered, ", "))
	if v.Clean {
		out("全部相符", "everything agrees")
		return
	}
	for i, f := range v.Findings {
		p.printFinding(i+1, f)
	}
	total := int64(0)
	for _, table := range slices.Sorted(maps.Keys(v.Counts)) {
		total += v.Counts[table]
		out("%s：%d 处", "%s: %d", table, v.Counts[table])
	}
	out("共 %d 处不符，列出 %d 处", "%d finding(s) in all, %d listed", total, len(v.Findings))
}

func (p *program) printFinding(n int, f workflow.TrailFinding) {
	at := f.Table + " " + f.Key
	if f.Column != "" {
		at += " " + f.Column
	}
	fmt.Fprintf(p.stdout, "%d. %s: %s\n", n, at, f.Text.In(p.lang))
	if f.Is != f.Want {
		fmt.Fprintf(p.stdout, p.text("   现为 %q，应为 %q\n", "   it is %q, should be %q\n"), shorten(f.Is), shorten(f.Want))
	}
}

// shorten keeps the lines of a report readable.
func shorten(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}
