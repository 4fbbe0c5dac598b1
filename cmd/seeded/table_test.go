package seeded

// bugs are the known mistakes.
var bugs = []bug{
	// What a store promises.
	{
		name: "the version is not compared when a task is saved", file: "workflow/gormstore/tasks.go",
		right: "WHERE id = ? AND version = ? AND state = ?`",
		wrong: "WHERE id = ? AND (version = ? OR 1 = 1) AND state = ?`",
		pkg:   "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Tasks",
	},
	{
		name: "the state is not compared when a task is saved", file: "workflow/gormstore/tasks.go",
		right: "WHERE id = ? AND version = ? AND state = ?`",
		wrong: "WHERE id = ? AND version = ? AND (state = ? OR 1 = 1)`",
		pkg:   "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Tasks",
	},
	{
		name: "a task is read without its row lock", file: "workflow/gormstore/campaigns.go",
		right: `" FOR UPDATE"`, wrong: `""`,
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/mariadb/Locks",
	},
	{
		name: "what a refused step wrote is stored with the others", file: "workflow/gormstore/group.go",
		right: `case f.failed != nil:
			fates[i] = f`, wrong: `case f.failed != nil:
			fates[i] = f
			together = append(together, d)`,
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Steps",
	},
	{
		name: "a step is answered although another broke their transaction", file: "workflow/gormstore/group.go",
		right: `if err := u.write(together); err != nil {
		return all(u.cost, err)`,
		wrong: `if err := u.write(together); err != nil {
		return fates`,
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Steps",
	},
	{
		name: "a step fails because of another in its transaction", file: "workflow/gormstore/group.go",
		right: "alone: cost != noRetry || workflow.KindOf(failed) != workflow.Unavailable", wrong: "alone: cost != noRetry",
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Steps",
	},
	{
		name: "steps are answered although their commit failed", file: "workflow/gormstore/group.go",
		right: "if err := u.tx.Commit(); err != nil {", wrong: "if err := u.tx.Commit(); false {",
		pkg: "workflow/gormstore", run: "TestAnUnknownCommitIsReportedAndNotRepeated",
	},
	{
		name: "success is answered although the commit failed", file: "workflow/gormstore/unit.go",
		right: "if err := u.tx.Commit(); err != nil {", wrong: "if err := u.tx.Commit(); false {",
		pkg: "workflow/gormstore", run: "TestAnUnknownCommitIsReportedAndNotRepeated",
	},
	{
		name: "a commit with an unknown outcome is tried again", file: "workflow/gormstore/failure.go",
		right: "return noRetry, errUnknown.Because(err)", wrong: "return afterDeadlock, errUnknown.Because(err)",
		pkg: "workflow/gormstore", run: "TestAnUnknownCommitIsReportedAndNotRepeated",
	},
	{
		name: "a unit goes on after a deadlock rolled its transaction back", file: "workflow/gormstore/unit.go",
		right: "	if err := u.usable(); err != nil {\n		return 0, err\n	}\n", wrong: "",
		pkg: "workflow/gormstore", run: "TestADeadlockedUnitRunsAgain",
	},
	{
		name: "the regions of the scope do not restrict the task list", file: "workflow/gormstore/tasklist.go",
		right: "if !f.Scope.All {", wrong: "if false {",
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/TaskList",
	},
	{
		name: "an idempotency key is looked up among everybody's", file: "workflow/gormstore/events.go",
		right: `"actor_id = ? AND replay_key = ?", actorID, key)`, wrong: `"replay_key = ?", key)`,
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Replays",
	},
	{
		name: "the past of a moment has what came at it", file: "workflow/gormstore/events.go",
		right: "CASE WHEN at < ? THEN", wrong: "CASE WHEN at <= ? THEN",
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Accepted",
	},
	{
		name: "the past has what followed an event that was not known yet", file: "workflow/gormstore/events.go",
		right: `		if of == stopped {
			return nil`,
		wrong: `		if of == stopped && bytes == nil {
			return nil`,
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Accepted",
	},
	{
		name: "SQLite does not sync at each commit", file: "workflow/gormstore/sqlite.go",
		right: `q.Set("_synchronous", "FULL")`, wrong: `q.Set("_synchronous", "NORMAL")`,
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Regions",
	},

	// One step, once, with its event.
	{
		name: "the event is written in its own unit of work before the act", file: "workflow/move.go",
		right: "return m.out, m.AppendEvents([]audit.Event{e})",
		wrong: "return m.out, m.svc.store.Update(context.Background(), func(tx Tx) error { return tx.AppendEvents([]audit.Event{e}) })",
		pkg:   "workflow", run: "TestAnActIsStoredWholeOrNotAtAll/mariadb",
	},
	{
		name: "the event is written in its own unit of work after the act", file: "workflow/service.go",
		right: `return &Service{store: store, `,
		wrong: `return &Service{store: tardy{store}, `,
		also: `

type tardy struct{ Store }

func (s tardy) Step(ctx context.Context, ahead Ahead, fn func(StepTx, *Start) error) error {
	var late []audit.Event
	err := s.Store.Step(ctx, ahead, func(tx StepTx, start *Start) error {
		late = nil
		return fn(keeping{tx, &late}, start)
	})
	if err != nil || late == nil {
		return err
	}
	return s.Store.Update(ctx, func(tx Tx) error { return tx.AppendEvents(late) })
}

type keeping struct {
	StepTx
	late *[]audit.Event
}

func (k keeping) AppendEvents(events []audit.Event) error {
	*k.late = append(*k.late, events...)
	return nil
}
`,
		pkg: "workflow", run: "TestAnActIsStoredWholeOrNotAtAll/sqlite",
	},
	{
		name: "an act leaves no event", file: "workflow/move.go",
		right: "return m.out, m.AppendEvents([]audit.Event{e})",
		wrong: `_ = e
	return m.out, nil`,
		pkg: "workflow", run: "TestStaleVersionIsRefused|TestAnActIsStoredWholeOrNotAtAll/sqlite",
	},
	{
		name: "a new account leaves no event", file: "workflow/account.go",
		right: `return u, un.logUser("user.create", role, u)`, wrong: `_ = role
		return u, nil`,
		pkg: "workflow", run: "TestNoSecretIsStored",
	},
	{
		name: "the answer to an idempotency key is not kept", file: "workflow/service.go",
		right: "return d.remember(r.out)", wrong: "return nil",
		pkg: "workflow", run: "TestRepeatedTokenRequestGivesTheSameToken",
	},
	{
		name: "a step's event does not carry its idempotency key", file: "workflow/service.go",
		right: "e.RequestKey, e.RequestHash, u.keyed = k.Key, k.Hash, true", wrong: "u.keyed = true",
		pkg: "workflow", run: "TestRepeatedRequestIsCarriedOutOnce/sqlite",
	},
	{
		name: "an idempotency key answers another request", file: "workflow/replay.go",
		right: "if kept.Hash != r.call.Request.Hash {", wrong: "if false {",
		pkg: "workflow", run: "TestRepeatedRequestIsCarriedOutOnce/sqlite",
	},
	{
		name: "a twin that lost the race is refused", file: "workflow/service.go",
		right: "if r.call.Request != nil && KindOf(err) != Unavailable {", wrong: "if false {",
		pkg: "workflow", run: "TestRepeatedRequestIsCarriedOutOnce/sqlite",
	},
	{
		name: "If-Match is ignored", file: "workflow/move.go",
		right: "seen != 0 && seen != m.task.Version", wrong: "seen < 0",
		pkg: "workflow", run: "TestStaleVersionIsRefused",
	},
	{
		name: "If-Match is ignored by open_period", file: "workflow/period.go",
		right: "if u.call.IfVersion != 0 && u.call.IfVersion != c.Version {", wrong: "if false {",
		pkg: "api/apitest", run: "TestOpeningAPeriodWaitsForReviews",
	},
	{
		name: "If-Match does not reach the domain", file: "api/precondition.go",
		right: "call.IfVersion = ifVersion(", wrong: "_ = ifVersion(",
		pkg: "api/apitest", run: "TestAStaleVersionIsRefusedWithTheLastChange",
	},
	{
		name: "an import commits its tasks before its reports", file: "workflow/import.go",
		right: `	return write(ctx, s, call.to("import", SubjectCampaign, in.Campaign.Code), func(u *desk) (Imported, error) {
`,
		wrong: `	if len(in.Reports) > 0 {
		tasks := in
		tasks.Reports = nil
		if made, err := s.Import(ctx, Call{Actor: call.Actor}, tasks); err != nil {
			return made, err
		}
	}
	return write(ctx, s, call.to("import", SubjectCampaign, in.Campaign.Code), func(u *desk) (Imported, error) {
`,
		pkg: "workflow", run: "TestBadReportInFileIsNamed",
	},
	{
		name: "open_period forgets to record the missed report", file: "workflow/move.go",
		right: "picture.Missed = m.task.Period", wrong: `picture.Missed = ""`,
		pkg: "workflow", run: "TestOpeningAPeriod/sqlite",
	},
	{
		name: "an event goes by the campaign as it was", file: "workflow/move.go",
		right: "ok && kept.(Campaign).Version == version", wrong: "ok",
		pkg: "workflow", run: "TestAnEventGoesByTheCampaignAsItIs",
	},
	{
		name: "a campaign is remembered before it is committed", file: "workflow/move.go",
		right: "u.looked = &c", wrong: "u.svc.campaigns.Store(code, c)",
		pkg: "workflow", run: "TestAnEventDoesNotGoByACampaignThatWasRolledBack",
	},
	{
		name: "a cancelled task keeps its open flag", file: "workflow/close.go",
		right: "(*motion).clearFlag)", wrong: "func(*motion) error { return nil })",
		pkg: "workflow", run: "TestCancellingClearsTheFlag",
	},

	// Who may do and see what.
	{
		name: "people review their own reports", file: "workflow/guard.go",
		right: "if s.report == nil || !s.report.wroteIt(s.actor.Persons()) {", wrong: `if s.campaign.Code != "" {`,
		pkg: "workflow", run: "TestNobodyReviewsTheirOwnReport",
	},
	{
		name: "the definition lets an author flag a reviewed task", file: "configs/workflow.yaml",
		right: "{event: flag, from: reviewed, to: flagged_lagging, by: [reviewer], guards: [not_author]}",
		wrong: "{event: flag, from: reviewed, to: flagged_lagging, by: [reviewer]}",
		pkg:   "workflow", run: "TestNobodyReviewsTheirOwnReport",
	},
	{
		name: "anybody of the region withdraws a colleague's report", file: "workflow/guard.go",
		right: "if s.report != nil && s.report.wroteIt(persons) {", wrong: "if s.report != nil {",
		pkg: "workflow", run: "TestMachine/sqlite",
	},
	{
		name: "the task list has every region", file: "workflow/views.go",
		right: "f.Scope = s.auth.Scope(actor, MayReadTasks)", wrong: "f.Scope = Scope{All: true}",
		pkg: "api/apitest", run: "TestAReporterListsOwnTasksOnlyAndSeesWhatIsAllowed",
	},
	{
		name: "the lag table has every region", file: "workflow/picture.go",
		right: "TaskFilter{Scope: scope,", wrong: "TaskFilter{Scope: Scope{All: true},",
		pkg: "workflow", run: "TestThePastKeepsToTheScope",
	},
	{
		name: "a task of the past is shown to every district", file: "workflow/pastviews.go",
		right: "MayReadTasks, past.Task.Region); !ok {", wrong: "MayReadTasks, past.Task.Region); false && !ok {",
		pkg: "workflow", run: "TestThePastKeepsToTheScope",
	},
	{
		name: "the list of the past has every region", file: "workflow/pastviews.go",
		right: "f.Scope = s.auth.Scope(actor, MayReadTasks)", wrong: "f.Scope = s.auth.Scope(actor, MayReadTasks); f.Scope.All = !f.Scope.Empty()",
		pkg: "workflow", run: "TestThePastKeepsToTheScope",
	},
	{
		name: "the future is known", file: "workflow/asof.go",
		right: "|| a.at.After(now) {", wrong: "{",
		pkg: "workflow", run: "TestTheFutureIsNotKnown",
	},
	{
		name: "the table of the past leaves out what was cancelled since", file: "workflow/picture.go",
		right: "p.tasks = append(p.tasks, t.Task)",
		wrong: `if now, err := r.Task(t.Task.ID); err == nil && now.State == Cancelled { return nil }
		p.tasks = append(p.tasks, t.Task)`,
		pkg: "workflow", run: "TestTheTableOfAPastDay/sqlite",
	},
	{
		name: "the past has reports as they were when they were submitted", file: "workflow/past.go",
		right: "old.Status = r.Status", wrong: "r.Status = old.Status",
		pkg: "workflow", run: "TestThePastIsAsItWas/sqlite",
	},
	{
		name: "the policy lets reporters read every region", file: "rbac/policy.csv",
		right: "p, reporter, own, @events task.read event.read lagtable.read",
		wrong: "p, reporter, own, @events\np, reporter, all, task.read event.read lagtable.read",
		pkg:   "rbac", run: "TestMatrix",
	},
	{
		name: "an answer of the policy for the own region is given for another", file: "rbac/rbac.go",
		right: "return elsewhere", wrong: "return own",
		pkg: "rbac", run: "TestMatrix",
	},
	{
		name: "another region's task is forbidden instead of not there", file: "workflow/views.go",
		right: `		return Task{}, hiddenTask(task)`, wrong: `		return Task{}, forbidden()`,
		pkg: "api/apitest", run: "TestATaskOfAnotherDistrictIsAnsweredLikeOneThatIsNotThere",
	},
	{
		name: "acting on another region's task is forbidden instead of not there", file: "workflow/move.go",
		right: `		return Grant{}, hiddenTask(task)`, wrong: `		return Grant{}, forbidden()`,
		pkg: "api/apitest", run: "TestATaskOfAnotherDistrictIsAnsweredLikeOneThatIsNotThere",
	},
	{
		name: "the events of any task are read", file: "workflow/views.go",
		right: `		task, err := s.visibleTask(r, actor, taskID)
		if err != nil {
			return nil, err
		}
		if _, ok :=`,
		wrong: `		task, err := r.Task(taskID)
		if err != nil {
			return nil, err
		}
		if _, ok :=`,
		pkg: "api/apitest", run: "TestATaskOfAnotherDistrictIsAnsweredLikeOneThatIsNotThere",
	},
	{
		name: "the secrets of sessions and tokens are stored as they are", file: "workflow/credential.go",
		right: `return s.derive("credential", secret)`, wrong: "return secret",
		pkg: "workflow", run: "TestNoSecretIsStored",
	},
	{
		name: "a token works after its date", file: "workflow/credential.go",
		right: "return !now.Before(c.ExpiresAt) || session", wrong: "return session",
		pkg: "workflow", run: "TestSessionsEnd/sqlite",
	},
	{
		name: "a session is opened for a disabled account", file: "workflow/signin.go",
		right: "isNoRow(err) || err == nil && user.Disabled {", wrong: "isNoRow(err) {",
		pkg: "workflow", run: "TestADisabledAccountIsOut",
	},
	{
		name: "the sessions of a disabled account live on", file: "workflow/credential.go",
		right: "(user.Disabled || s.ended(c, now))", wrong: "s.ended(c, now)",
		pkg: "workflow", run: "TestADisabledAccountIsOut",
	},

	// What a task is found to be.
	{
		name: "what is due on the cutoff is not due yet", file: "workflow/assess/assess.go",
		right: `		if !t.Due.After(cutoff) {`, wrong: `		if t.Due.Before(cutoff) {`,
		pkg: "workflow/assess", run: "TestOneMeasure",
	},
	{
		name: "a ratio just at the threshold is behind", file: "workflow/assess/decimal.go",
		right: "return a.LessThan(threshold.Mul(b))", wrong: "return a.LessThanOrEqual(threshold.Mul(b))",
		pkg: "workflow/assess", run: "TestOneMeasure",
	},
	{
		name: "figures are rounded half up", file: "workflow/assess/decimal.go",
		right: "return d.RoundBank(places)", wrong: "return d.Round(places)",
		pkg: "workflow/assess", run: "TestOneMeasure",
	},
	{
		name: "what happened after the evidence date counts", file: "workflow/assess/assess.go",
		right: "v.LatestOn.After(in.EvidenceDate) || ", wrong: "",
		pkg: "workflow/assess", run: "TestOneMeasure",
	},
	{
		name: "a task is flagged as overdue on the last day", file: "workflow/guard.go",
		right: "calendar.Of(s.at).After(p.ReportBy)", wrong: "!calendar.Of(s.at).Before(p.ReportBy)",
		pkg: "workflow", run: "TestUnreportedIsFlaggedOnlyWhenOverdue",
	},

	// What the meeting is answered.
	{
		name: "a search leaves the scope", file: "workflow/search.go",
		right: "return (f.Scope.All || slices.Contains(f.Scope.Regions, e.Region)) &&", wrong: "return true &&",
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/EventSearch",
	},
	{
		name: "a page loses the events of its last moment", file: "workflow/gormstore/search.go",
		right: "AND (at < ? OR id < ?)", wrong: "AND (at < ? OR 1 = 0 AND id < ?)",
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/EventSearch",
	},
	{
		name: "a search that stopped looks as if it had ended", file: "workflow/gormstore/examine.go",
		right: "if len(places) == mostExamined {", wrong: "if false {",
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/EventSearch",
	},
	{
		name: "the audit trail is read without a trace", file: "workflow/inquiry.go",
		right: "return page, s.logReading(ctx, actor, eventAuditRead, reading{Query: s.nameless(q), Rows: len(page.Events)})", wrong: "return page, nil",
		pkg: "workflow", run: "TestReadingTheTrailIsInTheTrail",
	},
	{
		name: "a cell is a formula", file: "workflow/sheet/sheet.go",
		right: `safe[i] = inert(text)`, wrong: `safe[i] = text; _ = inert`,
		pkg: "workflow/sheet", run: "TestNoCellOfACSVFileIsAFormula",
	},
	{
		name: "a cancelled task counts as rectified", file: "workflow/statistics.go",
		right: "f.ClearedAt.IsZero() || t.State == Cancelled && t.UpdatedAt.Equal(f.ClearedAt)", wrong: "f.ClearedAt.IsZero()",
		pkg: "workflow", run: "TestStatisticsAreWhatTheEventsTell/sqlite",
	},
	{
		name: "who entered a period later is measured from the assignment", file: "workflow/statistics.go",
		right: "entered[in.SubjectID] = in.At", wrong: "_ = in.At",
		pkg: "workflow", run: "TestStatisticsAreWhatTheEventsTell/sqlite",
	},
	{
		name: "a task is overdue on its last day", file: "workflow/gormstore/overdue.go",
		right: "r.Due >= f.Today.String()", wrong: "r.Due > f.Today.String()",
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Overdue",
	},
	{
		name: "a timeline does not know what was said before", file: "workflow/changes.go",
		right: "*part.last = is", wrong: "_ = is",
		pkg: "workflow", run: "TestATimelineTellsWhatEachEventChanged/sqlite",
	},
}
