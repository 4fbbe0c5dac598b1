package seeded

func init() { bugs = append(bugs, separationBugs...) }

// separationBugs let one person do what takes two, or keep what was taken away.
var separationBugs = []bug{
	{
		name: "who represents the author may review", file: "workflow/guard.go",
		right: "s.report.wroteIt(s.actor.Persons())", wrong: "s.report.wroteIt([]string{s.actor.UserID})",
		pkg: "api/apitest", run: "TestAPersonAnswersForWhatTheDeputyReported",
	},
	{
		name: "the person whose deputy reported may review it", file: "workflow/guard.go",
		right: "return id == r.Author || id == r.OnBehalf", wrong: "return id == r.Author",
		pkg: "api/apitest", run: "TestAPersonAnswersForWhatTheDeputyReported",
	},
	{
		name: "an approval is for whatever waits", file: "workflow/content.go",
		right: "seen.Number != 0 && seen.Number != m.report.Number ||", wrong: "false ||",
		pkg: "api/apitest", run: "TestAnApprovalIsForTheReportThatWasRead/sqlite",
	},
	{
		name: "an approval names nothing", file: "api/precondition.go",
		right: "NamesReport: true", wrong: "NamesReport: false",
		pkg: "api/apitest", run: "TestAnApprovalIsForTheReportThatWasRead/sqlite",
	},
	{
		name: "who gives roles gives them to themselves", file: "workflow/grant.go",
		right: "if u.ID == un.call.Actor.UserID {", wrong: "if u.ID == \"\" {",
		pkg: "api/apitest", run: "TestAccountsTakeTwoAdministrators/sqlite",
	},
	{
		name: "a disabled account keeps its tokens for when it is enabled", file: "workflow/disable.go",
		right: "return u, un.endAll(u.ID, false)", wrong: "return u, nil",
		pkg: "api/apitest", run: "TestAccountsTakeTwoAdministrators/sqlite",
	},
	{
		name: "a deputy acts on the day after", file: "workflow/gormstore/identity.go",
		right: "d.to_day >= ?", wrong: "? <> d.from_day",
		pkg: "api/apitest", run: "TestADeputyActsInThePersonsPlace/sqlite",
	},
	{
		name: "a deputy keeps the role that its grantor lost", file: "workflow/gormstore/identity.go",
		right: "LEFT JOIN grants h ON h.user_id = o.id AND h.role = d.role AND h.region = d.region",
		wrong: "LEFT JOIN (SELECT d2.grantor AS user_id, d2.role, d2.region FROM delegations d2) h ON h.user_id = o.id AND h.role = d.role AND h.region = d.region",
		pkg:   "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Identity",
	},
	{
		name: "scopes are not asked in the service", file: "workflow/service.go",
		right: "auth: bounded{auth}", wrong: "auth: auth",
		pkg: "api/apitest", run: "TestATokenIsGoodForItsScopesOnly/sqlite",
	},
	{
		name: "a token with scopes names deputies", file: "api/scope.go",
		right: "return !a.Changes || a.Operation == signingOut", wrong: "return true",
		pkg: "api/apitest", run: "TestATokenIsGoodForItsScopesOnly/sqlite",
	},
	{
		name: "the check of duties passes over the guards", file: "workflow/separation.go",
		right: "sit.report = &Report{Author: s.actor.UserID, OnBehalf: at.behalf}", wrong: "sit.report = &Report{Author: \"another\", OnBehalf: at.behalf}",
		pkg: "workflow", run: "TestDutiesAreSeparated",
	},
	{
		name: "a retired region gets tasks", file: "workflow/region.go",
		right: "if err == nil && region.Retired {", wrong: "if false {",
		pkg: "api/apitest", run: "TestARetiredRegionKeepsItsHistory/sqlite",
	},
	{
		name: "anybody ends a deputyship", file: "workflow/delegation.go",
		right: "!may && d.Grantor != me && d.Deputy != me", wrong: "false && !may && d.Grantor != me && d.Deputy != me",
		pkg: "api/apitest", run: "TestADeputyshipEnds",
	},
}
