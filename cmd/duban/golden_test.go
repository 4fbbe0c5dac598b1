package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/shopspring/decimal"

	"duban/configs"
	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/lagtable"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// both runs fn on an empty database of each kind; the environment leads the
// program to it.
func both(t *testing.T, fn func(t *testing.T, environ []string)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, environment(t, dbtest.EmptySQLite(t))) })
	t.Run("mariadb", func(t *testing.T) { fn(t, environment(t, dbtest.EmptyMariaDB(t))) })
}

func environment(t *testing.T, c gormstore.Config) []string {
	return []string{
		"DUBAN_DATA_DIR=" + t.TempDir(), "DUBAN_DATABASE_DIALECT=" + string(c.Dialect),
		"DUBAN_DATABASE_PATH=" + c.Path, "DUBAN_DATABASE_DSN=" + c.DSN, "DUBAN_LISTEN=127.0.0.1:0", "DUBAN_LANG=en",
	}
}

// duban runs one command as a shell would.
func duban(t *testing.T, environ []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, environ, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), code
}

// mustDuban runs a command that has to succeed and returns what it prints.
func mustDuban(t *testing.T, environ []string, args ...string) string {
	t.Helper()
	out, errs, code := duban(t, environ, args...)
	if code != exitOK {
		t.Fatalf("duban %s: exit %d: %s", strings.Join(args, " "), code, errs)
	}
	return out
}

// folded is a cell without its white space.
func folded(lines []string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.Join(lines, ""))
}

