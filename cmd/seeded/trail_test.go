package seeded

func init() { bugs = append(bugs, trailBugs...) }

// trailBugs let something pass that verification must find, or make it slow.
var trailBugs = []bug{
	{
		name: "a report may change after it was submitted", file: "workflow/ledger.go",
		right: "		e.row = row\n		return e.fixed == fixed", wrong: "		e.row = row\n		return true",
		pkg: "workflow", run: "TestAContradictionNamesTheEvent",
	},
	{
		name: "a review may be of another report than it says", file: "workflow/ledger.go",
		right: " || l.hash(digest) != l.made.at(report).digest) {", wrong: ") {",
		pkg: "workflow", run: "TestAContradictionNamesTheEvent",
	},
	{
		name: "what is stored of reports is summed up and not compared", file: "workflow/ledger.go",
		right: "	return ok && stored == l.told, err", wrong: "	return ok && stored.Tasks == l.told.Tasks, err",
		pkg: "workflow", run: "TestEveryTamperingIsFoundAndLocated/sqlite",
	},
	{
		name: "a due day is summed up that tasks do not have", file: "workflow/ledger.go",
		right: "			due = l.rows.Due(period.ReportBy.String())", wrong: "			due = l.rows.Due(period.Cutoff.String())",
		pkg: "workflow", run: "TestTheEventsOfTasksAreReadOnce/sqlite",
	},
	{
		name: "in a page of the database nothing is an empty text", file: "workflow/gormstore/pages.go",
		right: "		c.null = kind == 0\n", wrong: "		c.null = false\n",
		pkg: "workflow/gormstore", run: "TestPagesHoldWhatAQueryFinds",
	},
	{
		name: "the second page of a long row is read again", file: "workflow/gormstore/pages.go",
		right: "		at = binary.BigEndian.Uint32(pages[0])\n", wrong: "",
		pkg: "workflow/gormstore", run: "TestPagesHoldWhatAQueryFinds",
	},
	{
		name: "what an event found is not held against the events before it", file: "workflow/past.go",
		right: "if was != changedPart(*t) || t.State", wrong: "if t.State",
		pkg: "workflow", run: "TestAContradictionNamesTheEvent",
	},
}
