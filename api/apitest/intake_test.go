package apitest

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/intake"
)

// proposedTable is an official table as one gets by copying it.
const proposedTable = "2023年深入打好污染防治攻坚战工作任务清单\n" +
	"区域\t主要任务\t工作内容及要求\n" +
	"蓬江区\t8座加油站安装油气回收自动监控设施\t（1）2023年6月底前，完成10%加油站油气回收自动监控设施安装工作。（2）2023年12月10日前，全部完成。\n" +
	"蓬江区\t镇级污水管网\t（1）2023年9月底前，建成12.5公里。（2）适时完成验收。\n" +
	"江海区\t垃圾填埋场整治\t（1）2023年6月底前，完成技术方案编制。\n"

const campaignFrame = `"starts":"2023-01-01","periods":[{"code":"2023-h1","label":"1-6月","cutoff":"2023-06-30","report_by":"2023-07-10"}]`

// The proposal over HTTP, confirmed and imported, makes the same tasks as the command
// does of the file that it proposes.
func TestATableIsProposedConfirmedAndImportedAsTheCommandDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		before := w.events()
		a := w.do("supervisor", http.MethodPost, "/api/v1/campaigns/proposal?name=table.txt", proposedTable, "Content-Type", "text/plain")
		if a.status != 200 || w.events() != before {
			t.Fatalf("%d %s, %d events", a.status, a.raw, w.events()-before)
		}
		var p struct {
			Campaign json.RawMessage
			Marks    []struct{ Code string }
			Tasks    []struct {
				Row      int
				Task     json.RawMessage
				Marks    []struct{ Code, Text, Message string }
				Readings []struct {
					Measure string
					Sources []struct {
						Cell, Text string
						Part       int
					}
					Marks []struct{ Code, Text, Message string }
				}
			}
		}
		must(t, json.Unmarshal([]byte(a.raw), &p))
		if len(p.Tasks) != 3 || len(p.Tasks[0].Readings) != 1 || len(p.Tasks[2].Readings) != 1 {
			t.Fatalf("proposed: %s", a.raw)
		}
		first := p.Tasks[0].Readings[0]
		if len(first.Sources) != 3 || first.Sources[0].Cell != "subject" || first.Sources[1].Cell != "requirement" || !strings.Contains(first.Sources[1].Text, "完成10%加油站") || first.Sources[2].Part != 2 {
			t.Errorf("the sources of the first measure: %+v", first.Sources)
		}
		second := p.Tasks[1]
		marked := len(second.Marks)
		for _, r := range second.Readings {
			marked += len(r.Marks)
		}
		if marked == 0 || a.at("counts.marks") != float64(marked+3) { // the campaign's code, starts and periods
			t.Errorf("%d marks of the second task, %v in all: %+v", marked, a.at("counts.marks"), second)
		}

		// A person gives what the table does not say.
		frame := strings.Replace(string(p.Campaign), `"code":""`, `"code":"http"`, 1)
		frame = strings.NewReplacer(`"starts":"",`, "", `"periods":[]`, campaignFrame).Replace(frame)
		tasks := []string{string(p.Tasks[0].Task), string(p.Tasks[2].Task)}
		body := `{"campaign":` + frame + `,"tasks":[` + strings.Join(tasks, ",") + `]}`
		for range 2 { // the second time everything is there
			a = w.do("supervisor", http.MethodPost, "/api/v1/campaigns/import", body, "Idempotency-Key", "import")
			if a.status != 201 || a.at("campaigns") != 1.0 || a.at("tasks") != 2.0 || a.header.Get("Location") != "/api/v1/campaigns/http" {
				t.Fatalf("importing %s: %d %s", body, a.status, a.raw)
			}
		}
		if a = w.do("supervisor", http.MethodPost, "/api/v1/campaigns/import", body); a.status != 201 || a.at("tasks") != 0.0 {
			t.Errorf("importing it again: %d %s", a.status, a.raw)
		}

		table, err := intake.ReadTable("table.txt", []byte(strings.Replace(proposedTable, "蓬江区\t镇级污水管网\t（1）2023年9月底前，建成12.5公里。（2）适时完成验收。\n", "", 1)))
		must(t, err)
		c, err := w.service.Campaign(t.Context(), workflow.OperatorActor("test"), "http")
		must(t, err)
		proposal := intake.Propose("table.txt", table, intake.Frame{
			Code: "command", Title: c.Title, Starts: c.Starts, Periods: c.Periods, Regions: []workflow.Region{{Code: "440703", Name: "蓬江区"}, {Code: "440704", Name: "江海区"}},
		})
		file, err := intake.ReadCampaign("read.yaml", proposal.YAML())
		must(t, err)
		_, err = w.service.Import(t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")}, file.Import)
		must(t, err)
		same := func(code string) (list []workflow.Task) {
			page, err := w.service.Tasks(t.Context(), workflow.OperatorActor("test"), workflow.TaskFilter{Campaign: code, Limit: 10})
			must(t, err)
			for _, task := range page.Tasks {
				list = append(list, workflow.Task{Code: task.Code, Seq: task.Seq, Region: task.Region, Key: task.Key, Subject: task.Subject, Requirement: task.Requirement, Measures: task.Measures, State: task.State, Period: task.Period})
			}
			return list
		}
		if byHTTP, byCommand := same("http"), same("command"); len(byHTTP) != 2 || !reflect.DeepEqual(byHTTP, byCommand) {
			t.Errorf("over HTTP\n%+v\nby the command\n%+v", byHTTP, byCommand)
		}
	})
}

