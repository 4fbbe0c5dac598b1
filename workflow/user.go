package workflow

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Role is a named set of permissions. The labels stand in the workflow
// definition, what a role may do in the policy.
type Role string

// The roles of domain.md "People". Operator is nobody's account: it is the
// person with a shell on the server who imports files.
const (
	Reporter      Role = "reporter"       // 区县填报员
	Reviewer      Role = "reviewer"       // 市级审核员
	Supervisor    Role = "supervisor"     // 督查员
	Auditor       Role = "auditor"        // 审计员
	SystemAdmin   Role = "system_admin"   // 系统管理员
	SecurityAdmin Role = "security_admin" // 安全管理员
	Operator      Role = "operator"       // 服务器操作员
)

// engineRoles are the roles that definitions and policies may speak of.
var engineRoles = []Role{Reporter, Reviewer, Supervisor, Auditor, SystemAdmin, SecurityAdmin, Operator}

// separated are the three administrators of GB/T 22239-2019 8.1.4.2 (三员分立):
// each excludes the other two and every business role.
var separated = []Role{Auditor, SystemAdmin, SecurityAdmin}

// Grant gives a user a role; Region confines a reporter to one region and is
// empty for every other role.
type Grant struct {
	Role   Role   `json:"role"`
	Region string `json:"region,omitempty"`
	// OnBehalf is set while an actor uses the role as somebody's deputy: the user id
	// of that person. The grants of an account have none.
	OnBehalf string `json:"-"`
}

// String names a grant as the command line takes it: "reporter:440703".
func (g Grant) String() string { return strings.TrimSuffix(string(g.Role)+":"+g.Region, ":") }

// User is an account. Login is unique regardless of case.
type User struct {
	ID           string    `json:"id"` // UUID version 7
	Login        string    `json:"login"`
	Name         string    `json:"name"`
	PasswordHash string    `json:"-"` // argon2id, PHC string
	Disabled     bool      `json:"disabled"`
	Grants       []Grant   `json:"grants"`
	Version      int       `json:"version"`
	CreatedAt    time.Time `json:"created_at"`
	// PasswordAt is when the password was set; zero: with the account.
	PasswordAt time.Time `json:"password_at,omitzero"`
	// PasswordOnce: the password was given by somebody else and must be changed at
	// first use.
	PasswordOnce bool   `json:"password_once,omitempty"`
	TOTP         string `json:"-"` // sealed secret of the second factor; empty: there is none
}

// Actor is who acts, in which roles, and from where. It is passed to every verb
// and stands in every audit event.
type Actor struct {
	UserID    string
	Login     string
	Name      string
	Grants    []Grant
	Channel   string // "http", "cli", "demo"
	Address   string // network address, or the account of the operating system
	RequestID string
	// Credential is the session or token in use; zero for commands on the server. While
	// a session needs something, its actor has no Grants.
	Credential Credential
	Agent      string // kind of the program that asks: "Firefox, Windows"; told of sessions only
}

// Has reports whether the actor holds the role.
func (a Actor) Has(role Role) bool {
	for _, g := range a.Grants {
		if g.Role == role {
			return true
		}
	}
	return false
}

// Persons are the actor and whoever the actor is the deputy of.
func (a Actor) Persons() []string {
	list := []string{a.UserID}
	for _, g := range a.Grants {
		if g.OnBehalf != "" {
			list = append(list, g.OnBehalf)
		}
	}
	return list
}

// operatorID is that of commands given on the server itself.
const operatorID = "operator"

// OperatorActor is the actor of commands given on the server itself.
func OperatorActor(osUser string) Actor {
	return Actor{UserID: operatorID, Name: operatorID, Channel: "cli", Address: osUser, Grants: []Grant{{Role: Operator}}}
}

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,63}$`)

// Check returns the broken rules of an account: the form of the login, a name,
// known roles, each once, a region exactly for reporters, and the separation of
// duties. An account without roles is lawful: whoever has it may do nothing yet.
func (u User) Check() Problems {
	var p Problems
	if !loginForm.MatchString(u.Login) || isID(u.Login) {
		p.Add("login", "form", "登录名须为 2 到 64 个小写字母、数字、点、下划线或连字符", "must be 2 to 64 lower-case letters, digits, dots, underscores or hyphens")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(u.Name)); n == 0 || n > 100 {
		p.Add("name", "length", "姓名须为 1 到 100 个字", "must be 1 to 100 characters")
	}
	for i, g := range u.Grants {
		if slices.Contains(u.Grants[:i], g) {
			p.Add("grants", "duplicate", "角色重复："+g.String(), "listed twice: "+g.String())
		}
		switch g.Role {
		case Reporter:
			if !regionForm.MatchString(g.Region) {
				p.Add("grants", "region", "区县填报员须写明行政区划代码，例如 reporter:440703", "a reporter needs a region code, for example reporter:440703")
			}
		case Reviewer, Supervisor, Auditor, SystemAdmin, SecurityAdmin:
			if g.Region != "" {
				p.Add("grants", "region", "只有区县填报员限定行政区划", "only reporters are confined to a region")
			}
		default:
			p.Add("grants", "unknown", "没有角色 "+string(g.Role), "there is no role "+string(g.Role))
		}
	}
	for _, alone := range separated {
		if (Actor{Grants: u.Grants}).Has(alone) && len(u.Grants) > 1 {
			p.Add("grants", "separation", "审计员、系统管理员、安全管理员互斥，且不得兼任业务角色（GB/T 22239-2019 8.1.4.2）",
				"auditor, system admin and security admin exclude each other and every business role (GB/T 22239-2019 8.1.4.2)")
			break
		}
	}
	return p
}
