package gormstore

import (
	"strings"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/audit"
)

// table is a table that says what events say: its columns in the order in which a
// noun's values are given, the primary key first.
type table struct {
	name    string
	columns []string
	keys    int                 // how many columns are the primary key
	same    map[string]sameness // of columns that are not compared byte by byte
	into    string              // INSERT up to VALUES
}

func newTable(name string, keys int, columns string, same map[string]sameness) table {
	return table{
		name: name, columns: strings.Fields(columns), keys: keys, same: same,
		into: "INSERT INTO " + name + " (" + strings.Join(strings.Fields(columns), ", ") + ")",
	}
}

// The tables that events tell of.
var (
	regionsTable = newTable("regions", 1, "code name retired version", nil)
	usersTable   = newTable("users", 1, "id login name password_hash disabled version created_at password_at password_once totp",
		map[string]sameness{"login": sameDigest, "name": sameDigest, "password_hash": sameDigest, "totp": sameDigest})
	grantsTable          = newTable("grants", 2, "user_id position role region", nil)
	campaignsTable       = newTable("campaigns", 1, "code title starts params_version open_period version created_at", nil)
	campaignRegionsTable = newTable("campaign_regions", 2, "campaign region", nil)
	periodsTable         = newTable("periods", 2, "campaign code label cutoff report_by", nil)
	paramsTable          = newTable("assessment_params", 2, "campaign version nearly_ratio pace_ratio",
		map[string]sameness{"nearly_ratio": sameFigure, "pace_ratio": sameFigure})
	tasksTable = newTable("tasks", 1, `id campaign code seq region key_task subject requirement search measures
		state period report_id flag_id verdict version created_at updated_at due`, map[string]sameness{"measures": sameContent[[]assess.Measure]})
	reportsTable = newTable("reports", 1, "id task_id number period flag_id author on_behalf evidence_date narrative figures assessment warnings status submitted_at evidence",
		map[string]sameness{"evidence": sameContent[[]workflow.EvidenceRef], "figures": sameContent[assess.Values], "assessment": sameContent[*assess.Assessment], "warnings": sameContent[[]workflow.Warning]})
	reviewsTable = newTable("reviews", 1, "id task_id period event report_id report_number report_digest flag_id assessment verdict reason reviewer on_behalf at",
		map[string]sameness{"assessment": sameContent[*assess.Assessment]})
	evidenceTable    = newTable("evidence", 1, "id task_id sha256 name kind size uploader uploaded_at version", map[string]sameness{"name": sameDigest})
	flagsTable       = newTable("flags", 1, "id task_id period verdict reason rectify_by opened_by opened_at cleared_by cleared_at", nil)
	delegationsTable = newTable("delegations", 1, "id grantor deputy role region from_day to_day version created_at ended_at", nil)
	// What a row of an edition says is told by its digest.
	editionsTable       = newTable("editions", 1, "id campaign period number title header row_count sha256 as_of gaps signed_by issued_by issued_at", nil)
	editionRowsTable    = newTable("edition_rows", 2, "edition_id n content", map[string]sameness{"content": sameDigest})
	narrativeEditsTable = newTable("narrative_edits", 1, "id campaign period task_id report_id original narrative reason editor at", nil)
	eventsTable         = newTable("audit_events", 1, `id at outcome name subject subject_id version accepted_version
		actor_id request_key campaign region period canonical`, nil)
)

func regionValues(r workflow.Region) []any { return []any{r.Code, r.Name, r.Retired, r.Version} }

func userValues(u workflow.User) []any {
	return []any{u.ID, strings.ToLower(u.Login), u.Name, u.PasswordHash, u.Disabled, u.Version, toMoment(u.CreatedAt), toMoment(u.PasswordAt), u.PasswordOnce, u.TOTP}
}

func grantValues(u workflow.User) [][]any {
	rows := make([][]any, len(u.Grants))
	for i, g := range u.Grants {
		rows[i] = []any{u.ID, i, string(g.Role), g.Region}
	}
	return rows
}

func delegationValues(d workflow.Delegation) []any {
	return []any{d.ID, d.Grantor, d.Deputy, string(d.Role), d.Region, d.From.String(), d.To.String(), d.Version, toMoment(d.CreatedAt), toMoment(d.EndedAt)}
}

