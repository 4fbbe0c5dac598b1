package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/workbook"
)

func (p *program) workbookSend() *cobra.Command {
	var s sending
	cmd := &cobra.Command{
		Use:   "send FILE.xlsx --server URL --token-file FILE",
		Short: "把填好的工作簿上传到服务器 / send a workbook that was filled in to the server",
		Long: "以令牌所属的填报员身份上报；令牌由 duban user token 发放，或在系统中签发。\n" +
			"Reports as the person whose token it is; duban user token issues one.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			upload, data, err := readWorkbook(args[0])
			if err != nil {
				return err
			}
			results, sum, err := s.send(cmd.Context(), p, upload, data)
			if err != nil {
				return err
			}
			if err := putAnswer(upload, s.out, results, s.dryRun); err != nil {
				return err
			}
			return p.summed(sum, s.dryRun)
		},
	}
	cmd.Flags().StringVar(&s.server, "server", "", "服务器地址 / address of the server, e.g. http://127.0.0.1:8080")
	cmd.Flags().StringVar(&s.tokenFile, "token-file", "", "存有接口令牌的文件 / file with an API token")
	cmd.Flags().BoolVar(&s.dryRun, "dry-run", false, "只试算，不保存 / keep nothing")
	cmd.Flags().BoolVar(&s.together, "all-or-nothing", false, "全部无误才上报 / all reports or none")
	cmd.Flags().StringVar(&s.out, "out", "", "把标出错误的工作簿写入文件 / write the workbook with what is wrong beside the cells")
	must(cmd.MarkFlagRequired("server"))
	must(cmd.MarkFlagRequired("token-file"))
	return cmd
}

// sending is how a workbook is sent.
type sending struct {
	server, tokenFile, out string
	dryRun, together       bool
}

// told is a line of the server's answer: a task, or at the end the sum.
type told struct {
	Done    int       `json:"done"`
	Total   int       `json:"total"`
	Task    string    `json:"task"`
	TaskID  string    `json:"task_id"`
	Rows    []int     `json:"rows"`
	Status  string    `json:"status"`
	Verdict string    `json:"verdict"`
	Notes   []noted   `json:"notes"`
	Summary *struct{} `json:"summary"`
}

type noted struct {
	Row     int    `json:"row"`
	Column  string `json:"column"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Warning bool   `json:"warning"`
}

func (t told) result() workbook.Result {
	r := workbook.Result{TaskID: t.TaskID, Code: t.Task, Rows: t.Rows, Status: workbook.Status(t.Status), Verdict: assess.Verdict(t.Verdict)}
	for _, n := range t.Notes {
		r.Notes = append(r.Notes, workbook.Note{Row: n.Row, Column: n.Column, Rule: n.Rule, Text: workflow.Text{ZH: n.Message, EN: n.Message}, Warning: n.Warning})
	}
	return r
}

// send sends the workbook and shows how far it has come.
func (s sending) send(ctx context.Context, p *program, u *workbook.Upload, data []byte) ([]workbook.Result, workbook.Summary, error) {
	sum := workbook.Summary{Tasks: map[workbook.Status]int{}}
	answer, err := s.post(ctx, p, u, data)
	if err != nil {
		return nil, sum, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, sum, refusedBy(answer)
	}
	var results []workbook.Result
	ended := false
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var t told
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return nil, sum, fmt.Errorf("reading the server's answer: %w", err)
		}
		if t.Summary != nil {
			ended = true
			break
		}
		r := t.result()
		results = append(results, r)
		sum.Add(r)
		fmt.Fprintf(p.stderr, "\r%d/%d", t.Done, t.Total)
		if r.Status != workbook.Skipped && (r.Status != workbook.Accepted || s.dryRun || len(r.Notes) > 0) {
			fmt.Fprint(p.stderr, "\r")
			p.printTask(r, s.dryRun)
		}
	}
	fmt.Fprintln(p.stderr)
	if !ended {
		return results, sum, workflow.NewError(workflow.Unavailable, "workbook.cut",
			"连接中断，答复不完整；请再次上传同一文件，已上报的不会重复", "The answer ended too early; send the same file again, nothing is reported twice").Because(lines.Err())
	}
	return results, sum, nil
}

func (s sending) post(ctx context.Context, p *program, u *workbook.Upload, data []byte) (*http.Response, error) {
	token, err := os.ReadFile(s.tokenFile)
	if err != nil {
		return nil, err
	}
	to, err := url.Parse(s.server)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return nil, errors.New(p.text("--server 须为网址，例如 http://127.0.0.1:8080", "--server must be an address such as http://127.0.0.1:8080"))
	}
	to = to.JoinPath("api/v1/campaigns", u.Campaign, "periods", u.Period, "workbook")
	to.RawQuery = url.Values{"format": {"ndjson"}, "dry_run": {strconv.FormatBool(s.dryRun)}, "all_or_nothing": {strconv.FormatBool(s.together)}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Accept-Language", string(p.lang))
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf(p.text("无法连接服务器：%w", "the server does not answer: %w"), err)
	}
	return answer, nil
}

// refusedBy reads a refusal of the server.
func refusedBy(answer *http.Response) error {
	var problem struct {
		Detail, Code string
		Errors       []struct{ Field, Rule, Message string }
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("reading the server's answer: %w", err)
	}
	if json.Unmarshal(body, &problem) != nil || problem.Detail == "" {
		return fmt.Errorf("the server answers %s", answer.Status)
	}
	e := workflow.NewError(workflow.Invalid, problem.Code, problem.Detail, problem.Detail)
	for _, f := range problem.Errors {
		e.Fields = append(e.Fields, workflow.FieldError{Field: f.Field, Rule: f.Rule, Text: workflow.Text{ZH: f.Message, EN: f.Message}})
	}
	return e
}
