package seeded

func init() { bugs = append(bugs, signInBugs...) }

// signInBugs are mistakes about signing in.
var signInBugs = []bug{
	{
		name: "whatever was tried before, another try is checked", file: "workflow/attempts.go",
		right: "admitted = a.Tries < limit",
		wrong: "admitted = true",
		pkg:   "workflow", run: "TestOfManyTriesAtOnceNoMoreAreChecked/sqlite",
	},
	{
		name: "knowing the password forgives wrong codes", file: "workflow/signin.go",
		right: "return u.unadmit(t, out.Needs != NeedsTOTP)",
		wrong: "return u.unadmit(t, true)",
		pkg:   "workflow", run: "TestSigningInWithASecondFactor/sqlite",
	},
	{
		name: "a code is taken twice", file: "workflow/gormstore/factors.go",
		right: "WHERE user_id = ? AND step < ?",
		wrong: "WHERE user_id = ? AND (step < ? OR 1 = 1)",
		pkg:   "workflow/gormstore", run: "TestStoreKeepsTheContract/sqlite/Factors",
	},
	{
		name: "a session that needs something has its roles", file: "workflow/credential.go",
		right: "who.Grants = nil",
		wrong: "_ = who",
		pkg:   "workflow", run: "TestSigningInWithASecondFactor/sqlite",
	},
	{
		name: "a step leaves the session before it", file: "workflow/signin.go",
		right: "if err := u.end(was); err != nil {",
		wrong: "if err := error(nil); err != nil {",
		pkg:   "workflow", run: "TestSigningInWithASecondFactor/sqlite",
	},
	{
		name: "a changed password leaves the other sessions", file: "workflow/passwordchange.go",
		right: "if err := u.endAll(is.ID, keepTokens); err != nil {",
		wrong: "if err := error(nil); err != nil {",
		pkg:   "workflow", run: "TestOfAPasswordAndItsReset/sqlite",
	},
	{
		name: "a password for one use works for ever", file: "workflow/signinrules.go",
		right: "return u.PasswordOnce && !now.Before(passwordSet(u).Add(oneTimeLife))",
		wrong: "return false",
		pkg:   "workflow", run: "TestOfAPasswordAndItsReset/sqlite",
	},
	{
		name: "an administrator need not show a password", file: "workflow/prove.go",
		right: "if call.Actor.UserID != operatorID {",
		wrong: `if call.Actor.UserID == "" {`,
		pkg:   "workflow", run: "TestOfAPasswordAndItsReset/sqlite",
	},
	{
		name: "any session may use any route", file: "api/access.go",
		right: "case slices.Contains(during, c.Needs):",
		wrong: "case true:",
		pkg:   "api/apitest", run: "TestSigningInStepByStep",
	},
	{
		name: "a disabled account is told so", file: "workflow/signin.go",
		right: "return ok && !user.Disabled && !s.rules.lapsed(user, s.now()), err",
		wrong: `if user.Disabled {
			return false, forbidden()
		}
		return ok && !s.rules.lapsed(user, s.now()), err`,
		pkg: "api/apitest", run: "TestNobodyLearnsWhichAccountsThereAre",
	},
}
