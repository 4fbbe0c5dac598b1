package api

import (
	"context"
	"time"

	"duban/workflow"
)

const aboutVerify = `重算整个日志，与库内外的全部检查点和所存数据核对，与命令 duban audit verify 相同。一次只有一个：已在等待或进行的，即答该次。结果用 GET 取得。/ ` +
	`Recomputes the whole log and holds it against all checkpoints and against what is stored, as duban audit verify does. There is one at a time: one that waits or runs is answered. GET tells what came of it.`

type trailFindingBody struct {
	Table   string `json:"table"`
	Key     string `json:"key"`
	Column  string `json:"column,omitempty"`
	Is      string `json:"is,omitempty" doc:"现在的内容 / What it is"`
	Want    string `json:"want,omitempty" doc:"应有的内容 / What it should be"`
	Message string `json:"message"`
}

type checkpointBody struct {
	Size int64     `json:"size" doc:"所覆盖的事件数 / Events that it covers"`
	Root string    `json:"root" doc:"哈希树的根，base64 / Root of the tree"`
	Time time.Time `json:"time"`
}

type verifiedBody struct {
	Clean      bool               `json:"clean" doc:"全部相符 / Everything agrees"`
	Size       int64              `json:"size" doc:"日志中的事件 / Events of the log"`
	Accepted   int64              `json:"accepted" doc:"其中变更 / Of these, changes"`
	Refused    int64              `json:"refused" doc:"其中被拒的尝试 / Of these, refused attempts"`
	Pending    int64              `json:"pending" doc:"待入日志的事件 / Events that wait for the log"`
	Stored     int                `json:"checkpoints_stored" doc:"核对过的库内检查点 / Checkpoints in the database"`
	Kept       int                `json:"checkpoints_kept_outside"`
	Covered    int64              `json:"covered" doc:"库外检查点覆盖的事件 / Events that checkpoints kept outside cover"`
	Checkpoint *checkpointBody    `json:"checkpoint,omitempty" doc:"开始时最新的检查点 / The newest checkpoint when it began"`
	Findings   int64              `json:"findings" doc:"不符之处的总数 / All findings"`
	First      []trailFindingBody `json:"first_findings" doc:"最先的 50 处 / The first 50"`
}

type verificationBody struct {
	ID        string        `json:"id" format:"uuid"`
	State     string        `json:"state" enum:"asked,running,done,failed" doc:"done：已核验，不论结果；failed：未能核验 / done: whatever was found; failed: it could not be carried out"`
	AskedBy   string        `json:"asked_by,omitempty" doc:"要求核验的人；每夜自动核验则没有 / Who asked; absent for the nightly one"`
	Name      string        `json:"asked_by_name,omitempty"`
	Nightly   bool          `json:"nightly" doc:"每夜自动核验 / The nightly one"`
	AskedAt   time.Time     `json:"asked_at"`
	StartedAt *time.Time    `json:"started_at,omitempty"`
	EndedAt   *time.Time    `json:"ended_at,omitempty"`
	Result    *verifiedBody `json:"result,omitempty"`
	Failure   string        `json:"failure,omitempty"`
}

type trailStatusBody struct {
	Latest     *verificationBody `json:"latest,omitempty" doc:"最近一次已结束的核验；没有则从未核验 / The newest that has ended; absent if there never was one"`
	Running    *verificationBody `json:"running,omitempty" doc:"等待或进行中的核验 / The one that waits or runs"`
	Checkpoint *checkpointBody   `json:"checkpoint,omitempty" doc:"现在最新的检查点 / The newest checkpoint now"`
}

type trailStatusOut struct{ Body trailStatusBody }

func (s *server) verification(ctx context.Context, who workflow.Actor, _ *struct{}) (*trailStatusOut, error) {
	status, err := s.service.TrailStatus(ctx, who)
	if err != nil {
		return nil, err
	}
	wire := func(v workflow.Verification) verificationBody {
		return verificationOf(v, status.Names[v.AskedBy], requestOf(ctx).lang)
	}
	return &trailStatusOut{Body: trailStatusBody{Latest: optional(status.Latest, wire), Running: optional(status.Running, wire), Checkpoint: optional(status.Checkpoint, checkpointOf)}}, nil
}

type verifyTrailOut struct{ Body verificationBody }

func (s *server) verifyTrail(ctx context.Context, call workflow.Call, _ *struct{}) (*verifyTrailOut, error) {
	v, err := s.service.AskVerification(ctx, call)
	if err != nil {
		return nil, err
	}
	return &verifyTrailOut{Body: verificationOf(v, "", requestOf(ctx).lang)}, nil
}

func checkpointOf(c workflow.CheckpointSummary) checkpointBody {
	return checkpointBody{Size: c.Size, Root: c.Root, Time: c.Time.UTC()}
}

func verificationOf(v workflow.Verification, name string, lang workflow.Lang) verificationBody {
	out := verificationBody{
		ID: v.ID, State: string(v.State), AskedBy: v.AskedBy, Name: name, Nightly: v.Nightly(), AskedAt: v.AskedAt.UTC(), StartedAt: shownTime(v.StartedAt), EndedAt: shownTime(v.EndedAt),
	}
	if out.Nightly {
		out.AskedBy = ""
	}
	r := v.Result
	switch {
	case r == nil:
	case r.Failure != nil:
		out.Failure = r.Failure.In(lang)
	default:
		out.Result = &verifiedBody{
			Clean: r.Findings == 0, Size: r.Size, Accepted: r.Accepted, Refused: r.Refused, Pending: r.Pending, Stored: r.Stored, Kept: r.Kept, Covered: r.Covered,
			Checkpoint: optional(r.Checkpoint, checkpointOf), Findings: r.Findings,
			First: mapped(r.First, func(f workflow.TrailFinding) trailFindingBody {
				return trailFindingBody{Table: f.Table, Key: f.Key, Column: f.Column, Is: f.Is, Want: f.Want, Message: f.Text.In(lang)}
			}),
		}
	}
	return out
}

// shownTime is nil for no moment.
func shownTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
