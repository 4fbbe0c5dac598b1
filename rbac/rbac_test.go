package rbac

import (
	"strings"
	"testing"

	"duban/configs"
	"duban/workflow"
)

func definition(t *testing.T) *workflow.Definition {
	t.Helper()
	def, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	if err != nil {
		t.Fatal(err)
	}
	return def
}

// TestMatrix states the policy of domain.md "People" cell by cell: which role may
// do what in its own region, in another one, and where no region is meant.
func TestMatrix(t *testing.T) {
	policy, err := New(definition(t))
	if err != nil {
		t.Fatal(err)
	}
	business := "task.report task.withdraw | task.return task.approve task.flag task.confirm_rectified task.reject_rectification | " +
		"task.assign task.open_period task.close task.cancel campaign.write | user.read user.write grant.write region.write | task.read event.read lagtable.read"
	want := map[workflow.Role]string{
		workflow.Reporter:      "task.report task.withdraw task.read event.read lagtable.read",
		workflow.Reviewer:      "task.return task.approve task.flag task.confirm_rectified task.reject_rectification task.read event.read lagtable.read",
		workflow.Supervisor:    "task.assign task.open_period task.close task.cancel campaign.write task.read event.read lagtable.read",
		workflow.Auditor:       "task.read event.read lagtable.read user.read audit.verify",
		workflow.SystemAdmin:   "user.read user.write region.write",
		workflow.SecurityAdmin: "user.read grant.write",
		workflow.Operator:      "task.assign task.report task.withdraw campaign.write task.read event.read lagtable.read user.read user.write grant.write region.write",
	}
	for role, permitted := range want {
		grant := workflow.Grant{Role: role}
		if role == workflow.Reporter {
			grant.Region = "440703"
		}
		actor := workflow.Actor{Grants: []workflow.Grant{grant}}
		for _, perm := range strings.Fields(strings.ReplaceAll(business, "|", " ")) {
			may := strings.Contains(" "+permitted+" ", " "+perm+" ")
			for region, expected := range map[string]bool{"440703": may, "440704": may && role != workflow.Reporter, "": may && role != workflow.Reporter} {
				if _, got := policy.May(actor, workflow.Permission(perm), region); got != expected {
					t.Errorf("%s, %s in region %q: got %v, want %v", role, perm, region, got, expected)
				}
			}
		}
	}
	if _, ok := policy.May(workflow.Actor{}, workflow.MayReadTasks, "440703"); ok {
		t.Error("an actor without grants may read tasks")
	}
}

// TestScopeFollowsGrants: lists obey the same policy as single reads.
func TestScopeFollowsGrants(t *testing.T) {
	policy, err := New(definition(t))
	if err != nil {
		t.Fatal(err)
	}
	two := workflow.Actor{Grants: []workflow.Grant{{Role: workflow.Reporter, Region: "440703"}, {Role: workflow.Reporter, Region: "440785"}}}
	if s := policy.Scope(two, workflow.MayReadTasks); s.All || strings.Join(s.Regions, " ") != "440703 440785" {
		t.Errorf("reporter of two regions sees %+v", s)
	}
	if s := policy.Scope(workflow.Actor{Grants: []workflow.Grant{{Role: workflow.Auditor}}}, workflow.MayReadTasks); !s.All {
		t.Errorf("auditor sees %+v", s)
	}
	for _, role := range []workflow.Role{workflow.SystemAdmin, workflow.SecurityAdmin} {
		if s := policy.Scope(workflow.Actor{Grants: []workflow.Grant{{Role: role}}}, workflow.MayReadTasks); !s.Empty() {
			t.Errorf("%s sees business content: %+v", role, s)
		}
	}
}

// TestPolicyIsVerified: a slip in the policy file is refused with its line.
func TestPolicyIsVerified(t *testing.T) {
	for text, part := range map[string]string{
		"\np, nobody, own, task.read":       "policy.csv:2: the workflow definition has no role",
		"p, reporter, some, task.read":      "policy.csv:1: reach is",
		"p, reporter, own, task.everything": "policy.csv:1: unknown permission",
		"reporter may read":                 "policy.csv:1: ",
	} {
		if _, err := parse(text, definition(t)); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v, want %q", text, err, part)
		}
	}
}

// TestAPolicyThatBreaksSeparationIsFound: what the policy gives counts, not only the
// definition.
func TestAPolicyThatBreaksSeparationIsFound(t *testing.T) {
	def, err := workflow.ReadDefinition("workflow.yaml", []byte(strings.ReplaceAll(string(configs.Workflow), "to: cancelled, by: [supervisor]", "to: cancelled, by: [supervisor, auditor]")))
	if err != nil {
		t.Fatal(err)
	}
	if policy, err := New(def); err != nil || def.CheckSeparation(policy).Err() != nil {
		t.Fatal("an event that the policy does not give is one that nobody has", err)
	}
	for name, c := range map[string]struct{ old, new, set string }{
		"an auditor who acts":             {"p, auditor, all, ", "p, auditor, all, @events ", "auditor"},
		"accounts and grants in one hand": {"user.read grant.write", "user.read user.write grant.write", "security_admin"},
		"grants in a reviewer's hand":     {"p, reviewer, all, @events", "p, reviewer, all, @events grant.write", "reviewer"},
	} {
		text := strings.Replace(policyText, c.old, c.new, 1)
		policy, err := parse(text, def)
		if err != nil || text == policyText {
			t.Fatal(name, err)
		}
		if s := def.CheckSeparation(policy); s.Err() == nil || s.Holes[0].Grants.String() != c.set {
			t.Errorf("%s: found %v", name, s.Holes)
		}
	}
}
