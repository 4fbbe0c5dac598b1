package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// TestATimelineTellsWhatEachEventChanged, in words, with who did it and what was
// said before.
func TestATimelineTellsWhatEachEventChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		person, err := w.CreateUser(w.ctx(), by(operator), workflow.User{Login: "li.si", Name: "李四", Grants: []workflow.Grant{{Role: workflow.Reviewer}}}, goodPassword)
		if err != nil {
			t.Fatal(err)
		}
		named := actor(person.ID, workflow.Reviewer, "")
		task := w.in("reported")
		steps := []struct {
			who workflow.Actor
			do  func(workflow.Call) error
		}{
			{named, func(c workflow.Call) error { _, err := w.doAs(c, workflow.EventFlag, task.ID); return err }},
			{reporter, func(c workflow.Call) error {
				in := km(8)
				in.Narrative = "已整改。"
				_, err := w.Report(w.ctx(), c, task.ID, in)
				return err
			}},
			{named, func(c workflow.Call) error { _, err := w.doAs(c, workflow.EventReject, task.ID); return err }},
			{reporter, func(c workflow.Call) error { _, err := w.doAs(c, workflow.EventReport, task.ID); return err }},
			{named, func(c workflow.Call) error { _, err := w.doAs(c, workflow.EventConfirm, task.ID); return err }},
			{supervisor, func(c workflow.Call) error {
				_, err := w.OpenPeriod(w.ctx(), c, campaignCode, "q3", false)
				return err
			}},
			{supervisor, func(c workflow.Call) error {
				_, err := w.OpenPeriod(w.ctx(), c, campaignCode, "fy", false)
				return err
			}},
		}
		for i, s := range steps {
			if err := s.do(by(s.who)); err != nil {
				t.Fatalf("step %d: %v", i, err)
			}
		}
		line, err := w.Timeline(w.ctx(), supervisor, campaignCode+"/"+task.Code)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, e := range line.Entries {
			var changes []string
			for _, c := range e.Changes {
				after := c.After.Text.ZH
				if c.Field == "flag.opened_at" || c.Field == "flag.cleared_at" {
					if !strings.HasPrefix(after, "2023-07-05 09:00:") {
						t.Errorf("%s is %q", c.Field, after)
					}
					after = "…"
				}
				changes = append(changes, fmt.Sprintf("%s：%s→%s", c.Label.ZH, c.Before.Text.ZH, after))
			}
			told = append(told, fmt.Sprintf("%s %s %s>%s %s", e.Label.ZH, e.Person, e.From.ZH, e.To.ZH, strings.Join(changes, "；")))
		}
		want := []string{
			"交办 supervisor >已交办 任务代码：→T1；区域：→蓬江区；主要任务：→任务T1；工作内容及要求：→按期完成。；重点考核：→否；状态：→已交办；报告期：→1-6月",
			"上报 reporter 已交办>已上报 状态：已交办→已上报；报告序号：→1；报告状态：→待审核；证据日期：→2023-07-05；工作进展情况：→进展。；系统评定：→未按进度完成；里程：截止日数值：→6",
			"挂牌 李四 已上报>滞后挂牌 状态：已上报→滞后挂牌；评定结果：→未按进度完成；报告状态：待审核→已采纳；挂牌评定：→未按进度完成；挂牌理由：→滞后；整改期限：→2099-01-01；挂牌时间：→…",
			"上报 reporter 滞后挂牌>已上报 状态：滞后挂牌→已上报；报告序号：1→2；报告状态：已采纳→待审核；工作进展情况：进展。→已整改。；系统评定：未按进度完成→基本按进度完成；里程：截止日数值：6→8",
			"整改不通过 李四 已上报>滞后挂牌 状态：已上报→滞后挂牌；报告状态：待审核→整改未通过；整改期限：2099-01-01→2099-02-01",
			"上报 reporter 滞后挂牌>已上报 状态：滞后挂牌→已上报；报告序号：2→3；报告状态：整改未通过→待审核；工作进展情况：已整改。→进展。；系统评定：基本按进度完成→未按进度完成；里程：截止日数值：8→6",
			"销号 李四 已上报>已整改 状态：已上报→已整改；报告状态：待审核→已采纳；销号时间：→…",
			"开启报告期 supervisor 已整改>已交办 状态：已整改→已交办；报告期：1-6月→1-9月",
			"开启报告期 supervisor 已交办>已交办 报告期：1-9月→全年；逾期未报的报告期：→1-9月",
		}
		for i := range max(len(want), len(told)) {
			if i >= len(told) || i >= len(want) || told[i] != want[i] {
				t.Fatalf("entry %d:\ngot  %s\nwant %s", i, strings.Join(told[min(i, len(told)):], "\n     "), strings.Join(want[min(i, len(want)):], "\n     "))
			}
		}
		for _, e := range line.Entries {
			for _, c := range e.Changes {
				if c.Label.EN == "" || c.Before.Value == c.After.Value {
					t.Errorf("%s: %+v", c.Field, c)
				}
			}
		}
	})
}
