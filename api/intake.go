package api

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"duban/workflow"
	"duban/workflow/intake"
	"duban/workflow/wording"
)

const aboutPropose = `正文为官方表格（.docx、.xlsx、.txt，最多 16 MB），读出一份专项工作供人核对，什么都不保存。` + "`campaign`" + ` 和每项任务的 ` + "`task`" +
	` 与 POST /campaigns/import 所要的形式相同；没有读懂或表中没有的内容留空，并在 ` + "`marks`" + ` 中说明；每项指标附所依据的原句及位置。/ ` +
	`The body is an official table (.docx, .xlsx, .txt, 16 MB at most), from which a campaign is proposed for a person to check; nothing is kept. ` +
	"`campaign` and the `task` of each row have the form that POST /campaigns/import takes; what was not understood, or is not in the table, is left empty and has its mark. " +
	`Each measure comes with the sentences that it was read from, and where they stand.`

const aboutImport = `全部成功或全部不导入，与命令 duban import 相同：已有的内容须相同，不会覆盖；没有的补上。行政区划须已存在。/ ` +
	`Whole or not at all, as the command duban import does it: what is there already must be the same and is not overwritten; what is not is added. The regions must be there.`

// maxImport is the largest campaign with its tasks, in bytes of JSON.
const maxImport = 16 << 20

func (s *server) proposeCampaignOperation() operation {
	return post("/campaigns/proposal", "proposeCampaign", tagCampaigns, "从表格读出专项工作供核对", "Propose a campaign from a table").
		needs(ofNothing, workflow.MayWriteCampaigns).described(aboutPropose).
		streamed(intake.MostFile, typeDOCX, typeXLSX, "text/plain", "application/octet-stream")
}

type proposeIn struct {
	Name     string `query:"name" maxLength:"200" doc:"文件名，用于显示 / Name of the file, to be shown"`
	Campaign string `query:"campaign" maxLength:"64" doc:"已有的专项工作：表中任务属于它，代码、标题、开始日期、报告期和区划取自它 / A campaign that is there, to which the tasks belong"`
	Year     int    `query:"year" minimum:"2000" maximum:"2100" doc:"没有写年份的期限属于哪一年；默认取自表题 / The year of deadlines that name none; that of the title by default"`
}

// markBody is something that a person has to settle.
type markBody struct {
	Code    string `json:"code" example:"due" doc:"哪一类 / Of which kind"`
	Text    string `json:"text,omitempty" doc:"所涉及的文字 / The words in question"`
	Message string `json:"message"`
}

type sourceBody struct {
	Cell string `json:"cell" enum:"subject,requirement"`
	Part int    `json:"part" doc:"第几部分，从 1 起 / Which part of the text, from 1"`
	Text string `json:"text" doc:"原句，半角数字和标点已统一 / The sentence in normal writing"`
}

// readingBody is how a measure was read.
type readingBody struct {
	Measure string       `json:"measure" example:"m1" doc:"task.measures 中的代码 / Its code in task.measures"`
	Sources []sourceBody `json:"sources"`
	Assumed []string     `json:"assumed" doc:"文中没有、由系统假定的 / What does not stand in the text"`
	Marks   []markBody   `json:"marks" doc:"此项指标待核对之处 / To be checked about this measure"`
}

type proposedBody struct {
	Row      int           `json:"row" doc:"表中第几行 / Row of the table"`
	Region   string        `json:"region_text" doc:"表中所写的区域 / As printed"`
	Verdict  string        `json:"verdict_text,omitempty" doc:"表中所印的评定 / The verdict as printed"`
	Progress []string      `json:"progress,omitempty" doc:"表中的进展情况 / The progress cell"`
	Task     newTaskBody   `json:"task"`
	Readings []readingBody `json:"readings" doc:"与 task.measures 同序 / In the order of task.measures"`
	Marks    []markBody    `json:"marks" doc:"任务待核对之处 / To be checked about the task"`
}

type proposalBody struct {
	Source   string          `json:"source,omitempty"`
	Title    string          `json:"title" doc:"表题 / Title of the table"`
	Period   string          `json:"period_label,omitempty" example:"1-6月" doc:"表题括号中的报告期 / The period in the title"`
	Counts   intake.Counts   `json:"counts"`
	Campaign newCampaignBody `json:"campaign"`
	Marks    []markBody      `json:"marks" doc:"整个专项工作待核对之处 / To be checked about the whole"`
	Tasks    []proposedBody  `json:"tasks"`
	Notes    []string        `json:"notes" doc:"表下的注，及没有读取的内容 / Notes under the table, and what was left out"`
}

type proposeOut struct{ Body proposalBody }

func (s *server) proposeCampaign(ctx context.Context, who workflow.Actor, in *proposeIn) (*proposeOut, error) {
	c, regions, err := s.service.Drafting(ctx, who, in.Campaign)
	if err != nil {
		return nil, err
	}
	frame := intake.Frame{Code: c.Code, Title: c.Title, Starts: c.Starts, Year: in.Year, Periods: c.Periods, Regions: regions}
	data, err := io.ReadAll(requestOf(ctx).stream)
	if err != nil {
		return nil, err
	}
	proposal, err := reading(ctx, s, func() (*intake.Proposal, error) {
		table, err := intake.ReadTable(cmp.Or(in.Name, "table"), data)
		if err != nil {
			return nil, err
		}
		return intake.Propose(in.Name, table, frame), nil
	})
	if err != nil {
		return nil, err
	}
	return &proposeOut{Body: proposalOf(proposal, requestOf(ctx).lang, in.Campaign != "")}, nil
}

