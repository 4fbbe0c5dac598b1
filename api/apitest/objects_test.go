package apitest

import (
	"fmt"
	"strings"
	"testing"

	"duban/api"
	"duban/workflow"
)

// object is what a request is about.
type object struct {
	name   string
	region string
	exists bool
	ended  string // what those are told who may change it, when it has ended: a task is cancelled, an account disabled
	absent string // what those are told who may ask, when it is not there
	params map[string]string
}

// fill writes the parameters of a path, and reports one that it does not know.
func (o object) fill(t *testing.T, path string) string {
	t.Helper()
	for name, value := range o.params {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	if strings.Contains(path, "{") {
		t.Fatalf("the matrix does not know what stands in %s: say it in objects_test.go", path)
	}
	return path
}

// These are the names of nothing.
const (
	noTask   = "0198c0de-0000-7000-8000-000000000000"
	noUser   = "0198c0de-0000-7000-8000-000000000001"
	noRegion = "449999"
)

// kinds are what paths are about: the objects to ask for, and how to make one more,
// which may be changed, of the region of another.
var kinds = []struct {
	path    string
	objects func(*matrix, api.Access, recipe) []object
	another func(*matrix, recipe, object) map[string]string
}{
	{"/api/v1/tasks/{id}", (*matrix).tasksOf, func(m *matrix, r recipe, o object) map[string]string {
		return map[string]string{"id": m.newTask(o.region, r.state)}
	}},
	{"/api/v1/campaigns/{code}/periods/{period}/open", (*matrix).campaignsOf, emptyCampaign},
	{"/api/v1/campaigns/{code}/periods/{period}/editions", (*matrix).campaignsOf, emptyCampaign},
	{"/api/v1/campaigns/{code}", (*matrix).campaignsOf, nil},
	{"/api/v1/regions/{code}", (*matrix).regionsOf, func(m *matrix, r recipe, _ object) map[string]string {
		code := m.newRegion()
		if r.state == "retired" {
			m.ok("sysadmin", "/api/v1/regions/"+code+"/retire", "")
		}
		return map[string]string{"code": code}
	}},
	{"/api/v1/users/{login}/credentials/{credential}", unheld, nil},
	{"/api/v1/users/{login}", (*matrix).accountsOf, func(m *matrix, r recipe, _ object) map[string]string {
		login := fmt.Sprintf("new-%d", m.next())
		m.newAccount(login, workflow.Grant{Role: workflow.Reviewer})
		if r.state == "disabled" {
			m.ok("sysadmin", "/api/v1/users/"+login+"/disable", "")
		}
		return map[string]string{"login": login}
	}},
	// Whose sessions, tokens and deputyships may be ended by whom is in tests of their
	// own: here there are none by that name.
	{"/api/v1/sessions/{credential}", unheld, nil},
	{"/api/v1/tokens/{credential}", unheld, nil},
	{"/api/v1/delegations/{id}", unheld, nil},
	{"/api/docs/{file}", func(*matrix, api.Access, recipe) []object {
		return []object{thing("the script", "file", "rapidoc-min.js")}
	}, nil},
	{"/assets/{file}", func(*matrix, api.Access, recipe) []object {
		return []object{thing("a script", "file", "page-1.js")}
	}, nil},
}

// emptyCampaign makes a campaign without tasks.
func emptyCampaign(m *matrix, _ recipe, o object) map[string]string {
	code := fmt.Sprintf("new-%d", m.next())
	m.newCampaign(code, o.region)
	return map[string]string{"code": code}
}

// thing is an object of no region.
func thing(name string, params ...string) object { return placed(name, "", params...) }

func placed(name, region string, params ...string) object {
	o := object{name: name, region: region, exists: true, params: map[string]string{"period": "2023-h1", "number": "1", "grant": "reviewer", "sha": evidenceDigest, "credential": "0123456789abcdef"}}
	for i := 0; i < len(params); i += 2 {
		o.params[params[i]] = params[i+1]
	}
	return o
}

// unheld is what nobody has.
func unheld(*matrix, api.Access, recipe) []object {
	o := thing("unknown", "id", noTask, "login", "pengjiang")
	o.absent = missing
	return []object{o}
}

// objects are what a route can be asked about.
func (m *matrix) objects(a api.Access, r recipe) []object {
	for _, k := range kinds {
		if strings.HasPrefix(a.Path, k.path) {
			return k.objects(m, a, r)
		}
	}
	if a.Of == "region" {
		return []object{placed("own region", ownRegion), placed("other region", otherRegion), placed("region of another city", othersRegion)}
	}
	return []object{thing("no object")}
}

// fresh is an object like the given one, that may be changed.
func (m *matrix) fresh(a api.Access, r recipe, o object) object {
	if !a.Changes || o.ended != "" || o.absent != "" {
		return o
	}
	for _, k := range kinds {
		if strings.HasPrefix(a.Path, k.path) {
			if k.another != nil {
				for name, value := range k.another(m, r, o) {
					o.params[name] = value
				}
			}
			return o
		}
	}
	return o
}

// standing is the task of a region in a state that requests are refused for, or
// that is only looked at.
func (m *matrix) standing(region string, state workflow.State) string {
	key := region + " " + string(state)
	if m.tasks[key] == "" {
		m.tasks[key] = m.newTask(region, state)
	}
	return m.tasks[key]
}

func (m *matrix) tasksOf(_ api.Access, r recipe) []object {
	var list []object
	for _, x := range []struct{ name, region string }{{"own region", ownRegion}, {"other region", otherRegion}, {"region of another city", othersRegion}} {
		cancelled := placed(x.name+", cancelled", x.region, "id", m.standing(x.region, "cancelled"))
		cancelled.ended = "409 task.state"
		if r.ended != "" {
			cancelled.ended = r.ended
		}
		list = append(list, placed(x.name, x.region, "id", m.standing(x.region, r.state)), cancelled)
	}
	unknown := thing("unknown", "id", noTask)
	unknown.exists = false
	return append(list, unknown)
}

func (m *matrix) campaignsOf(a api.Access, r recipe) []object {
	period := "2023-h1"
	if a.Operation == "openPeriod" {
		period = "2023-q3"
	}
	list := []object{
		placed("own region", ownRegion, "code", "jm-2023", "period", period),
		placed("region of another city", othersRegion, "code", "zj-2023", "period", period),
		placed("unknown", ownRegion, "code", "none"),
	}
	if strings.Contains(a.Path, "{period}") {
		list = append(list, placed("unknown period", ownRegion, "code", "jm-2023", "period", "none"))
	}
	if a.Of == "region" {
		list = append(list, placed("other region", otherRegion, "code", "jm-2023"), placed("unknown region", noRegion, "code", "jm-2023"))
	}
	for i, o := range list {
		if strings.HasPrefix(o.name, "unknown") {
			list[i].absent = missing
		}
	}
	if r.unknown != "" {
		list[len(list)-1].absent = r.unknown
	}
	return list
}

func (m *matrix) regionsOf(_ api.Access, r recipe) []object {
	unknown, retired := thing("unknown", "code", noRegion), thing("retired region", "code", m.retired())
	unknown.absent, retired.ended = missing, r.ended
	return []object{retired, thing("own region", "code", ownRegion), thing("other region", "code", otherRegion), thing("region of another city", "code", othersRegion), unknown}
}

// retired is a region that has ended.
func (m *matrix) retired() string {
	if m.tasks["retired"] == "" {
		m.tasks["retired"] = m.newRegion()
		m.ok("sysadmin", "/api/v1/regions/"+m.tasks["retired"]+"/retire", "")
	}
	return m.tasks["retired"]
}

func (m *matrix) accountsOf(_ api.Access, r recipe) []object {
	disabled := thing("disabled account", "login", "gone-reviewer")
	disabled.ended = r.ended
	unknown, nobody := thing("unknown id", "login", noUser), thing("unknown login", "login", "nobody-here")
	unknown.absent, nobody.absent = missing, missing
	return []object{thing("account of the own region", "login", "pengjiang"), thing("account of another region", "login", "jianghai"), disabled, unknown, nobody}
}
