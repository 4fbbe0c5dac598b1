package api

import (
	"context"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"duban/workflow"
)

// fileOut is an answer that was written elsewhere.
type fileOut struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// attachment names the file that an answer is saved as.
func attachment(name string) string { return fmt.Sprintf("attachment; filename=%q", name) }

// givesFile documents an answer of another form than the types here have.
func (o operation) givesFile(contentType string, schema *huma.Schema) operation {
	o.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{contentType: {Schema: schema}}}}
	return o
}

func (s *server) proofOperation() operation {
	return get("/tasks/{id}/proof", "getTaskProof", tagTasks, "任务事件的证明文件", "The proof of a task's events").described(
		"证明最新检查点所含的事件，可用 `duban audit check` 离线核验；尚未进入检查点的事件不在其中，见 Proof-Version。/ "+
			"Proves the events in the newest checkpoint, to be checked offline with `duban audit check`; later ones are left out, see Proof-Version.").
		givesFile("application/json", &huma.Schema{Type: huma.TypeObject})
}

type proofOut struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition" hidden:"true"`
	Version            int    `header:"Proof-Version" doc:"证明到任务的第几版 / The last version of the task that is proved"`
	TaskVersion        int    `header:"Proof-Task-Version" doc:"任务现在的版本；大于 Proof-Version 则后面的尚未证明 / The task's version now; those after Proof-Version are not proved yet"`
	Checkpoint         string `header:"Proof-Checkpoint" doc:"检查点的简写 / The checkpoint in short" example:"a0b1c2d3e4f5/1234"`
	Body               []byte
}

func (s *server) taskProof(ctx context.Context, who workflow.Actor, in *struct{ TaskPath }) (*proofOut, error) {
	proof, err := s.service.TaskProof(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	return &proofOut{
		ContentType: "application/json", ContentDisposition: attachment("proof-" + proof.Task.Code + ".json"), Body: proof.File,
		Version: proof.Version, TaskVersion: proof.Task.Version, Checkpoint: proof.Checkpoint.Short(),
	}, nil
}

func (s *server) checkpointOperation() operation {
	return get("/audit/checkpoint", "getCheckpoint", tagAudit, "最新的检查点", "The newest checkpoint").described(
		"签名文本：来源、记录数、根哈希、时间。请保存在系统之外。/ A signed note: origin, size, root and time. Keep it outside the system.").
		givesFile("text/plain", &huma.Schema{Type: huma.TypeString})
}

func (s *server) checkpoint(ctx context.Context, who workflow.Actor, _ *struct{}) (*fileOut, error) {
	note, _, err := s.service.Checkpoint(ctx, who)
	if err != nil {
		return nil, err
	}
	return &fileOut{ContentType: "text/plain; charset=utf-8", Body: note}, nil
}

type consistencyIn struct {
	From int64 `query:"from" required:"true" minimum:"0" doc:"较早检查点的记录数 / Size of the older checkpoint"`
	To   int64 `query:"to" required:"true" minimum:"0" doc:"较新检查点的记录数 / Size of the newer checkpoint"`
}

// consistencyBody only documents the file; audit.ConsistencyProof writes it.
type consistencyBody struct {
	Format  string   `json:"format" enum:"duban-consistency"`
	Version int      `json:"version" enum:"1"`
	From    int64    `json:"from"`
	To      int64    `json:"to"`
	Proof   []string `json:"proof" doc:"RFC 6962 2.1.2，base64"`
}

func (s *server) consistencyOperation() operation {
	return get("/audit/consistency", "getConsistency", tagAudit, "一致性证明", "A consistency proof").described(
		"证明较短的日志是较长日志的开头；用 `duban audit check --consistency` 离线核验。/ "+
			"Proves that the shorter log is the beginning of the longer one; checked offline with `duban audit check --consistency`.").
		givesFile("application/json", s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[consistencyBody](), true, ""))
}

func (s *server) consistency(ctx context.Context, who workflow.Actor, in *consistencyIn) (*fileOut, error) {
	proof, err := s.service.Consistency(ctx, who, in.From, in.To)
	if err != nil {
		return nil, err
	}
	file, err := proof.Encode()
	return &fileOut{ContentType: "application/json", Body: file}, err
}