// proposalOf writes a proposal in a language. whole is whether every region of the
// frame is the campaign's.
func proposalOf(p *intake.Proposal, lang workflow.Lang, whole bool) proposalBody {
	marks := func(list []wording.Mark) []markBody {
		return mapped(list, func(m wording.Mark) markBody {
			return markBody{Code: m.Code, Text: m.Text, Message: workflow.Text{ZH: m.ZH, EN: m.EN}.In(lang)}
		})
	}
	f := p.Frame
	out := proposalBody{
		Source: p.Source, Title: p.Table.Title, Period: p.Table.Period, Counts: p.Counts(), Marks: marks(p.Marks), Notes: append(append([]string{}, p.Table.Notes...), p.Table.Left...),
		Campaign: newCampaignBody{Code: f.Code, Title: f.Title, Starts: dateOut(f.Starts), Regions: []string{}, Periods: mapped(f.Periods, periodOf)},
	}
	for _, r := range f.Regions {
		if whole || slices.ContainsFunc(p.Tasks, func(t intake.Proposed) bool { return t.Region == r.Code }) {
			out.Campaign.Regions = append(out.Campaign.Regions, r.Code)
		}
	}
	for _, t := range p.Tasks {
		subject, requirement := t.Texts()
		task := proposedBody{
			Row: t.Row.N, Region: strings.ReplaceAll(t.Row.Region, "\n", ""), Verdict: t.Row.Verdict, Progress: t.Row.Progress, Readings: []readingBody{},
			Task: newTaskBody{
				Code: t.Code, Region: t.Region, Key: t.Row.Key, Subject: strings.TrimSpace(strings.Join(subject, "\n")), Requirement: strings.TrimSpace(strings.Join(requirement, "\n")),
				Measures: []measureBody{},
			},
		}
		var about []wording.Mark // the task as a whole
		of := map[int][]wording.Mark{}
		for _, m := range t.Marks {
			if i, one := t.Concerns(m); one {
				of[i] = append(of[i], m)
			} else {
				about = append(about, m)
			}
		}
		task.Marks = marks(about)
		for i, m := range t.Measures {
			task.Task.Measures = append(task.Task.Measures, measureOf(m.Measure))
			task.Readings = append(task.Readings, readingBody{
				Measure: m.Code, Marks: marks(of[i]),
				Sources: mapped(m.Sources, func(s wording.Source) sourceBody {
					return sourceBody{Cell: string(s.Cell), Part: s.Part + 1, Text: s.Text}
				}),
				Assumed: mapped(m.Assumed, func(n wording.Note) string { return workflow.Text{ZH: n.ZH, EN: n.EN}.In(lang) }),
			})
		}
		out.Tasks = append(out.Tasks, task)
	}
	return out
}

type importIn struct {
	Body struct {
		Campaign newCampaignBody `json:"campaign"`
		Tasks    []newTaskBody   `json:"tasks" maxItems:"20000"`
	} `nameHint:"CampaignWithTasks"`
}

type importedBody struct {
	Campaign  string `json:"campaign" example:"jm-2023"`
	Campaigns int    `json:"campaigns" doc:"新增的专项工作：0 或 1 / Campaigns that were made: 0 or 1"`
	Tasks     int    `json:"tasks" doc:"新增的任务 / Tasks that were assigned"`
}

type importOut struct {
	Location string `header:"Location"`
	Body     importedBody
}

func (s *server) importCampaign(ctx context.Context, call workflow.Call, in *importIn) (*importOut, error) {
	regions, err := s.service.Regions(ctx, call.Actor)
	if err != nil {
		return nil, s.service.RefusedRead(ctx, call.Actor, "importCampaign", err)
	}
	var p workflow.Problems
	given := workflow.Import{Campaign: in.Body.Campaign.campaign(&p, "campaign")}
	for i, code := range in.Body.Campaign.Regions {
		at := slices.IndexFunc(regions, func(r workflow.Region) bool { return r.Code == code })
		if at < 0 {
			p.Add("campaign."+indexed("regions", i), "unknown", "没有行政区划 "+code, "there is no region "+code)
			continue
		}
		given.Regions = append(given.Regions, regions[at])
	}
	for i, b := range in.Body.Tasks {
		var own workflow.Problems
		given.Tasks = append(given.Tasks, b.task(&own))
		p.Under(indexed("tasks", i), own)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	n, err := s.service.Import(ctx, call, given)
	if err != nil {
		return nil, belowCampaign(err)
	}
	code := given.Campaign.Code
	return &importOut{Location: base + "/campaigns/" + code, Body: importedBody{Campaign: code, Campaigns: n.Campaigns, Tasks: n.Tasks}}, nil
}

// belowCampaign puts what a campaign file has at its top below the campaign, where
// the request has it.
func belowCampaign(err error) error {
	e := *workflow.AsError(err)
	e.Fields = slices.Clone(e.Fields)
	for i, f := range e.Fields {
		if strings.HasPrefix(f.Field, "periods") || strings.HasPrefix(f.Field, "regions") {
			e.Fields[i].Field = "campaign." + f.Field
		}
	}
	return &e
}
