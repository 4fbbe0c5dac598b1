package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"duban/workflow"
	"duban/workflow/filekind"
)

// EvidenceOut is a file of evidence.
type EvidenceOut struct {
	SHA256 string `json:"sha256" doc:"内容的摘要，上报时以此引用 / Digest of the content; a report names the file by it"`
	Name   string `json:"name" example:"现场照片.jpg"`
	Kind   string `json:"kind" enum:"pdf,jpeg,png,webp,heic,mp4,docx,xlsx,pptx,text,gb18030" doc:"按内容判断 / By content"`
	Size   int64  `json:"size" doc:"字节 / In bytes"`
}

func evidenceOf(e workflow.EvidenceRef) EvidenceOut {
	return EvidenceOut{SHA256: e.SHA256, Name: e.Name, Kind: string(e.Kind), Size: e.Size}
}

type uploadOut struct {
	EvidenceOut
	UploadedAt time.Time `json:"uploaded_at"`
}

func uploadOf(e workflow.Evidence) uploadOut {
	return uploadOut{EvidenceOut: evidenceOf(e.Ref()), UploadedAt: e.UploadedAt.UTC()}
}

// uploadOperation takes the bytes of a file as the body: browsers show the progress of
// such a request, and `curl --data-binary @file` makes one.
func (s *server) uploadOperation() operation {
	return post("/tasks/{id}/evidence", "uploadEvidence", tagTasks, "上传证据文件", "Upload an evidence file").
		needs(ofTask, workflow.EventPermission(workflow.EventReport)).status(http.StatusCreated).
		described("正文即文件内容，最多 50 MiB；种类按内容判断，Content-Type 不作数。上报时以 sha256 引用；无报告引用的，七天后清除。重复上传同一内容得到同一文件。/ "+
			"The body is the file, 50 MiB at most; its kind is found out from the content, whatever Content-Type says. A report names it by sha256; "+
			"what no report names is removed after seven days. The same content again is the same file.").
		streamed(workflow.MaxEvidence, append(filekind.MediaTypes(), "application/octet-stream")...)
}

type uploadIn struct {
	TaskPath
	Name string `query:"name" required:"true" doc:"文件名，不含路径，最多 200 字节 / Name of the file, no path, 200 bytes at most" example:"现场照片.jpg"`
}

type uploadedOut struct{ Body uploadOut }

func (s *server) upload(ctx context.Context, call workflow.Call, in *uploadIn) (*uploadedOut, error) {
	e, err := s.service.Upload(ctx, call, in.ID, in.Name, requestOf(ctx).stream)
	if err != nil {
		return nil, err
	}
	return &uploadedOut{Body: uploadOf(e)}, nil
}

func (s *server) uploads(ctx context.Context, who workflow.Actor, in *struct{ TaskPath }) (*listOut[uploadOut], error) {
	own, err := s.service.Uploads(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(own, uploadOf), nil
}

// FilePath is the end of the path of a file.
type FilePath struct {
	SHA256 string `path:"sha" pattern:"^[0-9a-f]{64}$"`
	Inline string `query:"inline" enum:"1" doc:"1：图片和 PDF 在浏览器中显示；其他种类仍为下载 / 1: pictures and PDF are shown; other kinds are still downloads"`
}

// fileOperation documents an answer that is a file.
func fileOperation(o operation) operation {
	return o.described("支持 Range。文件每次取出都先与摘要核对。/ Takes Range. The file is held against its digest each time before it is given.").
		givesFile("application/octet-stream", &huma.Schema{Type: huma.TypeString, Format: "binary"})
}

type uploadFileIn struct {
	TaskPath
	FilePath
}

func (s *server) uploadFile(ctx context.Context, who workflow.Actor, in *uploadFileIn) (*evidenceFileOut, error) {
	file, err := s.service.OpenUpload(ctx, who, in.ID, in.SHA256)
	return fileOf(ctx, file, in.Inline, err)
}

type reportFileIn struct {
	TaskPath
	ReportPath
	FilePath
}

func (s *server) reportFile(ctx context.Context, who workflow.Actor, in *reportFileIn) (*evidenceFileOut, error) {
	file, err := s.service.OpenEvidence(ctx, who, in.ID, in.Number, in.SHA256)
	return fileOf(ctx, file, in.Inline, err)
}

// evidenceFileOut sends a file as it is read.
type evidenceFileOut struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition" hidden:"true"`
	ContentPolicy      string `header:"Content-Security-Policy" hidden:"true"`
	Body               func(huma.Context)
}

// sandboxed is the Content-Security-Policy of files from people: were one shown as a page,
// it could run nothing and reach nothing. A browser's own viewer needs its styles.
const sandboxed = "sandbox; default-src 'none'; img-src 'self'; object-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func fileOf(ctx context.Context, file *workflow.EvidenceFile, inline string, err error) (*evidenceFileOut, error) {
	if err != nil {
		return nil, err
	}
	disposition := "attachment"
	if inline != "" && file.Kind.Inline() {
		disposition = "inline"
	}
	return &evidenceFileOut{
		ContentType: file.Kind.MediaType(), ContentDisposition: named(disposition, file.Name), ContentPolicy: sandboxed,
		Body: func(c huma.Context) {
			defer file.Content.Close()
			r := requestOf(ctx)
			// As long as a slow line needs.
			_ = r.control.SetWriteDeadline(time.Now().Add(bodyGrace + time.Minute + time.Duration(file.Size)*time.Second/bodyRate))
			e := humaecho.Unwrap(c)
			http.ServeContent(e.Response(), e.Request(), "", time.Time{}, file.Content)
		},
	}, nil
}

// named gives a file its name (RFC 6266): any name in filename*, and one in ASCII for who
// does not know that.
func named(disposition, name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return disposition + `; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
