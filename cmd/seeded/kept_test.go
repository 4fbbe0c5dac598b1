package seeded

func init() { bugs = append(bugs, keptBugs...) }

// keptBugs take what a server keeps in memory for what is stored.
var keptBugs = []bug{
	{
		name: "nobody is told that a user was disabled", file: "workflow/gormstore/users.go",
		right: "	u.identitiesChange = true\n	return u.insertGrants(user)", wrong: "	return u.insertGrants(user)",
		pkg: "workflow/gormstore", run: "TestWhoAsksIsNeverOutdated",
	},
	{
		name: "nobody is told that a session was ended", file: "workflow/gormstore/users.go",
		right: "	u.identitiesChange = true\n	_, err := u.run(what", wrong: "	_, err := u.run(what",
		pkg: "workflow/gormstore", run: "TestWhoAsksIsNeverOutdated",
	},
	{
		name: "nobody is told that a deputyship ended", file: "workflow/gormstore/delegations.go",
		right: "	u.identitiesChange = true\n	return u.change(", wrong: "	return u.change(",
		pkg: "workflow/gormstore", run: "TestWhoAsksIsNeverOutdated",
	},
	{
		name: "who was known lately is known for ever", file: "workflow/gormstore/identity.go",
		right: "known.version != version })", wrong: "false && known.version != version })",
		pkg: "workflow/gormstore", run: "TestWhoAsksIsNeverOutdated",
	},
	{
		name: "a deputy of one day is one on every day", file: "workflow/gormstore/identity.go",
		right: "known.day == looks[0].day && ", wrong: "",
		pkg: "workflow/gormstore", run: "TestWhoAsksIsNeverOutdated",
	},
	{
		name: "only the version tells that identities changed", file: "workflow/gormstore/identity.go",
		right: " && now.Sub(known.at) < keptFor", wrong: "",
		also: "\nvar _ = keptFor\n",
		pkg:  "workflow/gormstore", run: "TestAnIdentityChangedPastTheProductIsNoticed/sqlite",
	},
	{
		name: "a step begins with what this server left of a task", file: "workflow/gormstore/startskept.go",
		right: "t.Version != version || !t.UpdatedAt.Equal(d.time(updated)) || t.ReportID != report || t.FlagID != flag",
		wrong: "t.Version == 0 || t.UpdatedAt.Equal(d.time(updated)) && t.ReportID != report && t.FlagID != flag",
		pkg:   "workflow", run: "TestAStepBeginsWithWhatIsStored/sqlite",
	},
	{
		name: "a kept report still waits after its review", file: "workflow/gormstore/startskept.go",
		right: "			left.Status = s.status", wrong: "			_ = s.status",
		pkg: "workflow", run: "TestAStepBeginsWithWhatIsStored/sqlite",
	},
	{
		name: "a campaign counts as it was when the task was last changed", file: "workflow/gormstore/startskept.go",
		right: "		start.CampaignVersion, start.Drafted = campaign, drafted", wrong: "		start.CampaignVersion, start.Drafted = 1, drafted",
		pkg: "workflow", run: "TestAStepBeginsWithWhatIsStored/sqlite",
	},
	{
		name: "of a packet it does not matter how many rows were touched", file: "workflow/gormstore/packet.go",
		right: "s.rows != anyNumber && counts[i] != s.rows", wrong: "s.rows != anyNumber && counts[i] > s.rows",
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/mariadb/Steps",
	},
	{
		name: "what is queued before a packet is full is forgotten", file: "workflow/gormstore/packet.go",
		right: "		if err := u.send(); err != nil {\n			return err\n		}\n", wrong: "		u.packet = &packet{}\n",
		pkg: "workflow/gormstore", run: "TestStoreKeepsTheContract/mariadb/Steps",
	},
	{
		name: "what was kept proves nothing of the campaign", file: "workflow/gormstore/onkept.go",
		right: "c.code = tasks.campaign) = ?", wrong: "c.code = tasks.campaign) >= ?",
		pkg: "workflow/gormstore", run: "TestWhatAStepBeginsWithIsProved",
	},
	{
		name: "what was kept proves nothing of drafts", file: "workflow/gormstore/onkept.go",
		right: "w.task_id = tasks.id) = ?", wrong: "w.task_id = tasks.id) < 2 + ?",
		pkg: "workflow/gormstore", run: "TestWhatAStepBeginsWithIsProved",
	},
	{
		name: "what was kept proves only the version of a task", file: "workflow/gormstore/onkept.go",
		right: "AND updated_at = ? AND report_id = ? AND flag_id = ?", wrong: "AND (updated_at = ? OR report_id = ? OR flag_id = ?)",
		pkg: "workflow/gormstore", run: "TestWhatAStepBeginsWithIsProved",
	},
	{
		name: "what was kept proves nothing of the regions in use", file: "workflow/gormstore/onkept.go",
		right: `" = ? AND NOT "+someRetired`, wrong: `" = ?"`,
		pkg: "workflow/gormstore", run: "TestWhatAStepBeginsWithIsProved",
	},
	{
		name: "a packet that failed leaves its transaction open", file: "workflow/gormstore/onkept.go",
		right: `		_ = u.raw("ROLLBACK") // where`, wrong: "		//",
		pkg: "workflow/gormstore", run: "TestWhatAStepBeginsWithIsProved",
	},
	{
		name: "who is refused on what was kept is refused", file: "workflow/gormstore/onkept.go",
		right: "		if f := j.run(d, d.began); f != ", wrong: "		f := j.run(d, d.began)\n		if f.failed != nil && len(jobs) == 1 {\n			return []fate{f}, true\n		}\n		if f != ",
		pkg: "workflow", run: "TestAStepBeginsWithWhatIsStored/mariadb",
	},
	{
		name: "a group waits for whoever has locked a task", file: "workflow/gormstore/mysql.go",
		right: "mysqlGroups, waitForNobody...)", wrong: "mysqlGroups)", also: "\nvar _ = waitForNobody\n",
		pkg: "workflow/gormstore", run: "TestAGroupWaitsForNobody",
	},
}