func TestACampaignIsImportedWholeOrNotAtAll(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := `{"code":"t-1","region":"440703","subject":"任务","requirement":"要求","measures":[{"code":"pool","kind":"qualitative"}]}`
	whole := func(frame, tasks string) string {
		return `{"campaign":{"code":"new","title":"2024年","regions":["440703"],` + frame + `},"tasks":[` + tasks + `]}`
	}
	play := func(name, who, body string, status int, code string, fields ...string) scenario {
		return scenario{name: name, who: who, method: "POST", path: "/api/v1/campaigns/import", body: body, status: status, code: code, fields: fields}
	}
	w.play(t, []scenario{
		play("reviewer", "reviewer", whole(campaignFrame, task), 403, "forbidden"),
		play("a task of another region", "supervisor", whole(campaignFrame, task+`,`+strings.NewReplacer("t-1", "t-2", "440703", "440704").Replace(task)), 422, "invalid", "tasks[1].region:unknown"),
		play("a day that is none", "supervisor", whole(campaignFrame, task+`,`+strings.Replace(task, `"kind":"qualitative"`, `"kind":"cumulative","targets":[{"due":"2023-02-30","value":"1"}]`, 1)), 422, "invalid", "tasks[1].measures[0].targets[0].due:date"),
		play("a period without its cutoff", "supervisor", whole(strings.Replace(campaignFrame, "2023-06-30", "", 1), task), 422, "invalid", "campaign.periods[0].cutoff:order"),
		play("an unknown region", "supervisor", strings.Replace(whole(campaignFrame, task), `["440703"]`, `["440703","449999"]`, 1), 422, "invalid", "campaign.regions[1]:unknown"),
		{name: "nothing was made", who: "supervisor", method: "GET", path: "/api/v1/campaigns/new", status: 404, code: "not_found"},
		{name: "no table", who: "supervisor", method: "POST", path: "/api/v1/campaigns/proposal", body: "什么都没有", headers: []string{"Content-Type", "text/plain"}, status: 422, code: "file.no_table"},
		{name: "proposal for a reporter", who: "pengjiang", method: "POST", path: "/api/v1/campaigns/proposal", body: proposedTable, headers: []string{"Content-Type", "text/plain"}, status: 403, code: "forbidden"},
		{name: "a campaign called import", who: "supervisor", method: "GET", path: "/api/v1/campaigns/import", status: 404, code: "not_found"},
	})
}
