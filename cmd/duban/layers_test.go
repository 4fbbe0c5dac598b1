package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed is the import graph of architecture.md "Rooms": which packages of ours
// each one may import. Tests of a package may import more.
var allowed = map[string]string{
	"cmd/duban":                 "api api/web cmd/bench configs migrations rbac workflow workflow/assess workflow/audit workflow/calendar workflow/clamav workflow/filestore workflow/gormstore workflow/intake workflow/lagtable workflow/meetingpack workflow/seclog workflow/soffice workflow/sso workflow/strictyaml workflow/trail workflow/witness workflow/workbook",
	"cmd/power":                 "cmd/workload migrations workflow workflow/assess workflow/audit workflow/gormstore",
	"cmd/bench":                 "api cmd/workload migrations workflow workflow/gormstore",
	"cmd/workload":              "",
	"cmd/prove":                 "",
	"cmd/seeded":                "",
	"cmd/build":                 "",
	"api/web":                   "",
	"api":                       "api/web workflow workflow/assess workflow/audit workflow/calendar workflow/filekind workflow/intake workflow/lagtable workflow/meetingpack workflow/seclog workflow/soffice workflow/sso workflow/tasklist workflow/trail workflow/wording workflow/workbook",
	"rbac":                      "workflow",
	"configs":                   "",
	"migrations":                "",
	"workflow":                  "workflow/assess workflow/audit workflow/calendar workflow/filekind workflow/strictyaml workflow/wording",
	"workflow/assess":           "workflow/calendar",
	"workflow/audit":            "",
	"workflow/calendar":         "",
	"workflow/witness":          "",
	"workflow/strictyaml":       "",
	"workflow/intake":           "workflow workflow/assess workflow/calendar workflow/ooxml workflow/sheet workflow/strictyaml workflow/wording",
	"workflow/lagtable":         "workflow workflow/assess workflow/audit workflow/calendar workflow/sheet",
	"workflow/meetingpack":      "workflow workflow/assess workflow/calendar workflow/lagtable",
	"workflow/seclog":           "workflow/audit",
	"workflow/sso":              "workflow",
	"workflow/ooxml":            "",
	"workflow/wording":          "workflow/assess workflow/calendar",
	"workflow/sheet":            "workflow/ooxml",
	"workflow/soffice":          "workflow",
	"workflow/workbook":         "workflow workflow/assess workflow/calendar workflow/ooxml workflow/sheet",
	"workflow/tasklist":         "workflow workflow/sheet",
	"workflow/trail":            "workflow workflow/audit workflow/sheet",
	"workflow/filekind":         "",
	"workflow/filestore":        "workflow",
	"workflow/clamav":           "",
	"workflow/gormstore":        "migrations workflow workflow/assess workflow/audit workflow/calendar workflow/filekind",
	"workflow/gormstore/dbtest": "migrations workflow workflow/gormstore",
	"workflow/storetest":        "workflow workflow/assess workflow/audit workflow/calendar workflow/filekind",
	"api/apitest":               "api configs rbac workflow workflow/assess workflow/calendar workflow/filestore workflow/gormstore/dbtest",
}

// outside are the modules that may be known in one place only.
var outside = map[string][]string{
	"github.com/labstack/echo":  {"api"},
	"gorm.io/":                  {"workflow/gormstore"},
	"github.com/casbin/casbin":  {"rbac"},
	"github.com/xuri/excelize":  {"workflow/sheet"},
	"github.com/minio":          {"workflow/filestore"},
	"github.com/gabriel-vasile": {"workflow/filekind"},
	"github.com/coreos/go-oidc": {"workflow/sso"},
	"golang.org/x/oauth2":       {"workflow/sso"},
	// What starts programs: harnesses, and the converter of documents.
	"os/exec": {"cmd/bench", "cmd/build", "cmd/power", "workflow/gormstore/dbtest", "workflow/soffice"},
}

// TestImportsFollowTheHouse: every package imports only what its room allows,
// and every package has a room.
func TestImportsFollowTheHouse(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{join .Imports " "}}`, "duban/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		pkg := strings.TrimPrefix(path, "duban/")
		rooms, known := allowed[pkg]
		if !known {
			t.Errorf("package %s has no room in the import graph", pkg)
		}
		for _, imported := range strings.Fields(imports) {
			ours, isOurs := strings.CutPrefix(imported, "duban/")
			if isOurs && !slices.Contains(strings.Fields(rooms), ours) {
				t.Errorf("%s imports %s", pkg, ours)
			}
			for module, homes := range outside {
				if strings.HasPrefix(imported, module) && !slices.Contains(homes, pkg) {
					t.Errorf("%s imports %s, which lives in %v", pkg, imported, homes)
				}
			}
		}
	}
}