func acceptance(t *testing.T) lagtable.Table {
	t.Helper()
	data, err := os.ReadFile("testdata/lag-table-2023-h1.json")
	if err != nil {
		t.Fatal(err)
	}
	var want lagtable.Table
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

// slip is the one comma that the source lacks and the product must not
// (domain.md, "The lag table").
const (
	slip      = "NO2指标浓度为24微克/立方米达到任务要求。PM10指标浓度为40"
	corrected = "NO2指标浓度为24微克/立方米，达到任务要求。PM10指标浓度为40"
)

// TestRealLagTable: the demo, played through the state machine, gives the real
// table of the half-year, all 25 rows, four cells each.
func TestRealLagTable(t *testing.T) {
	both(t, func(t *testing.T, environ []string) {
		mustDuban(t, environ, "demo")
		first := mustDuban(t, environ, "lagtable", "--campaign", "jm-2023", "--period", "2023-h1")
		var got lagtable.Table
		if err := json.Unmarshal([]byte(first), &got); err != nil {
			t.Fatal(err)
		}
		want := acceptance(t)
		if got.Title != want.Title || strings.Join(got.Header, "|") != strings.Join(want.Header, "|") || len(got.Rows) != 25 || len(want.Rows) != 25 {
			t.Fatalf("title %q, header %q, %d rows", got.Title, got.Header, len(got.Rows))
		}
		slips := 0
		for i, w := range want.Rows {
			g := got.Rows[i]
			progress := folded(w.Progress)
			slips += strings.Count(progress, slip)
			progress = strings.Replace(progress, slip, corrected, 1)
			if g.N != w.N || g.Region != w.Region || folded(g.Task) != folded(w.Task) || folded(g.Requirement) != folded(w.Requirement) || folded(g.Progress) != progress {
				t.Errorf("row %d:\n got %s %s %s %s\nwant %s %s %s %s", w.N,
					g.Region, folded(g.Task), folded(g.Requirement), folded(g.Progress), w.Region, folded(w.Task), folded(w.Requirement), progress)
			}
		}
		if slips != 1 {
			t.Errorf("the source has its slip %d times", slips)
		}

		if _, errs, _ := duban(t, environ, "lagtable", "--campaign", "jm-2023", "--period", "2023-h1"); !strings.Contains(errs, "440703-S3: not reported") {
			t.Errorf("the unreported task is not marked: %q", errs)
		}
		mustDuban(t, environ, "demo") // again: changes nothing
		if second := mustDuban(t, environ, "lagtable", "--campaign", "jm-2023", "--period", "2023-h1"); second != first {
			t.Error("playing the demo again changed the table")
		}
		before := mustDuban(t, environ, "lagtable", "--campaign", "jm-2023", "--period", "2023-h1", "--as-known-on", "2023-08-30")
		if strings.Contains(before, `"n"`) {
			t.Error("the day before the reviews nothing was known, but the table has rows")
		}
	})
}

// TestFormatsAgree: CSV and HTML have the rows of the JSON table.
func TestFormatsAgree(t *testing.T) {
	environ := environment(t, dbtest.EmptySQLite(t))
	mustDuban(t, environ, "demo")
	table := []string{"lagtable", "--campaign", "jm-2023", "--period", "2023-h1", "--format"}
	text := mustDuban(t, environ, append(table, "csv")...)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 26 || len(rows[1]) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	page := mustDuban(t, environ, append(table, "html")...)
	for i, row := range acceptance(t).Rows {
		if rows[i+1][0] != row.Region || folded([]string{rows[i+1][1]}) != folded(row.Task) {
			t.Errorf("CSV row %d is %q", i+1, rows[i+1][:2])
		}
		if !strings.Contains(page, row.Task[0]) {
			t.Errorf("HTML lacks row %d", i+1)
		}
	}
	for _, span := range []string{`rowspan="4">蓬江区`, `rowspan="2">江海区`, `rowspan="3">新会区`, `rowspan="2">台山市`, `rowspan="6">开平市`, `rowspan="3">鹤山市`, `rowspan="5">恩平市`} {
		if !strings.Contains(page, span) {
			t.Errorf("HTML lacks the merged cell %s", span)
		}
	}
}

// TestOneFigureMovesTheRow: 蓬江's funds at 9.25 % are behind; at 75 % the row
// says nearly, at 100 % it is gone. Nothing else moves.
func TestOneFigureMovesTheRow(t *testing.T) {
	for figure, phrase := range map[string]string{"9.25": "未按进度完成。", "75": "基本按进度完成。", "100": ""} {
		t.Run(figure, func(t *testing.T) {
			table := played(t, "440703-03", func(v *assess.Value) {
				d := decimal.RequireFromString(figure)
				v.AtCutoff, v.Latest = &d, &d
			})
			want := 25
			if phrase == "" {
				want = 24
			}
			if len(table.Rows) != want {
				t.Fatalf("%d rows", len(table.Rows))
			}
			found := ""
			for _, r := range table.Rows {
				if r.Region == "蓬江区" && strings.Contains(r.Task[0], "专项资金") {
					found = r.Progress[0]
				}
			}
			if found != phrase {
				t.Errorf("the row says %q, want %q", found, phrase)
			}
		})
	}
}

// played plays the demo with the funds measure of one task changed.
func played(t *testing.T, code string, change func(*assess.Value)) lagtable.Table {
	t.Helper()
	campaign, accounts, err := demoFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range campaign.Reports {
		if r.Task == code {
			for measure, v := range r.Input.Values {
				if v.AtCutoff != nil {
					change(&v)
					r.Input.Values[measure] = v
				}
			}
		}
	}
	environ := environment(t, dbtest.SQLiteConfig(t))
	c, err := configs.Load("", environ)
	if err != nil {
		t.Fatal(err)
	}
	h, err := newHouse(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close(&err)
	p := &program{environ: environ, stdout: io.Discard, lang: workflow.EN}
	if err := p.play(t.Context(), h, campaign, accounts); err != nil {
		t.Fatal(err)
	}
	data, err := h.service.LagData(t.Context(), operator(), campaign.Campaign.Code, "2023-h1", workflow.AsOf{})
	if err != nil {
		t.Fatal(err)
	}
	return lagtable.Build(data)
}