func campaignValues(c workflow.Campaign) []any {
	return []any{c.Code, c.Title, c.Starts.String(), c.Params.Version, c.OpenPeriod, c.Version, toMoment(c.CreatedAt)}
}

func paramsValues(campaign string, p assess.Params) []any {
	return []any{campaign, p.Version, assess.Exact(p.NearlyRatio), assess.Exact(p.PaceRatio)}
}

func campaignRegionValues(c workflow.Campaign) [][]any {
	rows := make([][]any, len(c.Regions))
	for i, region := range c.Regions {
		rows[i] = []any{c.Code, region}
	}
	return rows
}

func periodValues(c workflow.Campaign) [][]any {
	rows := make([][]any, len(c.Periods))
	for i, p := range c.Periods {
		rows[i] = []any{c.Code, p.Code, p.Label, p.Cutoff.String(), p.ReportBy.String()}
	}
	return rows
}

func taskValues(t workflow.Task) []any {
	return []any{
		t.ID, t.Campaign, t.Code, t.Seq, t.Region, t.Key, t.Subject, t.Requirement, t.SearchText(), toJSON(t.Measures),
		string(t.State), t.Period, t.ReportID, t.FlagID, string(t.Verdict), t.Version, toMoment(t.CreatedAt), toMoment(t.UpdatedAt), t.Due.String(),
	}
}

func reportValues(r workflow.Report) []any {
	evidence := ""
	if len(r.Evidence) > 0 {
		evidence = toJSON(r.Evidence)
	}
	warnings := ""
	if len(r.Warnings) > 0 {
		warnings = toJSON(r.Warnings)
	}
	return []any{
		r.ID, r.TaskID, r.Number, r.Period, r.FlagID, r.Author, r.OnBehalf, r.EvidenceDate.String(), r.Narrative, toJSON(r.Values), toJSON(r.Assessment),
		warnings, string(r.Status), toMoment(r.SubmittedAt), evidence,
	}
}

func evidenceValues(e workflow.Evidence) []any {
	return []any{e.ID, e.TaskID, e.SHA256, e.Name, string(e.Kind), e.Size, e.Uploader, toMoment(e.UploadedAt), e.Version}
}

func reviewValues(r workflow.Review) []any {
	assessment := ""
	if r.Assessment != nil {
		assessment = toJSON(r.Assessment)
	}
	return []any{
		r.ID, r.TaskID, r.Period, string(r.Event), r.ReportID, r.ReportNumber, r.ReportDigest, r.FlagID, assessment, string(r.Verdict), r.Reason, r.Reviewer, r.OnBehalf,
		toMoment(r.At),
	}
}

func flagValues(f workflow.Flag) []any {
	return []any{
		f.ID, f.TaskID, f.Period, string(f.Verdict), f.Reason, f.RectifyBy.String(), f.OpenedBy, toMoment(f.OpenedAt), f.ClearedBy, toMoment(f.ClearedAt),
	}
}

func editionValues(e workflow.Edition) []any {
	signed := ""
	if e.Signed != nil {
		signed = toJSON(e.Signed)
	}
	return []any{
		e.ID, e.Campaign, e.Period, e.Number, e.Title, toJSON(e.Header), e.Rows, e.SHA256, e.AsOf, toJSON(e.Gaps), signed, e.IssuedBy, toMoment(e.IssuedAt),
	}
}

func narrativeEditValues(e workflow.NarrativeEdit) []any {
	return []any{e.ID, e.Campaign, e.Period, e.TaskID, e.ReportID, e.Original, e.Text, e.Reason, e.Editor, toMoment(e.At)}
}

func eventValues(e audit.Event) []any {
	var accepted, key any // NULL for refused attempts, and without a request key
	if e.Outcome == audit.Accepted {
		accepted = e.Version
	}
	if e.RequestKey != "" {
		key = e.RequestKey
	}
	return []any{e.ID, toMoment(e.At), string(e.Outcome), e.Name, e.Subject, e.SubjectID, e.Version, accepted,
		e.ActorID, key, e.Campaign, e.Region, e.Period, e.Canonical()}
}

// valuesOf gives the rows of several nouns.
func valuesOf[N any](nouns []N, values func(N) []any) [][]any {
	rows := make([][]any, len(nouns))
	for i, n := range nouns {
		rows[i] = values(n)
	}
	return rows
}
