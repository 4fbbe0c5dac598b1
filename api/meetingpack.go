package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"duban/workflow"
	"duban/workflow/meetingpack"
)

type meetingPackIn struct {
	PeriodPath
	PastQuery
}

// meetingPackOut sends the pack as it is made, not as one more copy in memory.
type meetingPackOut struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition" hidden:"true"`
	ContentLength      string `header:"Content-Length" hidden:"true"`
	Body               func(huma.Context)
}

func (s *server) meetingPackOperation() operation {
	return get("/campaigns/{code}/periods/{period}/meeting-pack", "getMeetingPack", tagCampaigns, "会议材料", "The meeting pack").described(
		"进度滞后情况表，以及表中每项任务的经过、证据和证明，不需服务器即可阅读；导出本身记入审计日志。/ "+
			"The lag table and, for each task in it, timeline, evidence and proof, read without a server. The export is an audit event.").
		givesFile("application/zip", &huma.Schema{Type: huma.TypeString, Format: "binary"})
}

func (s *server) meetingPack(ctx context.Context, who workflow.Actor, in *meetingPackIn) (*meetingPackOut, error) {
	var p workflow.Problems
	asOf := in.AsOf.parse(&p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	pack, err := meetingpack.Export(ctx, s.service, who, in.Code, in.Period, asOf)
	if err != nil {
		return nil, err
	}
	return &meetingPackOut{
		ContentType: "application/zip", ContentDisposition: attachment(pack.Name), ContentLength: strconv.FormatInt(pack.Size, 10),
		Body: func(c huma.Context) {
			if _, err := pack.WriteTo(c.BodyWriter()); err != nil {
				requestOf(ctx).log.Info("the caller did not wait for the meeting pack", "error", err)
				panic(http.ErrAbortHandler) // so that what was sent is not taken for the whole
			}
		},
	}, nil
}
