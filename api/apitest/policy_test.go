package apitest

import (
	"os"
	"strings"
	"testing"

	"duban/api"
	"duban/configs"
	"duban/workflow"
)

// written is the policy as it is written, read without the program's own reader:
// by role and permission "own" or "all", else "".
type written map[workflow.Role]map[workflow.Permission]string

func writtenPolicy(t *testing.T) written {
	t.Helper()
	text, err := os.ReadFile("../../rbac/policy.csv")
	must(t, err)
	def, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	must(t, err)
	w := written{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), ", ")
		if cells[0] != "p" {
			continue
		}
		role := workflow.Role(cells[1])
		if w[role] == nil {
			w[role] = map[workflow.Permission]string{}
		}
		for _, name := range strings.Fields(cells[3]) {
			if name != "@events" {
				w[role][workflow.Permission(name)] = cells[2]
				continue
			}
			for _, step := range def.Transitions {
				for _, by := range step.By {
					if by == role {
						w[role][workflow.Permission("task."+string(step.Event))] = cells[2]
					}
				}
			}
		}
	}
	return w
}

// holds reports whether a grant gives a permission in a region; "" is none.
func (w written) holds(g workflow.Grant, p workflow.Permission, region string) bool {
	reach := w[g.Role][p]
	return reach == "all" || reach == "own" && region == g.Region && region != ""
}

// What a request is told, by the policy.
const (
	unauthenticated = "401 unauthenticated"
	forbidden       = "403 forbidden"
	missing         = "404 not_found"
	allowed         = "allowed"
)

// answers is what the policy and the route's declaration say to somebody who is
// signed in with a grant, about an object in a region.
func (w written) answers(t *testing.T, a api.Access, g workflow.Grant, o object) string {
	t.Helper()
	if a.Audience != api.Permitted {
		return allowed
	}
	held := 0
	for _, p := range a.Needs {
		switch a.Of {
		case "none":
			if w.holds(g, p, "") {
				held++
			}
		case "scope":
			if w[g.Role][p] != "" {
				held++
			}
		case "task", "region":
			if w.holds(g, p, o.region) {
				held++
			}
		default:
			t.Fatalf("%s %s is about %q, which the matrix does not know: say here whom it is for", a.Method, a.Path, a.Of)
		}
	}
	switch {
	case a.Of == "task" && (!o.exists || !w.holds(g, workflow.MayReadTasks, o.region)):
		return missing
	case held == len(a.Needs), a.Any && held > 0:
		return allowed
	default:
		return forbidden
	}
}
