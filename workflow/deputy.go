package workflow

import "slices"

// delegable are the roles in which somebody may have a deputy.
var delegable = []Role{Reporter, Reviewer}

// checkDeputy refuses a deputy who would hold, with the grant that a person passes
// on, what one account must not hold, who has it already, or whom nobody has given
// any business to do.
func checkDeputy(deputy User, g Grant) *Error {
	own := g
	own.OnBehalf = ""
	switch {
	case !slices.Contains(delegable, g.Role):
		return NewError(Conflict, "deputy.role", "只有区县填报员和市级审核员可以委托代理", "Only reporters and reviewers may name a deputy")
	case g.OnBehalf == deputy.ID:
		return NewError(Conflict, "deputy.self", "不能委托本人代理", "Nobody is their own deputy")
	case deputy.Disabled:
		return NewError(Conflict, "deputy.disabled", "代理人的账号已停用", "The deputy's account is disabled")
	case slices.ContainsFunc(deputy.Grants, func(h Grant) bool { return slices.Contains(separated, h.Role) }):
		return NewError(Conflict, "deputy.separation", "审计员、系统管理员、安全管理员不得代理业务（GB/T 22239-2019 8.1.4.2）",
			"auditor, system admin and security admin are nobody's deputy in business (GB/T 22239-2019 8.1.4.2)")
	case len(deputy.Grants) == 0:
		return NewError(Conflict, "deputy.no_role", "代理人没有任何业务角色", "The deputy holds no business role")
	case slices.Contains(deputy.Grants, own):
		return NewError(Conflict, "deputy.has_role", "代理人本来就有此角色，无须委托", "The deputy holds that role already")
	}
	return nil
}

// effective are the grants with which somebody acts: the account's own, and those
// that it has as a deputy as long as one account may hold both, and with a second
// factor where the role asks for one.
func (s *Service) effective(u User, c Credential) []Grant {
	own := u
	own.Grants = slices.DeleteFunc(slices.Clone(u.Grants), func(g Grant) bool { return g.OnBehalf != "" })
	return slices.DeleteFunc(slices.Clone(u.Grants), func(g Grant) bool {
		bare := u.TOTP == "" && Means(c.Label) != ByProvider && s.rules.needsTOTP([]Grant{g})
		return g.OnBehalf != "" && (bare || checkDeputy(own, g) != nil)
	})
}
