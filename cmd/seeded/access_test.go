package seeded

func init() { bugs = append(bugs, accessBugs...) }

// accessBugs let somebody in who does not belong, or tell him something.
var accessBugs = []bug{
	{
		name: "statistics count the tasks of every region", file: "workflow/statistics.go",
		right: "TaskFilter{Scope: c.scope,", wrong: "TaskFilter{Scope: Scope{All: true},",
		pkg: "api/apitest", run: "TestWhatOthersDoChangesNothingHere",
	},
	{
		name: "overdue tasks of every region are listed", file: "workflow/overdue.go",
		right: "f.Scope, f.Today = s.auth.Scope(actor, MayReadTasks),", wrong: "f.Scope, f.Today = Scope{All: true},",
		pkg: "api/apitest", run: "TestNoCanarySingsInAnotherRegion",
	},
	{
		name: "the search looks at the events of every region", file: "workflow/inquiry.go",
		right: "		Scope: scope, Campaign: q.Campaign,", wrong: "		Scope: Scope{All: !scope.Empty()}, Campaign: q.Campaign,",
		pkg: "api/apitest", run: "TestNoCanarySingsInAnotherRegion",
	},
	{
		name: "the lag table has the tasks of every region", file: "workflow/picture.go",
		right: "TaskFilter{Scope: scope, Campaign: c.Code}", wrong: "TaskFilter{Scope: Scope{All: true}, Campaign: c.Code}",
		pkg: "api/apitest", run: "TestNoCanarySingsInAnotherRegion",
	},
	{
		name: "a task named by its code is anybody's", file: "workflow/inquiry.go",
		right: "	return s.visibleTask(r, actor, id)", wrong: "	return r.Task(id)",
		pkg: "api/apitest", run: "TestACodeOfATaskThatIsNotYoursIsLikeOneThatIsNotThere",
	},
	{
		name: "an attempt on a task that is not yours is not recorded", file: "workflow/refusal.go",
		right: "e.hidden == nil && !slices.Contains(recordedRefusals, e.Kind)", wrong: "!slices.Contains(recordedRefusals, e.Kind)",
		pkg: "api/apitest", run: "TestEveryRouteAnswersAsThePolicySays/sqlite",
	},
	{
		name: "checkpoints are for whoever is signed in", file: "workflow/proof.go",
		right: "	return !s.auth.Scope(actor, MayReadLagTable).Empty()", wrong: "	return actor.UserID != \"\" || !s.auth.Scope(actor, MayReadLagTable).Empty()",
		pkg: "api/apitest", run: "TestEveryRouteAnswersAsThePolicySays/sqlite",
	},
	{
		name: "anybody who is signed in creates campaigns", file: "workflow/setup.go",
		right: `role, err := u.may(MayWriteCampaigns, "")`, wrong: `role, err := u.may(MayReadRegions, "")`,
		pkg: "api/apitest", run: "TestEveryRouteAnswersAsThePolicySays/sqlite",
	},
	{
		name: "a route is declared for a wider audience than it serves", file: "api/server.go",
		right: `"Audit events of a task").needs(ofTask, workflow.MayReadEvents)`, wrong: `"Audit events of a task").selfService()`,
		pkg: "api/apitest", run: "TestEveryRouteAnswersAsThePolicySays/sqlite",
	},
	{
		name: "what is refused is told apart by its message", file: "workflow/refusal.go",
		right: "	e := errNoTask()\n", wrong: "	e := NotFoundError(Text{ZH: \"该任务\", EN: \"That task\"})\n",
		pkg: "api/apitest", run: "TestNotYoursIsAnsweredLikeNotThere",
	},
	{
		name: "a route may be added without saying for whom", file: "api/access.go",
		right: "	if !ok || a.Audience == Permitted", wrong: "	if ok && a.Audience == Permitted",
		pkg: "api", run: "TestARouteThatDoesNotSayWhoMayUseItIsRefused",
	},
	{
		name: "a page is registered beside the list", file: "api/server.go",
		right: `s.page(e, http.MethodGet, "/healthz", "进程是否存活", "Is the process alive", s.healthy)`, wrong: `e.GET("/healthz", s.healthy)`,
		pkg: "api", run: "TestARouteThatDoesNotSayWhoMayUseItIsRefused",
	},
}
