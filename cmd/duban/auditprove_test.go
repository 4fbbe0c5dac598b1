package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
)

// proved plays the demo and writes the proof of a task and the public key.
func proved(t *testing.T, environ []string) (proof, key string) {
	t.Helper()
	mustDuban(t, environ, "demo")
	proof, key = filepath.Join(t.TempDir(), "proof.json"), strings.TrimSpace(mustDuban(t, environ, "audit", "key"))
	mustDuban(t, environ, "audit", "prove", "--task", "jm-2023/440703-01", "--out", proof)
	return proof, key
}

// refused checks that a command is refused with exit 1 and says the texts.
func refused(t *testing.T, environ []string, args []string, texts ...string) {
	t.Helper()
	out, errs, code := duban(t, environ, args...)
	if code != exitFailed || out != "" {
		t.Errorf("duban %s: exit %d: %s%s", strings.Join(args, " "), code, out, errs)
	}
	for _, text := range texts {
		if !strings.Contains(errs, text) {
			t.Errorf("duban %s says %q, which lacks %q", strings.Join(args, " "), errs, text)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func written(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAProofIsCheckedWithNothingButTheKey: in another process, without environment,
// configuration or data, in an empty folder that stays empty.
func TestAProofIsCheckedWithNothingButTheKey(t *testing.T) {
	program := built(t)
	both(t, func(t *testing.T, environ []string) {
		proof, key := proved(t, environ)
		bare := func(args ...string) (string, int) {
			cmd := exec.Command(program, args...)
			cmd.Env, cmd.Dir = []string{}, t.TempDir()
			out, err := cmd.CombinedOutput()
			if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) > 0 {
				t.Errorf("checking leaves %v, %v", left, err)
			}
			if cmd.ProcessState == nil {
				t.Fatal(err)
			}
			return string(out), cmd.ProcessState.ExitCode()
		}
		said, code := bare("audit", "check", proof, "--key", key)
		if code != exitOK {
			t.Fatalf("exit %d: %s", code, said)
		}
		for _, text := range []string{"证明有效", "3 条事件", "440703-01", "2023-02-01 09:00:22 +08:00", "交办 assign", "上报 report", "reported → flagged_lagging", "第 1 版至第 3 版", "签名时间", "未证明"} {
			if !strings.Contains(said, text) {
				t.Errorf("it does not say %q:\n%s", text, said)
			}
		}
		data := read(t, proof)
		data[len(data)/2] ^= 1
		if said, code := bare("audit", "check", written(t, data), "--key", key); code != exitFailed || !strings.Contains(said, "核验不通过") || !strings.Contains(said, "第 2 条事件") {
			t.Errorf("a changed file: exit %d: %s", code, said)
		}
	})
}

// TestEveryPartOfAProofFileCounts: wherever a byte is changed, the command says
// where in the caller's language. (All bytes: workflow/audit.)
func TestEveryPartOfAProofFileCounts(t *testing.T) {
	environ := environment(t, dbtest.EmptySQLite(t))
	proof, key := proved(t, environ)
	whole := read(t, proof)
	for i := range 60 {
		at := i * (len(whole) - 1) / 59
		data := bytes.Clone(whole)
		data[at] ^= 1
		changed := written(t, data)
		refused(t, []string{"DUBAN_LANG=en"}, []string{"audit", "check", changed, "--key", key}, "refused: "+changed+": ")
		refused(t, nil, []string{"audit", "check", changed, "--key", key}, "核验不通过：")
	}
	other, _, err := audit.NewKey(strings.NewReader(strings.Repeat("x", 100)), "duban/other")
	if err != nil {
		t.Fatal(err)
	}
	public, err := audit.PublicKey(other)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, nil, []string{"audit", "check", proof, "--key", public}, "核验不通过：", "duban/other")
	refused(t, nil, []string{"audit", "check", proof, "--key", proof}, "--key")
}

// TestAProofIsHeldAgainstWhatWasKeptOutside: the same size must have the same root,
// and another size needs a consistency proof that holds.
func TestAProofIsHeldAgainstWhatWasKeptOutside(t *testing.T) {
	environ := environment(t, dbtest.EmptySQLite(t))
	older, key := proved(t, environ)
	outside, newer, consistency := written(t, nil), written(t, nil), written(t, nil)
	mustDuban(t, environ, "audit", "checkpoint", "--out", outside)
	check := func(file string, more ...string) []string {
		return append([]string{"audit", "check", file, "--key", key}, more...)
	}
	if said := mustDuban(t, environ, check(older, "--checkpoint", outside)...); !strings.Contains(said, "The same as checkpoint 1 of "+outside) {
		t.Errorf("against the same checkpoint: %s", said)
	}
	mustDuban(t, environ, "user", "token", "auditor") // an event more
	mustDuban(t, environ, "audit", "checkpoint", "--out", newer)
	first, last := opened(t, outside, key), opened(t, newer, key)
	from, to := fmt.Sprint(first.Size), fmt.Sprint(last.Size)
	refused(t, environ, check(newer, "--checkpoint", outside), "a consistency proof is needed (duban audit consistency --from "+from+" --to "+to)
	mustDuban(t, environ, "audit", "consistency", "--from", from, "--to", to, "--out", consistency)
	for file, kept := range map[string]string{newer: outside, older: newer} { // what is kept may be the newer one
		said := mustDuban(t, environ, check(file, "--checkpoint", kept, "--consistency", consistency)...)
		if !strings.Contains(said, "the log of "+last.Short()+" begins with that of "+first.Short()) {
			t.Errorf("%s against %s: %s", file, kept, said)
		}
	}
	// Both kept in one file, as the server does it.
	log := written(t, bytes.Join([][]byte{read(t, outside), read(t, newer)}, []byte("\n")))
	if said := mustDuban(t, environ, check(newer, "--checkpoint", log)...); !strings.Contains(said, "checkpoint 2 of "+log) {
		t.Errorf("against a file of both: %s", said)
	}

	// Whoever has the private key signs another log.
	environ = append(environ, "DUBAN_LANG=zh")
	forged := first
	forged.Root[0]++
	note, err := audit.Sign(strings.TrimSpace(string(read(t, filepath.Join(strings.TrimPrefix(environ[0], "DUBAN_DATA_DIR="), "audit.key")))), forged)
	if err != nil {
		t.Fatal(err)
	}
	split := written(t, note)
	refused(t, environ, check(older, "--checkpoint", split), "核验不通过", "第 1 个检查点", forged.Short(), first.Short())
	refused(t, environ, check(newer, "--checkpoint", split, "--consistency", consistency), "核验不通过", "一致性证明")
	refused(t, environ, check(newer, "--checkpoint", outside, "--consistency", older), "核验不通过", "一致性证明")
	refused(t, environ, check(older, "--checkpoint", outside, "--consistency", consistency), "没有这样两个检查点")
	refused(t, environ, check(older, "--consistency", consistency), "--checkpoint")
	refused(t, environ, check(older, "--checkpoint", written(t, []byte("\n"))), "没有检查点")
	refused(t, environ, check(older, "--checkpoint", written(t, append(note, "half"...))), "第 2 个检查点")
}

func opened(t *testing.T, path, key string) audit.Checkpoint {
	t.Helper()
	c, err := audit.Open(read(t, path), key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAChangedHistoryIsNotProved: nobody is given a proof, or a pack, that would not
// hold.
func TestAChangedHistoryIsNotProved(t *testing.T) {
	c := dbtest.EmptySQLite(t)
	environ := environment(t, c)
	proof, _ := proved(t, environ)
	db, err := sql.Open("sqlite", c.Path)
	if err != nil {
		t.Fatal(err)
	}
	// Whoever owns the database drops what keeps the rest of us out.
	if _, err := db.Exec(`DROP TRIGGER audit_events_no_update; UPDATE audit_events SET canonical = CAST(replace(CAST(canonical AS TEXT), '请整改', '请知悉') AS BLOB) WHERE name = 'flag'`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(filepath.Dir(proof), "again")
	for _, args := range [][]string{
		{"audit", "prove", "--task", "jm-2023/440703-01", "--out", out},
		{"pack", "--campaign", "jm-2023", "--period", "2023-h1", "--out", out},
	} {
		if _, errs, code := duban(t, environ, args...); code != exitProblem || !strings.Contains(errs, "are not those of the signed log") || !strings.Contains(errs, "event 3") {
			t.Errorf("duban %s: exit %d: %s", args[0], code, errs)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(out)); err != nil || len(left) != 1 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}
